// The scope stack, and the one place where cleanup is laid down.
//
// A way out starts at the innermost obligation and walks outwards. The block of an obligation for a
// way out does its one thing and jumps to the block of the next outer obligation for the same way
// out, so ways out that meet share everything from there, and the number of blocks is at most the
// number of obligations times that of the ways out that really pass through each.
#include "base/check.h"
#include "oir/builder.h"

namespace tenure::oir {

Span last_byte(Span span) {
  if (span.valid() && span.end > span.begin) span.begin = span.end - 1;
  return span;
}

Builder::Builder(Program& program, FuncId func) : program_(program), func_(func) {
  Span span = function().span;
  set_block(new_block());
  ScopeId outermost = open(ScopeKind::Function, span);
  if (program_.types.needs_drop(function().result_type())) {
    Obligation result;
    result.place = Place::local(this->result());
    result.on_unwind_only = true;
    result.origin = span;
    add_obligation(outermost, std::move(result));
  }
  ScopeId parameters = open(ScopeKind::Parameters, span);
  for (uint32_t i = 0; i < function().params; ++i) {
    if (function().locals[i + 1].mode == ParamMode::Own) {
      schedule(parameters, param(i), DropReason::EndOfBlock);
    }
  }
}

// ---- scopes

ScopeId Builder::open(ScopeKind kind, Span span) {
  uint32_t head = scopes_.empty() ? kNoObligation : scopes_.back().head;
  scopes_.push_back({kind, span, {}, head});
  return ScopeId{scopes_.size() - 1};
}

ScopeId Builder::innermost() const {
  return ScopeId{scopes_.size() - 1};
}

ScopeId Builder::innermost(ScopeKind kind) const {
  for (size_t i = scopes_.size(); i-- > 0;) {
    if (scopes_[i].kind == kind) return ScopeId{i};
  }
  return ScopeId{};
}

// Falling off the end is one way out only and control goes on after it, so its cleanup stands in
// the current block. Each obligation is gone before its own code is emitted: what fails in a drop
// unwinds to the next outer one.
void Builder::close(ScopeId scope, Span end) {
  TN_CHECK(scope.index() + 1 == scopes_.size(), "only the innermost scope can be closed");
  while (!scopes_.back().obligations.empty()) {
    uint32_t last = scopes_.back().obligations.back();
    scopes_.back().obligations.pop_back();
    scopes_.back().head = obligations_[last].outer;
    if (!obligations_[last].withdrawn && reachable_ &&
        applies(obligations_[last], ExitKind::Fall)) {
      emit_obligation(last, ExitKind::Fall, end);
    }
    // Nobody can leave through it any more.
    obligations_[last].deferred = nullptr;
    std::vector<Obligation::Laid>().swap(obligations_[last].laid);
  }
  scopes_.pop_back();
}

// ---- obligations

// Scopes inside of `scope` may hold obligations already (temporaries of the statement that declares
// a local). Theirs end first, so they are made anew on top of this one; what was laid down for the
// old ones stays as it is, for the places that use it did not have this obligation yet.
uint32_t Builder::add_obligation(ScopeId scope, Obligation obligation) {
  size_t at = scope.index();
  TN_CHECK(at >= barrier_ && at < scopes_.size(), "an obligation of a scope that is not open");
  obligation.scope = uint32_t(at);
  obligation.end = last_byte(scopes_[at].span);
  obligation.outer = live(scopes_[at].head);
  uint32_t added = uint32_t(obligations_.size());
  obligations_.push_back(std::move(obligation));
  scopes_[at].obligations.push_back(added);
  scopes_[at].head = added;
  uint32_t head = added;
  for (size_t i = at + 1; i < scopes_.size(); ++i) {
    std::vector<uint32_t> anew;
    for (uint32_t old : scopes_[i].obligations) {
      if (obligations_[old].withdrawn) continue;
      Obligation copy = obligations_[old];
      copy.laid.clear();
      copy.outer = head;
      head = uint32_t(obligations_.size());
      anew.push_back(head);
      if (copy.kind == Obligation::Kind::Drop && copy.place.is_root()) {
        obligation_of_[copy.place.local_id().index()] = head;
      }
      obligations_.push_back(std::move(copy));
    }
    scopes_[i].obligations = std::move(anew);
    scopes_[i].head = head;
  }
  return added;
}

void Builder::schedule(ScopeId scope, LocalId local, DropReason reason) {
  Place place = Place::local(local);
  schedule_place(scope, place, reason, function().locals[local.index()].span);
}

void Builder::schedule_place(ScopeId scope, Place place, DropReason reason, Span origin) {
  TN_CHECK(place.is_local(), "only what belongs to a local can be scheduled");
  if (!reachable_ || program_.types.is_plain(place_type(program_, function(), place))) return;
  Obligation obligation;
  obligation.place = place;
  obligation.reason = reason;
  obligation.origin = origin;
  if (place.is_root()) {
    size_t local = place.local_id().index();
    if (obligation_of_.size() <= local) obligation_of_.resize(local + 1, kNoObligation);
  }
  uint32_t added = add_obligation(scope, std::move(obligation));
  if (place.is_root()) obligation_of_[place.local_id().index()] = added;
}

void Builder::schedule_deferred(ScopeId scope, std::function<void(Builder&)> body,
                                bool on_error_only, Span span) {
  if (!reachable_) return;
  Obligation obligation;
  obligation.kind = Obligation::Kind::Deferred;
  obligation.deferred = std::move(body);
  obligation.on_error_only = on_error_only;
  obligation.reason = DropReason::Defer;
  obligation.origin = span;
  add_obligation(scope, std::move(obligation));
}

void Builder::schedule_catch(ScopeId scope, BlockId target, Span span) {
  if (!reachable_) return;
  Obligation obligation;
  obligation.kind = Obligation::Kind::Catch;
  obligation.on_unwind_only = true;
  obligation.catches = target;
  obligation.origin = span;
  add_obligation(scope, std::move(obligation));
}

void Builder::unschedule(LocalId local) {
  if (!reachable_ || obligation_of_.size() <= local.index()) return;
  uint32_t found = obligation_of_[local.index()];
  if (found != kNoObligation) obligations_[found].withdrawn = true;
}

// The obligation itself or the next outer one that was not withdrawn. The walk is shortened as it
// goes: a withdrawn obligation never comes back.
uint32_t Builder::live(uint32_t obligation) {
  uint32_t found = obligation;
  while (found != kNoObligation && obligations_[found].withdrawn) found = obligations_[found].outer;
  while (obligation != found) {
    uint32_t next = obligations_[obligation].outer;
    obligations_[obligation].outer = found;
    obligation = next;
  }
  return found;
}

bool Builder::applies(const Obligation& obligation, ExitKind kind) const {
  if (obligation.on_unwind_only) return kind == ExitKind::Unwind;
  if (obligation.on_error_only) return kind == ExitKind::ErrorReturn;
  return true;
}

// ---- ways out

BlockId Builder::unwind_chain() {
  return unwind_from(scopes_.back().head);
}

BlockId Builder::unwind_from(uint32_t head) {
  return chain(head, ScopeId::kNone, BlockId{}, ExitKind::Unwind, Span{});
}

// The block that does everything from obligation `from` outwards and then goes to `target`: up to
// the obligations of scope `outer_scope` (which stay; kNone: none stays). With nothing to do it is
// `target`. `target` none: the function is left, by `resume` when unwinding and by `return`
// otherwise.
BlockId Builder::chain(uint32_t from, uint32_t outer_scope, BlockId target, ExitKind kind,
                       Span span) {
  std::vector<uint32_t> todo;
  BlockId next = target;
  for (uint32_t at = live(from); at != kNoObligation; at = live(obligations_[at].outer)) {
    Obligation& obligation = obligations_[at];
    if (outer_scope != ScopeId::kNone && obligation.scope <= outer_scope) break;
    if (!applies(obligation, kind)) continue;
    BlockId laid;
    for (const Obligation::Laid& known : obligation.laid) {
      if (known.kind == kind && known.target == target) laid = known.block;
    }
    if (laid.valid()) {
      next = laid;
      break;
    }
    todo.push_back(at);
    if (obligation.kind == Obligation::Kind::Catch) break;
  }
  if (todo.empty()) return next;

  BlockId saved_block = current_;
  bool saved_reachable = reachable_;
  bool saved_cleanup = in_cleanup_;
  if (kind == ExitKind::Unwind) in_cleanup_ = true;
  for (size_t i = todo.size(); i-- > 0;) {
    BlockId block = new_block();
    obligations_[todo[i]].laid.push_back({kind, target, block});
    set_block(block);
    emit_obligation(todo[i], kind, obligations_[todo[i]].end);
    if (!reachable_) {
      // It was a catch.
    } else if (next.valid()) {
      jump(next, obligations_[todo[i]].end);
    } else {
      terminate(kind == ExitKind::Unwind ? Op::Resume : Op::Return, {}, {}, span);
    }
    next = block;
  }
  in_cleanup_ = saved_cleanup;
  current_ = saved_block;
  reachable_ = saved_reachable;
  return next;
}

// Emits what the obligation says into the current block, as seen from outside of the obligation: a
// scope of its own stands for everything that is still to be done when this is under way.
void Builder::emit_obligation(uint32_t index, ExitKind kind, Span span) {
  if (obligations_[index].kind == Obligation::Kind::Catch) {
    return terminate(Op::Catch, {}, {obligations_[index].catches}, obligations_[index].origin);
  }
  uint32_t outer = live(obligations_[index].outer);
  // Its chain first: so chains grow from the outside in, and this never nests.
  unwind_from(outer);
  scopes_.push_back({ScopeKind::Block, obligations_[index].origin, {}, outer});
  if (obligations_[index].kind == Obligation::Kind::Drop) {
    DropReason reason =
        kind == ExitKind::Unwind ? DropReason::RunTimeError : obligations_[index].reason;
    drop(obligations_[index].place, reason, span, obligations_[index].origin);
  } else {
    uint32_t saved_barrier = barrier_;
    barrier_ = uint32_t(scopes_.size() - 1);
    emit(Op::DeferRun, {}, {}, obligations_[index].origin, uint8_t(DropReason::Defer));
    // A copy: the body may schedule obligations, and the table may move under it.
    std::function<void(Builder&)> body = obligations_[index].deferred;
    body(*this);
    TN_CHECK(scopes_.size() == size_t{barrier_} + 1, "a deferred body left a scope open");
    close(innermost(), span);
    barrier_ = saved_barrier;
    return;
  }
  scopes_.pop_back();
}

void Builder::exit_to(ScopeId outer, BlockId target, ExitKind kind, Span span) {
  if (!reachable_) return;
  TN_CHECK(outer.index() < scopes_.size(), "a way out to a scope that is not open");
  TN_CHECK(outer.index() >= barrier_, "a way out of a deferred body");
  jump(chain(scopes_.back().head, outer.v, target, kind, span), span);
}

void Builder::exit_return(Span span, bool is_error) {
  if (!reachable_) return;
  TN_CHECK(barrier_ == 0, "a way out of a deferred body");
  ExitKind kind = is_error ? ExitKind::ErrorReturn : ExitKind::Return;
  BlockId first = chain(scopes_.back().head, ScopeId::kNone, BlockId{}, kind, span);
  if (first.valid()) {
    jump(first, span);
  } else {
    terminate(Op::Return, {}, {}, span);
  }
}

// ---- the end of the function

void Builder::finish(Span end) {
  TN_CHECK(scopes_.size() == 2, "finish() with scopes open");
  close(innermost(), end);
  close(innermost(), end);
  terminate(Op::Return, {}, {}, end);
  prune_unreachable_blocks();
  TN_CHECK(blocks_are_terminated(), "a block without a terminator");
}

bool Builder::blocks_are_terminated() const {
  for (const Block& block : program_[func_].blocks) {
    if (block.insts.empty() || !op_is_terminator(block.insts.back().op)) return false;
    for (size_t i = 0; i + 1 < block.insts.size(); ++i) {
      if (op_is_terminator(block.insts[i].op)) return false;
    }
  }
  return true;
}

// Blocks that a front end made and nobody jumps to: the join after two arms that return.
void Builder::prune_unreachable_blocks() {
  std::vector<Block>& blocks = function().blocks;
  std::vector<bool> reached(blocks.size());
  std::vector<size_t> todo{0};
  reached[0] = true;
  auto reach = [&](BlockId id) {
    if (!id.valid() || reached[id.index()]) return;
    reached[id.index()] = true;
    todo.push_back(id.index());
  };
  while (!todo.empty()) {
    size_t at = todo.back();
    todo.pop_back();
    for (const Inst& inst : blocks[at].insts) {
      reach(inst.unwind);
      for (BlockId target : inst.targets) reach(target);
    }
  }
  std::vector<BlockId> renamed(blocks.size());
  size_t kept = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (!reached[i]) continue;
    renamed[i] = BlockId{kept};
    if (kept != i) blocks[kept] = std::move(blocks[i]);
    ++kept;
  }
  blocks.resize(kept);
  for (Block& block : blocks) {
    for (Inst& inst : block.insts) {
      if (inst.unwind.valid()) inst.unwind = renamed[inst.unwind.index()];
      for (BlockId& target : inst.targets) target = renamed[target.index()];
    }
  }
}

}  // namespace tenure::oir

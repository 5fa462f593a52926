#include "own/ranges.h"

#include <algorithm>

#include "own/cfg.h"

namespace tenure::own {

using namespace oir;

namespace {

// Ranges that are kept: blocks by locals that are used in several of them.
constexpr size_t kMostKept = size_t{1} << 20;
// Sweeps before what grows is widened, before it is taken for without limit, and in all.
constexpr int kExactSweeps = 2, kWideningSweeps = 20, kMostSweeps = 30;
constexpr int kNarrowingSweeps = 2;
constexpr size_t kMostConditions = 4;

// Who gets the address and only reads.
bool only_looks(const Inst& inst) {
  return inst.op == Op::FullCheck || (inst.op == Op::Runtime && rt_prints(RtFn(inst.imm)));
}

// The next of a few limits that what grows may have, since a sum that is kept small by a remainder
// is still known to be when it is added to; else that of the type.
Range widened(Range range, Range before, Range all, bool at_once) {
  using Number = Range::Number;
  constexpr int kBits[] = {8, 16, 20, 31};
  Number low = range.low, high = range.high;
  if (low < before.low) low = all.low;
  if (high > before.high) high = all.high;
  for (int bits : kBits) {
    if (at_once) break;
    Number limit = (Number{1} << bits) - 1;
    if (range.low < before.low && range.low >= -limit) low = std::max(low, -limit);
    if (range.high > before.high && range.high <= limit) high = std::min(high, limit);
  }
  return Range{range.low >= 0 ? std::max<Number>(low, 0) : low, high}.meet(all);
}

}  // namespace

Ranges::Ranges(const Program& program, const Function& function, const KnownRanges& known,
               const std::vector<Range>* params)
    : program_(program), function_(function), known_(known), order_(reverse_post_order(function)) {
  find_followed();
  find_slots();
  at_start_.reserve(slots_.size());
  for (uint32_t local : slots_) {
    bool given = params != nullptr && local >= 1 && local <= function.params;
    Range range = given ? (*params)[local - 1].meet(all_[local]) : all_[local];
    at_start_.push_back(range.empty() ? all_[local] : range);  // nobody calls it
  }
  solve();
}

void Ranges::find_followed() {
  all_.resize(function_.locals.size());
  for (size_t l = 0; l < all_.size(); ++l) {
    const Local& local = function_.locals[l];
    if (local.kind == LocalKind::Flag || local.kind == LocalKind::Alias) continue;
    if (auto all = range_of_type(program_.types, local.type)) all_[l] = *all;
  }
  for (const Block& block : function_.blocks) {
    for (const Inst& inst : block.insts) {
      if (only_looks(inst)) continue;
      for (const Operand& operand : function_.args(inst)) {
        if (operand.kind == OperandKind::Addr && operand.place.is_local())
          all_[operand.place.root] = {};
      }
    }
  }
  now_ = all_;
}

// What is used in one block only, and written there first, needs no place in the states of blocks.
void Ranges::find_slots() {
  constexpr uint32_t kSeveral = kNone - 1;
  std::vector<uint32_t> used_in(all_.size(), kNone);
  for (uint32_t l = 0; l <= function_.params; ++l) used_in[l] = kSeveral;
  for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
    auto use = [&](Place place, bool writes) {
      uint32_t local = followed(place);
      if (local == kNone || used_in[local] == b) return;
      used_in[local] = writes && used_in[local] == kNone ? b : kSeveral;
    };
    for (const Inst& inst : function_.blocks[b].insts) {
      for (const Operand& operand : function_.args(inst)) {
        if (operand.has_place()) use(operand.place, false);
      }
      use(inst.dst, true);
    }
  }
  for (uint32_t l = 0; l < all_.size(); ++l) {
    if (used_in[l] == kSeveral && !all_[l].empty()) slots_.push_back(l);
  }
}

// ---- the walk over the blocks

void Ranges::solve() {
  size_t blocks = function_.blocks.size();
  position_.assign(blocks, kNone);
  for (uint32_t i = 0; i < order_.size(); ++i) position_[order_[i].index()] = i;
  reached_.assign(blocks, 0);
  at_entry_.resize(blocks);
  bool fits = blocks * slots_.size() <= kMostKept;
  auto begin = [&](std::vector<State>& into, std::vector<uint8_t>& reached) {
    into[0] = at_start_;
    reached[0] = 1;
  };
  if (fits) begin(at_entry_, reached_);
  do {
    if (fits) sweep(at_entry_, reached_);
  } while (again_ && ++sweeps_ < kMostSweeps);
  if (!fits || again_) return give_up();
  sweeps_ = 0;
  for (int i = 0; widened_ && i < kNarrowingSweeps; ++i) {
    // From what was known before the sweep to what is known after it.
    std::vector<State> into(blocks);
    std::vector<uint8_t> reached(blocks, 0);
    begin(into, reached);
    late_ = false;
    sweep(into, reached);
    if (late_) break;
    at_entry_ = std::move(into);
    reached_ = std::move(reached);
  }
  into_ = nullptr;
}

// It is too much to follow: what each operand is by itself is known, and no more.
void Ranges::give_up() {
  all_.assign(all_.size(), Range{});
  slots_.clear();
  at_entry_.assign(at_entry_.size(), State{});
  for (BlockId block : order_) reached_[block.index()] = 1;
  result_ = KnownRanges::kAnything;
  into_ = nullptr;
}

void Ranges::sweep(std::vector<State>& into, std::vector<uint8_t>& reached) {
  into_ = &into;
  into_reached_ = &reached;
  again_ = false;
  result_ = {};
  for (BlockId block : order_) {
    if (reached_[block.index()] == 0) continue;
    enter(block);
    for (const Inst& inst : function_.blocks[block.index()].insts) {
      step(inst);
      if (dead_) break;
    }
  }
}

void Ranges::enter(BlockId block) {
  at_ = position_[block.index()];
  const State& state = at_entry_[block.index()];
  for (size_t s = 0; s < slots_.size(); ++s) now_[slots_[s]] = state[s];
  conditions_.clear();
  dead_ = false;
}

void Ranges::step(const Inst& inst) {
  if (inst.unwind.valid()) reach_unknown(inst.unwind);
  if (op_is_terminator(inst.op)) return leave(inst);
  uint32_t local = followed(inst.dst);
  if (local == kNone) return;
  Range written = written_by(inst, all_[local]);
  bool compares = inst.op == Op::Binary && binop_compares(BinOp(inst.imm));
  bool negates = inst.op == Op::Unary && UnOp(inst.imm) == UnOp::Not;
  if (!compares && !negates) forget(local);
  if (compares || negates) learn(inst);
  now_[local] = written;
  dead_ = written.empty();
}

// A number of `all`, the type of what is written.
Range Ranges::written_by(const Inst& inst, Range all) const {
  switch (inst.op) {
    case Op::Init:
    case Op::Assign:
      return of(function_.args(inst)[0]).value_or(all);
    case Op::Call:
      return known_.results[inst.callee.index()].meet(all);
    case Op::Unary:
    case Op::Binary:
    case Op::Cast: {
      Range given = given_by(inst).value_or(all);
      if (given.within(all)) return given;
      return inst_may_fail(program_, function_, inst) ? given.meet(all) : all;
    }
    default:
      return all;
  }
}

std::optional<Range> Ranges::of(const Operand& operand) const {
  if (operand.kind == OperandKind::Addr) return std::nullopt;
  if (operand.kind == OperandKind::Const) {
    ConstKind kind = operand.constant.kind;
    if (kind != ConstKind::Int && kind != ConstKind::Bool) return std::nullopt;
    return range_of_const(program_.types, operand.constant);
  }
  if (uint32_t local = followed(operand.place); local != kNone) return now_[local];
  return range_of_type(program_.types, place_type(program_, function_, operand.place));
}

std::optional<Range> Ranges::given_by(const Inst& inst) const {
  auto all = range_of_type(program_.types, place_type(program_, function_, inst.dst));
  auto args = function_.args(inst);
  auto a = of(args[0]);
  if (!all || !a || a->empty()) return all ? a : all;
  switch (inst.op) {
    case Op::Cast:
      return a;
    case Op::Unary:
      switch (UnOp(inst.imm)) {
        case UnOp::Neg:
        case UnOp::WrapNeg:
          return Range{-a->high, -a->low};
        case UnOp::Not:
          return Range{1 - a->high, 1 - a->low};
        case UnOp::CountOnes:
        case UnOp::LeadingZeros:
        case UnOp::TrailingZeros:
          return Range{0, 64};
        default:
          return all;
      }
    default: {
      auto b = of(args[1]);
      return b ? range_of_binary(BinOp(inst.imm), *a, *b, *all) : b;
    }
  }
}

// ---- conditions

void Ranges::learn(const Inst& inst) {
  uint32_t local = inst.dst.root;
  auto args = function_.args(inst);
  Condition condition{local, BinOp(inst.imm), args[0], args.back()};
  bool known = true;
  if (inst.op == Op::Unary) {
    const Condition* of = condition_of(args[0]);
    known = of != nullptr;
    if (known) condition = {local, opposite(of->op), of->a, of->b};
  }
  forget(local);
  auto names_it = [&](const Operand& operand) {
    return operand.has_place() && operand.place.root == local;
  };
  if (!known || names_it(condition.a) || names_it(condition.b)) return;
  if (conditions_.size() == kMostConditions) conditions_.erase(conditions_.begin());
  conditions_.push_back(condition);
}

void Ranges::forget(uint32_t local) {
  auto names_it = [&](const Operand& operand) {
    return operand.has_place() && operand.place.root == local;
  };
  std::erase_if(conditions_, [&](const Condition& condition) {
    return condition.local == local || names_it(condition.a) || names_it(condition.b);
  });
}

const Ranges::Condition* Ranges::condition_of(const Operand& operand) const {
  uint32_t local = operand.has_place() ? followed(operand.place) : kNone;
  for (const Condition& condition : conditions_) {
    if (condition.local == local) return &condition;
  }
  return nullptr;
}

// ---- from block to block

void Ranges::leave(const Inst& inst) {
  if (inst.op == Op::Return) {
    result_ = result_.join(all_[0].empty() ? KnownRanges::kAnything : now_[0]);
    return;
  }
  if (into_ == nullptr) return;
  auto args = function_.args(inst);
  if (inst.op == Op::Branch) {
    leave_if(inst.targets[0], args[0], true);
    leave_if(inst.targets[1], args[0], false);
    return;
  }
  for (size_t i = 0; i < inst.targets.size(); ++i) {
    if (inst.op != Op::Switch || i + 1 == inst.targets.size()) {
      join_into(inst.targets[i]);
      continue;
    }
    Const value{ConstKind::Int, operand_type(program_, function_, args[0]),
                function_.cases[inst.extra].values[i]};
    auto on = of(args[0]);
    Range is = range_of_const(program_.types, value);
    if (on && on->meet(is).empty()) continue;
    uint32_t local = args[0].has_place() ? followed(args[0].place) : kNone;
    Range before = local == kNone ? Range{} : now_[local];
    if (local != kNone) now_[local] = is;
    join_into(inst.targets[i]);
    if (local != kNone) now_[local] = before;
  }
}

// The way that is taken if the bool says so: not at all, if it cannot.
void Ranges::leave_if(BlockId target, const Operand& on, bool holds) {
  Range said = Range::of(holds ? 1 : 0);
  auto bool_range = of(on);
  if (bool_range && bool_range->meet(said).empty()) return;
  const Condition* condition = condition_of(on);
  if (condition == nullptr) return join_into(target);
  BinOp op = holds ? condition->op : opposite(condition->op);
  auto a = of(condition->a), b = of(condition->b);
  if (!a || !b) return join_into(target);
  Range a_then = range_if(op, *a, *b), b_then = range_if(turned(op), *b, *a);
  if (a_then.empty() || b_then.empty()) return;
  refine(condition->a, a_then);
  refine(condition->b, b_then);
  join_into(target);
  refine(condition->b, *b);
  refine(condition->a, *a);
}

void Ranges::refine(const Operand& operand, Range range) {
  uint32_t local = operand.has_place() ? followed(operand.place) : kNone;
  if (local != kNone) now_[local] = range;
}

void Ranges::join_into(BlockId target) {
  size_t block = target.index();
  State& state = (*into_)[block];
  bool goes_back = position_[block] <= at_;
  bool grows = false;
  if ((*into_reached_)[block] == 0) {
    (*into_reached_)[block] = 1;
    late_ |= goes_back;
    state.clear();
    state.reserve(slots_.size());
    for (uint32_t local : slots_) state.push_back(now_[local]);
    grows = true;
  } else {
    for (size_t s = 0; s < slots_.size(); ++s) {
      Range joined = state[s].join(now_[slots_[s]]);
      if (joined == state[s]) continue;
      grows = true;
      if (goes_back && sweeps_ >= kExactSweeps) {
        joined = widened(joined, state[s], all_[slots_[s]], sweeps_ >= kWideningSweeps);
        widened_ = true;
      }
      state[s] = joined;
    }
  }
  again_ |= grows && goes_back;
}

void Ranges::reach_unknown(BlockId target) {
  if (into_ == nullptr) return;
  size_t block = target.index();
  constexpr uint8_t kUnknown = 2;
  if ((*into_reached_)[block] == kUnknown) return;
  (*into_reached_)[block] = kUnknown;
  State& state = (*into_)[block];
  state.clear();
  for (uint32_t local : slots_) state.push_back(all_[local]);
  again_ |= position_[block] <= at_;
  late_ |= position_[block] <= at_;
}

}  // namespace tenure::own

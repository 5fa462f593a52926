#include "own/events.h"

#include <deque>
#include <unordered_map>
#include <vector>

#include "base/check.h"
#include "oir/text.h"

namespace tenure::own {

using namespace oir;

namespace {

constexpr uint32_t kNowhere = 0xFFFFFFFFu;

// Before instruction `index` of `block`. Block kNowhere: unwinding goes on in the caller.
struct Position {
  uint32_t block = kNowhere;
  uint32_t index = 0;
  friend bool operator==(Position a, Position b) {
    return a.block == b.block && a.index == b.index;
  }
};

// What is known of each drop flag: full (0), empty (1), or either.
enum class Known : uint8_t { Full, Empty, Either };
using Flags = std::vector<Known>;

void join(Flags& into, const Flags& from, bool& changed) {
  for (size_t i = 0; i < into.size(); ++i) {
    if (into[i] != from[i] && into[i] != Known::Either) {
      into[i] = Known::Either;
      changed = true;
    }
  }
}

// One of the two functions.
class Side {
 public:
  // `no_events`: by local, whether its end is none.
  Side(const Program& program, const Function& function, const TypeTable& facts,
       std::vector<bool> no_events)
      : program_(program),
        function_(function),
        facts_(facts),
        no_events_(std::move(no_events)),
        skip_(function.blocks.size()) {
    flag_index_.assign(function.locals.size(), kNowhere);
    for (size_t i = 0; i < function.locals.size(); ++i) {
      if (function.locals[i].kind == LocalKind::Flag) flag_index_[i] = flag_count_++;
    }
  }

  Flags unknown_flags() const { return Flags(flag_count_, Known::Either); }
  const Inst& at(Position p) const { return function_.blocks[p.block].insts[p.index]; }
  const Function& function() const { return function_; }
  std::string text(Position p) const {
    return p.block == kNowhere ? "resume" : print(program_, function_, at(p));
  }

  // Goes on to the next instruction that is compared. Position::block is kNowhere at the end of
  // unwinding, and `index` 1 with it in a loop that never gets to one.
  Position advance(Position p, Flags& flags) {
    size_t jumps = 0;
    while (p.block != kNowhere) {
      const std::vector<Inst>& insts = function_.blocks[p.block].insts;
      while (!stops(insts[p.index]) && insts[p.index].op != Op::Jump)
        apply(insts[p.index++], flags);
      const Inst& inst = insts[p.index];
      if (inst.op == Op::Jump) {
        if (++jumps > function_.blocks.size()) return {kNowhere, 1};
        p = follow(inst.targets[0].v);
        continue;
      }
      if (inst.op == Op::Resume) return {};
      if (!is_conditional(inst) || known(inst, flags) != Known::Empty) return p;
      ++p.index;
    }
    return p;
  }

  // Whether the value dies for certain when this is reached.
  Known fullness(const Inst& inst, const Flags& flags) const {
    return is_conditional(inst) ? known(inst, flags) : Known::Full;
  }

 private:
  bool is_watched(Place place) const {
    return facts_[place_type(program_, function_, place)].watched;
  }
  static bool is_conditional(const Inst& inst) {
    return (inst.op == Op::Drop || inst.op == Op::Assign) && inst.flag.valid();
  }
  Known known(const Inst& inst, const Flags& flags) const {
    uint32_t index = flag_index_[inst.flag.index()];
    return index == kNowhere ? Known::Either : flags[index];
  }

  void apply(const Inst& inst, Flags& flags) const {
    if (inst.op != Op::SetFlag) return;
    uint32_t index = flag_index_[inst.dst.local_id().index()];
    if (index != kNowhere) flags[index] = inst.extra == 0 ? Known::Full : Known::Empty;
  }

  // True for what both sides must have: events, and what has several ways out.
  bool stops(const Inst& inst) const {
    switch (inst.op) {
      case Op::Drop:
        if (inst.dst.is_local() && inst.dst.is_root() && no_events_[inst.dst.root]) return false;
        return is_watched(inst.dst);
      case Op::Assign:
        return is_watched(inst.dst);
      case Op::DeferRun:
      case Op::Call:
        return true;
      case Op::New:
        return inst.imm == 1 && (inst_may_fail(program_, function_, inst) ||
                                 (facts_[inst.type].watched && facts_[inst.type].cyclic));
      case Op::Runtime: {
        RtFn fn = RtFn(inst.imm);
        const RtInfo& info = rt_info(fn);
        return info.may_fail || info.collection_point || info.runs_user_code ||
               fn == RtFn::WeakNew || fn == RtFn::WeakUpgrade;
      }
      case Op::Jump:
        return false;
      default:
        return op_is_terminator(inst.op) || inst_may_fail(program_, function_, inst);
    }
  }

  // The first position from `block` on with anything but jumps: chains of empty blocks are followed
  // once and then remembered.
  Position follow(uint32_t block) {
    uint32_t at = block;
    std::vector<uint32_t> way;
    while (skip_[at] == 0 && function_.blocks[at].insts[0].op == Op::Jump &&
           way.size() <= function_.blocks.size()) {
      way.push_back(at);
      at = function_.blocks[at].insts[0].targets[0].v;
    }
    if (skip_[at] != 0) at = skip_[at] - 1;
    for (uint32_t passed : way) skip_[passed] = at + 1;
    return {at, 0};
  }

  const Program& program_;
  const Function& function_;
  const TypeTable& facts_;
  std::vector<bool> no_events_;
  std::vector<uint32_t> skip_;  // 1 + block that a chain of empty blocks leads to; 0: unknown
  std::vector<uint32_t> flag_index_;
  uint32_t flag_count_ = 0;
};

// By local of `before`: a hold that `after` never fills.
std::vector<bool> removed_holds(const Function& before, const Function& after) {
  std::vector<bool> removed(before.locals.size());
  for (size_t i = 0; i < removed.size(); ++i) {
    removed[i] = before.locals[i].kind == LocalKind::Hold;
  }
  for (const Block& block : after.blocks) {
    for (const Inst& inst : block.insts) {
      bool fills = inst.dst.is_local() && inst.dst.is_root() && inst.op != Op::Drop;
      if (fills && inst.dst.root < removed.size()) removed[inst.dst.root] = false;
    }
  }
  return removed;
}

class Lockstep {
 public:
  Lockstep(const Program& before, const Program& after, FuncId func)
      : a_(before, before[func], before.types, removed_holds(before[func], after[func])),
        b_(after, after[func], before.types, std::vector<bool>(after[func].locals.size())) {}

  std::optional<std::string> run() {
    visit({0, 0}, {0, 0}, a_.unknown_flags(), b_.unknown_flags());
    while (!work_.empty() && difference_.empty()) {
      Node* node = work_.front();
      work_.pop_front();
      node->queued = false;
      step(*node);
    }
    if (difference_.empty()) return std::nullopt;
    return "`" + a_.function().name + "`: " + difference_;
  }

 private:
  struct Node {
    Position a, b;
    Flags flags_a, flags_b;
    bool queued = false;
  };
  struct Key {
    Position a, b;
    friend bool operator==(const Key& x, const Key& y) { return x.a == y.a && x.b == y.b; }
  };
  struct Hash {
    size_t operator()(const Key& key) const {
      uint64_t h = 1469598103934665603ull;
      for (uint32_t part : {key.a.block, key.a.index, key.b.block, key.b.index}) {
        h = (h ^ part) * 1099511628211ull;
      }
      return h;
    }
  };

  void visit(Position a, Position b, const Flags& flags_a, const Flags& flags_b) {
    if (a.block == kNowhere && b.block == kNowhere) return;
    auto [it, fresh] = nodes_.try_emplace(Key{a, b});
    Node& node = it->second;
    bool changed = fresh;
    if (fresh) {
      node = {a, b, flags_a, flags_b};
    } else {
      join(node.flags_a, flags_a, changed);
      join(node.flags_b, flags_b, changed);
    }
    if (changed && !node.queued) {
      node.queued = true;
      work_.push_back(&node);
    }
  }

  void step(Node& node) {
    Flags flags_a = node.flags_a;
    Flags flags_b = node.flags_b;
    Position a = a_.advance(node.a, flags_a);
    Position b = b_.advance(node.b, flags_b);
    if (a.block == kNowhere && b.block == kNowhere) {
      if (a.index != b.index) differ(a, b);
      return;
    }
    if (a.block == kNowhere || b.block == kNowhere) return differ(a, b);
    const Inst& x = a_.at(a);
    const Inst& y = b_.at(b);
    if (y.op == Op::BranchSole) {  // both ways do the same
      for (BlockId target : y.targets) visit(a, start(target), flags_a, flags_b);
      return;
    }
    if (!same(x, y) || a_.fullness(x, flags_a) != b_.fullness(y, flags_b)) return differ(a, b);
    if (x.unwind.valid() || y.unwind.valid()) {
      visit(start(x.unwind), start(y.unwind), flags_a, flags_b);
    }
    for (size_t i = 0; i < x.targets.size(); ++i) {
      visit(start(x.targets[i]), start(y.targets[i]), flags_a, flags_b);
    }
    if (!op_is_terminator(x.op)) {
      visit({a.block, a.index + 1}, {b.block, b.index + 1}, flags_a, flags_b);
    }
  }

  static Position start(BlockId block) { return block.valid() ? Position{block.v, 0} : Position{}; }

  bool same_place(Place x, Place y) const {
    return x.root == y.root &&
           a_.function().paths.projs(x.path) == b_.function().paths.projs(y.path);
  }

  bool same(const Inst& x, const Inst& y) const {
    if (x.op != y.op || x.targets.size() != y.targets.size()) return false;
    switch (x.op) {
      case Op::Drop:
        return x.imm == y.imm && same_place(x.dst, y.dst);
      case Op::Assign:
        return same_place(x.dst, y.dst);
      case Op::Call:
        return x.callee == y.callee;
      case Op::New:
        return x.type == y.type;
      case Op::Runtime:
      case Op::Unary:
      case Op::Binary:
      case Op::Panic:
        return x.imm == y.imm;
      case Op::Switch:
        return a_.function().cases[x.extra].values == b_.function().cases[y.extra].values;
      default:
        return true;
    }
  }

  void differ(Position a, Position b) {
    difference_ = "the events differ: `" + a_.text(a) + "` before, `" + b_.text(b) + "` after";
  }

  Side a_;
  Side b_;
  std::unordered_map<Key, Node, Hash> nodes_;
  std::deque<Node*> work_;  // nodes of an unordered_map stay where they are
  std::string difference_;
};

}  // namespace

std::optional<std::string> compare_events(const Program& before, const Program& after) {
  TN_CHECK(before.functions.size() == after.functions.size(), "events of different programs");
  for (size_t i = 0; i < before.functions.size(); ++i) {
    if (before.functions[i].blocks.empty()) continue;
    if (auto difference = Lockstep(before, after, FuncId{i}).run()) return difference;
  }
  return std::nullopt;
}

}  // namespace tenure::own

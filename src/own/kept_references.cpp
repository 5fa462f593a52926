#include "own/kept_references.h"

#include <unordered_map>
#include <utility>

namespace tenure::own {

using namespace oir;

namespace {

class LeakFinder {
 public:
  LeakFinder(const Program& program, const Function& function, const EscapesFn& escapes)
      : program_(program), function_(function), escapes_(escapes), leaks_(function.locals.size()) {}

  std::vector<bool> run() {
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) look_at(inst);
    }
    while (!work_.empty()) {
      uint32_t local = work_.back();
      work_.pop_back();
      auto from = given_by_.find(local);
      if (from == given_by_.end()) continue;
      for (uint32_t giver : from->second) mark(giver);
    }
    return std::move(leaks_);
  }

 private:
  void mark(uint32_t local) {
    if (leaks_[local]) return;
    leaks_[local] = true;
    work_.push_back(local);
  }

  void look_at(const Inst& inst) {
    // A reference into what it refers to is a reference to that too.
    for_each_escaping(program_, function_, inst, escapes_, [&](Place place) {
      if (place.is_local()) mark(place.root);
    });
    auto args = function_.args(inst);
    for (uint32_t i = 0; i < args.size(); ++i) {
      if (!args[i].has_place() || !args[i].place.is_local()) continue;
      if (args[i].place.is_root() || is_of_span(args[i].place)) use(inst, i, args[i]);
    }
  }

  // The reference in a span that a local is.
  bool is_of_span(Place place) const {
    return program_.types.is_span(function_.locals[place.local_id().index()].type) &&
           function_.paths.depth(place.path) == 1 &&
           function_.paths.last(place.path).index == TypeTable::kSpanItems;
  }

  // The reference itself, not what it refers to, is operand `index`.
  void use(const Inst& inst, uint32_t index, const Operand& operand) {
    uint32_t local = operand.place.root;
    switch (operand.kind) {
      case OperandKind::Copy:
      case OperandKind::Move: {
        bool handed_on = (inst.op == Op::Init || inst.op == Op::Assign) && inst.dst.is_local() &&
                         inst.dst.is_root() && inst.dst.root != 0;
        if (handed_on) {
          given_by_[inst.dst.root].push_back(local);
        } else {
          mark(local);
        }
        return;
      }
      case OperandKind::Borrow:
        if (inst.op == Op::Call && escapes_(inst.callee, index)) mark(local);
        if (inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::WeakNew) mark(local);
        return;
      case OperandKind::Addr:
        if (inst.op == Op::Call || inst.op == Op::Swap || inst.op == Op::Replace ||
            inst.op == Op::Alias) {
          mark(local);
        }
        return;
      case OperandKind::Const:
        return;
    }
  }

  const Program& program_;
  const Function& function_;
  const EscapesFn& escapes_;
  std::vector<bool> leaks_;
  std::vector<uint32_t> work_;
  std::unordered_map<uint32_t, std::vector<uint32_t>> given_by_;  // by local: who gave it its value
};

}  // namespace

std::vector<bool> find_leaking_references(const Program& program, const Function& function,
                                          const EscapesFn& escapes) {
  return LeakFinder(program, function, escapes).run();
}

}  // namespace tenure::own

#include "own/lent_parts.h"

#include <algorithm>

#include "own/array_growth.h"
#include "own/escaped_roots.h"
#include "own/parts.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

// The types in which the place lies, from the last step through memory on.
std::vector<TypeId> enclosing(const Program& program, const std::vector<Step>& steps) {
  std::vector<TypeId> around;
  for (size_t i = steps.size(); i-- > 0 && !leaves_storage(program, steps[i]);) {
    if (steps[i].proj.kind != ProjKind::Variant) around.push_back(steps[i].from);
  }
  return around;
}

}  // namespace

LentParts::LentParts(const Program& program, const Contents& contents)
    : program_(program), vacates_(program), left_(program.types.size()) {
  for (size_t f = 0; f < program.functions.size(); ++f) {
    if (!contents.lends_part(FuncId{f})) continue;
    const Function& function = program.functions[f];
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) find_lent(function, inst);
    }
  }
  if (!around_.empty()) vacates_.add_parts_in_cycles();
}

void LentParts::find_lent(const Function& function, const Inst& inst) {
  if (inst.op != Op::MakeRef && inst.op != Op::Call && inst.op != Op::Alias) return;
  for (const Operand& operand : function.args(inst)) {
    if (operand.kind != OperandKind::Addr || operand.place.is_root()) continue;
    std::vector<Step> steps = steps_of(program_, function, operand.place);
    if (!program_.types.is_plain(steps.back().to)) continue;
    std::vector<TypeId> around = enclosing(program_, steps);
    std::erase_if(around, [&](TypeId type) { return program_.types.is_plain(type); });
    if (!around.empty()) lend(steps.back().to, around);
  }
}

// The callee may refer to a part of what it was lent.
void LentParts::lend(TypeId plain, const std::vector<TypeId>& around) {
  std::vector<TypeId> work{plain};
  while (!work.empty()) {
    TypeId at = work.back();
    work.pop_back();
    std::vector<TypeId>& known = around_[at.v];
    bool more = false;
    for (TypeId type : around) {
      if (std::find(known.begin(), known.end(), type) != known.end()) continue;
      known.push_back(type);
      more = true;
    }
    if (!more) continue;
    each_part(program_.types[at], [&](TypeId part) { work.push_back(part); });
  }
}

bool LentParts::grow(const EscapedRoots& roots, const ArrayGrowth& growth) {
  if (around_.empty()) return false;
  for (TypeId elem : growth.elements()) vacates_.add(elem);
  for (size_t f = 0; f < program_.functions.size(); ++f) {
    for (const Operand& operand : program_.functions[f].operands) {
      if (operand.kind != OperandKind::Move) continue;
      if (!roots.leaves_hole(program_, FuncId{f}, operand.place)) continue;
      vacates_.add(place_type(program_, program_.functions[f], operand.place));
    }
  }
  bool more = false;
  for (const auto& [plain, around] : around_) {
    for (TypeId type : around) {
      if (left_[type.index()] || !vacates_.vacates(type)) continue;
      left_[type.index()] = more = true;
    }
  }
  return more;
}

bool LentParts::may_lie_in_hole(TypeId plain) const {
  auto it = around_.find(plain.v);
  if (it == around_.end()) return false;
  return std::any_of(it->second.begin(), it->second.end(),
                     [&](TypeId type) { return left_[type.index()]; });
}

bool LentParts::may_show_hole(const Function& function, Place place) const {
  if (around_.empty()) return false;
  TypeId type = place_type(program_, function, place);
  if (!program_.types.is_plain(type)) return holds_left(type);
  std::vector<TypeId> around = enclosing(program_, steps_of(program_, function, place));
  return std::any_of(around.begin(), around.end(),
                     [&](TypeId outer) { return left_[outer.index()]; });
}

// A value of the type is, or has as a part, what may be moved away around a plain part.
bool LentParts::holds_left(TypeId type) const {
  return any_part(program_, type,
                  [&](TypeId part) { return part.index() < left_.size() && left_[part.index()]; });
}

}  // namespace tenure::own

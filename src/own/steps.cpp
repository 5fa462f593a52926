#include "own/steps.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"

namespace tenure::own {

using namespace oir;

TypeId root_type(const Program& program, const Function& function, Place place) {
  return place.is_global() ? program.globals[place.global_id().index()].type
                           : function.locals[place.local_id().index()].type;
}

std::vector<Step> steps_of(const Program& program, const Function& function, Place place) {
  std::vector<Step> steps;
  if (place.is_root()) return steps;
  TypeId type = root_type(program, function, place);
  uint32_t variant = kNoVariant;
  for (Proj proj : function.paths.projs(place.path)) {
    const Type& row = program.types[type];
    Step step{proj, type, type, kNoVariant};
    switch (proj.kind) {
      case ProjKind::Field:
        step.variant = variant;
        step.to = variant == kNoVariant ? row.fields[proj.index].type
                                        : row.variants[variant].fields[proj.index].type;
        variant = kNoVariant;
        break;
      case ProjKind::Variant:
        variant = proj.index;
        break;
      case ProjKind::Deref:
      case ProjKind::Index:
      case ProjKind::Const:
        step.to = row.elem;
        break;
    }
    steps.push_back(step);
    type = step.to;
  }
  return steps;
}

bool leaves_storage(const Program& program, const Step& step) {
  if (step.proj.kind == ProjKind::Deref) return true;
  return step.proj.kind == ProjKind::Index && program.types[step.from].kind != TypeKind::FixedArray;
}

bool in_root(const Program& program, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (leaves_storage(program, step)) return false;
  }
  return true;
}

bool is_interior(const Program& program, const std::vector<Step>& steps) {
  if (steps.empty()) return false;
  const Step& last = steps.back();
  if (last.proj.kind != ProjKind::Deref) return true;
  return program.types[last.from].kind == TypeKind::Borrow;
}

bool in_variant(const Program& program, const std::vector<Step>& steps) {
  for (size_t i = steps.size(); i-- > 0;) {
    if (steps[i].proj.kind == ProjKind::Variant) return true;
    if (leaves_storage(program, steps[i])) return false;
  }
  return false;
}

bool is_part_of_pointee(const Program& program, const Function& function, Place place) {
  std::vector<Step> steps = steps_of(program, function, place);
  if (steps.empty() || steps[0].proj.kind != ProjKind::Deref) return false;
  for (size_t i = 1; i < steps.size(); ++i) {
    if (leaves_storage(program, steps[i])) return false;
  }
  return true;
}

bool is_part_of_root(const Program& program, const Function& function, Place place) {
  return in_root(program, steps_of(program, function, place));
}

bool is_part_of_local(const Program& program, const Function& function, Place place) {
  return place.is_local() && is_part_of_root(program, function, place);
}

bool may_overlap(const Program& program, const Function& function, Place a, Place b) {
  if (a.root != b.root) return false;
  std::vector<Step> one = steps_of(program, function, a);
  std::vector<Step> other = steps_of(program, function, b);
  auto is_element = [](Proj proj) {
    return proj.kind == ProjKind::Index || proj.kind == ProjKind::Const;
  };
  size_t common = std::min(one.size(), other.size());
  for (size_t i = 0; i < common; ++i) {
    Proj x = one[i].proj, y = other[i].proj;
    if (x == y) continue;
    bool both_constant = x.kind == ProjKind::Const && y.kind == ProjKind::Const;
    if (both_constant || !is_element(x) || !is_element(y)) return false;
  }
  const std::vector<Step>& longer = one.size() > other.size() ? one : other;
  for (size_t i = common; i < longer.size(); ++i) {
    if (leaves_storage(program, longer[i])) return false;
  }
  return true;
}

bool is_changed_by_runtime(const Inst& inst, size_t index) {
  if (inst.op != Op::Runtime) return false;
  std::string_view params = rt_info(RtFn(inst.imm)).params;
  return index < params.size() && params[index] == 'm';
}

}  // namespace tenure::own

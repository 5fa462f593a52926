#include "own/steps.h"

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

bool is_part_of_root(const Program& program, const Function& function, Place place) {
  return in_root(program, steps_of(program, function, place));
}

bool is_part_of_local(const Program& program, const Function& function, Place place) {
  return place.is_local() && is_part_of_root(program, function, place);
}

}  // namespace tenure::own

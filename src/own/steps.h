// A place as a sequence of steps with the types on the way. Questions that several passes ask of a
// place: does it lie in the frame, does it lie in the middle of an object.
#pragma once

#include <vector>

#include "oir/oir.h"

namespace tenure::own {

struct Step {
  oir::Proj proj;
  oir::TypeId from;  // the type that the projection is applied to
  oir::TypeId to;    // the type that it gives; of a Variant projection the union again
  uint32_t variant;  // Field: of this variant's payload, or kNoVariant
};
constexpr uint32_t kNoVariant = 0xFFFFFFFFu;

oir::TypeId root_type(const oir::Program& program, const oir::Function& function, oir::Place place);
// From the root outwards. Linear in the length of the path.
std::vector<Step> steps_of(const oir::Program& program, const oir::Function& function,
                           oir::Place place);

// True for a step that leaves the storage of its root: a dereference, or an index of a buffer.
bool leaves_storage(const oir::Program& program, const Step& step);
// No step leaves the storage: the place is a part of its local (or global) itself.
bool in_root(const oir::Program& program, const std::vector<Step>& steps);
// The place may lie in the middle of an object: after the last dereference there are more steps, or
// that was of an Alias, which may be anywhere.
bool is_interior(const oir::Program& program, const std::vector<Step>& steps);
// The place is in the payload of a variant, as far as the path tells.
bool in_variant(const oir::Program& program, const std::vector<Step>& steps);

// True if the place is what its root points to, or a part of that, without another step through
// memory.
bool is_part_of_pointee(const oir::Program& program, const oir::Function& function,
                        oir::Place place);
// True if the place is its root itself or a part of it, without a step through memory; and if
// besides the root is a local.
bool is_part_of_root(const oir::Program& program, const oir::Function& function, oir::Place place);
bool is_part_of_local(const oir::Program& program, const oir::Function& function, oir::Place place);

// The two places may share bytes: none leaves the storage where the other one has ended. Elements
// of an array whose indexes are locals may be the same one.
bool may_overlap(const oir::Program& program, const oir::Function& function, oir::Place a,
                 oir::Place b);

// A function of the runtime changes the place in operand `index`, which is full before and after.
bool is_changed_by_runtime(const oir::Inst& inst, size_t index);

}  // namespace tenure::own

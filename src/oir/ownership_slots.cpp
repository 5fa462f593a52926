#include "oir/ownership_slots.h"

namespace tenure::oir {

namespace {

uint64_t child_key(uint32_t parent, Proj proj) {
  return (uint64_t{parent} << 32) | (uint64_t(proj.kind) << 29 ^ proj.index);
}

}  // namespace

Slots::Slots(const Program& program, const Function& function)
    : program_(program), function_(function), root_of_(function.locals.size(), kNoSlot) {
  for (size_t i = 0; i < function.locals.size(); ++i) {
    const Local& local = function.locals[i];
    bool borrowed = local.kind == LocalKind::Param && local.mode == ParamMode::Borrow;
    borrowed |= local.kind == LocalKind::Cursor;
    if (borrowed || !program.types.needs_drop(local.type)) continue;
    root_of_[i] = uint32_t(nodes_.size());
    SlotNode& node = nodes_.emplace_back();
    node.type = local.type;
    node.place = Place::local(LocalId{i});
  }
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.dst.valid()) mention(inst.dst);
      for (const Operand& operand : function.args(inst)) {
        if (operand.has_place()) mention(operand.place);
      }
    }
  }
  number();
  add_flag_uses();
  mark_lenient();
}

// The path of a place, up to where it leaves the local itself or becomes plain.
void Slots::mention(Place place) {
  if (!place.is_local() || root_of_[place.local_id().index()] == kNoSlot) return;
  uint32_t at = root_of_[place.local_id().index()];
  std::vector<Proj> projs = function_.paths.projs(place.path);
  for (size_t i = 0; i < projs.size(); ++i) {
    const Type& type = program_.types[nodes_[at].type];
    TypeId part = nodes_[at].type;
    if (projs[i].kind == ProjKind::Field) {
      bool payload = nodes_[at].proj.kind == ProjKind::Variant && type.kind == TypeKind::Union &&
                     nodes_[at].parent != kNoSlot;
      part = payload ? type.variants[nodes_[at].proj.index].fields[projs[i].index].type
                     : type.fields[projs[i].index].type;
    } else if (projs[i].kind != ProjKind::Variant) {
      return;
    }
    if (!program_.types.needs_drop(part)) return;
    auto [it, fresh] = child_.try_emplace(child_key(at, projs[i]), uint32_t(nodes_.size()));
    if (fresh) {
      nodes_[at].parts.push_back(it->second);
      SlotNode& node = nodes_.emplace_back();
      node.parent = at;
      node.proj = projs[i];
      node.type = part;
      PathId path = place.path;
      while (function_.paths.depth(path) > i + 1) path = function_.paths.parent(path);
      node.place = {place.root, path};
    }
    at = it->second;
  }
}

// Slots in depth-first order, so that those of a node are a range.
void Slots::number() {
  struct Frame {
    uint32_t node;
    size_t next;
  };
  auto add_slot = [&](uint32_t node) {
    owner_.push_back(node);
    vacates_.push_back(program_.types[nodes_[node].type].vacates);
    return slot_count_++;
  };
  auto owning_parts = [&](const SlotNode& node) {
    const Type& type = program_.types[node.type];
    bool payload = node.proj.kind == ProjKind::Variant && node.parent != kNoSlot;
    size_t count = 0;
    const std::vector<Field>& fields =
        payload ? type.variants[node.proj.index].fields : type.fields;
    for (const Field& field : fields) count += program_.types.needs_drop(field.type);
    return count;
  };
  std::vector<Frame> frames;
  for (uint32_t root : root_of_) {
    if (root == kNoSlot) continue;
    frames.push_back({root, 0});
    nodes_[root].begin = slot_count_;
    while (!frames.empty()) {
      Frame& frame = frames.back();
      SlotNode& node = nodes_[frame.node];
      if (frame.next < node.parts.size()) {
        uint32_t part = node.parts[frame.next++];
        nodes_[part].begin = slot_count_;
        frames.push_back({part, 0});
        continue;
      }
      bool variant = node.proj.kind == ProjKind::Variant && node.parent != kNoSlot;
      bool is_union = program_.types[node.type].kind == TypeKind::Union && !variant;
      if (node.parts.empty() || (is_union ? true : node.parts.size() < owning_parts(node))) {
        node.rest = add_slot(frame.node);
      }
      node.end = slot_count_;
      frames.pop_back();
    }
  }
  cell_count_ = slot_count_;
  cells_.resize(slot_count_);
  lenient_.resize(slot_count_);
}

// A flag speaks of the slots of the places that it is used with.
void Slots::add_flag_uses() {
  std::unordered_map<uint64_t, bool> seen;
  auto use = [&](LocalId flag, Place place) {
    std::vector<SlotPair>& pairs = by_flag_[flag.v];
    Found found = find(place);
    if (found.node == kNoSlot || found.behind) return;
    for (uint32_t s = nodes_[found.node].begin; s < nodes_[found.node].end; ++s) {
      if (!seen.try_emplace(uint64_t{flag.v} << 32 | s, true).second) continue;
      cells_[s].push_back(cell_count_);
      pairs.push_back({s, cell_count_++});
    }
  };
  for (const Block& block : function_.blocks) {
    for (const Inst& inst : block.insts) {
      if (!inst.flag.valid()) continue;
      if (inst.op == Op::FullCheck) {
        use(inst.flag, function_.args(inst)[0].place);
      } else {
        use(inst.flag, inst.dst);
      }
    }
  }
}

void Slots::lenient_at(Place place) {
  Found found = find(place);
  if (found.node == kNoSlot) return;
  for (uint32_t s = nodes_[found.node].begin; s < nodes_[found.node].end; ++s) lenient_[s] = true;
}

// What has a second name (an Alias), or is filled or emptied element by element, is not followed.
void Slots::mark_lenient() {
  auto through_deref = [&](Place place) {
    for (Proj proj : function_.paths.projs(place.path)) {
      if (proj.kind == ProjKind::Deref) return true;
    }
    return false;
  };
  auto through_index = [&](Place place) {
    for (Proj proj : function_.paths.projs(place.path)) {
      if (proj.kind == ProjKind::Deref) return false;
      if (proj.kind == ProjKind::Index || proj.kind == ProjKind::Const) return true;
    }
    return false;
  };
  for (const Block& block : function_.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.op == Op::Alias || inst.op == Op::MakeRef) {
        Place named = function_.args(inst)[0].place;
        if (!through_deref(named)) lenient_at(named);
      }
      if (inst.dst.valid() && inst.op != Op::Assign && through_index(inst.dst))
        lenient_at(inst.dst);
      for (const Operand& operand : function_.args(inst)) {
        if (operand.kind == OperandKind::Move && through_index(operand.place)) {
          lenient_at(operand.place);
        }
      }
    }
  }
}

Slots::Found Slots::find(Place place) const {
  Found found;
  if (!place.is_local() || root_of_[place.local_id().index()] == kNoSlot) return found;
  found.node = root_of_[place.local_id().index()];
  found.exact = true;
  for (Proj proj : function_.paths.projs(place.path)) {
    if (proj.kind != ProjKind::Field && proj.kind != ProjKind::Variant) {
      found.exact = false;
      found.behind = true;
      return found;
    }
    auto it = child_.find(child_key(found.node, proj));
    if (it == child_.end()) {
      // A plain part: nothing that is followed.
      return Found{};
    }
    found.node = it->second;
  }
  return found;
}

}  // namespace tenure::oir

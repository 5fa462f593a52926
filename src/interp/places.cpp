// Addresses of places, every check on them, and operands.
#include <cstring>

#include "interp/machine.h"

namespace tenure::interp {

using oir::OperandKind;
using oir::TypeKind;

namespace {

uint64_t read_int(const uint8_t* at, const TypeInfo& type) {
  switch (type.kind) {
    case TypeKind::Bool:
    case TypeKind::U8:
      return *at;
    case TypeKind::I8:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(*at)));
    case TypeKind::I16: {
      int16_t value;
      std::memcpy(&value, at, sizeof value);
      return static_cast<uint64_t>(static_cast<int64_t>(value));
    }
    case TypeKind::U16: {
      uint16_t value;
      std::memcpy(&value, at, sizeof value);
      return value;
    }
    case TypeKind::I32: {
      int32_t value;
      std::memcpy(&value, at, sizeof value);
      return static_cast<uint64_t>(static_cast<int64_t>(value));
    }
    case TypeKind::U32:
    case TypeKind::F32: {
      uint32_t value;
      std::memcpy(&value, at, sizeof value);
      return value;
    }
    case TypeKind::I64:
    case TypeKind::U64:
    case TypeKind::Pointer:
    case TypeKind::Function:
    case TypeKind::F64: {
      uint64_t value;
      std::memcpy(&value, at, sizeof value);
      return value;
    }
    default:
      return 0;  // unit
  }
}

// Whether the leaf holds the pattern of a hole.
bool is_hole(const uint8_t* at, const OwnedLeaf& leaf) {
  const uint8_t* p = at + leaf.offset;
  switch (leaf.kind) {
    case LeafKind::Word: {
      uint64_t word;
      std::memcpy(&word, p, sizeof word);
      return word == TN_HOLE_WORD;
    }
    case LeafKind::String: {
      TnString text;
      std::memcpy(&text, p, sizeof text);
      return text.capacity == ~uint64_t{0};
    }
    case LeafKind::Union: {
      uint32_t tag;
      std::memcpy(&tag, p, sizeof tag);
      return tag == TN_HOLE_TAG;
    }
    case LeafKind::Whole:
      return leaf.state_offset != layout::kNoState && at[leaf.state_offset] == 1;
  }
  return false;
}

}  // namespace

uint8_t* Machine::address(const Frame& frame, const PlaceCode& place, StateList* states) {
  uint8_t* at = (place.global ? region_.globals() : frame.base) + place.offset;
  if (place.step_count == 0) return at;
  const Step* step = frame.code->steps.data() + place.steps;
  for (const Step* end = step + place.step_count; step != end; ++step) {
    switch (step->kind) {
      case StepKind::Offset:
        at += step->value;
        break;
      case StepKind::Deref:
        at = follow(at, place);
        require_alive(at, place);
        if (states != nullptr) states->clear();
        break;
      case StepKind::Buffer:
        at = element(frame, *step, at, place);
        if (states != nullptr) states->clear();
        break;
      case StepKind::Pointer:
        at = follow_raw(at, place);
        if (states != nullptr) states->clear();
        break;
      case StepKind::Slice:
        at = slice_element(frame, *step, at, place);
        if (states != nullptr) states->clear();
        break;
      case StepKind::Fixed: {
        uint64_t index = index_value(frame, *step);
        if (index >= step->count) violation("an index without its check", &place);
        at += index * step->value;
        break;
      }
      case StepKind::Variant: {
        uint32_t tag;
        std::memcpy(&tag, at, sizeof tag);
        if (tag != step->value) violation("a payload of a variant that is not there", &place);
        break;
      }
      case StepKind::State:
        if (states != nullptr) states->add(at + step->value);
        break;
    }
  }
  return at;
}

// The word at `at`, which must be there.
uint8_t* Machine::follow(const uint8_t* at, const PlaceCode& place) {
  if (region_.contains(at) && std::memchr(region_.shadow(at), 0, sizeof(void*)) != nullptr) {
    violation("a dereference of an empty place", &place);
  }
  uint8_t* word;
  std::memcpy(&word, at, sizeof word);
  if (word == nullptr) violation("a dereference of null without its check", &place);
  if (reinterpret_cast<uintptr_t>(word) == TN_HOLE_WORD) {
    violation("a dereference of an empty place", &place);
  }
  return word;
}

// Where a raw pointer leads nobody knows; only that it is there and not null.
uint8_t* Machine::follow_raw(const uint8_t* at, const PlaceCode& place) {
  if (region_.alive(at) && std::memchr(region_.shadow(at), 0, sizeof(void*)) != nullptr) {
    violation("a dereference of an empty place", &place);
  }
  uint8_t* word;
  std::memcpy(&word, at, sizeof word);
  if (word == nullptr) violation("a dereference of null without its check", &place);
  return word;
}

uint8_t* Machine::slice_element(const Frame& frame, const Step& step, const uint8_t* at,
                                const PlaceCode& place) {
  TnSlice slice;
  std::memcpy(&slice, at, sizeof slice);
  uint64_t index = index_value(frame, step);
  if (index >= slice.length) violation("an index without its check", &place);
  return slice.data + index * step.value;
}

uint64_t Machine::index_value(const Frame& frame, const Step& step) {
  const uint8_t* at = frame.base + step.index_offset;
  if (!region_.all_full(at, *step.index_type)) violation("an index that is empty");
  return read_int(at, *step.index_type);
}

uint8_t* Machine::element(const Frame& frame, const Step& step, uint8_t* at,
                          const PlaceCode& place) {
  if (step.expose != Expose::No) expose(step, at);
  uint8_t* buffer = follow(at, place);
  require_alive(buffer, place);
  uint64_t index = index_value(frame, step);
  uint64_t length;
  std::memcpy(&length, buffer, sizeof length);
  if (index >= length) violation("an index without its check", &place);
  return buffer + TN_BUFFER_ELEMS + index * step.value;
}

void Machine::expose(const Step& step, uint8_t* at) {
  // A view's buffer is exposed already; only that it stays so has to be said.
  if (step.base->kind == TypeKind::View && step.expose == Expose::Inner) return;
  tn_array_expose(reinterpret_cast<void**>(at), step.base->tn, step.expose == Expose::Outer);
}

void Machine::require_alive(const void* address, const PlaceCode& place) {
  if (region_.contains(address)) {
    if (!region_.alive(address)) violation("a use of a frame that is gone", &place);
    return;
  }
  const void* body = tn_object_of(address);
  if (body != nullptr) {
    if (!book_.contains(body)) violation("a use of a dead object", &place);
    return;
  }
  auto* at = static_cast<const uint8_t*>(address);
  for (size_t i = dying_.size(); i-- > 0;) {
    if (at >= dying_[i].begin && at < dying_[i].end) return;
  }
  if (lent_.count(address) != 0) return;
  violation("a use of memory that is no place", &place);
}

// What a raw pointer led to, or lies in what one led to, may be used by who gets its address.
void Machine::note_lent(const uint8_t* at, const PlaceCode& place) {
  if (lent_.empty() && !place.raw) return;
  if (!region_.contains(at) && tn_object_of(at) == nullptr) lent_.insert(at);
}

uint8_t* Machine::full_address(const Frame& frame, const PlaceCode& place) {
  StateList states;
  uint8_t* at = address(frame, place, place.has_states ? &states : nullptr);
  require_full(at, place, states);
  return at;
}

void Machine::require_full(const uint8_t* at, const PlaceCode& place, const StateList& states) {
  if (place.global && !place.through && global_state(place) != TN_G_FULL) {
    violation("a read of a global that is empty", &place);
  }
  if (!place.raw && !region_.all_full(at, *place.type)) {
    violation("a read of an empty place", &place);
  }
  if (place.type->plain && place.has_states && states.says_empty()) {
    violation("a read in an empty place", &place);
  }
  if (place.type->holds_holes && tn_find_hole(at, place.type->tn, nullptr, 0))
    violation("a read of an empty place", &place);
}

uint8_t* Machine::head_address(const Frame& frame, const PlaceCode& place) {
  uint8_t* at = address(frame, place);
  const TypeInfo& type = *place.type;
  if (place.global && !place.through && global_state(place) != TN_G_FULL) {
    violation("a read of a global that is empty", &place);
  }
  if (!place.raw && !region_.all_full(at, type)) violation("a read of an empty place", &place);
  if (is_head_hole(at, type)) violation("a read of an empty place", &place);
  return at;
}

bool Machine::is_head_hole(const uint8_t* at, const TypeInfo& type) const {
  for (const OwnedLeaf& leaf : type.owned) {
    if (leaf.vacates && is_hole(at, leaf)) return true;
  }
  return false;
}

// Before `init`: what is there needs no dropping.
void Machine::require_vacant(const uint8_t* at, const PlaceCode& place) {
  const TypeInfo& type = *place.type;
  if (type.plain || place.raw) return;
  for (const OwnedLeaf& leaf : type.owned) {
    bool known_empty = region_.contains(at) && region_.leaf_empty(at, leaf);
    if (known_empty || (leaf.vacates && is_hole(at, leaf))) continue;
    violation("an initialisation of a place that is full", &place);
  }
}

void Machine::require_droppable(const uint8_t* at, const PlaceCode& place) {
  const TypeInfo& type = *place.type;
  if (!region_.contains(at) || place.raw) return;
  for (const OwnedLeaf& leaf : type.owned) {
    if (region_.leaf_full(at, leaf) || (leaf.vacates && is_hole(at, leaf))) continue;
    violation("a drop of an empty place", &place);
  }
}

// ---- operands

void Machine::evaluate(const Frame& frame, const OperandCode& operand, uint8_t* to) {
  switch (operand.kind) {
    case OperandKind::Const:
      std::memcpy(to, operand.image, operand.type->size);
      return;
    case OperandKind::Copy: {
      const uint8_t* at = full_address(frame, operand.place);
      if (operand.type->plain) {
        std::memcpy(to, at, operand.type->size);
      } else {
        tn_copy_value(to, at, operand.type->tn);
      }
      return;
    }
    case OperandKind::Move: {
      uint8_t* at = full_address(frame, operand.place);
      std::memcpy(to, at, operand.type->size);
      take(at, operand.place);
      return;
    }
    case OperandKind::Borrow: {
      const uint8_t* at = head_address(frame, operand.place);
      std::memcpy(to, at, sizeof(void*));
      return;
    }
    case OperandKind::Addr: {
      uint8_t* at = address(frame, operand.place);
      note_lent(at, operand.place);
      std::memcpy(to, &at, sizeof at);
      return;
    }
  }
}

// The value at `at` was moved out.
void Machine::take(uint8_t* at, const PlaceCode& place) {
  const TypeInfo& type = *place.type;
  if (type.plain && (place.through || place.global)) return;
  if (place.global && place.whole && !type.vacates) global_states_[place.root] = TN_G_MOVED;
  region_.set_empty(at, type.size);
  if (type.plain) return;
  if (place.whole && !place.global && !place.marked) return;
  if (place.whole && !place.global && !type.vacates) return;
  if (type.vacates) {
    tn_mark_hole(at, type.tn);
  } else if (!region_.contains(at)) {
    violation("a move out of memory that cannot be left empty", &place);
  }
}

uint64_t Machine::evaluate_bits(const Frame& frame, const OperandCode& operand) {
  if (operand.kind == OperandKind::Const) {
    return read_int(reinterpret_cast<const uint8_t*>(operand.image), *operand.type);
  }
  uint64_t image[3];
  evaluate(frame, operand, reinterpret_cast<uint8_t*>(image));
  return read_int(reinterpret_cast<const uint8_t*>(image), *operand.type);
}

uint8_t* Machine::look_at(const Frame& frame, const OperandCode& operand, Scratch& scratch) {
  if (operand.kind == OperandKind::Const) {
    std::memcpy(scratch.data(), operand.image, operand.type->size);
    return scratch.data();
  }
  return full_address(frame, operand.place);
}

void* Machine::evaluate_word(const Frame& frame, const OperandCode& operand) {
  void* word = nullptr;
  evaluate(frame, operand, reinterpret_cast<uint8_t*>(&word));
  return word;
}

void Machine::store(const Frame& frame, const PlaceCode& dst, const uint8_t* value) {
  if (dst.type == nullptr) return;
  if (dst.whole_global) {
    (void)write_global(frame, dst, value);  // what fails there was reported; nothing here unwinds
    return;
  }
  StateList states;
  uint8_t* at = address(frame, dst, dst.has_states ? &states : nullptr);
  require_vacant(at, dst);
  std::memcpy(at, value, dst.type->size);
  now_full(at, dst, states);
}

// A write of a whole global, or of what the box of one holds: `init` and `assign` are one thing.
// What is there dies, if there is something; what is stored in a global that has died dies at once
// [O-LIFE-5].
TnStatus Machine::write_global(const Frame& frame, const PlaceCode& dst, const uint8_t* value) {
  const TypeInfo& type = *dst.type;
  auto* from = const_cast<uint8_t*>(value);
  uint8_t state = global_state(dst);
  if (state == TN_G_DEAD) {
    const TnSite* site = frame.code->code[frame.pc].site;
    auto reason = static_cast<uint32_t>(oir::DropReason::Overwritten);
    return type.plain ? TN_OK : tn_drop_value(from, type.tn, reason, site);
  }
  if (state == TN_G_UNINIT && !dst.whole) make_global_box(dst);
  StateList states;
  uint8_t* at = address(frame, dst, dst.has_states ? &states : nullptr);
  global_full(dst.root);
  if (state == TN_G_FULL && !type.plain)
    return replace_old(at, dst, states, from, globals_[dst.root].site);
  std::memcpy(at, value, type.size);
  now_full(at, dst, states);
  return TN_OK;
}

// A boxed global that is written before its declaration has run gets its box now.
void Machine::make_global_box(const PlaceCode& dst) {
  const TypeInfo& ref = types_[program_.globals[dst.root].type];
  void* body = tn_new(ref.elem->tn, globals_[dst.root].site);
  std::memcpy(globals_[dst.root].place, &body, sizeof body);
  region_.set_full(globals_[dst.root].place, sizeof body);
}

void Machine::global_full(uint32_t global) {
  global_states_[global] = TN_G_FULL;
  if (global_born_[global] || types_[program_.globals[global].type].plain) return;
  global_born_[global] = true;
  tn_global_born(&globals_[global]);
}

void Machine::now_full(uint8_t* at, const PlaceCode& place, const StateList& states) {
  region_.set_full(at, place.type->size);
  if (place.has_states) states.fill();
  if (place.global && !place.through) global_full(place.root);
}

// What is at the place dies, if it is full, after the value has been put there. All is full before
// that: the old value may look at the place. But its own state byte says whether there is an old
// value; it comes with the new one.
TnStatus Machine::replace_old(uint8_t* at, const PlaceCode& place, const StateList& states,
                              uint8_t* value, const TnSite* origin) {
  require_droppable(at, place);
  region_.set_full(at, place.type->size);
  if (place.has_states) states.fill_around(at, place.type->size);
  if (place.global && !place.through) global_full(place.root);
  return tn_assign_value(at, value, place.type->tn, origin);
}

void Machine::store_bits(const Frame& frame, const PlaceCode& dst, uint64_t bits) {
  store(frame, dst, reinterpret_cast<const uint8_t*>(&bits));
}

}  // namespace tenure::interp

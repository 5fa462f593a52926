// Step programs.
//
// Flattens a type, when it is first needed, into the list of what dies in a value of it (and is
// counted when the value is copied, and leads on to other objects): see Op in rt_internal.h.
// Recursion here is over types that contain each other by value. Short fixed arrays are
// unrolled, long ones are loops.
#include "rt_internal.h"

namespace tenure::rt {
namespace {

constexpr uint64_t kUnroll = 4;

struct Builder {
  List<Step> steps = {};
  bool loops = false;
  uint32_t loop = kNoLoop;

  uint32_t here() const { return static_cast<uint32_t>(steps.size); }
  uint32_t emit(Op op, uint32_t offset, const TnType* type) {
    Step step = {};
    step.op = op;
    step.offset = offset;
    step.type = type;
    step.loop = loop;
    steps.push(step);
    return here() - 1;
  }

  void loop_over(Op op, uint32_t offset, uint64_t count, const TnType* elem) {
    uint32_t begin = emit(op, offset, elem);
    uint32_t outer = loop;
    bool outer_loops = loops;
    loop = begin;
    place(elem, 0, false);
    loop = outer;
    if (here() == begin + 1) {  // nothing dies in an element
      steps.size--;
      loops = outer_loops;
      return;
    }
    uint32_t end = emit(Op::LoopEnd, 0, elem);
    steps[end].jump = begin;
    steps[begin].jump = end + 1;
    steps[begin].stride = elem->size;
    steps[begin].count = count;
    loops = true;
  }

  void fixed(const TnType* type, uint32_t offset) {
    if (type->count > kUnroll) return loop_over(Op::Loop, offset, type->count, type->elem);
    for (uint64_t i = 0; i < type->count; i++)
      place(type->elem, offset + static_cast<uint32_t>(i) * type->elem->size, false);
  }

  void variants(const TnType* type, uint32_t offset) {
    uint32_t at = emit(Op::Union, offset + type->tag_offset, type);
    uint32_t* table = static_cast<uint32_t*>(malloc((type->part_count + 1) * sizeof(uint32_t)));
    if (!table) tn_out_of_memory();
    List<uint32_t> ends = {};
    for (uint32_t v = 0; v < type->part_count; v++) {
      table[v] = here();
      for (uint32_t p = 0; p < type->variants[v].part_count; p++) {
        const TnPart& part = type->variants[v].parts[p];
        place(part.type, offset + part.offset, false);
      }
      if (table[v] == here()) {
        table[v] = UINT32_MAX;  // nothing: straight to the end
        continue;
      }
      ends.push(emit(Op::Jump, 0, type));
    }
    if (ends.size == 0 && at + 1 == here()) {
      steps.size--;
      free(table);
      return;
    }
    for (size_t i = 0; i < ends.size; i++) steps[ends[i]].jump = here();
    for (uint32_t v = 0; v < type->part_count; v++)
      if (table[v] == UINT32_MAX) table[v] = here();
    steps[at].jump = here();
    steps[at].count = type->part_count;
    steps[at].table = table;
    ends.release();
  }

  Op word_op(const TnType* type) {
    switch (type->kind) {
      case TN_REF:
        return type->elem->flags & TN_INTERIOR ? Op::RefInterior : Op::Ref;
      case TN_BOX:
        return Op::Box;
      case TN_ARRAY:
        return Op::Array;
      case TN_VIEW:
        return Op::View;
      case TN_STRING:
      case TN_TEXT:
        return Op::String;
      case TN_WEAK:
        return Op::Weak;
      default:
        return Op::Native;
    }
  }

  // The place's own drop, behind what skips it (and the parts) if the place is a hole.
  uint32_t own_drop(const TnType* type, uint32_t offset, bool whole) {
    uint32_t skip = UINT32_MAX;
    if (type->drop && type->state_offset != TN_NO_STATE)
      skip = emit(Op::SkipState, offset + type->state_offset, type);
    else if (type->drop && type->kind == TN_NATIVE)
      skip = emit(Op::SkipWord, offset, type);
    else if (type->drop && type->kind == TN_UNION && (type->flags & TN_VACATES)) {
      skip = emit(Op::Union, offset + type->tag_offset, type);
      steps[skip].count = 0;  // patched below: any tag goes on, a hole's jumps
    }
    if (type->drop) steps[emit(Op::Drop, offset, type)].own = whole;
    return skip;
  }

  void place(const TnType* type, uint32_t offset, bool whole) {
    if (type->flags & TN_PLAIN) return;
    uint32_t skip = own_drop(type, offset, whole);
    switch (type->kind) {
      case TN_STRUCT:
      case TN_TUPLE:
        for (uint32_t p = 0; p < type->part_count; p++)
          place(type->parts[p].type, offset + type->parts[p].offset, false);
        break;
      case TN_UNION:
        variants(type, offset);
        break;
      case TN_FIXED:
        fixed(type, offset);
        break;
      case TN_NATIVE:
        if (type->release) emit(Op::Native, offset, type);
        break;
      case TN_STRING:
      case TN_TEXT:
      case TN_REF:
      case TN_WEAK:
      case TN_BOX:
      case TN_ARRAY:
      case TN_VIEW:
        emit(word_op(type), offset, type);
        break;
      default:
        break;
    }
    if (skip == UINT32_MAX) return;
    steps[skip].jump = here();
    if (steps[skip].op == Op::Union) {
      uint32_t* table = static_cast<uint32_t*>(malloc((type->part_count + 1) * sizeof(uint32_t)));
      if (!table) tn_out_of_memory();
      for (uint32_t v = 0; v < type->part_count; v++) table[v] = skip + 1;
      steps[skip].table = table;
      steps[skip].count = type->part_count;
    }
  }

  Code finish() {
    bool words = true;
    for (size_t i = 0; i < steps.size; i++)
      words = words && (steps[i].op == Op::Ref || steps[i].op == Op::Box);
    emit(Op::End, 0, nullptr);
    return {steps.data, here(), loops, words};
  }
};

// Whether a drop runs when a value of the type dies because its owner does. `seen`: types on the
// way.
bool find_drop(const TnType* type, List<const TnType*>& seen) {
  if (type->flags & TN_PLAIN) return false;
  if (type->drop) return true;
  for (size_t i = 0; i < seen.size; i++)
    if (seen[i] == type) return false;
  seen.push(type);
  switch (type->kind) {
    case TN_STRUCT:
    case TN_TUPLE:
      for (uint32_t p = 0; p < type->part_count; p++)
        if (find_drop(type->parts[p].type, seen)) return true;
      return false;
    case TN_UNION:
      for (uint32_t v = 0; v < type->part_count; v++)
        for (uint32_t p = 0; p < type->variants[v].part_count; p++)
          if (find_drop(type->variants[v].parts[p].type, seen)) return true;
      return false;
    case TN_FIXED:
    case TN_ARRAY:
    case TN_BOX:
      return find_drop(type->elem, seen);
    default:
      return false;
  }
}

// A part without size at the very end of an object: its address must still be inside of the object.
bool ends_with_nothing(const TnType* type) {
  auto any = [&](const TnPart* parts, uint32_t count) {
    for (uint32_t p = 0; p < count; p++)
      if (parts[p].offset >= type->size) return true;
    return false;
  };
  if (type->kind == TN_STRUCT || type->kind == TN_TUPLE) return any(type->parts, type->part_count);
  for (uint32_t v = 0; type->kind == TN_UNION && v < type->part_count; v++)
    if (any(type->variants[v].parts, type->variants[v].part_count)) return true;
  return false;
}

}  // namespace

TypeInfo* build_info(const TnType* type) {
  if (type->id > TN_ID_MASK || type->id >= g.program->type_count || type->align > 8)
    tn_internal_error("type descriptor out of range");
  TypeInfo* info = static_cast<TypeInfo*>(calloc(1, sizeof(TypeInfo)));
  if (!info) tn_out_of_memory();
  info->type = type;
  uint32_t flags = 0;
  if (type->flags & TN_CYCLIC) flags |= TN_F_CYCLIC;
  if (type->flags & TN_WATCHED) flags |= TN_F_WATCHED;
  info->new_header = uint64_t{1} | uint64_t{type->id | flags} << 32;
  info->slow_new = (type->flags & TN_CYCLIC) && (type->flags & TN_WATCHED);
  info->prefix = info->slow_new ? 16 : 8;
  uint64_t bytes = type->size + (ends_with_nothing(type) ? 1u : 0u);
  info->body_bytes = bytes < 8 ? 8 : static_cast<uint32_t>((bytes + 7) & ~uint64_t{7});
  info->slice = slice_for(info->body_bytes, info->prefix);
  List<const TnType*> seen = {};
  info->holds_drop = find_drop(type, seen);
  seen.release();
  Builder value;
  value.place(type, 0, true);
  info->value = value.finish();
  Builder buffer;
  if (type->kind == TN_ARRAY) buffer.loop_over(Op::BufferLoop, TN_BUFFER_ELEMS, 0, type->elem);
  info->buffer = buffer.finish();
  info->next = g.infos;
  g.infos = info;
  const_cast<TnType*>(type)->steps = info;
  g.info_by_id[type->id] = info;
  return info;
}

static void free_code(Code& code) {
  for (uint32_t i = 0; i < code.length; i++) free(code.steps[i].table);
  free(code.steps);
}

void free_infos() {
  while (TypeInfo* info = g.infos) {
    g.infos = info->next;
    free_code(info->value);
    free_code(info->buffer);
    const_cast<TnType*>(info->type)->steps = nullptr;
    free(info);
  }
  free(g.info_by_id);
  g.info_by_id = nullptr;
}

char* locate(const Code& code, char* body, uint32_t pc, const char* address) {
  uint32_t inner = code.steps[pc].loop;
  if (inner == kNoLoop) return body;
  char* base = locate(code, body, inner, address);  // as deep as loops nest in the type
  const Step& loop = code.steps[inner];
  char* start = base + loop.offset;
  return start + static_cast<uint64_t>(address - start) / loop.stride * loop.stride;
}

}  // namespace tenure::rt

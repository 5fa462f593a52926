#include "own/place_readers.h"

#include <algorithm>

#include "own/steps.h"

namespace tenure::own {

using namespace oir;

ReadPlace read_place(const Program& program, const Function& function, Place place) {
  ReadPlace read{memory_key(program, function, place), {}};
  if (read.key.in_root && place.is_global()) read.global = place.global_id();
  return read;
}

PlaceReaders::PlaceReaders(const Program& program, const CallGraph& graph, const ReadPlace& place)
    : program_(program),
      graph_(graph),
      place_(place),
      holds_(program.types.size()),
      reaches_(program.types.size()),
      reads_(graph.size()) {
  find_holders();
  find_readers();
  after_failure_ = anybody_after_failure();
}

namespace {

bool takes_address_only(Op op) {
  switch (op) {
    case Op::Call:
    case Op::CallValue:
    case Op::MakeRef:
    case Op::MakeView:
    case Op::MakePtr:
    case Op::MakeSlice:
    case Op::Alias:
    case Op::Tag:
    case Op::FullCheck:
    case Op::BoundsCheck:
    case Op::RangeCheck:
      return true;
    default:
      return false;
  }
}

}  // namespace

// From what the place is a field of, or from its own type, outwards over all types until nothing is
// added.
void PlaceReaders::find_holders() {
  size_t count = program_.types.size();
  std::vector<std::vector<uint32_t>> in(count), to(count);
  for (uint32_t t = 0; t < count; ++t) {
    const Type& type = program_.types[TypeId{size_t{t}}];
    for (const Field& field : type.fields) in[field.type.index()].push_back(t);
    for (const Variant& variant : type.variants) {
      for (const Field& field : variant.fields) in[field.type.index()].push_back(t);
    }
    if (!type.elem.valid()) continue;
    // (A copy of an array whose elements are referred to copies them at once.)
    bool by_value = type.kind == TypeKind::FixedArray || type.kind == TypeKind::Array;
    (by_value ? in : to)[type.elem.index()].push_back(t);
  }
  auto spread = [&](std::vector<bool>& marked, bool through_references) {
    std::vector<uint32_t> work;
    auto mark = [&](uint32_t type) {
      if (marked[type]) return;
      marked[type] = true;
      work.push_back(type);
    };
    const MemoryKey& key = place_.key;
    mark(key.container.valid() ? key.container.v : key.type.v);
    while (!work.empty()) {
      uint32_t type = work.back();
      work.pop_back();
      for (uint32_t whole : in[type]) mark(whole);
      if (!through_references) continue;
      for (uint32_t reference : to[type]) mark(reference);
    }
  };
  spread(holds_, false);
  spread(reaches_, true);
}

void PlaceReaders::find_readers() {
  std::vector<bool> direct(program_.functions.size());
  for (size_t f = 0; f < direct.size(); ++f) {
    const Function& function = program_.functions[f];
    if (function.is_foreign()) direct[f] = !is_numeric_function(program_, function);
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (!direct[f]) direct[f] = names(function, inst);
        if (inst.op != Op::MakePtr && inst.op != Op::MakeSlice) continue;
        const Operand& of = function.args(inst)[0];
        is_pointed_into_ |= of.has_place() && names(function, of.place, true);
      }
    }
  }
  for (const std::vector<uint32_t>& component : graph_.components()) {
    bool any = false;
    for (uint32_t node : component) {
      any |= node < direct.size() && direct[node];
      for (uint32_t callee : graph_.callees(node)) any |= reads_[callee];
    }
    for (uint32_t node : component) reads_[node] = any;
  }
}

bool PlaceReaders::anybody_after_failure() const {
  for (size_t t = 0; t < program_.types.size(); ++t) {
    const Type& type = program_.types[TypeId{t}];
    if (type.drop.valid() && reads_[type.drop.index()]) return true;
  }
  for (const Function& function : program_.functions) {
    for (const Block& block : function.blocks) {
      if (block.insts.back().op == Op::Catch) return true;
      if (block.kind != BlockKind::Cleanup) continue;
      for (const Inst& inst : block.insts) {
        if (by(function, inst)) return true;
      }
    }
  }
  return false;
}

bool PlaceReaders::names(const Function& function, const Inst& inst) const {
  bool ends = inst.op == Op::Drop || inst.op == Op::Forget || inst.op == Op::SetFlag;
  // On the way to what is written.
  if (inst.dst.valid() && !ends && names(function, inst.dst, false)) return true;
  return by_operands(function, inst);
}

bool PlaceReaders::by_operands(const Function& function, const Inst& inst) const {
  for (const Operand& operand : function.args(inst)) {
    if (!operand.has_place()) continue;
    bool whole = operand.kind != OperandKind::Addr || !takes_address_only(inst.op);
    if (names(function, operand.place, whole)) return true;
    // What prints, compares or hashes goes on to parts and through references.
    if (inst.op != Op::Runtime) continue;
    TypeId type = place_type(program_, function, operand.place);
    if (reaches_[type.index()]) return true;
  }
  return inst.op == Op::Runtime && inst.type.valid() && reaches_[inst.type.index()];
}

// `whole`: the value in the place is read, and not just its address taken.
bool PlaceReaders::names(const Function& function, Place place, bool whole) const {
  if (place.is_global() && place_.global.valid() && place.global_id() == place_.global) return true;
  const MemoryKey& key = place_.key;
  MemoryKey at{{}, {}, 0, true};
  size_t n = 0;
  std::vector<Step> steps = steps_of(program_, function, place);
  if (steps.empty() && whole && place.is_global() && !key.in_root) {
    TypeId type = root_type(program_, function, place);
    return holds_place(type) || type == key.type;
  }
  for (const Step& step : steps) {
    ++n;
    TypeKind from = program_.types[step.from].kind;
    if (step.proj.kind == ProjKind::Deref || from == TypeKind::View) at.in_root = false;
    if (step.proj.kind == ProjKind::Variant) continue;
    bool last = n == steps.size();
    if (last && !whole) break;
    if (step.to != key.type) {
      if (last && holds_place(step.to) && !(at.in_root && key.in_root)) return true;
      continue;
    }
    bool element = step.proj.kind == ProjKind::Index || step.proj.kind == ProjKind::Const;
    if (element && key.container.valid()) continue;  // no field
    at.type = step.to;
    at.container = {};
    if (step.proj.kind == ProjKind::Field) {
      at.container = step.from;
      at.field = step.proj.index;
      if (step.variant != kNoVariant) at.field |= (step.variant + 1) << 16;
    }
    // A global as a whole is no field of anything.
    bool apart = at.container.valid() && place_.global.valid() && !key.container.valid();
    if (!apart && at.meets(key)) return true;
  }
  return false;
}

bool PlaceReaders::calls_reader(const Function& function, const Inst& inst) const {
  switch (inst.op) {
    case Op::Call:
      return reads_[inst.callee.index()];
    case Op::CallValue: {
      TypeId type = operand_type(program_, function, function.args(inst)[0]);
      const std::vector<FuncId>& values = graph_.values_of(type);
      return std::any_of(values.begin(), values.end(),
                         [&](FuncId func) { return reads_[func.index()]; });
    }
    case Op::Drop:
    case Op::Assign:
      return reads_[graph_.of_type(place_type(program_, function, inst.dst))];
    case Op::New:
      return CallGraph::collects(program_, inst) && reads_[graph_.collection()];
    case Op::Runtime:
      return rt_info(RtFn(inst.imm)).runs_user_code && reads_[graph_.collection()];
    default:
      return false;
  }
}

}  // namespace tenure::own

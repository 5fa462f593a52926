// Shape: ids in range, places that exist, blocks that end in terminators, edges that may be.
#include "oir/verify_shape.h"

namespace tenure::oir {

void ShapeCheck::run() {
  auto complain = [&](const std::string& what) {
    report_.add("in @" + function_.name + ": " + what);
  };
  if (function_.locals.size() < size_t{function_.params} + 1) return complain("locals are missing");
  if (function_.is_foreign()) return foreign();
  if (function_.dispatches) dispatcher();
  if (function_.is_left_out()) return;
  if (function_.blocks.empty()) return complain("there are no blocks");
  for (size_t i = 0; i < function_.locals.size(); ++i) {
    const Local& local = function_.locals[i];
    if (!local.type.valid() || local.type.index() >= program_.types.size()) {
      return complain("a local without a type");
    }
    bool first = i == 0, param = i != 0 && i <= function_.params;
    if ((local.kind == LocalKind::Result) != first || (local.kind == LocalKind::Param) != param) {
      return complain("the result and the parameters come first");
    }
    if (local.kind == LocalKind::Alias && kind(local.type) != TypeKind::Borrow) {
      return complain("an alias is of type borrow");
    }
    bool lent = local.kind == LocalKind::Param && local.mode == ParamMode::Borrow;
    if (local.kind != LocalKind::Alias && !lent && kind(local.type) == TypeKind::Borrow) {
      return complain("only an alias, or what is lent, is of type borrow");
    }
    if (local.kind == LocalKind::Flag && kind(local.type) != TypeKind::U32) {
      return complain("a drop flag is a u32");
    }
  }
  for (size_t b = 0; b < function_.blocks.size(); ++b) {
    const Block& block = function_.blocks[b];
    block_ = BlockId{b};
    if (block.insts.empty()) return complain("bb" + std::to_string(b) + " is empty");
    for (size_t i = 0; i < block.insts.size(); ++i) {
      if (report_.full()) return;
      const Inst& inst = block.insts[i];
      inst_ = &inst;
      printable_ = false;
      if (!ids(inst)) continue;
      printable_ = true;
      bool last = i + 1 == block.insts.size();
      if (op_is_terminator(inst.op) != last) {
        bad("a block ends with its one terminator");
        continue;
      }
      if (edges(block, inst) && borrows(inst)) instruction(inst);
    }
  }
}

// The parameters after the first are those of the function that the first one is.
void ShapeCheck::dispatcher() {
  bool right = function_.params != 0 && kind(function_.locals[1].type) == TypeKind::Function;
  if (right) {
    const Type& type = program_.types[function_.locals[1].type];
    right = type.params.size() + 1 == function_.params && type.result == function_.result_type();
    for (size_t i = 0; right && i < type.params.size(); ++i) {
      const Local& param = function_.locals[i + 2];
      right = param.type == type.params[i] &&
              param.mode == mode_of_value_parameter(program_.types, param.type);
    }
  }
  if (!right) report_.add("in @" + function_.name + ": it dispatches, and has another shape");
}

// What C has too: nothing that owns, nothing in parts.
void ShapeCheck::foreign() {
  if (!function_.blocks.empty()) report_.add("in @" + function_.name + ": a foreign body");
  for (const Local& local : function_.locals) {
    TypeKind is = kind(local.type);
    bool crosses = is < TypeKind::String || is == TypeKind::Pointer;
    bool unit = is == TypeKind::Unit && local.kind != LocalKind::Result;
    if (!crosses || unit || local.mode == ParamMode::Borrow) {
      report_.add("in @" + function_.name + ": a foreign function takes and gives plain words");
    }
  }
}

// ---- ids and places

bool ShapeCheck::ids(const Inst& inst) {
  if (size_t(inst.op) > size_t(Op::Unreachable)) return bad("is no operation");
  if (size_t{inst.args_begin} + inst.args_count > function_.operands.size()) {
    return bad("has operands out of range");
  }
  for (const Operand& a : function_.args(inst)) {
    if (a.has_place()) {
      if (!place(a.place)) return false;
      continue;
    }
    if (!a.constant.type.valid() || a.constant.type.index() >= program_.types.size()) {
      return bad("has a constant without a type");
    }
    if (!constant(a.constant)) return false;
  }
  if (inst.dst.valid() && !place(inst.dst)) return false;
  if (inst.type.valid() && inst.type.index() >= program_.types.size()) {
    return bad("has a type out of range");
  }
  if (inst.fact.valid() && inst.fact.index() >= program_.facts.size()) {
    return bad("has a fact out of range");
  }
  if (inst.flag.valid() && (inst.flag.index() >= function_.locals.size() ||
                            function_.locals[inst.flag.index()].kind != LocalKind::Flag)) {
    return bad("has a flag that is none");
  }
  if (inst.op == Op::Call &&
      (!inst.callee.valid() || inst.callee.index() >= program_.functions.size())) {
    return bad("has no callee");
  }
  if (inst.op == Op::FullCheck && inst.extra > program_.strings.size()) {
    return bad("has a string out of range");
  }
  if (inst.op == Op::Switch && inst.extra >= function_.cases.size()) {
    return bad("has cases out of range");
  }
  if (inst.op == Op::Runtime && inst.imm > uint8_t(RtFn::Exit)) {
    return bad("has no runtime function");
  }
  if (inst.op == Op::Panic && inst.imm > uint8_t(PanicKind::Message)) {
    return bad("has no kind");
  }
  return true;
}

bool ShapeCheck::constant(const Const& constant) {
  const Type& row = program_.types[constant.type];
  if (constant.kind == ConstKind::String) {
    if (constant.bits >= program_.strings.size()) return bad("has a string out of range");
    bool bytes = row.kind == TypeKind::Pointer && kind(row.elem) == TypeKind::U8;
    if (!bytes && !program_.types.is_string(constant.type))
      return bad("has a string of no string type");
  }
  if (constant.kind != ConstKind::Func) return true;
  if (constant.bits >= program_.functions.size()) return bad("has a function out of range");
  const Function& function = program_.functions[constant.bits];
  bool same = row.kind == TypeKind::Function && row.params.size() == function.params &&
              row.result == function.result_type();
  for (size_t i = 0; same && i < row.params.size(); ++i) {
    const Local& param = function.locals[i + 1];
    same = row.params[i] == param.type &&
           (function.is_foreign() ||
            param.mode == mode_of_value_parameter(program_.types, param.type));
  }
  return same || bad("has a function of another type");
}

bool ShapeCheck::place(Place place) {
  if (!place.valid() || place.path.index() >= function_.paths.size()) return bad("names no place");
  TypeId type;
  if (place.is_global()) {
    if (place.global_id().index() >= program_.globals.size()) return bad("names no global");
    type = program_.globals[place.global_id().index()].type;
  } else {
    if (place.local_id().index() >= function_.locals.size()) return bad("names no local");
    type = function_.locals[place.local_id().index()].type;
  }
  const std::vector<Field>* payload = nullptr;
  for (Proj proj : function_.paths.projs(place.path)) {
    const Type& row = program_.types[type];
    if (payload != nullptr && proj.kind != ProjKind::Field) {
      return bad("goes through a variant to no field");
    }
    switch (proj.kind) {
      case ProjKind::Field: {
        const std::vector<Field>& fields = payload != nullptr ? *payload : row.fields;
        if (proj.index >= fields.size()) return bad("names a field that is not there");
        type = fields[proj.index].type;
        payload = nullptr;
        break;
      }
      case ProjKind::Variant:
        if (row.kind != TypeKind::Union || proj.index >= row.variants.size()) {
          return bad("names a variant that is not there");
        }
        payload = &row.variants[proj.index].fields;
        break;
      case ProjKind::Deref:
        if (row.kind != TypeKind::Ref && row.kind != TypeKind::Box &&
            row.kind != TypeKind::Borrow && row.kind != TypeKind::Pointer) {
          return bad("dereferences what is no reference");
        }
        type = row.elem;
        break;
      case ProjKind::Const:
        if (row.kind != TypeKind::FixedArray || proj.index >= row.count) {
          return bad("names an element that is not there");
        }
        type = row.elem;
        break;
      case ProjKind::Index:
        if (row.kind != TypeKind::Array && row.kind != TypeKind::View &&
            row.kind != TypeKind::Slice && row.kind != TypeKind::FixedArray) {
          return bad("indexes what is no array");
        }
        if (proj.index >= function_.locals.size() ||
            !program_.types.is_integer(function_.locals[proj.index].type)) {
          return bad("has an index that is no integer");
        }
        type = row.elem;
        break;
    }
  }
  return payload == nullptr || bad("names a variant and no field of it");
}

// ---- blocks

bool ShapeCheck::edges(const Block& block, const Inst& inst) {
  auto exists = [&](BlockId id) { return id.valid() && id.index() < function_.blocks.size(); };
  if (inst.unwind.valid()) {
    if (!exists(inst.unwind)) return bad("unwinds to no block");
    if (function_.blocks[inst.unwind.index()].kind != BlockKind::Cleanup) {
      return bad("unwinds to a block that is no cleanup");
    }
  }
  size_t wanted = 0;
  switch (inst.op) {
    case Op::Catch:
      if (block.kind != BlockKind::Cleanup) return bad("outside of cleanup");
      [[fallthrough]];
    case Op::Jump:
      wanted = 1;
      break;
    case Op::Branch:
    case Op::BranchSole:
      wanted = 2;
      break;
    case Op::Switch:
      wanted = function_.cases[inst.extra].values.size() + 1;
      break;
    case Op::Resume:
      if (block.kind != BlockKind::Cleanup) return bad("outside of cleanup");
      break;
    case Op::Return:
      if (block.kind == BlockKind::Cleanup) return bad("inside of cleanup");
      break;
    default:
      break;
  }
  if (inst.targets.size() != wanted) return bad("has the wrong number of targets");
  for (BlockId target : inst.targets) {
    if (!exists(target)) return bad("goes to no block");
    BlockKind to = function_.blocks[target.index()].kind;
    if (block.kind == BlockKind::Normal && to == BlockKind::Cleanup) {
      return bad("goes into cleanup without failing");
    }
    if (block.kind == BlockKind::Cleanup && to == BlockKind::Normal && inst.op != Op::Catch) {
      return bad("leaves cleanup");
    }
  }
  return true;
}

void verify_shape(const Program& program, const Function& function, Phase phase,
                  VerifyReport& report) {
  ShapeCheck(program, function, phase, report).run();
}

}  // namespace tenure::oir

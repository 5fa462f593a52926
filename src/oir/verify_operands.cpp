// What each instruction takes and gives: the number, modes and types of its operands.
#include "oir/verify_shape.h"

namespace tenure::oir {

// Borrowed words are looked at and passed on, never kept: not copied, moved, stored or dropped.
bool ShapeCheck::borrows(const Inst& inst) {
  for (const Operand& a : function_.args(inst)) {
    if (!a.has_place()) continue;
    bool consumed = a.kind == OperandKind::Move || a.kind == OperandKind::Copy;
    if (consumed && kind(type_of(a.place)) == TypeKind::Borrow) return bad("keeps a borrow");
    // Before that it is a mistake of the user, which pass moves reports.
    if (phase_ == Phase::Elaborated && a.kind == OperandKind::Copy &&
        program_.types.is_move_only(type_of(a.place))) {
      return bad("copies what is move-only");
    }
    if (a.kind != OperandKind::Move || !a.place.is_local() || !a.place.is_root()) continue;
    const Local& local = function_.locals[a.place.local_id().index()];
    bool borrowed = local.kind == LocalKind::Param && local.mode == ParamMode::Borrow;
    if (borrowed || local.kind == LocalKind::Cursor) {
      return bad("moves what is borrowed");
    }
  }
  if (!inst.dst.valid()) {
    bool optional = inst.op == Op::Call || inst.op == Op::CallValue || inst.op == Op::Runtime;
    bool wanted = (op_has_dst(inst.op) && !optional) || inst.op == Op::Drop;
    return !wanted || bad("has no destination");
  }
  if (!op_has_dst(inst.op) && inst.op != Op::Drop) return bad("has a destination");
  if (inst.op != Op::Alias && kind(type_of(inst.dst)) == TypeKind::Borrow) {
    return bad("stores or drops a borrow");
  }
  if (inst.dst.is_local() && inst.dst.is_root()) {
    const Local& local = function_.locals[inst.dst.local_id().index()];
    if (local.kind == LocalKind::Param && local.mode == ParamMode::Borrow) {
      return bad("changes a borrowed parameter");
    }
    if (local.kind == LocalKind::Cursor && inst.op != Op::Init) {
      return bad("ends a cursor, or gives it a value");
    }
    if ((local.kind == LocalKind::Flag) != (inst.op == Op::SetFlag)) {
      return bad("only set_flag changes a flag, and nothing else");
    }
  }
  return true;
}

void ShapeCheck::instruction(const Inst& inst) {
  const TypeTable& types = program_.types;
  switch (inst.op) {
    case Op::Drop:
      count(inst, 0);
      if (types.is_plain(type_of(inst.dst))) bad("drops what is plain");
      return;
    case Op::SetFlag:
      if (phase_ == Phase::Lowered) bad("before elaboration");
      if (!inst.dst.is_local() || !inst.dst.is_root()) bad("of no flag");
      if (inst.extra > program_.move_sites.size()) bad("names no site of a move");
      return;
    case Op::Branch:
      if (count(inst, 1) && want_values(inst))
        same(arg_type(inst, 0), types.boolean(), "condition");
      return;
    case Op::BranchSole:
      if (count(inst, 1) && function_.args(inst)[0].kind != OperandKind::Borrow)
        bad("takes a borrowed word");
      return;
    case Op::Free:
      if (count(inst, 1) && want_values(inst) && kind(arg_type(inst, 0)) != TypeKind::Pointer)
        bad("takes a pointer");
      return;
    case Op::Switch:
      if (count(inst, 1) && want_values(inst) && !types.is_integer(arg_type(inst, 0))) {
        bad("of what is no integer");
      }
      return;
    case Op::Forget:
    case Op::DeferRun:
    case Op::Jump:
    case Op::Return:
    case Op::Resume:
    case Op::Unreachable:
      count(inst, 0);
      return;
    case Op::Catch:
      count(inst, 0);
      return;
    case Op::Call:
      return call(inst);
    case Op::CallValue:
      return call_value(inst);
    case Op::Runtime:
      return runtime(inst);
    case Op::MemCheck:
    case Op::NullCheck:
    case Op::BoundsCheck:
    case Op::RangeCheck:
    case Op::FullCheck:
    case Op::Panic:
    case Op::Swap:
    case Op::UniqueArray:
      return checks(inst);
    case Op::Unary:
    case Op::Binary:
    case Op::Cast:
    case Op::PtrAdd:
    case Op::Tag:
    case Op::IsNull:
    case Op::SameRef:
      return operators(inst);
    default:
      return values(inst);
  }
}

void ShapeCheck::checks(const Inst& inst) {
  switch (inst.op) {
    case Op::NullCheck:
      if (count(inst, 1) && function_.args(inst)[0].kind != OperandKind::Borrow) {
        bad("takes a borrowed word");
      }
      return;
    case Op::BoundsCheck:
      if (count(inst, 2)) bounds(inst);
      return;
    case Op::RangeCheck:
      if (count(inst, 3)) bounds(inst);
      return;
    case Op::FullCheck:
      if (inst.imm > uint8_t(CheckDepth::Enclosing)) bad("has no depth");
      if (count(inst, 1)) want_addr(inst, 0);
      return;
    case Op::MemCheck:
      if (!count(inst, inst.args_count == 2 ? 2 : 1) || !want_values(inst)) return;
      for (uint32_t i = 0; i < inst.args_count; ++i) {
        if (kind(arg_type(inst, i)) != TypeKind::Pointer) bad("takes a pointer");
      }
      return;
    case Op::Panic:
      if (inst.args_count > 1) bad("has the wrong number of operands");
      return;
    case Op::Swap:
      if (count(inst, 2) && want_addr(inst, 0) && want_addr(inst, 1)) {
        same(arg_type(inst, 0), arg_type(inst, 1), "types");
      }
      return;
    default:
      if (count(inst, 1) && want_addr(inst, 0) && kind(arg_type(inst, 0)) != TypeKind::Array &&
          kind(arg_type(inst, 0)) != TypeKind::View) {
        bad("takes an array");
      }
      return;
  }
}

// Of an array or a length, and integers.
void ShapeCheck::bounds(const Inst& inst) {
  if (is_value(function_.args(inst)[0])) {
    same(arg_type(inst, 0), program_.types.scalar(TypeKind::U64), "length");
  } else {
    want_addr(inst, 0);
  }
  for (size_t i = 1; i < inst.args_count; ++i) {
    if (!program_.types.is_integer(arg_type(inst, i))) bad("takes an integer");
  }
}

void ShapeCheck::operators(const Inst& inst) {
  const TypeTable& types = program_.types;
  TypeId dst = type_of(inst.dst);
  switch (inst.op) {
    case Op::Unary:
      if (!count(inst, 1) || !want_values(inst)) return;
      same(arg_type(inst, 0), dst, "types");
      if (unop_of(UnOp(inst.imm)) == 'i' && !types.is_integer(dst)) bad("takes an integer");
      if (unop_of(UnOp(inst.imm)) == 'f' && !types.is_float(dst)) bad("takes a float");
      return;
    case Op::Binary:
      if (!count(inst, 2) || !want_values(inst)) return;
      if (!same(arg_type(inst, 0), arg_type(inst, 1), "types")) return;
      same(dst, binop_compares(BinOp(inst.imm)) ? types.boolean() : arg_type(inst, 0), "result");
      if (binop_of(BinOp(inst.imm)) == 'i' && !types.is_integer(dst)) bad("takes integers");
      if (binop_of(BinOp(inst.imm)) == 'f' && !types.is_float(dst)) bad("takes floats");
      return;
    case Op::Cast:
      if (count(inst, 1) && want_values(inst)) cast(inst, dst);
      return;
    case Op::PtrAdd:
      if (!count(inst, 2) || !want_values(inst)) return;
      if (kind(dst) != TypeKind::Pointer) bad("makes no pointer");
      same(arg_type(inst, 0), dst, "types");
      if (!types.is_integer(arg_type(inst, 1))) bad("takes an integer");
      return;
    case Op::Tag:
      if (!count(inst, 1) || !want_addr(inst, 0)) return;
      if (kind(arg_type(inst, 0)) != TypeKind::Union) bad("takes a union");
      same(dst, types.scalar(TypeKind::U32), "result");
      return;
    default:
      if (count(inst, inst.op == Op::IsNull ? 1 : 2)) same(dst, types.boolean(), "result");
      for (const Operand& a : function_.args(inst)) {
        if (a.kind == OperandKind::Copy || a.kind == OperandKind::Move) bad("takes borrowed words");
      }
      return;
  }
}

// A checked cast is between numbers; only one that converts makes addresses of them.
void ShapeCheck::cast(const Inst& inst, TypeId dst) {
  auto word = [&](TypeId type) {
    return kind(type) == TypeKind::Pointer || kind(type) == TypeKind::Function;
  };
  TypeId from = arg_type(inst, 0);
  if (!word(from) && !word(dst)) return;
  if (inst.imm != 1) bad("checks what is no number");
  bool floats = program_.types.is_float(from) || program_.types.is_float(dst);
  if (floats) bad("makes an address of a float, or the other way round");
}

void ShapeCheck::parts(const Inst& inst, const std::vector<Field>& fields) {
  if (!count(inst, fields.size())) return;
  for (size_t i = 0; i < fields.size(); ++i) same(arg_type(inst, i), fields[i].type, "part");
}

// A cursor takes the word of what somebody else owns, and nothing but that.
bool ShapeCheck::fills_cursor(const Inst& inst) {
  if (!inst.dst.is_local() || !inst.dst.is_root() || inst.args_count != 1) return false;
  if (function_.locals[inst.dst.local_id().index()].kind != LocalKind::Cursor) return false;
  OperandKind from = function_.args(inst)[0].kind;
  if (from != OperandKind::Borrow && from != OperandKind::Const) bad("gives a cursor a value");
  same(arg_type(inst, 0), type_of(inst.dst), "types");
  return true;
}

void ShapeCheck::values(const Inst& inst) {
  TypeId dst = type_of(inst.dst);
  const Type& row = program_.types[dst];
  switch (inst.op) {
    case Op::Init:
      if (fills_cursor(inst)) return;
      [[fallthrough]];
    case Op::Assign:
      if (count(inst, 1) && want_values(inst)) same(arg_type(inst, 0), dst, "types");
      return;
    case Op::Aggregate:
      if (!want_values(inst)) return;
      if (row.kind == TypeKind::FixedArray) {
        if (!count(inst, row.count)) return;
        for (size_t i = 0; i < inst.args_count; ++i) same(arg_type(inst, i), row.elem, "part");
      } else if (row.kind == TypeKind::Struct || row.kind == TypeKind::Tuple) {
        parts(inst, row.fields);
      } else {
        bad("makes no aggregate");
      }
      return;
    case Op::FillArray:
      if (row.kind != TypeKind::FixedArray) bad("makes no fixed array");
      if (count(inst, 1)) same(arg_type(inst, 0), row.elem, "part");
      return;
    case Op::MakeVariant:
      if (!want_values(inst)) return;
      if (row.kind != TypeKind::Union || inst.extra >= row.variants.size()) {
        bad("makes no variant");
      } else {
        parts(inst, row.variants[inst.extra].fields);
      }
      return;
    case Op::MakeArray:
      if (!want_values(inst)) return;
      if (row.kind != TypeKind::Array) bad("makes no array");
      for (size_t i = 0; i < inst.args_count; ++i) same(arg_type(inst, i), row.elem, "element");
      return;
    case Op::New:
      if (inst.args_count == 2) {
        const Type& memory = program_.types[arg_type(inst, 1)];
        if (memory.kind != TypeKind::Pointer || memory.elem != inst.type)
          bad("reuses other memory");
      } else if (!count(inst, 1)) {
        return;
      }
      if (!want_values(inst)) return;
      if (row.kind != TypeKind::Ref && row.kind != TypeKind::Box) bad("makes no reference");
      same(arg_type(inst, 0), row.elem, "types");
      same(inst.type, row.elem, "type of the object");
      return;
    case Op::MakeRef:
      if (inst.args_count == 2) return make_span(inst, row);
      if (!count(inst, 1) || !want_addr(inst, 0)) return;
      if (row.kind != TypeKind::Ref) bad("makes no reference");
      same(arg_type(inst, 0), row.elem, "types");
      return;
    case Op::Take:
      if (!count(inst, 1) || !want_addr(inst, 0)) return;
      same(arg_type(inst, 0), dst, "types");
      return;
    case Op::Recycle: {
      if (!count(inst, 1)) return;
      const Operand& object = function_.args(inst)[0];
      if (object.kind != OperandKind::Move || !object.place.is_root()) {
        bad("takes no local reference");
        return;
      }
      const Type& reference = program_.types[arg_type(inst, 0)];
      if (reference.kind != TypeKind::Ref || row.kind != TypeKind::Pointer ||
          reference.elem != row.elem) {
        bad("makes no memory of an object");
      }
      return;
    }
    case Op::Alias:
      if (!count(inst, 1) || !want_addr(inst, 0)) return;
      if (row.kind != TypeKind::Borrow || !inst.dst.is_root()) bad("makes no alias");
      same(arg_type(inst, 0), row.elem, "types");
      return;
    case Op::MakePtr:
      if (!count(inst, 1) || !want_addr(inst, 0)) return;
      if (row.kind != TypeKind::Pointer) bad("makes no pointer");
      same(arg_type(inst, 0), row.elem, "types");
      return;
    case Op::MakeSlice:
      return slice(inst, row);
    case Op::MakeView: {
      if (!count(inst, 1) || !want_addr(inst, 0)) return;
      const Type& array = program_.types[arg_type(inst, 0)];
      if (row.kind != TypeKind::View || array.elem != row.elem) bad("makes no view of that");
      return;
    }
    case Op::Replace:
      if (!count(inst, 2) || !want_addr(inst, 0)) return;
      same(arg_type(inst, 0), dst, "types");
      same(arg_type(inst, 1), dst, "types");
      if (!is_value(function_.args(inst)[1])) bad("takes a value");
      return;
    default:
      return;
  }
}

void ShapeCheck::make_span(const Inst& inst, const Type& row) {
  const Operand& length = function_.args(inst)[1];
  if (!want_addr(inst, 0)) return;
  Place first = function_.args(inst)[0].place;
  if (row.shown != Shown::Span) bad("makes no span");
  same(arg_type(inst, 0), row.elem, "types");
  if (first.is_root() || function_.paths.last(first.path).kind != ProjKind::Index) {
    bad("makes a span of what is no element");
  }
  if (!is_value(length) || !program_.types.is_integer(arg_type(inst, 1))) bad("takes an integer");
}

void ShapeCheck::slice(const Inst& inst, const Type& row) {
  if (inst.args_count != 1 && !count(inst, 3)) return;
  const Operand& of = function_.args(inst)[0];
  if (of.kind != OperandKind::Const && !want_addr(inst, 0)) return;
  if (row.kind != TypeKind::Slice) {
    bad("makes no slice");
    return;
  }
  const Type& from = program_.types[arg_type(inst, 0)];
  bool elements = from.kind == TypeKind::FixedArray || from.kind == TypeKind::Slice;
  if (elements) {
    same(from.elem, row.elem, "elements");
  } else if (from.kind == TypeKind::Text) {
    if (kind(row.elem) != TypeKind::U8) bad("makes no slice of bytes");
  } else {
    bad("slices what has no elements of its own");
  }
  for (size_t i = 1; i < inst.args_count; ++i) {
    const Operand& bound = function_.args(inst)[i];
    if (!is_value(bound) || !program_.types.is_integer(arg_type(inst, i))) bad("takes integers");
  }
}

// A borrowed parameter takes the word of a reference without counting it, or the address of a place
// where it refers to one.
void ShapeCheck::call(const Inst& inst) {
  const Function& callee = program_[inst.callee];
  if (!count(inst, callee.params)) return;
  if (inst.dst.valid()) same(type_of(inst.dst), callee.result_type(), "result");
  for (size_t i = 0; i < inst.args_count; ++i) {
    argument(inst, i, callee.locals[i + 1].mode, callee.locals[i + 1].type);
  }
}

void ShapeCheck::argument(const Inst& inst, size_t i, ParamMode mode, TypeId param) {
  const Operand& a = function_.args(inst)[i];
  TypeId type = arg_type(inst, i);
  if (mode == ParamMode::Own) {
    if (!is_value(a)) bad("lends what is taken by value");
    same(type, param, "argument");
  } else if (a.kind == OperandKind::Addr && type != param &&
             (kind(param) == TypeKind::Ref || kind(param) == TypeKind::Borrow)) {
    same(type, program_.types[param].elem, "argument");
  } else {
    if (a.kind == OperandKind::Copy || a.kind == OperandKind::Move)
      bad("gives away what is borrowed");
    same(type, param, "argument");
  }
}

void ShapeCheck::call_value(const Inst& inst) {
  if (inst.args_count == 0) {
    bad("calls nothing");
    return;
  }
  const Type& type = program_.types[arg_type(inst, 0)];
  if (type.kind != TypeKind::Function || !is_value(function_.args(inst)[0])) {
    bad("calls what is no function");
    return;
  }
  if (!count(inst, type.params.size() + 1)) return;
  if (inst.dst.valid()) same(type_of(inst.dst), type.result, "result");
  for (size_t i = 0; i < type.params.size(); ++i) {
    argument(inst, i + 1, mode_of_value_parameter(program_.types, type.params[i]), type.params[i]);
  }
}

void ShapeCheck::runtime(const Inst& inst) {
  const RtInfo& info = rt_info(RtFn(inst.imm));
  const TypeTable& types = program_.types;
  if (!count(inst, info.params.size())) return;
  for (size_t i = 0; i < inst.args_count; ++i) {
    OperandKind mode = function_.args(inst)[i].kind;
    bool right = false;
    switch (info.params[i]) {
      case 'a':
        right = mode == OperandKind::Addr || mode == OperandKind::Const;
        break;
      case 'b':
        right = mode == OperandKind::Borrow || mode == OperandKind::Const;
        break;
      case 'm':
        right = mode == OperandKind::Addr;
        break;
      case 'o':
        right = mode != OperandKind::Addr && mode != OperandKind::Borrow;
        break;
      case 'v':
        right = mode != OperandKind::Addr && mode != OperandKind::Borrow &&
                types.is_plain(arg_type(inst, i));
        break;
    }
    if (!right) bad("has an operand of the wrong mode");
  }
  if (!inst.dst.valid()) return;
  TypeId dst = type_of(inst.dst);
  const Type& row = types[dst];
  bool right = true;
  switch (info.result) {
    case 'u':
      right = row.kind == TypeKind::Unit;
      break;
    case 'B':
      right = row.kind == TypeKind::Bool;
      break;
    case 'i':
      right = row.kind == TypeKind::I32;
      break;
    case 'l':
      right = row.kind == TypeKind::I64;
      break;
    case 'd':
      right = row.kind == TypeKind::F64;
      break;
    case 'E':
      right = types[inst.type].kind == TypeKind::Array && types[inst.type].elem == dst;
      break;
    case 'S':
      right = row.kind == TypeKind::Pointer && types[inst.type].kind == TypeKind::Array &&
              row.elem == types[inst.type].elem;
      break;
    case 'U':
      right = row.kind == TypeKind::U32;
      break;
    case 's':
      right = types.is_string(dst);
      break;
    case 'P':
      right = row.kind == TypeKind::Pointer && kind(row.elem) == TypeKind::U8;
      break;
    case 'T':
      right = dst == inst.type;
      break;
    case 'W':
      right = row.kind == TypeKind::Weak && row.elem == inst.type;
      break;
    case 'R':
      right = row.kind == TypeKind::Ref && row.elem == inst.type;
      break;
    case 'A':
      right = row.kind == TypeKind::Array && row.elem == inst.type;
      break;
  }
  if (!right) bad("gives another type than that of its destination");
}

}  // namespace tenure::oir

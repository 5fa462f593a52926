// Shape and types: ids in range, places that exist, operands of the modes and types that each
// instruction wants, blocks that end in terminators. What is wrong here would make the data flow of
// verify_ownership.cpp meaningless, so that runs only when nothing is.
#include "oir/verify.h"

#include <optional>

#include "oir/text.h"
#include "oir/verifier.h"

namespace tenure::oir {

void VerifyReport::add(const Program& program, const Function& function, BlockId block,
                       const Inst* inst, const std::string& what) {
  if (full()) return;
  std::string text = "in @" + function.name + " bb" + std::to_string(block.v) + ": ";
  if (inst != nullptr) text += print(program, function, *inst) + ": ";
  messages_.push_back(text + what);
}

namespace {

class ShapeCheck {
 public:
  ShapeCheck(const Program& program, const Function& function, Phase phase, VerifyReport& report)
      : program_(program), function_(function), phase_(phase), report_(report) {}
  void run();

 private:
  void foreign();
  bool ids(const Inst& inst);
  bool constant(const Const& constant);
  bool place(Place place);
  bool count(const Inst& inst, size_t wanted) {
    return inst.args_count == wanted || bad("has the wrong number of operands");
  }
  bool edges(const Block& block, const Inst& inst);
  void instruction(const Inst& inst);
  bool borrows(const Inst& inst);
  void checks(const Inst& inst);
  void values(const Inst& inst);
  void operators(const Inst& inst);
  void cast(const Inst& inst, TypeId dst);
  void slice(const Inst& inst, const Type& row);
  void parts(const Inst& inst, const std::vector<Field>& fields);
  void call(const Inst& inst);
  void call_value(const Inst& inst);
  void argument(const Inst& inst, size_t i, ParamMode mode, TypeId param);
  void runtime(const Inst& inst);
  bool bad(const std::string& what) {
    // Not printed as an instruction: its parts may be out of range.
    report_.add(program_, function_, block_, printable_ ? inst_ : nullptr,
                printable_ ? what : std::string(op_name(inst_->op)) + " " + what);
    return false;
  }
  bool same(TypeId a, TypeId b, const char* what) {
    if (a == b) return true;
    if (!a.valid() || !b.valid()) return bad(std::string(what) + " without a type");
    return bad(std::string(what) + ": `" + program_.types.text(a) + "` and `" +
               program_.types.text(b) + "`");
  }
  TypeId type_of(Place place) const { return place_type(program_, function_, place); }
  TypeId arg_type(const Inst& inst, size_t i) const {
    return operand_type(program_, function_, function_.args(inst)[i]);
  }
  TypeKind kind(TypeId type) const { return program_.types[type].kind; }
  bool is_value(const Operand& a) const {
    return a.kind == OperandKind::Copy || a.kind == OperandKind::Move ||
           a.kind == OperandKind::Const;
  }
  bool want_values(const Inst& inst) {
    for (const Operand& a : function_.args(inst)) {
      if (!is_value(a)) return bad("takes values: copy, move or a constant");
    }
    return true;
  }
  bool want_addr(const Inst& inst, size_t i) {
    return function_.args(inst)[i].kind == OperandKind::Addr || bad("takes an address");
  }

  const Program& program_;
  const Function& function_;
  Phase phase_;
  VerifyReport& report_;
  BlockId block_;
  const Inst* inst_ = nullptr;
  bool printable_ = false;
};

void ShapeCheck::run() {
  auto complain = [&](const std::string& what) {
    report_.add("in @" + function_.name + ": " + what);
  };
  if (function_.locals.size() < size_t{function_.params} + 1) return complain("locals are missing");
  if (function_.is_foreign()) return foreign();
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
    if (local.kind != LocalKind::Alias && kind(local.type) == TypeKind::Borrow) {
      return complain("only an alias is of type borrow");
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

// ---- instructions

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
    if (local.kind == LocalKind::Param && local.mode == ParamMode::Borrow) {
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
  const TypeTable& types = program_.types;
  switch (inst.op) {
    case Op::NullCheck:
      if (count(inst, 1) && function_.args(inst)[0].kind != OperandKind::Borrow) {
        bad("takes a borrowed word");
      }
      return;
    case Op::BoundsCheck:
      if (count(inst, 2) && want_addr(inst, 0) && !types.is_integer(arg_type(inst, 1))) {
        bad("takes an integer");
      }
      return;
    case Op::FullCheck:
      if (inst.imm > uint8_t(CheckDepth::Printed)) bad("has no depth");
      if (count(inst, 1)) want_addr(inst, 0);
      return;
    case Op::MemCheck:
      if (count(inst, 1) && want_values(inst) && kind(arg_type(inst, 0)) != TypeKind::Pointer) {
        bad("takes a pointer");
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

void ShapeCheck::operators(const Inst& inst) {
  const TypeTable& types = program_.types;
  TypeId dst = type_of(inst.dst);
  switch (inst.op) {
    case Op::Unary:
      if (!count(inst, 1) || !want_values(inst)) return;
      same(arg_type(inst, 0), dst, "types");
      if (UnOp(inst.imm) > UnOp::Not && !types.is_integer(dst)) bad("takes an integer");
      return;
    case Op::Binary:
      if (!count(inst, 2) || !want_values(inst)) return;
      if (!same(arg_type(inst, 0), arg_type(inst, 1), "types")) return;
      same(dst, binop_compares(BinOp(inst.imm)) ? types.boolean() : arg_type(inst, 0), "result");
      if (BinOp(inst.imm) > BinOp::Ge && !types.is_integer(dst)) bad("takes integers");
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

void ShapeCheck::values(const Inst& inst) {
  TypeId dst = type_of(inst.dst);
  const Type& row = program_.types[dst];
  switch (inst.op) {
    case Op::Init:
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
      if (!count(inst, 1) || !want_values(inst)) return;
      if (row.kind != TypeKind::Ref && row.kind != TypeKind::Box) bad("makes no reference");
      same(arg_type(inst, 0), row.elem, "types");
      same(inst.type, row.elem, "type of the object");
      return;
    case Op::MakeRef:
      if (!count(inst, 1) || !want_addr(inst, 0)) return;
      if (row.kind != TypeKind::Ref) bad("makes no reference");
      same(arg_type(inst, 0), row.elem, "types");
      return;
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
  } else if (a.kind == OperandKind::Addr && kind(param) == TypeKind::Ref && type != param) {
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

}  // namespace

void verify_types(const Program& program, VerifyReport& report) {
  auto in_range = [&](TypeId id) { return id.valid() && id.index() < program.types.size(); };
  for (size_t i = 0; i < program.types.size(); ++i) {
    const Type& row = program.types[TypeId{i}];
    auto complain = [&](const char* what) {
      report.add("type `" + program.types.text(TypeId{i}) + "` " + what);
    };
    if (!row.complete) complain("is not complete");
    for (const Field& field : row.fields) {
      if (!in_range(field.type)) return report.add("a field without a type");
    }
    for (const Variant& variant : row.variants) {
      for (const Field& field : variant.fields) {
        if (!in_range(field.type)) return report.add("a field without a type");
      }
    }
    if (row.drop.valid()) {
      if (row.drop.index() >= program.functions.size()) {
        complain("has a drop that is no function");
      } else if (!program[row.drop].is_drop || program[row.drop].drop_of != TypeId{i}) {
        complain("has a drop that is not its own");
      }
    }
  }
  for (const Global& global : program.globals) {
    if (!in_range(global.type)) report.add("global `" + global.name + "` has no type");
  }
  if (program.start.valid() && program.start.index() >= program.functions.size()) {
    report.add("the program starts nowhere");
  }
}

void verify_shape(const Program& program, const Function& function, Phase phase,
                  VerifyReport& report) {
  ShapeCheck(program, function, phase, report).run();
}

std::vector<std::string> verify(const Program& program, Phase phase) {
  VerifyReport report;
  verify_types(program, report);
  if (!report.clean()) return report.take();
  for (const Function& function : program.functions) verify_shape(program, function, phase, report);
  if (!report.clean() || phase == Phase::Lowered) return report.take();
  for (const Function& function : program.functions) verify_ownership(program, function, report);
  return report.take();
}

}  // namespace tenure::oir

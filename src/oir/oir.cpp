#include "oir/oir.h"

#include <array>

#include "base/check.h"

namespace tenure::oir {

namespace {

struct OpRow {
  std::string_view name;
  std::string_view flags;
};
constexpr OpRow kOps[] = {
#define INST(name, text, flags) {text, flags},
#include "oir/instructions.def"
#undef INST
};

bool op_has_flag(Op op, char flag) {
  return kOps[size_t(op)].flags.find(flag) != std::string_view::npos;
}

constexpr bool has(std::string_view flags, char flag) {
  return flags.find(flag) != std::string_view::npos;
}

}  // namespace

std::string_view op_name(Op op) {
  return kOps[size_t(op)].name;
}
bool op_has_dst(Op op) {
  return op_has_flag(op, 'D');
}
bool op_may_fail(Op op) {
  return op_has_flag(op, 'F');
}
bool op_is_terminator(Op op) {
  return op_has_flag(op, 'T');
}

const RtInfo& rt_info(RtFn fn) {
  static constexpr RtInfo kRows[] = {
#define RUNTIME(name, text, params, result, flags) \
  {text, params, #result[0], has(flags, 'F'), has(flags, 'E'), has(flags, 'G')},
#include "oir/runtime.def"
#undef RUNTIME
  };
  return kRows[size_t(fn)];
}

namespace {

struct OperatorRow {
  std::string_view name;
  char of;
};

constexpr OperatorRow kUnOpRows[] = {
#define UNOP(name, text, of) {text, #of[0]},
#include "oir/operators.def"
};
constexpr OperatorRow kBinOpRows[] = {
#define BINOP(name, text, of) {text, #of[0]},
#include "oir/operators.def"
};

}  // namespace

std::string_view unop_name(UnOp op) {
  return kUnOpRows[size_t(op)].name;
}
BinOp wrapping(BinOp op) {
  switch (op) {
    case BinOp::Add:
      return BinOp::WrapAdd;
    case BinOp::Sub:
      return BinOp::WrapSub;
    case BinOp::Mul:
      return BinOp::WrapMul;
    case BinOp::Div:
      return BinOp::WrapDiv;
    case BinOp::Rem:
      return BinOp::WrapRem;
    default:
      return op;
  }
}

std::string_view binop_name(BinOp op) {
  return kBinOpRows[size_t(op)].name;
}
char unop_of(UnOp op) {
  return kUnOpRows[size_t(op)].of;
}
char binop_of(BinOp op) {
  return kBinOpRows[size_t(op)].of;
}

std::string_view drop_reason_text(DropReason reason) {
  static constexpr std::string_view kNames[] = {
      "end of block", "end of statement", "overwritten",    "last reference",
      "cycle",        "end of program",   "run-time error", "defer"};
  return kNames[size_t(reason)];
}

uint32_t Program::add_string(std::string_view text) {
  std::string key(text);
  if (auto found = string_ids_.find(key); found != string_ids_.end()) return found->second;
  if (types.gate() != nullptr) types.gate()->enter();
  auto [it, fresh] = string_ids_.try_emplace(std::move(key), uint32_t(strings.size()));
  if (fresh) strings.emplace_back(text);
  return it->second;
}

FactId Program::add_fact(Fact fact) {
  facts.push_back(std::move(fact));
  return FactId{facts.size() - 1};
}

namespace {

// The projections of a path from the root outwards, without an allocation for the usual short ones.
class ProjList {
 public:
  ProjList(const PathTable& paths, PathId id) : size_(paths.depth(id)) {
    if (size_ > few_.size()) many_.resize(size_);
    Proj* data = size_ > few_.size() ? many_.data() : few_.data();
    for (size_t i = size_; i-- > 0; id = paths.parent(id)) data[i] = paths.last(id);
    data_ = data;
  }
  ProjList(const ProjList&) = delete;
  ProjList& operator=(const ProjList&) = delete;
  const Proj* begin() const { return data_; }
  const Proj* end() const { return data_ + size_; }

 private:
  size_t size_;
  std::array<Proj, 12> few_{};
  std::vector<Proj> many_;
  const Proj* data_;
};

const std::vector<Field>& fields_of(const Type& type, uint32_t variant) {
  if (type.kind != TypeKind::Union) return type.fields;
  TN_CHECK(variant < type.variants.size(), "a payload field without its variant");
  return type.variants[variant].fields;
}

constexpr uint32_t kNoVariant = 0xFFFFFFFFu;

TypeId root_type(const Program& program, const Function& function, Place place) {
  return place.is_global() ? program.globals[place.global_id().index()].type
                           : function.locals[place.local_id().index()].type;
}

}  // namespace

TypeId place_type(const Program& program, const Function& function, Place place) {
  TN_CHECK(place.valid(), "the type of no place");
  TypeId type = root_type(program, function, place);
  if (place.is_root()) return type;
  uint32_t variant = kNoVariant;
  for (Proj proj : ProjList(function.paths, place.path)) {
    const Type& row = program.types[type];
    switch (proj.kind) {
      case ProjKind::Field: {
        const std::vector<Field>& fields = fields_of(row, variant);
        TN_CHECK(proj.index < fields.size(), "a field that the type does not have");
        type = fields[proj.index].type;
        variant = kNoVariant;
        break;
      }
      case ProjKind::Variant:
        variant = proj.index;
        break;
      case ProjKind::Deref:
      case ProjKind::Index:
      case ProjKind::Const:
        TN_CHECK(row.elem.valid(), "a dereference or an index of a type without elements");
        type = row.elem;
        break;
    }
  }
  return type;
}

std::string place_text(const Program& program, const Function& function, Place place) {
  if (!place.valid()) return "?";
  bool boxed;
  std::string text;
  if (place.is_global()) {
    const Global& global = program.globals[place.global_id().index()];
    boxed = global.boxed;
    text = global.name;
  } else {
    const Local& local = function.locals[place.local_id().index()];
    boxed = local.boxed;
    text = local.name.empty() ? "<expression>" : local.name;
  }
  TypeId type = root_type(program, function, place);
  uint32_t variant = kNoVariant;
  bool starred = false;  // a dereference that is written only if no field follows
  for (Proj proj : ProjList(function.paths, place.path)) {
    const Type& row = program.types[type];
    if (starred && proj.kind != ProjKind::Field) text.insert(0, "(*").append(")");
    starred = false;
    switch (proj.kind) {
      case ProjKind::Field: {
        const Field& field = fields_of(row, variant)[proj.index];
        if (row.shown != Shown::Span) {
          text += '.';
          text += field.name.empty() ? std::to_string(proj.index) : field.name;
        }
        type = field.type;
        variant = kNoVariant;
        break;
      }
      case ProjKind::Variant:
        variant = proj.index;
        break;
      case ProjKind::Deref:
        starred = !boxed && row.kind != TypeKind::Borrow && !program.types.is_run(row.elem);
        boxed = false;
        type = row.elem;
        break;
      case ProjKind::Index: {
        const std::string& name = function.locals[proj.index].name;
        text += '[' + (name.empty() ? std::string("..") : name) + ']';
        type = row.elem;
        break;
      }
      case ProjKind::Const:
        text += '[' + std::to_string(proj.index) + ']';
        type = row.elem;
        break;
    }
  }
  return starred ? "*" + text : text;
}

TypeId function_type(Program& program, FuncId func) {
  std::vector<TypeId> params;
  const Function& function = program[func];
  for (uint32_t i = 1; i <= function.params; ++i) params.push_back(function.locals[i].type);
  return program.types.function(params, function.result_type());
}

bool is_numeric_function(const Program& program, const Function& function) {
  if (!function.is_foreign() || function.params == 0) return false;
  for (uint32_t i = 0; i <= function.params; ++i) {
    if (!program.types.is_float(function.locals[i].type)) return false;
  }
  return true;
}

TypeId operand_type(const Program& program, const Function& function, const Operand& operand) {
  return operand.has_place() ? place_type(program, function, operand.place) : operand.constant.type;
}

Place project(Function& function, Place place, Proj proj) {
  TN_CHECK(place.valid(), "a projection of no place");
  return {place.root, function.paths.extend(place.path, proj)};
}

namespace {

// A cast that every value survives.
bool cast_always_fits(const TypeTable& types, TypeId from, TypeId to) {
  if (from == to || types.is_float(to)) return true;
  if (!types.is_integer(to)) return true;
  if (types[from].kind == TypeKind::Bool) return true;
  if (!types.is_integer(from)) return false;
  if (types.is_signed(from) == types.is_signed(to)) return types.bits(from) <= types.bits(to);
  return !types.is_signed(from) && types.bits(from) < types.bits(to);
}

// Of integers `a op b`: by no number but 0 a division fails, by none but -1 it overflows.
bool binary_may_fail(BinOp op, const Operand& b) {
  constexpr uint64_t kMinusOne = ~uint64_t{0};
  bool is_number = b.kind == OperandKind::Const && b.constant.kind == ConstKind::Int;
  switch (op) {
    case BinOp::Div:
      return !is_number || b.constant.bits == 0 || b.constant.bits == kMinusOne;
    case BinOp::Rem:
    case BinOp::WrapDiv:
    case BinOp::WrapRem:
      return !is_number || b.constant.bits == 0;
    default:
      return op < BinOp::Eq;
  }
}

}  // namespace

bool inst_may_fail(const Program& program, const Function& function, const Inst& inst) {
  if (!op_may_fail(inst.op)) return false;
  auto arg_type = [&] { return operand_type(program, function, function.args(inst)[0]); };
  switch (inst.op) {
    case Op::Unary:
      return UnOp(inst.imm) == UnOp::Neg && program.types.is_integer(arg_type());
    case Op::Binary:
      return binary_may_fail(BinOp(inst.imm), function.args(inst)[1]) &&
             program.types.is_integer(arg_type());
    case Op::Cast:
      return inst.imm == 0 &&
             !cast_always_fits(program.types, arg_type(), place_type(program, function, inst.dst));
    case Op::Assign:
    case Op::Drop:
      return program.types.needs_drop(place_type(program, function, inst.dst));
    case Op::New:
      return inst.extra == 1;
    case Op::Runtime:
      return rt_info(RtFn(inst.imm)).may_fail;
    case Op::Call:
      return !program[inst.callee].is_foreign();
    case Op::MakeSlice:
      return inst.args_count != 1;
    default:
      return true;
  }
}

bool inst_may_need_check(const Function& function, const Inst& inst) {
  auto watched = [&](Place place) {
    if (!place.valid()) return false;
    if (place.is_global() || !place.is_root()) return true;
    LocalKind kind = function.locals[place.local_id().index()].kind;
    return kind == LocalKind::User || kind == LocalKind::Param;
  };
  if (inst.op == Op::Drop || inst.op == Op::Forget) return false;
  // A print reads what references refer to, those that nobody has a name for too.
  if (inst.op == Op::Runtime && rt_prints(RtFn(inst.imm))) return true;
  if (inst.dst.valid() && !inst.dst.is_root() && watched(inst.dst)) return true;
  for (const Operand& operand : function.args(inst)) {
    if (operand.has_place() && watched(operand.place)) return true;
  }
  return false;
}

}  // namespace tenure::oir

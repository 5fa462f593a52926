// The instructions. Cleanup is in scopes.cpp.
#include "oir/builder.h"

#include <bit>

#include "base/check.h"

namespace tenure::oir {

FuncId Builder::declare_function(Program& program, std::string name, std::string shown_name,
                                 TypeId result, std::vector<Local> params, Span span) {
  declare(program.functions.emplace_back(), std::move(name), std::move(shown_name), result,
          std::move(params), span);
  return FuncId{program.functions.size() - 1};
}

void Builder::declare(Function& function, std::string name, std::string shown_name, TypeId result,
                      std::vector<Local> params, Span span) {
  function.name = std::move(name);
  function.shown_name = std::move(shown_name);
  function.params = uint32_t(params.size());
  function.span = span;
  Local result_local;
  result_local.type = result;
  result_local.kind = LocalKind::Result;
  result_local.span = span;
  function.locals.reserve(1 + params.size());
  function.locals.push_back(std::move(result_local));
  for (Local& param : params) {
    param.kind = LocalKind::Param;
    function.locals.push_back(std::move(param));
  }
}

BlockId Builder::new_block(BlockKind kind) {
  if (in_cleanup_ && kind == BlockKind::Normal) kind = BlockKind::Cleanup;
  std::vector<Block>& blocks = function().blocks;
  blocks.emplace_back().kind = kind;
  return BlockId{blocks.size() - 1};
}

void Builder::set_block(BlockId block) {
  current_ = block;
  reachable_ = true;
}

LocalId Builder::add_local(std::string name, TypeId type, LocalKind kind, Span span) {
  std::vector<Local>& locals = function().locals;
  Local& local = locals.emplace_back();
  local.name = std::move(name);
  local.type = type;
  local.kind = kind;
  local.span = span;
  return LocalId{locals.size() - 1};
}

// The unwinding chain is laid first: it adds blocks and operands of its own.
Inst& Builder::emit(Op op, Place dst, Args args, Span span, uint8_t imm, FuncId callee) {
  if (!reachable_) {
    nowhere_ = Inst{};
    return nowhere_;
  }
  Inst inst;
  inst.op = op;
  inst.imm = imm;
  inst.dst = dst;
  inst.span = span;
  inst.callee = callee;
  {
    Function& fn = function();
    inst.args_begin = uint32_t(fn.operands.size());
    inst.args_count = args.size();
    for (const Operand& operand : args) fn.operands.push_back(operand);
  }
  // Whether a user's `new` may fail is known when the whole program is: see pass `summaries`.
  bool may_exit = op == Op::New && imm == 1;
  if (inst_may_fail(program_, function(), inst) || inst_may_need_check(function(), inst) ||
      may_exit) {
    inst.unwind = unwind_chain();
  }
  std::vector<Inst>& insts = function().blocks[current_.index()].insts;
  insts.push_back(std::move(inst));
  return insts.back();
}

void Builder::terminate(Op op, Args args, std::vector<BlockId> targets, Span span) {
  if (!reachable_) return;
  emit(op, {}, args, span).targets = std::move(targets);
  reachable_ = false;
}

// ---- values

void Builder::init(Place dst, Operand a, Span span) {
  emit(Op::Init, dst, {a}, span);
}

void Builder::assign(Place dst, Operand a, Span span, Span origin) {
  emit(Op::Assign, dst, {a}, span).origin = origin;
}

void Builder::unary(Place dst, UnOp op, Operand a, Span span) {
  emit(Op::Unary, dst, {a}, span, uint8_t(op));
}

void Builder::binary(Place dst, BinOp op, Operand a, Operand b, Span span) {
  emit(Op::Binary, dst, {a, b}, span, uint8_t(op));
}

void Builder::cast(Place dst, Operand a, Span span) {
  emit(Op::Cast, dst, {a}, span);
}

void Builder::convert(Place dst, Operand a, Span span) {
  emit(Op::Cast, dst, {a}, span, 1);
}

void Builder::aggregate(Place dst, Args parts, Span span) {
  emit(Op::Aggregate, dst, parts, span);
}

void Builder::fill_array(Place dst, Operand a, Span span) {
  emit(Op::FillArray, dst, {a}, span);
}

void Builder::make_variant(Place dst, uint32_t variant, Args payload, Span span) {
  emit(Op::MakeVariant, dst, payload, span).extra = variant;
}

void Builder::make_array(Place dst, Args elements, Span span) {
  TypeId type = place_type(program_, function(), dst);
  emit(Op::MakeArray, dst, elements, span).type = type;
}

void Builder::new_object(Place dst, Operand a, bool users_new, Span span, Span origin) {
  TypeId type = program_.types[place_type(program_, function(), dst)].elem;
  Inst& inst = emit(Op::New, dst, {a}, span, users_new ? 1 : 0);
  inst.type = type;
  inst.origin = origin;
}

void Builder::make_ref(Place dst, Place of, Span span) {
  emit(Op::MakeRef, dst, {Operand::addr(of)}, span);
}

void Builder::make_span(Place dst, Place first, Operand length, Span span) {
  emit(Op::MakeRef, dst, {Operand::addr(first), length}, span);
}

void Builder::make_view(Place dst, Place of_array, Span span) {
  emit(Op::MakeView, dst, {Operand::addr(of_array)}, span);
}

void Builder::alias(Place dst, Place of, Span span) {
  emit(Op::Alias, dst, {Operand::addr(of)}, span);
}

void Builder::make_ptr(Place dst, Place of, Span span) {
  emit(Op::MakePtr, dst, {Operand::addr(of)}, span);
}

void Builder::ptr_add(Place dst, Operand pointer, Operand elements, Span span) {
  emit(Op::PtrAdd, dst, {pointer, elements}, span);
}

void Builder::make_slice(Place dst, Operand of, Operand from, Operand to, Span span) {
  emit(Op::MakeSlice, dst, {of, from, to}, span);
}

void Builder::make_whole_slice(Place dst, Operand of, Span span) {
  emit(Op::MakeSlice, dst, {of}, span);
}

void Builder::tag(Place dst, Place of_union, Span span) {
  emit(Op::Tag, dst, {Operand::addr(of_union)}, span);
}

void Builder::is_null(Place dst, Place word, Span span) {
  emit(Op::IsNull, dst, {Operand::borrow(word)}, span);
}

void Builder::same_ref(Place dst, Operand a, Operand b, Span span) {
  emit(Op::SameRef, dst, {a, b}, span);
}

// ---- ends of lives

void Builder::drop(Place place, DropReason reason, Span span, Span origin) {
  if (program_.types.is_plain(place_type(program_, function(), place))) return;
  emit(Op::Drop, place, {}, span, uint8_t(reason)).origin = origin;
}

void Builder::forget(Place place, Span span) {
  emit(Op::Forget, place, {}, span);
}

void Builder::swap(Place a, Place b, Span span) {
  emit(Op::Swap, {}, {Operand::addr(a), Operand::addr(b)}, span);
}

void Builder::replace(Place dst, Place of, Operand value, Span span) {
  emit(Op::Replace, dst, {Operand::addr(of), value}, span);
}

void Builder::unique_array(Place array, Span span) {
  emit(Op::UniqueArray, {}, {Operand::addr(array)}, span);
}

// ---- checks

void Builder::null_check(Place word, Span span) {
  emit(Op::NullCheck, {}, {Operand::borrow(word)}, span);
}

void Builder::bounds_check(Place array, Operand index, Span span) {
  emit(Op::BoundsCheck, {}, {Operand::addr(array), index}, span);
}

void Builder::bounds_check(Operand length, Operand index, Span span) {
  emit(Op::BoundsCheck, {}, {length, index}, span);
}

void Builder::range_check(Operand of, Operand from, Operand to, bool with_last, Span span) {
  emit(Op::RangeCheck, {}, {of, from, to}, span, with_last ? 1 : 0);
}

void Builder::mem_check(Operand pointer, Place from, MemAccess access, Span span) {
  if (!from.valid()) {
    emit(Op::MemCheck, {}, {pointer}, span, uint8_t(access));
  } else {
    emit(Op::MemCheck, {}, {pointer, Operand::copy(from)}, span, uint8_t(access));
  }
}

void Builder::panic(PanicKind kind, Args message, Span span) {
  emit(Op::Panic, {}, message, span, uint8_t(kind));
  unreachable(span);
}

// ---- calls

void Builder::call(Place dst, FuncId callee, Args args, Span span) {
  emit(Op::Call, dst, args, span, 0, callee);
}

void Builder::call_value(Place dst, Operand function, Args args, Span span) {
  std::vector<Operand> all{function};
  all.insert(all.end(), args.begin(), args.end());
  emit(Op::CallValue, dst, all, span);
}

void Builder::runtime(Place dst, RtFn fn, TypeId type, Args args, Span span) {
  emit(Op::Runtime, dst, args, span, uint8_t(fn)).type = type;
}

// ---- ends of blocks

void Builder::jump(BlockId target, Span span) {
  terminate(Op::Jump, {}, {target}, span);
}

void Builder::branch(Operand condition, BlockId if_true, BlockId if_false, Span span) {
  terminate(Op::Branch, {condition}, {if_true, if_false}, span);
}

void Builder::switch_on(Operand value, std::vector<uint64_t> values, std::vector<BlockId> targets,
                        Span span) {
  if (!reachable_) return;
  TN_CHECK(targets.size() == values.size() + 1, "a switch has one target more than values");
  uint32_t cases = uint32_t(function().cases.size());
  function().cases.push_back({std::move(values)});
  Inst& inst = emit(Op::Switch, {}, {value}, span);
  inst.targets = std::move(targets);
  inst.extra = cases;
  reachable_ = false;
}

void Builder::unreachable(Span span) {
  terminate(Op::Unreachable, {}, {}, span);
}

// ---- constants

Const Builder::const_unit() {
  return {ConstKind::Unit, program_.types.unit(), 0};
}

Const Builder::const_bool(bool value) {
  return {ConstKind::Bool, program_.types.boolean(), value ? 1u : 0u};
}

Const Builder::const_int(TypeId type, uint64_t bits) {
  return {ConstKind::Int, type, bits};
}

Const Builder::const_float(TypeId type, double value) {
  return {ConstKind::Float, type, std::bit_cast<uint64_t>(value)};
}

Const Builder::const_null(TypeId ref_type) {
  return {ConstKind::Null, ref_type, 0};
}

Const Builder::const_string(std::string_view text) {
  return {ConstKind::String, program_.types.string(), program_.add_string(text)};
}

Const Builder::const_text(std::string_view text) {
  return {ConstKind::String, program_.types.text(), program_.add_string(text)};
}

Const Builder::const_bytes(TypeId pointer_type, std::string_view text) {
  return {ConstKind::String, pointer_type, program_.add_string(text)};
}

Const Builder::const_func(TypeId function_type, FuncId func) {
  return {ConstKind::Func, function_type, func.v};
}

}  // namespace tenure::oir

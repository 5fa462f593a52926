#include "native/function.h"

#include "base/check.h"
#include "native/abi.h"
#include "native/words.h"

namespace tenure::native {

using llvm::BasicBlock;
using oir::BlockId;
using oir::Inst;
using oir::Local;
using oir::LocalKind;
using oir::Op;

void lower_function(ModuleLowering& module, oir::FuncId id) {
  FunctionLowering(module, id).run();
}

FunctionLowering::FunctionLowering(ModuleLowering& module, oir::FuncId id)
    : module_(module),
      function_(module.program[id]),
      id_(id),
      llvm_(module.function(id)),
      b_(module.context),
      entry_(module.context) {
  llvm::MDBuilder metadata(module.context);
  unlikely_ = metadata.createBranchWeights(1, 2000);
  likely_ = metadata.createBranchWeights(2000, 1);
}

void FunctionLowering::run() {
  TN_CHECK(!function_.blocks.empty(), "a function without blocks came to native code");
  BasicBlock* entry = BasicBlock::Create(module_.context, "entry", llvm_);
  for (size_t i = 0; i < function_.blocks.size(); ++i) {
    blocks_.push_back(BasicBlock::Create(module_.context, "b" + std::to_string(i), llvm_));
  }
  landing_pads_.assign(blocks_.size(), nullptr);
  raise_blocks_.assign(blocks_.size() + 1, nullptr);
  scope_ = module_.debug().begin_function(id_, llvm_);
  // Allocas are put before this jump, which stays the entry's last instruction.
  b_.SetInsertPoint(entry);
  b_.SetCurrentDebugLocation(module_.debug().location(scope_, function_.span));
  llvm::BranchInst* jump = b_.CreateBr(blocks_[0]);
  entry_.SetInsertPoint(jump);
  // Storing the arguments is no line of the source: a debugger stops at the function behind it.
  entry_.SetCurrentDebugLocation(llvm::DebugLoc());
  make_frame();
  for (size_t i = 0; i < function_.blocks.size(); ++i) {
    b_.SetInsertPoint(blocks_[i]);
    for (const Inst& inst : function_.blocks[i].insts) {
      inst_ = &inst;
      b_.SetCurrentDebugLocation(module_.debug().location(scope_, inst.span));
      count_operations();
      lower(inst);
    }
  }
}

// ---- the frame

void FunctionLowering::make_frame() {
  address_taken_.assign(function_.locals.size(), false);
  for (const oir::Operand& operand : function_.operands) {
    if (operand.kind == oir::OperandKind::Addr && operand.place.is_local()) {
      address_taken_[operand.place.local_id().index()] = true;
    }
  }
  Signature signature = signature_of(module_, id_);
  slots_.assign(function_.locals.size(), nullptr);
  words_.assign(function_.locals.size(), nullptr);
  is_word_ = find_words(module_, function_, address_taken_, !module_.debug().shows_variables());
  for (size_t i = 0; i < function_.locals.size(); ++i) {
    uint32_t parameter = kNoParameter;
    if (i == 0 && signature.result_in_memory) parameter = 0;
    if (i >= 1 && i <= function_.params) parameter = signature.parameters[i - 1];
    make_local(i, parameter);
  }
}

void FunctionLowering::make_local(size_t index, uint32_t llvm_parameter) {
  const Local& local = function_.locals[index];
  if (module_.is_unit(local.type)) return;
  bool scalar = module_.is_scalar(local.type);
  Value* argument = llvm_parameter == kNoParameter ? nullptr : llvm_->getArg(llvm_parameter);
  if (argument != nullptr && !scalar) {
    slots_[index] = argument;
  } else if (is_word_[index]) {
    words_[index] = argument;
  } else {
    llvm::AllocaInst* slot = temporary(local.type);
    slot->setName(local.name.empty() ? "l" + std::to_string(index) : local.name);
    slots_[index] = slot;
    if (argument != nullptr) {
      Value* word = argument;
      if (word->getType() == module_.i1) word = entry_.CreateZExt(word, module_.i8);
      entry_.CreateStore(word, slot);
    }
    if (local.kind == LocalKind::Flag) entry_.CreateStore(number32(0), slot);
  }
  if (argument != nullptr && !local.name.empty()) argument->setName(local.name);
  uint32_t parameter = local.kind == LocalKind::Param ? static_cast<uint32_t>(index) : 0;
  if (slots_[index] == nullptr) return;
  module_.debug().declare_local(scope_, local, parameter, slots_[index], &llvm_->getEntryBlock());
}

// The memory of a local. A word that somebody wants the address of is put there, each time: it is
// written once, and not everywhere where it is wanted is on the way to the others.
llvm::Value* FunctionLowering::slot(size_t local) {
  oir::TypeId type = function_.locals[local].type;
  if (!is_word_[local]) return slots_[local];
  if (slots_[local] == nullptr) slots_[local] = temporary(type);
  if (words_[local] != nullptr) store(words_[local], slots_[local], type);
  return slots_[local];
}

llvm::AllocaInst* FunctionLowering::temporary(oir::TypeId type) {
  llvm::AllocaInst* slot = entry_.CreateAlloca(module_.memory_type(type));
  slot->setAlignment(module_.align_of(type));
  return slot;
}

// ---- blocks and failing

BasicBlock* FunctionLowering::new_block(const char* name) {
  return BasicBlock::Create(module_.context, name, llvm_);
}

void FunctionLowering::use_personality() {
  if (llvm_->hasPersonalityFn()) return;
  auto* type = llvm::FunctionType::get(module_.i32, true);
  llvm_->setPersonalityFn(llvm::cast<llvm::Constant>(
      module_.module().getOrInsertFunction("__gcc_personality_v0", type).getCallee()));
  exception_slot_ = entry_.CreateAlloca(module_.exception, nullptr, "exception");
}

BasicBlock* FunctionLowering::landing_pad(BlockId cleanup) {
  BasicBlock*& pad = landing_pads_[cleanup.index()];
  if (pad != nullptr) return pad;
  use_personality();
  pad = new_block("pad");
  llvm::IRBuilder<> builder(pad);
  builder.SetCurrentDebugLocation(b_.getCurrentDebugLocation());
  llvm::LandingPadInst* landing = builder.CreateLandingPad(module_.exception, 0);
  landing->setCleanup(true);
  builder.CreateStore(landing, exception_slot_);
  builder.CreateBr(blocks_[cleanup.index()]);
  return pad;
}

// Calls are not merged: two in one would have one position in call traces, or none.
llvm::Value* FunctionLowering::call_unwinding(llvm::FunctionType* type, Value* callee,
                                              llvm::ArrayRef<Value*> args,
                                              llvm::CallingConv::ID convention) {
  llvm::CallBase* call = nullptr;
  if (inst_->unwind.valid()) {
    BasicBlock* next = new_block("next");
    call = b_.CreateInvoke(type, callee, next, landing_pad(inst_->unwind), args);
    b_.SetInsertPoint(next);
  } else {
    call = b_.CreateCall(type, callee, args);
  }
  call->setCallingConv(convention);
  call->addFnAttr(llvm::Attribute::NoMerge);
  return call;
}

llvm::Value* FunctionLowering::rt(Rt fn, llvm::ArrayRef<Value*> args) {
  llvm::CallInst* call = b_.CreateCall(module_.runtime(fn), args);
  call->addFnAttr(llvm::Attribute::NoMerge);
  return call;
}

BasicBlock* FunctionLowering::raise_block() {
  size_t row = inst_->unwind.valid() ? inst_->unwind.index() : blocks_.size();
  BasicBlock*& block = raise_blocks_[row];
  if (block != nullptr) return block;
  block = new_block("raise");
  llvm::IRBuilderBase::InsertPointGuard guard(b_);
  b_.SetInsertPoint(block);
  llvm::FunctionCallee callee = module_.runtime(Rt::tn_raise);
  if (inst_->unwind.valid()) {
    BasicBlock* next = new_block("never");
    b_.CreateInvoke(callee, next, landing_pad(inst_->unwind), {});
    b_.SetInsertPoint(next);
  } else {
    b_.CreateCall(callee, {});
  }
  b_.CreateUnreachable();
  return block;
}

void FunctionLowering::raise() {
  b_.CreateBr(raise_block());
  b_.SetInsertPoint(new_block("after"));
}

void FunctionLowering::fail_if(Value* failed, const std::function<void()>& report) {
  // Of constants the builder knows the answer: of a divisor, that it is not 0.
  if (auto* known = llvm::dyn_cast<llvm::ConstantInt>(failed); known && known->isZero()) return;
  BasicBlock* cold = new_block("fail");
  BasicBlock* next = new_block("ok");
  b_.CreateCondBr(failed, cold, next, unlikely_);
  b_.SetInsertPoint(cold);
  report();
  b_.CreateBr(raise_block());
  b_.SetInsertPoint(next);
}

void FunctionLowering::check_status(Value* status) {
  BasicBlock* next = new_block("ok");
  Value* failed = b_.CreateICmpNE(status, number32(TN_OK));
  b_.CreateCondBr(failed, raise_block(), next, unlikely_);
  b_.SetInsertPoint(next);
}

void FunctionLowering::when(Value* condition, const std::function<void()>& body, bool likely) {
  if (auto* known = llvm::dyn_cast<llvm::ConstantInt>(condition)) {
    if (known->isOne()) body();
    return;
  }
  BasicBlock* then = new_block("then");
  BasicBlock* next = new_block("next");
  b_.CreateCondBr(condition, then, next, likely ? nullptr : unlikely_);
  b_.SetInsertPoint(then);
  body();
  b_.CreateBr(next);
  b_.SetInsertPoint(next);
}

void FunctionLowering::either(Value* condition, const std::function<void()>& yes,
                              const std::function<void()>& no) {
  BasicBlock* then = new_block("then");
  BasicBlock* otherwise = new_block("else");
  BasicBlock* next = new_block("next");
  b_.CreateCondBr(condition, then, otherwise);
  for (auto& [block, body] : {std::pair{then, &yes}, std::pair{otherwise, &no}}) {
    b_.SetInsertPoint(block);
    (*body)();
    b_.CreateBr(next);
  }
  b_.SetInsertPoint(next);
}

// ---- dispatch

void FunctionLowering::lower(const Inst& inst) {
  switch (inst.op) {
    case Op::Init:
      return lower_init();
    case Op::Assign:
      return lower_assign();
    case Op::Unary:
      return lower_unary();
    case Op::Binary:
      return lower_binary();
    case Op::Cast:
      return lower_cast();
    case Op::Aggregate:
      return lower_aggregate();
    case Op::FillArray:
      return lower_fill();
    case Op::MakeVariant:
      return lower_variant();
    case Op::MakeArray:
      return lower_array();
    case Op::New:
      return lower_new();
    case Op::MakeRef:
      return lower_ref();
    case Op::MakeView:
      return lower_view();
    case Op::PtrAdd:
      return lower_ptr_add();
    case Op::MakeSlice:
      return lower_slice();
    case Op::MemCheck:
      return lower_mem_check();
    case Op::CallValue:
      return lower_call_value();
    case Op::MakePtr:
    case Op::Alias:
      return init_place(inst.dst, resolve(arg(0).place).ptr, nullptr);
    case Op::Tag: {
      Address at = resolve(arg(0).place);
      Value* tag = offset(at.ptr, module_.layouts[at.type].tag_offset);
      return init_place(inst.dst, b_.CreateAlignedLoad(module_.i32, tag, module_.aligned(4)),
                        nullptr);
    }
    case Op::Take:
      return lower_take();
    case Op::Recycle:
      return init_place(inst.dst, value(arg(0)), nullptr);
    case Op::Free:
      return lower_free();
    case Op::IsNull:
      return init_place(inst.dst, b_.CreateIsNull(value(arg(0))), nullptr);
    case Op::SameRef:
      return init_place(inst.dst, b_.CreateICmpEQ(value(arg(0)), value(arg(1))), nullptr);
    case Op::Drop:
      return lower_drop();
    case Op::Forget: {
      if (module_.is_unit(type_of(inst.dst))) return;
      return mark_moved(inst.dst, resolve(inst.dst));
    }
    case Op::SetFlag:
      b_.CreateStore(number32(inst.extra), slots_[inst.dst.local_id().index()]);
      return;
    case Op::Swap:
      return lower_swap();
    case Op::Replace:
      return lower_replace();
    case Op::UniqueArray:
      return lower_unique();
    case Op::NullCheck:
      return fail_with(b_.CreateIsNull(value(arg(0))), TN_E_NULL_REFERENCE);
    case Op::BoundsCheck:
      return lower_bounds_check();
    case Op::RangeCheck:
      return lower_range_check();
    case Op::FullCheck:
      return lower_full_check();
    case Op::Panic:
      return lower_panic();
    case Op::Call:
      return lower_call();
    case Op::Runtime:
      return lower_runtime();
    case Op::DeferRun:
      rt(Rt::tn_trace_defer, {site(), number32(inst.imm)});
      return;
    case Op::Jump:
    case Op::Branch:
    case Op::BranchSole:
    case Op::Switch:
    case Op::Return:
    case Op::Resume:
    case Op::Catch:
    case Op::Unreachable:
      return lower_terminator();
  }
}

void FunctionLowering::lower_terminator() {
  auto target = [&](size_t index) { return blocks_[inst_->targets[index].index()]; };
  switch (inst_->op) {
    case Op::Catch:
      // The exception is the runtime's; that it is not resumed is all that catching is.
      rt(Rt::tn_caught, {});
      b_.CreateBr(target(0));
      return;
    case Op::Jump:
      b_.CreateBr(target(0));
      return;
    case Op::Branch:
      b_.CreateCondBr(value(arg(0)), target(0), target(1));
      return;
    case Op::BranchSole:
      return lower_branch_sole();
    case Op::Switch: {
      const std::vector<uint64_t>& cases = function_.cases[inst_->extra].values;
      Value* on = value(arg(0));
      auto* type = llvm::cast<llvm::IntegerType>(on->getType());
      auto* branch = b_.CreateSwitch(on, target(inst_->targets.size() - 1), cases.size());
      for (size_t i = 0; i < cases.size(); ++i) {
        auto* number = llvm::ConstantInt::get(module_.context,
                                              llvm::APInt(64, cases[i]).trunc(type->getBitWidth()));
        branch->addCase(number, target(i));
      }
      return;
    }
    case Op::Return: {
      oir::TypeId type = function_.result_type();
      if (!module_.is_scalar(type)) {
        b_.CreateRetVoid();
      } else {
        b_.CreateRet(local_value(0));
      }
      return;
    }
    case Op::Resume:
      use_personality();
      b_.CreateResume(b_.CreateLoad(module_.exception, exception_slot_));
      return;
    default:
      b_.CreateUnreachable();
      return;
  }
}

}  // namespace tenure::native

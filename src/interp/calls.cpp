// Calls, returns, unwinding out of frames, and the ends of blocks.
#include <cstring>

#include "interp/machine.h"

namespace tenure::interp {

Next Machine::do_Call(Frame& frame, const InstCode& inst) {
  oir::FuncId func = foreign_.meant(inst.source->callee);
  return program_[func].is_foreign() ? call_foreign(frame, inst, func, 0)
                                     : call_program(frame, inst, func, 0);
}

// A function value is one more than the function's id.
Next Machine::do_CallValue(Frame& frame, const InstCode& inst) {
  uint64_t value = evaluate_bits(frame, inst.args[0]);
  if (value == 0) violation("a call of null without its check");
  if (value > program_.functions.size()) violation("a call of what is no function");
  oir::FuncId func = foreign_.meant(oir::FuncId{value - 1});
  return program_[func].is_foreign() ? call_foreign(frame, inst, func, 1)
                                     : call_program(frame, inst, func, 1);
}

Next Machine::call_foreign(Frame& frame, const InstCode& inst, oir::FuncId func, uint32_t first) {
  std::vector<uint64_t> args;
  for (uint32_t i = first; i < inst.arg_count; ++i) {
    args.push_back(evaluate_bits(frame, inst.args[i]));
  }
  uint64_t result = foreign_.call(func, args);
  if (inst.dst.type != nullptr) store_bits(frame, inst.dst, result);
  return Next::Go;
}

// The arguments begin with that at `first`.
Next Machine::call_program(Frame& frame, const InstCode& inst, oir::FuncId func, uint32_t first) {
  Frame& callee = push_frame(func, inst.site);
  if (callee.code->function->params != inst.arg_count - first) {
    --frame_count_;
    violation("a call with the wrong number of arguments");
  }
  // The arguments are evaluated into the parameters. While they are, the caller is the innermost
  // frame: what is wrong is wrong there.
  --frame_count_;
  for (uint32_t i = first; i < inst.arg_count; ++i) {
    const LocalCode& param = callee.code->locals[i - first + 1];
    uint8_t* at = callee.base + param.offset;
    evaluate(frame, inst.args[i], at);
    region_.set_full(at, param.type->size);
    lend(frame, inst.args[i]);
  }
  ++frame_count_;
  return Next::Jump;
}

// The callee may overwrite what it gets the address of; the drop trace says whose that was.
void Machine::lend(const Frame& frame, const OperandCode& operand) {
  const PlaceCode& place = operand.place;
  if (operand.kind != oir::OperandKind::Addr || place.global || place.through) return;
  const LocalCode& local = frame.code->locals[place.root];
  if (!program_.types[local.type->id].watched) return;
  Span declared = frame.code->function->locals[place.root].span;
  tn_lend(frame.base + local.offset, local.type->size, sites_.site(declared));
}

Next Machine::do_Return(Frame& frame, const InstCode&) {
  PlaceCode result;
  result.type = frame.code->locals[0].type;
  const TypeInfo& type = *result.type;
  uint8_t* at = frame.base + frame.code->locals[0].offset;
  if (type.kind != oir::TypeKind::Unit) require_full(at, result, StateList());
  Scratch value(type.size);
  std::memcpy(value.data(), at, type.size);
  pop_frame(true);
  if (frame_count_ == loop_base_) return Next::Done;
  Frame& caller = frames_[frame_count_ - 1];
  const InstCode& call = caller.code->code[caller.pc];
  if (call.dst.type == nullptr && !type.plain) violation("a result that nobody takes");
  store(caller, call.dst, value.data());
  ++caller.pc;
  return Next::Jump;
}

Next Machine::do_Resume(Frame&, const InstCode&) {
  return Next::Fail;
}

Next Machine::do_Catch(Frame& frame, const InstCode& inst) {
  tn_caught();
  frame.pc = inst.targets[0];
  return Next::Jump;
}

Next Machine::do_DeferRun(Frame&, const InstCode& inst) {
  tn_trace_defer(inst.site, inst.imm);
  return Next::Go;
}

Next Machine::do_Jump(Frame& frame, const InstCode& inst) {
  frame.pc = inst.targets[0];
  return Next::Jump;
}

Next Machine::do_Branch(Frame& frame, const InstCode& inst) {
  frame.pc = inst.targets[evaluate_bits(frame, inst.args[0]) != 0 ? 0 : 1];
  return Next::Jump;
}

Next Machine::do_BranchSole(Frame& frame, const InstCode& inst) {
  frame.pc = inst.targets[tn_is_sole(evaluate_word(frame, inst.args[0])) ? 0 : 1];
  return Next::Jump;
}

Next Machine::do_Switch(Frame& frame, const InstCode& inst) {
  uint64_t value = evaluate_bits(frame, inst.args[0]);
  const std::vector<uint64_t>& values = frame.code->function->cases[inst.extra].values;
  // Case values may be written with fewer bits than 64; compared is what the type holds.
  uint32_t bits = inst.args[0].type->size * 8;
  uint64_t mask = bits >= 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  size_t i = 0;
  while (i < values.size() && ((values[i] ^ value) & mask) != 0) ++i;
  frame.pc = inst.targets[i];
  return Next::Jump;
}

Next Machine::do_Unreachable(Frame&, const InstCode&) {
  violation("an instruction that is never reached");
}

}  // namespace tenure::interp

// The check of one function's shape. verify_shape.cpp has what is true of all instructions (ids,
// places, blocks, edges), verify_operands.cpp what each of them takes and gives.
#pragma once

#include <string>

#include "oir/verifier.h"

namespace tenure::oir {

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
  bool fills_cursor(const Inst& inst);
  void values(const Inst& inst);
  void operators(const Inst& inst);
  void cast(const Inst& inst, TypeId dst);
  void slice(const Inst& inst, const Type& row);
  void make_span(const Inst& inst, const Type& row);
  void bounds(const Inst& inst);
  void parts(const Inst& inst, const std::vector<Field>& fields);
  void call(const Inst& inst);
  void dispatcher();
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

}  // namespace tenure::oir

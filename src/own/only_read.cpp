#include "own/only_read.h"

#include <utility>

#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

struct Param {
  uint32_t func;
  uint32_t index;
};

class OnlyReadFinder {
 public:
  OnlyReadFinder(const Program& program, std::vector<std::vector<bool>>& out)
      : program_(program), out_(out), passed_on_(program.functions.size()) {
    out_.resize(program.functions.size());
  }

  void run() {
    for (size_t f = 0; f < program_.functions.size(); ++f) {
      const Function& function = program_.functions[f];
      out_[f].resize(function.params);
      passed_on_[f].resize(function.params);
      if (function.blocks.empty()) continue;
      for (uint32_t p = 0; p < function.params; ++p) {
        out_[f][p] = function.locals[p + 1].mode == ParamMode::Borrow;
      }
    }
    for (uint32_t f = 0; f < program_.functions.size(); ++f) {
      for (const Block& block : program_.functions[f].blocks) {
        for (const Inst& inst : block.insts) look_at(f, inst);
      }
    }
    while (!work_.empty()) {
      Param written = work_.back();
      work_.pop_back();
      for (Param giver : passed_on_[written.func][written.index]) is_written(giver);
    }
  }

 private:
  // What is done with a reference that does not lead to anything of what it refers to.
  static bool only_compares(Op op) {
    return op == Op::NullCheck || op == Op::IsNull || op == Op::SameRef;
  }

  void is_written(Param param) {
    if (!out_[param.func][param.index]) return;
    out_[param.func][param.index] = false;
    work_.push_back(param);
  }

  void look_at(uint32_t f, const Inst& inst) {
    const Function& function = program_.functions[f];
    auto param_of = [&](Place place) {
      bool is = place.valid() && place.is_local() && place.local_id().index() >= 1 &&
                place.local_id().index() <= function.params;
      return std::pair{is, Param{f, is ? static_cast<uint32_t>(place.local_id().index() - 1) : 0}};
    };
    if (auto [is, param] = param_of(inst.dst); is) is_written(param);
    auto args = function.args(inst);
    for (uint32_t a = 0; a < args.size(); ++a) {
      if (!args[a].has_place()) continue;
      auto [is, param] = param_of(args[a].place);
      if (!is || !out_[f][param.index]) continue;
      bool reference = args[a].place.is_root();  // itself, not what it refers to
      bool lends =
          args[a].kind == OperandKind::Addr || (args[a].kind == OperandKind::Borrow && reference);
      if (op_is_call(inst.op) && lends) {
        if (inst.op == Op::Call && a < out_[inst.callee.index()].size()) {
          give(param, {inst.callee.v, a});
        } else {
          is_written(param);
        }
      } else if (args[a].kind == OperandKind::Move ||
                 (args[a].kind == OperandKind::Copy && reference) ||
                 (args[a].kind == OperandKind::Borrow && reference && !only_compares(inst.op))) {
        is_written(param);
      } else if (args[a].kind == OperandKind::Addr && !only_looks_at(program_, function, inst, a)) {
        is_written(param);
      }
    }
  }

  void give(Param giver, Param taker) {
    if (!out_[taker.func][taker.index]) return is_written(giver);
    passed_on_[taker.func][taker.index].push_back(giver);
  }

  const Program& program_;
  std::vector<std::vector<bool>>& out_;
  std::vector<std::vector<std::vector<Param>>> passed_on_;  // by taker: the parameters it is given
  std::vector<Param> work_;
};

}  // namespace

OnlyRead::OnlyRead(const Program& program) {
  OnlyReadFinder(program, only_read_).run();
}

bool only_looks_at(const Program& program, const Function& function, const Inst& inst, size_t arg) {
  switch (inst.op) {
    case Op::Tag:
    case Op::BoundsCheck:
    case Op::RangeCheck:
    case Op::FullCheck:
    case Op::FillArray:
    case Op::Panic:
      return true;
    case Op::Runtime:
      return !is_changed_by_runtime(inst, arg);
    case Op::MakeSlice: {
      // (Of a text that is not made its own first the bytes cannot be written through it.)
      TypeId type = place_type(program, function, function.args(inst)[arg].place);
      return program.types[type].kind == TypeKind::Text;
    }
    default:
      return false;
  }
}

}  // namespace tenure::own

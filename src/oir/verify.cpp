// The verifier from outside: types first, then the shape of each function; what is wrong there
// would make the data flow of verify_ownership.cpp meaningless, so that runs only when nothing is.
#include "oir/verify.h"

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

#include "own/referred_arrays.h"

#include "own/steps.h"

namespace tenure::own {

using namespace oir;

std::vector<bool> find_referred_arrays(const Program& program, const EscapesFn& escapes) {
  std::vector<bool> referred(program.types.size());
  std::vector<std::vector<uint32_t>> wholes(program.types.size());
  std::vector<uint32_t> work;
  auto mark = [&](uint32_t type) {
    if (referred[type]) return;
    referred[type] = true;
    work.push_back(type);
  };
  for (uint32_t t = 0; t < program.types.size(); ++t) {
    const Type& type = program.types[TypeId{size_t{t}}];
    for (const Field& field : type.fields) wholes[field.type.index()].push_back(t);
    for (const Variant& variant : type.variants) {
      for (const Field& field : variant.fields) wholes[field.type.index()].push_back(t);
    }
    bool of_elements = type.kind == TypeKind::FixedArray || type.kind == TypeKind::Array;
    if (of_elements) wholes[type.elem.index()].push_back(t);
  }
  for (const Function& function : program.functions) {
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        for_each_escaping(program, function, inst, escapes, [&](Place place) {
          for (const Step& step : steps_of(program, function, place)) {
            TypeKind kind = program.types[step.from].kind;
            if (step.proj.kind != ProjKind::Index) continue;
            if (kind == TypeKind::Array) mark(step.from.v);
            if (kind == TypeKind::View) {  // the array that it is a view of has the same elements
              for (uint32_t whole : wholes[step.to.index()]) {
                if (program.types[TypeId{size_t{whole}}].kind == TypeKind::Array) mark(whole);
              }
            }
          }
        });
      }
    }
  }
  while (!work.empty()) {
    uint32_t type = work.back();
    work.pop_back();
    for (uint32_t whole : wholes[type]) mark(whole);
  }
  return referred;
}

}  // namespace tenure::own

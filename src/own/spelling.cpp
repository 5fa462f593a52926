#include "own/spelling.h"

namespace tenure::own {

using namespace oir;

Spelling::Spelling(const Program& program, Function& function)
    : program_(program), function_(function) {
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.op == Op::Alias) aliased_.try_emplace(inst.dst.root, function.args(inst)[0].place);
      if (inst.op != Op::Init && inst.op != Op::MakeView && inst.op != Op::MakeRef) continue;
      if (!inst.dst.is_local() || !inst.dst.is_root()) continue;
      if (function.locals[inst.dst.local_id().index()].kind != LocalKind::Hold) continue;
      const Operand& from = function.args(inst)[0];
      if (!from.has_place()) continue;
      auto& known = inst.op == Op::MakeRef ? referred_ : source_;
      known.try_emplace(inst.dst.root, from.place);
    }
  }
}

Place Spelling::resolve(Place place) const {
  constexpr int kLongestChain = 64;
  for (int i = 0; i < kLongestChain && place.is_local(); ++i) {
    auto it = source_.find(place.root);
    auto referred = referred_.find(place.root);
    bool behind = referred != referred_.end() && !place.is_root();
    if (it == source_.end() && !behind) break;
    Place at = behind ? referred->second : it->second;
    std::vector<Proj> projs = function_.paths.projs(place.path);
    for (size_t i = behind ? 1 : 0; i < projs.size(); ++i) at = project(function_, at, projs[i]);
    place = at;
  }
  return place;
}

Place Spelling::unaliased(Place place) const {
  place = resolve(place);
  for (size_t turn = 0; turn <= aliased_.size() && place.is_local(); ++turn) {
    auto it = aliased_.find(place.root);
    if (it == aliased_.end() || place.is_root()) break;
    std::vector<Proj> projs = function_.paths.projs(place.path);
    Place at = it->second;
    for (size_t i = 1; i < projs.size(); ++i) at = project(function_, at, projs[i]);
    place = resolve(at);
  }
  return place;
}

Place Spelling::lender(Place place) const {
  for (size_t turn = 0; turn <= aliased_.size() && place.is_local(); ++turn) {
    auto it = aliased_.find(place.root);
    if (it == aliased_.end()) break;
    place = resolve(it->second);
  }
  return {place.root, PathId{size_t{0}}};
}

std::string Spelling::text(Place place) const {
  return place_text(program_, function_, resolve(place));
}

}  // namespace tenure::own

#include "own/index_values.h"

namespace tenure::own {

using namespace oir;

IndexValues::IndexValues(const Function& function) : function_(function) {
  size_t count = function.locals.size();
  std::vector<const Inst*> written(count);
  std::vector<uint8_t> times(count, 0);
  std::vector<bool> handed_out(count);
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.dst.valid() && inst.dst.is_local() && inst.dst.is_root()) {
        size_t local = inst.dst.local_id().index();
        written[local] = &inst;
        if (times[local] < 2) ++times[local];
      }
      for (const Operand& operand : function.args(inst)) {
        if (operand.kind != OperandKind::Addr || !operand.place.is_local()) continue;
        handed_out[operand.place.local_id().index()] = true;
      }
    }
  }
  for (size_t i = 0; i < count; ++i) {
    locals_.push_back({false, i});
    const Inst* made = times[i] == 1 ? written[i] : nullptr;
    if (made == nullptr || made->op != Op::Init || handed_out[i]) continue;
    const Operand& from = function.args(*made)[0];
    if (from.kind == OperandKind::Const && from.constant.kind == ConstKind::Int) {
      locals_[i] = {true, from.constant.bits};
    } else if (from.kind == OperandKind::Copy && from.place.is_local() && from.place.is_root() &&
               function.locals[i].kind == LocalKind::Temp &&
               !handed_out[from.place.local_id().index()]) {
      locals_[i] = {false, from.place.root};
    }
  }
}

Within IndexValues::within(Place inner, Place outer, bool fresh) const {
  const PathTable& paths = function_.paths;
  if (inner.root != outer.root || paths.depth(inner.path) < paths.depth(outer.path)) {
    return Within::No;
  }
  std::vector<Proj> in = paths.projs(inner.path), out = paths.projs(outer.path);
  Within result = Within::Yes;
  for (size_t i = 0; i < out.size(); ++i) {
    auto indexes = [](Proj p) { return p.kind == ProjKind::Index || p.kind == ProjKind::Const; };
    if (!indexes(in[i]) || !indexes(out[i])) {
      if (!(in[i] == out[i])) return Within::No;
      continue;
    }
    Value a = value_of(in[i]), b = value_of(out[i]);
    bool equal = a.constant == b.constant && a.number == b.number;
    if (a.constant && b.constant && !equal) return Within::No;
    if (!equal || !(a.constant || fresh)) result = Within::Maybe;
  }
  return result;
}

}  // namespace tenure::own

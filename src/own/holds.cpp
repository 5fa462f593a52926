#include "own/holds.h"

#include "own/pointed.h"

namespace tenure::own {

using namespace oir;

namespace {

struct Hold {
  Place source;
  uint32_t block = 0;
  uint32_t filled = 0;  // index of the instruction
  uint32_t last_use = 0;
  bool usable = true;
};

class HoldFinder {
 public:
  HoldFinder(const Program& program, const Function& function, const std::vector<bool>* escaped)
      : program_(program), function_(function), escaped_(escaped) {}

  std::unordered_map<uint32_t, Place> run() {
    std::unordered_map<uint32_t, Place> out;
    collect();
    for (auto& [local, hold] : holds_) {
      if (hold.usable && undisturbed(hold)) out[local] = hold.source;
    }
    return out;
  }

 private:
  bool is_hold(Place place) const {
    return place.is_local() && function_.locals[place.local_id().index()].kind == LocalKind::Hold;
  }

  void collect() {
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      const std::vector<Inst>& insts = function_.blocks[b].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) {
        const Inst& inst = insts[i];
        for (const Operand& operand : function_.args(inst)) {
          if (operand.has_place() && is_hold(operand.place)) use(operand.place.root, b, i);
        }
        if (!is_hold(inst.dst) || inst.op == Op::Drop) continue;
        if (!inst.dst.is_root()) {
          use(inst.dst.root, b, i);
        } else {
          fill(inst, b, i);
        }
      }
    }
  }

  void fill(const Inst& inst, uint32_t block, uint32_t at) {
    auto [it, is_new] = holds_.try_emplace(inst.dst.root);
    Hold& hold = it->second;
    auto args = function_.args(inst);
    bool copies = inst.op == Op::Init && args[0].kind == OperandKind::Copy;
    bool views = inst.op == Op::MakeView;
    hold.usable = is_new && (copies || views);
    if (!hold.usable) return;
    hold.source = args[0].place;
    hold.block = block;
    hold.filled = hold.last_use = at;
    for (Proj proj : function_.paths.projs(hold.source.path)) {
      if (proj.kind == ProjKind::Index || proj.kind == ProjKind::Const) hold.usable = false;
    }
  }

  void use(uint32_t local, uint32_t block, uint32_t at) {
    Hold& hold = holds_[local];
    if (!hold.source.valid() || hold.block != block || at < hold.filled) hold.usable = false;
    hold.last_use = at;
  }

  bool undisturbed(const Hold& hold) const {
    bool simple = hold.source.is_local();
    if (simple && escaped_) simple = !(*escaped_)[hold.source.local_id().index()];
    for (Proj proj : function_.paths.projs(hold.source.path)) {
      if (proj.kind == ProjKind::Deref) simple = false;
    }
    const std::vector<Inst>& insts = function_.blocks[hold.block].insts;
    for (uint32_t i = hold.filled + 1; i < hold.last_use; ++i) {
      if (names(insts[i], hold.source) || (!simple && may_write(insts[i]))) return false;
    }
    return true;
  }

  // The instruction changes `source` or what encloses it.
  bool names(const Inst& inst, Place source) const {
    auto encloses = [&](Place place) {
      return place.root == source.root && function_.paths.is_prefix(place.path, source.path);
    };
    if (inst.dst.valid() && encloses(inst.dst)) return true;
    for (const Operand& operand : function_.args(inst)) {
      if (operand.kind != OperandKind::Move && operand.kind != OperandKind::Addr) continue;
      if (encloses(operand.place)) return true;
    }
    return false;
  }

  // The instruction may change memory that it does not name.
  bool may_write(const Inst& inst) const {
    switch (inst.op) {
      case Op::Call:
      case Op::CallValue:
      case Op::Swap:
      case Op::Replace:
      case Op::New:
        return true;
      case Op::Drop:
      case Op::Assign:
        return !inst.dst.is_root() || inst.dst.is_global() ||
               !program_.types.is_plain(place_type(program_, function_, inst.dst));
      case Op::Runtime:
        return writes_unknown_memory(program_, function_, inst) ||
               rt_info(RtFn(inst.imm)).runs_user_code ||
               rt_info(RtFn(inst.imm)).params.find('m') != std::string_view::npos;
      default:
        return inst.dst.valid() && (!inst.dst.is_root() || inst.dst.is_global());
    }
  }

  const Program& program_;
  const Function& function_;
  const std::vector<bool>* escaped_;
  std::unordered_map<uint32_t, Hold> holds_;
};

}  // namespace

std::unordered_map<uint32_t, Place> holds_that_stand(const Program& program,
                                                     const Function& function,
                                                     const std::vector<bool>* escaped) {
  return HoldFinder(program, function, escaped).run();
}

}  // namespace tenure::own

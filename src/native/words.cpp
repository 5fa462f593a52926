#include "native/words.h"

namespace tenure::native {

using oir::Inst;
using oir::LocalKind;
using oir::Place;

namespace {

class Words {
 public:
  Words(const oir::Function& function, std::vector<bool> may_be)
      : function_(function),
        may_be_(std::move(may_be)),
        written_in_(function.locals.size(), kNowhere) {
    for (uint32_t p = 1; p <= function.params; ++p) written_in_[p] = kOutside;
  }

  std::vector<bool> find() {
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      for (const Inst& inst : function_.blocks[b].insts) {
        for (const oir::Operand& operand : function_.args(inst)) {
          if (operand.has_place()) read(operand.place, b);
        }
        if (inst.flag.valid()) may_be_[inst.flag.index()] = false;
        if (inst.op == oir::Op::Return) read(Place::local(oir::LocalId{size_t{0}}), b);
        write(inst, b);
      }
    }
    return std::move(may_be_);
  }

 private:
  static constexpr uint32_t kNowhere = 0xFFFFFFFFu, kOutside = kNowhere - 1;

  void use(uint32_t local, uint32_t block) {
    bool there = written_in_[local] == block || written_in_[local] == kOutside;
    if (!there) may_be_[local] = false;
  }

  void read(Place place, uint32_t block) {
    if (place.is_local()) use(place.root, block);
    read_indexes(place, block);
  }

  void read_indexes(Place place, uint32_t block) {
    for (oir::PathId path = place.path; path.v != 0; path = function_.paths.parent(path)) {
      oir::Proj step = function_.paths.last(path);
      if (step.kind == oir::ProjKind::Index) use(step.index, block);
    }
  }

  void write(const Inst& inst, uint32_t block) {
    if (!inst.dst.valid()) return;
    read_indexes(inst.dst, block);
    if (!inst.dst.is_local()) return;
    uint32_t local = inst.dst.root;
    if (!inst.dst.is_root()) return use(local, block);
    if (written_in_[local] != kNowhere) may_be_[local] = false;
    written_in_[local] = block;
  }

  const oir::Function& function_;
  std::vector<bool> may_be_;
  std::vector<uint32_t> written_in_;  // by local: the block of the one write so far
};

}  // namespace

std::vector<bool> find_words(const ModuleLowering& module, const oir::Function& function,
                             const std::vector<bool>& address_taken, bool named) {
  const oir::TypeTable& types = module.program.types;
  std::vector<bool> may_be(function.locals.size());
  for (size_t l = 0; l < may_be.size(); ++l) {
    const oir::Local& local = function.locals[l];
    may_be[l] = !address_taken[l] && local.kind != LocalKind::Flag && !module.is_unit(local.type) &&
                module.is_scalar(local.type) && types.is_plain(local.type) &&
                (named || local.name.empty());
  }
  return Words(function, std::move(may_be)).find();
}

}  // namespace tenure::native

#include "own/reuse_memory.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "own/emit.h"
#include "own/lent_params.h"
#include "own/memory_region.h"

namespace tenure::own {

using namespace oir;

namespace {

// More memories at hand are not told apart when it is asked who wants one.
constexpr uint32_t kMostAtHand = 7;

// Memory that is given back where it was had.
struct Memory {
  uint32_t block, index;  // of the `free_memory`
  LocalId local;
  LocalId object;  // that was taken apart
};

class ReuseMemory {
 public:
  ReuseMemory(Program& program, const Summaries& summaries)
      : program_(program),
        summaries_(summaries),
        wanted_(program.functions.size()),
        params_(program.functions.size()) {}

  void run() {
    for (size_t f = 0; f < params_.size(); ++f) params_[f] = program_.functions[f].params;
    find_types();
    if (types_.empty()) return;
    find_wanted();
    for (size_t f = 0; f < program_.functions.size(); ++f) place_own(FuncId{f});
    while (!work_.empty()) {
      FuncId func = work_.back();
      work_.pop_back();
      place_given(func);
    }
    for (Function& function : program_.functions) fill_calls(function);
  }

 private:
  // ---- who wants memory

  void find_types() {
    for (const Function& function : program_.functions) {
      for (const Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.op == Op::Recycle) types_.insert(program_.types[type_of(function, inst)].elem.v);
        }
      }
    }
  }

  static TypeId type_of(const Function& function, const Inst& recycle) {
    return function.locals[recycle.dst.local_id().index()].type;
  }

  // The type of the object that the instruction makes, or lets a function make, in new memory;
  // none.
  TypeId made_by(const Inst& inst) const {
    if (inst.op == Op::New && inst.args_count == 1) return inst.type;
    if (inst.op == Op::Call && inst.args_count == params_[inst.callee.index()])
      return wanted_[inst.callee.index()];
    return {};
  }

  // A function wants memory of the type of which it makes an object on each of its ways, when it
  // has used what it takes apart itself. Who calls such a function may want memory for it.
  void find_wanted() {
    std::vector<bool> ours = find_called_by_name(program_);
    std::vector<std::vector<uint32_t>> callers(program_.functions.size());
    for (uint32_t f = 0; f < callers.size(); ++f) {
      for (const Block& block : program_.functions[f].blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.op != Op::Call) continue;
          std::vector<uint32_t>& list = callers[inst.callee.index()];
          if (list.empty() || list.back() != f) list.push_back(f);
        }
      }
    }
    std::vector<uint32_t> work;
    for (uint32_t f = 0; f < callers.size(); ++f) work.push_back(f);
    while (!work.empty()) {
      uint32_t f = work.back();
      work.pop_back();
      if (!ours[f] || wanted_[f].valid()) continue;
      for (TypeId type : made_types(program_.functions[f])) {
        const Function& function = program_.functions[f];
        if (wanted_[f].valid() || !always_makes(function, type)) continue;
        if (region_of(function, 0, 0, type).is_empty()) continue;  // it makes them in turns
        wanted_[f] = type;
        work.insert(work.end(), callers[f].begin(), callers[f].end());
      }
    }
  }

  std::vector<TypeId> made_types(const Function& function) const {
    std::vector<TypeId> made;
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        TypeId type = made_by(inst);
        if (type.valid() && types_.count(type.v) != 0 &&
            std::find(made.begin(), made.end(), type) == made.end())
          made.push_back(type);
      }
    }
    return made;
  }

  // On no way to its end all that is made is made of what was taken apart before.
  bool always_makes(const Function& function, TypeId type) const {
    constexpr uint32_t kStates = kMostAtHand + 1;
    std::vector<bool> seen(function.blocks.size() * kStates);
    std::vector<uint32_t> work;
    auto enter = [&](uint32_t block, uint32_t at_hand) {
      uint32_t state = block * kStates + at_hand;
      if (seen[state]) return;
      seen[state] = true;
      work.push_back(state);
    };
    enter(0, 0);
    while (!work.empty()) {
      uint32_t block = work.back() / kStates, at_hand = work.back() % kStates;
      work.pop_back();
      bool ends = false;
      for (const Inst& inst : function.blocks[block].insts) {
        if (inst.op == Op::Return) return false;
        if (inst.op == Op::Recycle && program_.types[type_of(function, inst)].elem == type)
          at_hand = std::min(at_hand + 1, kMostAtHand);
        if (made_by(inst) != type) continue;
        ends = at_hand == 0;
        if (ends) break;
        --at_hand;
      }
      if (ends) continue;
      for (BlockId target : function.blocks[block].insts.back().targets) enter(target.v, at_hand);
    }
    return true;
  }

  // ---- what is done with memory

  void place_own(FuncId func) {
    for (const Memory& memory : find_memories(program_[func])) {
      // Others may have changed the blocks, but nothing in front of it in its own.
      Function& function = program_[func];
      TypeId type = program_.types[function.locals[memory.local.index()].type].elem;
      MemoryRegion region = region_of(function, memory.block, memory.index + 1, type);
      if (region.is_empty()) continue;
      Fact fact{FactKind::Reused,
                func,
                {},
                function.locals[memory.object.index()].name,
                "it has the same type, and has ended"};
      apply(function, region, memory.local, fact);
      std::vector<Inst>& insts = function.blocks[memory.block].insts;
      insts.erase(insts.begin() + memory.index);
    }
  }

  static std::vector<Memory> find_memories(const Function& function) {
    std::vector<Memory> memories;
    for (uint32_t b = 0; b < function.blocks.size(); ++b) {
      const std::vector<Inst>& insts = function.blocks[b].insts;
      Memory memory{b, 0, {}, {}};
      for (uint32_t i = 0; i < insts.size(); ++i) {
        if (insts[i].op == Op::Recycle) {
          memory.local = insts[i].dst.local_id();
          memory.object = function.args(insts[i])[0].place.local_id();
        } else if (insts[i].op == Op::Free && memory.local.valid() &&
                   function.args(insts[i])[0].place == Place::local(memory.local)) {
          memory.index = i;
          memories.push_back(memory);
          break;  // an object a block is taken apart
        }
      }
    }
    return memories;
  }

  // What the function is given as its last parameter.
  void place_given(FuncId func) {
    Function& function = program_[func];
    TypeId type = wanted_[func.index()];
    LocalId memory = add_param(function, program_.types.pointer(type), function.span);
    MemoryRegion region = region_of(function, 0, 0, type);
    Fact fact{FactKind::Reused,
              func,
              {},
              program_.types[type].name,
              "a caller that took one apart hands its memory on"};
    if (!region.is_empty()) return apply(function, region, memory, fact);
    // What it takes apart itself is enough on its ways after all.
    std::vector<Inst>& insts = function.blocks[0].insts;
    insts.insert(insts.begin(), make_inst(function, Op::Free, {},
                                          {Operand::copy(Place::local(memory))}, function.span));
  }

  MemoryRegion region_of(const Function& function, uint32_t block, uint32_t index,
                         TypeId type) const {
    return MemoryRegion(function, block, index,
                        [&](const Inst& inst) { return made_by(inst) == type; });
  }

  void apply(Function& function, const MemoryRegion& region, LocalId memory, const Fact& fact) {
    region.apply(function, summaries_, Place::local(memory), [&](Inst& taker) {
      if (taker.op == Op::Call) {
        bool& given = given_[taker.callee.v];
        if (!given) work_.push_back(taker.callee);
        given = true;
        return;
      }
      if (fact.place.empty()) return;
      Fact here = fact;
      here.span = taker.span;
      FactId id = program_.add_fact(std::move(here));
      if (!taker.fact.valid()) taker.fact = id;
    });
  }

  // Calls without memory of those that have got a parameter for it.
  void fill_calls(Function& function) {
    for (Block& block : function.blocks) {
      for (Inst& inst : block.insts) {
        if (inst.op != Op::Call || given_.count(inst.callee.v) == 0 ||
            inst.args_count != params_[inst.callee.index()])
          continue;
        Const none;
        none.kind = ConstKind::Null;
        none.type = program_.types.pointer(wanted_[inst.callee.index()]);
        append_operand(function, inst, Operand::of(none));
      }
    }
  }

  Program& program_;
  const Summaries& summaries_;
  std::unordered_set<uint32_t> types_;        // of which objects are taken apart
  std::vector<TypeId> wanted_;                // by function: of which type it wants memory
  std::vector<uint32_t> params_;              // by function: how many it had before
  std::unordered_map<uint32_t, bool> given_;  // functions that get memory
  std::vector<FuncId> work_;
};

}  // namespace

void reuse_memory(Program& program, const Summaries& summaries) {
  ReuseMemory(program, summaries).run();
}

}  // namespace tenure::own

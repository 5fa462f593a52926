#include "own/take_apart.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "own/cfg.h"
#include "own/emit.h"
#include "own/lenders.h"
#include "own/liveness.h"
#include "own/pointed.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

constexpr size_t kLongestWay = 400;
// What comes out of an object is an object again, that many times.
constexpr int kMostRounds = 6;

struct Use {
  uint32_t operand;  // index into Function::operands
  uint32_t field;
};

// Where an object is taken apart, and the way on from there.
struct Site {
  LocalId object;
  uint32_t block = 0, index = 0;  // before this instruction
  std::vector<uint32_t> blocks;   // of the way, `block` first
  std::vector<Use> uses;
  uint32_t variant = kNoVariant;  // of a union: the variant that its parts are of
  bool consumes = false;          // a part that needs dropping is kept
  bool makes = false;             // an object of the same type is made, here or by a call
  uint32_t end = kNoIndex;        // in the last block: the local is given another object there
  static constexpr uint32_t kNoIndex = 0xFFFFFFFFu;
};

class Finder {
 public:
  Finder(const Program& program, FuncId func, const Summaries& summaries, const OnlyRead& only_read,
         const WrittenSlots& slots, const GivenParams* given)
      : program_(program),
        function_(program[func]),
        slots_(slots),
        only_read_(only_read),
        given_(given),
        lenders_(program, function_, summaries, only_read),
        pointed_(locals_with_other_names(program, function_)),
        ways_in_(function_.blocks.size()) {
    ways_in_[0] = 1;  // from outside
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.unwind.valid()) ++ways_in_[inst.unwind.index()];
        for (BlockId target : inst.targets) ++ways_in_[target.index()];
      }
    }
  }

  bool has_type_for_it(LocalId local) const {
    const Type& reference = program_.types[function_.locals[local.index()].type];
    if (reference.kind != TypeKind::Ref) return false;
    const Type& type = program_.types[reference.elem];
    bool parts = type.kind == TypeKind::Struct || type.kind == TypeKind::Union;
    return parts && !type.watched && !type.vacates && !type.cyclic && !type.interior &&
           program_.types.needs_drop(reference.elem);
  }

  // References to objects that can be taken apart, and that the function owns.
  bool is_candidate(LocalId local) const {
    return is_owned_by_name(function_, local, pointed_) && has_type_for_it(local);
  }

  // By local that is asked for: the places where a part of its object is consumed first in a block.
  // `done`: blocks that are not looked at.
  void find_starts(const std::vector<bool>& wanted, const std::unordered_set<uint32_t>& done,
                   std::vector<Site>& starts) const {
    std::unordered_set<uint32_t> seen;  // in this block
    for (uint32_t b = 0; b < function_.blocks.size(); ++b) {
      if (function_.blocks[b].kind == BlockKind::Cleanup || done.count(b) != 0) continue;
      seen.clear();
      const std::vector<Inst>& insts = function_.blocks[b].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) {
        auto args = function_.args(insts[i]);
        for (uint32_t a = 0; a < args.size(); ++a) {
          if (!args[a].has_place() || !args[a].place.is_local()) continue;
          LocalId local = args[a].place.local_id();
          if (!wanted[local.index()] || !consumes(insts[i], a) || !seen.insert(local.v).second)
            continue;
          Site site;
          site.object = local;
          site.block = b;
          site.index = i;
          starts.push_back(std::move(site));
        }
      }
    }
  }

  // Follows the way from the start of `site`. False: the object is needed as a whole, or longer.
  bool follow(Site& site, Liveness& liveness) const {
    uint32_t block = site.block;
    size_t length = 0;
    for (uint32_t from = site.index;; from = 0) {
      site.blocks.push_back(block);
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (uint32_t i = from; i < insts.size(); ++i) {
        const Inst& inst = insts[i];
        Way way = look_at(site, inst);
        if (++length > kLongestWay || way == Way::Fails) return false;
        if (inst.unwind.valid() && liveness.live_at(site.object, inst.unwind)) return false;
        if (way == Way::Ends) {
          site.end = i;
          return site.consumes && stays(site);
        }
      }
      const Inst& last = insts.back();
      bool goes_on = last.op == Op::Jump && ways_in_[last.targets[0].index()] == 1;
      if (!goes_on || last.targets[0].v == site.block) {
        for (BlockId target : last.targets) {
          if (liveness.live_at(site.object, target)) return false;
        }
        return site.consumes && stays(site);
      }
      block = last.targets[0].v;
    }
  }

 private:
  // The part is copied, or given to a parameter that takes it.
  bool consumes(const Inst& inst, uint32_t arg) const {
    const Operand& operand = function_.args(inst)[arg];
    if (operand.place.is_root()) return false;
    bool takes = operand.kind == OperandKind::Copy;
    if (operand.kind == OperandKind::Borrow && inst.op == Op::Call && given_ != nullptr) {
      const std::vector<bool>& given = (*given_)[inst.callee.index()];
      takes = arg < given.size() && given[arg];
    }
    return takes && leads_through_part(operand.place) &&
           !program_.types.is_plain(place_type(program_, function_, operand.place));
  }

  // `x.*.f` or `x.*!v.f`, or what lies in or behind that: then the part is taken out first, and is
  // taken apart in its turn.
  bool leads_through_part(Place place) const {
    std::vector<Proj> projs = function_.paths.projs(place.path);
    if (projs.size() < 2 || projs[0].kind != ProjKind::Deref) return false;
    return projs[1].kind == ProjKind::Field ||
           (projs.size() > 2 && projs[1].kind == ProjKind::Variant &&
            projs[2].kind == ProjKind::Field);
  }

  TypeId part_type(const Site& site, uint32_t field) const {
    const Type& type = program_.types[object_type(site)];
    return site.variant == kNoVariant ? type.fields[field].type
                                      : type.variants[site.variant].fields[field].type;
  }

  // No value of type `part` in one of type `whole` is ever written, nor anything in it.
  bool is_frozen(TypeId whole, TypeId part) const {
    struct Lies {
      TypeId whole, part;
    };
    std::vector<Lies> work{{whole, part}};
    std::unordered_set<uint64_t> seen;
    while (!work.empty()) {
      Lies at = work.back();
      work.pop_back();
      if (!seen.insert(uint64_t{at.whole.v} << 32 | at.part.v).second) continue;
      const Type& type = program_.types[at.part];
      bool is_written = slots_.is_written(at.whole, at.part) || slots_.is_written(at.whole) ||
                        slots_.is_written(at.part);
      if (is_written || type.kind == TypeKind::Array || type.kind == TypeKind::View) return false;
      if (type.kind == TypeKind::FixedArray) {
        if (slots_.elements_are_written(type.elem)) return false;
        work.push_back({at.part, type.elem});
        continue;
      }
      for (const Field& field : type.fields) work.push_back({at.part, field.type});
      for (const Variant& variant : type.variants) {
        for (const Field& field : variant.fields) work.push_back({at.part, field.type});
      }
    }
    return true;
  }

  TypeId object_type(const Site& site) const {
    return program_.types[function_.locals[site.object.index()].type].elem;
  }
  bool makes_same(const Site& site, const Inst& inst) const {
    return inst.op == Op::New && inst.args_count == 1 && inst.type == object_type(site);
  }

  // What the instruction does with the object: it fails if it needs it, and ends the way if it
  // gives the local another one.
  Way look_at(Site& site, const Inst& inst) const {
    uint32_t root = Place::local(site.object).root;
    if (makes_same(site, inst)) site.makes = true;
    if (inst.op == Op::Call &&
        program_[inst.callee].result_type() == function_.locals[site.object.index()].type) {
      site.makes = true;
    }
    for (uint32_t a = 0; a < inst.args_count; ++a) {
      const Operand& operand = function_.args(inst)[a];
      if (!operand.has_place() || operand.place.root != root) continue;
      if (!use(site, inst, a)) return Way::Fails;
    }
    if (!inst.dst.valid() || inst.dst.root != root) return Way::GoesOn;
    if (!inst.dst.is_root()) return Way::Fails;
    return inst.op == Op::Drop ? Way::GoesOn : Way::Ends;
  }

  bool use(Site& site, const Inst& inst, uint32_t arg) const {
    const Operand& operand = function_.args(inst)[arg];
    std::vector<Proj> projs = function_.paths.projs(operand.place.path);
    if (projs.size() < 2 || projs[0].kind != ProjKind::Deref) return false;
    bool in_variant = projs[1].kind == ProjKind::Variant;
    size_t at = in_variant ? 2 : 1;
    if (projs.size() <= at || projs[at].kind != ProjKind::Field) return false;
    if (in_variant && site.variant != kNoVariant && site.variant != projs[1].index) return false;
    if (in_variant) site.variant = projs[1].index;
    switch (operand.kind) {
      case OperandKind::Copy:
      case OperandKind::Borrow:
        break;
      case OperandKind::Addr:
        if (!only_looks_at(program_, function_, inst, arg) && !only_read_.by_call(inst, arg))
          return false;
        break;
      default:
        return false;
    }
    site.consumes |= consumes(inst, arg);
    site.uses.push_back({inst.args_begin + arg, projs[at].index});
    return true;
  }

  // Nobody writes, on the way, what is read at its start now. Of references and strings the
  // summaries know who writes them; other parts are never written by anybody. (The elements of an
  // array may be written by who has a reference to one.)
  bool stays(const Site& site) const {
    std::vector<Lenders::Word> words;
    const Inst& first = function_.blocks[site.block].insts[site.index];
    for (const Use& use : site.uses) {
      TypeId part = part_type(site, use.field);
      bool later =
          use.operand < first.args_begin || use.operand >= first.args_begin + first.args_count;
      if (program_.types.is_move_only(part)) return false;
      TypeKind kind = program_.types[part].kind;
      bool followed = kind == TypeKind::Ref || kind == TypeKind::String || kind == TypeKind::Text;
      if (later && !followed && !is_frozen(object_type(site), part)) return false;
      if (!lenders_.words_of(function_.operands[use.operand].place, pointed_, words)) return false;
    }
    for (size_t n = 0; n < site.blocks.size(); ++n) {
      const std::vector<Inst>& insts = function_.blocks[site.blocks[n]].insts;
      bool last = n + 1 == site.blocks.size() && site.end != Site::kNoIndex;
      for (size_t i = n == 0 ? site.index : 0; i < (last ? site.end : insts.size()); ++i) {
        bool ends = insts[i].op == Op::Drop && insts[i].dst == Place::local(site.object);
        if (!ends && lenders_.writes(insts[i], words)) return false;
      }
    }
    return true;
  }

  const Program& program_;
  const Function& function_;
  const WrittenSlots& slots_;
  const OnlyRead& only_read_;
  const GivenParams* given_;  // parameters whose mode is to be changed; null: none
  Lenders lenders_;
  std::vector<bool> pointed_;
  std::vector<uint32_t> ways_in_;
};

class TakeApart {
 public:
  TakeApart(Program& program, FuncId func, const Summaries& summaries)
      : program_(program), func_(func), function_(program[func]), summaries_(summaries) {}

  // Gives the block of the objects that are shared, in which there is nothing to take apart.
  BlockId at(const Site& site) {
    span_ = function_.blocks[site.block].insts[site.index].span;
    object_ = Place::local(site.object);
    type_ = program_.types[function_.locals[site.object.index()].type].elem;
    record(site);
    memory_ = Place::local(add_temp(function_, program_.types.pointer(type_), span_));
    make_parts(site);
    for (const Use& use : site.uses) rename(use);
    end_parts(site);  // before the block is split: positions still hold
    return split(site);
  }

 private:
  struct Part {
    Place place;  // in the object
    Place home;   // the local that it goes to
    bool used = false;
    bool plain = false;
  };

  void record(const Site& site) {
    const Local& local = function_.locals[site.object.index()];
    if (local.name.empty()) return;
    program_.add_fact({FactKind::TakenApart, func_, span_, local.name,
                       "it is not used again: if nobody else has it, its parts are handed on"});
  }

  // All parts that need dropping, and the plain ones that are read.
  void make_parts(const Site& site) {
    parts_.clear();
    // By value: the table of types may grow.
    std::vector<Field> fields = site.variant == kNoVariant
                                    ? program_.types[type_].fields
                                    : program_.types[type_].variants[site.variant].fields;
    Place whole = project(function_, object_, {ProjKind::Deref, 0});
    if (site.variant != kNoVariant)
      whole = project(function_, whole, {ProjKind::Variant, site.variant});
    for (uint32_t f = 0; f < fields.size(); ++f) {
      Part part;
      part.used = std::any_of(site.uses.begin(), site.uses.end(),
                              [&](const Use& use) { return use.field == f; });
      part.plain = program_.types.is_plain(fields[f].type);
      if (part.used || !part.plain) {
        part.place = project(function_, whole, {ProjKind::Field, f});
        part.home = Place::local(add_temp(function_, fields[f].type, span_));
      }
      parts_.push_back(part);
    }
    skipped_ = site.variant == kNoVariant ? 2 : 3;
  }

  void rename(const Use& use) {
    Operand& operand = function_.operands[use.operand];
    std::vector<Proj> projs = function_.paths.projs(operand.place.path);
    Place now = parts_[use.field].home;
    for (size_t i = skipped_; i < projs.size(); ++i) now = project(function_, now, projs[i]);
    function_.operands[use.operand].place = now;
  }

  // The parts that are not handed on die at the end of the way, or where it is left early.
  void end_parts(const Site& site) {
    exits_.clear();
    for (size_t n = 0; n < site.blocks.size(); ++n) {
      uint32_t block = site.blocks[n];
      for (size_t i = n == 0 ? site.index : 0; i < function_.blocks[block].insts.size(); ++i) {
        const Inst& inst = function_.blocks[block].insts[i];
        if (inst.unwind.valid() || summaries_.inst_may_fail(function_, inst)) {
          BlockId exit = exit_to(inst.unwind);
          function_.blocks[block].insts[i].unwind = exit;
        }
      }
    }
    std::vector<Inst>& last = function_.blocks[site.blocks.back()].insts;
    std::vector<Inst> drops;
    for (const Part& part : parts_) {
      if (part.used && !part.plain) {
        drops.push_back(make_drop(function_, part.home.local_id(), DropReason::EndOfBlock, span_));
      }
    }
    last.insert(last.end() - 1, drops.begin(), drops.end());
  }

  BlockId exit_to(BlockId unwind) {
    BlockId& exit = exits_[unwind.v];
    if (exit.valid()) return exit;
    std::vector<Inst> insts;
    for (const Part& part : parts_) {
      if (part.used && !part.plain) {
        insts.push_back(
            make_drop(function_, part.home.local_id(), DropReason::RunTimeError, span_));
      }
    }
    exit = add_exit(function_, std::move(insts), unwind, span_);
    return exit;
  }

  BlockId split(const Site& site) {
    BlockId sole = add_block(function_, BlockKind::Normal);
    BlockId shared = add_block(function_, BlockKind::Normal);
    BlockId rest = add_block(function_, BlockKind::Normal);
    std::vector<Inst>& before = function_.blocks[site.block].insts;
    auto from = before.begin() + site.index;
    function_.blocks[rest.index()].insts.assign(std::make_move_iterator(from),
                                                std::make_move_iterator(before.end()));
    before.erase(from, before.end());
    Inst branch = make_inst(function_, Op::BranchSole, {}, {Operand::borrow(object_)}, span_);
    branch.targets = {sole, shared};
    before.push_back(std::move(branch));
    fill_sole(function_.blocks[sole.index()].insts, rest);
    fill_shared(function_.blocks[shared.index()].insts, rest);
    return shared;
  }

  void fill_sole(std::vector<Inst>& out, BlockId rest) {
    for (const Part& part : parts_) {
      if (!part.home.valid()) continue;
      out.push_back(
          part.plain
              ? make_inst(function_, Op::Init, part.home, {Operand::copy(part.place)}, span_)
              : make_inst(function_, Op::Take, part.home, {Operand::addr(part.place)}, span_));
    }
    out.push_back(make_inst(function_, Op::Recycle, memory_, {Operand::move(object_)}, span_));
    out.push_back(make_inst(function_, Op::Free, {}, {Operand::copy(memory_)}, span_));
    for (const Part& part : parts_) {
      if (!part.used && !part.plain)
        out.push_back(make_drop(function_, part.home.local_id(), DropReason::EndOfBlock, span_));
    }
    out.push_back(make_jump(rest, span_));
  }

  void fill_shared(std::vector<Inst>& out, BlockId rest) {
    for (const Part& part : parts_) {
      if (part.used)
        out.push_back(
            make_inst(function_, Op::Init, part.home, {Operand::copy(part.place)}, span_));
    }
    out.push_back(make_drop(function_, object_.local_id(), DropReason::EndOfBlock, span_));
    out.push_back(make_jump(rest, span_));
  }

  Program& program_;
  FuncId func_;
  Function& function_;
  const Summaries& summaries_;
  Span span_;
  Place object_, memory_;
  TypeId type_;
  size_t skipped_ = 0;                           // projections from the object to a part
  std::vector<Part> parts_;                      // by field
  std::unordered_map<uint32_t, BlockId> exits_;  // by where they unwind to
};

}  // namespace

bool would_take_apart(const Program& program, FuncId func, uint32_t param,
                      const Summaries& summaries, const OnlyRead& only_read,
                      const WrittenSlots& slots, const GivenParams& given) {
  Finder finder(program, func, summaries, only_read, slots, &given);
  LocalId local{size_t{param} + 1};
  if (!finder.has_type_for_it(local)) return false;
  std::vector<bool> wanted(program[func].locals.size());
  wanted[local.index()] = true;
  std::vector<Site> starts;
  finder.find_starts(wanted, {}, starts);
  if (starts.empty()) return false;
  Liveness liveness(program[func], wanted);
  return std::any_of(starts.begin(), starts.end(),
                     [&](Site& site) { return finder.follow(site, liveness) && site.makes; });
}

bool makes(const Function& function, TypeId type) {
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.op == Op::New && inst.type == type) return true;
    }
  }
  return false;
}

void take_apart(Program& program, FuncId func, const Summaries& summaries,
                const OnlyRead& only_read, const WrittenSlots& slots) {
  Function& function = program[func];
  std::unordered_set<uint32_t> done;
  for (int round = 0; round < kMostRounds; ++round) {
    Finder finder(program, func, summaries, only_read, slots, nullptr);
    std::vector<bool> wanted(function.locals.size());
    bool any = false;
    for (size_t l = 1; l < wanted.size(); ++l) any |= wanted[l] = finder.is_candidate(LocalId{l});
    if (!any) return;
    std::vector<Site> starts;
    finder.find_starts(wanted, done, starts);
    if (starts.empty()) return;
    Liveness liveness(function, wanted);
    std::vector<Site> found;
    std::unordered_set<uint32_t> taken;  // blocks: one object at a time
    for (Site& site : starts) {
      if (!finder.follow(site, liveness)) continue;
      bool meets = std::any_of(site.blocks.begin(), site.blocks.end(),
                               [&](uint32_t block) { return taken.count(block) != 0; });
      if (meets) continue;
      taken.insert(site.blocks.begin(), site.blocks.end());
      found.push_back(std::move(site));
    }
    if (found.empty()) return;
    for (const Site& site : found) done.insert(TakeApart(program, func, summaries).at(site).v);
  }
}

}  // namespace tenure::own

#include "own/rebuilt_places.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "own/cfg.h"
#include "own/emit.h"
#include "own/lenders.h"
#include "own/place_readers.h"
#include "own/pointed.h"
#include "own/referred_arrays.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

namespace {

constexpr size_t kLongestWay = 400;
// Further kinds of places are left as they are: each is a look at the whole program.
constexpr size_t kMostKinds = 64;

class RebuiltPlaces {
 public:
  RebuiltPlaces(Program& program, const Summaries& summaries)
      : program_(program),
        summaries_(summaries),
        only_read_(program),
        referred_(find_referred_arrays(program, summaries.escapes_fn())) {}

  void run() {
    for (size_t f = 0; f < program_.functions.size(); ++f) {
      if (!program_.functions[f].blocks.empty()) visit(FuncId{f});
    }
  }

 private:
  struct Copy {
    uint32_t block, index, arg;
  };

  void visit(FuncId func) {
    Function& function = program_[func];
    std::vector<Place> given = places_given(function);
    if (given.empty()) return;
    std::vector<Copy> copies = find_copies(function, given);
    if (copies.empty()) return;
    Lenders lenders(program_, function, summaries_, only_read_);
    std::vector<bool> pointed = locals_written_unnamed(program_, function);
    std::vector<Copy> found;
    for (const Copy& copy : copies) {
      if (is_rebuilt(function, copy, lenders, pointed)) found.push_back(copy);
    }
    Insertions takes;
    for (const Copy& copy : found) rewrite(func, copy, takes);
    takes.apply(function);
  }

  // References in fields, globals and boxes that are assigned.
  std::vector<Place> places_given(const Function& function) const {
    std::vector<Place> places;
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op == Op::Assign && fits(function, inst.dst)) places.push_back(inst.dst);
      }
    }
    return places;
  }

  bool fits(const Function& function, Place place) const {
    if (place.is_local() && place.is_root()) return false;  // that is what last uses are for
    TypeId id = place_type(program_, function, place);
    const Type& type = program_.types[id];
    bool elements = type.kind == TypeKind::Array && !program_.types.is_move_only(id) &&
                    !(id.index() < referred_.size() && referred_[id.index()]);
    if (type.kind != TypeKind::Ref && type.kind != TypeKind::String && !elements) return false;
    if (type.watched || type.vacates) return false;
    if (type.elem.valid() && program_.types[type.elem].watched) return false;
    std::vector<Step> steps = steps_of(program_, function, place);
    return std::all_of(steps.begin(), steps.end(), [&](const Step& step) {
      TypeKind from = program_.types[step.from].kind;
      bool followed = step.proj.kind == ProjKind::Field ||
                      (step.proj.kind == ProjKind::Deref && from == TypeKind::Ref);
      return followed && step.variant == kNoVariant && !program_.types[step.from].vacates;
    });
  }

  static std::vector<Copy> find_copies(const Function& function, const std::vector<Place>& given) {
    std::vector<Copy> copies;
    for (uint32_t b = 0; b < function.blocks.size(); ++b) {
      const Block& block = function.blocks[b];
      if (block.kind == BlockKind::Cleanup) continue;
      for (uint32_t i = 0; i < block.insts.size(); ++i) {
        const Inst& inst = block.insts[i];
        auto args = function.args(inst);
        bool takes = inst.op == Op::Init || inst.op == Op::Call;
        for (uint32_t a = 0; takes && a < args.size(); ++a) {
          if (args[a].kind != OperandKind::Copy) continue;
          if (std::find(given.begin(), given.end(), args[a].place) != given.end())
            copies.push_back({b, i, a});
        }
      }
    }
    return copies;
  }

  bool is_rebuilt(const Function& function, const Copy& copy, const Lenders& lenders,
                  const std::vector<bool>& pointed) {
    const Inst& inst = function.blocks[copy.block].insts[copy.index];
    Place place = function.args(inst)[copy.arg].place;
    std::vector<Lenders::Word> words;
    bool is_own = place.is_local() && is_part_of_local(program_, function, place);
    if (is_own && pointed[place.local_id().index()]) return false;
    if (!lenders.words_of(place, pointed, words)) return false;
    const PlaceReaders* readers = readers_of(function, place);
    if (readers == nullptr) return false;
    TypeKind kind = program_.types[place_type(program_, function, place)].kind;
    if (kind != TypeKind::Ref && readers->is_pointed_into()) return false;
    bool may_fail = false;
    // The call that gets the copy: what else it gets, and what it does.
    if (inst.op == Op::Call) {
      for (uint32_t a = 0; a < inst.args_count; ++a) {
        const Operand& operand = function.args(inst)[a];
        if (a != copy.arg && operand.has_place() &&
            may_overlap(program_, function, operand.place, place))
          return false;
      }
      if (readers->of(inst.callee) || looks_by_name(function, inst)) return false;
      may_fail = summaries_.inst_may_fail(function, inst);
      if (lenders.writes(inst, words)) return false;
    }
    if (inst.dst.valid() && may_overlap(program_, function, inst.dst, place)) return false;
    size_t length = 0;
    bool ends = follow_ways(
        function, copy.block, copy.index, [&](const Inst& at, uint32_t block, uint32_t) {
          if (++length > kLongestWay) return Way::Fails;
          if (at.op == Op::Return) return Way::Fails;
          if (at.op == Op::Resume) return Way::Ends;
          for (const Operand& operand : function.args(at)) {
            if (operand.has_place() && may_overlap(program_, function, operand.place, place))
              return Way::Fails;
          }
          // What is assigned is read before; what dies by it is nothing now.
          bool given = at.op == Op::Assign && at.dst == place;
          if (given) return readers->by_operands(function, at) ? Way::Fails : Way::Ends;
          // On the way out what encloses the place may end.
          bool leaves = at.op == Op::Drop && function.blocks[block].kind == BlockKind::Cleanup;
          if (looks_by_name(function, at)) return Way::Fails;
          if (readers->by(function, at) || (!leaves && lenders.writes(at, words)))
            return Way::Fails;
          may_fail |= summaries_.inst_may_fail(function, at);
          return Way::GoesOn;
        });
    return ends && (!may_fail || !readers->after_failure());
  }

  // Through a cursor or a name of a part: it relies on who keeps the object, which may be the
  // place.
  static bool looks_by_name(const Function& function, const Inst& inst) {
    auto is_name = [&](Place place) {
      if (!place.valid() || !place.is_local()) return false;
      LocalKind kind = function.locals[place.local_id().index()].kind;
      return kind == LocalKind::Cursor || kind == LocalKind::Alias;
    };
    auto args = function.args(inst);
    return is_name(inst.dst) || std::any_of(args.begin(), args.end(), [&](const Operand& operand) {
             return operand.has_place() && is_name(operand.place);
           });
  }

  // Null: there are too many kinds.
  const PlaceReaders* readers_of(const Function& function, Place place) {
    ReadPlace kind = read_place(program_, function, place);
    for (const auto& [known, readers] : readers_) {
      if (known == kind) return readers.get();
    }
    if (readers_.size() == kMostKinds) return nullptr;
    if (!graph_) graph_ = std::make_unique<CallGraph>(program_);
    readers_.emplace_back(kind, std::make_unique<PlaceReaders>(program_, *graph_, kind));
    return readers_.back().second.get();
  }

  void rewrite(FuncId func, const Copy& copy, Insertions& takes) {
    Function& function = program_[func];
    Inst& inst = function.blocks[copy.block].insts[copy.index];
    Place place = function.args(inst)[copy.arg].place;
    Span span = inst.span;
    note(func, inst, place);
    std::optional<Inst> makes;
    Operand nothing = empty(function, place, span, makes);
    if (makes) takes.add(copy.block, copy.index, std::move(*makes));
    if (inst.op == Op::Init) {
      FactId fact = inst.fact;
      inst = make_inst(function, Op::Replace, inst.dst, {Operand::addr(place), nothing}, span);
      inst.fact = fact;
      return;
    }
    TypeId type = place_type(program_, function, place);
    Place taken = Place::local(add_temp(function, type, span));
    function.operands[inst.args_begin + copy.arg] = Operand::move(taken);
    takes.add(copy.block, copy.index,
              make_inst(function, Op::Replace, taken, {Operand::addr(place), nothing}, span));
  }

  // What is in the place meanwhile; `makes`: the instruction that makes it, if it needs one.
  Operand empty(Function& function, Place place, Span span, std::optional<Inst>& makes) {
    Const none;
    none.type = place_type(program_, function, place);
    TypeKind kind = program_.types[none.type].kind;
    if (kind == TypeKind::Array) {
      Place array = Place::local(add_temp(function, none.type, span));
      makes = make_inst(function, Op::MakeArray, array, {}, span);
      makes->type = none.type;
      return Operand::move(array);
    }
    none.kind = kind == TypeKind::String ? ConstKind::String : ConstKind::Null;
    if (kind == TypeKind::String) none.bits = program_.add_string("");
    return Operand::of(none);
  }

  void note(FuncId func, Inst& inst, Place place) {
    const std::string why = "it is given what is made of it, and nobody looks at it meanwhile";
    if (inst.op == Op::Init && inst.fact.valid()) {
      program_.facts[inst.fact.index()].kind = FactKind::Moved;
      program_.facts[inst.fact.index()].why = why;
      return;
    }
    FactId fact = program_.add_fact(
        {FactKind::Moved, func, inst.span, place_text(program_, program_[func], place), why});
    if (!inst.fact.valid()) inst.fact = fact;
  }

  Program& program_;
  const Summaries& summaries_;
  OnlyRead only_read_;
  std::vector<bool> referred_;
  std::unique_ptr<CallGraph> graph_;  // made when it is asked for
  std::vector<std::pair<ReadPlace, std::unique_ptr<PlaceReaders>>> readers_;
};

}  // namespace

void take_from_rebuilt(Program& program, const Summaries& summaries) {
  RebuiltPlaces(program, summaries).run();
}

}  // namespace tenure::own

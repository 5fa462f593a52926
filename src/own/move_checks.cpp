// Run-time checks for reads that only memory, or a drop flag, can judge: the last part of pass
// moves.
#include <algorithm>

#include "own/move_checker.h"
#include "own/steps.h"

namespace tenure::own {

using namespace oir;

bool MoveChecker::memory_check_needed(const Finding& finding, const Vacates& vacates) const {
  const Read& read = finding.read;
  if (read.mode == Read::Mode::Reached) {
    return vacates.may_print_hole(place_type(program_, function_, read.place),
                                  summaries_.lent_parts());
  }
  if (in_global(read)) {
    const Global& global = program_.globals[read.place.global_id().index()];
    if (!global.always_full) return true;
  }
  if (read.mode == Read::Mode::Argument) return false;
  TypeId type = place_type(program_, function_, read.place);
  if (program_.types.is_plain(type)) {
    return in_state_byte(read.place, vacates) || is_lent_part(read.place);
  }
  return read.mode == Read::Mode::Word ? vacates.vacates(type) : vacates.may_hold_hole(type);
}

// The check of all that a print reads comes after that of the value itself and includes it.
bool MoveChecker::print_covers(size_t index, const Vacates& vacates) const {
  const Finding& finding = findings_[index];
  if (finding.read.mode != Read::Mode::Whole) return false;
  for (size_t i = index + 1; i < findings_.size(); ++i) {
    const Finding& later = findings_[i];
    if (later.block != finding.block || later.inst != finding.inst) return false;
    if (later.read.mode == Read::Mode::Reached) return memory_check_needed(later, vacates);
  }
  return false;
}

// A plain part has no pattern to spare for a hole: the state byte of what it is a part of tells.
bool MoveChecker::in_state_byte(Place place, const Vacates& vacates) const {
  std::vector<Step> steps = steps_of(program_, function_, place);
  bool dying = function_.is_drop && place.is_local() && place.local_id() == LocalId{size_t{1}};
  for (size_t i = steps.size(); i-- > 0 && !leaves_storage(program_, steps[i]);) {
    if (i == 1 && dying) continue;  // it is there, in its `drop`
    if (steps[i].proj.kind != ProjKind::Variant && vacates.vacates(steps[i].from)) return true;
  }
  return false;
}

// The plain value behind a reference may be a part of a value that was moved away.
bool MoveChecker::is_lent_part(Place place) const {
  std::vector<Step> steps = steps_of(program_, function_, place);
  for (size_t i = steps.size(); i-- > 0;) {
    if (!leaves_storage(program_, steps[i])) continue;
    bool refers = program_.types[steps[i].from].kind == TypeKind::Ref;
    return refers && summaries_.lent_parts().may_lie_in_hole(steps[i].to);
  }
  return false;
}

// One `print` is several instructions; all that it reads is checked before any of it is printed.
uint32_t MoveChecker::start_of_print(uint32_t block, uint32_t inst) const {
  const std::vector<Inst>& insts = function_.blocks[block].insts;
  auto prints = [](const Inst& i) {
    if (i.op != Op::Runtime) return false;
    return RtFn(i.imm) == RtFn::PrintValue || RtFn(i.imm) == RtFn::PrintSep;
  };
  if (!prints(insts[inst])) return inst;
  while (inst > 0 && prints(insts[inst - 1])) --inst;
  return inst;
}

Inst MoveChecker::make_check(const Finding& finding, Place place, LocalId flag) {
  const Inst& inst = inst_of(finding);
  Inst check;
  check.op = Op::FullCheck;
  check.span = span_of(finding);
  check.unwind = inst.unwind;
  check.flag = flag;
  TypeId type = place_type(program_, function_, place);
  TypeKind kind = program_.types[type].kind;
  bool container = kind == TypeKind::Array || kind == TypeKind::Box || kind == TypeKind::View;
  bool lent = finding.kind == Finding::Kind::Memory && finding.read.mode == Read::Mode::Argument;
  if (lent) check.imm = uint8_t(CheckDepth::Itself);
  if (finding.read.mode == Read::Mode::Word && container) check.imm = uint8_t(CheckDepth::Itself);
  if (finding.read.mode == Read::Mode::Reached) check.imm = uint8_t(CheckDepth::Printed);
  if (!flag.valid() && program_.types.is_plain(type) && is_lent_part(place)) {
    check.imm = uint8_t(CheckDepth::Enclosing);
  }
  if (!(spelling_.resolve(place) == place)) {
    check.extra = 1 + program_.add_string(spelling_.text(place));
  }
  check.args_begin = static_cast<uint32_t>(function_.operands.size());
  check.args_count = 1;
  function_.operands.push_back(Operand::addr(place));
  return check;
}

// A temporary has none.
bool MoveChecker::has_name(Place place) const {
  place = spelling_.resolve(place);
  if (place.is_global()) return true;
  LocalKind kind = function_.locals[place.local_id().index()].kind;
  return kind == LocalKind::User || kind == LocalKind::Param;
}

const char* MoveChecker::why_unknown(const Read& read) {
  if (read.mode == Read::Mode::Reached) {
    return "it is printed with all that it refers to, and such values are moved elsewhere";
  }
  if (read.place.is_global()) return "what other functions did to this global is not known here";
  return "it is reached through a reference, and such values are moved elsewhere";
}

void MoveChecker::add_check(const Finding& finding, Place place, LocalId flag, std::string why,
                            std::vector<std::pair<uint32_t, Inst>>& out) {
  Inst check = make_check(finding, place, flag);
  if (has_name(place)) {
    check.fact = program_.add_fact(
        {FactKind::CheckedMove, func_, check.span, spelling_.text(place), std::move(why)});
  }
  out.push_back({start_of_print(finding.block, finding.inst), std::move(check)});
  function_.blocks[finding.block].insts[finding.inst].checked = true;
}

void MoveChecker::insert(const Vacates& vacates, DropFlags& flags, const SourceMap&) {
  std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.block, a.inst) < std::tie(b.block, b.inst);
  });
  for (size_t i = 0; i < findings_.size();) {
    uint32_t block = findings_[i].block;
    std::vector<std::pair<uint32_t, Inst>> checks;
    for (; i < findings_.size() && findings_[i].block == block; ++i) {
      const Finding& finding = findings_[i];
      if (finding.kind == Finding::Kind::Memory) {
        if (!memory_check_needed(finding, vacates) || print_covers(i, vacates)) continue;
        add_check(finding, finding.read.place, {}, why_unknown(finding.read), checks);
      } else if (finding.kind == Finding::Kind::Maybe) {
        if (finding.read.mode == Read::Mode::Printed) continue;  // there is a check of all
        const MovePath& part = paths_[finding.part];
        bool plain = program_.types.is_plain(part.type);
        bool memory = part.memory_knows();
        if (memory && plain && !part.place.is_global()) continue;
        LocalId flag = memory ? LocalId{} : flags.get(program_, func_, part.place);
        add_check(finding, part.place, flag, "it is empty on some of the ways that lead here",
                  checks);
      }
    }
    if (checks.empty()) continue;
    std::vector<Inst>& insts = function_.blocks[block].insts;
    std::vector<Inst> merged;
    merged.reserve(insts.size() + checks.size());
    size_t next = 0;
    for (uint32_t at = 0; at < insts.size(); ++at) {
      for (; next < checks.size() && checks[next].first == at; ++next) {
        merged.push_back(std::move(checks[next].second));
      }
      merged.push_back(std::move(insts[at]));
    }
    insts = std::move(merged);
  }
}

}  // namespace tenure::own

#include "own/escaped_roots.h"

#include <unordered_map>

#include "own/steps.h"

namespace tenure::own {

using namespace oir;

bool EscapedRoots::leaves_hole(const Program& program, FuncId func, Place place) const {
  bool seen = place.is_global() ? !place.is_root() || lent_globals[place.global_id().index()]
                                : locals[func.index()][place.local_id().index()];
  const Function& function = program[func];
  for (PathId at = place.path; !seen && at.v != 0; at = function.paths.parent(at)) {
    seen = function.paths.last(at).kind == ProjKind::Deref;
  }
  return seen;
}

namespace {

class Marker {
 public:
  Marker(const Program& program, FuncId func, const EscapesFn& escapes, const LentParts& lent_parts,
         EscapedRoots& out)
      : program_(program),
        function_(program[func]),
        escapes_(escapes),
        lent_parts_(lent_parts),
        out_(out),
        locals_(out.locals[func.index()]) {}

  void run() {
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op != Op::Alias) continue;
        Place place = function_.args(inst)[0].place;
        lender_[inst.dst.root] = place;
        lend(place);
      }
    }
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        for_each_escaping(program_, function_, inst, escapes_, [&](Place place) { escape(place); });
        for_each_lent(program_, function_, inst, escapes_, [&](Place place) {
          lend(place);
          if (lent_parts_.may_show_hole(function_, place)) escape(place);
        });
      }
    }
  }

 private:
  void escape(Place place) {
    for (size_t turn = 0; turn <= lender_.size(); ++turn) {
      auto alias = place.is_local() ? lender_.find(place.root) : lender_.end();
      if (alias == lender_.end()) {
        if (!is_part_of_root(program_, function_, place)) return;
        if (place.is_global()) {
          out_.globals[place.global_id().index()] = true;
          lend(place);
        } else {
          locals_[place.local_id().index()] = true;
        }
        return;
      }
      if (!is_part_of_pointee(program_, function_, place)) return;
      place = alias->second;
    }
  }

  // More than what is in the global itself: an address behind it is lent as well, and no matter.
  void lend(Place place) {
    if (place.is_global()) out_.lent_globals[place.global_id().index()] = true;
  }

  const Program& program_;
  const Function& function_;
  const EscapesFn& escapes_;
  const LentParts& lent_parts_;
  EscapedRoots& out_;
  std::vector<bool>& locals_;
  std::unordered_map<uint32_t, Place> lender_;  // by root of the alias
};

}  // namespace

EscapedRoots find_escaped_roots(const Program& program, const Contents& contents,
                                const EscapesFn& escapes, const ArrayGrowth& growth,
                                LentParts& lent_parts) {
  EscapedRoots roots;
  roots.globals.resize(program.globals.size());
  roots.lent_globals.resize(program.globals.size());
  for (const Function& function : program.functions) {
    roots.locals.emplace_back(function.locals.size());
  }
  do {
    for (size_t f = 0; f < program.functions.size(); ++f) {
      if (!contents.lends(FuncId{f})) continue;
      Marker(program, FuncId{f}, escapes, lent_parts, roots).run();
    }
  } while (lent_parts.grow(roots, growth));
  return roots;
}

}  // namespace tenure::own

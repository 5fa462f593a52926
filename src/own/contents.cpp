#include "own/contents.h"

#include "base/parallel.h"

namespace tenure::own {

using namespace oir;

namespace {

#define INST(name, text, flags) +1
constexpr unsigned kOps = 0
#include "oir/instructions.def"
    ;
#undef INST
static_assert(kOps <= 64, "a set of operations is a word");

bool is_behind(const Function& function, Place place) {
  for (PathId at = place.path; at.v != 0; at = function.paths.parent(at)) {
    if (function.paths.last(at).kind == ProjKind::Deref) return true;
  }
  return false;
}

bool is_temporary(const Function& function, Place place) {
  return place.is_root() && place.is_local() &&
         function.locals[place.local_id().index()].kind == LocalKind::Temp;
}

}  // namespace

Contents::Contents(const Program& program) {
  // Nobody else will put into the table of types what is asked of it meanwhile.
  for (size_t t = 0; t < program.types.size(); ++t) program.types.ownership(TypeId{t});
  rows_.resize(program.functions.size());
  in_ranges(rows_.size(), [&](size_t begin, size_t end) {
    for (size_t f = begin; f < end; ++f) rows_[f] = look(program, program.functions[f]);
  });
}

Contents::Row Contents::look(const Program& program, const Function& function) {
  Row row;
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      row.ops |= bit(inst.op);
      bool ends = inst.op == Op::Drop || inst.op == Op::Forget;
      if (ends && !inst.dst.is_root() && is_behind(function, inst.dst)) row.flags |= kMovesBehind;
      bool call = inst.op == Op::Call;
      bool lends = call || inst.op == Op::MakeRef || inst.op == Op::Alias;
      bool addresses = false, moves = false;
      for (const Operand& operand : function.args(inst)) {
        switch (operand.kind) {
          case OperandKind::Addr:
            addresses = true;
            if (lends && !operand.place.is_root()) row.flags |= kLendsPart;
            break;
          case OperandKind::Move:
            moves = true;
            if (is_temporary(function, operand.place)) break;
            row.flags |= kMovesNamed;
            if (inst.op == Op::Init && inst.imm == 1) row.flags |= kMovesImplicitly;
            if (is_behind(function, operand.place)) row.flags |= kMovesBehind;
            break;
          case OperandKind::Copy:
            if (program.types.is_move_only(place_type(program, function, operand.place))) {
              row.flags |= kCopiesMoveOnly;
            }
            break;
          case OperandKind::Borrow:
          case OperandKind::Const:
            break;
        }
      }
      if (addresses && (lends || inst.op == Op::Runtime)) row.flags |= kLends;
      if (call && addresses && moves) row.flags |= kLendsAndMoves;
    }
  }
  for (size_t path = 1; path < function.paths.size(); ++path) {
    if (function.paths.last(PathId{path}).kind == ProjKind::Variant) row.flags |= kNamesVariant;
  }
  return row;
}

}  // namespace tenure::own

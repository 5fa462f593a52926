#include "own/drop_flags.h"

namespace tenure::own {

oir::LocalId DropFlags::get(oir::Program& program, oir::FuncId func, oir::Place place) {
  auto [it, is_new] = flags_[func.index()].try_emplace(key(place), Row{place, {}});
  if (!is_new) return it->second.flag;
  oir::Function& function = program[func];
  oir::Local local;
  local.type = program.types.scalar(oir::TypeKind::U32);
  local.kind = oir::LocalKind::Flag;
  local.span = function.span;
  it->second.flag = oir::LocalId{function.locals.size()};
  function.locals.push_back(std::move(local));
  return it->second.flag;
}

}  // namespace tenure::own

#include "oir/temporaries.h"

namespace tenure::oir {

Temporaries::StatementScope::StatementScope(Temporaries& owner, Span span, ScopeKind kind)
    : owner_(owner), saved_(owner.temp_scope_), span_(span) {
  scope_ = owner.b_.open(kind, span);
  owner.temp_scope_ = scope_;
}

Temporaries::StatementScope::~StatementScope() {
  owner_.b_.close(scope_, last_byte(span_));
  owner_.temp_scope_ = saved_;
}

LocalId Temporaries::new_temp(TypeId type, Span span, LocalKind kind) {
  return b_.add_local("", type, kind, span);
}

void Temporaries::schedule_temp(LocalId local) {
  b_.schedule(temp_scope_, local, DropReason::EndOfStatement);
}

void Temporaries::hand_over(const std::vector<Operand>& operands) {
  for (const Operand& operand : operands) {
    if (operand.kind != OperandKind::Move || !operand.place.is_local()) continue;
    LocalId local = operand.place.local_id();
    bool temp = b_.function().locals[local.index()].kind == LocalKind::Temp;
    if (temp && operand.place.is_root()) b_.unschedule(local);
  }
}

Operand Temporaries::whole(Place temp) {
  TypeId type = b_.function().locals[temp.local_id().index()].type;
  return types().is_plain(type) ? Operand::copy(temp) : Operand::move(temp);
}

}  // namespace tenure::oir

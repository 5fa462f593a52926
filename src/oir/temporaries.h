// What the lowering of every front end does with the values of expressions: they lie in temporaries
// that die with their statement, or are handed over to whoever takes them. The base of a front
// end's class for lowering one function.
#pragma once

#include <vector>

#include "oir/builder.h"

namespace tenure::oir {

class Temporaries {
 protected:
  Temporaries(Program& program, FuncId func) : out_(program), b_(program, func) {}

  // A statement's scope, or that of a condition: its temporaries die when it is left.
  class StatementScope {
   public:
    StatementScope(Temporaries& owner, Span span, ScopeKind kind = ScopeKind::Statement);
    ~StatementScope();
    StatementScope(const StatementScope&) = delete;
    StatementScope& operator=(const StatementScope&) = delete;

   private:
    Temporaries& owner_;
    ScopeId saved_;
    ScopeId scope_;
    Span span_;
  };
  friend class StatementScope;

  TypeTable& types() { return out_.types; }
  // Neither scheduled nor initialised.
  LocalId new_temp(TypeId type, Span span, LocalKind kind = LocalKind::Temp);
  // It is full: it dies with the statement.
  void schedule_temp(LocalId local);
  Operand whole(Place temp);  // `move` (or `copy` of a plain one)
  // The temporaries among the operands were consumed: their obligations are withdrawn. To be said
  // after the instruction that consumes them: a check that goes before it may fail, and then they
  // are still there.
  void hand_over(const std::vector<Operand>& operands);

  Program& out_;
  Builder b_;
  ScopeId temp_scope_;  // of the innermost statement
};

}  // namespace tenure::oir

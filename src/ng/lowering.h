// The class behind lower.h, private to lower_*.cpp: one object per function.
//
// Order of evaluation. An operand of an instruction is read when the instruction runs, which may be
// after operands to its right were evaluated. So an operand stays a place only if what is evaluated
// after it changes nothing (`changes_nothing`); else its value goes to a temporary first.
//
// Places are found in two steps: `prepare` evaluates the operands in them, `find` makes the null
// and bounds checks and gives the place. An assignment evaluates its new value in between
// [O-LIFE-6].
#pragma once

#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/few.h"
#include "ng/tree.h"
#include "oir/test_runs.h"

namespace tenure::ng {

template <class Visit>
void for_each_child(const tree::Nodes& tree, const tree::Node& n, Visit visit) {
  if (n.a) visit(n.a);
  if (n.b) visit(n.b);
  if (n.c) visit(n.c);
  for (tree::NodeId id : tree.items(n.list)) visit(id);
}

// By function: it has a mistake, or calls one that has (lower_errors.cpp).
std::vector<uint8_t> unknown_functions(const tree::Program& program);

// By function type: the function that stands for a call of a value of it (lower_dispatch.cpp).
using Dispatchers = std::unordered_map<uint32_t, oir::FuncId>;
Dispatchers declare_dispatchers(const tree::Program& tree, oir::Program& out);
// When all other functions are there.
void build_dispatchers(const Dispatchers& dispatchers, oir::Program& out);

class Lowering : private oir::TestRuns {
 public:
  Lowering(const tree::Program& tree, oir::Program& out, oir::FuncId func,
           std::vector<uint8_t>& effects, const std::vector<uint8_t>& unknown,
           const Dispatchers& dispatchers);
  void run();

 private:
  using Node = tree::Node;
  using NodeId = tree::NodeId;
  using Ids = Few<NodeId, 8>;
  using NodeKind = tree::NodeKind;
  using Place = oir::Place;
  using Operand = oir::Operand;

  // What a place is found for.
  enum class Access : uint8_t {
    Look,   // to be read: arrays may stay shared
    Write,  // to be written, or pointed to by who may write: arrays get buffers of their own
    Hold,   // as Write, and what lies on the heap is held until the statement ends [O-LIFE-3]
  };

  bool has_mistake(NodeId root) const;  // lower_errors.cpp

  // ---- functions (lower.cpp)
  const Node& node(NodeId id) const { return tree_[id]; }
  void prologue();
  void scan(NodeId id);  // fills moved_, array_referred_, has_next_call_
  bool changes_nothing(NodeId id);
  bool all_change_nothing(std::span<const NodeId> ids, size_t from);
  size_t unchanging_tail(std::span<const NodeId> ids);
  bool has_block(NodeId id);

  // ---- tests (lower_tests.cpp)
  void run_tests();
  Place run_test(oir::FuncId test, Span span);

  // ---- temporaries (lower.cpp)
  Place temp_of(NodeId value);  // evaluates it into a scheduled temporary
  void declare(tree::LocalId local);
  void schedule_local(oir::ScopeId scope, tree::LocalId local);

  // ---- places (lower_place.cpp)
  void prepare(NodeId id, bool later_changes_nothing);
  Place find(NodeId id, Access access);
  Place find_deref(NodeId id, Access access);
  Place find_index(NodeId id, Access access);
  Place base(NodeId operand, Access access);
  // ---- spans (lower_slice.cpp)
  struct Bound {
    Place local;
    bool given = false;
  };
  void prepare_span(NodeId id, bool later_changes_nothing);
  Place element_of_span(Place span, Place index);
  Place find_span_index(NodeId id, Access access);
  Place length_of(Place sequence, oir::TypeId type, Span span);
  Place from_end(Place sequence, Place n, Span span);
  Place index_local(const Node& n, Place sequence);
  Bound slice_bound(NodeId id, bool counts_from_end, Place sequence);
  void slice_into(Place dst, NodeId id);
  // ---- spread (lower_spread.cpp)
  Place held(NodeId id);
  bool has_spread(const Node& literal) const;
  void spread_array_into(Place dst, NodeId id);
  bool moves_elements(const Node& spread);
  void push_elements(Place array, Place from, const Node& spread);
  void span_into(Place dst, Place sequence, Bound from, Bound to, bool inclusive, Span span);
  Place place(NodeId id, Access access);
  bool stable_reference(NodeId id) const;  // a local that holds one reference all its life
  bool sole_owner(NodeId array) const;     // an array that only this function can reach
  Place look(NodeId operand, bool later_changes_nothing);
  Place referent(NodeId borrowed);
  Place referent_before(NodeId borrowed, NodeId later);
  Span origin_of(Place place);

  // ---- values (lower_value.cpp)
  void value_into(Place dst, NodeId id);
  void other_into(Place dst, NodeId id);
  void scalar_into(Place dst, NodeId id);
  void arith_into(Place dst, NodeId id);
  void concat_into(Place dst, NodeId id);
  oir::TypeId shown_number(NodeId id);
  Place look_part(NodeId id, bool later_changes_nothing);
  void append_part(Place text, NodeId id, Place part, Span span);
  void logic_into(Place dst, NodeId id);
  void compare_into(Place dst, NodeId id);
  void union_tag_into(Place dst, NodeId id);
  void literal_into(Place dst, NodeId id);
  void array_with_into(Place dst, NodeId id);
  void ref_into(Place dst, NodeId id);
  void move_into(Place dst, NodeId id);
  Operand owned(NodeId id, bool later_changes_nothing, bool last);
  std::vector<Operand> owned_list(std::span<const NodeId> ids);
  Operand word(NodeId operand, bool later_changes_nothing);

  // ---- calls (lower_call.cpp)
  std::vector<Operand> arguments(tree::List list, const std::vector<oir::ParamMode>& modes,
                                 bool has_self);
  void call_into(Place dst, NodeId id);
  void call_value_into(Place dst, NodeId id);
  void runtime_into(Place dst, NodeId id);
  Operand borrowed(NodeId id, bool is_self);

  // ---- trait objects (lower_dyn.cpp)
  void made_for_objects();
  void dispatch_method(Place object, Place tag);
  void upcast(Place object, Place tag);
  Place referred(Place object, uint32_t variant);
  Place object_tag(Place object, Span span);
  Operand lent_object(NodeId id, bool is_self);
  void object_into(Place dst, NodeId id);
  void print(NodeId id);
  void assertion(NodeId id);
  void swap(NodeId id);
  void replace_into(Place dst, NodeId id);

  // ---- control flow (lower_control.cpp, lower_loop.cpp, lower_switch.cpp)
  struct Loop {
    oir::ScopeId outside;  // what `break` leaves to
    oir::ScopeId scope;    // holds the loop's variables; what `next` leaves to
    oir::BlockId exit;
    oir::BlockId next;  // of loops without variables: where `next` goes
    Place result;       // of `break e`; invalid if there is none
    std::vector<tree::LocalId> variables;
    struct Pending {
      oir::BlockId block;
      std::vector<Place> values;
      Span span;
    };
    std::vector<Pending> pending;
  };
  void control_into(Place dst, NodeId id);
  void if_into(Place dst, NodeId id);
  void block_into(Place dst, NodeId id);
  void loop_into(Place dst, NodeId id);
  void loop_in(NodeId id);
  void loop_over(NodeId id);
  void loop_range(NodeId id);  // lower_range.cpp
  Loop open_loop(Span span);
  void loop_range_of(NodeId id);
  void find_range_ends(Place range, Place at, Place last, Place step, oir::BlockId done, Span span);
  struct Elements;
  Elements loop_source(const Node& n);
  void bind_element(const Node& n, const Elements& elements, Place index);
  void finish_nexts(Loop& loop, oir::BlockId head);
  void switch_into(Place dst, NodeId id);
  struct SwitchOn;
  void dispatch(const Node& n, const SwitchOn& on, const std::vector<oir::BlockId>& arms,
                oir::BlockId otherwise);
  void dispatch_values(const Node& n, const SwitchOn& on, const std::vector<oir::BlockId>& arms,
                       oir::BlockId otherwise);
  void evaluate(const Node& n, SwitchOn& on);
  void evaluate_bound(NodeId id, SwitchOn& on);
  void let_go(const SwitchOn& on, Span span);
  void arm(Place dst, NodeId case_id, const SwitchOn& on);
  void find_names(NodeId pattern, SwitchOn& on);
  void dispatch_nested(const Node& n, const SwitchOn& on, const std::vector<oir::BlockId>& arms,
                       oir::BlockId otherwise);
  void ask(NodeId pattern, Place place, oir::BlockId fails);
  void ask_parts(const Node& pattern, Place whole, oir::BlockId fails);
  void compare_literal(Place same, const Node& pattern, Place value);
  Place parts_of(const Node& pattern, Place value);
  void bind_pattern(const Node& pattern, Place value, oir::ScopeId named);
  void take_apart(const Node& pattern, Place value, oir::ScopeId unnamed, oir::ScopeId named);
  void bind_part(const Node& name, Place part, bool by_move, oir::ScopeId scope);
  void bind(const Node& name, Place part, bool by_move);
  Place bind_target(const Node& name);
  // `owner`: where what the part belongs to came to be owned.
  void alias_local(tree::LocalId name, Place part, Span owner);
  Place condition(NodeId id);

  // ---- statements (lower_stmt.cpp)
  void statement(NodeId id);
  void let(const Node& n);
  void let_global(const Node& n);
  void let_tuple(const Node& n);
  void bind_parts(const Node& n, Place whole, bool by_move, oir::ScopeId block);
  void assign(const Node& n);
  void assign_op(const Node& n);
  void append(const Node& n);
  void append_text(const Node& n);
  bool appends_in_place(const Node& n);
  void eval(const Node& n);
  void return_value(const Node& n);
  void break_loop(const Node& n);
  void next_turn(const Node& n);
  void next_call(const Node& n);

  const tree::Program& program_;
  const tree::Function& function_;
  const tree::Nodes& tree_;  // of the function
  // By tree node; 0: not known yet, 1: changes nothing, 2: may change something.
  std::vector<uint8_t>& effects_;
  // By function: unknown_functions; empty if there are none.
  const std::vector<uint8_t>& unknown_;
  const Dispatchers& dispatchers_;
  // By tree local.
  std::vector<Place> places_;
  std::vector<oir::LocalId> oir_locals_;
  std::vector<uint8_t> unassigned_borrow_;  // a Borrow parameter that is never assigned or moved
  std::unordered_set<uint32_t> moved_;
  std::unordered_set<uint32_t> array_referred_;  // referred to other than through an element
  std::unordered_map<uint32_t, Span> owners_of_aliases_;  // by OIR local
  std::unordered_map<uint32_t, Place> prepared_;
  std::unordered_map<uint32_t, Place> held_;  // by tree node, of kind Held
  std::vector<Loop> loops_;
  bool block_follows_ = false;  // in an operand that is evaluated later: it may assign any local
  bool has_next_call_ = false;
  oir::BlockId restart_;  // where `next` outside of a loop goes
  oir::ScopeId restart_scope_;
};

}  // namespace tenure::ng

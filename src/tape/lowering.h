// The class behind lower.h, private to lower_*.cpp: one object per function.
//
// Order of evaluation. An operand of an instruction is read when the instruction runs, which may be
// after operands to its right were evaluated. So an operand stays a place only if what is evaluated
// after it changes nothing (effects.h) or the place cannot change (`is_stable`); else its value
// goes to a temporary first.
//
// Places are found in two steps: `prepare` evaluates the operands in them, `find` makes the null
// and bounds checks and gives the place. An assignment evaluates its new value in between
// [O-LIFE-6].
#pragma once

#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "oir/test_runs.h"
#include "tape/effects.h"
#include "tape/lower.h"
#include "tape/tree.h"

namespace tenure::tape {

oir::BinOp wrapping(oir::BinOp op, bool is_float);

class Lowering : private oir::TestRuns {
 public:
  Lowering(const tree::Program& tree, const LowerOptions& options, oir::Program& out,
           oir::FuncId func, const PureFunctions& pure, std::vector<uint8_t>& known);
  void run();

 private:
  using Node = tree::Node;
  using NodeId = tree::NodeId;
  using NodeKind = tree::NodeKind;
  using Place = oir::Place;
  using Operand = oir::Operand;

  // What a place is found for. Only what is read or written through a pointer is checked.
  enum class Access : uint8_t { Address, Read, Write };

  // ---- functions (lower.cpp)
  const Node& node(NodeId id) const { return nodes_[id]; }
  void prologue();
  void after_top_level();
  void call_main();
  oir::TypeKind kind_of(oir::TypeId type) { return types()[type].kind; }
  bool is_result(oir::TypeId type);  // `T or E`

  // ---- temporaries (lower.cpp)
  Place u32_temp(Span span) { return plain_temp(types().scalar(oir::TypeKind::U32), span); }
  Place temp_of(NodeId value);  // evaluates it into a scheduled temporary
  Place hold_of(Place place, Span span);
  void declare(tree::LocalId local);
  void schedule_local(oir::ScopeId scope, tree::LocalId local);
  void bind_to_place(tree::LocalId local, Place place);

  // ---- places (lower_place.cpp)
  void prepare(NodeId id, bool later_changes_nothing);
  void prepare_index(const Node& n, bool later_changes_nothing);
  Place find(NodeId id);
  Place find_index(NodeId id);
  Place find_element(NodeId id);
  Place union_field(NodeId id, Place whole);
  Place base(NodeId operand);
  Place place(NodeId id, Access access);
  void check_memory(NodeId id, Place found, Access access);
  bool is_stable(NodeId place);
  bool is_path_of_local(NodeId place);
  Place word(NodeId value, bool later_changes_nothing);
  Place index_local(NodeId value, bool later_changes_nothing);
  Place look(NodeId operand, bool later_changes_nothing);
  Span origin_of(Place place);

  // ---- values (lower_value.cpp)
  void value_into(Place dst, NodeId id);
  void other_into(Place dst, NodeId id);
  void move_out_into(Place dst, NodeId id);
  void slice_into(Place dst, NodeId id);
  Operand slice_end(NodeId value, bool inclusive, Span span);
  void unary_into(Place dst, NodeId id);
  void arith_into(Place dst, NodeId id);
  void logic_into(Place dst, NodeId id);
  void compare_into(Place dst, NodeId id);
  void enum_cast_into(Place dst, NodeId id);
  void is_variant_into(Place dst, NodeId id);
  Operand owned(NodeId id, bool later_changes_nothing);
  template <class NodeOf>
  std::vector<Operand> owned_list(size_t size, NodeOf node_of);

  // ---- literals (lower_literal.cpp)
  void zero_into(Place dst, oir::TypeId type, Span span);
  Operand zero_operand(oir::TypeId type, Span span);
  void parts_into(Place dst, NodeId id);
  void array_into(Place dst, NodeId id);
  void union_literal_into(Place dst, NodeId id);

  // ---- strings (lower_text.cpp)
  void pieces_of(NodeId id, std::vector<NodeId>& pieces);
  std::vector<NodeId> pieces_of(std::span<const NodeId> parts);
  void append_piece(Place text, NodeId piece, Place part, Span span);
  void concat_into(Place dst, NodeId id);
  void interpolate_into(Place dst, NodeId id);
  void switch_text_into(Place dst, NodeId id);
  void append_text(const Node& n);
  bool appends_in_place(const Node& n);
  bool may_be_target(NodeId operand, tree::LocalId target);
  Place sum_started_with(Operand text, Span span);

  // ---- calls (lower_call.cpp)
  void call_into(Place dst, NodeId id);
  void call_value_into(Place dst, NodeId id);
  void runtime_into(Place dst, NodeId id);
  std::vector<Operand> arguments(const Node& n, const std::vector<oir::ParamMode>& modes,
                                 bool callee_is_pure);
  Operand borrowed(NodeId operand, bool nothing_changes, std::span<const NodeId> later);
  bool keeps_its_value(NodeId place, bool nothing_changes, std::span<const NodeId> later);

  // ---- control flow (lower_control.cpp, lower_loop.cpp, lower_match.cpp)
  struct Loop {
    oir::ScopeId outside;  // what `break` leaves to
    oir::ScopeId scope;    // what `continue` leaves to
    oir::BlockId exit;
    oir::BlockId next;  // where `continue` goes
  };
  struct Deferred {
    bool on_error = false;
    std::unordered_set<uint32_t> locals;  // that its body names
  };
  void block_into(Place dst, NodeId id);
  void block_value_into(Place dst, NodeId id);
  template <class Lower>
  void through_temp(Place dst, const Node& n, Lower lower);
  void or_else_into(Place dst, NodeId id);
  void or_else_arms(Place dst, const Node& n, Place from, bool by_move);
  void unwrap_into(Place dst, NodeId id);
  void trapped_into(Place dst, NodeId id);
  void take_payload(Place dst, Place of_union, uint32_t variant, bool by_move, Span span);
  Place condition(NodeId id);
  void if_statement(const Node& n);
  Loop open_loop(const Node& n);
  oir::BlockId start_loop(const Loop& loop, const Node& n);
  void close_loop(const Loop& loop, const Node& n);
  void turn(const Loop& loop, NodeId body);
  void step(Place counter, oir::TypeId type, oir::BlockId head, Span span);
  void while_loop(const Node& n);
  void for_range(const Node& n);
  void for_each(const Node& n);
  Place each_source(const Node& n, bool& stable);
  Place each_source_in(oir::ScopeId loop_scope, const Node& n);
  void for_next(const Node& n);
  void for_loop(const Node& n);
  struct MatchOn;
  void match(const Node& n);
  void evaluate(const Node& n, MatchOn& on);
  void dispatch(const Node& n, const MatchOn& on, const std::vector<oir::BlockId>& arms,
                oir::BlockId otherwise);
  void compare_each(const Node& n, const MatchOn& on, const std::vector<oir::BlockId>& arms,
                    oir::BlockId otherwise);
  Place same_as_pattern(const Node& pattern, const MatchOn& on);
  void arm(NodeId case_id, const MatchOn& on);
  void take_apart(const Node& pattern, const MatchOn& on, oir::ScopeId unnamed, oir::ScopeId named);

  // ---- statements (lower_stmt.cpp)
  void statement(NodeId id);
  void let(const Node& n);
  void let_global(const Node& n);
  void assign(const Node& n);
  void assign_op(const Node& n);
  void eval(const Node& n);
  void return_value(const Node& n);
  void return_whole_result(const Node& n);
  bool has_open_errdefer() const;
  void defer(const Node& n);
  void run_deferred(NodeId body);
  bool deferred_may_read(tree::LocalId local) const;
  void fail(const Node& n);

  // ---- tests (lower_tests.cpp)
  void run_tests();
  Place run_test(const tree::Test& test);

  const tree::Program& tree_;
  const tree::Function& function_;
  const tree::Nodes& nodes_;
  const LowerOptions& options_;
  const PureFunctions& pure_;
  Effects effects_;
  std::vector<uint8_t> uses_;                     // by tree local: LocalUse
  std::vector<Place> places_;                     // by tree local
  std::vector<uint8_t> is_part_;                  // by tree local: its place is a part of something
  std::unordered_map<uint32_t, Place> prepared_;  // by node: what `prepare` made of it
  std::vector<Loop> loops_;
  std::vector<Deferred> deferred_;  // of the blocks that are open
  Place counted_from_;              // the pointer of the last `p[i]` that was found
  bool in_top_level_ = false;       // in the block of the file
  bool succeeds_ = false;           // in a `return` that is certain to be no error
};

// The operands of a list, evaluated from left to right.
template <class NodeOf>
std::vector<oir::Operand> Lowering::owned_list(size_t size, NodeOf node_of) {
  std::vector<Operand> operands;
  size_t tail = effects_.unchanging_tail(size, node_of);
  for (size_t i = 0; i < size; i++) operands.push_back(owned(node_of(i), i + 1 >= tail));
  return operands;
}

}  // namespace tenure::tape

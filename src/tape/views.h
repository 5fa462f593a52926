// Where views may be kept: T-VIEW-1 and T-VIEW-2 over the typed tree of a program that has no other
// mistakes.
//
// A view (a slice, or what holds one) has *origins*: the locals whose string or array it views, the
// slice parameters that it came in by, or a temporary. What is a literal, a constant, a global
// array, or memory behind a pointer has none: it outlives everybody. Origins of a local are those
// of everything that is ever put into it; a function's summary says which of its slice parameters
// its result views.
//
// Whether a string that is viewed may be assigned is asked of the ways that a program can go: see
// loans.h.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/diag.h"
#include "tape/loans.h"
#include "tape/tree.h"
#include "tape/types.h"

namespace tenure::tape {

// A program whose bodies have been checked.
struct CheckedProgram {
  const tree::Program& program;  // without its nodes
  const std::vector<const TypedNodes*>& parts;
  const std::vector<Ty>& results;         // of functions
  const std::vector<uint8_t>& has_views;  // by function: a node of its body is a view
  const Types& types;
};

// Reports what is wrong, of the functions in their order. Several threads look.
void check_views(const CheckedProgram& program, oir::Program& out, DiagnosticSink& sink);

// By function: parameters that its result views.
using ViewSummaries = std::vector<std::set<uint32_t>>;

// For one function after the other.
class Views {
 public:
  Views(const CheckedProgram& program, const ViewSummaries& summaries, oir::Program& out,
        DiagnosticSink& sink)
      : program_(program), types_(program.types), summaries_(summaries), out_(out), sink_(sink) {}
  // Parameters that the function's result views, as far as the summaries say.
  std::set<uint32_t> viewed_by_result(tree::FuncId func);
  void check(tree::FuncId func);

 private:
  using NodeId = tree::NodeId;

  // Of a local a field may be all that is viewed, or written.
  static constexpr uint32_t kWhole = UINT32_MAX;
  static bool overlap(uint32_t a, uint32_t b) { return a == kWhole || b == kWhole || a == b; }

  struct Origin {
    enum class Kind : uint8_t { Local, Param, Temporary } kind = Kind::Temporary;
    uint32_t index = 0;  // of the local, or of the parameter that the view came in by
    uint32_t field = kWhole;
    friend auto operator<=>(const Origin&, const Origin&) = default;
  };
  using Origins = std::set<Origin>;

  // What an expression may view: origins, and what other locals view.
  struct Sources {
    Origins origins;
    std::set<uint32_t> locals;
  };
  struct Store {
    enum class Kind : uint8_t { Local, Global, Part, Return } kind = Kind::Local;
    uint32_t local = 0;
    Sources sources;
    Span span;
    bool refused = false;  // it was reported: what it puts there views nothing
    bool in_loop = false;  // a loop's own: what it goes over lives long enough
  };

  // What happens to a local that matters to a view.
  struct Event {
    enum class Kind : uint8_t { Fill, Use, Write } kind = Kind::Use;
    uint32_t local = 0;
    Paths::Event at;
    Span span;
    uint32_t store = 0;          // Fill: 1 + index of what is put in; 0: nothing that views
    uint32_t field = kWhole;     // Write: of the local, what is written
    bool holds_strings = false;  // Write: the local does
  };

  bool is_view(NodeId id) const;
  const tree::Function& function() const { return program_.program.functions[func_.index()]; }
  Ty type_of(NodeId id) const { return nodes_->type_of(id); }
  const tree::Node& node(NodeId id) const { return (*nodes_)[id]; }
  std::span<const NodeId> items(tree::List list) const { return nodes_->items(list); }
  Diagnostic& report(DiagKind kind, Span span, std::string message);
  void walk_function(tree::FuncId func);
  void visit(NodeId id);
  void visit_list(tree::List list);
  void visit_assign(NodeId id);
  void visit_arms(NodeId id);
  void visit_literal(NodeId id);
  void bind_loop(const tree::Node& n, NodeId from, NodeId body);
  void fill_in_loop(uint32_t local, NodeId from, Span span);
  uint32_t hidden_view(NodeId from);
  void note(Event::Kind kind, uint32_t local, Span span);
  void note_write(NodeId place, Span span);
  void declare(tree::LocalId local, Span span);
  void store(Store::Kind kind, uint32_t local, NodeId value);
  void sources_of(NodeId id, Sources& out) const;
  void sources_of_place(NodeId place, Sources& out) const;
  void storage_of(NodeId place, Sources& out) const;
  void close();
  void report_stores();
  bool report_store(const Store& store, const Origins& origins);
  void report_loans();
  bool report_loan(const Event& write, uint32_t viewer, const std::vector<Paths::Event>& fills,
                   const std::vector<const Event*>& given, const std::vector<const Event*>& uses);
  Origins closed(const Sources& sources) const;
  bool outlives(uint32_t longer, uint32_t shorter) const;
  std::string name_of(uint32_t local) const;
  uint32_t known_as(uint32_t local) const;

  const CheckedProgram& program_;
  const Types& types_;
  const ViewSummaries& summaries_;
  oir::Program& out_;
  DiagnosticSink& sink_;

  // The function at hand.
  tree::FuncId func_;
  const TypedNodes* nodes_ = nullptr;
  std::vector<Store> stores_;
  std::vector<Event> events_;
  std::vector<Origins> holds_;   // by local
  std::vector<Origins> closed_;  // by store
  std::vector<uint32_t> declared_at_;
  std::vector<uint32_t> declared_in_;
  uint32_t in_return_ = 0;
  Paths paths_;
};

}  // namespace tenure::tape

// The checker's own state: private to check*.cpp. See check.h for what it does.
//
// First all declarations: names of every module, then types (all at once, they may refer to each
// other in any order), then signatures and the top level. Then bodies, on several threads: each has
// a checker of its own. An expression that was wrong has no type, and whatever meets it says
// nothing more.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/block_trees.h"
#include "base/scopes.h"
#include "oir/body_texts.h"
#include "tape/check.h"
#include "tape/shared.h"

namespace tenure::tape {

using tree::NodeId;

// What is `extern("tenure.…")` in a standard module is a function of the runtime [runtime.def].
constexpr std::string_view kNativePrefix = "tenure.";

// What may be done to what a name stands for.
enum class Mutability : uint8_t {
  Var,
  Let,
  Const,
  Param,  // the whole of a plain one may be assigned
  Bound,  // by a loop, a match or `or`
};

// A local name in a body.
struct Binding {
  tree::LocalId local;
  Ty type;  // invalid: was an error
  Mutability mutability = Mutability::Let;
  NodeId constant;  // of a `const`: its value
  Span span;
  uint32_t block = 0;  // the block that declares it
};

struct LoopContext {
  bool has_break = false;
};

// A `defer` whose block has not ended: what it will read.
struct ActiveDefer {
  std::vector<uint32_t> locals;  // tree::LocalId
  Span span;
  std::string what;  // `mem.free`
};

class Checker {
 public:
  // `part` of the program are the nodes that it makes: 0 what is not in functions.
  Checker(const Names& names, DiagnosticSink& sink, oir::Program& out, Shared& shared,
          uint32_t part);
  bool run();
  tree::Program take();

 private:
  // What all bodies share, to be added to: when all bodies before this one are done, and until this
  // one is done nobody else looks. What was missing is looked for again then.
  Shared& grow() const {
    if (out_.types.gate() != nullptr) out_.types.gate()->enter();
    return shared_;
  }
  // Where a statement begins nothing that is shared is half made.
  void pause() const {
    if (out_.types.gate() != nullptr) out_.types.gate()->pause();
  }

  // ---- names and reports (check.cpp)
  std::string_view text(NameId id) const { return id.valid() ? names_->text(id) : "?"; }
  std::string quoted(NameId id) const { return "`" + std::string(text(id)) + "`"; }
  std::string quoted(Ty id) const { return "`" + types_.text(id) + "`"; }
  Diagnostic& error(DiagKind kind, Span span, std::string message) {
    grow();
    if (all_.files != nullptr) shared_.given_up = true;
    return sink_.report(kind, span, std::move(message));
  }
  Diagnostic& mismatch(Span span, Ty expected, std::string_view found);
  const ast::Tree& ast() const { return *trees_[module_]; }
  // A slot that the parser left empty after a mistake reads as an Error node.
  const ast::Node& at(ast::NodeId id) const {
    static constinit const ast::Node kError{};
    return id.valid() ? ast()[id] : kError;
  }
  std::span<const ast::NodeId> items(ast::List list) const { return ast().items(list); }
  // A list that ends with an Error was not read to its end: nothing is said about what it lacks.
  bool is_cut_short(ast::List list) const {
    return list.count != 0 && at(items(list).back()).kind == ast::NodeKind::Error;
  }
  const TypeRow& row(Ty id) const { return types_[id]; }
  TyKind kind(Ty id) const { return types_[id].kind; }
  bool is(Ty id, TyKind kind) const { return id.valid() && types_[id].kind == kind; }
  Ty scalar(TyKind kind) const { return types_.scalar(kind); }
  Ty void_type() const { return scalar(TyKind::Void); }
  Ty i64() const { return scalar(TyKind::I64); }
  Ty string_type() const { return scalar(TyKind::String); }
  // An unknown name, with the closest known one.
  void unknown(DiagKind kind, std::string_view what, NameId name, Span span,
               const std::vector<std::string_view>& known);
  std::vector<std::string_view> known_names(bool types) const;

  // ---- declarations (check_decls.cpp)
  void collect_module(uint32_t index);
  void collect_decl(ast::NodeId id);
  bool is_broken(const ast::Node& declaration) const;
  void collect_type(ast::NodeId id, TyKind kind);
  void collect_import(ast::NodeId id);
  void collect_global(ast::NodeId id);
  void collect_fun(ast::NodeId id);
  void declare(NameId name, Symbol symbol);
  void finish_imports(uint32_t index);
  void declare_signature(FunDecl& fun);
  NameId symbol_of(const ast::Node& fn) const;
  bool is_native(FunDecl& fun);
  void check_extern(FunDecl& fun);
  void check_crossing(FunDecl& fun, std::string_view what);
  void read_attributes(ast::NodeId id, tree::Function& function);
  void check_main();
  // A symbol as its module sees it, through imports.
  const Symbol* find_symbol(NameId name);
  // One of another module's, by name; reports what is unknown or private.
  const Symbol* member_symbol(uint32_t module, NameId name, Span span, bool wants_type);
  // The module that a plain name stands for, if it does.
  std::optional<uint32_t> module_named(ast::NodeId id);

  // ---- types (check_types.cpp)
  Ty resolve(ast::NodeId id);
  Ty resolve_part(ast::NodeId id, std::string_view of_what);  // not void, not a result
  Ty resolve_name(ast::NodeId id);
  Ty resolve_symbol(const Symbol& symbol, NameId name, Span span);
  Ty resolve_alias(Alias& alias, const Symbol& symbol, NameId name, Span span);
  std::optional<uint64_t> resolve_count(ast::NodeId id);
  Ty builtin_type(std::string_view name) const;
  void resolve_types();
  void resolve_fields(std::span<const ast::NodeId> list, std::vector<TyField>& out,
                      std::string_view of_what);
  void resolve_enum(Ty type, const ast::Node& node);
  void read_type_attributes(Ty type, const ast::Node& node);
  void order_types();
  void forget_part(Ty holder, Ty part);
  void check_type_parts(Ty type);
  uint32_t alias_depth_ = 0;
  Ty usable(Ty type, Span span);
  // The type that an expression names (`S`, `geo.S`), if it names one. Silent.
  Ty type_named(ast::NodeId id);

  // ---- the tree (check_tree.cpp)
  struct Made {
    tree::Node n;
    Ty type;
  };
  Made make(tree::NodeKind kind, Ty type, Span span) {
    Made made{{}, type};
    made.n.kind = kind;
    made.n.span = span;
    if (type.valid()) {
      made.n.type = types_.oir(type);
      saw_view_ |= row(type).views;
    }
    return made;
  }
  NodeId add(const Made& made) {
    tree_.types.push_back(made.type);
    return tree_.add(made.n);
  }
  tree::List add_list(std::span<const NodeId> ids) { return tree_.add_list(ids); }
  tree::List add_list(std::initializer_list<NodeId> ids) {
    return tree_.add_list({std::data(ids), ids.size()});
  }
  Ty type_of(NodeId id) const { return tree_.type_of(id); }
  bool is_bad(NodeId id) const { return !type_of(id).valid(); }
  bool is_place(NodeId id) const { return tree_.is_place(id); }
  bool is_const(NodeId id) const { return tree_[id].kind == tree::NodeKind::Const; }
  NodeId bad(Span span);
  NodeId unit(Span span);
  NodeId int_const(Ty type, uint64_t bits, Span span);
  NodeId float_const(Ty type, double value, Span span);
  NodeId bool_const(bool value, Span span);
  NodeId text_const(std::string_view words, Span span);
  NodeId null_const(Ty type, Span span);
  NodeId zero(Ty type, Span span);
  NodeId unary(tree::NodeKind kind, Ty type, NodeId a, Span span);
  NodeId part(uint32_t index, NodeId a, Span span);
  NodeId local_node(tree::LocalId local, Ty type, Span span);
  NodeId variant(Ty type, uint32_t index, NodeId payload, Span span);
  NodeId runtime(oir::RtFn fn, Ty type, const std::vector<NodeId>& args, Span span);
  NodeId to_value(NodeId node);
  NodeId block_node(const std::vector<NodeId>& list, NodeId result, Span span);
  NodeId let_node(tree::LocalId local, NodeId value, Span span);
  NodeId assign_node(NodeId place, NodeId value, Span span);
  // A condition, and what is done if it holds.
  NodeId if_node(NodeId condition, NodeId then, Span span);
  NodeId not_node(NodeId a, Span span);
  std::string place_text(NodeId place) const;
  // That of the body at hand is this checker's alone.
  tree::Function& function() { return shared_.program.functions[current_id_.index()]; }
  tree::LocalId add_local(std::string name, Ty type, Span span);
  void bind(NameId name, Binding binding);
  void declare_local(NameId name, Binding binding);
  const Binding* find_binding(NameId name) const { return scopes_.find(name); }
  struct ScopeMark {
    Scopes<Binding>::Mark names;
    uint32_t block;
    size_t defers;
  };
  ScopeMark push_scope();
  void pop_scope(ScopeMark mark);
  // The binding that a local comes from; none: made by the checker.
  const Binding* binding_of(tree::LocalId local) const { return scopes_.of(local); }
  // What a place lies in: the local or global, or the pointer or slice that it is reached through.
  struct Root {
    enum class Kind : uint8_t { Local, Global, Pointer, Slice, Temporary } kind = Kind::Temporary;
    NodeId node;
    bool whole = true;  // the place is the root itself
  };
  Root root_of(NodeId place) const;
  // Why a place may not be changed; empty: it may.
  std::optional<std::string> fixed_because(NodeId place, bool kept = false) const;
  bool cannot_assign(NodeId place, Span span, bool kept = false);
  void note_pointed(NodeId place);
  void note_assigned(NodeId place, Span span);

  // ---- expressions (check_expr.cpp). `hint`: what the context asks for, or invalid.
  NodeId expr(ast::NodeId id, Ty hint);     // place or value, of any type
  NodeId plain(ast::NodeId id, Ty hint);    // the same, not void, not an unhandled result
  NodeId operand(ast::NodeId id, Ty want);  // place or value of a type
  NodeId value(ast::NodeId id, Ty want);    // a value of a type
  NodeId place(ast::NodeId id);             // what `&`, slices and assignments name
  NodeId name_expr(ast::NodeId id, Ty hint);
  NodeId symbol_expr(const Symbol& symbol, NameId name, Span span, Ty hint);
  NodeId global_expr(GlobalDecl& global, Span span);
  NodeId fun_ref(const FunDecl& fun, Span span);
  NodeId member_expr(ast::NodeId id, Ty hint);
  NodeId type_member(Ty type, ast::NodeId id);
  NodeId field_of(NodeId base, NameId name, Span name_span, Span span);
  NodeId length_of(NodeId base, Span span);
  NodeId unknown_field(Ty type, NameId name, Span span);
  NodeId field_node(NodeId base, uint32_t index, Span span);
  NodeId deref_node(NodeId pointer, Span span);
  NodeId auto_deref(NodeId node, Span span);
  bool is_non_null(NodeId pointer) const;
  NodeId index_expr(ast::NodeId id);
  NodeId index_value(ast::NodeId id);
  NodeId slice_expr(ast::NodeId id, Ty hint);
  NodeId unary_expr(ast::NodeId id, Ty hint);
  NodeId address_of(ast::NodeId id, Ty hint);
  NodeId unwrap_expr(ast::NodeId id, Ty hint);

  // ---- conversions (check_convert.cpp)
  NodeId convert(NodeId node, Ty want, Span span);
  NodeId convert_text(NodeId node, Span span);
  NodeId convert_slice(NodeId node, Ty want, Span span);
  NodeId convert_pointer(NodeId node, Ty want, Span span);
  NodeId retyped(NodeId value, Ty type);
  NodeId text_view(Made view);
  bool writable_bytes(NodeId text, Ty want, Span span);
  bool must_handle(NodeId node, Span span);
  std::string found_text(NodeId node) const;

  // ---- literals (check_literals.cpp)
  bool is_literal(ast::NodeId id);
  bool needs_context(ast::NodeId id);
  Ty literal_type(ast::NodeId id);
  NodeId int_literal(ast::NodeId id, Ty hint, bool negative, Span span);
  NodeId float_literal(ast::NodeId id, Ty hint, bool negative, Span span);
  NodeId null_literal(Span span, Ty hint);
  NodeId interpolated(ast::NodeId id);
  NodeId shown(NodeId node, Span span);
  NodeId enum_text(NodeId node, bool descriptions, Span span);
  NodeId array_lit(ast::NodeId id, Ty hint);
  NodeId fill_lit(ast::NodeId id, Ty hint);
  NodeId struct_lit(ast::NodeId id, Ty hint);
  bool field_inits(const ast::Node& node, const std::vector<TyField>& fields, Ty type,
                   std::vector<NodeId>& parts);
  NodeId union_lit(const ast::Node& node, Ty type);
  NodeId variant_lit(const ast::Node& node, Ty type, NameId name, Span name_span);

  // ---- operators (check_ops.cpp)
  NodeId chain_expr(ast::NodeId id, Ty hint);
  NodeId arithmetic(ast::NodeId id, Ty hint);
  NodeId concat(ast::NodeId id, std::vector<NodeId> checked);
  NodeId logic(ast::NodeId id);
  // `folds`: what is known is the answer; else the comparison itself is wanted.
  NodeId comparison(ast::NodeId id, bool folds = true);
  NodeId compare(NodeId a, oir::BinOp op, NodeId b, Span span, bool folds = true);
  NodeId cast_expr(ast::NodeId id);
  NodeId cast(NodeId node, Ty to, Span span);
  NodeId enum_cast(NodeId node, Ty to, Span span);
  NodeId is_expr(ast::NodeId id);
  static oir::BinOp arithmetic_op(ast::BinaryOp op);

  // ---- constants (check_const.cpp)
  NodeId fold_unary(NodeId node);
  std::optional<uint64_t> fold_arith(Ty type, oir::BinOp op, uint64_t a, uint64_t b);
  NodeId fold_compare(NodeId node);
  NodeId fold_cast(NodeId node);
  // A node of a constant: one of this checker's, or of a global's.
  struct ConstantNode {
    const TypedNodes* in = nullptr;
    NodeId id;
    bool known() const { return id.valid(); }
    const tree::Node& node() const { return (*in)[id]; }
    bool is_single() const { return node().kind == tree::NodeKind::Const; }
  };
  ConstantNode constant_of(NodeId root) const;
  ConstantNode part_of_constant(NodeId place);
  NodeId fold_place(NodeId place);
  NodeId fold_unwrap(NodeId unwrap);
  uint64_t normal(Ty type, uint64_t bits) const;  // two's complement of the type, extended to 64
  bool is_constant(NodeId id) const;
  NodeId again(const ConstantNode& constant,
               Span span);  // once more, at another place of the source
  std::string_view words_of(const oir::Const& text) const;
  NodeId constant_value(ast::NodeId id, Ty want);

  // ---- calls (check_call.cpp)
  NodeId call_expr(ast::NodeId id, Ty hint);
  NodeId call_fun(const FunDecl& fun, ast::NodeId call, NodeId receiver);
  NodeId call_member(ast::NodeId id, Ty hint);
  NodeId call_value(NodeId callee, ast::NodeId call);
  NodeId call_native(const FunDecl& fun, const std::vector<NodeId>& parts, Span span);
  NodeId call_type_member(Ty type, ast::NodeId call);
  NodeId receiver_arg(const FunDecl& fun, NodeId receiver, Span span);
  NodeId argument(ast::NodeId id, Ty want, bool given = false);
  bool refuse_foreign(const Symbol& symbol, uint32_t module, NameId name, Span span);
  bool match_args(const FunDecl& fun, ast::List args, size_t skip, Span span,
                  std::vector<NodeId>& parts, std::vector<bool>& has);
  NodeId default_value(const FunDecl& fun, const Param& param, Span span);
  const FunDecl* find_method(Ty type, NameId name);
  bool is_private(const FunDecl& method, Span span);
  void check_args_only(ast::List args);
  uint32_t default_depth_ = 0;
  size_t first_default_node_ = 0;
  bool too_many_defaults_ = false;

  // ---- optionals, results (check_or.cpp)
  NodeId or_expr(ast::NodeId id, Ty hint);
  NodeId or_block(const ast::Node& body, Ty elem, bool known);
  NodeId or_return(const ast::Node& node, NodeId subject, tree::LocalId err, Ty err_type);
  NodeId builtin_expr(ast::NodeId id, Ty hint);
  NodeId size_builtin(const ast::Node& node, Ty hint);

  // ---- statements (check_stmt.cpp). A statement says whether the end of it is reached.
  struct Flow {
    NodeId node;
    bool falls = true;
  };
  Flow statement(ast::NodeId id);
  Flow block(ast::NodeId id);
  void statements(std::span<const ast::NodeId> list, std::vector<NodeId>& out, bool& falls);
  Flow let_stmt(ast::NodeId id);
  Flow let_const(ast::NodeId id);
  NodeId initial_value(const ast::Node& node, Ty& type);
  bool refuses_strings(Ty type, Span span);
  Flow assign_stmt(ast::NodeId id);
  Flow assign_op_stmt(ast::NodeId id);
  NodeId append_stmt(NodeId target, const std::vector<NodeId>& parts, Span span);
  bool same_place(NodeId a, NodeId b) const;
  Flow expr_stmt(ast::NodeId id);
  NodeId eval(NodeId value, Span span);
  Flow return_stmt(ast::NodeId id);
  NodeId return_node(ast::NodeId value_id, Span span);
  NodeId leaving(NodeId node);
  Flow defer_stmt(ast::NodeId id);
  void note_defer(const ast::Node& statement);
  std::vector<NodeId> before_;  // statements that the one at hand wants before itself

  // ---- control (check_control.cpp)
  NodeId condition(ast::NodeId id);
  Flow if_stmt(ast::NodeId id);
  Flow while_stmt(ast::NodeId id);
  Flow for_in(ast::NodeId id);
  Flow for_range(ast::NodeId id);
  Flow for_loop(ast::NodeId id);
  Flow for_count(const ast::Node& node, NodeId count);
  Flow for_next(const ast::Node& node, NodeId iterator, const FunDecl& next);
  Flow for_each(const ast::Node& node, NodeId items);
  Flow for_bytes(const ast::Node& node, NodeId text);
  NodeId loop_body(NameId name, Span span, Ty type, ast::NodeId body, tree::LocalId& local);
  Flow jump(ast::NodeId id, tree::NodeKind kind);
  // Locals that a condition shows not to be null, where nothing in `body` assigns them.
  void narrow(ast::NodeId condition, ast::NodeId body, std::vector<tree::LocalId>& out);
  bool assigns(ast::NodeId body, NameId name) const;
  bool is_addressed(NameId name);
  template <class Visit>
  void each_node(ast::NodeId root, Visit visit) const;

  // ---- match (check_match.cpp)
  Flow match_stmt(ast::NodeId id);
  struct Coverage;
  void bind_unknown(const ast::Node& pattern);
  NodeId pattern(ast::NodeId id, NodeId subject, Coverage& coverage);
  NodeId variant_pattern(const ast::Node& node, Ty type, Coverage& coverage);
  NodeId constant_pattern(NodeId constant, Ty type, Coverage& coverage, Span span);
  void report_missing(Ty type, const Coverage& coverage, Span span);

  // ---- tests (check_tests.cpp)
  void check_tests();
  void check_test(const ast::Node& node);
  tree::FuncId test_function(const std::string& name, const ast::Node& node,
                             std::span<const ast::NodeId> row, bool is_test);
  NodeId assert_builtin(const ast::Node& node);
  NodeId assert_compare(ast::NodeId source);
  NodeId assert_null(ast::NodeId source, NodeId compared);
  NodeId words_node(const std::vector<NodeId>& words, Span span);
  NodeId assert_that(NodeId holds, NodeId message, Span span);
  bool side_words(NodeId side, Span span, std::vector<NodeId>& words);
  std::string ast_op_text(ast::NodeId chain) const;
  NodeId assert_err(const ast::Node& node);
  NodeId assert_trap(const ast::Node& node);
  NodeId skip_builtin(const ast::Node& node);
  NodeId fail_node(oir::PanicKind kind, NodeId message, Span span);

  // ---- strings that are given as views (check_owned.cpp) [T-VIEW-3]
  // A `return` of a function that gives bytes.
  struct BytesReturn {
    tree::FuncId func;
    NodeId node;
    bool writable = false;
  };
  // A local or global that holds bytes: what is given to it at its declaration or by an assignment.
  struct BytesBinding {
    tree::FuncId func;    // whose local it is
    tree::LocalId local;  // none: a global
    oir::GlobalId global;
    NodeId
        before;  // an empty Block that stands before the statement: it becomes what its owner needs
    NodeId given;  // the value; none: the zero
    bool declares = false;
  };
  NodeId return_bytes(NodeId given, Span span);
  void note_bytes_binding(BytesBinding binding, std::vector<NodeId>& before);
  void settle_owned();
  void find_owners();
  void settle_mine();
  tree::FuncId bytes_callee(NodeId value) const;
  bool is_owned(tree::FuncId func) const { return func.valid() && all_.owned[func.index()]; }
  bool owns_itself(const BytesReturn& done) const;
  void settle_return(const BytesReturn& done);
  void settle_call(NodeId call);
  void settle_binding(const BytesBinding& binding);
  NodeId string_call(NodeId call);
  NodeId owner_place(const Shared::Owner& owner, Span span);
  void view_owner(NodeId node, NodeId place);
  // By function and local, or by global alone.
  static uint64_t binding_key(tree::FuncId func, tree::LocalId local, oir::GlobalId global) {
    return global.valid() ? ~uint64_t{global.v} : (static_cast<uint64_t>(func.v) << 32) | local.v;
  }
  // A function value that gives bytes.
  struct BytesRef {
    size_t body;
    NodeId node;
  };
  std::vector<BytesReturn> bytes_returns_;
  std::vector<BytesBinding> bytes_bindings_;
  std::vector<NodeId> bytes_calls_;
  std::vector<BytesRef> bytes_refs_;

  // ---- bodies (check.cpp, check_bodies.cpp)
  void check_bodies();
  void check_forgotten();
  void on_all_processors(size_t count, const std::function<void(Checker&, size_t)>& work);
  void number_texts();
  // What the body at hand has added to lists that are looked at when all are checked.
  struct Left {
    tree::Nodes::Mark nodes;
    size_t switch_texts, of_bytes;
  };
  Left left() const;
  ast::NodeId parsed(ast::NodeId block);  // (check_blocks.cpp)
  void leave_outline(const FunDecl& fun, const Left& before);
  void forget(tree::Function& made, const Left& before);
  template <class Visit>
  void for_each_checker(Visit visit) {
    visit(*this);
    for (auto& other : others_) visit(*other);
  }
  void check_body(const FunDecl& fun);
  void check_start();
  void check_segment(uint32_t first, uint32_t end);
  void check_top_level(uint32_t module, std::vector<NodeId>& out);
  void check_views();
  void top_let(ast::NodeId id, std::vector<NodeId>& out);
  void add_global(GlobalDecl& global);
  void global_type(GlobalDecl& global);
  void const_value(GlobalDecl& global);
  void enter(tree::FuncId id, Ty result, ast::NodeId source);
  void end_function(NodeId body);

  const Names& all_names_;               // those of the files, without what was passed over
  const Names* names_;                   // these, or with those of blocks that were parsed here
  std::vector<const ast::Tree*> trees_;  // by module; with the block that is being checked
  std::optional<BlockTrees<ast::Tree>> block_trees_;  // none: no block was parsed here yet
  DiagnosticSink& sink_;
  oir::Program& out_;
  const Shared& all_;
  Shared& shared_;  // for `grow` and `function`, and for declarations
  Types& types_;
  TypedNodes tree_;
  oir::QuietTypes quiet_types_;
  uint32_t part_;
  std::vector<std::unique_ptr<Checker>> others_;  // those of the bodies, one for each thread
  oir::BodyTexts texts_;                          // of constants in bodies
  size_t body_ = 0;                               // the number of the one at hand
  bool literals_exposed_ = false;                 // Program::literals_exposed
  bool saw_view_ = false;                         // a node of the body at hand is a view

  uint32_t module_ = 0;  // the one whose nodes are looked at
  uint32_t const_depth_ = 0;
  std::vector<NodeId> constant_lets_;  // LetGlobal of what is never empty

  // The body at hand.
  tree::FuncId current_id_;
  Ty result_;
  bool in_test_ = false;
  Ty test_result_;  // of a test's function; none: of setup and teardown
  bool in_start_ = false;
  Scopes<Binding> scopes_;
  uint32_t block_ = 0;
  uint32_t block_count_ = 0;
  uint32_t block_depth_ = 0;
  std::vector<LoopContext> loops_;
  uint32_t defer_depth_ = 0;
  size_t defer_loops_ = 0;  // loops that stand outside of the innermost `defer`
  std::vector<ActiveDefer> defers_;
  bool broken_ = false;                  // a statement of the function could not be read
  std::vector<tree::LocalId> non_null_;  // narrowed locals
  ast::NodeId source_;                   // of the function at hand
  std::optional<std::unordered_set<NameId>> addressed_;  // in it; made when it is asked for
};

}  // namespace tenure::tape

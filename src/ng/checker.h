// The checker's own state: private to check*.cpp. See check.h for what it does.
//
// One pass over declarations (collect), then bodies off a worklist: the top level first, which
// gives the globals their types, then every function that is not generic, then the instances that
// were asked for meanwhile. A type that is not known because of a mistake is the invalid TypeId;
// whatever meets it says nothing more.
#pragma once

#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/block_trees.h"
#include "base/few.h"
#include "base/scopes.h"
#include "ng/check.h"
#include "ng/declared.h"
#include "ng/shared.h"
#include "oir/body_texts.h"

namespace tenure::ng {

class Checker {
 public:
  Checker(const Names& names, DiagnosticSink& sink, oir::Program& out, Shared& shared,
          uint32_t part);
  bool run(bool tests = false);
  std::vector<Interface> interfaces();
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
  // Children of a node that is being made.
  using Ids = Few<tree::NodeId, 6>;

  // ---- names and reports (check.cpp)
  std::string_view text(NameId id) const { return id.valid() ? names_->text(id) : "?"; }
  std::string quoted(NameId id) const;
  std::string quoted(TypeId id) const;
  // Reports, with a note at the call when the body of an instance is being checked.
  Diagnostic& error(DiagKind kind, Span span, std::string message);
  static std::string shortened(std::string name);
  void not_supported(Span span, std::string_view what);
  const ast::Tree& ast() const { return *ast_; }
  void look_at(uint32_t module) {
    module_ = module;
    ast_ = trees_[module];
  }
  // A slot that the parser left empty after a mistake reads as an Error node.
  const ast::Node& at(ast::NodeId id) const {
    if (id.v < kMade) [[likely]]
      return ast()[id];
    static constinit const ast::Node kError{};
    return id.valid() ? made_[id.v - kMade] : kError;
  }
  std::span<const ast::NodeId> items(ast::List list) const {
    if (list.begin < kMade) return ast().items(list);
    return {made_lists_[list.begin - kMade].data(), list.count};
  }
  ast::List list3(const ast::Node& node) const { return ast().list3(node); }
  ast::List list4(const ast::Node& node) const { return ast().list4(node); }
  // Nodes that stand for what was not written so: the parts of what is spread, the rest of the
  // arguments (check_spread.cpp). They belong to no module.
  static constexpr uint32_t kMade = 0x80000000u;
  ast::NodeId made(ast::Node node);
  ast::List made_list(std::vector<ast::NodeId> ids);
  ast::NodeId given(tree::NodeId node, Span span);

  // What names of types mean where another declaration is looked at; puts back what was on leaving.
  class Env {
   public:
    Env(Checker& checker, uint32_t module, Bindings bindings, TypeId self)
        : checker_(checker),
          module_(checker.module_),
          bindings_(std::move(checker.bindings_)),
          self_(checker.self_) {
      checker.look_at(module);
      checker.bindings_ = std::move(bindings);
      checker.self_ = self;
    }
    ~Env() {
      checker_.look_at(module_);
      checker_.bindings_ = std::move(bindings_);
      checker_.self_ = self_;
    }
    Env(const Env&) = delete;
    Env& operator=(const Env&) = delete;

   private:
    Checker& checker_;
    uint32_t module_;
    Bindings bindings_;
    TypeId self_;
  };
  friend class Env;

  // ---- declarations (check_decls.cpp; traits and impls: check_impls.cpp)
  void collect();
  void collect_module(uint32_t index);
  void collect_decl(ast::NodeId id);
  void collect_type(ast::NodeId id, TypeDecl::Kind kind);
  void collect_module_decl(ast::NodeId id);
  void collect_trait(ast::NodeId id);
  void collect_trait_methods(TypeDecl& decl);
  void collect_impl(ast::NodeId id);
  FunDecl* add_fun(ast::NodeId id, TypeDecl* owner, ImplDecl* impl);
  FunDecl* add_method(ast::NodeId id, TypeDecl* decl, ImplDecl* impl);
  FunDecl* native_of(ast::NodeId id);
  void declare_fun(FunDecl& fun);
  // Reports a second function of the same name and parameters.
  void note_signature(FunDecl& fun);
  std::string type_key(ast::NodeId type) const;
  void declare(NameId name, Symbol symbol, Span span);
  void collect_derives(TypeDecl& decl, ast::List derives);
  bool lifecycle_shape(ast::NodeId trait, TraitKind kind);
  void check_impl_shape(ImplDecl& impl);
  void check_declarations();
  void check_type_decl(TypeDecl& decl);
  void check_type_params(ast::List list, ast::List more = {});
  ast::List outer_params(const FunDecl& fun) const;
  std::string closest(NameId name, bool types);
  std::string near(std::string_view wanted, const std::vector<std::string_view>& known);
  TraitKind trait_of(ast::NodeId type_name);
  bool find_target(ImplDecl& impl);
  uint64_t head_of(TypeId type) const;
  std::optional<uint64_t> head_of(ast::NodeId pattern, ast::List params, uint32_t depth = 0);
  FunDecl* method_of(const std::vector<FunDecl*>& methods, NameId name) const;

  // ---- traits and their impls, when all are known (check_traits.cpp)
  void check_traits();
  void check_trait(TypeDecl& decl);
  bool is_receiver(ast::NodeId type) const;
  void check_supers_end(TypeDecl& decl);
  void check_impl(ImplDecl& impl);
  void check_impl_params(const ImplDecl& impl);
  void check_impl_method(const ImplDecl& impl, FunDecl& method, FunDecl& wanted);
  void check_supers(const ImplDecl& impl, TypeId type);
  // The method that keeps a trait from having objects, and why; nothing if it can have them.
  struct Unsafe {
    const FunDecl* method = nullptr;
    std::string why;
  };
  std::optional<Unsafe> breaks_object(const TypeDecl& trait);
  std::string breaks_object(const FunDecl& method) const;

  // ---- trait objects (check_dyn.cpp)
  const ObjectType* object(TypeId type) const;
  bool is_object(TypeId type) const { return object(type) != nullptr; }
  // Lent to whom it is given: a reference or a trait object.
  bool is_lent(TypeId type) const { return kind(type) == TypeKind::Ref || is_object(type); }
  TypeId resolve_object(ast::NodeId trait, bool quiet);
  bool refuse_object_owner(ast::NodeId arg, std::string_view owner, bool quiet);
  bool unify_object(ast::NodeId pattern, TypeId actual, Bindings& open);
  void infer_from_impl(ast::NodeId pattern, TypeId actual, Bindings& open);
  TypeId object_type(const TraitRef& trait);
  std::optional<TraitRef> object_trait(TypeId type, const TypeDecl& trait);
  uint32_t object_variant(TypeId object, TypeId referred);
  tree::NodeId null_object(TypeId object, Span span);
  bool is_null_object(tree::NodeId node) const;
  // Makes `node` one of a trait object type, if it can be one.
  bool to_object(tree::NodeId& node, TypeId wanted);
  bool converts_to_object(TypeId from, TypeId wanted);
  void explain_no_object(Diagnostic& diagnostic, tree::NodeId node, TypeId wanted);
  Instance* request_upcast(TypeId from, TypeId to);
  // What each function made for trait objects does with the types that were converted meanwhile;
  // whether there was something to do.
  bool fill_objects();
  void check_overlaps(TypeDecl& decl);
  void check_overlaps(const std::vector<ImplDecl*>& impls, const std::vector<ImplDecl*>& more,
                      std::string_view trait);
  std::string signature_text(const FunDecl& fun) const;

  // ---- types as they are written, before anybody knows them (check_written.cpp)
  struct Written;
  std::string written(ast::NodeId type) const;
  bool same_signature(const ImplDecl& impl, const FunDecl& method, const FunDecl& wanted);
  bool may_overlap(const ImplDecl& a, const ImplDecl& b);

  // ---- imports and exports (check_imports.cpp)
  void collect_imports(uint32_t index);
  void collect_import(ast::NodeId id);
  void import_item(ast::NodeId id, uint32_t import);
  std::string import_text(const ast::Node& import) const;
  void name_module(const std::string& word, uint32_t module, uint32_t import);
  void check_module_name(const ast::Node& import, const std::string& path, uint32_t module);
  void add_variants_of(const Symbol& symbol, ImportedVariants& into, uint32_t import);
  void collect_exports(uint32_t index);
  void export_all(Span span);
  void export_name(NameId name, Span span);
  void export_declaration(ast::NodeId id);
  void export_imported(const Import& import);
  void check_export_place(const ast::Node& node);
  void export_symbol(NameId name, const Symbol& symbol, Span span);
  void export_variants(NameId name, const std::vector<VariantRef>& variants);
  void add_export(NameId name, const Symbol& symbol, Span span);
  void check_unused_imports();
  // The functions that a symbol means.
  std::vector<FunDecl*> functions_of(const Symbol& symbol) const;
  Symbol joined(const Symbol& a, const Symbol& b);
  // (check_modules.cpp)
  void note_used(uint32_t import);
  Symbol merged(const std::vector<Symbol>& found);
  static Symbol builtin(uint32_t which);
  Symbol own_symbol(NameId name) const;
  bool may_be_imported(NameId name) const;
  Symbol imported_symbol(NameId name);
  std::vector<VariantRef> imported_variants(NameId name);
  std::vector<uint32_t> open_exporters(NameId name);
  // What a plain name means in the module at hand.
  Symbol lookup_symbol(NameId name);
  std::vector<VariantRef> lookup_variants(NameId name);
  std::string shown_name(const TypeDecl& decl);
  // How many of the segments name a module, and which; 0: the path begins with none.
  struct ModulePath {
    size_t used = 0;
    uint32_t module = 0;
    bool reported = false;
  };
  ModulePath module_of(std::span<const ast::NodeId> segments);
  Symbol exported_symbol(uint32_t module, NameId name);
  std::vector<VariantRef> exported_variants(uint32_t module, NameId name) const;
  std::vector<VariantRef> only_tagged(std::vector<VariantRef> variants) const;
  bool is_private(uint32_t module, NameId name, Span& where) const;
  void no_export(uint32_t module, NameId name, Span span);
  Symbol type_symbol(const ast::Node& name, bool quiet = true, bool* reported = nullptr);
  std::string qualifiers(const ast::Node& name) const;
  bool explain_missing(NameId name, Span span);
  std::string_view std_module_of(NameId name);
  bool refuse_foreign(const Symbol& symbol, Span span);

  // ---- what other languages may use (check_interface.cpp)
  std::string crosses(TypeId type, InterfaceType& out);
  InterfaceName interface_name(uint32_t module, NameId name, const Symbol& symbol);
  InterfaceName interface_function(FunDecl& fun);
  InterfaceName interface_struct(TypeId type);
  InterfaceName interface_type(uint32_t module, NameId name, TypeDecl& decl);
  void add_needed_structs(std::vector<Interface>& out,
                          const std::unordered_map<uint32_t, size_t>& by_place);

  // ---- what is not there yet (check_later.cpp)
  void refuse_names_of(const ast::Node& node, const std::string& path);
  void refuse_local(ast::NodeId id, std::string_view what);
  bool is_refused(std::string_view name) const;
  bool has_refused_impl(TypeId type) const;

  // ---- types (check_types.cpp; what a type can be: check_marks.cpp)
  TypeId resolve(ast::NodeId id, bool quiet = false);
  TypeId resolve_name(ast::NodeId id, bool quiet);
  uint64_t plain_name(NameId name) const { return uint64_t{module_} << 32 | name.v; }
  TypeId resolve_builtin(const ast::Node& node, std::string_view name, bool quiet, bool& known);
  std::optional<uint64_t> resolve_count(ast::NodeId id, bool quiet);
  std::optional<Args> resolve_args(const ast::Node& node, ast::List params, uint32_t params_module,
                                   NameId name, bool quiet);
  TypeId instantiate(TypeDecl& decl, const Args& args, Span span);
  void complete(TypeId type);
  void drain_types();
  void check_finite(TypeId type);
  void check_marks(TypeId type);
  void check_clone_mark(TypeId type);
  uint32_t weight(TypeId type) const;
  uint32_t weight(const Args& args) const;
  bool is_resolving(const TypeDecl& alias) const;
  const TypeInst* inst(TypeId type) const;
  Bindings bindings_of(TypeId type) const;
  static std::string key(const Args& args);
  // Matches a type as written against a type, binding the parameters in `open`.
  bool unify(ast::NodeId pattern, TypeId actual, Bindings& open);
  bool impl_matches(const ImplDecl& impl, TypeId type, Bindings& bindings);
  const Binding* find_binding(NameId name) const;
  bool is_copy_marked(TypeId type);
  bool implements_copy(TypeId type);
  bool is_clonable(TypeId type);
  const ImplDecl* find_impl(TypeId type, TraitKind trait, Bindings& bindings);
  bool satisfies(TypeId type, TraitKind trait);

  // ---- bounds, and which types have which traits (check_bounds.cpp)
  bool check_bounds(ast::List params, uint32_t params_module, const Bindings& bindings, Span span);
  bool meets_bounds(TypeId type, const ast::Node& param, Span span);
  std::optional<TraitRef> resolve_trait(ast::NodeId type_name, bool quiet);
  std::string trait_text(const TraitRef& trait) const;
  // Whether a type meets a bound as it is written, in the environment at hand.
  bool meets(TypeId type, ast::NodeId bound);
  void check_bound_decl(ast::NodeId bound);
  bool implements(TypeId type, const TraitRef& trait);
  void explain_unmet(Diagnostic& diagnostic, TypeId type, const TraitRef& trait);
  const ImplMatch& find_trait_impl(TypeDecl& trait, const Args& args, TypeId type);
  std::vector<ImplDecl*> impls_for(const TypeDecl& trait, TypeId type) const;
  // What of an impl's bounds a type does not meet.
  struct Unmet {
    const ImplDecl* impl = nullptr;
    TypeId type;
    ast::NodeId bound;
  };
  bool trait_impl_matches(const ImplDecl& impl, TypeId type, const Args* args, Bindings& bindings,
                          Unmet* unmet = nullptr);
  bool is_target(ast::NodeId target, TypeId type, const Bindings& bindings);
  bool impl_bounds_hold(const ImplDecl& impl, TypeId type, const Bindings& bindings, Unmet* unmet);
  // Whether an auto trait holds; else `why` is the part that breaks it, and what it is a part of.
  struct AutoBreak {
    TypeId type, holder;
    std::string field;
    const ImplDecl* impl = nullptr;
  };
  bool auto_holds(TypeId type, TypeDecl& trait, AutoBreak* why);
  std::vector<TraitRef> with_supers(const TraitRef& trait);

  // ---- instances (check_instances.cpp)
  static std::string instance_key(const FunDecl& decl, const Args& args, TypeId self);
  Instance* made_instance(const FunDecl& decl, const Args& args, TypeId self) const;
  Instance* request(FunDecl& decl, const Bindings& bindings, TypeId self, Span span);
  Instance* request_clone(TypeId type, Span span);
  void check_instances(size_t& next);  // (check_bodies.cpp)
  void on_all_processors(size_t count, const std::function<void(Checker&, size_t)>& work);
  ast::NodeId parsed(ast::NodeId block);  // (check_blocks.cpp)
  void leave_outline(const Instance& instance, tree::Nodes::Mark before);
  void forget(tree::Function& made, tree::Nodes::Mark before);
  void check_forgotten();
  void number_texts();
  void check_instance(Instance& instance);
  void check_defaults(const Instance& instance);
  // A generic function that nothing calls, with parameters that nothing is known of: what depends
  // on them is silent, as what depends on a mistake.
  void check_unused(FunDecl& fun);
  Bindings unknown_params(ast::List params) const;
  void check_start();
  void check_segment(uint32_t first, uint32_t end);
  void check_top_level(Few<tree::NodeId, 16>& out);
  void request_main();
  void request_tests();
  void add_params(Instance& instance);
  void clone_body(Instance& instance);
  tree::NodeId clone_of(tree::NodeId operand, Span span);
  // Whether a clone of it has more to do than the runtime's: move-only parts, or a user's `clone`.
  bool clones_by_hand(TypeId type);
  std::string unique_name(std::string name);

  // ---- bodies: state
  using ScopeMark = Scopes<LocalName>::Mark;
  ScopeMark push_scope() { return scopes_.mark(); }
  void pop_scope(ScopeMark mark) { scopes_.leave(mark); }
  tree::LocalId add_local(std::string name, TypeId type, Span span);
  void bind_name(NameId name, LocalName what);
  const LocalName* find_local(NameId name) const;
  const LocalName* find_variable(NameId name);  // or one that is imported
  const LocalName* find_global(const Symbol& symbol) const;
  tree::NodeId global_node(const LocalName& global, Span span);
  tree::Function& function() { return shared_.program.functions[current_->id.index()]; }

  // ---- tree building
  tree::NodeId add(const tree::Node& node) {
    tree::NodeId id = tree_.add(node);
    if (is_unknown_part(node.type)) tree_[id].type = TypeId{};
    return id;
  }
  static tree::Node make(tree::NodeKind kind, TypeId type, Span span) {
    tree::Node node;
    node.kind = kind;
    node.type = type;
    node.span = span;
    return node;
  }
  tree::List add_list(std::span<const tree::NodeId> ids) { return tree_.add_list(ids); }
  tree::List add_list(std::initializer_list<tree::NodeId> ids) {
    return tree_.add_list({std::data(ids), ids.size()});
  }
  tree::NodeId bad(Span span);
  tree::NodeId unit(Span span);
  tree::NodeId int_const(TypeId type, uint64_t bits, Span span);
  tree::NodeId bool_const(bool value, Span span);
  tree::NodeId string_const(std::string_view text, Span span);
  tree::NodeId part(uint32_t index, tree::NodeId a, Span span);
  tree::NodeId local_node(tree::LocalId local, Span span);
  tree::NodeId field_node(tree::NodeId base, uint32_t index, Span span);
  tree::NodeId deref_node(tree::NodeId base, Span span);
  TypeId type_of(tree::NodeId id) const { return tree_[id].type; }
  bool is_bad(tree::NodeId id) const { return !tree_[id].type.valid(); }
  bool is_place(tree::NodeId id) const { return tree_.is_place(id); }
  const oir::Type& row(TypeId id) const { return types_[id]; }
  TypeKind kind(TypeId id) const { return types_[id].kind; }
  bool is_numeric(TypeId id) const { return types_.is_integer(id) || types_.is_float(id); }
  TypeId i32() const { return types_.scalar(TypeKind::I32); }
  TypeId u32() const { return types_.scalar(TypeKind::U32); }
  // The type of a part whose type was an error: a node of it is a bad node.
  TypeId unknown_part();
  bool is_unknown_part(TypeId type) const { return type.valid() && type == all_.unknown_part; }
  TypeId f32() const { return types_.scalar(TypeKind::F32); }
  std::string place_text(tree::NodeId id) const;

  // What came of a statement or block: whether its end is reached.
  struct Flow {
    tree::NodeId node;
    bool falls = true;
  };

  // ---- expressions (check_expr.cpp, check_names.cpp). `expected`: what the context asks for, or
  // invalid.
  tree::NodeId expr(ast::NodeId id, TypeId expected);      // place or value, of any type
  tree::NodeId operand(ast::NodeId id, TypeId expected);   // the same, of the expected type
  tree::NodeId value(ast::NodeId id, TypeId expected);     // a value of the expected type
  tree::NodeId borrowed(ast::NodeId id, TypeId expected);  // a borrowed argument
  tree::NodeId without_context(ast::NodeId id);
  tree::NodeId to_value(tree::NodeId node);
  // Whether it is of the expected type, or was made so by a conversion that nobody writes. Reports.
  bool coerce(tree::NodeId& node, TypeId expected, ast::NodeId source);
  void cannot_copy(tree::NodeId place, std::string suggestion);
  void explain_move_only(Diagnostic& diagnostic, TypeId type);
  // What a context says of a function that it wants; what it does not say is invalid.
  struct FunShape {
    bool wanted = false;
    std::vector<TypeId> params;
    TypeId result;
  };
  // `shape`: what is known of the function that is wanted, where its type is not known as a whole.
  tree::NodeId name_expr(ast::NodeId id, TypeId expected, const FunShape* shape = nullptr);
  tree::NodeId path_expr(ast::NodeId id, TypeId expected, const FunShape* shape = nullptr);
  // What a dotted or `::` path of plain names means when its first name is not a variable.
  struct Target {
    enum class Kind : uint8_t { None, Symbol, Variant, Member, Reported } kind = Kind::None;
    Symbol symbol;
    std::vector<VariantRef> variants;  // Variant: named through its module
    TypeDecl* type = nullptr;          // Member: of this type
    ast::NodeId type_segment;
    TypeId self_type;  // Member of `Self` or of a type parameter
    NameId member;
    ast::List args;  // explicit arguments of the last segment
    Span span;
  };
  Target path_target(ast::NodeId id);
  bool begins_refused(std::span<const ast::NodeId> segments) const;
  tree::NodeId unknown_name(NameId name, Span span);
  bool is_lvalue(tree::NodeId place) const;
  bool is_part_of_temporary(tree::NodeId place) const;
  tree::NodeId member_expr(ast::NodeId id, TypeId expected);
  tree::NodeId member_of(tree::NodeId base, const ast::Node& node);
  bool is_sequence(TypeId type) const;  // check_slice.cpp
  tree::NodeId index_value(ast::NodeId id, bool& from_end);
  tree::NodeId index_expr(ast::NodeId id);
  tree::NodeId slice_expr(ast::NodeId id, TypeId expected);
  tree::NodeId span_length(tree::NodeId span_value, Span span);
  tree::NodeId range_expr(ast::NodeId id, TypeId expected);  // check_range.cpp
  tree::NodeId array_lit(ast::NodeId id, TypeId expected);
  tree::NodeId fill_lit(ast::NodeId id, TypeId expected);
  tree::NodeId tuple_lit(ast::NodeId id, TypeId expected);
  tree::NodeId struct_lit(ast::NodeId id, TypeId expected);
  tree::NodeId new_expr(ast::NodeId id, TypeId expected);
  tree::NodeId ref_expr(ast::NodeId id, TypeId expected);
  tree::NodeId finish_struct(TypeId type, ast::NodeId id, std::span<const tree::NodeId> checked);
  tree::NodeId deref_expr(ast::NodeId id);
  tree::NodeId move_expr(ast::NodeId id, TypeId expected);
  bool check_movable(tree::NodeId place, Span span);
  tree::NodeId auto_deref(tree::NodeId node, Span span);
  void mark_assigned(tree::NodeId place);
  // Whether a place is in a local or by-value parameter: reached through fields, elements and boxes
  // only.
  bool rooted_in_local(tree::NodeId place) const;
  bool behind_span(const tree::Node& node) const;
  const LocalName* alias_root(tree::NodeId place) const;

  // ---- operators and literals (check_ops.cpp)
  bool needs_context(ast::NodeId id, uint32_t depth = 0);
  // (check_context.cpp)
  bool is_blank(ast::NodeId id, uint32_t depth = 0);
  const FunDecl* blank_function(const ast::Node& call);
  bool blank_call_fits(ast::NodeId call, TypeId want);
  bool is_open_type(ast::NodeId type) const;
  void report_if_nobody_has(const ast::Node& member);
  bool is_literal(ast::NodeId id, uint32_t depth = 0);
  bool has_float(ast::NodeId id, uint32_t depth = 0);
  tree::NodeId int_literal(ast::NodeId id, TypeId expected, bool negative, Span span);
  tree::NodeId float_literal(ast::NodeId id, TypeId expected, bool negative, Span span);
  tree::NodeId unary_expr(ast::NodeId id, TypeId expected);
  tree::NodeId chain_expr(ast::NodeId id, TypeId expected);
  static oir::BinOp arithmetic_op(ast::BinaryOp op);
  tree::NodeId arithmetic(ast::NodeId id, TypeId expected);
  tree::NodeId logic(ast::NodeId id);
  tree::NodeId comparison(ast::NodeId id);
  tree::NodeId compare(tree::NodeId a, oir::BinOp op, tree::NodeId b, Span span);
  tree::NodeId append_value(ast::NodeId id, TypeId expected);
  tree::NodeId cast_expr(ast::NodeId id);
  tree::NodeId is_expr(ast::NodeId id);
  bool comparable(TypeId type, Span span);
  std::vector<TypeId> compared_parts(TypeId type) const;
  bool leads_back(TypeId span_type) const;

  // ---- calls (check_call.cpp)
  struct Callee {
    FunDecl* fun = nullptr;
    Bindings bindings;  // of the owner
    TypeId self;
    tree::NodeId receiver;      // a place or value of type `self`, for methods called on one
    TypeDecl* trait = nullptr;  // of a method of a user's trait
  };
  tree::NodeId call_expr(ast::NodeId id, TypeId expected);
  // What was found out about arguments before it was known whose they are.
  using Prechecked = std::unordered_map<uint32_t, tree::NodeId>;  // by ast::NodeId
  tree::NodeId call_fun(const Callee& callee, ast::NodeId call, ast::List explicit_args,
                        TypeId expected, Span name_span, const Prechecked* known = nullptr);
  // One of several functions of a name (check_overload.cpp).
  tree::NodeId call_one_of(const std::vector<Callee>& found, ast::NodeId call,
                           ast::List explicit_args, TypeId expected, Span name_span,
                           Prechecked known = {});
  std::optional<uint32_t> overload_cost(const Callee& callee, ast::List args,
                                        ast::List explicit_args, TypeId expected,
                                        const Prechecked& known);
  bool shape_fits(ast::NodeId source, ast::NodeKind type);
  std::optional<uint32_t> context_cost(ast::NodeId id, TypeId want, uint32_t depth);
  const Signature& signature(const FunDecl& fun) const;
  // The methods of a name that a value of `type` has, with what their owner's parameters stand for
  // (check_methods.cpp). `unmet`: why there are none, if a bound is in the way.
  std::vector<Callee> methods_named(TypeId type, NameId name, Unmet* unmet = nullptr);
  std::vector<Callee> inherent_methods(TypeId type, NameId name, Unmet* unmet);
  std::vector<Callee> trait_methods(TypeId type, NameId name, Unmet* unmet);
  void trait_methods_of(TypeDecl& trait, const Args* args, TypeId type, NameId name,
                        std::vector<Callee>& found, Unmet* unmet);
  std::vector<TraitRef> bounds_of_self_or_params(TypeId type);
  bool ambiguous_traits(const std::vector<Callee>& found, NameId name, Span span, ast::List args);
  tree::NodeId unknown_method(TypeId type, TypeId outer, NameId name, Span where,
                              const Unmet& unmet);
  tree::NodeId call_trait(const Target& target, ast::NodeId call, TypeId expected);
  tree::NodeId call_through_trait(tree::NodeId base, ast::NodeId trait, NameId member,
                                  ast::NodeId call, ast::List explicit_args, TypeId expected,
                                  Span where);
  Bindings trait_bindings(const TraitRef& trait) const;
  TypeId receiver_type(tree::NodeId base, const TypeDecl& trait);
  bool trait_callees(TypeDecl& trait, ast::NodeId segment, TypeId type, NameId member, Span where,
                     std::vector<Callee>& found);
  bool no_self(const FunDecl& fun) const;
  TypeId referred(TypeId type) const;
  tree::NodeId refuse_drop_call(ast::NodeId call, std::string_view what);
  tree::NodeId call_method(tree::NodeId base, ast::NodeId call, const ast::Node& member,
                           TypeId expected);
  tree::NodeId call_variant(TypeDecl& decl, uint32_t index, ast::NodeId source, ast::List args,
                            ast::List explicit_args, TypeId expected);
  tree::NodeId variant_by_name(const std::vector<VariantRef>& found, ast::NodeId source,
                               ast::List args, ast::List explicit_args, TypeId expected);
  bool is_self_param(const FunDecl& decl, uint32_t index) const;
  tree::NodeId self_argument(tree::NodeId given, TypeId self, TypeId wanted);
  tree::NodeId call_lifecycle(const Target& target, ast::NodeId call);
  tree::NodeId call_of_type(const Target& target, TypeId self, ast::NodeId call, TypeId expected);
  tree::NodeId emit_call(const Instance& instance, std::span<const tree::NodeId> parts, Span span);
  tree::NodeId emit_call(const Instance& instance, tree::NodeId part, Span span) {
    return emit_call(instance, std::span(&part, 1), span);
  }
  tree::NodeId receiver_arg(tree::NodeId receiver, TypeId self_type, Span span);
  // Matches arguments to parameters by position and name. Index: parameter; invalid: not given.
  struct Matched {
    struct Given {
      uint32_t index;
      ast::NodeId source;
    };
    bool ok = true;
    Few<Given, 6> given;   // in the order written
    Few<uint8_t, 16> has;  // by parameter
  };
  Matched match_args(ast::List args, const std::vector<NameId>& names, size_t skip,
                     const std::vector<bool>& optional, Span span, NameId callee,
                     bool quiet = false, Rest rest = Rest::None);
  // ---- spread, and parameters that take the rest (check_spread.cpp)
  tree::NodeId spread_operand(ast::NodeId spread, TypeId elem);
  void add_parts(tree::NodeId operand, Span span, bool labelled, std::vector<ast::NodeId>& out);
  enum class Spreads : uint8_t { IntoArray, IntoFixed, IntoTuple, IntoCall };
  std::optional<ast::List> expanded(ast::List list, Spreads into, TypeId elem);
  bool has_spread(ast::List list) const;
  tree::NodeId spread_element(ast::NodeId id, TypeId elem);
  ast::NodeId rest_argument(const std::vector<ast::NodeId>& args, Rest rest, Span span);
  bool refuse_spreads(const std::vector<ast::NodeId>& args);
  ast::NodeId settled_args(ast::NodeId call, Prechecked& known);
  bool check_rest(ast::NodeId fun);
  bool is_pack(const ast::Tree& tree, ast::NodeId fun, ast::NodeId type) const;
  // Type arguments from the arguments, then from the context, then from literals. The types of
  // `typed` are declared in `types_module`. The arguments are left in `checked`, uncoerced; what is
  // there already is not looked at again.
  struct Typed {
    ast::NodeId type;  // as declared
    ast::NodeId source;
    TypeId known;  // what it is, if nothing depends on the arguments
  };
  using TypedArgs = Few<Typed, 6>;
  bool infer(Bindings& open, const TypedArgs& typed, uint32_t types_module, TypeId self,
             const std::function<void(Bindings&)>& from_context, Ids& checked);
  void infer_one(Bindings& open, const Typed& typed, uint32_t types_module, TypeId self, bool& ok,
                 tree::NodeId& checked);
  void check_known_args(const Bindings& open, const TypedArgs& typed, uint32_t types_module,
                        TypeId self, Ids& checked);
  bool bounds_hold(const Callee& callee, const Bindings& open, Span span);
  void check_args_only(ast::List args);
  Bindings open_params(ast::List params, uint32_t params_module) const;
  bool take_explicit(Bindings& open, ast::List explicit_args, Span span, NameId name);
  bool report_unknown(const Bindings& open, Span span, NameId name);

  // ---- functions as values (check_functions.cpp)
  FunShape shape_of(TypeId expected) const;
  FunShape shape_of_written(ast::NodeId type);
  tree::NodeId function_argument(ast::NodeId id, const FunShape& shape);
  bool function_needs_context(ast::NodeId id);
  bool function_fits(ast::NodeId id, TypeId want);
  bool has_shape(const Callee& callee, const FunShape& shape, Bindings& open);
  tree::NodeId function_const(TypeId type, tree::FuncId func, Span span);
  tree::NodeId wrapper(const std::string& key, const std::string& name,
                       const std::vector<TypeId>& params, TypeId result, Span span,
                       const std::function<tree::NodeId(const std::vector<tree::NodeId>&)>& body);
  tree::NodeId function_of(const Callee& callee, const Bindings& open, Span span);
  tree::NodeId function_value(const std::vector<Callee>& found, ast::List explicit_args,
                              const FunShape& shape, Span span);
  tree::NodeId function_named(const Symbol& symbol, ast::List explicit_args, NameId name,
                              const FunShape& shape, Span span);
  static bool has_method(const TypeDecl& decl, NameId name);
  tree::NodeId method_value(const Target& target, const FunShape& shape, Span span);
  tree::NodeId builtin_value(uint32_t builtin, NameId name, const FunShape& shape, Span span);
  tree::NodeId constructor(const std::vector<VariantRef>& found, ast::List explicit_args,
                           const FunShape& shape, Span span);
  bool is_kept_outside(const LocalName& local, NameId name, Span span);
  std::vector<Param> lambda_params(ast::NodeId id, const FunShape& shape);
  tree::NodeId lambda_body(ast::NodeId id, Instance& instance);
  tree::NodeId lambda_expr(ast::NodeId id, const FunShape& shape);
  tree::NodeId call_value(tree::NodeId callee, ast::NodeId call);
  void note_called(TypeId type);
  tree::NodeId function_field(tree::NodeId base, const ast::Node& member);

  // ---- library (check_lib.cpp)
  enum Builtin : uint32_t { kPrint, kAssert, kNot, kLen };
  void declare_builtins();
  tree::NodeId call_builtin(uint32_t builtin, ast::NodeId call, TypeId expected);
  tree::NodeId call_native(FunDecl& decl, Instance& instance, std::span<const tree::NodeId> parts,
                           Span span);
  // Those that are operators (check_natives.cpp).
  std::optional<tree::NodeId> number_native(std::string_view name, TypeId result,
                                            const std::vector<tree::NodeId>& args, Span span);
  bool is_of(char wanted, tree::NodeId value, std::string_view name);
  tree::NodeId clone_call(tree::NodeId base, ast::NodeId call, const ast::Node& member);
  bool native_known(std::string_view name) const;
  tree::NodeId len_of(tree::NodeId operand, Span arg, Span span);

  // ---- statements (check_stmt.cpp). A statement says whether the end of it is reached.
  Flow statement(ast::NodeId id);
  Flow block(ast::NodeId id);                     // of type unit
  Flow body(const Instance& instance, Span end);  // of a function (check_instances.cpp)
  using Statements = Few<tree::NodeId, 16>;
  void statements(std::span<const ast::NodeId> list, Statements& out, bool& falls);
  Flow val_stmt(ast::NodeId id);
  Flow val_tuple(ast::NodeId id);
  Flow assign_stmt(ast::NodeId id);
  Flow assign_op_stmt(ast::NodeId id);
  Flow append_stmt(ast::NodeId id);
  Flow expr_stmt(ast::NodeId id);
  Flow return_stmt(ast::NodeId id);
  Flow break_stmt(ast::NodeId id);
  Flow next_stmt(ast::NodeId id);
  tree::NodeId return_value(ast::NodeId id, TypeId expected);
  bool exits(ast::NodeId source, tree::NodeId value);
  // A value that a plain name of a local made after `first_local` gives by moving.
  tree::NodeId leaving_value(ast::NodeId id, TypeId expected, size_t first_local);
  tree::NodeId left_value(tree::NodeId node, size_t first_local);
  tree::NodeId eval(tree::NodeId value, Span span);
  bool changes_nothing(ast::NodeId root);
  void note_mistake(ast::NodeId source, tree::NodeId statement);
  bool harmless(ast::NodeId source, tree::NodeId statement);
  // Errors that belong to no statement that is done with.
  size_t loose_errors() const { return errors_ - noted_errors_; }
  tree::NodeId stand_in(TypeId type, Span span);
  tree::NodeId block_node(std::span<const tree::NodeId> list, tree::NodeId result, Span span);
  tree::NodeId block_node(std::initializer_list<tree::NodeId> list, tree::NodeId result,
                          Span span) {
    return block_node(std::span(std::data(list), list.size()), result, span);
  }
  bool same_place(tree::NodeId a, tree::NodeId b) const;
  bool lets_alone(tree::NodeId target, std::span<const tree::NodeId> appended) const;
  tree::NodeId assigned_place(ast::NodeId id);
  tree::NodeId append_text(tree::NodeId target, std::span<const tree::NodeId> appended, Span span);
  tree::NodeId bind_tuple_part(ast::NodeId binder, tree::NodeId subject, bool placed,
                               uint32_t index, TypeId type, bool rest);
  Flow if_node(ast::NodeId id, TypeId expected, bool wants_value);
  Flow loop_node(ast::NodeId id, TypeId expected, bool wants_value);
  Flow loop_in_node(ast::NodeId id, bool wants_value);
  Flow loop_range(ast::NodeId id);  // check_range.cpp
  Flow loop_range_value(ast::NodeId id, tree::NodeId range);
  Flow range_body(const ast::Node& node, TypeId& type, tree::LocalId& name);
  bool range_ends(const ast::Node& range, TypeId expected, tree::NodeId& low, tree::NodeId& high);
  bool range_descends(const ast::Node& range, tree::NodeId low, tree::NodeId high);
  tree::NodeId condition(ast::NodeId id);
  // Runs an If, Loop, Switch or Block as an expression.
  tree::NodeId control_value(ast::NodeId id, TypeId expected);
  Flow control(ast::NodeId id, TypeId expected, bool wants_value);
  // The block of an arm: with a value of type `type` (set by the first arm that has one) if wanted.
  Flow arm(ast::NodeId id, TypeId& type, bool wants_value, bool& wrong);
  bool top_level() const { return current_->kind == Instance::Kind::Start && block_depth_ == 0; }

  // ---- untagged unions (check_untagged.cpp)
  bool is_untagged(TypeId type) const;
  TypeId member(TypeId type, uint32_t index) const;
  std::optional<uint32_t> member_index(TypeId type, TypeId member_type) const;
  TypeId type_of_members(const std::vector<TypeId>& written);
  TypeId resolve_or(const ast::Node& node, bool quiet);
  void find_untagged(TypeDecl& decl);
  bool unify_or(const ast::Node& pattern, TypeId actual, Bindings& open);
  TypeId member_wanted(ast::NodeId id, TypeId type);
  tree::NodeId member_value(TypeId type, uint32_t index, tree::NodeId value, Span span);
  tree::NodeId for_each_member(tree::NodeId subject, TypeId result, Span span,
                               const std::function<tree::NodeId(uint32_t, tree::NodeId)>& arm);
  TypeId object_member(TypeId from, TypeId type);
  bool fits_union(TypeId from, TypeId type);
  tree::NodeId to_union(tree::NodeId node, TypeId type);
  tree::NodeId member_cast(tree::NodeId operand, TypeId type, Span span);
  tree::NodeId wrong_member(TypeId type, TypeId wanted, Span span);
  tree::NodeId if_member(tree::NodeId place, uint32_t index, tree::LocalId local, tree::NodeId then,
                         tree::NodeId other, Span span);
  std::optional<uint32_t> named_member(ast::NodeId name, TypeId type, bool quiet = false);

  // ---- what tests say of variables (check_narrow.cpp)
  struct Test {
    NameId name;
    TypeId type;  // an untagged union
    tree::NodeId place;
    Span span;
    std::vector<bool> members;  // that it can be of
  };
  std::optional<Test> test_of(ast::NodeId condition);
  std::optional<uint32_t> only_member(const Test& test) const;
  bool only_looks_at(std::span<const ast::NodeId> code, NameId name) const;
  std::optional<tree::LocalId> narrow(const Test& test, std::span<const ast::NodeId> code);
  Flow narrowed_arm(const std::vector<Test>& tests, ast::NodeId block, TypeId& type,
                    bool wants_value, bool& wrong);
  tree::NodeId stand_for(tree::NodeId panic, TypeId type);
  std::vector<Test> tests_in(ast::NodeId condition);
  void exclude(ast::NodeId condition, std::vector<Test>& left);
  tree::NodeId conjunction(std::span<const ast::NodeId> rest, size_t tests, Span span);
  void narrow_after(ast::NodeId statement, std::span<const ast::NodeId> rest, Statements& out);

  // ---- newtypes (check_newtype.cpp)
  bool is_newtype(TypeId type) const;
  TypeId wrapped(TypeId newtype);
  tree::NodeId wrap(TypeId newtype, tree::NodeId value, Span span);
  tree::NodeId unwrap(tree::NodeId operand, Span span);
  tree::NodeId newtype_cast(ast::NodeId id, TypeId type);
  tree::NodeId newtype_call(TypeDecl& decl, ast::NodeId call, ast::List explicit_args,
                            TypeId expected);

  // ---- tuples taken apart, and what loops run over (check_iterate.cpp)
  // Calls visit(binder) for each name in a list of names and lists of names.
  template <class Visit>
  void for_each_name(ast::List names, Visit&& visit) {
    for (ast::NodeId id : items(names)) {
      if (at(id).list.count != 0) {
        for_each_name(at(id).list, visit);
      } else if (at(id).name.valid() && text(at(id).name) != "_") {
        visit(at(id));
      }
    }
  }
  std::vector<tree::NodeId> bind_parts(ast::List names, tree::NodeId subject, bool placed,
                                       Span span, bool& ok);
  tree::NodeId let_tuple(ast::List names, tree::NodeId subject, Span span);
  tree::LocalId add_hidden(LocalName what);
  Flow turn(ast::NodeId id, tree::NodeId element);
  bool has_method_named(TypeId type, NameId name);
  bool is_iterable(ast::NodeId loop, TypeId type);
  bool takes_self(TypeId type, NameId name);
  Flow loop_over(ast::NodeId id, tree::NodeId subject);
  Flow loop_bytes(ast::NodeId id, tree::NodeId subject);

  // ---- switch (check_switch.cpp)
  Flow switch_node(ast::NodeId id, TypeId expected, bool wants_value);
  bool qualifies(const ast::Node& pattern, TypeId type);
  std::optional<uint32_t> variant_index(TypeId type, NameId name) const;

  // ---- patterns (check_patterns.cpp)
  struct Coverage;
  struct PatternPlace {
    tree::NodeId subject;  // what is switched on
    bool alternative;      // one of several of a case
    bool in_variant;
    bool whole;  // what it lies in has a `drop` of its own: it is not taken apart
    Coverage* coverage;
  };
  std::optional<std::vector<std::string>> left_out(
      const std::vector<std::vector<PatternShape>>& rows, const std::vector<TypeId>& types,
      size_t& steps);
  void bind_unknown(ast::List patterns);
  tree::NodeId bind_part(NameId name, Span span, TypeId type, uint32_t index,
                         const PatternPlace& place);
  PatternShape part_pattern(ast::NodeId id, TypeId type, uint32_t index, const PatternPlace& place,
                            std::vector<tree::NodeId>& binds);
  bool part_patterns(const ast::Node& node, std::string_view what,
                     const std::vector<oir::Field>& fields, const PatternPlace& place,
                     std::vector<tree::NodeId>& binds, PatternShape& shape);
  tree::NodeId union_pattern(ast::NodeId id, TypeId type, const PatternPlace& place,
                             PatternShape& shape);
  tree::NodeId tuple_pattern(ast::NodeId id, TypeId type, const PatternPlace& place,
                             PatternShape& shape);
  tree::NodeId literal_pattern(ast::NodeId id, TypeId type, const PatternPlace& place,
                               PatternShape& shape);
  tree::NodeId any_pattern(ast::NodeId id, TypeId type, const PatternPlace& place,
                           PatternShape& shape);
  tree::NodeId pattern(ast::NodeId id, tree::NodeId subject, Coverage& coverage, bool alternative);
  std::string missing_cases(TypeId type, const Coverage& coverage);

  const Names& all_names_;               // those of the files, without what was passed over
  const Names* names_;                   // these, or with those of blocks that were parsed here
  std::vector<const ast::Tree*> trees_;  // by module; with the block that is being checked
  std::optional<BlockTrees<ast::Tree>> block_trees_;  // none: no block was parsed here yet
  DiagnosticSink& sink_;
  oir::Program& out_;
  oir::TypeTable& types_;
  const Shared& all_;
  Shared& shared_;  // for `grow` and `function`
  tree::Nodes tree_;
  oir::QuietTypes quiet_types_;
  bool keeps_nodes_ = false;  // among those of the body are some of functions that stand in it
  uint32_t part_;             // of the program, which these nodes are
  std::vector<std::unique_ptr<Checker>> others_;  // on other threads
  oir::BodyTexts texts_;                          // of bodies that are checked on several threads
  size_t body_ = 0;                               // the number of the one at hand

  uint32_t module_ = 0;             // the one whose nodes are looked at
  const ast::Tree* ast_ = nullptr;  // its tree
  Bindings bindings_;
  TypeId self_;
  std::vector<const TypeDecl*> resolving_;  // aliases that are being looked through
  std::deque<ast::Node> made_;
  std::deque<std::vector<ast::NodeId>> made_lists_;

  Instance* current_ = nullptr;
  Scopes<LocalName> scopes_;
  std::vector<LoopContext> loops_;
  uint32_t block_depth_ = 0;
  // The body at hand has an error after which nobody knows where it goes on: what seems to be
  // missing may have stood there.
  bool saw_error_ = false;
  std::unordered_set<std::string> refused_here_;  // names of what cannot be declared in it
  bool arm_leaves_ = false;       // the last `if` has one arm, which never comes to its end
  size_t errors_ = 0;             // that were reported
  size_t noted_errors_ = 0;       // whose statement is marked as a mistake
  bool params_unknown_ = false;   // the type parameters at hand are bound to nothing
  bool context_unknown_ = false;  // that nothing says what something is, is not reported
  Diagnostic muted_;
  // The value of the default `source`, which is refused if it needs itself.
  tree::NodeId default_value(uint32_t module, ast::NodeId source, TypeId type, Span span);
  std::vector<std::pair<uint32_t, ast::NodeId>> defaults_;  // being looked at, and their modules
  Span default_wanted_;                                     // what the outermost default is for
  size_t first_default_node_ = 0;                           // of the outermost default
  bool too_many_defaults_ = false;                          // in the outermost default; reported
};

}  // namespace tenure::ng

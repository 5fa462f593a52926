#include "tape/views.h"

#include <algorithm>

#include "oir/in_parallel.h"

namespace tenure::tape {

using T = tree::NodeKind;

bool Views::is_view(NodeId id) const {
  Ty type = type_of(id);
  return type.valid() && types_[type].views;
}

std::string Views::name_of(uint32_t local) const {
  bool hidden = local >= function().locals.size();  // of a loop
  const std::string name = hidden ? "" : function().locals[local].name;
  return name.empty() ? "this temporary" : "`" + name + "`";
}

// ---- what is viewed

// What a view of the string or array at `place` views.
void Views::storage_of(NodeId place, Sources& out) const {
  NodeId at = place;
  uint32_t field = kWhole;
  while (true) {
    const tree::Node& n = node(at);
    switch (n.kind) {
      case T::Local:
        out.origins.insert({Origin::Kind::Local, n.local.v, field});
        return;
      case T::Global:
      case T::Deref:
      case T::PtrIndex:
        return;
      case T::Index:
        if (types_[type_of(n.a)].kind == TyKind::Slice) return sources_of(n.a, out);
        [[fallthrough]];
      case T::Field:
      case T::UnionField:
        field = n.kind == T::Field ? n.index : kWhole;
        at = n.a;
        break;
      case T::Const:
        return;  // a literal
      default:
        out.origins.insert(Origin{});
        return;
    }
  }
}

void Views::sources_of_place(NodeId place, Sources& out) const {
  NodeId at = place;
  while (true) {
    const tree::Node& n = node(at);
    switch (n.kind) {
      case T::Local:
        out.locals.insert(n.local.v);
        return;
      case T::Global:
      case T::Deref:
      case T::PtrIndex:
        return;
      case T::Index:
      case T::Field:
      case T::UnionField:
        at = n.a;
        break;
      default:
        return sources_of(at, out);
    }
  }
}

// What the value (or place) `id` views.
void Views::sources_of(NodeId id, Sources& out) const {
  if (!id.valid() || !is_view(id)) return;
  const tree::Node& n = node(id);
  if (nodes_->is_place(id)) return sources_of_place(id, out);
  switch (n.kind) {
    case T::Copy:
    case T::MoveOut:
      return sources_of_place(n.a, out);
    case T::SliceOf:
      return is_view(n.a) && types_[type_of(n.a)].kind == TyKind::Slice ? sources_of(n.a, out)
                                                                        : storage_of(n.a, out);
    case T::Call:
      for (NodeId part : items(n.list)) {
        if (summaries_[n.func.index()].count(node(part).index) != 0) sources_of(node(part).a, out);
      }
      return;
    case T::CallValue:
      for (NodeId part : items(n.list)) sources_of(node(part).a, out);
      return;
    case T::StructLit:
    case T::VariantLit:
      for (NodeId part : items(n.list)) sources_of(node(part).a, out);
      return;
    case T::ArrayLit:
      for (NodeId part : items(n.list)) sources_of(part, out);
      return;
    case T::FillLit:
    case T::UnionLit:
    case T::Unwrap:
      return sources_of(n.a, out);
    case T::OrElse:
      sources_of(n.a, out);
      return sources_of(node(n.b).a, out);
    case T::Block:
      return sources_of(n.a, out);
    default:
      return;
  }
}

Views::Origins Views::closed(const Sources& sources) const {
  Origins all = sources.origins;
  for (uint32_t local : sources.locals) all.insert(holds_[local].begin(), holds_[local].end());
  return all;
}

// ---- one function

void Views::store(Store::Kind kind, uint32_t local, NodeId value) {
  if (!value.valid() || !is_view(value)) return;
  Store made;
  made.kind = kind;
  made.local = local;
  made.span = node(value).span;
  sources_of(value, made.sources);
  stores_.push_back(std::move(made));
}

void Views::declare(tree::LocalId local, Span /*span*/) {
  if (!local.valid()) return;
  declared_in_[local.index()] = paths_.block();
  declared_at_[local.index()] = paths_.now().position;
}

void Views::walk_function(tree::FuncId func) {
  func_ = func;
  stores_.clear();
  events_.clear();
  paths_.clear();
  in_return_ = 0;
  const tree::Function& f = function();
  nodes_ = program_.parts[f.part];
  holds_.assign(f.locals.size(), {});
  declared_at_.assign(f.locals.size(), 0);
  declared_in_.assign(f.locals.size(), 0);
  for (uint32_t i = 0; i < f.params; ++i) holds_[i].insert({Origin::Kind::Param, i});
  if (f.body.valid()) visit(f.body);
  close();
}

void Views::visit_list(tree::List list) {
  for (NodeId id : items(list)) visit(id);
}

// The arms of `if`, `match` and `or`: one of them is taken.
void Views::visit_arms(NodeId id) {
  const tree::Node& n = node(id);
  uint32_t choice = paths_.new_choice();
  uint32_t arm = 0;
  auto enter = [&](NodeId body) {
    if (!body.valid()) return;
    paths_.open_block(false, choice, ++arm);
    visit(body);
    paths_.close_block();
  };
  if (n.kind == T::Match) visit(n.a);
  for (NodeId part_id : items(n.list)) {
    const tree::Node& part = node(part_id);
    if (n.kind == T::If) {
      visit(part.a);
      enter(part.b);
      continue;
    }
    paths_.open_block(false, choice, ++arm);
    for (NodeId pattern : items(part.list)) {
      for (NodeId bind : items(node(pattern).list)) {
        declare(node(bind).local, node(bind).span);
        note(Event::Kind::Fill, node(bind).local.v, node(bind).span);
        Sources sources;
        sources_of(n.a, sources);
        stores_.push_back(
            {Store::Kind::Local, node(bind).local.v, std::move(sources), node(bind).span});
        events_.back().store = static_cast<uint32_t>(stores_.size());
      }
    }
    visit(part.b);
    paths_.close_block();
  }
  enter(n.c);
}

void Views::note(Event::Kind kind, uint32_t local, Span span) {
  events_.push_back({kind, local, paths_.now(), span, 0});
}

void Views::fill_in_loop(uint32_t local, NodeId from, Span span) {
  Store made;
  made.local = local;
  made.span = node(from).span;
  made.in_loop = true;
  sources_of(from, made.sources);
  stores_.push_back(std::move(made));
  note(Event::Kind::Fill, local, span);
  events_.back().store = static_cast<uint32_t>(stores_.size());
}

// A loop over bytes keeps the slice of them, under no name, and looks at it before each turn.
uint32_t Views::hidden_view(NodeId from) {
  auto local = static_cast<uint32_t>(holds_.size());
  holds_.emplace_back();
  declared_in_.push_back(paths_.block());
  declared_at_.push_back(paths_.now().position);
  fill_in_loop(local, from, node(from).span);
  return local;
}

void Views::bind_loop(const tree::Node& n, NodeId from, NodeId body) {
  bool bytes = n.kind == T::ForEach && types_.is_bytes(type_of(from));
  uint32_t hidden = bytes ? hidden_view(from) : 0;
  paths_.open_block(true);
  if (bytes) note(Event::Kind::Use, hidden, node(from).span);
  if (n.local.valid()) {
    declare(n.local, n.span);
    Ty element = from.valid() ? types_[type_of(from)].elem : Ty{};
    if (element.valid() && types_[element].views) fill_in_loop(n.local.v, from, n.span);
  }
  visit(body);
  paths_.close_block();
}

void Views::visit_assign(NodeId id) {
  const tree::Node& n = node(id);
  const tree::Node& place = node(n.a);
  if (n.kind == T::Assign) {
    visit(n.b);
  } else if (n.kind == T::AppendText) {
    visit_list(n.list);
  }
  if (place.kind != T::Local) visit(n.a);
  if (n.kind == T::AssignOp) visit(n.b);
  if (n.kind == T::Assign) {
    Store::Kind kind = place.kind == T::Local    ? Store::Kind::Local
                       : place.kind == T::Global ? Store::Kind::Global
                                                 : Store::Kind::Part;
    size_t before = stores_.size();
    store(kind, place.kind == T::Local ? place.local.v : 0, n.b);
    if (place.kind == T::Local && is_view(n.a)) {
      note(Event::Kind::Fill, place.local.v, n.span);
      if (stores_.size() > before) events_.back().store = static_cast<uint32_t>(stores_.size());
    }
  }
  note_write(n.a, n.span);
}

// What a view of the local would see, or not see any more.
void Views::note_write(NodeId place, Span span) {
  NodeId at = place;
  uint32_t field = kWhole;
  while (node(at).kind == T::Field || node(at).kind == T::UnionField ||
         (node(at).kind == T::Index && types_[type_of(node(at).a)].kind != TyKind::Slice)) {
    field = node(at).kind == T::Field ? node(at).index : kWhole;
    at = node(at).a;
  }
  if (node(at).kind != T::Local) return;
  note(Event::Kind::Write, node(at).local.v, span);
  events_.back().field = field;
  events_.back().holds_strings = types_[type_of(at)].managed;
}

void Views::visit(NodeId id) {
  if (!id.valid()) return;
  const tree::Node& n = node(id);
  switch (n.kind) {
    case T::Local:
      if (is_view(id)) note(Event::Kind::Use, n.local.v, n.span);
      return;
    case T::Block: {
      bool inner = !n.a.valid();
      if (inner) paths_.open_block(false);
      visit_list(n.list);
      visit(n.a);
      if (inner) paths_.close_block();
      return;
    }
    case T::Let: {
      visit(n.a);
      declare(n.local, n.span);
      size_t before = stores_.size();
      store(Store::Kind::Local, n.local.v, n.a);
      note(Event::Kind::Fill, n.local.v, n.span);
      if (stores_.size() > before) events_.back().store = static_cast<uint32_t>(stores_.size());
      return;
    }
    case T::LetGlobal:
      visit(n.a);
      store(Store::Kind::Global, 0, n.a);
      return;
    case T::Assign:
    case T::AssignOp:
    case T::AppendText:
      return visit_assign(id);
    case T::Return:
      ++in_return_;
      visit(n.a);
      --in_return_;
      store(Store::Kind::Return, 0, n.a);
      paths_.leave();
      return;
    case T::Fail:
      visit(n.a);
      paths_.leave();
      return;
    case T::Break:
    case T::Continue:
      paths_.jump(n.kind == T::Break);
      return;
    case T::If:
    case T::Match:
      return visit_arms(id);
    case T::OrElse: {
      visit(n.a);
      paths_.open_block(false);
      if (n.local.valid()) declare(n.local, n.span);
      visit(n.b);
      paths_.close_block();
      return;
    }
    case T::While:
      paths_.open_block(true);
      visit(n.a);
      visit(n.b);
      paths_.close_block();
      return;
    case T::ForRange:
      visit(n.a);
      visit(n.b);
      return bind_loop(n, NodeId{}, n.c);
    case T::ForEach:
      visit(n.a);
      return bind_loop(n, n.a, n.b);
    case T::ForNext:
      paths_.open_block(true);
      visit(n.a);
      bind_loop(n, n.a, n.b);
      paths_.close_block();
      return;
    case T::ForLoop:
      paths_.open_block(false);
      visit_list(n.list);
      paths_.open_block(true);
      visit(n.a);
      visit(n.b);
      visit(n.c);
      paths_.close_block();
      paths_.close_block();
      return;
    case T::StructLit:
    case T::VariantLit:
    case T::ArrayLit:
    case T::FillLit:
    case T::UnionLit:
      return visit_literal(id);
    case T::Call:
    case T::CallValue:
      visit(n.a);
      visit_list(n.list);
      for (NodeId part : items(n.list)) {
        // What gets a pointer to it may write it.
        const tree::Node& given = node(node(part).a);
        Ty type = type_of(node(part).a);
        if (given.kind == T::AddressOf && !types_[type].is_const) note_write(given.a, given.span);
      }
      return;
    default:
      visit(n.a);
      visit(n.b);
      visit(n.c);
      visit_list(n.list);
      return;
  }
}

// What is put into a field or an element is stored there, unless it is returned at once.
void Views::visit_literal(NodeId id) {
  const tree::Node& n = node(id);
  TyKind kind = types_[type_of(id)].kind;
  visit(n.a);
  visit_list(n.list);
  if (in_return_ != 0 || !is_view(id) || kind == TyKind::Optional || kind == TyKind::Result) return;
  if (n.kind == T::FillLit || n.kind == T::UnionLit) store(Store::Kind::Part, 0, n.a);
  for (NodeId part : items(n.list))
    store(Store::Kind::Part, 0, n.kind == T::ArrayLit ? part : node(part).a);
}

// What each local views at last, through the locals that it was given.
void Views::close() {
  std::vector<std::vector<uint32_t>> givers(holds_.size());
  std::vector<uint32_t> work;
  for (const Store& s : stores_) {
    if (s.kind != Store::Kind::Local) continue;
    for (uint32_t from : s.sources.locals) givers[from].push_back(s.local);
    holds_[s.local].insert(s.sources.origins.begin(), s.sources.origins.end());
  }
  for (uint32_t i = 0; i < holds_.size(); ++i) work.push_back(i);
  while (!work.empty()) {
    uint32_t from = work.back();
    work.pop_back();
    for (uint32_t to : givers[from]) {
      size_t before = holds_[to].size();
      holds_[to].insert(holds_[from].begin(), holds_[from].end());
      if (holds_[to].size() != before) work.push_back(to);
    }
  }
}

// ---- what is wrong

bool Views::outlives(uint32_t longer, uint32_t shorter) const {
  return paths_.encloses(declared_in_[longer], declared_in_[shorter]) &&
         declared_at_[longer] <= declared_at_[shorter];
}

bool Views::report_store(const Store& s, const Origins& origins) {
  if (s.in_loop) return false;
  for (const Origin& origin : origins) {
    std::string what =
        origin.kind == Origin::Kind::Temporary ? "this temporary" : name_of(origin.index);
    std::string why;
    switch (s.kind) {
      case Store::Kind::Local:
        if (origin.kind == Origin::Kind::Param) continue;
        if (origin.kind == Origin::Kind::Local && outlives(origin.index, s.local)) continue;
        why = "it dies before " + name_of(s.local) + ", which views it";
        if (origin.kind == Origin::Kind::Temporary)
          why = "it dies at the end of the statement, and " + name_of(s.local) + " views it";
        break;
      case Store::Kind::Return:
        if (origin.kind == Origin::Kind::Param) continue;
        why = "it is viewed by what is returned";
        break;
      case Store::Kind::Global:
        // The block of the top level lives as long as its globals.
        if (origin.kind == Origin::Kind::Local && program_.program.is_segment(func_) &&
            declared_in_[origin.index] <= 1)
          continue;
        why = "a global views it";
        break;
      case Store::Kind::Part:
        why = "what is kept in a field or an element views it";
        break;
    }
    Diagnostic& diagnostic =
        report(DiagKind::LivesTooShort, s.span, what + " does not live long enough");
    diagnostic.note(
        origin.kind == Origin::Kind::Temporary ? s.span : function().locals[origin.index].span,
        why);
    return true;
  }
  return false;
}

void Views::report_stores() {
  for (Store& s : stores_) s.refused = report_store(s, closed(s.sources));
}

// [T-VIEW-2]: what is viewed is written while a view of it is used later.
void Views::report_loans() {
  std::vector<std::vector<Paths::Event>> fills(holds_.size());
  std::vector<std::vector<const Event*>> given(holds_.size());
  std::vector<std::vector<const Event*>> uses(holds_.size());
  std::vector<std::vector<uint32_t>> viewers(holds_.size());
  for (const Event& event : events_) {
    if (event.kind == Event::Kind::Fill) {
      fills[event.local].push_back(event.at);
      given[event.local].push_back(&event);
    }
    if (event.kind == Event::Kind::Use) uses[event.local].push_back(&event);
  }
  closed_.clear();
  for (const Store& s : stores_) closed_.push_back(closed(s.sources));
  for (uint32_t local = 0; local < holds_.size(); ++local) {
    if (uses[local].empty()) continue;
    for (const Origin& origin : holds_[local]) {
      if (origin.kind == Origin::Kind::Local) viewers[origin.index].push_back(local);
    }
  }
  for (const Event& write : events_) {
    if (write.kind != Event::Kind::Write) continue;
    for (uint32_t viewer : viewers[write.local]) {
      if (report_loan(write, viewer, fills[viewer], given[viewer], uses[viewer])) break;
    }
  }
}

bool Views::report_loan(const Event& write, uint32_t viewer, const std::vector<Paths::Event>& fills,
                        const std::vector<const Event*>& given,
                        const std::vector<const Event*>& uses) {
  // A loop looks at each element as it is then; only a string's bytes would be gone.
  if (viewer >= function().locals.size() && !write.holds_strings) return false;
  auto is_written = [&](const Origin& origin) {
    return origin.kind == Origin::Kind::Local && origin.index == write.local &&
           overlap(origin.field, write.field);
  };
  bool viewed = std::any_of(given.begin(), given.end(), [&](const Event* fill) {
    if (fill->store == 0 || stores_[fill->store - 1].refused) return false;
    const Origins& origins = closed_[fill->store - 1];
    return std::any_of(origins.begin(), origins.end(), is_written) &&
           paths_.reaches(fill->at, write.at, fills);
  });
  if (!viewed) return false;
  for (const Event* use : uses) {
    if (!paths_.reaches(write.at, use->at, fills)) continue;
    report(DiagKind::CannotAssignBorrowed, write.span,
           "cannot assign " + name_of(known_as(write.local)) + " while it is borrowed")
        .note(use->span, "the view is used here");
    return true;
  }
  return false;
}

// The local that the program knows: a hidden owner has the name of the view that it was made for.
uint32_t Views::known_as(uint32_t local) const {
  if (!function().locals[local].name.empty()) return local;
  auto owned = std::find_if(stores_.begin(), stores_.end(), [&](const Store& s) {
    return s.kind == Store::Kind::Local &&
           s.sources.origins.count({Origin::Kind::Local, local, kWhole}) != 0;
  });
  return owned == stores_.end() ? local : owned->local;
}

Diagnostic& Views::report(DiagKind kind, Span span, std::string message) {
  if (out_.types.gate() != nullptr) out_.types.gate()->enter();
  return sink_.report(kind, span, std::move(message));
}

std::set<uint32_t> Views::viewed_by_result(tree::FuncId func) {
  walk_function(func);
  std::set<uint32_t> viewed;
  for (const Store& s : stores_) {
    if (s.kind != Store::Kind::Return) continue;
    for (const Origin& origin : closed(s.sources)) {
      if (origin.kind == Origin::Kind::Param) viewed.insert(origin.index);
    }
  }
  return viewed;
}

void Views::check(tree::FuncId func) {
  walk_function(func);
  report_stores();
  report_loans();
}

// What results view is known when it does not grow any more.
static ViewSummaries summaries_of(const CheckedProgram& program, oir::Program& out,
                                  DiagnosticSink& sink) {
  const std::deque<tree::Function>& functions = program.program.functions;
  ViewSummaries summaries(functions.size());
  std::vector<tree::FuncId> giving;
  for (size_t i = 0; i < functions.size(); ++i) {
    Ty result = program.results[i];
    if (!result.valid() || !program.types[result].views) continue;
    if (functions[i].body.valid()) {
      giving.push_back(tree::FuncId{i});
    } else {
      for (uint32_t p = 0; p < functions[i].params; ++p) summaries[i].insert(p);
    }
  }
  Views views(program, summaries, out, sink);
  for (bool grows = true; grows;) {
    grows = false;
    for (tree::FuncId func : giving) {
      std::set<uint32_t>& summary = summaries[func.index()];
      size_t before = summary.size();
      summary.merge(views.viewed_by_result(func));
      grows |= summary.size() != before;
    }
  }
  return summaries;
}

void check_views(const CheckedProgram& program, oir::Program& out, DiagnosticSink& sink) {
  const ViewSummaries summaries = summaries_of(program, out, sink);
  std::vector<tree::FuncId> viewing;
  for (size_t i = 0; i < program.has_views.size(); ++i) {
    if (program.has_views[i] != 0) viewing.push_back(tree::FuncId{i});
  }
  std::vector<Views> threads;
  for (size_t worker = 0; worker < oir::workers_for(viewing.size()); ++worker)
    threads.emplace_back(program, summaries, out, sink);
  oir::in_parallel(out, viewing.size(),
                   [&](size_t worker, size_t i) { threads[worker].check(viewing[i]); });
}

}  // namespace tenure::tape

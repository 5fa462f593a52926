#include "own/types.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "own/steps.h"
#include "own/written_slots.h"

namespace tenure::own {

using namespace oir;

namespace {

constexpr uint32_t kNobody = 0xFFFFFFFFu;

// The graph of types. Node t < n is the type t; node n + t is `whatever a part of type t lies in`.
class TypeGraph {
 public:
  explicit TypeGraph(const Program& program) : types_(program.types), count_(types_.size()) {
    edges_.resize(count_ * 2);
    for (uint32_t t = 0; t < count_; ++t) add_type(t);
  }
  size_t size() const { return edges_.size(); }
  const std::vector<uint32_t>& edges(uint32_t node) const { return edges_[node]; }

 private:
  void part(uint32_t whole, TypeId part) {
    edges_[whole].push_back(part.v);
    uint32_t up = static_cast<uint32_t>(count_) + part.v;
    edges_[up].push_back(whole);
    // An array's buffer is an object of its own; anything else may lie in something larger again.
    if (types_[TypeId{size_t{whole}}].kind != TypeKind::Array) {
      edges_[up].push_back(static_cast<uint32_t>(count_) + whole);
    }
  }

  void add_type(uint32_t t) {
    const Type& type = types_[TypeId{size_t{t}}];
    switch (type.kind) {
      case TypeKind::Struct:
      case TypeKind::Tuple:
        for (const Field& field : type.fields) part(t, field.type);
        break;
      case TypeKind::Union:
        for (const Variant& variant : type.variants) {
          for (const Field& field : variant.fields) part(t, field.type);
        }
        break;
      case TypeKind::FixedArray:
      case TypeKind::Array:
        part(t, type.elem);
        // What a span leads to lies wherever an element may lie.
        if (types_.is_run(TypeId{size_t{t}})) {
          edges_[count_ + t].push_back(static_cast<uint32_t>(count_) + type.elem.v);
        }
        break;
      case TypeKind::View:
        edges_[t].push_back(type.elem.v);
        break;
      case TypeKind::Ref:
      case TypeKind::Box:
        edges_[t].push_back(type.elem.v);
        if (types_[type.elem].interior) {
          edges_[t].push_back(static_cast<uint32_t>(count_) + type.elem.v);
        }
        break;
      default:
        break;
    }
  }

  const TypeTable& types_;
  size_t count_;
  std::vector<std::vector<uint32_t>> edges_;
};

// Tarjan's algorithm with a stack of its own: types come from the user, and may be many in a row.
class Components {
 public:
  explicit Components(const TypeGraph& graph)
      : graph_(graph),
        index_(graph.size(), kNobody),
        low_(graph.size()),
        component_(graph.size(), kNobody),
        cyclic_(graph.size()),
        on_stack_(graph.size()) {
    for (uint32_t node = 0; node < graph.size(); ++node) {
      if (index_[node] == kNobody) visit(node);
    }
  }
  bool cyclic(uint32_t node) const { return cyclic_[node]; }
  bool together(uint32_t a, uint32_t b) const { return component_[a] == component_[b]; }
  uint32_t of(uint32_t node) const { return component_[node]; }

 private:
  struct Frame {
    uint32_t node;
    size_t next;
  };

  void enter(uint32_t node) {
    index_[node] = low_[node] = counter_++;
    stack_.push_back(node);
    on_stack_[node] = true;
    frames_.push_back({node, 0});
  }

  void visit(uint32_t root) {
    enter(root);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      uint32_t node = frame.node;
      const std::vector<uint32_t>& edges = graph_.edges(node);
      if (frame.next < edges.size()) {
        uint32_t to = edges[frame.next++];
        if (to == node) cyclic_[node] = true;
        if (index_[to] == kNobody) {
          enter(to);
        } else if (on_stack_[to]) {
          low_[node] = std::min(low_[node], index_[to]);
        }
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) {
        low_[frames_.back().node] = std::min(low_[frames_.back().node], low_[node]);
      }
      if (low_[node] == index_[node]) leave_component(node);
    }
  }

  void leave_component(uint32_t root) {
    bool single = stack_.back() == root;
    uint32_t node;
    do {
      node = stack_.back();
      stack_.pop_back();
      on_stack_[node] = false;
      component_[node] = root;
      if (!single) cyclic_[node] = true;
    } while (node != root);
  }

  const TypeGraph& graph_;
  std::vector<uint32_t> index_, low_, component_;
  std::vector<bool> cyclic_, on_stack_;
  std::vector<uint32_t> stack_;
  std::vector<Frame> frames_;
  uint32_t counter_ = 0;
};

// By component: a slot on a way from its types back to them is written, so that objects of them can
// be part of a cycle. A way through an object leads over its own type and down to the slot, however
// it was entered, so it is enough to look at the steps downwards.
std::vector<bool> find_closing(const Program& program, const Components& components) {
  WrittenSlots slots(program);
  const TypeTable& types = program.types;
  std::vector<bool> closing(types.size() * 2);
  for (uint32_t t = 0; t < types.size(); ++t) {
    TypeId id{size_t{t}};
    const Type& type = types[id];
    auto close_if = [&](bool is) {
      if (is) closing[components.of(t)] = true;
    };
    auto part = [&](const Field& field) {
      close_if(components.together(t, field.type.v) && slots.is_written(id, field.type));
    };
    close_if(slots.is_written(id));
    for (const Field& field : type.fields) part(field);
    for (const Variant& variant : type.variants) {
      for (const Field& field : variant.fields) part(field);
    }
    bool of_elements = type.kind == TypeKind::FixedArray || type.kind == TypeKind::Array ||
                       type.kind == TypeKind::View;
    if (of_elements) {
      close_if(components.together(t, type.elem.v) && slots.elements_are_written(type.elem));
    }
  }
  return closing;
}

void find_interior(Program& program, const EscapesFn& escapes) {
  for (const Function& function : program.functions) {
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op == Op::MakeRef && inst.args_count == 2) {
          TypeId items = program.types[place_type(program, function, inst.dst)]
                             .fields[TypeTable::kSpanItems]
                             .type;
          program.types.mut(program.types[items].elem).interior = true;
          continue;
        }
        for_each_escaping(program, function, inst, escapes, [&](Place place) {
          std::vector<Step> steps = steps_of(program, function, place);
          if (is_interior(program, steps)) program.types.mut(steps.back().to).interior = true;
        });
      }
    }
  }
}

// Why each type is watched: the type next to it on the way to a `drop` (itself: it has one;
// kNobody: not watched).
std::vector<uint32_t> find_watched(const Program& program, const TypeGraph& graph) {
  std::vector<uint32_t> cause(graph.size(), kNobody);
  std::vector<uint32_t> work;
  auto mark = [&](uint32_t node, uint32_t why) {
    if (cause[node] != kNobody) return;
    cause[node] = why;
    work.push_back(node);
  };
  for (uint32_t t = 0; t < program.types.size(); ++t) {
    const Type& type = program.types[TypeId{size_t{t}}];
    if (type.drop.valid() || !type.release.empty()) mark(t, t);
  }
  for (const Function& function : program.functions) {
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.op == Op::Runtime && RtFn(inst.imm) == RtFn::WeakNew)
          mark(inst.type.v, inst.type.v);
      }
    }
  }
  std::vector<std::vector<uint32_t>> back(graph.size());
  for (uint32_t node = 0; node < graph.size(); ++node) {
    for (uint32_t to : graph.edges(node)) back[to].push_back(node);
  }
  while (!work.empty()) {
    uint32_t node = work.back();
    work.pop_back();
    for (uint32_t from : back[node]) mark(from, node);
  }
  return cause;
}

bool is_nominal(const Type& type) {
  return type.kind == TypeKind::Struct || type.kind == TypeKind::Union ||
         type.kind == TypeKind::Native;
}

std::string watched_text(const Program& program, uint32_t t, uint32_t cause) {
  const Type& type = program.types[TypeId{size_t{t}}];
  if (cause == t) {
    if (type.drop.valid()) return "it has a `drop`";
    if (!type.release.empty()) return "it is released when it dies";
    return "a weak reference to it is made";
  }
  // Nodes beyond the table are `what a part lies in`.
  TypeId reached{cause % program.types.size()};
  return "it reaches `" + program.types.text(reached) + "`";
}

// The first part of the type from which a way leads back to it.
std::string cyclic_text(const Type& type, uint32_t t, const Components& components) {
  auto leads_back = [&](const std::vector<Field>& fields) -> const Field* {
    for (const Field& field : fields) {
      if (components.together(field.type.v, t)) return &field;
    }
    return nullptr;
  };
  if (const Field* field = leads_back(type.fields)) return "`" + field->name + "` leads back to it";
  for (const Variant& variant : type.variants) {
    if (const Field* field = leads_back(variant.fields))
      return "`" + variant.name + "." + field->name + "` leads back to it";
  }
  return "a reference into what it lies in leads back to it";
}

void record(Program& program, TypeId id, FactKind kind, std::string why) {
  const Type& type = program.types[id];
  if (!is_nominal(type) || !type.span.valid()) return;
  program.add_fact({kind, FuncId{}, type.span, type.name, std::move(why)});
}

// Only a user's `new` of a watched type that can be part of a cycle may be a collection point.
void settle_new_points(Program& program) {
  for (Function& function : program.functions) {
    for (Block& block : function.blocks) {
      for (Inst& inst : block.insts) {
        if (inst.op != Op::New || inst.extra == 0) continue;
        const Type& type = program.types[inst.type];
        if (type.watched && type.cyclic) continue;
        inst.extra = 0;
        inst.unwind = {};
      }
    }
  }
}

}  // namespace

void run_types(Program& program, const EscapesFn& escapes, const std::vector<bool>& vacates,
               bool find_acyclic) {
  find_interior(program, escapes);
  TypeGraph graph(program);
  Components components(graph);
  std::vector<uint32_t> cause = find_watched(program, graph);
  std::vector<bool> closing =
      find_acyclic ? find_closing(program, components) : std::vector<bool>(graph.size(), true);
  for (uint32_t t = 0; t < program.types.size(); ++t) {
    TypeId id{size_t{t}};
    Type& type = program.types.mut(id);
    type.watched = cause[t] != kNobody;
    type.cyclic = components.cyclic(t) && (type.watched || closing[components.of(t)]);
    type.vacates = t < vacates.size() && vacates[t] && !program.types.is_plain(id);
    if (type.cyclic) record(program, id, FactKind::Cyclic, cyclic_text(type, t, components));
    if (components.cyclic(t) && !type.cyclic) {
      record(program, id, FactKind::Acyclic,
             "what leads back to it is never written, so it leads to older objects");
    }
    if (type.watched) record(program, id, FactKind::Watched, watched_text(program, t, cause[t]));
    if (type.vacates) {
      record(program, id, FactKind::Vacates,
             "a value of it is moved out of memory that others see");
    }
  }
  settle_new_points(program);
}

}  // namespace tenure::own

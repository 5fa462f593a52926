#include "oir/types.h"

#include <algorithm>

#include "base/check.h"

namespace tenure::oir {

std::string_view type_kind_name(TypeKind kind) {
  static constexpr std::string_view kNames[] = {
#define TYPE_KIND(name, text, size_class) text,
#include "oir/types.def"
#undef TYPE_KIND
  };
  return kNames[size_t(kind)];
}

std::string_view ownership_name(Ownership ownership) {
  static constexpr std::string_view kNames[] = {"plain", "managed", "shared", "move-only"};
  return kNames[size_t(ownership)];
}

namespace {

constexpr size_t kScalarKinds = size_t(TypeKind::Text) + 1;

bool is_nominal(TypeKind kind) {
  return kind == TypeKind::Struct || kind == TypeKind::Union || kind == TypeKind::Native;
}

// The parts of a value of the type, in declaration order: what dies with it and is moved with it.
// References are not followed; the elements of an array are its parts.
void append_parts(const Type& type, std::vector<TypeId>& parts) {
  switch (type.kind) {
    case TypeKind::Array:
    case TypeKind::FixedArray:
      parts.push_back(type.elem);
      break;
    case TypeKind::Tuple:
    case TypeKind::Struct:
      for (const Field& field : type.fields) parts.push_back(field.type);
      break;
    case TypeKind::Union:
      for (const Variant& variant : type.variants) {
        for (const Field& field : variant.fields) parts.push_back(field.type);
      }
      break;
    default:
      break;
  }
}

// What a part contributes to the aggregate that holds it [O-KIND-1].
Ownership as_part(Ownership part) {
  return part == Ownership::Shared ? Ownership::Managed : part;
}

Ownership join(Ownership a, Ownership b) {
  return std::max(a, b);
}

}  // namespace

TypeTable::TypeTable() {
  types_.resize(kScalarKinds);
  for (size_t i = 0; i < kScalarKinds; ++i) types_[i].kind = TypeKind(i);
}

TypeId TypeTable::scalar(TypeKind kind) const {
  TN_CHECK(size_t(kind) < kScalarKinds, "scalar() of a kind with parts");
  return TypeId{size_t(kind)};
}

Type& TypeTable::add_row() {
  if (gate_ != nullptr && types_.size() == types_.capacity()) {
    std::vector<Type> more;
    more.reserve(types_.size() * 2);
    more = types_;
    outgrown_.push_back(std::exchange(types_, std::move(more)));
  }
  return types_.emplace_back();
}

TypeId TypeTable::structural(TypeKind kind, TypeId elem, uint64_t count) {
  TN_CHECK(elem.valid() && elem.index() < types_.size(), "a structural type of nothing");
  Structure key{kind, elem.v, count};
  if (auto found = structural_.find(key); found != structural_.end()) return found->second;
  if (gate_ != nullptr) gate_->enter();
  auto [it, fresh] = structural_.try_emplace(key, TypeId{types_.size()});
  if (fresh) {
    Type& type = add_row();
    type.kind = kind;
    type.elem = elem;
    type.count = count;
  }
  return it->second;
}

void TypeTable::share(GrowthGate* gate) {
  settle();
  gate_ = gate;
  outgrown_.clear();
  // Rows that have to stay where they are can only be copied.
  if (gate != nullptr) types_.reserve(types_.size() * 2);
}

void TypeTable::settle() {
  for (size_t i = settled_; i < types_.size(); ++i) ownership(TypeId{i});
  while (settled_ < types_.size() && ownership_cache_[settled_] != 0) ++settled_;
}

// `fill` makes the row of a type that is new.
template <class Fill>
TypeId TypeTable::interned(const std::string& key, Fill fill) {
  if (auto found = interned_.find(key); found != interned_.end()) return found->second;
  if (gate_ != nullptr) gate_->enter();
  auto [it, fresh] = interned_.try_emplace(key, TypeId{types_.size()});
  if (fresh) fill(add_row());
  return it->second;
}

TypeId TypeTable::shown_struct(Shown shown, TypeId elem, std::vector<Field> fields) {
  std::string key = "s " + std::to_string(int(shown)) + ' ' + std::to_string(elem.v);
  return interned(key, [&](Type& type) {
    type.kind = TypeKind::Struct;
    type.name = (shown == Shown::Span ? "span<" : "Range<") + text(elem) + '>';
    type.elem = elem;
    type.shown = shown;
    type.fields = std::move(fields);
  });
}

TypeId TypeTable::span(TypeId elem) {
  TypeId items = ref(run(elem));
  return shown_struct(Shown::Span, elem, {{"items", items}, {"length", scalar(TypeKind::U64)}});
}

TypeId TypeTable::range(TypeId elem) {
  return shown_struct(
      Shown::Range, elem,
      {{"start", elem}, {"end", elem}, {"inclusive", boolean()}, {"descending", boolean()}});
}

TypeId TypeTable::tuple(const std::vector<Field>& fields) {
  std::string key = "t";
  for (const Field& field : fields) {
    // A name cannot hold a space, so the key is unambiguous.
    key += ' ' + field.name + ' ' + std::to_string(field.type.v);
  }
  return interned(key, [&](Type& type) {
    type.kind = TypeKind::Tuple;
    type.fields = fields;
  });
}

TypeId TypeTable::function(const std::vector<TypeId>& params, TypeId result) {
  std::string key = "f " + std::to_string(result.v);
  for (TypeId param : params) key += ' ' + std::to_string(param.v);
  return interned(key, [&](Type& type) {
    type.kind = TypeKind::Function;
    type.params = params;
    type.result = result;
  });
}

TypeId TypeTable::declare(TypeKind kind, std::string name, Span span) {
  TN_CHECK(is_nominal(kind), "declare() of a structural type");
  if (gate_ != nullptr) gate_->enter();
  TypeId id{types_.size()};
  Type& type = add_row();
  type.kind = kind;
  type.name = std::move(name);
  type.span = span;
  type.complete = false;
  return id;
}

void TypeTable::complete(TypeId type) {
  TN_CHECK(!types_[type.index()].complete, "a nominal type is completed twice");
  types_[type.index()].complete = true;
}

void TypeTable::complete_struct(TypeId type, std::vector<Field> fields) {
  TN_CHECK(types_[type.index()].kind == TypeKind::Struct, "complete_struct() of another kind");
  complete(type);
  types_[type.index()].fields = std::move(fields);
}

void TypeTable::complete_union(TypeId type, std::vector<Variant> variants) {
  TN_CHECK(types_[type.index()].kind == TypeKind::Union, "complete_union() of another kind");
  complete(type);
  types_[type.index()].variants = std::move(variants);
}

void TypeTable::complete_native(TypeId type, std::string release) {
  TN_CHECK(types_[type.index()].kind == TypeKind::Native, "complete_native() of another kind");
  complete(type);
  types_[type.index()].release = std::move(release);
}

// What a type is before its parts are looked at.
Ownership TypeTable::base_ownership(const Type& type) const {
  if (type.drop.valid()) return Ownership::MoveOnly;
  if (type.shown == Shown::Span) return Ownership::Shared;
  switch (type.kind) {
    case TypeKind::String:
    case TypeKind::Text:
    case TypeKind::Array:
      return Ownership::Managed;
    case TypeKind::Ref:
    case TypeKind::Weak:
    case TypeKind::View:
      return Ownership::Shared;
    case TypeKind::Box:
      return Ownership::MoveOnly;
    case TypeKind::Native:
      return type.release.empty() ? Ownership::Plain : Ownership::MoveOnly;
    default:
      return Ownership::Plain;
  }
}

// The least solution of: ownership(T) = join of T's own and of its parts'. Types may hold
// themselves through arrays, so parts form a graph; all members of a strongly connected component
// have the same answer. Tarjan's algorithm (1972) with an explicit stack, because types may nest as
// deep as a program likes. A component that reaches an incomplete type is not cached.
Ownership TypeTable::find_ownership(TypeId id) const {
  if (ownership_cache_.size() < types_.size()) ownership_cache_.resize(types_.size(), 0);
  if (uint8_t known = ownership_cache_[id.index()]) return Ownership(known - 1);

  struct Node {
    uint32_t order;
    uint32_t low;
    Ownership own;
    bool settled = false;
    bool complete;
  };
  struct Frame {
    TypeId type;
    std::vector<TypeId> parts;
    size_t next = 0;
  };
  std::unordered_map<TypeId, Node> nodes;
  std::vector<Frame> frames;
  std::vector<TypeId> component;
  auto enter = [&](TypeId type) {
    const Type& row = types_[type.index()];
    uint32_t order = uint32_t(nodes.size());
    nodes[type] = {order, order, base_ownership(row), false, row.complete};
    component.push_back(type);
    frames.push_back({type, {}, 0});
    append_parts(row, frames.back().parts);
  };
  enter(id);
  while (!frames.empty()) {
    Frame& frame = frames.back();
    Node& node = nodes[frame.type];
    if (frame.next < frame.parts.size()) {
      TypeId part = frame.parts[frame.next++];
      if (uint8_t known = ownership_cache_[part.index()]) {
        node.own = join(node.own, as_part(Ownership(known - 1)));
      } else if (auto it = nodes.find(part); it == nodes.end()) {
        enter(part);
      } else {
        node.own = join(node.own, as_part(it->second.own));
        node.complete &= it->second.complete;
        if (!it->second.settled) node.low = std::min(node.low, it->second.order);
      }
      continue;
    }
    Node done = node;
    TypeId type = frame.type;
    frames.pop_back();
    if (done.low == done.order) {
      for (TypeId member{};;) {
        member = component.back();
        component.pop_back();
        Node& row = nodes[member];
        row.own = done.own;
        row.settled = true;
        row.complete = done.complete;
        if (done.complete) ownership_cache_[member.index()] = uint8_t(1 + int(done.own));
        if (member == type) break;
      }
    }
    if (!frames.empty()) {
      Node& parent = nodes[frames.back().type];
      parent.own = join(parent.own, as_part(done.own));
      parent.complete &= done.complete;
      if (done.low < done.order) parent.low = std::min(parent.low, done.low);
    }
  }
  return nodes[id].own;
}

bool TypeTable::is_integer(TypeId id) const {
  TypeKind kind = types_[id.index()].kind;
  return kind >= TypeKind::I8 && kind <= TypeKind::U64;
}

bool TypeTable::is_signed(TypeId id) const {
  TypeKind kind = types_[id.index()].kind;
  return kind >= TypeKind::I8 && kind <= TypeKind::I64;
}

uint32_t TypeTable::bits(TypeId id) const {
  return 8u << ((unsigned(types_[id.index()].kind) - unsigned(TypeKind::I8)) % 4);
}

bool TypeTable::is_float(TypeId id) const {
  TypeKind kind = types_[id.index()].kind;
  return kind == TypeKind::F32 || kind == TypeKind::F64;
}

bool TypeTable::is_string(TypeId id) const {
  TypeKind kind = types_[id.index()].kind;
  return kind == TypeKind::String || kind == TypeKind::Text;
}

// An explicit stack of what is still to be written: generics can nest types deeper than any source
// does.
std::string TypeTable::text(TypeId id) const {
  struct Piece {
    TypeId type;  // none: `words`
    std::string words;
  };
  std::string out;
  std::vector<Piece> todo;
  todo.push_back({id, {}});
  while (!todo.empty()) {
    Piece piece = std::move(todo.back());
    todo.pop_back();
    if (!piece.type.valid()) {
      out += piece.words;
      continue;
    }
    const Type& type = types_[piece.type.index()];
    auto wrap = [&](std::string_view before, std::string after) {
      out += before;
      todo.push_back({TypeId{}, std::move(after)});
      todo.push_back({type.elem, {}});
    };
    switch (type.kind) {
      case TypeKind::Ref:
        wrap("ref<", ">");
        break;
      case TypeKind::Weak:
        wrap("Weak<", ">");
        break;
      case TypeKind::Box:
        wrap("Box<", ">");
        break;
      case TypeKind::View:
        wrap("view<", ">");
        break;
      case TypeKind::Borrow:
        wrap("borrow<", ">");
        break;
      case TypeKind::Array:
        wrap("[", "]");
        break;
      case TypeKind::FixedArray:
        wrap("[", type.count == kAnyCount ? "; ..]" : "; " + std::to_string(type.count) + "]");
        break;
      case TypeKind::Pointer:
        wrap("*", "");
        break;
      case TypeKind::Slice:
        wrap("[]", "");
        break;
      case TypeKind::Text:
        out += type_kind_name(TypeKind::String);
        break;
      case TypeKind::Function:
        out += "(";
        todo.push_back({type.result, {}});
        todo.push_back({TypeId{}, ") -> "});
        for (size_t i = type.params.size(); i-- > 0;) {
          todo.push_back({type.params[i], {}});
          if (i != 0) todo.push_back({TypeId{}, ", "});
        }
        break;
      case TypeKind::Tuple:
        out += '(';
        todo.push_back({TypeId{}, ")"});
        for (size_t i = type.fields.size(); i-- > 0;) {
          const Field& field = type.fields[i];
          todo.push_back({field.type, {}});
          std::string before = i != 0 ? ", " : "";
          if (!field.name.empty()) before += field.name + ": ";
          if (!before.empty()) todo.push_back({TypeId{}, std::move(before)});
        }
        break;
      case TypeKind::Struct:
      case TypeKind::Union:
      case TypeKind::Native:
        out += type.name;
        break;
      default:
        out += type_kind_name(type.kind);
        break;
    }
  }
  return out;
}

TypeId TypeTable::move_only_cause(TypeId id) const {
  std::vector<bool> seen(types_.size());
  std::vector<TypeId> todo{id};
  while (!todo.empty()) {
    TypeId type = todo.back();
    todo.pop_back();
    if (seen[type.index()]) continue;
    seen[type.index()] = true;
    if (!is_move_only(type)) continue;
    const Type& row = types_[type.index()];
    if (base_ownership(row) == Ownership::MoveOnly) return type;
    size_t first = todo.size();
    append_parts(row, todo);
    std::reverse(todo.begin() + std::ptrdiff_t(first), todo.end());
  }
  return TypeId{};
}

}  // namespace tenure::oir

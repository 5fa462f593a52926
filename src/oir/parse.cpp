// Programs, types and the frames of functions. First the names of all types and functions are
// declared, then everything but bodies is read, then the bodies: so the order in the text is free.
#include <bit>

#include "base/check.h"
#include "oir/text.h"
#include "oir/text_parser.h"
#include "oir/text_words.h"

namespace tenure::oir {

namespace {

constexpr uint32_t kDeepestType = 500;
constexpr uint64_t kMostSites = 1u << 24;
constexpr uint64_t kMostAlign = 4096;

}  // namespace

std::optional<Program> parse(const SourceMap& sources, FileId file, DiagnosticSink& sink) {
  size_t errors = sink.error_count();
  std::vector<Token> tokens = lex_text(sources, file, sink);
  if (sink.error_count() != errors) return std::nullopt;
  Program program;
  if (!TextParser(std::move(tokens), sink).run(program)) return std::nullopt;
  return program;
}

bool TextParser::run(Program& program) {
  program_ = &program;
  if (!declare_names()) return false;
  at_ = 0;
  while (peek().kind != TokenKind::End) {
    if (!top_level()) return false;
  }
  for (auto [func, at] : bodies_) {
    at_ = at;
    if (!body(func)) return false;
  }
  return true;
}

// ---- tokens

bool TextParser::fail(DiagKind kind, std::string message) {
  if (!failed_) sink_.report(kind, peek().span, std::move(message));
  failed_ = true;
  return false;
}

bool TextParser::at_name() const {
  return peek().kind == TokenKind::Quoted ||
         (peek().kind == TokenKind::Word && !is_reserved_word(peek().text));
}

bool TextParser::accept_word(std::string_view word) {
  if (!at_word(word)) return false;
  ++at_;
  return true;
}

bool TextParser::accept_punct(std::string_view punct) {
  if (!at_punct(punct)) return false;
  ++at_;
  return true;
}

bool TextParser::expect_punct(std::string_view punct) {
  return accept_punct(punct) || expected("`" + std::string(punct) + "`");
}

std::string TextParser::name(bool dotted, std::string* plain) {
  if (!at_name() || peek().text.empty()) {
    expected("a name");
    return {};
  }
  bool word = peek().kind == TokenKind::Word;
  std::string out = next().text;
  while (word && dotted && at_punct(".") && peek(1).kind == TokenKind::Word) {
    ++at_;
    out += '.' + next().text;
  }
  if (plain != nullptr) *plain = out;
  if (at_punct("#") && peek(1).kind == TokenKind::Number) {
    ++at_;
    out += '#' + next().text;
  }
  return out;
}

bool TextParser::number(uint64_t& out, uint64_t limit) {
  if (peek().kind != TokenKind::Number) return expected("a number");
  out = 0;
  for (char c : peek().text) {
    if (c < '0' || c > '9') return expected("a whole number");
    uint64_t digit = uint64_t(c - '0');
    if (out > (limit - digit) / 10) return fail(DiagKind::InvalidNumber, "the number is too large");
    out = out * 10 + digit;
  }
  ++at_;
  return true;
}

// ---- the program

bool TextParser::declare_names() {
  size_t depth = 0;
  for (; peek().kind != TokenKind::End; ++at_) {
    if (at_punct("{")) ++depth;
    if (at_punct("}") && depth != 0) --depth;
    if (depth != 0 || peek().kind != TokenKind::Word) continue;
    if (at_word("type")) {
      Span span = next().span;
      std::string plain;
      std::string key = name(true, &plain);
      if (key.empty() || !expect_punct("=")) return false;
      TypeKind kind = TypeKind::Struct;
      if (at_word("union")) {
        kind = TypeKind::Union;
      } else if (at_word("native")) {
        kind = TypeKind::Native;
      } else if (!at_word("struct")) {
        return expected("`struct`, `union` or `native`");
      }
      if (!types_.try_emplace(key, program_->types.declare(kind, plain, span)).second) {
        return fail(DiagKind::Redeclared, "type `" + key + "` is declared twice");
      }
    } else if (at_word("fn") && at_punct("@", 1)) {
      Span span = next().span;
      if (!expect_punct("@")) return false;
      std::string key = name(true);
      if (key.empty()) return false;
      if (!funcs_.try_emplace(key, FuncId{program_->functions.size()}).second) {
        return fail(DiagKind::Redeclared, "function `" + key + "` is declared twice");
      }
      Function& function = program_->functions.emplace_back();
      function.name = key;
      function.shown_name = key;
      function.span = span;
      --at_;
    }
  }
  return true;
}

bool TextParser::top_level() {
  if (accept_word("type")) return type_definition();
  if (accept_word("facts")) return type_facts();
  if (accept_word("global")) return global();
  if (accept_word("fn")) return signature();
  if (accept_word("start")) {
    program_->start = func_name();
    return !failed_;
  }
  if (accept_word("library")) {
    if (peek().kind != TokenKind::String) return expected("a string");
    program_->libraries.push_back({next().text, {}});
    return true;
  }
  if (accept_word("sites")) {
    uint64_t count = 0;
    if (!number(count, kMostSites)) return false;
    program_->move_sites.resize(count);
    return true;
  }
  return expected("`type`, `facts`, `global`, `sites`, `library`, `start` or `fn`");
}

bool TextParser::global() {
  Span span = peek().span;
  std::string plain;
  if (!expect_punct("$")) return false;
  std::string key = name(false, &plain);
  if (key.empty() || !expect_punct(":")) return false;
  Global global;
  global.name = plain;
  global.type = type();
  global.span = span;
  global.boxed = accept_word("boxed");
  global.always_full = accept_word("always_full");
  if (!globals_.try_emplace(key, GlobalId{program_->globals.size()}).second) {
    return fail(DiagKind::Redeclared, "global `" + key + "` is declared twice");
  }
  program_->globals.push_back(std::move(global));
  return !failed_;
}

// ---- types

bool TextParser::type_definition() {
  TypeTable& table = program_->types;
  TypeId id = type();
  if (failed_) return false;
  // `declare_names` saw only what stands outside of braces.
  bool nominal = table[id].kind == TypeKind::Struct || table[id].kind == TypeKind::Union ||
                 table[id].kind == TypeKind::Native;
  if (!nominal || table[id].complete)
    return fail(DiagKind::Redeclared, "this type has a definition");
  if (!expect_punct("=")) return false;
  if (!accept_word(type_kind_name(table[id].kind))) return expected("the kind of the type");
  std::vector<Field> parts;
  std::vector<Variant> variants;
  std::string release;
  switch (table[id].kind) {
    case TypeKind::Struct:
      if (!expect_punct("{") || !fields(parts, "}")) return false;
      break;
    case TypeKind::Union:
      if (!expect_punct("{")) return false;
      while (!accept_punct("}")) {
        if (!variants.empty() && !expect_punct(",")) return false;
        Variant& variant = variants.emplace_back();
        variant.name = name(false);
        if (failed_) return false;
        if (accept_punct("(") && !fields(variant.fields, ")")) return false;
      }
      break;
    default:
      if (peek().kind == TokenKind::String) release = next().text;
      break;
  }
  if (table[id].kind == TypeKind::Union && accept_word("bare")) table.mut(id).bare = true;
  if (table[id].kind == TypeKind::Struct && accept_word("packed")) table.mut(id).packed = true;
  if (table[id].kind == TypeKind::Struct && accept_word("as")) {
    if (!shown_as(id, parts)) return false;
  }
  if (table[id].kind != TypeKind::Native && accept_word("align")) {
    uint64_t align = 0;
    if (!number(align, kMostAlign)) return false;
    if (!std::has_single_bit(align)) return expected("a power of two");
    table.mut(id).align = uint32_t(align);
  }
  if (accept_word("drop")) {
    FuncId drop = func_name();
    if (failed_) return false;
    table.set_drop(id, drop);
  }
  if (!accept_word("incomplete")) {
    if (table[id].kind == TypeKind::Struct) table.complete_struct(id, std::move(parts));
    if (table[id].kind == TypeKind::Union) table.complete_union(id, std::move(variants));
    if (table[id].kind == TypeKind::Native) table.complete_native(id, std::move(release));
  }
  return type_flags(id);
}

// `as span`, `as range`: the fields tell of what.
bool TextParser::shown_as(TypeId id, const std::vector<Field>& parts) {
  TypeTable& table = program_->types;
  auto is = [&](size_t part, TypeId type) {
    return part < parts.size() && parts[part].type == type;
  };
  TypeId first = parts.empty() ? table.unit() : parts[0].type;
  Type& row = table.mut(id);
  if (accept_word("range")) {
    row.shown = Shown::Range;
    row.elem = first;
    bool same = is(1, first) && is(2, table.boolean()) && is(3, table.boolean());
    return (parts.size() == 4 && same) || expected("the fields of a range");
  }
  if (!accept_word("span")) return expected("`span` or `range`");
  row.shown = Shown::Span;
  bool run = table[first].kind == TypeKind::Ref && table.is_run(table[first].elem);
  if (run) row.elem = table[table[first].elem].elem;
  bool same = run && is(1, table.scalar(TypeKind::U64));
  return (parts.size() == 2 && same) || expected("the fields of a span");
}

bool TextParser::fields(std::vector<Field>& out, std::string_view close) {
  while (!accept_punct(close)) {
    if (!out.empty() && !expect_punct(",")) return false;
    Field field;
    if (at_name() && at_punct(":", 1)) {
      field.name = next().text;
      ++at_;
    }
    field.type = type();
    if (failed_) return false;
    out.push_back(std::move(field));
  }
  return true;
}

bool TextParser::type_flags(TypeId id) {
  for (;;) {
    Type& row = program_->types.mut(id);
    if (accept_word("cyclic")) {
      row.cyclic = true;
    } else if (accept_word("watched")) {
      row.watched = true;
    } else if (accept_word("interior")) {
      row.interior = true;
    } else if (accept_word("vacates")) {
      row.vacates = true;
    } else {
      return true;
    }
  }
}

bool TextParser::type_facts() {
  TypeId id = type();
  return !failed_ && expect_punct(":") && type_flags(id);
}

TypeId TextParser::type() {
  TypeTable& table = program_->types;
  if (at_name()) {
    Span span = peek().span;
    std::string key = name(true);
    auto it = types_.find(key);
    if (it != types_.end()) return it->second;
    if (!failed_) sink_.report(DiagKind::UnknownType, span, "unknown type `" + key + "`");
    failed_ = true;
    return table.unit();
  }
  if (peek().kind != TokenKind::Word) {
    expected("a type");
    return table.unit();
  }
  for (size_t i = 0; i <= size_t(TypeKind::Text); ++i) {
    if (accept_word(type_kind_name(TypeKind(i)))) return table.scalar(TypeKind(i));
  }
  if (type_depth_ >= kDeepestType) {
    fail(DiagKind::NestedTooDeeply, "types are nested too deeply");
    return table.unit();
  }
  ++type_depth_;
  TypeId out = table.unit();
  if (accept_word(type_kind_name(TypeKind::Function))) {
    out = function_type();
  } else if (accept_word(type_kind_name(TypeKind::Tuple))) {
    std::vector<Field> parts;
    if (expect_punct("(") && fields(parts, ")")) out = table.tuple(parts);
  } else if (accept_word(type_kind_name(TypeKind::FixedArray))) {
    uint64_t count = 0;
    if (expect_punct("<")) {
      TypeId elem = type();
      if (failed_ || !expect_punct(",")) return out;
      if (accept_word("any")) {
        count = kAnyCount;
      } else if (!number(count, kAnyCount - 1)) {
        return out;
      }
      if (expect_punct(">")) out = table.fixed_array(elem, count);
    }
  } else {
    using Make = TypeId (TypeTable::*)(TypeId);
    static constexpr struct {
      TypeKind kind;
      Make make;
    } kWrappers[] = {
        {TypeKind::Ref, &TypeTable::ref},         {TypeKind::Weak, &TypeTable::weak},
        {TypeKind::Box, &TypeTable::box},         {TypeKind::Array, &TypeTable::array},
        {TypeKind::View, &TypeTable::view},       {TypeKind::Borrow, &TypeTable::borrow},
        {TypeKind::Pointer, &TypeTable::pointer}, {TypeKind::Slice, &TypeTable::slice}};
    bool found = false;
    for (const auto& wrapper : kWrappers) {
      if (found || !accept_word(type_kind_name(wrapper.kind))) continue;
      found = true;
      if (!expect_punct("<")) break;
      TypeId elem = type();
      if (!failed_ && expect_punct(">")) out = (table.*wrapper.make)(elem);
    }
    if (!found) expected("a type");
  }
  --type_depth_;
  return out;
}

// `(A, B) -> R`.
TypeId TextParser::function_type() {
  std::vector<TypeId> params;
  TypeTable& table = program_->types;
  if (!expect_punct("(")) return table.unit();
  while (!accept_punct(")")) {
    if (!params.empty() && !expect_punct(",")) return table.unit();
    params.push_back(type());
    if (failed_) return table.unit();
  }
  if (!expect_punct("->")) return table.unit();
  TypeId result = type();
  return failed_ ? table.unit() : table.function(params, result);
}

// ---- functions

FuncId TextParser::func_name() {
  if (!expect_punct("@")) return FuncId{};
  std::string key = name(true);
  auto it = funcs_.find(key);
  if (it != funcs_.end()) return it->second;
  if (!failed_) fail(DiagKind::UnknownName, "unknown function `" + key + "`");
  return FuncId{};
}

bool TextParser::signature() {
  FuncId func = func_name();
  if (failed_) return false;
  if (!(*program_)[func].locals.empty()) {
    return fail(DiagKind::Redeclared, "this function has a definition");
  }
  if (!expect_punct("(")) return false;
  std::vector<Local> rows(1);
  rows[0].kind = LocalKind::Result;
  while (!accept_punct(")")) {
    if (rows.size() > 1 && !expect_punct(",")) return false;
    Local param;
    param.kind = LocalKind::Param;
    if (accept_word("borrow")) param.mode = ParamMode::Borrow;
    param.span = peek().span;
    if (peek().kind == TokenKind::Percent) {
      if (next().text != std::to_string(rows.size())) return expected("the parameter's number");
    } else if (name(false, &param.name).empty()) {
      return false;
    }
    if (!expect_punct(":")) return false;
    param.type = type();
    param.boxed = accept_word("boxed");
    if (failed_) return false;
    rows.push_back(std::move(param));
  }
  if (!expect_punct("->")) return false;
  rows[0].type = type();
  rows[0].boxed = accept_word("boxed");
  Function& function = (*program_)[func];
  rows[0].span = function.span;
  function.params = uint32_t(rows.size() - 1);
  function.locals = std::move(rows);
  if (accept_word("shown")) {
    if (peek().kind != TokenKind::String) return expected("a string");
    function.shown_name = next().text;
  }
  if (accept_word("drops")) {
    function.is_drop = true;
    function.drop_of = type();
  }
  function.dispatches = accept_word("dispatches");
  for (auto [word, name] :
       {std::pair{"exported", &function.exported}, {"extern", &function.symbol}}) {
    if (!accept_word(word)) continue;
    if (peek().kind != TokenKind::String) return expected("a string");
    *name = next().text;
  }
  if (failed_ || function.is_foreign()) return !failed_;
  if (!expect_punct("{")) return false;
  bodies_.push_back({func, at_});
  return skip_body();
}

bool TextParser::skip_body() {
  while (peek().kind != TokenKind::End) {
    if (next().text == "}" && tokens_[at_ - 1].kind == TokenKind::Punct) return true;
  }
  return expected("`}`");
}

bool TextParser::body(FuncId func) {
  func_ = func;
  locals_.clear();
  std::unordered_map<std::string, uint32_t> counts;
  auto enter = [&](size_t index) {
    const std::string& plain = fn().locals[index].name;
    if (plain.empty()) return;
    uint32_t count = ++counts[plain];
    locals_[count == 1 ? plain : plain + '#' + std::to_string(count)] = LocalId{index};
  };
  for (size_t i = 1; i < fn().locals.size(); ++i) enter(i);
  size_t first = fn().locals.size();
  if (!locals()) return false;
  for (size_t i = first; i < fn().locals.size(); ++i) enter(i);
  return blocks() && expect_punct("}");
}

bool TextParser::locals() {
  for (;;) {
    LocalKind kind = LocalKind::Result;
    for (size_t i = size_t(LocalKind::User); i <= size_t(LocalKind::Flag); ++i) {
      if (at_word(kLocalWords[i])) kind = LocalKind(i);
    }
    if (kind == LocalKind::Result) return true;
    ++at_;
    Local row;
    row.kind = kind;
    row.span = peek().span;
    if (peek().kind == TokenKind::Percent) {
      if (peek().text != std::to_string(fn().locals.size())) {
        return expected("%" + std::to_string(fn().locals.size()));
      }
      ++at_;
    } else if (name(false, &row.name).empty()) {
      return false;
    }
    if (!expect_punct(":")) return false;
    row.type = type();
    row.boxed = accept_word("boxed");
    if (failed_) return false;
    fn().locals.push_back(std::move(row));
  }
}

}  // namespace tenure::oir

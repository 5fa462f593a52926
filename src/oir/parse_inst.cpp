// Blocks, instructions, operands and places.
#include <bit>
#include <cstdlib>

#include "oir/text_parser.h"
#include "oir/text_words.h"

namespace tenure::oir {

namespace {

constexpr uint64_t kMax32 = 0xFFFFFFFEu;
constexpr size_t kOps = size_t(Op::Unreachable) + 1;
constexpr size_t kRtFns = size_t(RtFn::Exit) + 1;

const std::unordered_map<std::string_view, Op>& ops_by_name() {
  static const auto kTable = [] {
    std::unordered_map<std::string_view, Op> table;
    for (size_t i = 0; i < kOps; ++i) table[op_name(Op(i))] = Op(i);
    return table;
  }();
  return kTable;
}

const std::unordered_map<std::string_view, RtFn>& runtime_by_name() {
  static const auto kTable = [] {
    std::unordered_map<std::string_view, RtFn> table;
    for (size_t i = 0; i < kRtFns; ++i) table[rt_info(RtFn(i)).name] = RtFn(i);
    return table;
  }();
  return kTable;
}

// Whether a word is `bb` and digits.
bool is_block_word(const Token& token) {
  return token.kind == TokenKind::Word && token.text.size() > 2 &&
         token.text.substr(0, 2) == "bb" &&
         token.text.find_first_not_of("0123456789", 2) == std::string::npos;
}

}  // namespace

bool TextParser::block_id(BlockId& out) {
  if (!is_block_word(peek())) return expected("a block");
  uint64_t number = std::strtoull(peek().text.c_str() + 2, nullptr, 10);
  if (number > kMax32) return fail(DiagKind::InvalidNumber, "the number is too large");
  ++at_;
  out = BlockId{size_t(number)};
  return true;
}

bool TextParser::blocks() {
  while (is_block_word(peek())) {
    BlockId id;
    size_t index = fn().blocks.size();
    if (peek().text != "bb" + std::to_string(index)) return expected("bb" + std::to_string(index));
    if (!block_id(id) || !expect_punct(":")) return false;
    Block block;
    if (accept_word("cleanup")) block.kind = BlockKind::Cleanup;
    if (accept_word("loop")) block.kind = BlockKind::LoopHead;
    while (!at_punct("}") && !is_block_word(peek())) {
      if (!instruction(block)) return false;
    }
    fn().blocks.push_back(std::move(block));
  }
  return true;
}

// ---- instructions

bool TextParser::instruction(Block& block) {
  Inst inst;
  Span begin = peek().span;
  std::vector<Operand> args;
  if (peek().kind != TokenKind::Word || ops_by_name().count(peek().text) == 0) {
    if (!place(inst.dst) || !expect_punct("=")) return false;
  }
  if (!operation(inst, args) || !attributes(inst)) return false;
  inst.span = Span::join(begin, tokens_[at_ - 1].span);
  inst.args_begin = uint32_t(fn().operands.size());
  inst.args_count = uint32_t(args.size());
  fn().operands.insert(fn().operands.end(), args.begin(), args.end());
  block.insts.push_back(std::move(inst));
  return true;
}

bool TextParser::op_suffix(Inst& inst) {
  if (!accept_punct(".")) {
    bool needs = inst.op == Op::Unary || inst.op == Op::Binary || inst.op == Op::Panic ||
                 inst.op == Op::Runtime || inst.op == Op::MakeVariant;
    return !needs || expected("`.` and what is meant");
  }
  if (inst.op == Op::MakeVariant) {
    uint64_t variant = 0;
    if (!number(variant, kMax32)) return false;
    inst.extra = uint32_t(variant);
    return true;
  }
  const std::string& word = peek().text;
  bool known = false;
  auto choose = [&](size_t count, auto name_of) {
    for (size_t i = 0; i < count; ++i) {
      if (name_of(i) != word) continue;
      inst.imm = uint8_t(i);
      known = true;
    }
  };
  switch (inst.op) {
    case Op::FullCheck:
      choose(4, [](size_t i) -> std::string_view {
        constexpr std::string_view depths[] = {"", "itself", "printed", "enclosing"};
        return depths[i];
      });
      break;
    case Op::New:
      inst.extra = word == "user_exits";
      known = word == imm_word(inst.op) || inst.extra == 1;
      inst.imm = 1;
      break;
    case Op::Init:
    case Op::Cast:
    case Op::RangeCheck:
      known = word == imm_word(inst.op);
      inst.imm = 1;
      break;
    case Op::MemCheck:
      choose(size_t(MemAccess::WriteLiteral) + 1,
             [](size_t i) { return mem_access_word(MemAccess(i)); });
      break;
    case Op::Unary:
      choose(kUnOps, [](size_t i) { return unop_name(UnOp(i)); });
      break;
    case Op::Binary:
      choose(kBinOps, [](size_t i) { return binop_name(BinOp(i)); });
      break;
    case Op::Panic:
      choose(std::size(kPanicWords), [](size_t i) { return kPanicWords[i]; });
      break;
    case Op::Runtime:
      if (auto it = runtime_by_name().find(word); it != runtime_by_name().end()) {
        inst.imm = uint8_t(it->second);
        known = true;
      }
      break;
    default:
      break;
  }
  if (!known)
    return fail(DiagKind::UnknownName, "unknown kind of `" + std::string(op_name(inst.op)) + "`");
  ++at_;
  return true;
}

bool TextParser::reason(Inst& inst) {
  for (size_t i = 0; i <= size_t(DropReason::Defer); ++i) {
    if (!accept_word(reason_word(drop_reason_text(DropReason(i))))) continue;
    inst.imm = uint8_t(i);
    return true;
  }
  return expected("a reason");
}

bool TextParser::operation(Inst& inst, std::vector<Operand>& args) {
  auto it = peek().kind == TokenKind::Word ? ops_by_name().find(peek().text) : ops_by_name().end();
  if (it == ops_by_name().end()) return expected("an operation");
  ++at_;
  inst.op = it->second;
  if (!op_suffix(inst)) return false;
  switch (inst.op) {
    case Op::Drop:
      return place(inst.dst) && reason(inst);
    case Op::Forget:
      return place(inst.dst);
    case Op::DeferRun:
      return reason(inst);
    case Op::SetFlag: {
      uint64_t value = 0;
      if (!number(value, kMax32)) return false;
      inst.extra = uint32_t(value);
      return true;
    }
    case Op::Call:
      inst.callee = func_name();
      return !failed_ && expect_punct("(") && (at_punct(")") || operand_list(args)) &&
             expect_punct(")");
    case Op::FullCheck:
      if (!operand_list(args)) return false;
      if (!accept_word("show")) return true;
      if (peek().kind != TokenKind::String) return expected("a string");
      inst.extra = 1 + program_->add_string(next().text);
      return true;
    case Op::Jump:
    case Op::Catch:
      return block_id(inst.targets.emplace_back());
    case Op::Branch:
    case Op::BranchSole:
      return operand_list(args) && block_id(inst.targets.emplace_back()) &&
             block_id(inst.targets.emplace_back());
    case Op::Switch:
      return operand_list(args) && switch_cases(inst);
    default:
      return !at_operand() || operand_list(args);
  }
}

bool TextParser::switch_cases(Inst& inst) {
  SwitchCases cases;
  if (!expect_punct("(")) return false;
  while (!accept_word("else")) {
    if (!number(cases.values.emplace_back(), ~uint64_t{0}) || !expect_punct(":") ||
        !block_id(inst.targets.emplace_back()) || !expect_punct(",")) {
      return false;
    }
  }
  inst.extra = uint32_t(fn().cases.size());
  fn().cases.push_back(std::move(cases));
  return expect_punct(":") && block_id(inst.targets.emplace_back()) && expect_punct(")");
}

bool TextParser::attributes(Inst& inst) {
  if (accept_word("of")) inst.type = type();
  inst.checked = accept_word("checked");
  // A local named `flag` is quoted, so the word is the attribute.
  if (accept_word("flag") && !local(inst.flag)) return false;
  if (accept_word("unwind") && !block_id(inst.unwind)) return false;
  return !failed_;
}

// ---- operands

bool TextParser::at_operand() const {
  switch (peek().kind) {
    case TokenKind::Word:
      for (std::string_view word :
           {"copy", "move", "borrow", "addr", "unit", "true", "false", "null", "bits"}) {
        if (peek().text == word) return true;
      }
      return false;
    case TokenKind::String:
    case TokenKind::Number:
      return true;
    default:
      return at_punct("@");
  }
}

bool TextParser::operand_list(std::vector<Operand>& out) {
  do {
    if (!operand(out.emplace_back())) return false;
  } while (accept_punct(","));
  return true;
}

bool TextParser::operand(Operand& out) {
  static constexpr struct {
    std::string_view word;
    OperandKind kind;
  } kModes[] = {{"copy", OperandKind::Copy},
                {"move", OperandKind::Move},
                {"borrow", OperandKind::Borrow},
                {"addr", OperandKind::Addr}};
  for (const auto& mode : kModes) {
    if (!accept_word(mode.word)) continue;
    out.kind = mode.kind;
    return place(out.place);
  }
  if (!at_operand()) return expected("an operand");
  out.kind = OperandKind::Const;
  return constant(out);
}

bool TextParser::constant(Operand& out) {
  Const& constant = out.constant;
  TypeTable& types = program_->types;
  if (at_punct("@")) {
    FuncId func = func_name();
    if (failed_ || !expect_punct(":")) return false;
    constant = {ConstKind::Func, type(), func.v};
    return !failed_;
  }
  Token token = next();
  if (token.kind == TokenKind::String) {
    TypeId of = accept_punct(":") ? type() : types.string();
    constant = {ConstKind::String, of, program_->add_string(token.text)};
    return !failed_;
  }
  if (token.text == "unit") {
    constant = {ConstKind::Unit, types.unit(), 0};
    return true;
  }
  if (token.text == "true" || token.text == "false") {
    constant = {ConstKind::Bool, types.boolean(), token.text == "true" ? 1u : 0u};
    return true;
  }
  bool bits = token.text == "bits";
  if (bits) {
    constant.kind = ConstKind::Float;
    if (!number(constant.bits, ~uint64_t{0})) return false;
  }
  if (!expect_punct(":")) return false;
  constant.type = type();
  if (failed_ || bits) return !failed_;
  if (token.text == "null") {
    constant.kind = ConstKind::Null;
  } else if (types.is_float(constant.type)) {
    constant.kind = ConstKind::Float;
    constant.bits = std::bit_cast<uint64_t>(std::strtod(token.text.c_str(), nullptr));
  } else {
    constant.kind = ConstKind::Int;
    constant.bits = token.text[0] == '-' ? uint64_t(std::strtoll(token.text.c_str(), nullptr, 10))
                                         : std::strtoull(token.text.c_str(), nullptr, 10);
  }
  return true;
}

// ---- places

bool TextParser::local(LocalId& out) {
  if (accept_word("result")) {
    out = LocalId{size_t{0}};
    return true;
  }
  if (peek().kind == TokenKind::Percent) {
    uint64_t index = std::strtoull(peek().text.c_str(), nullptr, 10);
    if (index >= fn().locals.size()) return fail(DiagKind::UnknownName, "unknown local");
    ++at_;
    out = LocalId{size_t(index)};
    return true;
  }
  Span span = peek().span;
  std::string key = name(false);
  if (failed_) return false;
  auto it = locals_.find(key);
  if (it == locals_.end()) {
    sink_.report(DiagKind::UnknownName, span, "unknown local `" + key + "`");
    failed_ = true;
    return false;
  }
  out = it->second;
  return true;
}

bool TextParser::place(Place& out) {
  TypeId type;
  if (accept_punct("$")) {
    auto it = globals_.find(name(false));
    if (failed_) return false;
    if (it == globals_.end()) return fail(DiagKind::UnknownName, "unknown global");
    out = Place::global(it->second);
    type = program_->globals[it->second.index()].type;
  } else {
    LocalId root;
    if (!local(root)) return false;
    out = Place::local(root);
    type = fn().locals[root.index()].type;
  }
  const std::vector<Field>* payload = nullptr;
  for (;;) {
    const Type& row = program_->types[type];
    if (accept_punct(".")) {
      if (accept_punct("*")) {
        if (row.kind != TypeKind::Ref && row.kind != TypeKind::Box &&
            row.kind != TypeKind::Borrow && row.kind != TypeKind::Pointer) {
          return fail(DiagKind::TypeMismatch, "only references can be dereferenced");
        }
        out = project(fn(), out, {ProjKind::Deref, 0});
        type = row.elem;
      } else if (!field(type, payload, out)) {
        return false;
      }
    } else if (accept_punct("!")) {
      std::string variant = name(false);
      size_t i = 0;
      while (i < row.variants.size() && row.variants[i].name != variant) ++i;
      if (i == row.variants.size()) return fail(DiagKind::UnknownName, "unknown variant");
      payload = &row.variants[i].fields;
      out = project(fn(), out, {ProjKind::Variant, uint32_t(i)});
    } else if (accept_punct("[")) {
      if (!row.elem.valid()) return fail(DiagKind::TypeMismatch, "only arrays can be indexed");
      if (peek().kind == TokenKind::Number) {
        uint64_t index = 0;
        if (!number(index, kMax32)) return false;
        out = project(fn(), out, {ProjKind::Const, uint32_t(index)});
      } else {
        LocalId index;
        if (!local(index)) return false;
        out = project(fn(), out, {ProjKind::Index, index.v});
      }
      if (!expect_punct("]")) return false;
      type = row.elem;
    } else {
      return true;
    }
  }
}

bool TextParser::field(TypeId& type, const std::vector<Field>*& payload, Place& out) {
  const std::vector<Field>& fields = payload ? *payload : program_->types[type].fields;
  size_t i = 0;
  if (peek().kind == TokenKind::Number) {
    uint64_t index = 0;
    if (!number(index, kMax32)) return false;
    i = index;
  } else {
    std::string wanted = name(false);
    while (i < fields.size() && fields[i].name != wanted) ++i;
  }
  if (failed_ || i >= fields.size()) return fail(DiagKind::UnknownField, "unknown field");
  out = project(fn(), out, {ProjKind::Field, uint32_t(i)});
  type = fields[i].type;
  payload = nullptr;
  return true;
}

}  // namespace tenure::oir

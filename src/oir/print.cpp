// The printer of the text form. README.md has the grammar; parse.cpp reads it back.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <unordered_map>

#include "base/check.h"
#include "oir/text.h"
#include "oir/text_words.h"

namespace tenure::oir {

namespace {

// The second and later rows of one name get `#2`, `#3`, …
class UniqueNames {
 public:
  std::string add(std::string_view name, bool dotted = false) {
    uint32_t count = ++counts_[std::string(name)];
    std::string out = quoted_name(name, dotted);
    if (count > 1) out += '#' + std::to_string(count);
    return out;
  }

 private:
  std::unordered_map<std::string, uint32_t> counts_;
};

class Printer {
 public:
  Printer(const Program& program, const SourceMap* sources, PrintOptions options)
      : program_(program), sources_(sources), options_(options) {
    UniqueNames types;
    type_names_.resize(program.types.size());
    for (size_t i = 0; i < program.types.size(); ++i) {
      const Type& type = program.types[TypeId{i}];
      if (is_nominal(type.kind)) type_names_[i] = types.add(type.name, true);
    }
    UniqueNames globals;
    for (const Global& global : program.globals) {
      global_names_.push_back('$' + globals.add(global.name));
    }
  }

  void whole();
  void function(FuncId id);
  void name_locals(const Function& fn);
  void instruction(const Function& fn, const Inst& inst);
  std::string take() { return std::move(out_); }

 private:
  static bool is_nominal(TypeKind kind) {
    return kind == TypeKind::Struct || kind == TypeKind::Union || kind == TypeKind::Native;
  }

  void nominal_types();
  void structural_facts();
  void type_flags(const Type& type);
  void fields(const std::vector<Field>& fields, char open, char close);
  void type(TypeId id);
  void func_name(FuncId id);
  void place(const Function& fn, Place place);
  void constant(const Const& constant);
  void operand(const Function& fn, const Operand& operand);
  void operands(const Function& fn, const Inst& inst);
  void operation(const Function& fn, const Inst& inst);
  void remarks(const Inst& inst);
  void block(BlockId id) { out_ += "bb" + std::to_string(id.v); }
  const std::string& local_name(LocalId id) const { return local_names_[id.index()]; }

  const Program& program_;
  const SourceMap* sources_;
  PrintOptions options_;
  std::string out_;
  std::vector<std::string> type_names_;
  std::vector<std::string> global_names_;
  std::vector<std::string> local_names_;  // of the function at hand
};

// ---- types

// With an explicit stack: generics can nest types deeper than any source does.
void Printer::type(TypeId id) {
  struct Piece {
    TypeId type;  // none: `words`
    std::string words;
  };
  std::vector<Piece> todo;
  todo.push_back({id, {}});
  while (!todo.empty()) {
    Piece piece = std::move(todo.back());
    todo.pop_back();
    if (!piece.type.valid()) {
      out_ += piece.words;
      continue;
    }
    const Type& row = program_.types[piece.type];
    if (is_nominal(row.kind)) {
      out_ += type_names_[piece.type.index()];
      continue;
    }
    out_ += type_kind_name(row.kind);
    if (row.kind == TypeKind::Tuple) {
      out_ += '(';
      todo.push_back({TypeId{}, ")"});
      for (size_t i = row.fields.size(); i-- > 0;) {
        const Field& field = row.fields[i];
        todo.push_back({field.type, {}});
        std::string before = i != 0 ? ", " : "";
        if (!field.name.empty()) before += quoted_name(field.name) + ": ";
        if (!before.empty()) todo.push_back({TypeId{}, std::move(before)});
      }
    } else if (row.kind == TypeKind::Function) {
      out_ += '(';
      todo.push_back({row.result, {}});
      todo.push_back({TypeId{}, ") -> "});
      for (size_t i = row.params.size(); i-- > 0;) {
        todo.push_back({row.params[i], {}});
        if (i != 0) todo.push_back({TypeId{}, ", "});
      }
    } else if (row.elem.valid()) {
      out_ += '<';
      std::string after = ">";
      if (row.kind == TypeKind::FixedArray) {
        after = ", " + (row.count == kAnyCount ? "any" : std::to_string(row.count)) + ">";
      }
      todo.push_back({TypeId{}, std::move(after)});
      todo.push_back({row.elem, {}});
    }
  }
}

void Printer::type_flags(const Type& type) {
  if (type.cyclic) out_ += " cyclic";
  if (type.watched) out_ += " watched";
  if (type.interior) out_ += " interior";
  if (type.vacates) out_ += " vacates";
}

void Printer::fields(const std::vector<Field>& fields, char open, char close) {
  out_ += open;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i != 0) out_ += ", ";
    if (!fields[i].name.empty()) out_ += quoted_name(fields[i].name) + ": ";
    type(fields[i].type);
  }
  out_ += close;
}

void Printer::nominal_types() {
  for (size_t i = 0; i < program_.types.size(); ++i) {
    const Type& row = program_.types[TypeId{i}];
    if (!is_nominal(row.kind)) continue;
    out_ += "type " + type_names_[i] + " = ";
    out_ += type_kind_name(row.kind);
    if (row.kind == TypeKind::Struct) {
      out_ += ' ';
      fields(row.fields, '{', '}');
    } else if (row.kind == TypeKind::Union) {
      out_ += " {";
      for (size_t v = 0; v < row.variants.size(); ++v) {
        if (v != 0) out_ += ", ";
        out_ += quoted_name(row.variants[v].name);
        if (!row.variants[v].fields.empty()) fields(row.variants[v].fields, '(', ')');
      }
      out_ += '}';
      if (row.bare) out_ += " bare";
    } else if (!row.release.empty()) {
      out_ += ' ' + quoted_string(row.release);
    }
    if (row.packed) out_ += " packed";
    if (row.shown == Shown::Span) out_ += " as span";
    if (row.shown == Shown::Range) out_ += " as range";
    if (row.align != 0) out_ += " align " + std::to_string(row.align);
    if (row.drop.valid()) {
      out_ += " drop ";
      func_name(row.drop);
    }
    if (!row.complete) out_ += " incomplete";
    type_flags(row);
    out_ += '\n';
  }
}

// Structural types have no row in the text, so what the passes found out about them stands apart,
// in an order that does not depend on when each was first made.
void Printer::structural_facts() {
  std::string all = std::move(out_);
  std::vector<std::string> lines;
  for (size_t i = 0; i < program_.types.size(); ++i) {
    const Type& row = program_.types[TypeId{i}];
    if (is_nominal(row.kind) || !(row.cyclic || row.watched || row.interior || row.vacates))
      continue;
    out_ = "facts ";
    type(TypeId{i});
    out_ += ':';
    type_flags(row);
    out_ += '\n';
    lines.push_back(std::move(out_));
  }
  std::sort(lines.begin(), lines.end());
  out_ = std::move(all);
  for (const std::string& line : lines) out_ += line;
}

void Printer::whole() {
  if (options_.types) {
    nominal_types();
    structural_facts();
  }
  for (size_t i = 0; i < program_.globals.size(); ++i) {
    const Global& global = program_.globals[i];
    out_ += "global " + global_names_[i] + ": ";
    type(global.type);
    if (global.boxed) out_ += " boxed";
    if (global.always_full) out_ += " always_full";
    out_ += '\n';
  }
  if (!program_.move_sites.empty()) {
    out_ += "sites " + std::to_string(program_.move_sites.size()) + '\n';
  }
  for (const Library& library : program_.libraries) {
    out_ += "library " + quoted_string(library.name) + '\n';
  }
  if (program_.start.valid()) {
    out_ += "start ";
    func_name(program_.start);
    out_ += '\n';
  }
  for (size_t i = 0; i < program_.functions.size(); ++i) {
    if (!out_.empty()) out_ += '\n';
    function(FuncId{i});
  }
}

// ---- functions

void Printer::func_name(FuncId id) {
  out_ += '@';
  out_ += id.index() < program_.functions.size() ? quoted_name(program_[id].name, true) : "?";
}

void Printer::name_locals(const Function& fn) {
  UniqueNames names;
  local_names_.clear();
  for (size_t i = 0; i < fn.locals.size(); ++i) {
    const Local& local = fn.locals[i];
    if (i == 0) {
      local_names_.push_back("result");
    } else if (local.name.empty()) {
      local_names_.push_back('%' + std::to_string(i));
    } else {
      local_names_.push_back(names.add(local.name));
    }
  }
}

void Printer::function(FuncId id) {
  const Function& fn = program_[id];
  name_locals(fn);
  out_ += "fn ";
  func_name(id);
  out_ += '(';
  for (uint32_t i = 1; i <= fn.params; ++i) {
    if (i != 1) out_ += ", ";
    if (fn.locals[i].mode == ParamMode::Borrow) out_ += "borrow ";
    out_ += local_names_[i] + ": ";
    type(fn.locals[i].type);
    if (fn.locals[i].boxed) out_ += " boxed";
  }
  out_ += ") -> ";
  type(fn.result_type());
  if (fn.locals[0].boxed) out_ += " boxed";
  if (fn.shown_name != fn.name) out_ += " shown " + quoted_string(fn.shown_name);
  if (fn.is_drop) {
    out_ += " drops ";
    type(fn.drop_of);
  }
  if (fn.dispatches) out_ += " dispatches";
  if (!fn.exported.empty()) out_ += " exported " + quoted_string(fn.exported);
  if (fn.is_foreign()) {
    out_ += " extern " + quoted_string(fn.symbol) + '\n';
    return;
  }
  out_ += " {\n";
  for (size_t i = fn.params + 1; i < fn.locals.size(); ++i) {
    out_ += "  ";
    out_ += kLocalWords[size_t(fn.locals[i].kind)];
    out_ += ' ' + local_names_[i] + ": ";
    type(fn.locals[i].type);
    if (fn.locals[i].boxed) out_ += " boxed";
    out_ += '\n';
  }
  for (size_t b = 0; b < fn.blocks.size(); ++b) {
    block(BlockId{b});
    out_ += ':';
    if (fn.blocks[b].kind == BlockKind::Cleanup) out_ += " cleanup";
    if (fn.blocks[b].kind == BlockKind::LoopHead) out_ += " loop";
    out_ += '\n';
    for (const Inst& inst : fn.blocks[b].insts) {
      out_ += "  ";
      instruction(fn, inst);
      remarks(inst);
      out_ += '\n';
    }
  }
  out_ += "}\n";
}

// ---- instructions

void Printer::place(const Function& fn, Place place) {
  if (!place.valid()) {
    out_ += '?';
    return;
  }
  TypeId type;
  if (place.is_global()) {
    out_ += global_names_[place.global_id().index()];
    type = program_.globals[place.global_id().index()].type;
  } else {
    out_ += local_name(place.local_id());
    type = fn.locals[place.local_id().index()].type;
  }
  const std::vector<Field>* payload = nullptr;
  for (Proj proj : fn.paths.projs(place.path)) {
    const Type& row = program_.types[type];
    switch (proj.kind) {
      case ProjKind::Field: {
        const Field& field = (payload ? *payload : row.fields)[proj.index];
        out_ += '.';
        out_ += field.name.empty() ? std::to_string(proj.index) : quoted_name(field.name);
        type = field.type;
        payload = nullptr;
        break;
      }
      case ProjKind::Deref:
        out_ += ".*";
        type = row.elem;
        break;
      case ProjKind::Index:
        out_ += '[' + local_name(LocalId{size_t{proj.index}}) + ']';
        type = row.elem;
        break;
      case ProjKind::Const:
        out_ += '[' + std::to_string(proj.index) + ']';
        type = row.elem;
        break;
      case ProjKind::Variant:
        out_ += '!' + quoted_name(row.variants[proj.index].name);
        payload = &row.variants[proj.index].fields;
        break;
    }
  }
}

void Printer::constant(const Const& constant) {
  switch (constant.kind) {
    case ConstKind::Unit:
      out_ += "unit";
      return;
    case ConstKind::Bool:
      out_ += constant.bits != 0 ? "true" : "false";
      return;
    case ConstKind::String:
      out_ += quoted_string(program_.strings[constant.bits]);
      if (constant.type == program_.types.string()) return;
      break;
    case ConstKind::Func:
      func_name(FuncId{size_t(constant.bits)});
      break;
    case ConstKind::Null:
      out_ += "null";
      break;
    case ConstKind::Int:
      out_ += program_.types.is_signed(constant.type) ? std::to_string(int64_t(constant.bits))
                                                      : std::to_string(constant.bits);
      break;
    case ConstKind::Float: {
      double value = std::bit_cast<double>(constant.bits);
      char buffer[64];
      if (std::isfinite(value)) {
        std::snprintf(buffer, sizeof buffer, "%.17g", value);
        out_ += buffer;
        if (std::string_view(buffer).find_first_of(".e") == std::string_view::npos) out_ += ".0";
      } else {
        std::snprintf(buffer, sizeof buffer, "bits %llu",
                      static_cast<unsigned long long>(constant.bits));
        out_ += buffer;
      }
      break;
    }
  }
  out_ += ": ";
  type(constant.type);
}

void Printer::operand(const Function& fn, const Operand& operand) {
  switch (operand.kind) {
    case OperandKind::Copy:
      out_ += "copy ";
      break;
    case OperandKind::Move:
      out_ += "move ";
      break;
    case OperandKind::Borrow:
      out_ += "borrow ";
      break;
    case OperandKind::Addr:
      out_ += "addr ";
      break;
    case OperandKind::Const:
      constant(operand.constant);
      return;
  }
  place(fn, operand.place);
}

void Printer::operands(const Function& fn, const Inst& inst) {
  bool first = true;
  for (const Operand& one : fn.args(inst)) {
    if (!first) out_ += ", ";
    first = false;
    operand(fn, one);
  }
}

// The operation and its operands, without destination and attributes.
void Printer::operation(const Function& fn, const Inst& inst) {
  out_ += op_name(inst.op);
  auto suffix = [&](std::string_view word) {
    out_ += '.';
    out_ += word;
  };
  auto spaced_operands = [&] {
    if (inst.args_count != 0) out_ += ' ';
    operands(fn, inst);
  };
  switch (inst.op) {
    case Op::New:
      if (inst.imm == 1) suffix(inst.extra == 1 ? "user_exits" : imm_word(inst.op));
      break;
    case Op::Init:
    case Op::Cast:
    case Op::RangeCheck:
      if (inst.imm == 1) suffix(imm_word(inst.op));
      break;
    case Op::MemCheck:
      if (inst.imm != 0) suffix(mem_access_word(MemAccess(inst.imm)));
      break;
    case Op::Unary:
      suffix(unop_name(UnOp(inst.imm)));
      break;
    case Op::Binary:
      suffix(binop_name(BinOp(inst.imm)));
      break;
    case Op::FullCheck:
      if (CheckDepth(inst.imm) == CheckDepth::Itself) suffix("itself");
      if (CheckDepth(inst.imm) == CheckDepth::Printed) suffix("printed");
      if (CheckDepth(inst.imm) == CheckDepth::Enclosing) suffix("enclosing");
      spaced_operands();
      if (inst.extra != 0) out_ += " show " + quoted_string(program_.strings[inst.extra - 1]);
      return;
    case Op::Panic:
      suffix(kPanicWords[inst.imm]);
      break;
    case Op::Runtime:
      suffix(rt_info(RtFn(inst.imm)).name);
      break;
    case Op::MakeVariant:
      suffix(std::to_string(inst.extra));
      break;
    case Op::Drop:
      out_ += ' ';
      place(fn, inst.dst);
      out_ += ' ' + reason_word(drop_reason_text(DropReason(inst.imm)));
      return;
    case Op::DeferRun:
      out_ += ' ' + reason_word(drop_reason_text(DropReason(inst.imm)));
      return;
    case Op::Forget:
      out_ += ' ';
      place(fn, inst.dst);
      return;
    case Op::SetFlag:
      out_ += ' ' + std::to_string(inst.extra);
      return;
    case Op::Call:
      out_ += ' ';
      func_name(inst.callee);
      out_ += '(';
      operands(fn, inst);
      out_ += ')';
      return;
    case Op::Switch: {
      spaced_operands();
      out_ += " (";
      const std::vector<uint64_t>& values = fn.cases[inst.extra].values;
      for (size_t i = 0; i < inst.targets.size(); ++i) {
        if (i != 0) out_ += ", ";
        out_ += i < values.size() ? std::to_string(values[i]) : "else";
        out_ += ": ";
        block(inst.targets[i]);
      }
      out_ += ')';
      return;
    }
    default:
      break;
  }
  spaced_operands();
  if (inst.op == Op::Jump || inst.op == Op::Branch || inst.op == Op::BranchSole ||
      inst.op == Op::Catch) {
    for (BlockId target : inst.targets) {
      out_ += ' ';
      block(target);
    }
  }
}

void Printer::instruction(const Function& fn, const Inst& inst) {
  if (op_has_dst(inst.op) && inst.op != Op::Forget && inst.dst.valid()) {
    place(fn, inst.dst);
    out_ += " = ";
  }
  operation(fn, inst);
  if (inst.type.valid()) {
    out_ += " of ";
    type(inst.type);
  }
  if (inst.checked) out_ += " checked";
  if (inst.flag.valid()) out_ += " flag " + local_name(inst.flag);
  if (inst.unwind.valid()) {
    out_ += " unwind ";
    block(inst.unwind);
  }
}

void Printer::remarks(const Inst& inst) {
  std::string text;
  if (options_.facts && inst.fact.valid()) text += ' ' + program_.facts[inst.fact.index()].why;
  if (options_.positions && sources_ != nullptr && inst.span.valid()) {
    LineColumn at = sources_->locate(inst.span);
    text += " @" + std::to_string(at.line) + ':' + std::to_string(at.column);
  }
  if (!text.empty()) out_ += "  ;" + text;
}

}  // namespace

std::string print(const Program& program, const SourceMap* sources, PrintOptions options) {
  Printer printer(program, sources, options);
  printer.whole();
  return printer.take();
}

std::string print(const Program& program, FuncId func, const SourceMap* sources,
                  PrintOptions options) {
  Printer printer(program, sources, options);
  printer.function(func);
  return printer.take();
}

std::string print(const Program& program, const Function& function, const Inst& inst) {
  Printer printer(program, nullptr, {});
  printer.name_locals(function);
  printer.instruction(function, inst);
  return printer.take();
}

}  // namespace tenure::oir

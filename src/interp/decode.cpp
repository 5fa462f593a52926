#include "interp/decode.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"

namespace tenure::interp {

using oir::Function;
using oir::Inst;
using oir::Op;
using oir::Operand;
using oir::OperandKind;
using oir::Place;
using oir::Proj;
using oir::ProjKind;
using oir::TypeId;
using oir::TypeKind;

namespace {

// Every local and global has bytes of its own, also one without any.
uint32_t slot_size(const TypeInfo& type) {
  return std::max<uint32_t>(type.size, 1);
}

void constant_image(const oir::Program& program, const Literals& literals,
                    const oir::Const& constant, const TypeInfo& type, uint64_t image[3]) {
  switch (constant.kind) {
    case oir::ConstKind::Unit:
    case oir::ConstKind::Null:
      break;
    case oir::ConstKind::Bool:
      image[0] = constant.bits & 1;
      break;
    case oir::ConstKind::Int:
      image[0] = constant.bits;  // little endian: the low bytes come first
      break;
    case oir::ConstKind::Float:
      image[0] =
          type.kind == TypeKind::F32
              ? std::bit_cast<uint32_t>(static_cast<float>(std::bit_cast<double>(constant.bits)))
              : constant.bits;
      break;
    case oir::ConstKind::Func:
      image[0] = constant.bits + 1;  // null is no function
      break;
    case oir::ConstKind::String: {
      if (type.kind == TypeKind::Pointer) {
        image[0] = reinterpret_cast<uint64_t>(literals.bytes(constant.bits));
        break;
      }
      const std::string& text = program.strings[constant.bits];
      image[0] = reinterpret_cast<uint64_t>(text.data());
      image[1] = text.size();
      break;
    }
  }
}

}  // namespace

const TnSite* Sites::site(Span span) {
  static const TnSite kNowhere{nullptr, 0, 0};
  if (!span.valid()) return &kNowhere;
  uint64_t key = (static_cast<uint64_t>(span.file.v) << 32) | span.begin;
  const TnSite*& known = known_[key];
  if (known == nullptr) {
    LineColumn at = sources_.locate(span);
    known =
        &sites_.emplace_back(TnSite{sources_.file(span.file).path().c_str(), at.line, at.column});
  }
  return known;
}

Literals::Literals(const oir::Program& program) {
  for (const std::string& text : program.strings) {
    offsets_.push_back(size_);
    size_ += text.size() + 1;
  }
  if (size_ == 0) return;
  void* memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) tn_out_of_memory();
  base_ = static_cast<uint8_t*>(memory);
  for (size_t i = 0; i < offsets_.size(); ++i) {
    const std::string& text = program.strings[i];
    std::memcpy(base_ + offsets_[i], text.c_str(), text.size() + 1);
  }
  mprotect(memory, size_, PROT_READ);
}

Literals::~Literals() {
  if (base_ != nullptr) munmap(base_, size_);
}

Decoder::Decoder(const oir::Program& program, const layout::Layouts& layouts,
                 const TypeInfos& types, Sites& sites)
    : program_(program), layouts_(layouts), types_(types), sites_(sites), literals_(program) {
  functions_.resize(program.functions.size());
  uint64_t end = 0;
  for (const oir::Global& global : program.globals) {
    const TypeInfo& type = types[global.type];
    end = (end + type.align - 1) / type.align * type.align;
    global_offsets_.push_back(static_cast<uint32_t>(end));
    end += slot_size(type);
    TN_CHECK(end <= layout::kMaxSize, "globals too large");
  }
  global_bytes_ = static_cast<uint32_t>(end);
}

const FunctionCode& Decoder::decode(oir::FuncId id) {
  const Function& function = program_[id];
  auto made = std::make_unique<FunctionCode>();
  FunctionCode& out = *made;
  out.function = &function;
  lay_out_frame(out);
  find_addressed(function);

  std::vector<uint32_t> starts;
  uint32_t count = 0;
  size_t targets = 0;
  size_t args = 0;
  for (const oir::Block& block : function.blocks) {
    starts.push_back(count);
    count += static_cast<uint32_t>(block.insts.size());
    for (const Inst& inst : block.insts) {
      targets += inst.targets.size();
      args += inst.args_count;
    }
  }
  out.code.reserve(count);
  out.args.reserve(args);  // instructions point into these two
  out.targets.reserve(targets);
  for (const oir::Block& block : function.blocks) {
    for (const Inst& inst : block.insts) decode_inst(out, inst, starts);
  }
  functions_[id.index()] = std::move(made);
  return out;
}

void Decoder::find_addressed(const Function& function) {
  addressed_.assign(function.locals.size(), false);
  for (const Operand& operand : function.operands) {
    if (operand.kind != OperandKind::Addr || !operand.place.is_local()) continue;
    bool through = false;
    for (Proj proj : function.paths.projs(operand.place.path))
      through |= proj.kind == ProjKind::Deref;
    if (!through) addressed_[operand.place.local_id().index()] = true;
  }
}

void Decoder::lay_out_frame(FunctionCode& out) {
  const Function& function = *out.function;
  uint64_t end = 0;
  for (size_t i = 0; i < function.locals.size(); ++i) {
    const oir::Local& local = function.locals[i];
    const TypeInfo& type = types_[local.type];
    end = (end + type.align - 1) / type.align * type.align;
    out.locals.push_back({static_cast<uint32_t>(end), &type});
    out.frame_align = std::max(out.frame_align, type.align);
    end += slot_size(type);
    TN_CHECK(end <= layout::kMaxSize, "a frame too large");
    bool borrowed = local.kind == oir::LocalKind::Param && local.mode == oir::ParamMode::Borrow;
    bool owns = !type.plain && !borrowed && local.kind != oir::LocalKind::Alias &&
                local.kind != oir::LocalKind::Cursor && local.kind != oir::LocalKind::Flag &&
                i != 0;
    if (owns) out.owners.push_back(static_cast<uint32_t>(i));
  }
  out.frame_bytes = static_cast<uint32_t>(end);
}

void Decoder::decode_inst(FunctionCode& out, const Inst& inst,
                          const std::vector<uint32_t>& starts) {
  InstCode code;
  code.op = inst.op;
  code.imm = inst.imm;
  code.extra = inst.extra;
  if (inst.flag.valid()) code.flag = out.locals[inst.flag.index()].offset;
  code.dst = decode_place(out, inst.dst, Expose::No);
  if (inst.unwind.valid()) code.unwind = starts[inst.unwind.index()];
  code.targets = out.targets.data() + out.targets.size();
  code.target_count = static_cast<uint32_t>(inst.targets.size());
  for (oir::BlockId target : inst.targets) out.targets.push_back(starts[target.index()]);
  if (inst.type.valid()) code.type = &types_[inst.type];
  code.site = sites_.site(inst.span);
  code.origin = inst.origin.valid() ? sites_.site(inst.origin) : code.site;
  code.source = &inst;

  Expose expose = inst.op == Op::MakeRef    ? Expose::Inner
                  : inst.op == Op::MakeView ? Expose::Outer
                                            : Expose::No;
  size_t begin = out.args.size();
  for (const Operand& operand : out.function->args(inst)) {
    out.args.push_back(decode_operand(out, operand, expose));
  }
  code.args = out.args.data() + begin;
  code.arg_count = inst.args_count;
  out.code.push_back(code);
}

OperandCode Decoder::decode_operand(FunctionCode& out, const Operand& operand, Expose expose) {
  OperandCode code;
  code.kind = operand.kind;
  if (operand.has_place()) {
    code.place = decode_place(out, operand.place, expose);
    code.type = code.place.type;
  } else {
    code.type = &types_[operand.constant.type];
    constant_image(program_, literals_, operand.constant, *code.type, code.image);
  }
  return code;
}

PlaceCode Decoder::decode_place(FunctionCode& out, Place place, Expose expose) {
  PlaceCode code;
  if (!place.valid()) return code;
  code.global = place.is_global();
  code.whole = place.is_root();
  if (code.global) {
    code.root = place.global_id().v;
    code.offset = global_offsets_[code.root];
    const oir::Global& global = program_.globals[code.root];
    code.type = &types_[global.type];
    bool content = global.boxed && out.function->paths.depth(place.path) == 1 &&
                   out.function->paths.last(place.path).kind == ProjKind::Deref;
    code.whole_global = code.whole || content;
  } else {
    code.root = place.local_id().v;
    code.offset = out.locals[code.root].offset;
    code.type = out.locals[code.root].type;
    code.marked = code.whole && addressed_[code.root];
    code.raw = code.whole && out.function->locals[code.root].kind == oir::LocalKind::Cursor;
  }
  code.steps = static_cast<uint32_t>(out.steps.size());
  decode_steps(out, code, place);
  code.step_count = static_cast<uint32_t>(out.steps.size()) - code.steps;
  if (expose != Expose::No) mark_exposed(out, code, expose);
  return code;
}

// Appends the steps of `place` to `out.steps`; ends with the type of the place in `code.type`.
void Decoder::decode_steps(FunctionCode& out, PlaceCode& code, Place place) {
  const std::vector<layout::PartLayout>* payload = nullptr;
  auto add_offset = [&](uint64_t bytes) {
    if (bytes == 0) return;
    if (out.steps.size() == code.steps) {
      code.offset += static_cast<uint32_t>(bytes);
    } else if (out.steps.back().kind == StepKind::Offset) {
      out.steps.back().value += static_cast<uint32_t>(bytes);
    } else {
      out.steps.push_back({StepKind::Offset, Expose::No, static_cast<uint32_t>(bytes)});
    }
  };
  auto add_state = [&]() {
    uint32_t state = layouts_[code.type->id].state_offset;
    if (state == layout::kNoState || payload != nullptr) return;
    out.steps.push_back({StepKind::State, Expose::No, state});
    code.has_states = true;
  };
  for (Proj proj : out.function->paths.projs(place.path)) {
    const TypeInfo& base = *code.type;
    if (proj.kind == ProjKind::Field || proj.kind == ProjKind::Const ||
        (proj.kind == ProjKind::Index && base.kind == TypeKind::FixedArray)) {
      add_state();
    }
    switch (proj.kind) {
      case ProjKind::Field: {
        const auto& parts = payload != nullptr ? *payload : layouts_[base.id].parts;
        add_offset(parts[proj.index].offset);
        code.type = &types_[parts[proj.index].type];
        payload = nullptr;
        break;
      }
      case ProjKind::Deref:
        code.raw = base.kind == TypeKind::Pointer;
        out.steps.push_back({code.raw ? StepKind::Pointer : StepKind::Deref});
        code.type = base.elem;
        code.through = true;
        code.has_states = false;
        break;
      case ProjKind::Index: {
        bool fixed = base.kind == TypeKind::FixedArray;
        bool slice = base.kind == TypeKind::Slice;
        StepKind kind = fixed ? StepKind::Fixed : slice ? StepKind::Slice : StepKind::Buffer;
        Step step{kind, Expose::No, base.elem->size};
        step.index_offset = out.locals[proj.index].offset;
        step.index_type = out.locals[proj.index].type;
        step.base = &base;
        if (fixed) step.count = program_.types[base.id].count;
        out.steps.push_back(step);
        code.type = base.elem;
        if (!fixed) {
          code.raw = slice;
          code.through = true;
          code.has_states = false;
        }
        break;
      }
      case ProjKind::Const:
        add_offset(static_cast<uint64_t>(proj.index) * base.elem->size);
        code.type = base.elem;
        break;
      case ProjKind::Variant:
        out.steps.push_back({StepKind::Variant, Expose::No, proj.index});
        payload = &layouts_[base.id].variants[proj.index];
        break;
    }
  }
  add_state();
}

// Of the indexes of growable arrays after the last Deref, the last one is exposed as `last` says,
// those before it as outer ones.
void Decoder::mark_exposed(FunctionCode& out, const PlaceCode& code, Expose last) {
  Expose next = last;
  for (uint32_t i = code.step_count; i-- > 0;) {
    Step& step = out.steps[code.steps + i];
    bool leaves = step.kind == StepKind::Deref || step.kind == StepKind::Pointer ||
                  step.kind == StepKind::Slice;
    if (leaves) return;
    if (step.kind != StepKind::Buffer) continue;
    step.expose = next;
    next = Expose::Outer;
  }
}

}  // namespace tenure::interp

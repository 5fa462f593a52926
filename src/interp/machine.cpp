#include "interp/machine.h"

#include <sys/mman.h>

#include <cstdio>

#include "base/check.h"
#include "oir/text.h"

namespace tenure::interp {

namespace {

constexpr size_t kFrameBytes = size_t{512} << 20;
constexpr size_t kMaxFrames = 1'000'000;
// Each user's `drop` that the runtime calls nests loops on the machine stack.
constexpr size_t kMaxNestedDrops = 50'000;

}  // namespace

const Machine::Handler Machine::kHandlers[] = {
#define INST(name, text, flags) &Machine::do_##name,
#include "oir/instructions.def"
#undef INST
};

Machine::Machine(const oir::Program& program, const SourceMap& sources)
    : program_(program),
      layouts_(layout::Layouts::compute(program)),
      descriptors_(
          program, layouts_,
          [](oir::FuncId func, void*) {
            return reinterpret_cast<void*>(static_cast<uintptr_t>(func.v) + 1);
          },
          nullptr),
      types_(program, layouts_, descriptors_),
      sites_(sources),
      decoder_(program, layouts_, types_, sites_),
      region_(decoder_.global_bytes(), kFrameBytes) {
  TN_CHECK(!layouts_.too_large().valid(), "a type too large to be laid out");
  void* frames = mmap(nullptr, kMaxFrames * sizeof(Frame), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (frames == MAP_FAILED) tn_out_of_memory();
  frames_ = static_cast<Frame*>(frames);
  set_up_globals();
}

Machine::~Machine() {
  munmap(frames_, kMaxFrames * sizeof(Frame));
}

TnStatus Machine::call_function(oir::FuncId func, void* self) {
  size_t base = frame_count_;
  static const TnSite kNowhere{nullptr, 0, 0};
  const TnSite* site =
      base == 0 ? &kNowhere : frames_[base - 1].code->code[frames_[base - 1].pc].site;
  if (dying_.size() > kMaxNestedDrops) tn_stack_overflow(site);
  Frame& frame = push_frame(func, site);
  if (frame.code->function->params != 0) {
    const LocalCode& param = frame.code->locals[1];
    std::memcpy(frame.base + param.offset, &self, sizeof(self));
    region_.set_full(frame.base + param.offset, sizeof(self));
  }
  return loop(base);
}

TnStatus Machine::loop(size_t base) {
  size_t outer_base = loop_base_;
  loop_base_ = base;
  TnStatus status = TN_OK;
  while (true) {
    Frame& frame = frames_[frame_count_ - 1];
    const InstCode& inst = frame.code->code[frame.pc];
    Next next = (this->*kHandlers[static_cast<size_t>(inst.op)])(frame, inst);
    if (next == Next::Go) {
      ++frame.pc;
    } else if (next == Next::Done) {
      break;
    } else if (next == Next::Fail && !unwind(base)) {
      status = TN_FAILED;
      break;
    }
  }
  loop_base_ = outer_base;
  return status;
}

bool Machine::unwind(size_t base) {
  while (frame_count_ > base) {
    Frame& frame = frames_[frame_count_ - 1];
    const InstCode& inst = frame.code->code[frame.pc];
    if (inst.unwind != kNone && inst.op != oir::Op::Resume) {
      frame.pc = inst.unwind;
      return true;
    }
    pop_frame(false);
  }
  return false;
}

Frame& Machine::push_frame(oir::FuncId func, const TnSite* site) {
  const FunctionCode& code = decoder_.function(func);
  if (frame_count_ == kMaxFrames) tn_stack_overflow(site);
  uint8_t* memory = region_.push(code.frame_bytes, code.frame_align);
  if (memory == nullptr) tn_stack_overflow(site);
  Frame& frame = frames_[frame_count_++];
  frame.code = &code;
  frame.base = memory;
  frame.pc = 0;
  return frame;
}

void Machine::pop_frame(bool returning) {
  Frame& frame = frames_[frame_count_ - 1];
  const FunctionCode& code = *frame.code;
  auto check_empty = [&](uint32_t local) {
    const LocalCode& row = code.locals[local];
    for (const OwnedLeaf& leaf : row.type->owned) {
      if (region_.leaf_empty(frame.base + row.offset, leaf)) continue;
      std::string what = "local `" + oir::place_text(program_, *code.function,
                                                     oir::Place::local(oir::LocalId{local}));
      what += "` (%" + std::to_string(local) + ") still owns a value when the function is left";
      violation(what.c_str());
    }
  };
  for (uint32_t local : code.owners) check_empty(local);
  if (!returning) check_empty(0);
  region_.pop(frame.base);
  --frame_count_;
}

void Machine::violation(const char* what, const PlaceCode* place) {
  std::string text = what;
  if (frame_count_ != 0) {
    const Frame& frame = frames_[frame_count_ - 1];
    const oir::Function& function = *frame.code->function;
    const InstCode& inst = frame.code->code[frame.pc];
    if (place != nullptr && place->type != nullptr) {
      text += place->global ? " (in global " : " (in local %";
      text += place->global ? program_.globals[place->root].name : std::to_string(place->root);
      text += ", a `" + program_.types.text(place->type->id) + "`)";
    }
    text += " at `" + oir::print(program_, function, *inst.source) + "` in " + function.name;
    if (inst.site->file != nullptr) {
      text += ", " + std::string(inst.site->file) + ":" + std::to_string(inst.site->line) + ":" +
              std::to_string(inst.site->column);
    }
  }
  tn_internal_error(text.c_str());
}

void Machine::print_trace() const {
  int printed = 0;
  for (size_t i = frame_count_; i-- > 0;) {
    const Frame& frame = frames_[i];
    const TnSite* site = frame.code->code[frame.pc].site;
    if (site->file == nullptr || frame.code->function->shown_name.empty()) continue;
    if (printed++ == TN_MOST_TRACED) {
      std::fputs("  ...\n", stderr);
      return;
    }
    print_frame(frame.code->function->shown_name, site);
  }
}

void print_frame(const std::string& name, const TnSite* site) {
  if (site->file == nullptr) {
    std::fprintf(stderr, "  in %s\n", name.c_str());
  } else {
    std::fprintf(stderr, "  in %s at %s:%u:%u\n", name.c_str(), site->file, site->line,
                 site->column);
  }
}

}  // namespace tenure::interp

// The program as a whole: globals, what the runtime calls back, the thread that it runs on.
#include <pthread.h>
#include <sys/mman.h>

#include "base/check.h"
#include "interp/interp.h"
#include "interp/machine.h"

namespace tenure::interp {

namespace {

// For the loops that nest where the runtime runs a user's `drop`: 50,000 of them fit with room to
// spare.
constexpr size_t kStackBytes = size_t{1} << 30;

Machine& machine_of(void* context) {
  return *static_cast<Machine*>(context);
}

}  // namespace

void Machine::set_up_globals() {
  size_t count = program_.globals.size();
  global_states_.assign(count, TN_G_UNINIT);
  global_born_.assign(count, false);
  globals_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const oir::Global& global = program_.globals[i];
    TnGlobal& row = globals_[i];
    row.name = global.name.c_str();
    row.place = region_.globals() + decoder_.global_offset(oir::GlobalId{i});
    row.state = &global_states_[i];
    row.type = types_[global.type].tn;
    row.site = sites_.site(global.span);
    row.boxed = global.boxed;
  }
}

TnStatus Machine::run_drop(const TnType* type, void* self) {
  auto* begin = static_cast<const uint8_t*>(self);
  dying_.push_back({begin, begin + type->size});
  oir::FuncId func{reinterpret_cast<uintptr_t>(type->drop) - 1};
  TnStatus status = call_function(func, self);
  dying_.pop_back();
  return status;
}

TnHooks Machine::hooks() {
  TnHooks hooks{};
  hooks.context = this;
  hooks.call_drop = [](const TnType* type, void* self, void* context) {
    return machine_of(context).run_drop(type, self);
  };
  hooks.call_start = [](const TnProgram*, void* context) {
    Machine& machine = machine_of(context);
    return machine.call_function(machine.program_.start, nullptr);
  };
  hooks.print_trace = [](void* context) { machine_of(context).print_trace(); };
  hooks.capture = [](uintptr_t* words, uint32_t most, void* context) {
    return machine_of(context).capture(words, most);
  };
  hooks.print_captured = [](const uintptr_t* words, uint32_t count, void*) {
    for (uint32_t i = 0; i + 1 < count; i += 2) {
      const auto& code = *reinterpret_cast<const FunctionCode*>(words[i]);
      const TnSite* site = reinterpret_cast<const TnSite*>(words[i + 1]);
      if (!code.function->shown_name.empty()) print_frame(code.function->shown_name, site);
    }
  };
  hooks.where = [](void* context) {
    Machine& machine = machine_of(context);
    const Frame& frame = machine.frames_[machine.frame_count_ - 1];
    return frame.code->code[frame.pc].site;
  };
  hooks.object_born = [](void* body, const TnType*, void* context) {
    Machine& machine = machine_of(context);
    if (!machine.book_.add(body)) machine.violation("an object that is born twice");
  };
  hooks.object_died = [](void* body, void* context) {
    Machine& machine = machine_of(context);
    if (!machine.book_.remove(body)) machine.violation("an object that dies twice");
  };
  return hooks;
}

// Two words a frame: its function, and where in it.
uint32_t Machine::capture(uintptr_t* words, uint32_t most) const {
  uint32_t count = 0;
  for (size_t i = frame_count_; i-- > 0 && count + 2 <= most;) {
    const Frame& frame = frames_[i];
    words[count++] = reinterpret_cast<uintptr_t>(frame.code);
    words[count++] = reinterpret_cast<uintptr_t>(frame.code->code[frame.pc].site);
  }
  return count;
}

int Machine::run(const TnOptions& options) {
  foreign_.find(program_);
  TnProgram program{};
  program.types = descriptors_.types();
  program.type_count = descriptors_.count();
  program.literals = decoder_.literals().begin();
  program.literal_bytes = decoder_.literals().size();
  TnHooks callbacks = hooks();
  return tn_run(&program, &options, &callbacks);
}

namespace {

struct Job {
  const oir::Program* program;
  const SourceMap* sources;
  const TnOptions* options;
  int code = 0;
};

void* run_job(void* argument) {
  Job& job = *static_cast<Job*>(argument);
  Machine machine(*job.program, *job.sources);
  job.code = machine.run(*job.options);
  return nullptr;
}

}  // namespace

int run(const oir::Program& program, const SourceMap& sources, const TnOptions& options) {
  Job job{&program, &sources, &options};
  void* stack = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) tn_out_of_memory();
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, stack, kStackBytes);
  pthread_t thread;
  bool started = pthread_create(&thread, &attributes, run_job, &job) == 0;
  TN_CHECK(started, "no thread for the program");
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  munmap(stack, kStackBytes);
  return job.code;
}

}  // namespace tenure::interp

// The operating system.
//
// Address space for the heap, memory in it, how much of it the machine still has, and the signal
// handler that turns an overflow of the stack [O-PANIC-3], and what a bad pointer does, into a
// message.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

#include "rt_internal.h"

namespace tenure::rt {

char* os_reserve(uint64_t bytes) {
  void* at = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return at == MAP_FAILED ? nullptr : static_cast<char*>(at);
}

bool os_commit(char* start, uint64_t bytes) {
  return mprotect(start, bytes, PROT_READ | PROT_WRITE) == 0;
}

void os_decommit(char* start, uint64_t bytes) {
  madvise(start, bytes, MADV_DONTNEED);
}

// Of two megabytes instead of 4 KiB, where the machine has them: a page costs as much as a thousand
// bytes or so.
void os_large_pages(char* start, uint64_t bytes) {
  constexpr uintptr_t kPage = 4096;
  uintptr_t first = (reinterpret_cast<uintptr_t>(start) + kPage - 1) & ~(kPage - 1);
  uintptr_t end = (reinterpret_cast<uintptr_t>(start) + bytes) & ~(kPage - 1);
  if (first < end) madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

// The first number in a file after `word` (or at its start); 0 if there is none.
static uint64_t number_in_file(const char* path, const char* word) {
  char text[4096];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  if (got <= 0) return 0;
  text[got] = 0;
  const char* at = *word ? strstr(text, word) : text;
  return at ? strtoull(at + strlen(word), nullptr, 10) : 0;
}

// The kernel would rather kill the process than refuse memory, so we ask before we take much.
bool os_memory_left(uint64_t bytes) {
  constexpr uint64_t kSpare = 64ull << 20;
  uint64_t available = number_in_file("/proc/meminfo", "MemAvailable:") << 10;
  if (available && available < bytes + kSpare) return false;
  uint64_t most = number_in_file("/sys/fs/cgroup/memory.max", "");
  uint64_t used = number_in_file("/sys/fs/cgroup/memory.current", "");
  if (!most) {
    most = number_in_file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "");
    used = number_in_file("/sys/fs/cgroup/memory/memory.usage_in_bytes", "");
  }
  // The page cache counts as used there; only a program that is most of it itself is out of memory.
  return !most || used + bytes + kSpare / 4 < most || g.committed < most / 4 * 3;
}

// ---- stack overflow

static char* stack_low;
static char* stack_high;
constexpr size_t kSignalStack = 256 << 10;

static bool near_end_of_stack(const char* address, const char* sp) {
  constexpr ptrdiff_t kGuard = 2 << 20, kFrame = 64 << 10;
  bool below_stack = stack_low && address >= stack_low - kGuard && address < stack_low + kFrame;
  bool at_pointer = address >= sp - kFrame && address < sp + kFrame;
  bool pointer_out = stack_low && sp < stack_low + kFrame && sp > stack_low - (64 << 20);
  return (below_stack && sp < stack_low + (16 << 20)) || (pointer_out && at_pointer) ||
         (at_pointer && sp < stack_high && !stack_low);
}

const char* os_stack_end() {
  return stack_high;
}

// What a pointer that nobody checked met.
static const char* what_failed(const siginfo_t& info) {
  constexpr uintptr_t kFirstPage = 4096;
  uintptr_t address = reinterpret_cast<uintptr_t>(info.si_addr);
  if (address - reinterpret_cast<uintptr_t>(g.program->literals) < g.program->literal_bytes)
    return "write to a literal";
  bool is_address = info.si_code == SEGV_MAPERR;  // else it is not known which it was
  return is_address && address < kFirstPage ? "null reference" : "invalid memory access";
}

static void on_fault(int signal, siginfo_t* info, void* context) {
  const ucontext_t* machine = static_cast<const ucontext_t*>(context);
#if defined(__x86_64__)
  const char* sp = reinterpret_cast<const char*>(machine->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  const char* sp = reinterpret_cast<const char*>(machine->uc_mcontext.sp);
#else
#error "which register is the stack pointer?"
#endif
  static bool again;
  if (again || info->si_code <= 0) {
    // In a report, or sent by somebody: let it happen with the default action.
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    sigaction(signal, &standard, nullptr);
    if (info->si_code <= 0) raise(signal);
    return;
  }
  again = true;
  TnSite site = {};
  const TnSite* where = first_site(&site) ? &site : nullptr;
  if (near_end_of_stack(static_cast<const char*>(info->si_addr), sp)) tn_stack_overflow(where);
  // Nothing is unwound: the frames do not know that the access can fail.
  report_failure(where, what_failed(*info));
  end_process(101);
}

// Of the process's first thread. The C library would read the list of all mappings for it. At the
// very end the system has put the name of the executable.
static bool find_first_stack() {
  constexpr uintptr_t kPage = 4096;
  uintptr_t name = getauxval(AT_EXECFN);
  rlimit limit;
  if (getpid() != gettid() || name == 0 || getrlimit(RLIMIT_STACK, &limit) != 0) return false;
  uintptr_t end = name + strlen(reinterpret_cast<const char*>(name)) + 1;
  stack_high = reinterpret_cast<char*>((end + kPage - 1) & ~(kPage - 1));
  stack_low = nullptr;  // nobody knows where it ends
  if (limit.rlim_cur < reinterpret_cast<uintptr_t>(stack_high))
    stack_low = stack_high - (limit.rlim_cur & ~(kPage - 1));
  return true;
}

static void find_stack_of_thread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* low = nullptr;
  size_t bytes = 0;
  pthread_attr_getstack(&attributes, &low, &bytes);
  pthread_attr_destroy(&attributes);
  stack_low = static_cast<char*>(low);
  stack_high = stack_low + bytes;
}

void os_install_stack_guard() {
  if (!find_first_stack()) find_stack_of_thread();
  static bool installed;
  if (installed) return;
  installed = true;
  void* alternate = mmap(nullptr, kSignalStack, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (alternate == MAP_FAILED) return;
  stack_t stack = {};
  stack.ss_sp = alternate;
  stack.ss_size = kSignalStack;
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace tenure::rt

extern "C" void tn_large_place(void* place, uint64_t bytes) {
  tenure::rt::os_large_pages(static_cast<char*>(place), bytes);
}

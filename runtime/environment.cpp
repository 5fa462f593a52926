// What a program is told about where it runs: arguments, environment, the time.
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "rt_internal.h"

namespace tenure::rt {
namespace {

void text_of(TnString* dst, const char* text) {
  tn_text_of_cstr(dst, text);
}

// A name with a NUL in it names nothing.
const char* variable(const TnString* name) {
  char text[1024];
  if (name->length >= sizeof text) return nullptr;
  if (name->length) memcpy(text, name->data, name->length);
  text[name->length] = 0;
  return strlen(text) == name->length ? getenv(text) : nullptr;
}

}  // namespace
}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

int64_t tn_arg_count(void) {
  return g.options.arg_count;
}

void tn_arg_get(TnString* dst, int64_t index) {
  bool there = index >= 0 && index < g.options.arg_count;
  text_of(dst, there ? g.options.args[index] : nullptr);
}

bool tn_env_is_set(const TnString* name) {
  return variable(name) != nullptr;
}

void tn_env_get(TnString* dst, const TnString* name) {
  text_of(dst, variable(name));
}

int64_t tn_time_ms(void) {
  timespec now = {};
  clock_gettime(CLOCK_REALTIME, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

int64_t tn_clock_nanos(void) {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

TnStatus tn_sleep(int64_t milliseconds) {
  flush_out();
  if (tn_collect() != TN_OK) return TN_FAILED;
  if (milliseconds <= 0) return TN_OK;
  timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
  return TN_OK;
}

void tn_print_error(const TnString* text) {
  err_raw(reinterpret_cast<const char*>(text->data), text->length);
}

}  // extern "C"

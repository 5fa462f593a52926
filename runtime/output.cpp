// Output.
//
// Standard output through a buffer of our own: flushed when full, at the end of a line on a
// terminal, before input is read, at exit, and before anything goes to standard error, so that
// the two keep their order. Standard error is not buffered; a line is one write.
//
// Output that cannot be written is an error of the run (101), said once; what is printed from
// then on is lost. Buffering decides when it is found out, so it has no position and nothing
// unwinds: a program that goes on printing ends at once, as it does out of memory [O-PANIC-3].
// A pipe that nobody reads any more ends it without a word: by the signal, or where that is
// ignored, with the exit code that a shell gives for it.
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "bytes.h"
#include "rt_internal.h"

namespace tenure::rt {

constexpr uint64_t kBuffer = 1 << 16;
static char buffer[kBuffer];
static uint64_t filled;
static int terminal = -1;

// What went wrong, or 0.
static int write_all(int fd, const char* text, uint64_t bytes) {
  while (bytes) {
    ssize_t done = write(fd, text, bytes);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return done < 0 ? errno : EIO;
    text += done;
    bytes -= static_cast<uint64_t>(done);
  }
  return 0;
}

// Some of it on its way to the reader may be lost already, so the rest is.
static void write_out(const char* text, uint64_t bytes) {
  if (g.output_lost) return;
  int error = write_all(STDOUT_FILENO, text, bytes);
  if (!error) return;
  g.output_lost = error == EPIPE ? 128 + SIGPIPE : 101;
  if (error != EPIPE) err_format("error: cannot write standard output: %s\n", strerror(error));
}

void flush_out() {
  uint64_t bytes = filled;
  filled = 0;
  write_out(buffer, bytes);
}

void out(const char* text, uint64_t bytes) {
  if (g.output_lost) end_process(g.output_lost);
  if (bytes > kBuffer - filled) {
    flush_out();
    if (bytes >= kBuffer) return write_out(text, bytes);
  }
  copy_bytes(reinterpret_cast<uint8_t*>(buffer + filled), reinterpret_cast<const uint8_t*>(text),
             bytes);
  filled += bytes;
  if (terminal < 0) terminal = isatty(STDOUT_FILENO);
  if (terminal && bytes && text[bytes - 1] == '\n') flush_out();
}

void err_raw(const char* text, uint64_t bytes) {
  flush_out();
  write_all(STDERR_FILENO, text, bytes);
}

void err_text(const char* text) {
  err_raw(text, strlen(text));
}

void err_format(const char* format, ...) {
  char line[2048];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (length < 0) return;
  uint64_t bytes = static_cast<uint64_t>(length);
  err_raw(line, bytes < sizeof line ? bytes : sizeof line - 1);
}

void err_site(const TnSite* site) {
  if (site && site->file) err_format("%s:%u:%u: ", site->file, site->line, site->column);
}

}  // namespace tenure::rt

// C's own buffer would keep what it has until the end of the process.
extern "C" void tn_before_foreign(void) {
  static bool unbuffered;
  if (!unbuffered) setvbuf(stdout, nullptr, _IONBF, 0);
  unbuffered = true;
  tenure::rt::flush_out();
}

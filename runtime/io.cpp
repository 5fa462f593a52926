// The library's way to the system.
//
// Lines of standard input, whole files, file descriptors, blocks of native memory. Waiting for
// input is a collection point [O-CYC-2]; output is flushed before it.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

namespace tenure::rt {
namespace {

constexpr size_t kInput = 1 << 16;
char input[kInput];
size_t input_at, input_end;
bool input_over;

// False: nothing more will come.
bool fill_input() {
  if (input_at < input_end) return true;
  if (input_over) return false;
  flush_out();
  ssize_t got;
  do got = read(STDIN_FILENO, input, kInput);
  while (got < 0 && errno == EINTR);
  input_at = 0;
  input_end = got > 0 ? static_cast<size_t>(got) : 0;
  input_over = got <= 0;
  return got > 0;
}

void append(TnString* s, const char* bytes, size_t count) {
  TnString more = {reinterpret_cast<uint8_t*>(const_cast<char*>(bytes)), count, 0};
  tn_str_append(s, &more);
}

struct Path {  // NUL-terminated; a path with a NUL in it names nothing
  char* text;
  explicit Path(const TnString* s) : text(static_cast<char*>(malloc(s->length + 1))) {
    if (!text) tn_out_of_memory();
    if (s->length) memcpy(text, s->data, s->length);
    text[s->length] = 0;
    if (s->length && memchr(text, 0, s->length)) text[0] = 0;
  }
  ~Path() { free(text); }
  Path(const Path&) = delete;
};

void report_file(const char* what, const Path& path, int error, const TnSite* site) {
  char message[1200];
  int length =
      snprintf(message, sizeof message, "%s `%.1000s`: %s", what, path.text, strerror(error));
  TnString text = {reinterpret_cast<uint8_t*>(message), 0, 0};
  text.length = static_cast<uint64_t>(length) < sizeof message ? static_cast<uint64_t>(length)
                                                               : sizeof message - 1;
  tn_report_message("", &text, site);
}

// All that the file still has, into one block that is as large as the file says it is. False: errno
// says why not.
bool read_all(int fd, TnString* text) {
  constexpr uint64_t kUnknown = 4096;
  struct stat about;
  bool known = fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0;
  // (One byte more than there are, so that the end is met without more room.)
  TnBytes bytes = new_bytes(known ? static_cast<uint64_t>(about.st_size) + 1 : kUnknown);
  *text = {bytes.data, 0, bytes.capacity};
  for (;;) {
    if (text->length == text->capacity) {
      TnBytes more = new_bytes(text->capacity * 2);
      copy_bytes(more.data, text->data, text->length);
      release_bytes(text->data);
      *text = {more.data, text->length, more.capacity};
    }
    ssize_t got = read(fd, text->data + text->length, text->capacity - text->length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    text->length += static_cast<uint64_t>(got);
  }
}

// Of a text that was read a block of its size, if the one that it has is much larger.
void fit(TnString* text) {
  if (text->length && text->capacity - text->length < text->capacity / 4 + 64) return;
  TnString all = *text;
  TnSlice bytes = {all.data, all.length};
  tn_text_of_bytes(text, &bytes);
  release_bytes(all.data);
}

TnStatus write_whole(const TnString* path, const TnString* text, int how, const TnSite* site) {
  Path name(path);
  int fd = open(name.text, O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666);
  int error = fd < 0 ? errno : 0;
  const uint8_t* at = text->data;
  uint64_t left = fd < 0 ? 0 : text->length;
  while (left && !error) {
    ssize_t done = write(fd, at, left);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) error = errno;
    if (done < 0) break;
    at += done;
    left -= static_cast<uint64_t>(done);
  }
  if (fd >= 0 && close(fd) < 0 && !error) error = errno;
  if (!error) return TN_OK;
  report_file("cannot write", name, error, site);
  return TN_FAILED;
}

}  // namespace
}  // namespace tenure::rt

using namespace tenure::rt;

extern "C" {

void* tn_native_alloc(int32_t bytes, const TnSite* site) {
  if (bytes < 0) {
    tn_report(TN_E_VALUE_OUT_OF_RANGE, site);
    return nullptr;
  }
  void* block = calloc(1, bytes ? static_cast<size_t>(bytes) : 1);
  if (!block) tn_out_of_memory();
  g.native_blocks++;
  return block;
}

void tn_native_release(void* word) {
  if (!is_word(word)) return;
  free(word);
  g.native_blocks--;
}

int32_t tn_native_count(void) {
  return g.native_blocks;
}

int32_t tn_file_open(const TnString* path) {
  Path name(path);
  int fd = *name.text ? open(name.text, O_RDONLY | O_CLOEXEC) : -1;
  return fd;
}

int32_t tn_file_create(const TnString* path) {
  Path name(path);
  return *name.text ? open(name.text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
}

void tn_file_close(int32_t fd) {
  if (fd > STDERR_FILENO) close(fd);
}

TnStatus tn_read_line(TnString* dst) {
  flush_out();
  if (tn_collect() != TN_OK) return TN_FAILED;
  TnString line = {nullptr, 0, 0};
  while (fill_input()) {
    char* from = input + input_at;
    char* end = static_cast<char*>(memchr(from, '\n', input_end - input_at));
    size_t count = end ? static_cast<size_t>(end - from) : input_end - input_at;
    append(&line, from, count);
    input_at += count + (end ? 1 : 0);
    if (end) break;
  }
  *dst = line;
  return TN_OK;
}

bool tn_input_ended(void) {
  return !fill_input();
}

TnStatus tn_read_file(TnString* dst, const TnString* path, const TnSite* site) {
  Path name(path);
  int fd = open(name.text, O_RDONLY | O_CLOEXEC);
  TnString text = {nullptr, 0, 0};
  bool done = fd >= 0 && read_all(fd, &text);
  int error = errno;
  if (fd >= 0) close(fd);
  if (!done) {
    tn_str_drop(&text);
    report_file("cannot read", name, error, site);
    return TN_FAILED;
  }
  fit(&text);
  *dst = text;
  return TN_OK;
}

TnStatus tn_write_file(const TnString* path, const TnString* text, const TnSite* site) {
  return write_whole(path, text, O_TRUNC, site);
}

TnStatus tn_append_file(const TnString* path, const TnString* text, const TnSite* site) {
  return write_whole(path, text, O_APPEND, site);
}

bool tn_remove_file(const TnString* path) {
  Path name(path);
  return *name.text && unlink(name.text) == 0;
}

TnStatus tn_rename_file(const TnString* from, const TnString* to, const TnSite* site) {
  Path old(from), name(to);
  if (rename(old.text, name.text) == 0) return TN_OK;
  report_file("cannot rename", old, errno, site);
  return TN_FAILED;
}

bool tn_file_exists(const TnString* path) {
  Path name(path);
  return *name.text && access(name.text, F_OK) == 0;
}

}  // extern "C"

// Functions from outside: of this process, then of the libraries that the program names.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>

#include <initializer_list>

#include "rt_internal.h"

namespace tenure::rt {
namespace {

// A library without its development files has no `libNAME.so`, only `libNAME.so.6`; and what is
// called `libNAME.so` may be a text for linkers.
void* open_versioned(const char* folder, const char* name) {
  DIR* dir = opendir(folder);
  if (!dir) return nullptr;
  char prefix[256], path[1024];
  int length = snprintf(prefix, sizeof prefix, "lib%s.so.", name);
  void* handle = nullptr;
  while (dirent* entry = handle ? nullptr : readdir(dir)) {
    if (strncmp(entry->d_name, prefix, static_cast<size_t>(length)) != 0) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  }
  closedir(dir);
  return handle;
}

void* open_library(const char* name) {
  if (strchr(name, '/')) return dlopen(name, RTLD_NOW | RTLD_GLOBAL);
  char path[1024];
  snprintf(path, sizeof path, "lib%s.so", name);
  void* handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  for (const char* folder :
       {"/usr/local/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
        "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib"})
    if (!handle) handle = open_versioned(folder, name);
  return handle;
}

}  // namespace
}  // namespace tenure::rt

extern "C" void* tn_foreign_function(const char* symbol, const char* const* libraries,
                                     uint32_t count) {
  if (void* found = dlsym(RTLD_DEFAULT, symbol)) return found;
  for (uint32_t i = 0; i < count; i++) {
    void* library = tenure::rt::open_library(libraries[i]);  // (again: the same handle)
    if (void* found = library ? dlsym(library, symbol) : nullptr) return found;
  }
  return nullptr;
}

extern "C" bool tn_foreign_library(const char* name) {
  return tenure::rt::open_library(name) != nullptr;
}

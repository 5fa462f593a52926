// The command lines whose program may come from the cache: `run` with nothing but what a program
// needs. Every other one, wrong ones among them, is the compiler's business.
#pragma once

#include <optional>
#include <vector>

#include "cache/request.h"

namespace tenure::launcher {

struct CachedRun {
  cache::Request request;
  std::vector<char*> program_args;  // of argv
};

std::optional<CachedRun> parse(int argc, char** argv);

}  // namespace tenure::launcher

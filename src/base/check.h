// Checks: a bug of the compiler stops it here, with the name of what did not hold.
// Mistakes of the user never come here; they go to the diagnostics sink.
#pragma once

namespace tenure {

// Prints `internal error: FILE:LINE: WHAT` to standard error and ends the process with code 70.
[[noreturn]] void fail_check(const char* file, int line, const char* what);

}  // namespace tenure

#define TN_CHECK(condition, what)                     \
  do {                                                \
    if (!(condition)) [[unlikely]]                    \
      ::tenure::fail_check(__FILE__, __LINE__, what); \
  } while (false)

#define TN_UNREACHABLE(what) ::tenure::fail_check(__FILE__, __LINE__, what)

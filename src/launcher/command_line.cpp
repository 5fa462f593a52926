#include "launcher/command_line.h"

#include <cstdlib>
#include <string_view>

namespace tenure::launcher {
namespace {

// Options of `tenure run` as they may stand behind the file too (src/driver/options.cpp; a test
// compares the two). What else begins with a dash there is the program's.
constexpr std::string_view kRunOptions[] = {
    "--engine",      "--trace-drops", "--leak-check",   "--heap-stats", "--gc-stress",
    "--check",       "--opt",         "--check-memory", "--max-errors", "--plain",
    "--diagnostics", "--no-cache",    "--help"};
constexpr std::string_view kShortOptions = "OIh";

bool is_run_option(std::string_view word) {
  if (word.size() < 2 || word[0] != '-') return false;
  if (word[1] != '-') return kShortOptions.find(word[1]) != std::string_view::npos;
  std::string_view name = word.substr(0, word.find('='));
  for (std::string_view option : kRunOptions) {
    if (name == option) return true;
  }
  return false;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

class Parser {
 public:
  Parser(int argc, char** argv) : argv_(argv), count_(argc) {}

  std::optional<CachedRun> parse() {
    std::string_view name = count_ > 0 ? base_name(argv_[0]) : "";
    run_.request.is_tape = name == "tape";
    if (name != "ngi" && word() != "run") return std::nullopt;
    if (name != "ngi") ++next_;
    while (word().starts_with('-')) {
      if (!option()) return std::nullopt;
    }
    if (word().empty()) return std::nullopt;
    run_.request.file = word();
    ++next_;
    bool all_are_the_programs = false;
    for (; next_ < count_; ++next_) {
      if (!all_are_the_programs) {
        if (is_run_option(word())) return std::nullopt;
        all_are_the_programs = word() == "--";
        if (all_are_the_programs) continue;
      }
      run_.program_args.push_back(argv_[next_]);
    }
    return std::move(run_);
  }

 private:
  std::string_view word() const { return next_ < count_ ? argv_[next_] : ""; }

  bool option() {
    std::string_view option = word();
    ++next_;
    constexpr std::string_view kChecks[] = {"--check-memory=off", "--check-memory=on",
                                            "--check-memory=full"};
    for (uint32_t i = 0; i < std::size(kChecks); ++i) {
      if (option == kChecks[i]) {
        run_.request.check_memory = i;
        return true;
      }
    }
    if (option == "-O0" || option == "-O2") {
      run_.request.opt_level = option[2] - '0';
      return true;
    }
    if (option != "-I" || word().empty() || word().starts_with('-')) return false;
    run_.request.import_paths.emplace_back(word());
    ++next_;
    return true;
  }

  char** argv_;
  int count_;
  int next_ = 1;
  CachedRun run_;
};

}  // namespace

std::optional<CachedRun> parse(int argc, char** argv) {
  const char* options = std::getenv("TENURE_OPTIONS");
  if (options != nullptr && *options != '\0') return std::nullopt;
  return Parser(argc, argv).parse();
}

}  // namespace tenure::launcher

// The command line, parsed with CLI11.
//
// This is the one file of the compiler that is built with exceptions: CLI11 reports by throwing.
// None leaves parse_command_line.
#include "driver/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/diag.h"
#include "own/pipeline.h"

namespace tenure::driver {
namespace {

constexpr int kUsageError = 2;

struct CommandRow {
  Command command;
  const char* name;
  const char* usage;
  const char* summary;
};

constexpr CommandRow kCommands[] = {
    {Command::Run, "run", "tenure run [OPTIONS] FILE [ARGS]", "Compile a program and run it"},
    {Command::Build, "build", "tenure build [OPTIONS] FILE -o OUT",
     "Make an executable (it reads the environment variable TENURE_OPTIONS)"},
    {Command::Check, "check", "tenure check [OPTIONS] FILE",
     "Report the errors of a program, or print OK"},
    {Command::Test, "test", "tenure test [OPTIONS] FILE", "Run the tests of a Tape program"},
    {Command::Explain, "explain", "tenure explain [OPTIONS] FILE",
     "Print a program with what was decided about its values, and why"},
    {Command::Oir, "oir", "tenure oir [OPTIONS] FILE", "Print the ownership IR of a program"},
    {Command::Cache, "cache", "tenure cache [clear]",
     "Say where executables are kept and how much they take, or remove them"},
};

constexpr const char* kExitCodes =
    "Exit codes: 0, or what the program says; 1 compile errors; 2 wrong usage; 101 run-time "
    "error;\n"
    "102 (--leak-check) objects were left at exit.";

const CommandRow& row_of(Command command) {
  return kCommands[static_cast<size_t>(command)];
}

const CommandRow* find_command(std::string_view name) {
  for (const CommandRow& row : kCommands) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

Parsed usage_error(const std::string& what) {
  return {{}, "tenure: error: " + what + "\n", kUsageError};
}

std::string command_list() {
  std::string out =
      "The compiler of NG and Tape.\n\nUsage: tenure COMMAND [OPTIONS] FILE\n"
      "       ngi FILE [ARGS]         the same as tenure run FILE [ARGS]\n"
      "       tape COMMAND …          the same as tenure COMMAND …\n\nCommands:\n";
  for (const CommandRow& row : kCommands) out += fmt::format("  {:<10}{}\n", row.name, row.summary);
  out += "  help      Explain a command: tenure help COMMAND\n\nOptions:\n";
  out += "  --help      Print this text\n  --version   Print the version\n\n";
  return out + kExitCodes + "\n";
}

// CLI11's help with the usage line of the table.
class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(const char* usage) : usage_(usage) {
    label("REQUIRED", "(required)");
    label("TEXT", "");
    column_width(34);
  }
  std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override {
    return fmt::format("\nUsage: {}\n", usage_);
  }

 private:
  const char* usage_;
};

// Options of one command. The parser writes into `line`, which outlives it.
class CommandParser {
 public:
  CommandParser(const CommandRow& row, CommandLine& line)
      : row_(row), line_(line), app_(row.summary, std::string("tenure ") + row.name) {
    line.command = row.command;
    app_.formatter(std::make_shared<HelpFormatter>(row.usage));
    if (row.command == Command::Cache) {
      app_.add_option("WHAT", clear_, "`clear` removes them")
          ->type_name("")
          ->check(CLI::IsMember({"clear"}).description(""));
      app_.footer(cache_footer());
      return;
    }
    app_.add_option("FILE", line.file, "The program, an .ng or .tape file")->required();
    if (row.command == Command::Run || row.command == Command::Test) add_run_options();
    if (line.makes_code()) add_level();
    if (line.command != Command::Check) {
      app_.add_option("--opt", optimisations_,
                      "Leave optimisations out: none, or -NAME of " + own::Optimisations::names())
          ->type_name("WHAT");
    }
    if (line.makes_code() || row.command == Command::Oir) add_memory_checks();
    if (row.command == Command::Build) {
      app_.add_flag(
          "--counters", line.counters,
          "The executable counts allocations, frees, retains, releases, copies, moves and\n"
          "reuses: at its end a line of JSON, to standard error or into the file that\n"
          "TENURE_COUNTERS names");
      app_.add_option("-o,--output", line.output, "The executable to write")
          ->required()
          ->type_name("OUT");
    }
    if (row.command == Command::Oir) {
      app_.add_option("--after", line.after_pass, after_help())
          ->type_name("PASS")
          ->check(CLI::IsMember(pass_list()).description(""));
    }
    app_.add_option("-I", line.import_paths, "Look for imported files in this folder too")
        ->type_name("DIR")
        ->allow_extra_args(false);
    app_.add_option("--max-errors", line.max_errors, "Print at most so many errors")
        ->type_name("N");
    app_.add_flag("--plain", line.plain,
                  "Diagnostics of one line each, without source and colours");
    app_.add_option("--diagnostics", diagnostics_, "How diagnostics look: text or json")
        ->type_name("FORM")
        ->check(CLI::IsMember({"text", "json"}).description(""));
    app_.footer(footer());
  }

  std::string help() const { return app_.help(); }

  Parsed parse(std::vector<std::string> args) {
    std::vector<std::string> reversed(args.rbegin(), args.rend());
    try {
      app_.parse(reversed);
    } catch (const CLI::CallForHelp&) {
      return {{}, help(), 0};
    } catch (const CLI::ParseError& error) {
      return usage_error(explain(error, args));
    }
    if (auto unknown = unknown_before_file(args)) return usage_error(*unknown);
    line_.program_args = app_.remaining();
    auto dashes = std::find(line_.program_args.begin(), line_.program_args.end(), "--");
    if (dashes != line_.program_args.end()) line_.program_args.erase(dashes);
    line_.json = diagnostics_ == "json";
    line_.uses_cache = row_.command == Command::Run && is_plain_run();
    line_.clear = clear_ == "clear";
    if (engine_ == "interp") line_.engine = Engine::Interp;
    if (engine_ == "aot") line_.engine = Engine::Aot;
    if (check_memory_ == "off") line_.check_memory = CheckMemory::Off;
    if (check_memory_ == "on") line_.check_memory = CheckMemory::On;
    if (check_memory_ == "full") line_.check_memory = CheckMemory::Full;
    if (auto wrong = line_.optimisations.apply(optimisations_)) {
      return usage_error(
          fmt::format("wrong value for `--opt`: there is no `{}`; write "
                      "`--opt=none`, or `--opt=-NAME` with one of {}",
                      *wrong, own::Optimisations::names()));
    }
    if (!level_.empty()) line_.opt_level = level_ == "0" ? 0 : 2;
    return {line_, "", 0};
  }

 private:
  static std::vector<std::string> pass_list() {
    std::vector<std::string> names;
    for (std::string_view name : own::pass_names()) names.emplace_back(name);
    return names;
  }

  static std::string after_help() {
    std::string out = "Print the program as it is after this pass:";
    for (const std::string& name : pass_list()) out += " " + name;
    return out;
  }

  // Whether only options are given that an executable is made with. Others are about this one run.
  bool is_plain_run() const {
    const char* options = std::getenv("TENURE_OPTIONS");
    if (options != nullptr && *options != '\0') return false;
    for (const CLI::Option* option : app_.get_options()) {
      const std::string name = option->get_name();
      bool makes_it = name == "FILE" || name == "-O" || name == "-I" || name == "--check-memory";
      if (option->count() > 0 && !makes_it) return false;
    }
    return true;
  }

  static std::string cache_footer() {
    return "They lie in $XDG_CACHE_HOME/tenure, or ~/.cache/tenure, and take at most 512 MiB, or\n"
           "$TENURE_CACHE_MIB (0: none are kept).";
  }

  void add_run_options() {
    app_.allow_extras();
    app_.add_option("--engine", engine_,
                    "What runs it: interp, jit or aot (without: an executable that is kept in the\n"
                    "cache, or jit where that cannot be)")
        ->type_name("ENGINE")
        ->check(CLI::IsMember({"interp", "jit", "aot"}).description(""));
    if (row_.command == Command::Run)
      app_.add_flag("--no-cache", no_cache_,
                    "Neither look into the cache nor keep the executable in it");
    TnOptions& rt = line_.runtime;
    app_.add_flag("--trace-drops", rt.trace_drops, "Print each run of a drop and of a defer");
    app_.add_flag("--leak-check", rt.leak_check, "Report objects that are left at exit");
    app_.add_flag("--heap-stats", rt.heap_stats, "Print what the heap did at exit");
    app_.add_option("--gc-stress", rt.gc_stress, "Collect at every Nth allocation")->type_name("N");
    app_.add_option("--check", rt.check_level, "How much the runtime checks itself: 0 to 3")
        ->type_name("LEVEL")
        ->check(CLI::Range(0, 3).description(""));
  }

  void add_level() {
    app_.add_option("-O", level_, "Optimise: -O0 or -O2 (the default; interp: -O0)")
        ->type_name("0|2")
        ->check(CLI::IsMember({"0", "2"}).description(""));
  }

  void add_memory_checks() {
    app_.add_option(
            "--check-memory", check_memory_,
            "What is looked at where memory is used by hand: off (build), on (run) or full (test)")
        ->type_name("WHAT")
        ->check(CLI::IsMember({"off", "on", "full"}).description(""));
  }

  std::string footer() const {
    if (row_.command == Command::Test)
      return "Exit codes: 0; 1 a test failed, or compile errors; 2 wrong usage.";
    if (row_.command != Command::Run)
      return "Exit codes: 0; 1 errors were reported; 2 wrong usage.";
    return std::string(
               "ARGS go to the program; the options above may also stand after FILE, what follows\n"
               "`--` is the program's.\n") +
           kExitCodes;
  }

  std::string explain(const CLI::ParseError& error, const std::vector<std::string>& args) const {
    const std::string write = fmt::format("write `{}`", row_.usage);
    if (row_.command == Command::Cache && !args.empty()) return unknown_word(args.back());
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
      for (const std::string& word : app_.remaining()) {
        if (word != "--") return unknown_word(word);
      }
    }
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
      if (line_.file.empty()) return fmt::format("a file is missing: {}", write);
      return fmt::format("the name of the executable is missing: write `tenure build {} -o OUT`",
                         line_.file);
    }
    for (const auto& [option, values] : kValues) {
      for (const std::string& word : args) {
        if (word.starts_with(option))
          return fmt::format("wrong value for `{}`: {}", option, values);
      }
    }
    return fmt::format("{}: {}", error.what(), write);
  }

  std::string unknown_word(const std::string& word) const {
    if (!word.starts_with("-")) {
      return fmt::format("unexpected `{}`: write `{}`", word, row_.usage);
    }
    std::string bare = word.substr(0, word.find('='));
    std::vector<std::string> names;
    for (const CLI::Option* option : app_.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
      for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
    std::string near = closest_name(bare, {names.begin(), names.end()});
    if (!near.empty()) return fmt::format("unknown option `{}`: did you mean `{}`?", bare, near);
    return fmt::format("unknown option `{}`: `tenure help {}` lists the options", bare, row_.name);
  }

  // An option that is not known goes to the program if it stands after FILE; before it, it is a
  // mistake.
  std::optional<std::string> unknown_before_file(const std::vector<std::string>& args) const {
    std::vector<std::string> extras = app_.remaining();
    for (const std::string& word : args) {
      if (word == line_.file || word == "--") return std::nullopt;
      bool is_extra = std::find(extras.begin(), extras.end(), word) != extras.end();
      if (is_extra && word.starts_with("-")) return unknown_word(word);
    }
    return std::nullopt;
  }

  static constexpr std::pair<std::string_view, std::string_view> kValues[] = {
      {"--engine", "write `--engine=interp`, `--engine=jit` or `--engine=aot`"},
      {"-O", "write `-O0` or `-O2`"},
      {"--gc-stress", "write a number, as in `--gc-stress=1`"},
      {"--check-memory",
       "write `--check-memory=off`, `--check-memory=on` or `--check-memory=full`"},
      {"--max-errors", "write a number, as in `--max-errors=20`"},
      {"--check", "write `--check=0` to `--check=3`"},
      {"--after",
       "write `--after=lower`, `summaries`, `moves`, `escape`, `types`, `elaborate` or "
       "`lastuse`"},
      {"--diagnostics", "write `--diagnostics=text` or `--diagnostics=json`"},
      {"-o", "write `-o OUT`"},
  };

  const CommandRow& row_;
  CommandLine& line_;
  CLI::App app_;
  std::string engine_ = "jit";
  std::string level_;
  std::string optimisations_;
  std::string clear_;
  bool no_cache_ = false;  // what counts is that it was given
  std::string check_memory_;
  std::string diagnostics_ = "text";
};

Parsed help_text(const std::vector<std::string>& words) {
  if (words.empty()) return {{}, command_list(), 0};
  const CommandRow* row = find_command(words[0]);
  if (row == nullptr) {
    return usage_error(
        fmt::format("unknown command `{}`: `tenure help` lists the commands", words[0]));
  }
  CommandLine line;
  return {{}, CommandParser(*row, line).help(), 0};
}

Parsed unknown_command(const std::string& word) {
  if (word.ends_with(".ng") || word.ends_with(".tape")) {
    return usage_error(fmt::format("a command is missing: write `tenure run {}`", word));
  }
  std::vector<std::string_view> names{"help", "--version", "--help"};
  for (const CommandRow& row : kCommands) names.emplace_back(row.name);
  std::string near = closest_name(word, names);
  std::string hint =
      near.empty() ? "`tenure help` lists the commands" : fmt::format("did you mean `{}`?", near);
  const char* what = word.starts_with("-") ? "option" : "command";
  return usage_error(fmt::format("unknown {} `{}`: {}", what, word, hint));
}

std::string_view base_name(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace

Parsed parse_command_line(int argc, char** argv) {
  std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
  bool is_ngi = argc > 0 && base_name(argv[0]) == "ngi";
  if (!args.empty() && args[0] == "--version") return {{}, "tenure " TENURE_VERSION "\n", 0};
  CommandLine line;
  line.is_tape = argc > 0 && base_name(argv[0]) == "tape";
  tn_options_from_env(&line.runtime);
  if (is_ngi) return CommandParser(row_of(Command::Run), line).parse(std::move(args));
  if (args.empty()) return {{}, command_list(), kUsageError};
  std::string command = args[0];
  args.erase(args.begin());
  if (command == "help" || command == "--help" || command == "-h") return help_text(args);
  const CommandRow* row = find_command(command);
  if (row == nullptr) return unknown_command(command);
  return CommandParser(*row, line).parse(std::move(args));
}

}  // namespace tenure::driver

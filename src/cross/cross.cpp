#include "cross/cross.h"

#include <algorithm>
#include <deque>
#include <map>

#include "base/check.h"
#include "cross/ng_view.h"
#include "cross/tape_view.h"
#include "ng/lower.h"
#include "oir/bridge.h"
#include "oir/builder.h"
#include "tape/lower.h"

namespace tenure::cross {

namespace {

using Target = std::map<std::pair<uint32_t, std::string>, oir::FuncId>;  // by module and name

// The top levels of both languages are run in the order of their modules.
void write_start(std::vector<std::pair<uint32_t, oir::FuncId>> segments, oir::Program& out) {
  std::sort(segments.begin(), segments.end());
  Span whole = out[segments.back().second].span;
  oir::FuncId start =
      oir::Builder::declare_function(out, "<program>", "", out.types.unit(), {}, whole);
  oir::Builder builder(out, start);
  for (const auto& [place, segment] : segments) builder.call({}, segment, {}, Span{});
  builder.finish(Span{});
  out.start = start;
}

template <class Foreign>
void write_bridges(const std::vector<Foreign>& foreign, const Target& targets, oir::Program& out) {
  for (const Foreign& bridge : foreign) {
    auto target = targets.find({bridge.place, bridge.name});
    TN_CHECK(target != targets.end(), "a bridge leads to a function of the other language");
    oir::write_bridge(out, bridge.func, target->second);
  }
}

}  // namespace

void compile(const SourceMap& sources, ng::Modules& ng_modules, tape::Modules& tape_modules,
             const std::vector<LoadedModule>& loaded, const tape::Options& options,
             DiagnosticSink& sink, oir::Program& out) {
  ng_modules.parse_blocks(loaded);
  tape_modules.parse_blocks(loaded);
  std::deque<ng::ast::Tree> ng_trees;
  std::vector<ng::Interface> interfaces;
  ng::Modules::Views ng_view = ng_views(loaded, sources, ng_modules, tape_modules, ng_trees);
  ng::tree::Program ng_program = ng::check(ng_modules.sources_of(loaded, std::move(ng_view)),
                                           ng_modules.names(), sink, out, interfaces);
  if (sink.has_errors()) return;
  ng::lower(ng_program, out);

  std::deque<tape::ast::Tree> tape_trees;
  tape::Modules::Views tape_view = tape_views(interfaces, loaded, out, tape_modules, tape_trees);
  tape::CheckOptions check_options;
  check_options.tests = options.tests;
  check_options.first_function = static_cast<uint32_t>(out.functions.size());
  check_options.first_global = static_cast<uint32_t>(out.globals.size());
  for (const oir::Function& function : out.functions)
    check_options.taken_names.push_back(function.name);
  tape::tree::Program tape_program =
      tape::check(tape_modules.sources_of(loaded, std::move(tape_view)), tape_modules.names(), sink,
                  out, check_options);
  if (sink.has_errors()) return;
  tape::LowerOptions lower_options;
  lower_options.check_pointers = options.check_pointers;
  lower_options.test = options.tests;
  tape::lower(tape_program, lower_options, out);

  Target tapes, ngs;
  for (const tape::tree::Foreign& offered : tape_program.offered)
    tapes.emplace(std::pair(offered.place, offered.name), offered.func);
  for (const ng::Interface& interface : interfaces) {
    for (const ng::InterfaceName& name : interface.names) {
      if (name.kind == ng::InterfaceName::Kind::Function)
        ngs.emplace(std::pair(interface.place, name.name), name.func);
    }
  }
  write_bridges(ng_program.foreign, tapes, out);
  write_bridges(tape_program.foreign, ngs, out);
  std::vector<std::pair<uint32_t, oir::FuncId>> segments;
  for (const auto& segment : ng_program.segments)
    segments.emplace_back(segment.place, segment.func);
  for (const auto& segment : tape_program.segments)
    segments.emplace_back(segment.place, segment.func);
  write_start(std::move(segments), out);
}

}  // namespace tenure::cross

// What all bodies of a program that is checked have in common: what its modules declare, and what
// was found out about that. Private to check*.cpp.
//
// Bodies are checked on several processors. They look at this as it is; what is missing they add in
// the order of the bodies, while nobody else looks (Checker::grow).
#pragma once

#include <atomic>
#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tape/check.h"
#include "tape/declared.h"

namespace tenure::tape {

struct Shared {
  Shared(const std::vector<ModuleSource>& sources, Names& names, oir::Program& out,
         const CheckOptions& options)
      : sources(sources),
        options(options),
        err(names.intern("err")),
        next(names.intern("next")),
        types(names, out) {}

  const std::vector<ModuleSource>& sources;
  const CheckOptions& options;
  NameId err, next;

  // Of a program whose blocks are parsed when their functions are checked: where from. Then nothing
  // is reported: there is something to report, and whatever is found besides is of no use.
  const SourceMap* files = nullptr;
  std::atomic<bool> given_up = false;
  oir::Bodies bodies = oir::Bodies::All;  // those that are wanted

  tree::Program program;
  Types types;
  std::vector<Module> modules;
  std::deque<FunDecl> funs;
  std::deque<GlobalDecl> globals;
  std::deque<Alias> aliases;
  std::unordered_map<uint64_t, FunDecl*> methods;  // by type and name
  std::vector<std::pair<Ty, ast::NodeId>> nominal;
  std::vector<GlobalDecl*> global_rows;  // by oir::GlobalId
  std::unordered_set<std::string> function_names;
  const TypedNodes* constants = nullptr;  // what the values of globals are made of
  std::vector<uint8_t> has_views;         // by tree::FuncId: a node of its body is a view

  // Strings that are given as views (check_owned.cpp), when all bodies were checked.
  struct Owner {
    tree::LocalId local;  // the hidden string; none: a global
    oir::GlobalId global;
    bool alone = true;  // it is given once: the binding views it and nothing else
  };
  struct Given {
    bool owned = false;  // by some call
    size_t count = 0;
  };
  std::vector<bool> owned;                     // by tree::FuncId
  std::unordered_map<uint64_t, Owner> owners;  // by binding
  std::unordered_map<uint64_t, Given> given;

  size_t suggestions_left = 1'000'000;  // names that may still be compared with unknown ones
};

}  // namespace tenure::tape

// What all bodies of a program that is checked have in common: what its modules declare, the
// instances of its types and functions, and what was found out about them. Private to check*.cpp.
//
// Bodies are checked on several processors. They look at this as it is, and what is missing they
// add in the order of the bodies, while nobody else looks (Checker::grow).
#pragma once

#include <atomic>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ng/declared.h"

namespace tenure::ng {

// What cannot be derived, reported when traits are known.
struct Underived {
  uint32_t module;
  ast::NodeId node;
  NameId type;
};

// A trait object type, one for each trait (with its arguments): a union of null and a reference for
// each type that the program converts to it.
struct ObjectType {
  TraitRef trait;
  std::vector<TypeId> referred;                     // by variant
  std::unordered_map<uint32_t, uint32_t> variants;  // by type
};

// A function that calls what a trait object refers to.
struct Dispatch {
  Instance* instance;
  TraitRef trait;
};

// The impl of a trait that is meant for a type.
struct ImplMatch {
  const ImplDecl* impl = nullptr;  // none: it has no impl
  Bindings bindings;
};

struct Shared {
  tree::Program program;

  // Of a program whose blocks are parsed when their functions are checked: where from. Then nothing
  // is reported: there is something to report, and whatever is found besides is of no use.
  const SourceMap* sources = nullptr;
  std::atomic<bool> given_up = false;
  oir::Bodies bodies = oir::Bodies::All;  // those that are wanted

  std::vector<Module> modules;
  std::unordered_map<std::string, uint32_t> by_path;
  std::unordered_map<NameId, std::vector<uint32_t>> exporters;  // modules that export a name
  std::deque<std::vector<FunDecl*>> function_sets;
  std::unordered_map<NameId, uint32_t> type_names;  // how many types have a name
  std::optional<std::unordered_map<std::string, std::string_view>> std_names;

  std::deque<FunDecl> funs;
  std::deque<TypeDecl> type_decls;
  std::deque<ImplDecl> impls;
  std::unordered_map<std::string, FunDecl*> signatures;
  std::vector<Underived> underived;
  std::unordered_map<NameId, std::vector<TypeDecl*>> traits_by_method;
  std::unordered_set<NameId> member_names;  // of all methods and fields

  std::unordered_map<uint64_t, TypeId> plain_names;      // of types, by module and name
  std::unordered_map<uint32_t, TypeInst> insts;          // by TypeId
  std::unordered_map<std::string, TypeId> untagged_ids;  // by their members in order
  std::unordered_set<uint32_t> untagged;
  TypeId unknown_part;
  std::vector<TypeId> pending_types;
  std::vector<std::pair<TypeId, Span>> pending_bounds;
  bool draining = false;
  std::unordered_map<uint32_t, uint32_t> by_value_depth;  // of types known to be finite
  std::unordered_map<std::string, ImplMatch> impl_matches;
  std::unordered_map<uint32_t, ObjectType> objects;  // by TypeId
  std::unordered_map<std::string, TypeId> object_ids;
  std::vector<Dispatch> dispatches;
  std::vector<Instance*> upcasts;
  std::unordered_map<uint64_t, Instance*> upcast_ids;
  std::unordered_map<uint32_t, std::string>
      crossing;  // by TypeId of a struct: why no other language may use it, or nothing

  std::deque<Instance> instances;
  std::unordered_map<std::string, Instance*> instance_ids;
  std::unordered_map<uint32_t, Instance*> clone_ids;
  std::unordered_map<std::string, tree::FuncId> wrappers;  // of function values, by what they call
  std::unordered_map<std::string, uint32_t> function_names;  // how many have it
  std::unordered_set<uint32_t> called;                       // program.called

  size_t suggestions_left = 1'000'000;  // names that may still be compared with unknown ones
};

}  // namespace tenure::ng

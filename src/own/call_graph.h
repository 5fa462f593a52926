// Who may run what: functions, the ends of lives of types, and the collector, as one graph.
//
// Node ids: functions first, then types (`drop` of a value of the type: the user's `drop` and the
// ends of its parts and of what it refers to), then one node for a collection (every user `drop`).
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "oir/oir.h"

namespace tenure::own {

class CallGraph {
 public:
  explicit CallGraph(const oir::Program& program);

  size_t size() const { return callees_.size(); }
  uint32_t of_type(oir::TypeId type) const { return functions_ + type.v; }
  uint32_t collection() const { return static_cast<uint32_t>(callees_.size() - 1); }
  const std::vector<uint32_t>& callees(uint32_t node) const { return callees_[node]; }
  // Strongly connected components, callees first.
  const std::vector<std::vector<uint32_t>>& components() const { return components_; }
  uint32_t component_of(uint32_t node) const { return component_of_[node]; }
  bool is_recursive(const std::vector<uint32_t>& component) const;

  // The functions of the type whose value is taken: what a call of a function value may call.
  const std::vector<oir::FuncId>& values_of(oir::TypeId type) const;
  // A user's `new` that counts towards a collection point where something watched may die.
  static bool collects(const oir::Program& program, const oir::Inst& inst);

 private:
  void add_function(const oir::Program& program, uint32_t index);
  void add_type(const oir::Program& program, oir::TypeId type);
  void find_values(const oir::Program& program);
  void find_components();

  uint32_t functions_;
  std::unordered_map<uint32_t, std::vector<oir::FuncId>> values_;  // by type
  std::vector<std::vector<uint32_t>> callees_;
  std::vector<std::vector<uint32_t>> components_;
  std::vector<uint32_t> component_of_;
};

}  // namespace tenure::own

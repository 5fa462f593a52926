#include "own/call_graph.h"

#include <algorithm>

namespace tenure::own {

using namespace oir;

CallGraph::CallGraph(const Program& program)
    : functions_(static_cast<uint32_t>(program.functions.size())) {
  callees_.resize(program.functions.size() + program.types.size() + 1);
  find_values(program);
  for (uint32_t f = 0; f < functions_; ++f) add_function(program, f);
  for (size_t t = 0; t < program.types.size(); ++t) add_type(program, TypeId{t});
  for (size_t t = 0; t < program.types.size(); ++t) {
    FuncId drop = program.types[TypeId{t}].drop;
    if (drop.valid()) callees_.back().push_back(drop.v);
  }
  for (std::vector<uint32_t>& list : callees_) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  find_components();
}

// A user's `new` counts whatever it makes: when the point is reached, every dead cycle dies.
bool CallGraph::collects(const Program&, const Inst& inst) {
  return inst.op == Op::New && inst.imm == 1;
}

void CallGraph::add_function(const Program& program, uint32_t index) {
  const Function& function = program.functions[index];
  std::vector<uint32_t>& out = callees_[index];
  if (function.is_left_out()) {
    for (FuncId callee : function.calls) out.push_back(callee.v);
    if (function.collects) out.push_back(collection());
  }
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.op == Op::Call) out.push_back(inst.callee.v);
      if (inst.op == Op::CallValue) {
        for (FuncId value : values_of(operand_type(program, function, function.args(inst)[0]))) {
          out.push_back(value.v);
        }
      }
      if (inst.op == Op::Drop || inst.op == Op::Assign) {
        TypeId type = place_type(program, function, inst.dst);
        if (!program.types.is_plain(type)) out.push_back(of_type(type));
      }
      bool collects_here = collects(program, inst) ||
                           (inst.op == Op::Runtime && rt_info(RtFn(inst.imm)).runs_user_code);
      if (collects_here) out.push_back(collection());
    }
  }
}

// Where the value of a function is taken, it may be what a function value of its type is.
void CallGraph::find_values(const Program& program) {
  bool any = false;
  for (size_t t = 0; t < program.types.size() && !any; ++t) {
    any = program.types[TypeId{t}].kind == TypeKind::Function;
  }
  if (!any) return;
  for (const Function& function : program.functions) {
    for (const Operand& operand : function.operands) {
      if (operand.kind != OperandKind::Const || operand.constant.kind != ConstKind::Func) continue;
      std::vector<FuncId>& known = values_[operand.constant.type.v];
      FuncId func{size_t(operand.constant.bits)};
      if (std::find(known.begin(), known.end(), func) == known.end()) known.push_back(func);
    }
  }
}

const std::vector<FuncId>& CallGraph::values_of(TypeId type) const {
  static const std::vector<FuncId> kNone;
  auto it = values_.find(type.v);
  return it == values_.end() ? kNone : it->second;
}

void CallGraph::add_type(const Program& program, TypeId id) {
  const Type& type = program.types[id];
  std::vector<uint32_t>& out = callees_[of_type(id)];
  if (type.drop.valid()) out.push_back(type.drop.v);
  for (const Field& field : type.fields) out.push_back(of_type(field.type));
  for (const Variant& variant : type.variants) {
    for (const Field& field : variant.fields) out.push_back(of_type(field.type));
  }
  switch (type.kind) {
    case TypeKind::Ref:
    case TypeKind::Box:
    case TypeKind::Array:
    case TypeKind::View:
    case TypeKind::FixedArray:
      out.push_back(of_type(type.elem));
      break;
    default:
      break;  // a weak reference keeps nothing alive
  }
}

// Tarjan's algorithm, with the call stack spelled out.
void CallGraph::find_components() {
  constexpr uint32_t kNew = 0xFFFFFFFFu;
  size_t count = callees_.size();
  std::vector<uint32_t> index(count, kNew), low(count, 0);
  std::vector<bool> open(count);
  std::vector<uint32_t> path;
  std::vector<std::pair<uint32_t, size_t>> calls;
  component_of_.assign(count, 0);
  uint32_t next = 0;
  for (uint32_t root = 0; root < count; ++root) {
    if (index[root] != kNew) continue;
    calls.push_back({root, 0});
    while (!calls.empty()) {
      uint32_t node = calls.back().first;
      if (calls.back().second == 0) {
        index[node] = low[node] = next++;
        path.push_back(node);
        open[node] = true;
      }
      if (calls.back().second < callees_[node].size()) {
        uint32_t callee = callees_[node][calls.back().second++];
        if (index[callee] == kNew) {
          calls.push_back({callee, 0});
        } else if (open[callee]) {
          low[node] = std::min(low[node], index[callee]);
        }
        continue;
      }
      calls.pop_back();
      if (!calls.empty()) low[calls.back().first] = std::min(low[calls.back().first], low[node]);
      if (low[node] != index[node]) continue;
      std::vector<uint32_t>& component = components_.emplace_back();
      for (uint32_t member = kNew; member != node;) {
        member = path.back();
        path.pop_back();
        open[member] = false;
        component_of_[member] = static_cast<uint32_t>(components_.size() - 1);
        component.push_back(member);
      }
    }
  }
}

bool CallGraph::is_recursive(const std::vector<uint32_t>& component) const {
  if (component.size() > 1) return true;
  const std::vector<uint32_t>& list = callees_[component[0]];
  return std::binary_search(list.begin(), list.end(), component[0]);
}

}  // namespace tenure::own

#include "tape/ast.h"

namespace tenure::tape::ast {

std::string_view node_kind_text(NodeKind kind) {
  static constexpr std::string_view kTexts[] = {
#define NODE(name, text) text,
#include "tape/nodes.def"
#undef NODE
  };
  return kTexts[static_cast<size_t>(kind)];
}

std::string_view binary_op_text(BinaryOp op) {
  static constexpr std::string_view kTexts[] = {"+",  "-",  "*",  "/", "%",  "&", "|",  "^",  "<<",
                                                ">>", "==", "!=", "<", "<=", ">", ">=", "&&", "||"};
  return kTexts[static_cast<size_t>(op)];
}

}  // namespace tenure::tape::ast

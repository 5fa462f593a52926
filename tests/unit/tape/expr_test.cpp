// Expressions: literals, operators and their precedence, calls, literals of types.
#include <gtest/gtest.h>

#include "support.h"

namespace tenure::tape {
namespace {

TEST(TapeLiterals, Numbers) {
  EXPECT_EQ(expr_of("1_000"), "(IntLit 1000)");
  EXPECT_EQ(expr_of("0xFf"), "(IntLit 255)");
  EXPECT_EQ(expr_of("0b101"), "(IntLit 5)");
  EXPECT_EQ(expr_of("0o17"), "(IntLit 15)");
  EXPECT_EQ(expr_of("18446744073709551615"), "(IntLit 18446744073709551615)");
  EXPECT_EQ(expr_of("18446744073709551616").substr(0, 13), "(IntLit.large");
  EXPECT_EQ(expr_of("1.5"), "(FloatLit 1.5)");
  EXPECT_EQ(expr_of("2e3"), "(FloatLit 2000)");
  EXPECT_EQ(expr_of("1.5e-1"), "(FloatLit 0.15)");
}

TEST(TapeLiterals, BytesAndColors) {
  EXPECT_EQ(expr_of("'a'"), "(ByteLit 97)");
  EXPECT_EQ(expr_of("'\\n'"), "(ByteLit 10)");
  EXPECT_EQ(expr_of("'\\''"), "(ByteLit 39)");
  EXPECT_EQ(expr_of("'\\\\'"), "(ByteLit 92)");
  EXPECT_EQ(expr_of("'\\xFF'"), "(ByteLit 255)");
  EXPECT_EQ(expr_of("#102030"), "(ColorLit 102030ff)");
  EXPECT_EQ(expr_of("#AABBCC80"), "(ColorLit aabbcc80)");
}

TEST(TapeLiterals, Words) {
  EXPECT_EQ(expr_of("true"), "(BoolLit 1)");
  EXPECT_EQ(expr_of("false"), "(BoolLit 0)");
  EXPECT_EQ(expr_of("null"), "(NullLit)");
}

TEST(TapeLiterals, Strings) {
  EXPECT_EQ(expr_of(R"("abc")"), R"((StringLit "abc"))");
  EXPECT_EQ(expr_of(R"("")"), R"((StringLit ""))");
  EXPECT_EQ(expr_of(R"("\t\\\"\x41\u{e9}")"), "(StringLit \"\t\\\"A\u00e9\")");
  EXPECT_EQ(expr_of(R"("{{}}")"), R"((StringLit "{}"))");
}

TEST(TapeLiterals, Interpolation) {
  EXPECT_EQ(
      expr_of(R"("a{x}b{y}c")"),
      R"((Interpolated [(StringLit "a") (Name x) (StringLit "b") (Name y) (StringLit "c")]))");
  EXPECT_EQ(expr_of(R"("{x}{y}")"), "(Interpolated [(Name x) (Name y)])");
  EXPECT_EQ(expr_of(R"("{{{x}}}")"),
            R"((Interpolated [(StringLit "{") (Name x) (StringLit "}")]))");
  // Quotes, braces and strings within.
  EXPECT_EQ(expr_of(R"("{f("{x}")}")"),
            "(Interpolated [(Call a:(Name f) [(Interpolated [(Name x)])])])");
  EXPECT_EQ(expr_of(R"("{S { a: "}" }.a}")").substr(0, 2),
            "1:");  // a lone brace in the string within
  EXPECT_EQ(expr_of(R"("{S { a: 1 }.a}")"),
            "(Interpolated [(Member a a:(StructLit a:(Name S) [(FieldInit a a:(IntLit 1))]))])");
  EXPECT_EQ(expr_of("\"{x\n}\""), "(Interpolated [(Name x)])");
}

TEST(TapeLiterals, Arrays) {
  EXPECT_EQ(expr_of("[]"), "(ArrayLit)");
  EXPECT_EQ(expr_of("[1, 2,]"), "(ArrayLit [(IntLit 1) (IntLit 2)])");
  EXPECT_EQ(expr_of("[0; 4]"), "(ArrayLit.rest [(IntLit 0) (IntLit 4)])");
}

TEST(TapeLiterals, Structs) {
  std::string two =
      "(StructLit a:(Name S) [(FieldInit a a:(IntLit 1)) (FieldInit b a:(IntLit 2))])";
  EXPECT_EQ(expr_of("S { a: 1; b: 2; }"), two);
  EXPECT_EQ(expr_of("S { a: 1, b: 2 }"), two);
  EXPECT_EQ(expr_of("S {}"), "(StructLit a:(Name S))");
  EXPECT_EQ(expr_of("m.T.A { f: 1.5 }"),
            "(StructLit a:(Member A a:(Member T a:(Name m))) [(FieldInit f a:(FloatLit 1.5))])");
  EXPECT_EQ(expr_of("S { type: 1 }.type"),
            "(Member type a:(StructLit a:(Name S) [(FieldInit type a:(IntLit 1))]))");
}

// The operators of one row bind alike and stand in one Chain; each row binds tighter than the one
// before.
TEST(TapePrecedence, Rows) {
  const std::vector<std::vector<std::string>> rows = {
      {"||"},       {"&&"},     {"==", "!=", "<", "<=", ">", ">="},
      {"|"},        {"^"},      {"&"},
      {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}};
  for (size_t i = 0; i < rows.size(); i++) {
    for (const std::string& op : rows[i]) {
      for (const std::string& same : rows[i]) {
        EXPECT_EQ(expr_of(fmt::format("a {} b {} c", op, same)),
                  fmt::format("(Chain a:(Name a) [(ChainPart {} a:(Name b)) "
                              "(ChainPart {} a:(Name c))])",
                              op, same));
      }
      for (size_t j = i + 1; j < rows.size(); j++) {
        const std::string& tight = rows[j][0];
        EXPECT_EQ(expr_of(fmt::format("a {} b {} c", op, tight)),
                  fmt::format("(Chain a:(Name a) [(ChainPart {} a:(Chain a:(Name b) "
                              "[(ChainPart {} a:(Name c))]))])",
                              op, tight));
        EXPECT_EQ(expr_of(fmt::format("a {} b {} c", tight, op)),
                  fmt::format("(Chain a:(Chain a:(Name a) [(ChainPart {} a:(Name b))]) "
                              "[(ChainPart {} a:(Name c))])",
                              tight, op));
      }
    }
  }
}

TEST(TapePrecedence, AroundTheRows) {
  EXPECT_EQ(expr_of("a * -b as i64"),
            "(Chain a:(Name a) [(ChainPart * a:(Cast a:(Unary - a:(Name b)) b:(TypeName i64)))])");
  EXPECT_EQ(expr_of("a as i64 < b"),
            "(Chain a:(Cast a:(Name a) b:(TypeName i64)) [(ChainPart < a:(Name b))])");
  EXPECT_EQ(
      expr_of("!a is T.A && b"),
      "(Chain a:(Is a:(Unary ! a:(Name a)) b:(Member A a:(Name T))) [(ChainPart && a:(Name b))])");
  EXPECT_EQ(expr_of("&*~a.b"), "(Unary & a:(Unary * a:(Unary ~ a:(Member b a:(Name a)))))");
  EXPECT_EQ(
      expr_of("-a!.b[0](1)"),
      "(Unary - a:(Call a:(Index a:(Member b a:(Unwrap a:(Name a))) b:(IntLit 0)) [(IntLit 1)]))");
  EXPECT_EQ(expr_of("(a + b) * c"),
            "(Chain a:(Chain a:(Name a) [(ChainPart + a:(Name b))]) [(ChainPart * a:(Name c))])");
  EXPECT_EQ(expr_of("a! != b"), "(Chain a:(Unwrap a:(Name a)) [(ChainPart != a:(Name b))])");
}

TEST(TapeCalls, Arguments) {
  EXPECT_EQ(expr_of("f()"), "(Call a:(Name f))");
  EXPECT_EQ(expr_of("m.f(1, b: 2)"),
            "(Call a:(Member f a:(Name m)) [(IntLit 1) (NamedArg b a:(IntLit 2))])");
}

TEST(TapeCalls, Pipes) {
  EXPECT_EQ(expr_of("x |> f"), "(Call.piped a:(Name f) [(Name x)])");
  EXPECT_EQ(expr_of("x |> f(y) |> m.g"),
            "(Call.piped a:(Member g a:(Name m)) [(Call.piped a:(Name f) [(Name x) (Name y)])])");
  EXPECT_EQ(expr_of("x |> (f(y))"), "(Call.piped a:(Call a:(Name f) [(Name y)]) [(Name x)])");
  EXPECT_EQ(expr_of("a || b |> f"),
            "(Call.piped a:(Name f) [(Chain a:(Name a) [(ChainPart || a:(Name b))])])");
}

TEST(TapeCalls, Or) {
  EXPECT_EQ(expr_of("f() or return"), "(Or.return a:(Call a:(Name f)))");
  EXPECT_EQ(expr_of("f() or return 1 + 2"),
            "(Or.return a:(Call a:(Name f)) c:(Chain a:(IntLit 1) [(ChainPart + a:(IntLit 2))]))");
  EXPECT_EQ(expr_of("x |> f or { 0 }"),
            "(Or a:(Call.piped a:(Name f) [(Name x)]) b:(Block [(ExprStmt.nosemi a:(IntLit 0))]))");
  EXPECT_EQ(expr_of("g(f() or { log(err); 1 })"),
            "(Call a:(Name g) [(Or a:(Call a:(Name f)) b:(Block "
            "[(ExprStmt a:(Call a:(Name log) [(Name err)])) (ExprStmt.nosemi a:(IntLit 1))]))])");
}

TEST(TapeCalls, IndexesAndSlices) {
  EXPECT_EQ(expr_of("a[i + 1]"),
            "(Index a:(Name a) b:(Chain a:(Name i) [(ChainPart + a:(IntLit 1))]))");
  EXPECT_EQ(expr_of("a[1..3]"), "(SliceOf a:(Name a) b:(IntLit 1) c:(IntLit 3))");
  EXPECT_EQ(expr_of("a[1..=3]"), "(SliceOf.inclusive a:(Name a) b:(IntLit 1) c:(IntLit 3))");
  EXPECT_EQ(expr_of("a[1..]"), "(SliceOf a:(Name a) b:(IntLit 1))");
  EXPECT_EQ(expr_of("a[..3]"), "(SliceOf a:(Name a) c:(IntLit 3))");
  EXPECT_EQ(expr_of("a[..]"), "(SliceOf a:(Name a))");
}

TEST(TapeCalls, Builtins) {
  EXPECT_EQ(expr_of("@sizeof(*u8)"), "(BuiltinCall sizeof [(TypePointer a:(TypeName u8))])");
  EXPECT_EQ(expr_of("@alignof(m.T)"), "(BuiltinCall alignof [(TypeName T [(Name m)])])");
  EXPECT_EQ(expr_of("@assert(a == b)"),
            "(BuiltinCall assert [(Chain a:(Name a) [(ChainPart == a:(Name b))])])");
  EXPECT_EQ(expr_of("@fail(\"x\")"), "(BuiltinCall fail [(StringLit \"x\")])");
}

TEST(TapeErrors, OfExpressions) {
  EXPECT_EQ(errors_of("let a = ;"), "1:9: error: expected an expression, found `;`");
  EXPECT_EQ(errors_of("f(1 2);"), "1:5: error: expected `)` after the arguments, found `2`");
  EXPECT_EQ(errors_of("a[1;"), "1:4: error: expected `]` after the index, found `;`");
  EXPECT_EQ(errors_of("a.;"), "1:3: error: expected a name after `.`, found `;`");
  EXPECT_EQ(errors_of("let a = b or c;"),
            "1:14: error: expected `return` or a block after `or`, found `c`");
  EXPECT_EQ(errors_of("let a = S { b };"),
            "1:15: error: expected `:` after the name of the field, found `}`");
  EXPECT_EQ(errors_of("let a = S { 1 }; let b = ;"),
            "1:13: error: expected the name of a field, found `1`\n"
            "1:26: error: expected an expression, found `;`");
  EXPECT_EQ(errors_of("a = b = c;"),
            "1:7: error: assignment has no value\n"
            "1:7: note: it is a statement of its own; `==` compares");
  EXPECT_EQ(errors_of("let a = if (b) { 1 } else { 2 };"),
            "1:9: error: expected an expression, found `if`\n"
            "1:9: note: `if` is a statement and has no value");
  EXPECT_EQ(errors_of("let a = f(if (b) { 1 } else { 2 }, 3); a"),
            "1:11: error: expected an expression, found `if`\n"
            "1:11: note: `if` is a statement and has no value\n"
            "1:41: error: expected `;` at the end of the statement, found the end of the file");
  EXPECT_EQ(errors_of("let f = fn(x: i64) -> i64 { return x; };"),
            "1:9: error: expected an expression, found `fn`\n"
            "1:9: note: functions are declared at the top of a file");
  EXPECT_EQ(errors_of("let a = \"x{}y\";"),
            "1:12: error: expected an expression, found `}`\n"
            "1:12: note: `{{` and `}}` stand for braces");
  EXPECT_EQ(errors_of("let a = \"x{b c}y\";"),
            "1:14: error: expected `}` after what is interpolated, found `c`");
  EXPECT_EQ(errors_of("let a = @sizeof;"), "1:16: error: expected `(` after `@sizeof`, found `;`");
}

}  // namespace
}  // namespace tenure::tape

// Statements, blocks, patterns.
#include <gtest/gtest.h>

#include "support.h"

namespace tenure::tape {
namespace {

TEST(TapeStatements, Let) {
  EXPECT_EQ(tree_of("let a = 1;"), "(Let a a:(IntLit 1))");
  EXPECT_EQ(tree_of("var a: i64;"), "(Let.var a b:(TypeName i64))");
  EXPECT_EQ(tree_of("const A: u8 = 1;"), "(Let.const A a:(IntLit 1) b:(TypeName u8))");
  EXPECT_EQ(tree_of("pub const A = 1;"), "(Let.const.pub A a:(IntLit 1))");
}

TEST(TapeStatements, Assignments) {
  EXPECT_EQ(tree_of("a.b = 1;"), "(Assign a:(Member b a:(Name a)) b:(IntLit 1))");
  EXPECT_EQ(tree_of("*p = 1;"), "(Assign a:(Unary * a:(Name p)) b:(IntLit 1))");
  for (const char* op : {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"}) {
    EXPECT_EQ(tree_of(fmt::format("a {}= 1;", op)),
              fmt::format("(AssignOp {} a:(Name a) b:(IntLit 1))", op));
  }
}

TEST(TapeStatements, SemicolonsAfterBlocks) {
  EXPECT_EQ(tree_of("f() or { g(); } h();"),
            "(ExprStmt a:(Or a:(Call a:(Name f)) b:(Block [(ExprStmt a:(Call a:(Name g)))])))\n"
            "(ExprStmt a:(Call a:(Name h)))");
  EXPECT_EQ(tree_of("{ f() or { } }"), "(Block [(ExprStmt a:(Or a:(Call a:(Name f)) b:(Block)))])");
  EXPECT_EQ(tree_of("if (a) {} -x;"),
            "(If [(IfArm a:(Name a) b:(Block))])\n(ExprStmt a:(Unary - a:(Name x)))");
  EXPECT_EQ(tree_of(";;"), "");
  EXPECT_EQ(errors_of("{ let x = f() or { 0 } }"),
            "1:24: error: expected `;` at the end of the statement, found `}`");
  EXPECT_EQ(errors_of("{ 1 }"), "1:5: error: expected `;` at the end of the statement, found `}`");
}

TEST(TapeStatements, Assertions) {
  EXPECT_EQ(tree_of("assert a;"), "(ExprStmt a:(BuiltinCall assert [(Name a)]))");
  EXPECT_EQ(tree_of("assert (a) == b;"),
            "(ExprStmt a:(BuiltinCall assert [(Chain a:(Name a) [(ChainPart == a:(Name b))])]))");
  EXPECT_EQ(tree_of("assert = 1;"), "(Assign a:(Name assert) b:(IntLit 1))");
}

TEST(TapeStatements, IfAndWhile) {
  EXPECT_EQ(tree_of("if (a) {} else if (b) {} else { f(); }"),
            "(If c:(Block [(ExprStmt a:(Call a:(Name f)))]) "
            "[(IfArm a:(Name a) b:(Block)) (IfArm a:(Name b) b:(Block))])");
  EXPECT_EQ(tree_of("while (a == S { b: 1 }) { break; continue; }"),
            "(While a:(Chain a:(Name a) [(ChainPart == a:(StructLit a:(Name S) [(FieldInit b "
            "a:(IntLit 1))]))]) b:(Block [(Break) (Continue)]))");
}

TEST(TapeStatements, For) {
  EXPECT_EQ(tree_of("for (x in xs) {}"), "(ForIn x a:(Name xs) b:(Block))");
  EXPECT_EQ(tree_of("for (i in 0..n) {}"), "(ForRange i a:(IntLit 0) b:(Block) c:(Name n))");
  EXPECT_EQ(tree_of("for (i in 0..=n) {}"),
            "(ForRange.inclusive i a:(IntLit 0) b:(Block) c:(Name n))");
  EXPECT_EQ(tree_of("for (var i: i64 = 0; i < n; i = i + 1) {}"),
            "(ForLoop a:(Chain a:(Name i) [(ChainPart < a:(Name n))]) b:(Block) "
            "[(Let.var i a:(IntLit 0) b:(TypeName i64))] "
            "[(Assign a:(Name i) b:(Chain a:(Name i) [(ChainPart + a:(IntLit 1))]))])");
  EXPECT_EQ(tree_of("for (;;) {}"), "(ForLoop b:(Block))");
  EXPECT_EQ(tree_of("for (i = 0;; i += 1) {}"),
            "(ForLoop b:(Block) [(Assign a:(Name i) b:(IntLit 0))] "
            "[(AssignOp + a:(Name i) b:(IntLit 1))])");
}

TEST(TapeStatements, Returns) {
  EXPECT_EQ(tree_of("return;"), "(Return)");
  EXPECT_EQ(tree_of("return E.X;"), "(Return a:(Member X a:(Name E)))");
}

TEST(TapeStatements, Defer) {
  EXPECT_EQ(tree_of("defer f();"), "(Defer a:(ExprStmt a:(Call a:(Name f))))");
  EXPECT_EQ(tree_of("errdefer { a = 1; }"),
            "(Defer.error a:(Block [(Assign a:(Name a) b:(IntLit 1))]))");
  EXPECT_EQ(tree_of("defer n -= 1;"), "(Defer a:(AssignOp - a:(Name n) b:(IntLit 1)))");
  EXPECT_EQ(errors_of("defer return;"), "1:7: error: expected an expression, found `return`");
}

TEST(TapeStatements, Match) {
  EXPECT_EQ(tree_of("match (e) { T.A { f; g: h; .. } => {} m.E.B => {} _ => {} }"),
            "(Match a:(Name e) ["
            "(MatchArm a:(PatName.call.rest a:(Member A a:(Name T)) [(PatField f) "
            "(PatField g c:(Name h))]) b:(Block)) "
            "(MatchArm a:(PatName a:(Member B a:(Member E a:(Name m)))) b:(Block)) "
            "(MatchArm a:(PatAny) b:(Block))])");
  EXPECT_EQ(
      tree_of("match (e) { 1 => {} -2 => {} \"s\" => {} 'c' => {} true => {} null => {} C => {} }"),
      "(Match a:(Name e) ["
      "(MatchArm a:(PatLiteral a:(IntLit 1)) b:(Block)) "
      "(MatchArm a:(PatLiteral a:(Unary - a:(IntLit 2))) b:(Block)) "
      "(MatchArm a:(PatLiteral a:(StringLit \"s\")) b:(Block)) "
      "(MatchArm a:(PatLiteral a:(ByteLit 99)) b:(Block)) "
      "(MatchArm a:(PatLiteral a:(BoolLit 1)) b:(Block)) "
      "(MatchArm a:(PatLiteral a:(NullLit)) b:(Block)) "
      "(MatchArm a:(PatName a:(Name C)) b:(Block))])");
  EXPECT_EQ(tree_of("match (e) { T.A {} => {} T.B { .. } => {} T.C { f, g, } => {} }"),
            "(Match a:(Name e) ["
            "(MatchArm a:(PatName.call a:(Member A a:(Name T))) b:(Block)) "
            "(MatchArm a:(PatName.call.rest a:(Member B a:(Name T))) b:(Block)) "
            "(MatchArm a:(PatName.call a:(Member C a:(Name T)) [(PatField f) (PatField g)]) "
            "b:(Block))])");
}

TEST(TapeErrors, OfStatements) {
  EXPECT_EQ(errors_of("if a { f(); } else { g(); } h();"),
            "1:4: error: expected `(` after `if`, found `a`");
  EXPECT_EQ(errors_of("if (a = 1) {}"),
            "1:7: error: assignment has no value\n"
            "1:7: note: it is a statement of its own; `==` compares");
  EXPECT_EQ(errors_of("if (a) return;"),
            "1:8: error: expected `{` to begin a block, found `return`");
  EXPECT_EQ(errors_of("let 1 = 2;"), "1:5: error: expected a name after `let`, found `1`");
  EXPECT_EQ(errors_of("f()\ng();"),
            "2:1: error: expected `;` at the end of the statement, found `g`");
  EXPECT_EQ(errors_of("{ f();"),
            "1:7: error: expected `}` to end the block, found the end of the file");
  EXPECT_EQ(errors_of("f(); } g();"), "1:6: error: expected a statement, found `}`");
  EXPECT_EQ(errors_of("for x in xs {}"), "1:5: error: expected `(` after `for`, found `x`");
  EXPECT_EQ(errors_of("for (i = 0) {}"),
            "1:11: error: expected `;` after the first part of `for`, found `)`");
  // What follows a wrong arm is passed over with the match, and what follows that is read.
  EXPECT_EQ(errors_of("match (e) { 1, 2 => {} 3 => { f(); } } let 1;"),
            "1:14: error: expected `=>` after the pattern, found `,`\n"
            "1:44: error: expected a name after `let`, found `1`");
  EXPECT_EQ(errors_of("match (e) { 1 => f(); } g();"),
            "1:18: error: expected `{` to begin a block, found `f`");
  EXPECT_EQ(errors_of("match (e) { T.A { .., a } => {} }"),
            "1:21: error: expected `}` after `..`, found `,`");
  EXPECT_EQ(errors_of("{ fn f() { g(); } h(); }"), "1:3: error: `fn` belongs at the top of a file");
  EXPECT_EQ(errors_of("{ struct S { a: i64 } let x = ; }"),
            "1:3: error: `struct` belongs at the top of a file\n"
            "1:31: error: expected an expression, found `;`");
}

// A name whose declaration is wrong is declared all the same.
TEST(TapeErrors, LeaveNames) {
  EXPECT_EQ(Parsed("let a: i64 = 1 2;").items(), "(Let a a:(Error))");
  EXPECT_EQ(Parsed("f(1 2);").items(), "(Error)");
  EXPECT_EQ(Parsed("fn f(a b) -> i64 { return 1; } g();").items(),
            "(Fn f [(Param a) (Error)])\n(ExprStmt a:(Call a:(Name g)))");
  EXPECT_EQ(Parsed("struct S { a: i64; 5; b: i64 } g();").items(),
            "(Struct S [(FieldDecl a a:(TypeName i64)) (Error) (Error)])\n"
            "(ExprStmt a:(Call a:(Name g)))");
  EXPECT_EQ(Parsed("match (e) { A => {} 1, 2 => {} } f();").items(),
            "(Error)\n(ExprStmt a:(Call a:(Name f)))");
  EXPECT_EQ(Parsed("match (e) { T.A { 1 } => {} B => {} } f();").items(),
            "(Error)\n(ExprStmt a:(Call a:(Name f)))");
  EXPECT_EQ(Parsed("let a = S { 1 };").items(), "(Let a a:(Error))");
  EXPECT_EQ(Parsed("tagged T { A { 1 } B; } f();").items(),
            "(Tagged T [(VariantDecl A [(Error) (Error)]) (VariantDecl B) (Error)])\n"
            "(ExprStmt a:(Call a:(Name f)))");
}

}  // namespace
}  // namespace tenure::tape

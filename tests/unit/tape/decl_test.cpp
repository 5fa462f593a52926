// Declarations, types, regions, tests, and what is refused.
#include <gtest/gtest.h>

#include "support.h"

namespace tenure::tape {
namespace {

std::string type_of(std::string_view text) {
  std::string tree = tree_of(fmt::format("var x: {};", text));
  std::string_view before = "(Let.var x b:";
  return tree.starts_with(before) ? tree.substr(before.size(), tree.size() - before.size() - 1)
                                  : tree;
}

TEST(TapeTypes, Each) {
  EXPECT_EQ(type_of("i64"), "(TypeName i64)");
  EXPECT_EQ(type_of("geo.Point"), "(TypeName Point [(Name geo)])");
  EXPECT_EQ(type_of("*T"), "(TypePointer a:(TypeName T))");
  EXPECT_EQ(type_of("*const T"), "(TypePointer.const a:(TypeName T))");
  EXPECT_EQ(type_of("*!T"), "(TypePointer.nonnull a:(TypeName T))");
  EXPECT_EQ(type_of("**T"), "(TypePointer a:(TypePointer a:(TypeName T)))");
  EXPECT_EQ(type_of("[4]T"), "(TypeArray a:(TypeName T) b:(IntLit 4))");
  EXPECT_EQ(type_of("[N + 1][2]T").substr(0, 37), "(TypeArray a:(TypeArray a:(TypeName T");
  EXPECT_EQ(type_of("[]T"), "(TypeSlice a:(TypeName T))");
  EXPECT_EQ(type_of("[]const T"), "(TypeSlice.const a:(TypeName T))");
  EXPECT_EQ(type_of("?*T"), "(TypeOptional a:(TypePointer a:(TypeName T)))");
  EXPECT_EQ(type_of("fn()"), "(TypeFunction)");
  EXPECT_EQ(
      type_of("fn(A, B) -> C or E"),
      "(TypeFunction a:(TypeResult a:(TypeName C) b:(TypeName E)) [(TypeName A) (TypeName B)])");
  EXPECT_EQ(type_of("?T or E"), "(TypeResult a:(TypeOptional a:(TypeName T)) b:(TypeName E))");
  EXPECT_EQ(type_of("?(T or E)"), "(TypeOptional a:(TypeResult a:(TypeName T) b:(TypeName E)))");
}

TEST(TapeDeclarations, Functions) {
  EXPECT_EQ(tree_of("fn f() {}"), "(Fn f b:(Block))");
  EXPECT_EQ(tree_of("pub fn f(a: i64, b: string = \"x\",) -> void or E {}"),
            "(Fn.pub f a:(TypeResult a:(TypeName void) b:(TypeName E)) b:(Block) "
            "[(Param a a:(TypeName i64)) (Param b a:(TypeName string) b:(StringLit \"x\"))])");
  EXPECT_EQ(tree_of("fn T.m(self) {}"), "(Fn m b:(Block) c:(Name T) [(Param.self self)])");
  EXPECT_EQ(tree_of("fn T.m(*self, n: i64) {}"),
            "(Fn m b:(Block) c:(Name T) [(Param.self.pointer self) (Param n a:(TypeName i64))])");
  EXPECT_EQ(tree_of("fn T.m(*const self) {}"),
            "(Fn m b:(Block) c:(Name T) [(Param.const.self.pointer self)])");
  EXPECT_EQ(tree_of("extern fn puts(s: *const u8) -> i32;"),
            "(Fn.extern puts a:(TypeName i32) [(Param s a:(TypePointer.const a:(TypeName u8)))])");
  EXPECT_EQ(tree_of("pub extern(\"abs\") fn magnitude(x: i32) -> i32;"),
            "(Fn.pub.extern magnitude a:(TypeName i32) "
            "[(Param x a:(TypeName i32))] [(StringLit \"abs\")])");
  EXPECT_EQ(tree_of("@export @inline fn f() {}"),
            "(Fn f b:(Block) [] [(Attribute export) (Attribute inline)])");
  EXPECT_EQ(tree_of("@export pub fn f() {}"), "(Fn.pub f b:(Block) [] [(Attribute export)])");
}

TEST(TapeDeclarations, Types) {
  EXPECT_EQ(tree_of("struct S { a: i64; b: string, c: T }"),
            "(Struct S [(FieldDecl a a:(TypeName i64)) (FieldDecl b a:(TypeName string)) "
            "(FieldDecl c a:(TypeName T))])");
  EXPECT_EQ(tree_of("@packed @align(8) pub struct S {}"),
            "(Struct.pub S [] [(Attribute packed) (Attribute align [(IntLit 8)])])");
  EXPECT_EQ(tree_of("@opaque struct S;"), "(Struct S [] [(Attribute opaque)])");
  EXPECT_EQ(
      tree_of("enum E : u8 { A = 1: \"text\"; B; }"),
      "(Enum E a:(TypeName u8) [(EnumValue A a:(IntLit 1) b:(StringLit \"text\")) (EnumValue B)])");
  EXPECT_EQ(tree_of("enum E { A, B }"), "(Enum E [(EnumValue A) (EnumValue B)])");
  EXPECT_EQ(tree_of("tagged T { A { f: f64 } B; C { a: i64, b: i64 }; D {} }"),
            "(Tagged T [(VariantDecl A [(FieldDecl f a:(TypeName f64))]) (VariantDecl B) "
            "(VariantDecl C [(FieldDecl a a:(TypeName i64)) (FieldDecl b a:(TypeName i64))]) "
            "(VariantDecl D)])");
  EXPECT_EQ(tree_of("union U { a: i64; b: f64; }"),
            "(Union U [(FieldDecl a a:(TypeName i64)) (FieldDecl b a:(TypeName f64))])");
  EXPECT_EQ(tree_of("pub type R = i64 or E;"),
            "(Alias.pub R a:(TypeResult a:(TypeName i64) b:(TypeName E)))");
}

TEST(TapeDeclarations, ImportsAndDirectives) {
  EXPECT_EQ(tree_of("import io from \"io\";"), "(Import io c:(StringLit \"io\"))");
  EXPECT_EQ(tree_of("import { println, print as p } from \"io\";"),
            "(Import c:(StringLit \"io\") [(ImportItem println) (ImportItem print a:(Name p))])");
  EXPECT_EQ(tree_of("import \"./text.tape\" as text;"),
            "(Import text c:(StringLit \"./text.tape\"))");
  EXPECT_EQ(tree_of("import * from \"io\";"), "(Import.all c:(StringLit \"io\"))");
  EXPECT_EQ(tree_of("import * as io from \"io\";"), "(Import.all io c:(StringLit \"io\"))");
  EXPECT_EQ(tree_of("@link(\"m\");"), "(Link c:(StringLit \"m\"))");
  EXPECT_EQ(tree_of("@profile(t0);"), "(Profile t0)");
}

TEST(TapeDeclarations, Tests) {
  EXPECT_EQ(
      tree_of("#test\nsetup { f(); }\nteardown {}\ntest \"a b\" { assert x; }"),
      "(Setup b:(Block [(ExprStmt a:(Call a:(Name f)))]))\n(Teardown b:(Block))\n"
      "(Test b:(Block [(ExprStmt a:(BuiltinCall assert [(Name x)]))]) c:(StringLit \"a b\"))");
  EXPECT_EQ(tree_of("#test\ntest \"n\" with [1, 2], [3, 4] as (a, b) {}"),
            "(Test b:(Block) c:(StringLit \"n\") [(ArrayLit [(IntLit 1) (IntLit 2)]) "
            "(ArrayLit [(IntLit 3) (IntLit 4)])] [(Name a) (Name b)])");
  EXPECT_EQ(tree_of("let test = 1;\ntest = 2;"),
            "(Let test a:(IntLit 1))\n(Assign a:(Name test) b:(IntLit 2))");
}

TEST(TapeRegions, AreReadOrRefused) {
  EXPECT_EQ(tree_of("#code\nf();\n#test\n  #code\ng();"),
            "(ExprStmt a:(Call a:(Name f)))\n(ExprStmt a:(Call a:(Name g)))");
  for (const char* name : {"view", "style", "localization", "resource", "bytecode"}) {
    // Whatever stands in it.
    Parsed parsed(fmt::format("#{}\n<a href=\"> {{ 'abc \xff\n#FF0000\n#code\nf();", name));
    EXPECT_EQ(parsed.errors(),
              fmt::format("1:1: error: a `#{}` region is not part of this implementation", name));
    EXPECT_EQ(parsed.items(), "(ExprStmt a:(Call a:(Name f)))");
  }
  EXPECT_EQ(errors_of("#colour\n$$$"), "1:1: error: unknown region `#colour`");
  EXPECT_EQ(errors_of("fn f() {\n#test\ntest \"a\" {}"),
            "2:1: error: expected `}` to end the block, found `#test`");
  EXPECT_EQ(tree_of("let a =\n#112233;"), "(Let a a:(ColorLit 112233ff))");
}

TEST(TapeErrors, Refused) {
  EXPECT_EQ(errors_of("component Button { view { <b>x</b> } } f();"),
            "1:1: error: a `component` is not part of this implementation");
  EXPECT_EQ(errors_of("pub component Button(a: i64) { f() g() } let x = ;"),
            "1:5: error: a `component` is not part of this implementation\n"
            "1:50: error: expected an expression, found `;`");
  EXPECT_EQ(
      errors_of("struct S<T> { a: T } fn f<A, B<C>>(a: A) -> S<A> {} var x: *List<List<i64>>;"),
      "1:9: error: type parameters are not part of this implementation\n"
      "1:26: error: type parameters are not part of this implementation\n"
      "1:46: error: type parameters are not part of this implementation\n"
      "1:65: error: type parameters are not part of this implementation");
}

TEST(TapeErrors, OfDeclarations) {
  EXPECT_EQ(errors_of("fn (a: i64) {} f();"),
            "1:4: error: expected the name of the function, found `(`");
  EXPECT_EQ(errors_of("fn f(): i64 {} f();"),
            "1:7: error: expected `->` before the type of the result, found `:`");
  EXPECT_EQ(errors_of("fn f();"), "1:7: error: expected `{` to begin a block, found `;`");
  EXPECT_EQ(errors_of("extern fn f() {} f();"),
            "1:15: error: expected `;` at the end of the statement, found `{`");
  EXPECT_EQ(errors_of("extern struct S {} f();"),
            "1:8: error: expected `fn` after `extern`, found `struct`");
  EXPECT_EQ(errors_of("fn f(a) {}"),
            "1:7: error: expected `:` after the name of the parameter, found `)`");
  EXPECT_EQ(errors_of("fn f(*a: i64) {}"), "1:7: error: expected `self`, found `a`");
  EXPECT_EQ(errors_of("struct S { a i64 } f();"),
            "1:14: error: expected `:` after the name of the field, found `i64`");
  EXPECT_EQ(errors_of("struct S { a: i64 b: i64 } f();"),
            "1:19: error: expected `}` after the fields, found `b`");
  EXPECT_EQ(errors_of("struct S { fn m(self) {} } f();"),
            "1:12: error: expected the name of a field, found `fn`\n"
            "1:12: note: a method is declared outside: `fn T.m(self) { … }`");
  EXPECT_EQ(errors_of("struct S; f();"), "1:9: error: expected `{` before the fields, found `;`");
  EXPECT_EQ(errors_of("enum E { 1 } f();"),
            "1:10: error: expected the name of the value, found `1`");
  EXPECT_EQ(errors_of("tagged T { A(i64) } f();"),
            "1:13: error: expected `}` after the variants, found `(`");
  EXPECT_EQ(errors_of("type T i64;"),
            "1:8: error: expected `=` after the name of the type, found `i64`");
  EXPECT_EQ(errors_of("import io;"), "1:10: error: expected `from` before the module, found `;`");
  EXPECT_EQ(errors_of("import \"io\";"), "1:12: error: expected `as` after the module, found `;`");
  EXPECT_EQ(errors_of("pub f();"), "1:5: error: expected a declaration, found `f`");
  EXPECT_EQ(errors_of("pub import io from \"io\";"),
            "1:5: error: expected a declaration, found `import`");
  EXPECT_EQ(errors_of("@inlin fn f() {}"),
            "1:1: error: unknown attribute `@inlin`\n1:1: note: write `inline`");
  EXPECT_EQ(errors_of("@packed enum E { A } f();"),
            "1:1: error: `@packed` belongs before a function, a struct or a union");
  EXPECT_EQ(errors_of("@profile(t3);"), "1:10: error: expected `t0`, `t1` or `t2`, found `t3`");
  EXPECT_EQ(errors_of("fn assert(c: bool) {}"), "1:4: error: `assert` cannot be declared");
  EXPECT_EQ(errors_of("test \"a\" {}"), "1:1: error: tests belong in a `#test` region");
  EXPECT_EQ(errors_of("#test\ntest \"a\" with 1 as (a) {} f();"),
            "2:15: error: expected a row in brackets, found `1`");
  EXPECT_EQ(errors_of("var x: ;"), "1:8: error: expected a type, found `;`");
}

}  // namespace
}  // namespace tenure::tape

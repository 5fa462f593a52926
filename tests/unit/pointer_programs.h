// Programs in the text form of OIR with texts, pointers, slices, function values and foreign
// functions: what both engines must make of them.
#pragma once

#include <string>

namespace tenure::test {

// A program of one function; `before` has what stands outside of it.
inline std::string program(const std::string& locals, const std::string& body,
                           const std::string& before = "") {
  return "start @main\n" + before + "fn @main() -> unit {\n" + locals + "bb0:\n" + body +
         "  return\nbb9: cleanup\n  resume\n}\n";
}

// The blocks of small tests are bb0 and bb9 only.
inline std::string named(std::string text) {
  for (size_t at; (at = text.find("bb9")) != std::string::npos;) text.replace(at, 3, "bb1");
  return text;
}

struct PointerProgram {
  std::string text;
  std::string out;
};

inline PointerProgram texts_program() {
  return {named(program(R"(  user a: text
  user b: text
  user n: i64
  user x: i32
  user f: f64
)",
                        R"(  x = init -7: i32
  f = init 1.5: f64
  a = rt.str_concat "ab": text, "cd": text
  b = init copy a
  rt.str_append addr b, "!"
  rt.append_value addr b, addr x of i32
  rt.append_value addr b, addr f of f64
  rt.append_value addr b, true of bool
  rt.text_own addr a
  rt.print_value addr a of text
  rt.print_end
  rt.print_value addr b of text
  rt.print_end
  n = rt.text_len addr b
  rt.print_value addr n of i64
  rt.print_end
  drop b end_of_block
  drop a end_of_block
)")),
          "abcd\nabcd!-71.5true\n14\n"};
}

// A string as a text and back: the bytes of one that is shared stay with the other.
inline PointerProgram crossing_program() {
  return {named(program(R"(  user s: string
  user t: string
  user a: text
  user b: string
)",
                        R"(  s = rt.str_concat "ab", "cd"
  t = init copy s
  a = rt.str_into move s
  rt.str_append addr a, "!"
  rt.print_value addr t of string
  rt.print_end
  rt.print_value addr a of text
  rt.print_end
  b = rt.str_into move a
  rt.print_value addr b of string
  rt.print_end
  drop b end_of_block
  drop t end_of_block
)")),
          "abcd\nabcd!\nabcd!\n"};
}

inline PointerProgram slices_program() {
  return {named(program(R"(  user xs: fixed<i32, 4>
  user p: ptr<i32>
  user s: slice<i32>
  user t: slice<i32>
  user b: slice<u8>
  user i: i64
  user n: i64
)",
                        R"(  xs = aggregate 1: i32, 2: i32, 3: i32, 4: i32
  i = init 1: i64
  p = ptr addr xs[1]
  p.* = init 20: i32
  p = ptr_add copy p, 2: i64
  p.* = init 40: i32
  s = slice addr xs, 1: i32, 4: u64 unwind bb9
  t = slice addr s, 1: i32, 3: i32 unwind bb9
  bounds_check addr t, copy i unwind bb9
  t[i] = init 41: i32
  n = rt.slice_len addr s
  rt.print_value addr s of slice<i32>
  rt.print_end
  rt.print_value addr xs of fixed<i32, 4>
  rt.print_end
  rt.print_value addr n of i64
  rt.print_end
  b = slice "xyz": text
  rt.print_value addr b of slice<u8>
  rt.print_end
  n = cast.convert copy p
  p = cast.convert copy n
  p = ptr_add copy p, -3: i64
  rt.print_value addr p.* of i32
  rt.print_end
)")),
          "[20, 3, 41]\n[1, 20, 3, 41]\n3\n[120, 121, 122]\n1\n"};
}

inline PointerProgram functions_program() {
  return {named(program(R"(  user s: text
  user r: text
  user f: fn(i32, ref<text>) -> text
  user c: fn(f64) -> f64
  user d: f64
)",
                        R"(  s = init "n=": text
  f = init @tell: fn(i32, ref<text>) -> text
  null_check borrow f unwind bb9
  r = call_value copy f, 5: i32, addr s unwind bb9
  rt.print_value addr r of text
  rt.print_end
  drop r end_of_block
  c = init @sqrt: fn(f64) -> f64
  d = call_value copy c, 16.0: f64 unwind bb9
  rt.print_value addr d of f64
  rt.print_end
  drop s end_of_block
)",
                        R"(fn @sqrt(x: f64) -> f64 extern "sqrt"
fn @tell(n: i32, borrow s: ref<text>) -> text {
bb0:
  result = init copy s.*
  rt.append_value addr result, addr n of i32
  return
}
)")),
          "n=5\n4.000000\n"};
}

inline PointerProgram foreign_program() {
  return {named(program(R"(  user n: i64
  user i: i32
  user p: ptr<u8>
)",
                        R"(  n = call @strlen("four": ptr<u8>)
  rt.print_value addr n of i64
  rt.print_end
  i = call @toupper(97: i32)
  rt.print_value addr i of i32
  rt.print_end
  i = call @puts("printed": ptr<u8>)
  rt.print_value true of bool
  rt.print_end
)",
                        R"(fn @strlen(p: ptr<u8>) -> i64 extern "strlen"
fn @toupper(c: i32) -> i32 extern "toupper"
fn @puts(p: ptr<u8>) -> i32 extern "puts"
)")),
          "4\n65\nprinted\ntrue\n"};
}

inline PointerProgram wrapping_program() {
  return {named(program(R"(  user a: i8
  user b: u16
  user c: i64
  user f: f64
  user u: u8
)",
                        R"(  a = binary.wrap_add 127: i8, 1: i8
  rt.print_value addr a of i8
  rt.print_sep
  a = binary.wrap_div -128: i8, -1: i8 unwind bb9
  rt.print_value addr a of i8
  rt.print_sep
  a = binary.wrap_rem -128: i8, -1: i8 unwind bb9
  rt.print_value addr a of i8
  rt.print_sep
  a = binary.shr -128: i8, 9: i8
  rt.print_value addr a of i8
  rt.print_sep
  a = unary.wrap_neg -128: i8
  rt.print_value addr a of i8
  rt.print_sep
  b = binary.shl 40000: u16, 17: u16
  rt.print_value addr b of u16
  rt.print_sep
  b = unary.bit_not 1: u16
  rt.print_value addr b of u16
  rt.print_sep
  a = cast.convert 300: i64
  rt.print_value addr a of i8
  rt.print_sep
  f = init 1e30: f64
  c = cast.convert copy f
  rt.print_value addr c of i64
  rt.print_sep
  u = cast.convert -5.5: f64
  rt.print_value addr u of u8
  rt.print_end
)")),
          "-128, -128, 0, -64, -128, 14464, 65534, 44, 9223372036854775807, 0\n"};
}

// What the program exports can be declared as a foreign function.
inline PointerProgram export_program() {
  return {R"(start @main
fn @twice(n: i8) -> i8 exported "tenure_test_twice" {
bb0:
  result = binary.wrap_mul copy n, 2: i8
  return
}
fn @again(n: i8) -> i8 extern "tenure_test_twice"
fn @main() -> unit {
  user n: i8
bb0:
  n = call @again(-60: i8)
  rt.print_value addr n of i8
  rt.print_end
  return
}
)",
          "-120\n"};
}

}  // namespace tenure::test

#!/usr/bin/env python3
"""What comes of checking bodies on several threads is what comes of checking them one after the other: the same
mistakes and the same OIR, for the test programs and for programs whose bodies add to what all share."""

import argparse
import itertools
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

# From how many bodies on there are threads.
ALWAYS, NEVER = {"TENURE_PARALLEL_FROM": "1"}, {"TENURE_PARALLEL_FROM": "1000000000"}
FOLDERS = ["tests/errors", "tests/run", "tests/rules", "tests/modules", "tests/tape", "tests/mixed"]
COUNT = 300
TIMES = 5  # threads do not meet in the same way each time


def growing_ng(wrong):
    """Each body has texts, types, instances, function values, trait objects and (some) mistakes of its own."""
    lines = """trait Show { fun show(self: ref<Self>) -> string; }
type Pair<A, B> { first: A; second: B; }
type Maybe<T> = Just(value: T) | Nothing;
fun id<T>(x: T) -> T { return x; }
fun swapped<A, B>(pair: Pair<A, B>) -> Pair<B, A> { return Pair { first: pair.second, second: pair.first }; }
fun shown(x: ref<dyn Show>) -> string { return x.show(); }
fun apply(f: (i32) -> i32, x: i32) -> i32 { return f(x); }
type Alias<T> = Pair<T, [T]>;
fun both<T>(x: Alias<T>) -> i32 { return len(x.second) as i32; }
""".splitlines()
    for i in range(COUNT):
        lines.append(f'type T{i} {{ x: i32; name: string = "name {i}"; }}')
        lines.append(f'impl Show for T{i} {{ fun show(self: ref<Self>) -> string {{ return "show {i % 7}"; }} }}')
        lines.append(f"fun work{i}(n: i32, text: string) -> i32 {{")
        if i % 3 == 0:
            lines.append(f'    print("text {i % 11}", text, "only {i}");')
        if i % 4 == 0:
            lines.append(f"    val pair = swapped(Pair {{ first: T{i} {{ x: n }}, second: {i} }});")
            lines.append("    print(pair.first);")
        if i % 5 == 0:
            lines.append(f"    val made = apply(fun(x: i32) {{ return x + {i}; }}, n);")
            lines.append("    print(made);")
        if i % 6 == 0:
            lines.append(f"    print(shown(new T{i} {{ x: 1 }}));")
        if i % 7 == 0:
            lines.append(f"    val many: [[T{i % 20}]] = [];")
            lines.append(f"    val one: (T{i % 30}, i32, Maybe<T{i % 25}>) = (T{i % 30} {{ x: 1 }}, 2, Just(T{i % 25} {{ x: 1 }}));")
            lines.append(f"    val two: Alias<T{i % 30}> = Pair {{ first: one.0, second: [one.0] }};")
            lines.append("    print(len(many), one.1, len(two.second), both(two));")
        if i % 9 == 0:
            lines.append(f'    switch (text) {{ case "a" {{ print("is a"); }} case "b{i % 4}" {{ print("is b"); }} case _ {{ print("{i % 5}"); }} }}')
        if wrong and i % 10 == 3:
            lines.append(f"    val bad: i32 = wrok{i};")
        if wrong and i % 25 == 6:
            lines.append(f"    fun inner{i % 50}() {{ }}")
        if wrong and i % 50 == 32:
            lines.append("    inner31();")
        if wrong and i % 17 == 2:
            lines.append(f'    return "text {i}";')
        lines.append(f"    if (n > 0) {{ return id(n) + work{(i * 7 + 3) % COUNT}(n - 1, text); }}")
        lines.append(f"    return {i};")
        lines.append("}")
    lines.append('work0(3, "a");')
    return "\n".join(lines) + "\n"


def growing_tape(wrong):
    """Each body has texts, types, views, strings that are given as bytes and (some) mistakes of its own."""
    lines = """import io from "io";
const LIMIT = 40;
const TABLE: [3]i64 = [7, 8, 9];
const WORD = "text 3";
var total: i64;
var kept: []const u8 = first("kept");
enum Fault { Odd: "odd"; Large: "large"; }
tagged Shape { Circle { radius: i64 } Label { text: string } Nothing; }
union Word { whole: u64; half: u32; }
fn first(text: string) -> []const u8 { return text + "!"; }
fn half(text: []const u8) -> []const u8 { return text[0..text.len / 2]; }
fn twice(x: i64) -> i64 { return 2 * x; }
""".splitlines()
    for i in range(COUNT):
        lines.append(f"struct T{i} {{ x: i64; name: string; }}")
        lines.append(f"fn T{i}.grow(*self, by: i64) {{ self.x += by; }}")
        lines.append(f"fn bytes{i}(n: i64) -> []const u8 {{")
        if i % 3 == 1:
            lines.append(f"    let given = bytes{(i + 1) % COUNT}(n);")
            lines.append("    return given;")
        elif i % 4 == 2:
            lines.append(f'    return "own {i % 9} {{n}}";')
        else:
            lines.append(f'    return "lit {i % 5}";')
        lines.append("}")
        lines.append(f"fn work{i}(n: i64, text: string) -> i64 or Fault {{")
        if i % 3 == 0:
            lines.append(f'    io.println("text {i % 11}" + text + "only {i}");')
        if i % 4 == 0:
            lines.append(f'    var made = T{i} {{ x: n; name: "name {i}" }};')
            lines.append(f"    made.grow({i} + LIMIT);")
            lines.append("    total += made.x;")
        if i % 5 == 0:
            lines.append(f"    let f: fn(i64, *T{i}) -> i64 = null;")
            lines.append(f"    let many: [{i + 1}]?T{i % 20} = [null; {i + 1}];")
            lines.append("    if (f == null) { total += many.len; }")
        if i % 6 == 0:
            lines.append(f"    let sides: []const i64 = TABLE[..];")
            lines.append(f"    total += sides[n % 3] + TABLE[{i % 3}];")
        if i % 7 == 0:
            lines.append(f"    let own = bytes{i}(n);")
            lines.append("    io.println(half(own));")
            lines.append(f"    kept = bytes{(i + 5) % COUNT}(n);")
        if i % 8 == 0:
            lines.append("    const LOCAL: [2]i64 = [LIMIT, 3];")
            lines.append(f'    const SAID = "a" + "b{i % 4}";')
            lines.append(f"    total += LOCAL[{i % 2}] + SAID.len;")
        if i % 9 == 0:
            lines.append(f'    match (text) {{ "a" => {{ io.println("is a"); }} WORD => {{ io.println("is it"); }} "b{i % 4}" => {{ io.println("is b"); }} _ => {{ io.println("{i % 5}"); }} }}')
        if i % 10 == 0:
            lines.append('    let shape = Shape.Label { text: text };')
            lines.append('    match (shape) { Circle { radius } => { total += radius; } Label { text } => { io.println("{text}"); } Nothing => {} }')
            lines.append('    if (n > 1000) { return Fault.Large; }')
            lines.append('    let fault = Fault.Odd;')
            lines.append('    io.println("{fault}: {Fault.desc(fault)}");')
        if wrong and i % 10 == 3:
            lines.append(f"    let bad: i64 = wrok{i};")
        if wrong and i % 25 == 6:
            lines.append(f"    let view = half(text);")
            lines.append(f"    kept = view;")
        if wrong and i % 20 == 8:
            lines.append(f"    let value = bytes{i - i % 12 + 2};")
        if wrong and i % 17 == 2:
            lines.append(f'    return "text {i}";')
        lines.append(f"    if (n > 0) {{ return twice(n) + (work{(i * 7 + 3) % COUNT}(n - 1, text) or return); }}")
        lines.append(f"    return {i};")
        lines.append("}")
    lines.append('fn main() { let n = work0(3, "a") or { 0 }; io.println("{n} {total}"); }')
    lines.append('#test')
    lines.append('test "of texts" { @assert("said here" != WORD); let v = bytes2(1); @assert(v.len > 0); }')
    return "\n".join(lines) + "\n"


GROWING = {"ng": growing_ng, "tape": growing_tape}


def what_comes(binary, path, environment):
    found = [tool.run([binary, command, path, *options], environment=environment)
             for command, options in (("check", ["--plain"]), ("oir", ["--plain", "--after=lower"]))]
    return [(outcome.code, outcome.out, outcome.err) for outcome in found]


def differs(binary, path, times=1):
    wanted = what_comes(binary, path, NEVER)
    return any(what_comes(binary, path, ALWAYS) != wanted for _ in range(times))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    binary = os.path.join(parser.parse_args().build, "bin", "tenure")
    programs = sorted(os.path.join(folder, name)
                      for top in FOLDERS for folder, _, names in os.walk(os.path.join(tool.ROOT, top))
                      for name in names if name.endswith((".ng", ".tape")))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = [path for path, wrong in zip(programs, pool.map(lambda path: differs(binary, path), programs)) if wrong]
    with tempfile.TemporaryDirectory(prefix="tenure-parallel-") as folder:
        for language, wrong in itertools.product(GROWING, (False, True)):
            path = os.path.join(folder, ("wrong." if wrong else "right.") + language)
            with open(path, "w", encoding="utf-8") as out:
                out.write(GROWING[language](wrong))
            code = what_comes(binary, path, NEVER)[0][0]
            if (code != 0) != wrong:
                failed.append(f"{path}: `check` ends with {code}")
            if differs(binary, path, TIMES):
                failed.append(path)
    for path in failed:
        print(f"FAIL {path}: it differs when it is checked on several threads")
    print(f"ok {len(programs) + 2 * len(GROWING) - len(failed)} programs are the same when they are checked on several threads")
    return 1 if failed or not programs else 0


if __name__ == "__main__":
    sys.exit(main())

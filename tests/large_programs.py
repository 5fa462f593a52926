#!/usr/bin/env python3
"""Large programs: both languages make the same of a generated one, one that is compiled in parts does what it does in the
interpreter, what is worked on by several threads comes out as by one, and no shape of program takes long or fails."""

import argparse
import os
import sys
import tempfile

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, TESTS)
sys.path.insert(0, os.path.join(os.path.dirname(TESTS), "bench", "scale"))
import generate  # noqa: E402
import shapes  # noqa: E402
from lib import tool  # noqa: E402

SECONDS = 120
UNITS = 150  # some 40,000 lines: several parts
FILLERS = 1500  # functions between what must not lie in one part
SMALL = {"-O0": 400, "-O2": 40}  # types or statements


class Failed(Exception):
    pass


def run(*command, **environment):
    outcome = tool.run(list(command), timeout=SECONDS, data_mb=8192, environment=environment)
    if outcome.timed_out:
        raise Failed(f"{' '.join(command[:3])}: no answer after {SECONDS} seconds")
    return outcome


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def same_in_both_languages(tenure, folder):
    printed = {}
    for language in ("ng", "tape"):
        path = write(folder, f"same.{language}", generate.program(language, UNITS))
        out = path + ".out"
        built = run(tenure, "build", "-O0", path, "-o", out)
        if built.code != 0:
            raise Failed(built.err[:300])
        printed[language] = run(out).out
    if printed["ng"] != printed["tape"] or not printed["ng"].strip():
        raise Failed(f"the languages print different things: {printed}")


def filler(number, ng):
    """A function of some eighty instructions."""
    lines = "\n".join(f"    x = (x * {k + 3} + {number}) % 1009;" for k in range(20))
    head = f"fun filler{number}(a: i64) -> i64 {{\n    val x = a;" if ng else f"fn filler{number}(a: i64) -> i64 {{\n    var x = a;"
    return f"{head}\n{lines}\n    return x;\n}}\n"


NG_FIRST = """
type Handle { name: string; }
impl Drop for Handle { fun drop(self: ref<Self>) { print("closed", self.name); total = total + 1; } }
type Shape = Circle(radius: i64) | Label(text: string);
val total = 0;
val shared = ["a", "b"];
fun consume(h: Handle) { print("took", h.name); }
fun pick(late: bool) -> i64 { return if (late) { last(3) } else { 4 }; }
"""
NG_LAST = """
fun last(n: i64) -> i64 {
    shared << "c";
    val shape = Label("round");
    switch (shape) {
        case Label(text) { print(text, len(shared), shape); }
        case Circle(radius) { return radius; }
    }
    return fail(n);
}
fun fail(n: i64) -> i64 {
    val h = Handle { name: "h" };
    if (n > 2) { consume(move h); }
    print(h.name);
    return n;
}
fun main() {
    val first = Handle { name: "first" };
    print(filler0(1), shared, pick(false));
    pick(true);
}
"""
TAPE_FIRST = """
import io from "io";
extern fn labs(n: i64) -> i64;
struct Pair { name: string; values: [3]i64; }
enum Fault { Small: "too small"; Large: "too large"; }
let table = [labs, plain];
var log = "";
fn plain(n: i64) -> i64 { return n + 1; }
fn literal() -> *const u8 { return "shared"; }
fn pick(late: i64) -> i64 or Fault { if (late == 0) { return Fault.Small; } return last(late); }
"""
TAPE_LAST = """
fn last(n: i64) -> i64 {
    let known: fn(i64) -> i64 = labs;
    let pair = Pair { name: "pair {n}"; values: [1, 2, n] };
    log += pair.name;
    let text: string = literal();
    io.println("{table[0] == known} {table[1] == plain} {known(-4)} {text} {log} {pair.values[2]}");
    return pair.values[n];
}
fn main() {
    defer io.println("end");
    let none = pick(0) or { io.println(Fault.desc(err)); 7 };
    io.println("{none} {filler0(1)} {pick(2) or { 0 }}");
    let never = pick(5) or { 0 };
}
"""


def parts_do_what_the_interpreter_does(tenure, folder):
    for language, first, last in (("ng", NG_FIRST, NG_LAST), ("tape", TAPE_FIRST, TAPE_LAST)):
        fillers = "".join(filler(n, language == "ng") for n in range(FILLERS))
        path = write(folder, f"parts.{language}", first + fillers + last)
        found = {engine: run(tenure, "run", "-O0", f"--engine={engine}", "--plain", path) for engine in ("interp", "aot")}
        # Optimised, only programs of some 50,000 lines are divided by themselves.
        found["aot -O2"] = run(tenure, "run", "-O2", "--engine=aot", "--plain", path, TENURE_PART_SIZE="4000")
        expected, got = found["interp"], found["aot"]
        for engine, outcome in found.items():
            for what in ("code", "out", "err"):
                if getattr(expected, what) != getattr(outcome, what):
                    raise Failed(f"{language}, {engine}: {what} is {getattr(outcome, what)!r}, "
                                 f"expected {getattr(expected, what)!r}")
        if got.code != 101 or "runtime error" not in got.err:
            raise Failed(f"{language}: {got}")


# What is put into a program, and where: at its beginning, in its middle, at its end.
NG_MISTAKES = {
    "none": ("", "", ""),
    "types": ("", "", "fun wrong() -> i64 { return true; }\n"),
    "moves": ("type Held { name: string; }\nimpl Drop for Held { fun drop(self: ref<Self>) {} }\n", "",
              "fun twice() { val h = Held { name: \"h\" }; val g = move h; print(h.name, g.name); }\n"),
    "syntax in front": ("fun broken( { return 1; }\n", "", ""),
    "syntax behind": ("", "", "fun broken() { val = 1; }\n"),
    "an open brace in front": ("fun open() { print(1);\n", "", ""),
    "a comment around the middle": ("/*\n", "", "*/\n"),
    "an open comment": ("", "", "/* fun open() {}\n"),
    "names in both parts": ("val first = 1;\n", "", "fun later() -> i32 { return first + second; }\nval second = 2;\n"),
}
TAPE_MISTAKES = {
    "none": ("", "", ""),
    "types": ("", "", "fn wrong() -> i64 { return true; }\n"),
    "syntax in front": ("fn broken( { return 1; }\n", "", ""),
    "syntax behind": ("", "", "fn broken() { let = 1; }\n"),
    "a region that is passed over": ("", "#view\n", ""),
    "a comment around the middle": ("/*\n", "", "*/\n"),
}


def threads_change_nothing(tenure, folder):
    one_processor = ("taskset", "--cpu-list", str(min(os.sched_getaffinity(0))), tenure)
    for language, mistakes in (("ng", NG_MISTAKES), ("tape", TAPE_MISTAKES)):
        fillers = [filler(n, language == "ng") for n in range(FILLERS)]
        half = len(fillers) // 2
        for name, (first, middle, last) in mistakes.items():
            text = first + "".join(fillers[:half]) + middle + "".join(fillers[half:]) + last
            path = write(folder, f"threads.{language}", text)
            commands = [("check", "--plain")]
            if name in ("none", "names in both parts"):
                commands.append(("oir", "--plain", "--after=escape"))
            for command in commands:
                expected, got = run(*one_processor, *command, path), run(tenure, *command, path)
                if expected != got:
                    raise Failed(f"{language}, {name}, {command[0]}: {got.code} {got.err[:300]!r}, "
                                 f"expected {expected.code} {expected.err[:300]!r}")


def shapes_are_compiled(tenure, folder):
    for shape, size in shapes.SHAPES.items():
        for language in ("ng", "tape"):
            text = shape(2 * size, language == "ng")
            if text is None:
                continue
            path = write(folder, f"shape.{language}", text)
            commands = [("check",)]
            if shape in (shapes.types_in_a_cycle, shapes.types_held_twice):
                commands.append(("build", "-O0", "-o", path + ".out"))
            for command in commands:
                outcome = run(tenure, *command, path)
                if outcome.code != 0:
                    raise Failed(f"{shape.__name__}: {outcome.code}: {outcome.err[:300]}")


def small_shapes_are_built(tenure, folder):
    """On the stack that there is: only what is larger gets one of its own."""
    for shape in shapes.SHAPES:
        for level, size in SMALL.items():
            for language in ("ng", "tape"):
                text = shape(size, language == "ng")
                if text is None:
                    continue
                path = write(folder, f"small.{language}", text)
                outcome = run(tenure, "build", level, path, "-o", path + ".out")
                if outcome.code != 0:
                    raise Failed(f"{shape.__name__}, {level}: {outcome.code}: {outcome.err[:300]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    tenure = os.path.join(os.path.abspath(arguments.build), "bin", "tenure")
    failed = 0
    for test in (same_in_both_languages, parts_do_what_the_interpreter_does, threads_change_nothing, shapes_are_compiled,
                 small_shapes_are_built):
        with tempfile.TemporaryDirectory(prefix="tenure-large-") as folder:
            try:
                test(tenure, folder)
                print(f"ok {test.__name__}", flush=True)
            except Failed as problem:
                failed += 1
                print(f"FAIL {test.__name__}: {problem}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

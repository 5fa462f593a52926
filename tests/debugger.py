#!/usr/bin/env python3
"""Executables under gdb: it breaks at a line and at a function of an NG program and prints what is there."""

import argparse
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

PROGRAM = """\
type Point { x: i32; y: i64; name: string; }
type Node { value: i32; next: ref<Node>; }
type Shape = Circle(radius: f64) | Square(side: i32, label: string);
val top: i32 = 41;
fun work(n: i32, text: string, who: ref<Point>) -> i32 {
    val flag = true;
    val p = Point { x: 3, y: -4, name: text + "!" };
    val node = new Node { value: 7, next: new Node { value: 8, next: null } };
    val kept = Point { x: 5, y: 6, name: "kept" };
    val row: [i32; 3] = [1, 2, 3];
    val pair = (5, "five");
    val shape: Shape = Square(9, "label");
    val list = [10, 20, 30];
    keep(ref kept);
    print(p.x, who.name, node.next.value, row[1], pair.1, list[2]);
    return n + p.x;
}
val place: ref<Point> = null;
fun keep(r: ref<Point>) { place = r; }
val q = Point { x: 1, y: 2, name: "q" };
print(work(12, "abc", ref q));
"""
# What gdb is asked, and what its answer must hold.
QUESTIONS = [
    ("info args", ["n = 12", "text = ", '"abc"', "who = 0x"]),
    ("bt", ["work (n=12", "program.ng:15", "top level () at", "program.ng:21"]),
    ("info locals", ["flag = true", "row = {1, 2, 3}"]),
    ("print p", ["{x = 3, y = -4, name = {data = 0x", '"abc!", length = 4']),
    ("print *who", ["x = 1, y = 2", '"q"']),
    ("print *node->next", ["{value = 8, next = 0x0}"]),
    ("print kept", ["{x = 5, y = 6", '"kept"']),  # lives in a heap box
    ("print pair", ["_0 = 5", '"five"']),
    ("print shape", ["tag = 1", "side = 9", '"label"']),
    ("print list->elements[0]@list->length", ["{10, 20, 30}"]),
    ("print top", ["= 41"]),
    ("print q", ['"q"']),
    ("next", ["16"]),
]


def ask(executable, commands, folder):
    words = ["gdb", "-q", "-nx", "-batch", "-ex", "set width 0", "-ex", "set debuginfod enabled off"]
    for command in commands:
        words += ["-ex", command]
    return tool.run(words + [executable], environment={"HOME": folder})


def answers(text):
    """The pieces of the output between the marks that `check` puts in front of each question."""
    return text.split("@@\n")[1:]


def check(tenure, folder):
    source = os.path.join(folder, "program.ng")
    executable = os.path.join(folder, "program")
    with open(source, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    built = tool.run([tenure, "build", "-O0", source, "-o", executable])
    if built.code != 0:
        return [f"FAIL gdb: {built.err!r}"]
    at_function = ("break at a function", ["n = 12", '"abc"'])
    commands = ["break work", "break program.ng:15", "run", "echo @@\\n", "info args", "continue"]
    for question, _ in QUESTIONS:
        commands += ["echo @@\\n", question]
    outcome = ask(executable, commands, folder)
    found = answers(outcome.out)
    wanted = [at_function] + QUESTIONS
    results = []
    for (question, parts), answer in zip(wanted, found + [""] * len(wanted)):
        missing = [part for part in parts if part not in answer]
        results.append(f"FAIL gdb {question}: {missing} is not in {answer!r}"[:500] if missing
                       else f"ok gdb {question}")
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    options = parser.parse_args()
    if shutil.which("gdb") is None:
        print("ok gdb is not there: left out")
        return 0
    tenure = os.path.join(os.path.abspath(options.build), "bin", "tenure")
    with tempfile.TemporaryDirectory(prefix="tenure-gdb-") as folder:
        results = check(tenure, folder)
    print("\n".join(results))
    return any(line.startswith("FAIL") for line in results)


if __name__ == "__main__":
    sys.exit(main())

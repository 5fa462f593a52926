#!/usr/bin/env python3
"""`tenure build --counters`: programs of which it is known by hand what they do, and what holds for any program."""

import argparse
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

NODES = """
type Node { value: i32; next: ref<Node>; }
fun build(n: i32) -> ref<Node> {
    return loop i = 0, list: ref<Node> = null {
        if (i == n) { break list; }
        next i + 1, new Node { value: i, next: list };
    };
}
val list = build(10);
val other = list;
print(list.value, other.value);
"""
INCREMENTED = """
type Tree = Leaf | Node(left: ref<Tree>, value: i32, right: ref<Tree>);
fun build(depth: i32) -> ref<Tree> {
    if (depth == 0) { return new Leaf {}; }
    return new Node { left: build(depth - 1), value: depth, right: build(depth - 1) };
}
fun incremented(t: ref<Tree>) -> ref<Tree> {
    switch (*t) {
        case Leaf { return t; }
        case Node(l, v, r) { return new Node { left: incremented(l), value: v + 1, right: incremented(r) }; }
    }
}
fun sum(t: ref<Tree>) -> i32 {
    switch (*t) {
        case Leaf { return 0; }
        case Node(l, v, r) { return sum(l) + v + sum(r); }
    }
}
print(sum(incremented(build(6))));
"""
STRINGS = """
val words: [string] = [];
loop i in 0..5 { words << "number " + "one"; }
val copies = words;
copies << "more";
print(len(words), len(copies));
"""
TAPE = """
import io from "io";
fn main() {
    var a = "one" + "two";
    let b = a;
    a += "three";
    io.println("{a} {b}");
}
"""
FAILS = """
type Node { value: i32; next: ref<Node>; }
fun look(n: ref<Node>, d: i32) -> i32 { return n.value / d; }
print(look(new Node { value: 1, next: null }, 0));
"""


class Suite:
    def __init__(self, tenure, folder):
        self.tenure = tenure
        self.folder = folder
        self.failed = 0

    def expect(self, name, condition, outcome):
        self.failed += not condition
        print(f"ok {name}" if condition else f"FAIL {name}: {outcome!r}"[:600].replace("\n", " "), flush=True)

    def counted(self, text, *options, ending="ng", code=0, to_file=True):
        """What the program counted, or None; it is run once."""
        source = os.path.join(self.folder, "program." + ending)
        program = os.path.join(self.folder, "program")
        report = os.path.join(self.folder, "counters.json")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        built = tool.run([self.tenure, "build", "--counters", *options, source, "-o", program])
        if built.code != 0:
            return built.err
        outcome = tool.run([program], environment={"TENURE_COUNTERS": report if to_file else ""})
        if outcome.code != code:
            return outcome.err
        if not to_file:
            return json.loads(outcome.err.splitlines()[-1])
        with open(report, encoding="utf-8") as file:
            return json.loads(file.read())

    def exact(self):
        found = self.counted(NODES, "-O0")
        self.expect("ten nodes", found["allocations"] == found["frees"] == 10, found)
        self.expect("a second owner is a count up and one down", found["retains"] == found["releases"] > 0, found)
        better = self.counted(NODES)
        self.expect("optimised it counts no more", better["retains"] <= found["retains"], (found, better))
        found = self.counted(STRINGS)
        # five strings, the arrays of 4 and 8 elements, and the one of its own that the copy gets
        self.expect("strings and arrays", found["allocations"] == 8, found)
        self.expect("an array is copied", found["copies"] >= 1, found)
        found = self.counted(TAPE, ending="tape")
        self.expect("strings of Tape", found["copies"] >= 1 and found["allocations"] == found["frees"], found)

    def reused(self):
        """A list that nobody else has is changed in place."""
        found = self.counted(INCREMENTED)
        self.expect("memory is reused", found["allocations"] == found["frees"] and found["reuses"] > 0, found)
        naive = self.counted(INCREMENTED, "--opt=none")
        same = found["allocations"] + found["reuses"] == naive["allocations"] and naive["reuses"] == 0
        self.expect("what is reused is not allocated", same, (found, naive))

    def forms(self):
        names = ["allocations", "frees", "retains", "releases", "copies", "moves", "reuses"]
        found = self.counted(NODES, to_file=False)
        self.expect("to standard error", list(found) == names, found)
        found = self.counted(FAILS, code=101)
        self.expect("a program that fails", list(found) == names and found["allocations"] == 1, found)
        source = os.path.join(self.folder, "program.ng")
        outcome = tool.run([self.tenure, "run", "--counters", source])
        self.expect("an option of build only", outcome.code == 2 and "--counters" in outcome.err, outcome)
        plain = os.path.join(self.folder, "plain")
        tool.run([self.tenure, "build", source, "-o", plain])
        outcome = tool.run([plain], environment={"TENURE_COUNTERS": os.path.join(self.folder, "no")})
        self.expect("without it nothing is counted", not os.path.exists(os.path.join(self.folder, "no")), outcome)

    def any_program(self):
        """Whatever the optimisations leave out, nothing leaks and as many counts go down as up."""
        folder = os.path.join(tool.ROOT, "bench")
        for file, arguments in (("perceus/rbtree_ck/rbtree_ck.ng", ["2000"]), ("perceus/cfold/cfold.ng", ["8"]),
                                ("data/map/map.ng", ["1000"]), ("cycles/graph/graph.ng", ["300", "1000", "10"])):
            for options in ([], ["--opt=none"], ["-O0"]):
                with open(os.path.join(folder, file), encoding="utf-8") as text:
                    source = text.read().replace("args()", json.dumps(arguments))
                found = self.counted(source, *options)
                right = isinstance(found, dict) and found["allocations"] == found["frees"]
                # What the collector ends has counts that nobody counted down.
                balanced = right and (found["retains"] > found["releases"] if "cycles" in file else found["retains"] == found["releases"])
                self.expect(f"{file} {' '.join(options)}", balanced, found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    tenure = os.path.join(os.path.abspath(parser.parse_args().build), "bin", "tenure")
    with tempfile.TemporaryDirectory(prefix="tenure-counters-") as folder:
        suite = Suite(tenure, folder)
        suite.exact()
        suite.reused()
        suite.forms()
        suite.any_program()
    return 1 if suite.failed else 0


if __name__ == "__main__":
    sys.exit(main())

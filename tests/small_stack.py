#!/usr/bin/env python3
"""On a stack of 64 KiB structures of any depth die, also a list of ten million nodes [O-LIFE-9]."""

import argparse
import os
import resource
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

STACK = 64 << 10
LIST = """
type Node { value: i32; next: ref<Node>; }
type Seen { value: i32; next: ref<Seen>; }
impl Drop for Seen { fun drop(self: ref<Self>) { if (self.value % 500000 == 0) { print("seen", self.value); } } }
fun plain(n: i32) -> ref<Node> {
    val head: ref<Node> = null;
    loop i = 0 { if (i < n) { head = new Node { value: i, next: head }; next i + 1; } }
    return head;
}
fun watched(n: i32) -> ref<Seen> {
    val head: ref<Seen> = null;
    loop i = 0 { if (i < n) { head = new Seen { value: i, next: head }; next i + 1; } }
    return head;
}
fun go() {
    val a = plain(10000000);
    val b = watched(1000000);
    print(a.value, b.value);
}
go();
print("gone");
"""
EXPECTED = "9999999, 999999\nseen, 500000\nseen, 0\ngone\n"


def small():
    resource.setrlimit(resource.RLIMIT_STACK, (STACK, STACK))


def outcome(tenure, source, level, folder, expected):
    program = os.path.join(folder, "program")
    built = tool.run([tenure, "build", level, source, "-o", program])
    if built.code != 0:
        return f"it does not build: {built.err[:200]!r}"
    ran = subprocess.run([program], capture_output=True, text=True, preexec_fn=small, timeout=120)
    if (ran.returncode, ran.stdout, ran.stderr) == (0, expected, ""):
        return None
    return f"exit code {ran.returncode}, {ran.stdout[-200:]!r}, {ran.stderr[:200]!r}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    tenure = os.path.join(os.path.abspath(arguments.build), "bin", "tenure")
    shapes = os.path.join(tool.ROOT, "tests", "rules", "o_life_9_deep_shapes.ng")
    with open(shapes, encoding="utf-8") as file:
        lines = [line.split("// expect: ")[1] for line in file if "// expect: " in line]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tenure-stack-") as folder:
        source = os.path.join(folder, "list.ng")
        with open(source, "w", encoding="utf-8") as file:
            file.write(LIST)
        for name, path, expected in (("a long list", source, EXPECTED), ("shapes", shapes, "".join(lines))):
            for level in ("-O0", "-O2"):
                problem = outcome(tenure, path, level, folder, expected)
                failed += problem is not None
                print(f"FAIL {name} {level}: {problem}" if problem else f"ok {name} {level}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

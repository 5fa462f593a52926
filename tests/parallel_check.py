#!/usr/bin/env python3
"""What comes of checking bodies on several threads is what comes of checking them one after the other: the same
mistakes and the same OIR, for the test programs and for programs whose bodies add to what all share."""

import argparse
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

# From how many bodies on there are threads.
ALWAYS, NEVER = {"TENURE_PARALLEL_FROM": "1"}, {"TENURE_PARALLEL_FROM": "1000000000"}
FOLDERS = ["tests/errors", "tests/run", "tests/rules", "tests/modules"]
COUNT = 300
TIMES = 5  # threads do not meet in the same way each time


def growing(wrong):
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
                      for name in names if name.endswith(".ng"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = [path for path, wrong in zip(programs, pool.map(lambda path: differs(binary, path), programs)) if wrong]
    with tempfile.TemporaryDirectory(prefix="tenure-parallel-") as folder:
        for wrong in (False, True):
            path = os.path.join(folder, "wrong.ng" if wrong else "right.ng")
            with open(path, "w", encoding="utf-8") as out:
                out.write(growing(wrong))
            code = what_comes(binary, path, NEVER)[0][0]
            if (code != 0) != wrong:
                failed.append(f"{path}: `check` ends with {code}")
            if differs(binary, path, TIMES):
                failed.append(path)
    for path in failed:
        print(f"FAIL {path}: it differs when it is checked on several threads")
    print(f"ok {len(programs) + 2 - len(failed)} programs are the same when they are checked on several threads")
    return 1 if failed or not programs else 0


if __name__ == "__main__":
    sys.exit(main())

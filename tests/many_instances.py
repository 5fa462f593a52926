#!/usr/bin/env python3
"""A thousand instances of generics are checked in a second of processor time, however they come about."""

import argparse
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

SECONDS = 1
COUNT = 1000
SHOW = """trait Show {
    fun show(self: ref<Self>) -> i32;
    fun twice(self: ref<Self>) -> i32 { return self.show() + self.show(); }
}
"""


def types(count):
    return "".join(
        f"type T{i} {{ x: i32; }}\nimpl Show for T{i} {{ fun show(self: ref<Self>) -> i32 {{ return {i}; }} }}\n"
        for i in range(count))


def functions():
    """One function, for a thousand types, each of which has its impl."""
    yield SHOW + types(COUNT)
    yield "fun shown<T: Show>(x: T) -> i32 { return x.twice(); }\nfun main() {\n"
    for i in range(COUNT):
        yield f"    shown(T{i} {{ x: 1 }});\n"
    yield "}\n"


def generic_types():
    """A generic type and its generic impl, for a thousand types."""
    yield SHOW + types(COUNT)
    yield "type Two<T> { a: T; b: T; }\nimpl<T: Show> Show for Two<T> { fun show(self: ref<Self>) -> i32 { return self.a.show(); } }\n"
    yield "fun main() {\n"
    for i in range(COUNT):
        yield f"    print(Two {{ a: T{i} {{ x: 1 }}, b: T{i} {{ x: 2 }} }}.twice());\n"
    yield "}\n"


def nested():
    """Each asks for one with a larger type."""
    yield "type Box2<T> { a: T; }\nfun f0<T>(x: T) -> i32 { return 0; }\n"
    for i in range(1, 300):
        yield f"fun f{i}<T>(x: T) -> i32 {{ return f{i - 1}(Box2 {{ a: x }}); }}\n"
    yield "print(f299(1));\n"


def asked_twice():
    """Each asks twice for the same, and is made once."""
    yield "fun f0<T>(x: T) -> i32 { return 0; }\n"
    for i in range(1, 300):
        yield f"fun f{i}<T>(x: T) -> i32 {{ return f{i - 1}(x) + f{i - 1}(x); }}\n"
    yield 'fun main() { print(f299(1), f299("a")); }\n'


def doubled():
    """Types that hold their argument twice, asked for a bound."""
    yield SHOW + "impl Show for i32 { fun show(self: ref<Self>) -> i32 { return 1; } }\n"
    yield "impl<A: Show, B: Show> Show for (A, B) { fun show(self: ref<Self>) -> i32 { return self.0.show(); } }\n"
    yield "fun f0<T: Show>(x: ref<T>) -> i32 { return x.show(); }\n"
    for i in range(1, 9):
        yield f"fun f{i}<T: Show>(x: ref<T>) -> i32 {{ val n: ref<(T, T)> = null; return f{i - 1}(n); }}\n"
    yield "val r: ref<i32> = null;\nfun main() { print(f8(r)); }\n"


def objects():
    """Trait objects of a thousand types, and two methods of them."""
    yield SHOW + types(COUNT)
    yield "fun main() {\n    val xs: [ref<Show>] = [];\n"
    for i in range(COUNT):
        yield f"    xs << new T{i} {{ x: 1 }};\n"
    yield "    loop x in xs { print(x.show(), x.twice()); }\n}\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    tenure = os.path.join(os.path.abspath(arguments.build), "bin", "tenure")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tenure-instances-") as folder:
        for case in (functions, generic_types, nested, asked_twice, doubled, objects):
            path = os.path.join(folder, case.__name__ + ".ng")
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(case())
            outcome = tool.run([tenure, "check", "--plain", path], timeout=SECONDS)
            right = outcome.code == 0 and outcome.out == "OK\n"
            failed += not right
            words = f"not checked in {SECONDS} s of processor time: {outcome.code} {outcome.err[:200]!r}"
            print(f"ok {case.__name__}" if right else f"FAIL {case.__name__}: {words}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

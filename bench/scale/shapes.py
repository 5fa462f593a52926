#!/usr/bin/env python3
"""Programs of odd shapes, for whoever looks for what does not grow linearly: `shapes.py TENURE [SHAPE...]` compiles
each at two sizes, at `check` and `build -O0`, and prints by how much the time grew where the program doubled."""
import os
import resource
import subprocess
import sys
import tempfile
import time


def statements(n, ng):
    body = "\n".join(f"  x = (x * 3 + {i}) % 1009;" for i in range(n))
    return (f"fun f(a: i64) -> i64 {{\n  val x = a;\n{body}\n  return x;\n}}\nprint(f(1));\n" if ng else
            f'import io from "io";\nfn f(a: i64) -> i64 {{\n  var x = a;\n{body}\n  return x;\n}}\nfn main() {{ io.println("{{f(1)}}"); }}\n')


def branches(n, ng):
    body = "\n".join(f"  if (x > {i}) {{ x = x - 1; }} else {{ x = x + 2; }}" for i in range(n))
    return (f"fun f(a: i64) -> i64 {{\n  val x = a;\n{body}\n  return x;\n}}\nprint(f(1));\n" if ng else
            f'import io from "io";\nfn f(a: i64) -> i64 {{\n  var x = a;\n{body}\n  return x;\n}}\nfn main() {{ io.println("{{f(1)}}"); }}\n')


def locals_with_drops(n, ng):
    if ng:
        body = "\n".join(f'  val v{i} = H {{ id: {i} }};' for i in range(n))
        return (f"val sum = 0;\ntype H {{ id: i32; }}\nimpl Drop for H {{ fun drop(self: ref<Self>) {{ sum = (sum + self.id) % 1009; }} }}\n"
                f"fun f() {{\n{body}\n}}\nf();\nprint(sum);\n")
    body = "\n".join(f'  let v{i} = name({i});' for i in range(n))
    return f'import io from "io";\nfn name(i: i64) -> string {{ return "n{{i}}"; }}\nfn f() -> i64 {{\n{body}\n  return v{n - 1}.len;\n}}\nfn main() {{ io.println("{{f()}}"); }}\n'


def early_returns(n, ng):
    """Locals with drops, and a way out after each."""
    if ng:
        body = "\n".join(f'  val v{i} = [a, {i}];\n  if (a == {i}) {{ return len(v{i}) as i32; }}' for i in range(n))
        return f"fun f(a: i32) -> i32 {{\n{body}\n  return 0;\n}}\nprint(f({n // 2}));\n"
    body = "\n".join(f'  let v{i} = "{{a}}";\n  if (a == {i}) {{ return v{i}.len; }}' for i in range(n))
    return f'import io from "io";\nfn f(a: i64) -> i64 {{\n{body}\n  return 0;\n}}\nfn main() {{ io.println("{{f({n // 2})}}"); }}\n'


def moved_maybe(n, ng):
    """Drop flags."""
    if ng:
        body = "\n".join(f'  val v{i} = H {{ id: {i} }};\n  if (a > {i}) {{ take(move v{i}); }}' for i in range(n))
        return (f"type H {{ id: i32; }}\nimpl Drop for H {{ fun drop(self: ref<Self>) {{ }} }}\nfun take(h: H) {{ }}\n"
                f"fun f(a: i32) {{\n{body}\n}}\nf({n // 2});\nprint(1);\n")
    return None


def globals_(n, ng):
    if ng:
        return "\n".join(f'val g{i} = "s{i}" + "x";' for i in range(n)) + f"\nprint(g{n - 1});\n"
    return ('import io from "io";\n' + "\n".join(f'var g{i} = "s{{{i}}}";' for i in range(n)) +
            f'\nfn main() {{ io.println(g{n - 1}); }}\n')


def call_chain(n, ng):
    if ng:
        return ("fun f0(s: string) -> string { return s; }\n" +
                "\n".join(f"fun f{i}(s: string) -> string {{ return f{i - 1}(s); }}" for i in range(1, n)) + f'\nprint(f{n - 1}("a"));\n')
    return ('import io from "io";\nfn f0(s: string) -> i64 { return s.len; }\n' +
            "\n".join(f"fn f{i}(s: string) -> i64 {{ return f{i - 1}(s); }}" for i in range(1, n)) + f'\nfn main() {{ io.println("{{f{n - 1}("a")}}"); }}\n')


def types_in_a_cycle(n, ng):
    if ng:
        return ("\n".join(f"type T{i} {{ next: ref<T{(i + 1) % n}>; name: string; }}" for i in range(n)) +
                '\nval t = new T0 { next: null, name: "a" };\nprint(t.name);\n')
    return ('import io from "io";\n' + "\n".join(f"struct T{i} {{ next: *T{(i + 1) % n}; name: string; }}" for i in range(n)) +
            '\nfn main() { let t = T0 { next: null; name: "a" }; io.println(t.name); }\n')


def types_held_twice(n, ng):
    """Each has two ways to hold the one before; at most 500 deep."""
    if not ng:
        return None
    body = "\n".join(f"type U{i} = A{i}(x: U{i - 1}) | B{i}(y: U{i - 1}, z: i32);" for i in range(1, n))
    return (f"type U0 = A0(x: i32) | B0(s: string);\n{body}\n"
            f"fun f(u: U{n - 1}) -> bool {{ val v = u; print(v); return u == v; }}\nprint(1);\n")


def array_literal(n, ng):
    body = ", ".join(str(i) for i in range(n))
    return (f"val xs: [i32] = [{body}];\nprint(len(xs));\n" if ng else
            f'import io from "io";\nlet xs: [{n}]i32 = [{body}];\nfn main() {{ io.println("{{xs[{n - 1}]}}"); }}\n')


def array_of_strings(n, ng):
    body = ", ".join(f'"s{i}"' for i in range(n))
    return (f"fun f() {{ val xs = [{body}];\nprint(len(xs)); }}\nf();\n" if ng else
            f'import io from "io";\nfn main() {{ let xs = [{body}]; io.println(xs[{n - 1}]); }}\n')


def cases(n, ng):
    if ng:
        body = "\n".join(f"    case {i} {{ return {i * 7 % 101}; }}" for i in range(n))
        return f"fun f(a: i32) -> i32 {{\n  switch (a) {{\n{body}\n    otherwise {{ return 0; }}\n  }}\n}}\nprint(f({n - 1}));\n"
    body = "\n".join(f"    {i} => {{ return {i * 7 % 101}; }}" for i in range(n))
    return f'import io from "io";\nfn f(a: i64) -> i64 {{\n  match (a) {{\n{body}\n    _ => {{ return 0; }}\n  }}\n}}\nfn main() {{ io.println("{{f({n - 1})}}"); }}\n'


def string_cases(n, ng):
    if ng:
        body = "\n".join(f'    case "k{i}" {{ return {i * 7 % 101}; }}' for i in range(n))
        return f'fun f(a: string) -> i32 {{\n  switch (a) {{\n{body}\n    otherwise {{ return 0; }}\n  }}\n}}\nprint(f("k{n - 1}"));\n'
    body = "\n".join(f'    "k{i}" => {{ return {i * 7 % 101}; }}' for i in range(n))
    return f'import io from "io";\nfn f(a: string) -> i64 {{\n  match (a) {{\n{body}\n    _ => {{ return 0; }}\n  }}\n}}\nfn main() {{ io.println("{{f("k{n - 1}")}}"); }}\n'


def variants(n, ng):
    if ng:
        body = "\n".join(f"    case V{i}(x) {{ return x + {i}; }}" for i in range(n))
        union = " | ".join(f"V{i}(x: i32)" for i in range(n))
        return f"type U = {union};\nfun f(a: U) -> i32 {{\n  switch (a) {{\n{body}\n  }}\n}}\nprint(f(V{n - 1}(1)));\n"
    body = "\n".join(f"    U.V{i} {{ x }} => {{ return x + {i}; }}" for i in range(n))
    union = " ".join(f"V{i} {{ x: i64 }}" for i in range(n))
    return f'import io from "io";\ntagged U {{ {union} }}\nfn f(a: U) -> i64 {{\n  match (a) {{\n{body}\n  }}\n}}\nfn main() {{ io.println("{{f(U.V{n - 1} {{ x: 1 }})}}"); }}\n'


def overloads(n, ng):
    if ng:
        return ("\n".join(f"type T{i} {{ x: i32; }}\nfun f(t: T{i}) -> i32 {{ return t.x + {i}; }}" for i in range(n)) +
                "\n" + "\n".join(f"print(f(T{i} {{ x: 1 }}));" for i in range(0, n, max(1, n // 50))) + "\n")
    return None


def overloads_called(n, ng):
    """Each of them is called."""
    if ng:
        return ("\n".join(f"type T{i} {{ x: i32; }}\nfun f(t: T{i}) -> i32 {{ return t.x + {i}; }}\nfun g{i}() -> i32 {{ return f(T{i} {{ x: 1 }}); }}" for i in range(n)) +
                f"\nprint(g{n - 1}());\n")
    return None


def methods(n, ng):
    if ng:
        body = "\n".join(f"  fun m{i}(self: ref<Self>) -> i32 {{ return self.x + {i}; }}" for i in range(n))
        calls = "\n".join(f"  sum = (sum + t.m{i}()) % 1009;" for i in range(n))
        return f"type T {{\n  x: i32;\n{body}\n}}\nfun f() -> i32 {{\n  val t = T {{ x: 1 }};\n  val sum = 0;\n{calls}\n  return sum;\n}}\nprint(f());\n"
    body = "\n".join(f"fn T.m{i}(*self) -> i64 {{ return self.x + {i}; }}" for i in range(n))
    calls = "\n".join(f"  sum = (sum + t.m{i}()) % 1009;" for i in range(n))
    return f'import io from "io";\nstruct T {{ x: i64; }}\n{body}\nfn main() {{\n  var t = T {{ x: 1 }};\n  var sum = 0;\n{calls}\n  io.println("{{sum}}");\n}}\n'


def sum_chain(n, ng):
    body = " + ".join(f"x" for i in range(n))
    return (f"fun f(x: i64) -> i64 {{ return {body}; }}\nprint(f(1));\n" if ng else
            f'import io from "io";\nfn f(x: i64) -> i64 {{ return {body}; }}\nfn main() {{ io.println("{{f(1)}}"); }}\n')


def text_chain(n, ng):
    body = " + ".join(f'x' for i in range(n))
    return (f"fun f(x: string) -> string {{ return {body}; }}\nprint(len(f(\"ab\")));\n" if ng else
            f'import io from "io";\nfn f(x: string) -> string {{ return {body}; }}\nfn main() {{ io.println("{{f("ab").len}}"); }}\n')


def and_chain(n, ng):
    body = " && ".join(f"x != {i}" for i in range(n))
    return (f"fun f(x: i64) -> bool {{ return {body}; }}\nprint(f(-1));\n" if ng else
            f'import io from "io";\nfn f(x: i64) -> bool {{ return {body}; }}\nfn main() {{ io.println("{{f(-1)}}"); }}\n')


def else_if(n, ng):
    body = " else ".join(f"if (x == {i}) {{ return {i % 7}; }}" for i in range(n))
    return (f"fun f(x: i64) -> i64 {{ {body}\n return 9; }}\nprint(f(-1));\n" if ng else
            f'import io from "io";\nfn f(x: i64) -> i64 {{ {body}\n return 9; }}\nfn main() {{ io.println("{{f(-1)}}"); }}\n')


def string_literals(n, ng):
    body = "\n".join(f'  n = n + {"len(" if ng else ""}s("literal {i}"){") as i64" if ng else ".len"};' for i in range(n))
    return (f"fun s(t: string) -> string {{ return t; }}\nfun f() -> i64 {{\n  val n: i64 = 0;\n{body}\n  return n;\n}}\nprint(f());\n" if ng else
            f'import io from "io";\nfn s(t: string) -> string {{ return t; }}\nfn f() -> i64 {{\n  var n: i64 = 0;\n{body}\n  return n;\n}}\nfn main() {{ io.println("{{f()}}"); }}\n')


def fields(n, ng):
    if ng:
        body = "\n".join(f"  f{i}: string;" for i in range(n))
        values = ", ".join(f'f{i}: "v"' for i in range(n))
        use = "\n".join(f'  t.f{i} = t.f{i} + "x";' for i in range(n))
        return f"type T {{\n{body}\n}}\nfun f() {{\n  val t = T {{ {values} }};\n{use}\n  print(t.f{n - 1});\n}}\nf();\n"
    body = "\n".join(f"  f{i}: string;" for i in range(n))
    use = "\n".join(f'  t.f{i} = t.f{i} + "x";' for i in range(n))
    return f'import io from "io";\nstruct T {{\n{body}\n}}\nfn main() {{\n  var t: T;\n{use}\n  io.println(t.f{n - 1});\n}}\n'


def instances(n, ng):
    if ng:
        return ("type B<T> { x: T; fun get(self: ref<Self>) -> T { return self.x; } }\nfun id<T>(x: T) -> T { return x; }\n" +
                "\n".join(f"type T{i} {{ x: i32; }}\nfun g{i}() -> i32 {{ val b = B {{ x: id(T{i} {{ x: {i} }}) }}; return b.get().x; }}" for i in range(n)) +
                f"\nprint(g{n - 1}());\n")
    return None


def loops(n, ng):
    """One loop after the other, with something to drop inside."""
    if ng:
        body = "\n".join(f"  loop i = 0 {{ if (i >= 2) {{ break; }}\n    val s = [i]; n = n + s[0]; next i + 1; }}" for _ in range(n))
        return f"fun f() -> i32 {{\n  val n = 0;\n{body}\n  return n;\n}}\nprint(f());\n"
    body = "\n".join(f'  for (i in 0..2) {{ let s = "{{i}}"; n = n + s.len; }}' for _ in range(n))
    return f'import io from "io";\nfn f() -> i64 {{\n  var n = 0;\n{body}\n  return n;\n}}\nfn main() {{ io.println("{{f()}}"); }}\n'


def references(n, ng):
    """Locals to which references are made."""
    if ng:
        body = "\n".join(f"  val v{i} = T {{ x: {i} }};\n  val r{i} = ref v{i};\n  r{i}.x = r{i}.x + 1;" for i in range(n))
        return f"type T {{ x: i32; }}\nfun f() -> i32 {{\n{body}\n  return v{n - 1}.x;\n}}\nprint(f());\n"
    body = "\n".join(f"  var v{i} = T {{ x: {i} }};\n  let r{i} = &v{i};\n  r{i}.x = r{i}.x + 1;" for i in range(n))
    return f'import io from "io";\nstruct T {{ x: i64; }}\nfn f() -> i64 {{\n{body}\n  return v{n - 1}.x;\n}}\nfn main() {{ io.println("{{f()}}"); }}\n'


def defers(n, ng):
    if ng:
        return None
    body = "\n".join(f"  defer g({i});" for i in range(n))
    return f'import io from "io";\nvar sum = 0;\nfn g(i: i64) {{ sum = (sum + i) % 1009; }}\nfn f() {{\n{body}\n}}\nfn main() {{ f(); io.println("{{sum}}"); }}\n'


SHAPES = {  # the smaller of two sizes
    statements: 20000, branches: 10000, locals_with_drops: 5000, early_returns: 2500, moved_maybe: 2500, globals_: 10000,
    call_chain: 10000, types_in_a_cycle: 10000, types_held_twice: 230, array_literal: 100000, array_of_strings: 10000, cases: 50000,
    string_cases: 10000, variants: 5000, overloads: 10000, overloads_called: 5000, methods: 10000, sum_chain: 20000,
    text_chain: 10000, and_chain: 10000, else_if: 10000, string_literals: 10000, fields: 2500, instances: 3000, loops: 5000,
    references: 5000, defers: 5000,
}


def taken(argv, seconds):
    """Processor seconds and peak MiB; None if it took too long or failed."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    pid = os.fork()
    if pid == 0:
        limit()
        quiet = os.open("/dev/null", os.O_WRONLY)
        os.dup2(quiet, 1)
        os.execv(argv[0], argv)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        return None
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    tenure, wanted = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        for shape, size in SHAPES.items():
            name = shape.__name__.rstrip("_")
            if wanted and name not in wanted:
                continue
            for language in ("ng", "tape"):
                if shape(10, language == "ng") is None:
                    continue
                for command in ("check", "build"):
                    cells = []
                    for n in (size, 2 * size):
                        path = os.path.join(folder, f"{name}.{language}")
                        with open(path, "w", encoding="ascii") as file:
                            file.write(shape(n, language == "ng"))
                        argv = [tenure, command, path] + (["-O0", "-o", path + ".out"] if command == "build" else [])
                        cells.append(taken(argv, 60))
                        if cells[-1] is None:
                            break
                    if None in cells:
                        print(f"{name:18} {language:5} {command:6} FAILED at {n}", flush=True)
                        continue
                    (a, _), (b, memory) = cells
                    note = "" if b < 0.3 or b / a < 2.6 else "  <-- grows faster than the program"
                    print(f"{name:18} {language:5} {command:6} {a:7.2f} s {b:7.2f} s  x{b / a:4.1f} {memory:6.0f} MiB{note}", flush=True)


if __name__ == "__main__":
    main()

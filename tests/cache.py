#!/usr/bin/env python3
"""The cache of `tenure run`: what comes from it is what a compilation gives, and nothing can break it."""

import argparse
import concurrent.futures
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

ARGS = 'import std.io;\nprint(args());\n'
FAILS = 'fun half(n: i32) -> i32 { return 10 / n; }\nprint("before");\nprint(half(len("") as i32));\n'
READS = 'import io from "io";\nfn main() {\n    io.println("got {io.read_line()}");\n    io.println("and {io.read_line()}");\n}\n'
FREES_TWICE = 'import mem from "mem";\nfn main() {\n    let p = mem.alloc(16);\n    mem.free(p, 16);\n    mem.free(p, 16);\n}\n'
WARNS = 'import std.math;\nprint("warned");\n'
MANY = 'for (i in 0..100000) { print("a line of some length"); }\n'


class Suite:
    def __init__(self, build, folder):
        self.build = os.path.abspath(build)
        self.tenure = os.path.join(self.build, "bin", "tenure")
        self.folder = folder
        self.home = os.path.join(folder, "xdg")
        self.place = os.path.join(self.home, "tenure")
        self.failed = 0

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def expect(self, name, condition, outcome=""):
        self.failed += not condition
        print(f"ok {name}" if condition else f"FAIL {name}: {outcome!r}"[:600].replace("\n", " "), flush=True)

    def run(self, *arguments, name="tenure", home=None, stdin="", **environment):
        environment = {"XDG_CACHE_HOME": home or self.home, "TENURE_OPTIONS": "", **environment}
        command = [os.path.join(os.path.dirname(self.tenure), name), *arguments]
        return tool.run(command, stdin=stdin, environment=environment)

    def files(self, kind="e"):
        """What is there, and which file it is: one that was made anew is another one."""
        if not os.path.isdir(self.place):
            return {}
        names = [name for name in os.listdir(self.place) if name.startswith(kind + "-")]
        return {name: os.stat(os.path.join(self.place, name)).st_ino for name in names}

    def clear(self):
        shutil.rmtree(self.place, ignore_errors=True)

    def is_hit(self, *arguments, **options):
        """Runs, and tells whether no executable was made for it; None if it went wrong."""
        before = self.files()
        outcome = self.run(*arguments, **options)
        return None if outcome.code != 0 else self.files() == before

    # ---- what comes from it

    def same(self):
        """Without the cache, kept now, kept before: nobody sees a difference."""
        programs = (("arguments", "args.ng", ARGS), ("a run-time error", "fails.ng", FAILS), ("input", "reads.tape", READS),
                    ("a memory check", "twice.tape", FREES_TWICE), ("a warning", "warns.ng", WARNS))
        for name, file, text in programs:
            path = self.file(file, text)
            words = ["run", path, "a", "-b", "--long=1", "", "--", "-O0", "--"]
            plain = self.run("run", "--no-cache", *words[1:], stdin="one\ntwo\n")
            self.expect(f"{name}: nothing is kept without the cache", not self.files(), self.files())
            first = self.run(*words, stdin="one\ntwo\n")
            made = self.files()
            second = self.run(*words, stdin="one\ntwo\n")
            self.expect(f"{name}: the first run", (first.code, first.out, first.err) == (plain.code, plain.out, plain.err), (plain, first))
            self.expect(f"{name}: the second run", second == first, (first, second))
            self.expect(f"{name}: it came from the cache", len(made) == 1 and self.files() == made, (made, self.files()))
            self.clear()
        self.expect("something warned", "warning" in plain.err, plain)

    def signals(self):
        path = self.file("many.ng", MANY)
        for ignore in (False, True):
            def disposition():
                signal.signal(signal.SIGPIPE, signal.SIG_IGN if ignore else signal.SIG_DFL)
            codes = []
            for options in (["--no-cache"], [], []):
                process = subprocess.Popen([self.tenure, "run", *options, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                           env=dict(os.environ, XDG_CACHE_HOME=self.home, TENURE_OPTIONS=""), preexec_fn=disposition)
                process.stdout.readline()
                process.stdout.close()
                process.stderr.read()
                process.stderr.close()
                codes.append(process.wait())
            self.expect(f"a pipe that nobody reads, signal {'ignored' if ignore else 'as usual'}", len(set(codes)) == 1, codes)
            self.clear()

    def terminal_options(self):
        """Whatever is an option of `run` is one behind the file too, and never the program's."""
        path = self.file("args.ng", ARGS)
        self.run("run", path)
        steady = lambda outcome: (outcome.code, outcome.out, re.sub(r"[\d.]+ us", "", outcome.err))
        words = set(re.findall(r"(?<![\w-])--?[A-Za-z][a-z-]*", self.run("help", "run").out))
        self.expect("options are found", {"--engine", "-O", "-I", "--plain", "--no-cache", "--check"} <= words, words)
        for word in sorted(words):
            for form in (word, word + "=1", word + "1"):
                cached = self.run("run", path, form)
                plain = self.run("run", "--no-cache", path, form)
                same = steady(cached) == steady(plain)
                self.expect(f"`{form}` behind the file", same, (cached, plain))
        self.clear()

    def names(self):
        path = self.file("args.ng", ARGS)
        self.expect("ngi", self.run(path, "x", name="ngi").out == "[x]\n")
        self.expect("ngi and tenure share an entry", self.is_hit("run", path) is True)
        self.expect("tape has its own", self.is_hit("run", path, name="tape") is False)
        self.clear()

    # ---- what makes an entry

    def keys(self):
        path = self.file("main.ng", 'print(1);\n')
        self.expect("the first run makes one", self.is_hit("run", path) is False)
        self.expect("the second run finds it", self.is_hit("run", path) is True)
        for options in (["-O0"], ["--check-memory=off"], ["--check-memory=full"], ["-I", self.folder]):
            self.expect(f"{options} makes another", self.is_hit("run", *options, path) is False)
            self.expect(f"{options} finds it", self.is_hit("run", *options, path) is True)
        self.expect("the defaults, written out", self.is_hit("run", "-O2", "--check-memory=on", path) is True)
        self.expect("another name of the file", self.is_hit("run", os.path.join(self.folder, ".", "main.ng")) is False)
        for options in (["--trace-drops"], ["--leak-check"], ["--heap-stats"], ["--gc-stress=1"], ["--check=1"], ["--plain"],
                        ["--max-errors=1"], ["--diagnostics=json"], ["--engine=jit"], ["--engine=aot"], ["--engine=interp"]):
            before = self.files()
            outcome = self.run("run", *options, path)
            self.expect(f"{options} is for this run", outcome.code == 0 and self.files() == before, outcome)
        for text in ('print(2);\n', 'print(1);\n'):
            self.file("main.ng", text)
            outcome = self.run("run", path)
            self.expect(f"changed to {text.strip()}", outcome.out == text[6] + "\n", outcome)
        traced = self.run("run", path, TENURE_OPTIONS="heap-stats")
        self.expect("options of the environment", "objects" in traced.err, traced)
        self.file("main.ng", "print(unknwon);\n")
        before = self.files()
        for _ in range(2):
            wrong = self.run("run", path)
            self.expect("a mistake is not kept", wrong.code == 1 and "unknwon" in wrong.err and self.files() == before, wrong)
        piped = self.run("run", "/dev/stdin", stdin='print("piped");\n')
        self.expect("a program from a pipe", piped.out == "piped\n" and self.files() == before, piped)
        self.clear()

    def imports(self):
        """One that changes; one that appears where it was looked for in vain; the same in Tape."""
        for ending, main, part in (("ng", 'import geo;\nprint(geo.area());\n', 'export fun area() -> i32 { return %d; }\n'),
                                   ("tape", 'import io from "io";\nimport geo from "./geo";\nfn main() { io.println("{geo.area()}"); }\n',
                                    'pub fn area() -> i32 { return %d; }\n')):
            path = self.file(f"app/main.{ending}", main)
            elsewhere = os.path.join(self.folder, "elsewhere")
            there = self.file(f"elsewhere/geo.{ending}", part % 3)
            here = os.path.join(self.folder, f"app/geo.{ending}")
            words = ["run", "-I", elsewhere, path]
            if self.run(*words).code != 0:  # what is written `./` is beside the file only
                words = ["run", path]
                there = self.file(f"app/geo.{ending}", part % 3)
            else:
                self.expect(f"{ending}: an import of another folder", self.is_hit(*words) is True)
                self.file(f"app/geo.{ending}", part % 4)
                self.expect(f"{ending}: one appears before it", self.run(*words).out == "4\n")
                self.expect(f"{ending}: and is found again", self.is_hit(*words) is True)
                os.remove(here)
                self.expect(f"{ending}: and is gone", self.run(*words).out == "3\n")
            self.run(*words)
            self.expect(f"{ending}: an import as it was", self.is_hit(*words) is True)
            with open(there, "w", encoding="utf-8") as file:
                file.write(part % 5)
            self.expect(f"{ending}: an import that changed", self.run(*words).out == "5\n")
            with open(there, "w", encoding="utf-8") as file:
                file.write(part % 3)
            self.expect(f"{ending}: and changed back", self.is_hit(*words) is True and self.run(*words).out == "3\n")
            os.remove(there)
            gone = self.run(*words)
            self.expect(f"{ending}: an import that is gone", gone.code == 1 and "geo" in gone.err, gone)
            shutil.rmtree(os.path.join(self.folder, "app"))
            self.clear()

    def compiler(self):
        """A compiler that differs in its build id alone makes entries of its own; so does another runtime."""
        copy = os.path.join(self.folder, "copy")
        for room in ("bin", "libexec", "lib"):
            os.makedirs(os.path.join(copy, room))
        shutil.copy2(self.tenure, os.path.join(copy, "bin"))
        runtime = os.path.join(copy, "lib", "libtenure_rt.a")
        shutil.copy2(os.path.join(self.build, "lib", "libtenure_rt.a"), runtime)
        compiler = os.path.join(copy, "libexec", "tenure-compiler")
        shutil.copy2(os.path.join(self.build, "libexec", "tenure-compiler"), compiler)
        path = self.file("main.ng", 'print(1);\n')
        self.run("run", path)
        self.tenure = os.path.join(copy, "bin", "tenure")
        self.expect("a copy of the compiler is the same one", self.is_hit("run", path) is True)
        with open(compiler, "r+b") as file:
            note = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"
            at = file.read(1 << 20).find(note) + len(note)
            file.seek(at)
            first = file.read(1)
            file.seek(at)
            file.write(bytes([first[0] ^ 1]))
        self.expect("another compiler", self.is_hit("run", path) is False)
        self.expect("finds its own", self.is_hit("run", path) is True)
        os.utime(runtime, (1, 1))
        self.expect("another runtime", self.is_hit("run", path) is False)
        os.remove(compiler)
        outcome = self.run("check", path)
        self.expect("no compiler", outcome.code == 1 and "cannot start the compiler" in outcome.err, outcome)
        self.tenure = os.path.join(self.build, "bin", "tenure")
        shutil.rmtree(copy)
        self.clear()

    # ---- what is broken

    def damage(self):
        path = self.file("main.ng", WARNS)
        good = self.run("run", "--no-cache", path)

        def works(name):
            outcomes = [self.run("run", path) for _ in range(2)]
            self.expect(name, all((o.code, o.out, o.err) == (good.code, good.out, good.err) for o in outcomes), outcomes)

        def change(kind, how):
            for name in self.files(kind):
                with open(os.path.join(self.place, name), "r+b") as file:
                    content = bytearray(file.read())
                    content = how(content)
                    file.seek(0)
                    file.truncate()
                    file.write(content)

        def flipped(content, at):
            content[at] ^= 64
            return content

        works("nothing is damaged")
        for kind in "el":
            change(kind, lambda content: content[:-1])
            works(f"{kind}: the end is missing")
            change(kind, lambda content: b"")
            works(f"{kind}: empty")
            change(kind, lambda content: b"garbage" * 100)
            works(f"{kind}: garbage")
            change(kind, lambda content: flipped(content, len(content) // 2))
            works(f"{kind}: a bit in the middle")
            change(kind, lambda content: flipped(content, len(content) - 1))
            works(f"{kind}: a bit at the end")
            for name in self.files(kind):
                os.remove(os.path.join(self.place, name))
            works(f"{kind}: removed")
            for name in self.files(kind):
                os.remove(os.path.join(self.place, name))
                os.mkdir(os.path.join(self.place, name))
            works(f"{kind}: a folder")
            for name in self.files(kind):
                os.rmdir(os.path.join(self.place, name))
        self.file("xdg/tenure/size", "many\n")
        works("the size is no number")
        self.file("xdg/tenure/size", "9" * 40 + "\n")
        works("the size is far too large")
        self.clear()

    def places(self):
        path = self.file("main.ng", 'print("here");\n')

        def works(name, **options):
            outcomes = [self.run("run", path, **options) for _ in range(2)]
            self.expect(name, all(o.code == 0 and o.out == "here\n" and o.err == "" for o in outcomes), outcomes)

        self.clear()
        self.file("file", "")
        works("a file where the folder should be", home=os.path.join(self.folder, "file"))
        works("no such place", home="/dev/null/nowhere")
        works("a relative place", home="relative", HOME="/dev/null")
        self.expect("nothing is made there", not os.path.exists(os.path.join(tool.ROOT, "relative")))
        works("no home", home="relative", HOME="")
        works("the home folder", home="relative", HOME=self.folder)
        made = os.path.join(self.folder, ".cache", "tenure")
        self.expect("~/.cache is made", os.path.isdir(made) and os.stat(made).st_mode & 0o777 == 0o700)
        works("limit 0", TENURE_CACHE_MIB="0")
        self.expect("limit 0 keeps nothing", not self.files())
        os.makedirs(self.place, exist_ok=True)
        os.chmod(self.place, 0o777)
        works("a folder that others can write to")
        self.expect("nothing is kept there", not self.files())
        os.chmod(self.place, 0o700)
        works("kept")
        os.chmod(self.place, 0o500)
        works("a folder that cannot be written to, with the program in it")
        self.file("main.ng", 'print("here");\n\n')
        works("a folder that cannot be written to, without it")
        os.chmod(self.place, 0o700)
        self.clear()

    # ---- its size, and many at once

    def limit(self):
        """What was used last stays."""
        kept = self.file("kept.ng", 'print("kept");\n')
        self.run("run", kept, TENURE_CACHE_MIB="1")
        entry = set(self.files())
        for number in range(20):
            path = self.file("other.ng", f"print({number});\n")
            outcome = self.run("run", path, TENURE_CACHE_MIB="1")
            again = self.is_hit("run", kept, TENURE_CACHE_MIB="1")
            size = sum(os.path.getsize(os.path.join(self.place, name)) for name in os.listdir(self.place))
            good = outcome.out == f"{number}\n" and again is True and size < 1.1 * 2**20
            self.expect(f"the limit holds, {number + 1} programs", good, (outcome, again, size))
        left = self.files()
        self.expect("the oldest are gone", 2 <= len(left) < 12 and entry <= set(left), left)
        abandoned = self.file("xdg/tenure/t-1-1-1", "abandoned")
        os.utime(abandoned, (1, 1))
        self.file("xdg/tenure/size", "many\n")
        self.run("run", self.file("other.ng", "print(99);\n"))
        self.expect("what was abandoned is removed", not self.files("t"), self.files("t"))
        self.clear()

    def command(self):
        path = self.file("main.ng", 'print(1);\n')
        empty = self.run("cache")
        self.expect("cache, without any", empty.code == 0 and "programs  0\n" in empty.out, empty)
        self.run("run", path)
        shown = self.run("cache")
        self.expect("cache", f"place     {self.place}\nprograms  1\nsize " in shown.out and "of 512.0 MiB" in shown.out, shown)
        cleared = self.run("cache", "clear")
        self.expect("cache clear", cleared.out.startswith("removed 1 programs, ") and not self.files(), cleared)
        self.expect("after it", self.is_hit("run", path) is False)
        wrong = self.run("cache", "empty")
        self.expect("cache, wrong", wrong.code == 2 and "write `tenure cache [clear]`" in wrong.err, wrong)
        wrong = self.run("cache", "--all")
        self.expect("cache, wrong option", wrong.code == 2 and "unknown option `--all`" in wrong.err, wrong)
        self.clear()

    def concurrency(self):
        """Many processes run few programs, whose source changes, while the cache is cleared and is far too small."""
        paths = [self.file(f"at_once_{index}.ng", f"print({index});\n") for index in range(3)]

        def one(number):
            if number % 9 == 8:
                outcome = self.run("cache", "clear")
                return None if outcome.code == 0 else outcome
            index = number % 3
            outcome = self.run("run", paths[index], **({"TENURE_CACHE_MIB": "1"} if number % 2 else {}))
            return None if (outcome.code, outcome.out, outcome.err) == (0, f"{index}\n", "") else outcome

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            wrong = [outcome for outcome in pool.map(one, range(120)) if outcome is not None]
        self.expect("many at once", not wrong, wrong[:2])
        self.expect("nothing is left half written", not self.files("t"), self.files("t"))
        self.clear()


def main():
    parser = argparse.ArgumentParser(description="Tests of the cache.")
    parser.add_argument("--build", default=os.path.join(tool.ROOT, "build"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        suite = Suite(arguments.build, folder)
        for part in (suite.same, suite.signals, suite.terminal_options, suite.names, suite.keys, suite.imports, suite.compiler,
                     suite.damage, suite.places, suite.limit, suite.command, suite.concurrency):
            part()
    return 1 if suite.failed else 0


if __name__ == "__main__":
    sys.exit(main())

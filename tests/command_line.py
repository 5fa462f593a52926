#!/usr/bin/env python3
"""The command line: commands, help, exit codes, what is said about wrong usage, colours."""

import argparse
import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import tool  # noqa: E402

PROGRAM = 'type H { n: string; }\nimpl Drop for H { fun drop(self: ref<Self>) { print("drop", self.n); } }\n' \
          'val h = H { n: "a" };\nprint("hello");\n'
TAPE = 'import io from "io";\nfn main() { io.println("hello"); }\n'
MISTAKE = "print(unknwon);\n"


TALLY = """
static long total;
long tally_add(long n) { return total += n; }
long tally_bytes(const unsigned char *text, unsigned long count) {
  long sum = 0;
  while (count--) sum += *text++;
  return sum;
}
extern long tape_twice(long) __attribute__((weak));
long tally_through(long n) { return tape_twice ? tape_twice(n) : -1; }
"""
CALLS_TALLY = """
import io from "io";
@link("LIBRARY");
extern fn tally_add(n: i64) -> i64;
extern("tally_bytes") fn sum_of(text: *const u8, count: u64) -> i64;
extern fn tally_through(n: i64) -> i64;
@export fn tape_twice(n: i64) -> i64 { return 2 * n; }
fn main() {
    tally_add(4);
    io.println("{tally_add(3)} {sum_of("abc", 3)} {tally_through(21)}");
}
"""


class Suite:
    def __init__(self, build, folder):
        self.bin = os.path.join(os.path.abspath(build), "bin")
        self.tenure = os.path.join(self.bin, "tenure")
        self.folder = folder
        self.good = self.file("good.ng", PROGRAM)
        self.bad = self.file("bad.ng", MISTAKE)
        self.failed = 0

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def expect(self, name, condition, outcome=""):
        self.failed += not condition
        print(f"ok {name}" if condition else f"FAIL {name}: {outcome!r}"[:500].replace("\n", " "), flush=True)

    def check(self, name, arguments, code, out=None, err=None, **options):
        outcome = tool.run([self.tenure] + arguments, **options)
        good = outcome.code == code
        good = good and (out is None or out in outcome.out) and (err is None or err in outcome.err)
        self.expect(name, good, outcome)
        return outcome

    def usage(self):
        self.check("no command", [], 2, err="Usage: tenure COMMAND")
        self.check("unknown command", ["rn", self.good], 2, err="did you mean `run`?")
        self.check("a file and no command", ["a.ng"], 2, err="write `tenure run a.ng`")
        self.check("no file", ["check"], 2, err="write `tenure check [OPTIONS] FILE`")
        self.check("no output", ["build", "a.ng"], 2, err="write `tenure build a.ng -o OUT`")
        self.check("unknown option", ["run", "--enigne=jit", self.good], 2, err="did you mean `--engine`?")
        self.check("unknown option of check", ["check", self.good, "--xyz"], 2, err="unknown option `--xyz`")
        self.check("two files", ["check", self.good, self.bad], 2, err="unexpected")
        self.check("wrong engine", ["run", "--engine=vm", self.good], 2, err="`--engine=jit`")
        self.check("wrong level", ["run", "-O7", self.good], 2, err="`-O2`")
        self.check("wrong number", ["run", "--gc-stress=x", self.good], 2, err="--gc-stress=1")
        self.check("wrong pass", ["oir", "--after=nothing", self.good], 2, err="elaborate")
        self.check("wrong optimisation", ["run", "--opt=-nothing", self.good], 2, err="`--opt=none`, or `--opt=-NAME`")
        self.check("wrong form", ["check", "--diagnostics=xml", self.good], 2, err="--diagnostics=json")

    def help(self):
        self.check("--version", ["--version"], 0, out="tenure ")
        self.check("help", ["help"], 0, out="Commands:")
        self.check("--help", ["--help"], 0, out="Commands:")
        self.check("help of nothing", ["help", "x"], 2, err="unknown command")
        for command in ("run", "build", "check", "test", "explain", "oir", "cache"):
            usage = f"Usage: tenure {command}"
            self.check(f"help {command}", ["help", command], 0, out=usage)
            self.check(f"{command} --help", [command, "--help"], 0, out=usage)

    def commands(self):
        expected = "hello\ndrop, a\n"
        for engine in ("interp", "jit", "aot"):
            for level in (0, 2):
                self.check(f"run --engine={engine} -O{level}",
                           ["run", f"--engine={engine}", f"-O{level}", self.good], 0, out=expected)
        for left_out in ("none", "-lastuse", "none,holds", "all"):
            self.check(f"run --opt={left_out}", ["run", f"--opt={left_out}", self.good], 0, out=expected)
        self.check("options after the file", ["run", self.good, "--engine=interp"], 0, out=expected)
        self.check("arguments", ["run", self.good, "a", "--b", "--", "--engine=vm"], 0, out=expected)
        self.check("trace of drops", ["run", "--trace-drops", self.good], 0, err=": drop H: end of program")
        self.check("heap statistics", ["run", "--heap-stats", self.good], 0, err="objects")
        self.check("check", ["check", self.good], 0, out="OK\n")
        self.check("check of a mistake", ["check", self.bad], 1, err="bad.ng:1:7: error: unknown name `unknwon`")
        self.check("run of a mistake", ["run", self.bad], 1, err="1:7: error:")
        self.check("explain", ["explain", self.good], 0, out='val h = H { n: "a" };')
        self.check("oir", ["oir", self.good], 0, out="fn ")
        for name in ("lower", "summaries", "moves", "escape", "types", "elaborate", "lastuse"):
            self.check(f"oir --after={name}", ["oir", f"--after={name}", self.good], 0, out="fn ")
        self.check("json", ["check", "--diagnostics=json", self.bad], 1, err='"kind": "UnknownName"')
        plain = self.check("plain", ["check", "--plain", self.bad], 1)
        self.expect("plain is one line", plain.err.count("\n") == 1, plain.err)
        unnamed = self.file("unnamed", PROGRAM)
        self.check("a file of no ending", ["run", unnamed], 0, out=expected)
        ngi = tool.run([os.path.join(self.bin, "ngi"), self.good])
        self.expect("ngi", ngi.code == 0 and ngi.out == expected, ngi)

    def tape(self):
        """The front end goes by the ending of the file; `tape` is another name of the program."""
        good = self.file("good.tape", TAPE)
        bad = self.file("bad.tape", "fn main() {\n    let a = b;\n    let c = d;\n}\n")
        self.file("shapes.tape", "pub fn area() -> i64 { return 4; }\n")
        folder = os.path.join(self.folder, "parts")
        os.mkdir(folder)
        with open(os.path.join(folder, "far.tape"), "w", encoding="utf-8") as file:
            file.write("pub fn far() -> i64 { return 7; }\n")
        uses = self.file("uses.tape", 'import far from "far";\nimport shapes from "./shapes";\n'
                                      "fn main() -> i64 { return far.far() * shapes.area(); }\n")
        self.check("check of Tape", ["check", good], 0, out="OK\n")
        self.check("check of a mistake in Tape", ["check", bad], 1, err="bad.tape:2:13: error: unknown name `b`")
        most = self.check("--max-errors", ["check", "--plain", "--max-errors=1", bad], 1)
        self.expect("--max-errors prints one", most.err.count(" error: ") == 1, most)
        self.check("an import that is nowhere", ["check", uses], 1, err="unknown module `far`")
        self.check("-I", ["check", "-I", folder, uses], 0, out="OK\n")
        self.check("test of NG", ["test", self.good], 0, out="results: 0 passed, 0 failed, 0 skipped, 0 total")
        null = self.file("null.tape", 'import io from "io";\nimport mem from "mem";\n'
                                      'fn main() { io.println("before"); mem.set(null, 1, 1); }\n')
        for engine in ("interp", "jit", "aot"):
            for checks in ("off", "on"):
                self.check(f"null where memory checks are {checks}, --engine={engine}",
                           ["run", f"--check-memory={checks}", f"--engine={engine}", null], 101,
                           out="before\n", err="null.tape:3:35: runtime error: null reference")
        unnamed = tool.run([os.path.join(self.bin, "tape"), "run", self.file("unnamed", TAPE)])
        self.expect("tape, a file of no ending", unnamed.code == 0 and unnamed.out == "hello\n", unnamed)
        named = tool.run([os.path.join(self.bin, "tape"), "check", good])
        self.expect("tape", named.code == 0 and named.out == "OK\n", named)

    def build(self):
        executable = os.path.join(self.folder, "good")
        self.check("build", ["build", self.good, "-o", executable], 0)
        if os.path.exists(executable):
            outcome = tool.run([executable])
            self.expect("executable", outcome.code == 0 and outcome.out == "hello\ndrop, a\n", outcome)
            traced = tool.run([executable], environment={"TENURE_OPTIONS": "trace-drops"})
            self.expect("options of an executable", "drop H: end of program" in traced.err, traced)
            self.alone(executable)
        self.check("build into nowhere", ["build", self.good, "-o", "/nowhere/x"], 1, err="there is no folder `/nowhere`")
        self.build_over_another()
        self.build_with_cc()
        self.foreign_library()
        before = set(os.listdir(self.folder))
        self.check("aot in a folder", ["run", "--engine=aot", self.good], 0, environment={"TMPDIR": self.folder})
        self.expect("aot leaves no file", set(os.listdir(self.folder)) == before, os.listdir(self.folder))

    def build_over_another(self):
        """What lies where the executable goes: a file, one of another mode, a program that runs."""
        executable = self.file("over", "not a program")
        os.chmod(executable, 0o600)
        self.check("build over a file", ["build", self.good, "-o", executable], 0)
        outcome = tool.run([executable])
        self.expect("built over a file", outcome.code == 0 and outcome.out == "hello\ndrop, a\n", outcome)
        waiting = self.file("waiting.ng", 'import std.io;\nprint("on");\nreadLine();\nprint("off");\n')
        self.check("build what waits", ["build", waiting, "-o", executable], 0)
        with subprocess.Popen([executable], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
            self.expect("it runs", running.stdout.readline() == b"on\n")
            self.check("build over what runs", ["build", self.good, "-o", executable], 0)
            self.expect("it runs on", running.communicate(b"\n")[0] == b"off\n")
        outcome = tool.run([executable])
        self.expect("built over what runs", outcome.code == 0 and outcome.out == "hello\ndrop, a\n", outcome)

    def build_with_cc(self):
        """What is done where lld cannot link: the `cc` that is found first does."""
        folder = os.path.join(self.folder, "cc")
        compiler = shutil.which("cc") or shutil.which("gcc-12")
        os.mkdir(folder)
        script = os.path.join(folder, "cc")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\ntouch "{folder}/called"\nexec {compiler} "$@"\n')
        os.chmod(script, 0o755)
        environment = {"TENURE_LINKER": "cc", "PATH": folder + os.pathsep + os.environ["PATH"]}
        executable = os.path.join(folder, "good")
        for level in (0, 2):
            self.check(f"build -O{level} with cc", ["build", f"-O{level}", self.good, "-o", executable], 0,
                       environment=environment)
            self.expect("cc was called", os.path.exists(os.path.join(folder, "called")))
            outcome = tool.run([executable])
            self.expect("what cc linked", outcome.code == 0 and outcome.out == "hello\ndrop, a\n", outcome)
        self.check("build without cc", ["build", self.good, "-o", executable], 1, err="there is no `cc`",
                   environment={"TENURE_LINKER": "cc", "PATH": "/nowhere"})

    def foreign_library(self):
        """A library of C that `@link` names; it calls back what an executable exports."""
        folder = os.path.join(self.folder, "foreign")
        os.mkdir(folder)
        library = os.path.join(folder, "libtally.so")
        with open(os.path.join(folder, "tally.c"), "w", encoding="utf-8") as file:
            file.write(TALLY)
        compiler = shutil.which("cc") or shutil.which("gcc-12")
        made = tool.run([compiler, "-shared", "-fPIC", "-o", library, file.name])
        self.expect("a library of C", made.code == 0, made)
        program = os.path.join(folder, "tally.tape")
        with open(program, "w", encoding="utf-8") as file:
            file.write(CALLS_TALLY.replace("LIBRARY", library))
        for engine, twice in (("interp", "-1"), ("jit", "-1"), ("aot", "42")):
            for level in (0, 2):
                self.check(f"a linked library, {engine} -O{level}", ["run", f"--engine={engine}", f"-O{level}", program], 0,
                           out=f"7 294 {twice}\n")

    def alone(self, executable):
        """An executable needs nothing of ours, wherever it is: a copy in an empty folder, run from /."""
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copy(executable, os.path.join(folder, "copy"))
            outcome = subprocess.run([copy], cwd="/", env={}, capture_output=True, text=True,
                                     stdin=subprocess.DEVNULL, check=False)
            self.expect("an executable on its own", outcome.stdout == "hello\ndrop, a\n", outcome)

    def output(self):
        """What is done where standard output cannot be written: to a full device, to a pipe that nobody reads."""
        many = self.file("many.ng", 'loop i = 0 { print("a line that fills the buffer"); if (i < 100000) { next i + 1; } }\n')
        failing = self.file("failing.ng", 'print("before"); val zero = 0; print(1 / zero);\n')
        executable = os.path.join(self.folder, "many")
        self.check("build", ["build", many, "-o", executable], 0)
        tenure = [self.tenure]
        for engine in ("interp", "jit", "aot"):
            run = ["run", f"--engine={engine}"]
            self.full(f"a little, {engine}", tenure + run + [self.good], 101)
            self.full(f"much, {engine}", tenure + run + [many], 101)
            self.full(f"with an error, {engine}", tenure + run + [failing], 101, "runtime error: division by zero")
            ended = 128 + signal.SIGPIPE if engine == "aot" else -signal.SIGPIPE
            self.unread(f"much, {engine}", tenure + run + [many], ended)
            self.unread(f"much without the signal, {engine}", tenure + run + [many], 128 + signal.SIGPIPE, ignore=True)
        self.full("an executable", [executable], 101)
        self.unread("an executable", [executable], -signal.SIGPIPE)
        for command in (["check", self.good], ["explain", self.good], ["oir", self.good], ["help"], ["--version"]):
            self.full(command[0], tenure + command, 1)

    def full(self, name, command, code, message=""):
        with open("/dev/full", "w", encoding="utf-8") as device:
            outcome = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=device, stderr=subprocess.PIPE,
                                     text=True, check=False)
        good = outcome.returncode == code and message in outcome.stderr
        good = good and outcome.stderr.count("error: cannot write standard output: No space left on device\n") == 1
        self.expect(f"no space left: {name}", good, outcome)

    def unread(self, name, command, code, ignore=False):
        ours, theirs = os.pipe()
        os.close(ours)
        action = signal.SIG_IGN if ignore else signal.SIG_DFL
        outcome = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE, text=True,
                                 check=False, restore_signals=False,
                                 preexec_fn=lambda: signal.signal(signal.SIGPIPE, action))
        os.close(theirs)
        good = outcome.returncode == code and outcome.stderr == ""
        self.expect(f"a pipe that nobody reads: {name}", good, outcome)

    def places(self):
        outcome = subprocess.run([self.tenure, "run", "good.ng"], cwd=self.folder, capture_output=True,
                                 text=True, stdin=subprocess.DEVNULL, check=False)
        self.expect("from any directory", outcome.stdout == "hello\ndrop, a\n", outcome)
        self.expect("colour on a terminal", b"\033[" in self.on_terminal({}), self.on_terminal({}))
        self.expect("NO_COLOR", b"\033[" not in self.on_terminal({"NO_COLOR": "1"}))
        outcome = self.check("no colour elsewhere", ["check", self.bad], 1, environment={"NO_COLOR": ""})
        self.expect("no colour in a pipe", "\033[" not in outcome.err, outcome.err)

    def on_terminal(self, environment):
        """Standard error of a check, as a terminal gets it."""
        ours, theirs = pty.openpty()
        env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        env.update({"TERM": "xterm"}, **environment)
        subprocess.run([self.tenure, "check", self.bad], stderr=theirs, stdout=subprocess.DEVNULL,
                       stdin=subprocess.DEVNULL, env=env, check=False)
        os.close(theirs)
        text = b""
        try:
            while chunk := os.read(ours, 65536):
                text += chunk
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        return text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tenure-cli-") as folder:
        suite = Suite(arguments.build, folder)
        for part in (suite.usage, suite.help, suite.commands, suite.tape, suite.build, suite.output, suite.places):
            part()
    return 1 if suite.failed else 0


if __name__ == "__main__":
    sys.exit(main())

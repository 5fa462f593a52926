"""Tests that are programs: run tests, error tests, OIR tests, explain tests."""

import itertools
import os
import re
import tempfile
import zlib

from . import expectations as ex
from . import tool

# FILE:LINE:COL: drop TYPE: REASON, FILE:LINE:COL: defer: REASON
REASONS = (
    "end of block|end of statement|overwritten|last reference|cycle|end of program|run-time error|defer"
)
TRACE = re.compile(rf"^(?:.*?:)?(\d+:\d+: (?:drop .+|defer): (?:{REASONS}))$|^(\?: (?:drop .+|defer): (?:{REASONS}))$")

PLAIN = {"gc": 0, "check": 3}
STRESS = {"gc": 1, "check": 2}
SLICED = {"gc": 0, "check": 1, "slices": True}  # each object made is followed by a slice of a look for garbage


# The optimisations that can be left out, by name.
with open(os.path.join(tool.ROOT, "src/own/optimisations.def"), encoding="ascii") as rows:
    OPTIMISATIONS = re.findall(r'^OPTIMISATION\(\w+,\s*"(\w+)"', rows.read(), re.MULTILINE)


class Failure(Exception):
    """A test that did not hold; the text says what."""


def shown(text, limit=200):
    text = text.encode("utf-8", "backslashreplace").decode()
    return repr(text if len(text) <= limit else text[:limit] + "…")


def first_difference(expected, actual, what):
    """One line that says where two lists of lines part."""
    for index, (a, b) in enumerate(zip(expected, actual)):
        if a != b:
            return f"{what} line {index + 1}: expected {shown(a)}, found {shown(b)}"
    if len(expected) > len(actual):
        return f"{what} ends after line {len(actual)}: expected {shown(expected[len(actual)])}"
    return f"{what} has more than {len(expected)} lines: found {shown(actual[len(expected)])}"


def output_lines(text):
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def trace_lines(stderr):
    found = []
    for line in stderr.split("\n"):
        match = TRACE.match(line)
        if match:
            found.append(match.group(1) or match.group(2))
    return found


def report_lines(stderr, path):
    """Standard error without the drop trace."""
    lines = [line for line in output_lines(stderr) if not TRACE.match(line)]
    return [line.replace(path, "FILE") for line in lines]


def call_trace(stderr):
    """The frames that run-time errors printed. Where a stack ends is the engine's own."""
    if "runtime error: stack overflow" in stderr:
        return []
    return [line for line in stderr.split("\n") if line.startswith(("  in ", "  ..."))]


class ProgramTest:
    """One file. `run` raises Failure, or with `update` rewrites the file's expectations."""

    def __init__(self, path, tenure, update=False, engines=("interp", "jit", "aot"), all_opts=False):
        self.path = os.path.relpath(path, tool.ROOT)
        self.full_path = path
        self.tenure = tenure
        self.update = update
        self.engines = engines
        self.all_opts = all_opts
        self.expected = ex.load(path)
        self.timeout = 120

    @property
    def name(self):
        return self.path

    def run(self):
        area = self.path.split(os.sep)[1] if self.path.startswith("tests") else ""
        if not self.expected.title:
            raise Failure("the first line does not say `// test: WHAT IT TESTS`")
        if os.path.basename(self.path).startswith("fail_"):
            return self.run_error()
        if area == "explain":
            return self.run_explain()
        if self.expected.oir_blocks():
            self.run_oir()
            if not (self.expected.texts("expect") or self.expected.texts("exit")):
                return None
        self.check_diagnostics(expect_errors=False)
        return self.run_engines()

    # ---- diagnostics

    def run_error(self):
        self.check_diagnostics(expect_errors=True)

    def check_diagnostics(self, expect_errors):
        command = self.expected.failing_command if expect_errors else "check"
        outcome, found = tool.diagnostics(self.tenure, self.path, self.timeout, command, self.expected.options)
        if outcome.timed_out:
            raise Failure(f"{command}: no answer after {self.timeout} seconds")
        if found is None:
            raise Failure(f"{command}: exit code {outcome.code}, {shown(outcome.err)}")
        actual = []
        for diagnostic in found:
            for name, part in [(diagnostic["severity"], diagnostic)] + [("note", n) for n in diagnostic["notes"]]:
                actual.append((name, part.get("line", 0), part["message"], part.get("file", self.path)))
        if self.update:
            return self.rewrite_diagnostics([a[:3] for a in actual if a[3] == self.path])
        self.compare_diagnostics(actual)
        wanted = 1 if expect_errors else 0
        if outcome.code != wanted:
            raise Failure(f"{command}: exit code {outcome.code}, expected {wanted}")
        return None

    def compare_diagnostics(self, actual):
        left = list(actual)
        for path, name, line, text in self.positioned():
            match = next((a for a in left if a[0] == name and a[1] == line and text in a[2] and a[3] == path), None)
            if match is None:
                near = [f"{a[3]}:{a[1]}: {a[0]}: {a[2]}" for a in left if a[0] != "note"]
                raise Failure(f"no {name} {shown(text)} at {path}:{line}; found {near or 'nothing'}")
            left.remove(match)
        for name, line, message, path in left:
            if name != "note":
                raise Failure(f"unexpected {name} at {path}:{line}: {message}")

    def positioned(self):
        """(path, name, line, text) of each expected diagnostic, in this file and those that it names."""
        paths = [self.path]
        for name in self.expected.texts("with"):
            paths.append(os.path.normpath(os.path.join(os.path.dirname(self.path), name)))
        for path in paths:
            for name, line, text in ex.load(os.path.join(tool.ROOT, path)).positioned():
                yield path, name, line, text

    def rewrite_diagnostics(self, actual):
        wants_notes = bool(self.expected.texts("note"))
        kept = [a for a in actual if a[1] > 0 and (a[0] != "note" or wants_notes)]
        self.store(ex.rewrite_positioned(self.expected, kept))

    # ---- OIR and explain

    def oir_of(self, name, after):
        outcome = tool.run([self.tenure, "oir", "--plain", f"--after={after}", self.path],
                           timeout=self.timeout)
        if outcome.code != 0:
            raise Failure(f"oir: exit code {outcome.code}, {shown(outcome.err)}")
        lines = outcome.out.split("\n")
        # Between backquotes if it is not a plain word, or one with a meaning in the text form.
        head = re.compile(r"^fn @(`?)" + re.escape(name) + r"\1\(")
        start = next((i for i, line in enumerate(lines) if head.match(line)), None)
        if start is None:
            raise Failure(f"oir: no function `{name}`")
        end = next(i for i in range(start, len(lines)) if lines[i] == "}")
        return [line.rstrip() for line in lines[start : end + 1]]

    def run_oir(self):
        blocks = self.expected.oir_blocks()
        bodies = [self.oir_of(block.name, block.after) for block in blocks]
        if self.update:
            return self.store(ex.rewrite_oir(self.expected, bodies))
        for block, body in zip(blocks, bodies):
            if block.body != body:
                raise Failure(first_difference(block.body, body, f"OIR of `{block.name}`"))
        return None

    def run_explain(self):
        outcome = tool.run([self.tenure, "explain", "--plain", self.path], timeout=self.timeout)
        if outcome.code != 0:
            raise Failure(f"explain: exit code {outcome.code}, {shown(outcome.err)}")
        beside = os.path.splitext(self.full_path)[0] + ".expected"
        actual = output_lines(outcome.out)
        if self.update:
            return ex.store(beside, actual)
        if not os.path.exists(beside):
            raise Failure("there is no .expected file beside it: ./dev update makes it")
        with open(beside, encoding="utf-8") as file:
            expected = output_lines(file.read())
        if expected != actual:
            raise Failure(first_difference(expected, actual, "explain"))
        return None

    # ---- engines

    def run_engines(self):
        """Every engine and level, each with and without stress; all must agree."""
        with tempfile.TemporaryDirectory(prefix="tenure-test-") as directory:
            outcomes = []
            in_process = [engine for engine in ("interp", "jit") if engine in self.engines]
            executables = "aot" in self.engines and self.expected.command == "run"
            for engine, level in itertools.product(in_process, (0, 2)):
                for mode in (PLAIN, STRESS):
                    outcomes.append(self.run_in_process(engine, level, mode))
                    if self.update:
                        return self.rewrite_output(outcomes[0][1])
                    self.compare(outcomes)
            for engine, left_out in self.with_less(in_process):
                outcomes.append(self.run_in_process(engine, 2, STRESS, left_out))
                self.compare(outcomes)
            for level in (0, 2) if executables else ():
                executable = os.path.join(directory, f"program{level}")
                built = tool.run([self.tenure, "build", f"-O{level}", *self.expected.memory_option, *self.expected.options,
                                   self.path, "-o", executable],
                                 timeout=self.timeout)
                if built.code != 0:
                    raise Failure(f"build -O{level}: exit code {built.code}, {shown(built.err)}")
                for mode in (PLAIN, STRESS, SLICED):
                    outcomes.append(self.run_executable(executable, level, mode))
                    self.compare(outcomes)
        return None

    def with_less(self, engines):
        """With which optimisations left out it runs too: one of each test in turn, or all."""
        choices = ["none", *("-" + name for name in OPTIMISATIONS)]
        if self.all_opts:
            return itertools.product(engines, choices)
        turn = zlib.crc32(self.path.encode()) % (len(choices) * len(engines) or 1)
        return [(engines[turn // len(choices)], choices[turn % len(choices)])] if engines else []

    def run_in_process(self, engine, level, mode, left_out=""):
        command = [self.tenure, self.expected.command, f"--engine={engine}", f"-O{level}", "--trace-drops",
                   "--leak-check", "--plain", f"--check={mode['check']}", *self.expected.memory_option,
                   *self.expected.options]
        if mode["gc"]:
            command.append(f"--gc-stress={mode['gc']}")
        label = f"{engine} -O{level}" + (" stressed" if mode["gc"] else "")
        if left_out:
            command.append(f"--opt={left_out}")
            label += f" --opt={left_out}"
        return label, tool.run(command + [self.path], self.expected.stdin, self.timeout)

    def run_executable(self, executable, level, mode):
        options = ["trace-drops", "leak-check", f"check={mode['check']}"]
        if mode["gc"]:
            options.append(f"gc-stress={mode['gc']}")
        if "slices" in mode:
            options.append("gc-threshold=1")
        label = f"aot -O{level}" + (" stressed" if mode["gc"] else " sliced" if "slices" in mode else "")
        return label, tool.run([executable], self.expected.stdin, self.timeout,
                               {"TENURE_OPTIONS": ",".join(options)})

    def compare(self, outcomes):
        label, outcome = outcomes[-1]
        first_label, first = outcomes[0]
        try:
            self.compare_expected(outcome)
            if trace_lines(first.err) != trace_lines(outcome.err):
                raise Failure(first_difference(trace_lines(first.err), trace_lines(outcome.err),
                                               f"drop trace (as of {first_label})"))
            if call_trace(first.err) != call_trace(outcome.err):
                raise Failure(first_difference(call_trace(first.err), call_trace(outcome.err),
                                               f"call trace (as of {first_label})"))
        except Failure as failure:
            raise Failure(f"{label}: {failure}") from None

    def compare_expected(self, outcome):
        if outcome.timed_out:
            raise Failure(f"not finished after {self.timeout} seconds")
        if outcome.crashed:
            raise Failure(f"crashed with code {outcome.code}: {shown(outcome.err[-400:], 400)}")
        expected = self.expected.output
        actual = output_lines(outcome.out)
        code = self.expected.exit_code
        if outcome.code != code and outcome.code in (1, 2, 101, 102):
            raise Failure(f"exit code {outcome.code}, expected {code}: {self.complaint(outcome.err)}")
        if expected != actual:
            raise Failure(first_difference(expected, actual, "output"))
        if outcome.code != code:
            raise Failure(f"exit code {outcome.code}, expected {code}")
        for text in self.expected.texts("stderr"):
            if text not in outcome.err:
                raise Failure(f"standard error lacks {shown(text)}: {self.complaint(outcome.err)}")
        report = self.expected.texts("report")
        if report and report != report_lines(outcome.err, self.path):
            raise Failure(first_difference(report, report_lines(outcome.err, self.path), "report"))
        if re.search(r"^leaked \d", outcome.err, re.MULTILINE):
            raise Failure(f"objects are left at exit: {self.complaint(outcome.err)}")
        trace = self.expected.texts("trace")
        if trace and trace != trace_lines(outcome.err):
            raise Failure(first_difference(trace, trace_lines(outcome.err), "drop trace"))

    @staticmethod
    def complaint(stderr):
        """What standard error says besides the drop trace, short."""
        lines = [line for line in stderr.split("\n") if line and not TRACE.match(line)]
        return shown(" / ".join(lines), 400)

    def rewrite_output(self, outcome):
        self.expected = ex.load(self.full_path)
        if output := self.expected.beside("output"):
            ex.store(output, output_lines(outcome.out))
        else:
            self.store(ex.rewrite_sequence(self.expected, "expect", output_lines(outcome.out)))
        self.store(ex.rewrite_exit(self.expected, outcome.code))
        if self.expected.texts("report"):
            lines = report_lines(outcome.err, self.path)
            self.store(ex.rewrite_sequence(self.expected, "report", lines))
        if self.expected.texts("trace"):
            self.store(ex.rewrite_sequence(self.expected, "trace", trace_lines(outcome.err)))

    def store(self, lines):
        if lines != self.expected.lines:
            ex.store(self.full_path, lines)
        self.expected = ex.load(self.full_path)



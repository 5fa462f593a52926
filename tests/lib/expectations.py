"""What a test program says about itself in its comments, and how `--update` rewrites it.

    // test: WHAT IT TESTS          the first line
    // rules: O-LIFE-1, O-LIFE-2    the rules that it is about
    print(x);  // expect: TEXT      standard output, in order; also on lines of its own
    // exit: 101                    the exit code, if it is not 0
    // stderr: SUBSTRING            somewhere in standard error
    // report: LINE                 all of standard error but the drop trace, in order; FILE stands for the program's path
    // memory: full                 how manual memory is checked (`--check-memory`), also in executables
    // trace: 4:5: drop H: end of block    the whole drop trace, in order, without the file
    // stdin: TEXT                  a line of standard input
    // input: FILE                  standard input is this file, which lies beside the program
    // output: FILE                 standard output is what this file says; `--update` rewrites it
    // command: test                it is run by `tenure test` instead of `run`; of a program that
                                    must fail: instead of `check`
    // error: SUBSTRING             directly above the line that the diagnostic speaks of;
    // warning: SUBSTRING           errors and warnings must all be expected, notes may be
    // note: SUBSTRING
    // with: FILE                   another file of the program, from the folder of this one, that says in the
                                    same way which diagnostics are expected in it
    // option: -I FOLDER            an option of the command, from the root of the project
    // oir: NAME [after=PASS]       the ownership IR of a function, in the comment lines below
"""

import difflib
import os
import re
from dataclasses import dataclass, field

DIRECTIVE = re.compile(r"//\s?(test|rules|expect|exit|stderr|report|memory|trace|stdin|input|output|command|with|option|error|warning|note|oir):(.*)$")
POSITIONED = ("error", "warning", "note")


@dataclass
class Directive:
    name: str
    text: str
    line: int  # index into lines, from 0
    column: int  # where the comment starts
    own_line: bool


@dataclass
class OirBlock:
    name: str
    after: str
    line: int  # of the directive, from 0
    end: int  # the line after the block
    body: list


@dataclass
class Expectations:
    lines: list
    directives: list = field(default_factory=list)
    folder: str = "."  # of the program

    def texts(self, name):
        return [d.text for d in self.directives if d.name == name]

    @property
    def title(self):
        return next(iter(self.texts("test")), "")

    @property
    def rules(self):
        return [r.strip() for text in self.texts("rules") for r in text.split(",") if r.strip()]

    @property
    def exit_code(self):
        codes = self.texts("exit")
        return int(codes[0]) if codes else 0

    @property
    def command(self):
        return next(iter(self.texts("command")), "run")

    @property
    def memory_option(self):
        return [f"--check-memory={level}" for level in self.texts("memory")]

    @property
    def options(self):
        return [word for text in self.texts("option") for word in text.split()]

    @property
    def failing_command(self):
        return next(iter(self.texts("command")), "check")

    def beside(self, name):
        """The path of the file that the directive `name` names, or None."""
        return next((os.path.join(self.folder, text) for text in self.texts(name)), None)

    @property
    def stdin(self):
        path = self.beside("input")
        if path is None:
            return "".join(text + "\n" for text in self.texts("stdin"))
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()

    @property
    def output(self):
        """The lines of standard output."""
        path = self.beside("output")
        if path is None:
            return self.texts("expect")
        with open(path, encoding="utf-8", newline="") as file:
            return file.read().removesuffix("\n").split("\n")

    def positioned(self):
        """(name, line from 1, text) of each expected diagnostic."""
        own = {d.line for d in self.directives if d.own_line and d.name in POSITIONED}
        found = []
        for d in self.directives:
            if d.name not in POSITIONED:
                continue
            line = d.line
            while d.own_line and line in own:
                line += 1
            found.append((d.name, line + 1, d.text))
        return found

    def oir_blocks(self):
        blocks = []
        for d in self.directives:
            if d.name != "oir":
                continue
            words = d.text.split(" after=")
            end = d.line + 1
            while end < len(self.lines) and self.lines[end].startswith("//"):
                if DIRECTIVE.match(self.lines[end]):
                    break
                end += 1
            body = [re.sub(r"^// ?", "", line) for line in self.lines[d.line + 1 : end]]
            after = words[1].strip() if len(words) > 1 else "elaborate"
            blocks.append(OirBlock(words[0].strip(), after, d.line, end, body))
        return blocks


def parse(text):
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    found = Expectations(lines)
    for index, line in enumerate(lines):
        match = DIRECTIVE.search(line)
        if not match:
            continue
        value = match.group(2)
        value = value[1:] if value.startswith(" ") else value
        own = line[: match.start()].strip() == ""
        name = match.group(1)
        if name not in ("expect", "stdin", "report"):
            value = value.strip()
        found.directives.append(Directive(name, value, index, match.start(), own))
    return found


def load(path):
    # A source may hold anything; directives are ASCII.
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        found = parse(file.read())
    found.folder = os.path.dirname(path)
    return found


def store(path, lines):
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write("\n".join(lines) + "\n")


def rewrite_sequence(expectations, name, actual):
    """The lines with the directives `name` saying `actual`, each kept where it stands if it can be."""
    old = [d for d in expectations.directives if d.name == name]
    lines = list(expectations.lines)
    after = {}  # line index: comments to put after it
    removed = set()
    matcher = difflib.SequenceMatcher(a=[d.text for d in old], b=actual, autojunk=False)
    last_line = old[0].line if old else len(lines) - 1
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        common = min(a1 - a0, b1 - b0)
        for k in range(common):
            d = old[a0 + k]
            if tag != "equal":
                lines[d.line] = lines[d.line][: d.column] + f"// {name}: {actual[b0 + k]}".rstrip()
            last_line = d.line
        for d in old[a0 + common : a1]:
            kept = lines[d.line][: d.column].rstrip()
            lines[d.line] = kept
            if not kept:
                removed.add(d.line)
        for text in actual[b0 + common : b1]:
            after.setdefault(last_line, []).append(f"// {name}: {text}".rstrip())
    return assemble(lines, removed, after)


def rewrite_exit(expectations, code):
    old = [d for d in expectations.directives if d.name == "exit"]
    lines = list(expectations.lines)
    if old and code == 0:
        return assemble(lines, {old[0].line}, {})
    if old:
        lines[old[0].line] = lines[old[0].line][: old[0].column] + f"// exit: {code}"
        return lines
    return lines + [f"// exit: {code}"] if code else lines


def rewrite_positioned(expectations, diagnostics):
    """`diagnostics`: (name, line from 1, message), in the numbering of the file as it is."""
    removed = {d.line for d in expectations.directives if d.own_line and d.name in POSITIONED}
    before = {}
    for name, line, message in diagnostics:
        source = expectations.lines[line - 1] if line <= len(expectations.lines) else ""
        indent = source[: len(source) - len(source.lstrip())]
        before.setdefault(line - 2, []).append(f"{indent}// {name}: {message}")
    return assemble(expectations.lines, removed, before)


def rewrite_oir(expectations, bodies):
    lines = list(expectations.lines)
    for block, body in reversed(list(zip(expectations.oir_blocks(), bodies))):
        lines[block.line + 1 : block.end] = [f"// {line}".rstrip() for line in body]
    return lines


def assemble(lines, removed, after):
    out = list(after.get(-1, []))
    for index, line in enumerate(lines):
        if index not in removed:
            out.append(line)
        out.extend(after.get(index, []))
    for index in sorted(after):
        if index >= len(lines):
            out.extend(after[index])
    return out

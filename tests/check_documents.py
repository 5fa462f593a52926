#!/usr/bin/env python3
"""The programs in the documents print what the documents say.

A fenced block `ng` or `tape` is a program. It must print what its `// expect: TEXT` comments say in order, or what
the fenced block `output` that follows it holds; one that is followed by a block `errors` must give these errors, a
part of a line each; any other must compile. `// exit: N` is its exit code, `// stderr: TEXT` a part of standard
error. A block `tape test` is run by `tenure test`. A piece that is no program is marked `ng fragment`.

A file that a document or a README names exists: a path from the top of the project, or the name of a file
that is somewhere in it.
"""

import argparse
import glob
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import expectations, tool  # noqa: E402

BLOCK = re.compile(r"^```([^\n`]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)


def blocks_of(path):
    """(line, word after the fence, text)"""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for match in BLOCK.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1).strip(), match.group(2)


# The words after the fence of what is run: the ending of the file and the command.
PROGRAMS = {"ng": (".ng", "run"), "tape": (".tape", "run"), "tape test": (".tape", "test")}


def problem_of(tenure, word, program, kind, said):
    ending, command = PROGRAMS[word]
    expected = expectations.parse(program)
    printed = expected.texts("expect")
    runs = command == "test" or kind == "output" or printed or expected.texts("exit")
    with tempfile.NamedTemporaryFile("w", suffix=ending, encoding="utf-8") as file:
        file.write(program)
        file.flush()
        options = [command, "--leak-check"] if runs else ["check"]
        outcome = tool.run([tenure, *options, "--plain", file.name])
    if kind == "errors":
        missing = [line for line in said.strip().split("\n") if line.strip() not in outcome.err]
        return f"no error {missing[0]!r}: {outcome.err[:200]!r}" if missing else None
    if not runs:
        return None if outcome.code == 0 else f"does not compile: {outcome.err[:200]!r}"
    wanted = said.rstrip("\n").split("\n") if kind == "output" else printed
    found = outcome.out.rstrip("\n").split("\n") if outcome.out else []
    unsaid = [text for text in expected.texts("stderr") if text not in outcome.err]
    if unsaid:
        return f"standard error lacks {unsaid[0]!r}: {outcome.err[:200]!r}"
    if found == wanted and outcome.code == expected.exit_code:
        return None
    return f"expected {wanted!r}, found {found!r}, code {outcome.code}: {outcome.err[:200]!r}"


NAMED_FILE = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:cpp|h|def|py|ng|tape|md|txt|expected))`")


def files_of_project():
    """Paths from the top of the project, without what is built."""
    found = set()
    for folder, folders, files in os.walk(tool.ROOT):
        folders[:] = [f for f in folders if not f.startswith((".", "build"))]
        found.update(os.path.relpath(os.path.join(folder, file), tool.ROOT) for file in files)
    return found


def missing_files(path, files):
    with open(path, encoding="utf-8") as file:
        named = set(NAMED_FILE.findall(file.read()))
    exists = lambda name: any(f == name or f.endswith("/" + name) for f in files)
    return sorted(name for name in named if not exists(name))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    tenure = os.path.join(os.path.abspath(arguments.build), "bin", "tenure")
    failed = 0
    documents = ["README.md"] + sorted(glob.glob("docs/*.md", root_dir=tool.ROOT))
    for document in documents:
        blocks = list(blocks_of(os.path.join(tool.ROOT, document)))
        blocks.append((0, "", ""))
        for (line, word, text), (_, next_word, next_text) in zip(blocks, blocks[1:]):
            if word not in PROGRAMS:
                continue
            kind = next_word if next_word in ("output", "errors") else ""
            problem = problem_of(tenure, word, text, kind, next_text)
            failed += problem is not None
            name = f"{document} line {line}"
            print(f"FAIL {name}: {problem}" if problem else f"ok {name}", flush=True)
    files = files_of_project()
    for document in sorted(f for f in files if f.endswith(".md")):
        missing = missing_files(os.path.join(tool.ROOT, document), files)
        failed += bool(missing)
        print(f"FAIL files of {document}: there is no {', '.join(missing)}" if missing else f"ok files of {document}")
    print("ok documents are there" if documents else "FAIL documents: none")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

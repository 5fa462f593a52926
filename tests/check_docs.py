#!/usr/bin/env python3
"""The programs in the documents run and print what they say.

Every ```ng block of README.md and docs/*.md is a program of its own; `// expect: TEXT` comments are its
output in order. Prints a line per failing block and `docs: N passed, M failed`.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def blocks(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for match in re.finditer(r"^```ng\n(.*?)^```", text, re.S | re.M):
        yield text.count("\n", 0, match.start()) + 1, match.group(1)


def main():
    tenure = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build", "bin", "tenure")
    passed = failed = 0
    for path in [os.path.join(ROOT, "README.md")] + sorted(glob.glob(os.path.join(ROOT, "docs", "*.md"))):
        for line, program in blocks(path):
            expected = re.findall(r"// expect: (.*)$", program, re.M)
            with tempfile.NamedTemporaryFile("w", suffix=".ng", encoding="utf-8") as file:
                file.write(program)
                file.flush()
                done = subprocess.run([tenure, "run", "--leak-check", file.name], capture_output=True, text=True,
                                      timeout=60)
            printed = done.stdout.splitlines()
            if done.returncode == 0 and printed == [text.rstrip() for text in expected]:
                passed += 1
            else:
                failed += 1
                print(f"{os.path.relpath(path, ROOT)}:{line}: exit {done.returncode}, printed {printed},"
                      f" expected {expected}\n{done.stderr}")
    print(f"docs: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

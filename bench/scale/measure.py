"""Compile time of generated programs of three sizes, and of C of the same size beside them."""
import os
import shutil
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generate  # noqa: E402

UNITS = (40, 200, 760)  # some 10,000, 50,000 and 200,000 lines

# Of each language: what is measured, the tool that it needs, and the command.
COMMANDS = {
    "ng": [("check", None, ["TENURE", "check", "SRC"]),
           ("build -O0", None, ["TENURE", "build", "SRC", "-O0", "-o", "OUT"]),
           ("build -O2", None, ["TENURE", "build", "SRC", "-O2", "-o", "OUT"])],
    "c": [("gcc -O0", "gcc", ["gcc", "-O0", "-g", "SRC", "-o", "OUT"]),
          ("clang -O0", "clang-19", ["clang-19", "-O0", "-g", "SRC", "-o", "OUT"]),
          ("gcc -O2", "gcc", ["gcc", "-O2", "-g", "SRC", "-o", "OUT"]),
          ("clang -O2", "clang-19", ["clang-19", "-O2", "-g", "SRC", "-o", "OUT"])],
}
COMMANDS["tape"] = COMMANDS["ng"]
NAMES = {"ng": "NG", "tape": "Tape", "c": "C"}


def measure_one(language, what, command, sources, options, run_once, folder, results):
    """The row of a table."""
    row = []
    for units, (source, lines) in zip(UNITS, sources):
        out = os.path.join(folder, "out")
        words = {"TENURE": options.tenure, "SRC": source, "OUT": out}
        argv = [words.get(word, word) for word in command]
        taken = [run_once(argv) for _ in range(options.runs)]
        seconds, processor, memory = (statistics.median(run[i] for run in taken) for i in range(3))
        row.append((lines, seconds, processor, memory))
        if "OUT" in command:  # it works, and is the same program in every language
            text = subprocess.run([out], stdout=subprocess.PIPE, check=True).stdout
            if results.setdefault(units, text) != text:
                sys.exit(f"{source}: the program prints something else")
    cells = " | ".join(f"{seconds:.2f} ({processor:.2f}), {memory:.0f}" for _, seconds, processor, memory in row)
    (small, least, _, _), (large, most, _, _) = row[0], row[-1]
    growth = (most / least) / (large / small)
    return f"| {NAMES[language]} {what} | {cells} | {growth:.2f} |"


def measure(options, run_once, folder):
    """Seconds (of all processors together), peak MiB, as lines of a table. `run_once` runs a command."""
    titles = " | ".join(f"{units} units" for units in UNITS)
    lines = [f"| | {titles} | growth of time by growth of size |", "|---|" + "---|" * (len(UNITS) + 1)]
    results = {}
    for language, commands in COMMANDS.items():
        sources = []
        for units in UNITS:
            text = generate.program(language, units)
            path = os.path.join(folder, f"scale{units}.{language}")
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            sources.append((path, text.count("\n")))
        counts = " | ".join(f"{count:,} lines" for _, count in sources)
        lines.append(f"| {NAMES[language]} | {counts} | |")
        for what, tool, command in commands:
            if tool is None or shutil.which(tool) is not None:
                print(f"measuring: {NAMES[language]} {what}", file=sys.stderr, flush=True)
                lines.append(measure_one(language, what, command, sources, options, run_once, folder, results))
    return lines

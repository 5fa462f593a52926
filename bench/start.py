"""How long it takes until a program of one line has said its word, or is built or checked.

A program in C that does the same is the measure of the system: nothing is started in less time. What gcc and clang need to make it
stands beside what `tenure build` needs. Each command is run as often as the others, in turns; the tables give the median and the
least of its runs.
"""
import itertools
import os
import shutil
import statistics
import subprocess
import sys

RUNS = 31
HELLO = 'print("hello");\n'
HELLO_C = '#include <stdio.h>\nint main(void) { puts("hello"); }\n'
COMPILERS = (("gcc -O2", "gcc-12"), ("clang -O2", "clang-19"))


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def commands(tenure, folder):
    """{what it is: what gives its command, which comes before each run}."""
    hello = write(os.path.join(folder, "hello.ng"), HELLO)
    source = write(os.path.join(folder, "hello.c"), HELLO_C)
    out = os.path.join(folder, "out")
    in_c = os.path.join(folder, "hello")
    subprocess.run([shutil.which("gcc-12") or "cc", "-O2", source, "-o", in_c], check=True)
    compiler = os.path.join(os.path.dirname(os.path.dirname(tenure)), "libexec", "tenure-compiler")
    turns = itertools.count()

    def run_changed():
        text = f'print("hello {os.getpid()} {next(turns)}");\n'  # unlike what earlier measurements ran
        return [tenure, "run", write(os.path.join(folder, "changed.ng"), text)]

    found = {
        "a program in C": lambda: [in_c],
        "`run`, unchanged (from the cache)": lambda: [tenure, "run", hello],
        "`run`, changed (compiled into the cache)": run_changed,
        "`run --no-cache` (the JIT)": lambda: [tenure, "run", "--no-cache", hello],
        "`build`": lambda: [tenure, "build", hello, "-o", out],
        "`build -O0`": lambda: [tenure, "build", "-O0", hello, "-o", out],
        "`check`": lambda: [tenure, "check", hello],
        "loading the compiler (`tenure-compiler --version`)": lambda: [compiler, "--version"],
    }
    for name, command in COMPILERS:
        if shutil.which(command):
            found[f"`{name}` of the program in C"] = lambda command=command: [command, "-O2", source, "-o", out]
    return found


def measure(options, run_once, folder):
    """Milliseconds on the clock, as lines of a table. `run_once` runs a command."""
    os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
    print("measuring: start", file=sys.stderr, flush=True)
    of_each = commands(options.tenure, folder)
    taken = {what: [] for what in of_each}
    for turn in range(RUNS + 1):
        for what, command in of_each.items():
            milliseconds = 1000 * run_once(command())[0]
            if turn > 0:  # the first finds nothing in memory
                taken[what].append(milliseconds)
    lines = ['| what, of `print("hello");` | median | least |', "|---|---|---|"]
    return lines + [f"| {what} | {statistics.median(runs):.2f} | {min(runs):.2f} |" for what, runs in taken.items()]

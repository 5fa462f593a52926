#!/usr/bin/env python3
"""Measurements against the peers: one command, one run, medians.

`./dev bench [NAME...]` installs the peers and calls this. Of each benchmark the programs are built first, then
run interleaved: the first of each, the second of each, and so on. Every program must print the same. Time is
wall clock; memory is the peak resident set that the kernel reports for the process.
"""
import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "scale"))
import measure as scale  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# How a language is built: the tool that it needs, and the command. SRC, OUT and CACHE are replaced.
BUILDS = {
    "tenure": ("tenure", ["TENURE", "build", "SRC", "-O2", "-o", "OUT"]),
    "tenure on": ("tenure", ["TENURE", "build", "SRC", "-O2", "--check-memory=on", "-o", "OUT"]),
    "tenure full": ("tenure", ["TENURE", "build", "SRC", "-O2", "--check-memory=full", "-o", "OUT"]),
    "c++": ("g++", ["g++", "-O2", "-std=c++20", "SRC", "-o", "OUT"]),
    "rust": ("rustc", ["rustc", "-O", "SRC", "-o", "OUT"]),
    "go": ("go", ["go", "build", "-o", "OUT", "SRC"]),
    "ocaml": ("ocamlopt", ["ocamlopt", "-O3", "-unsafe", "-inline", "100", "SRC", "-o", "OUT"]),
    "nim": ("nim", ["nim", "c", "-d:release", "--mm:orc", "--hints:off", "--nimcache:CACHE", "-o:OUT", "SRC"]),
}


def words_text(path):
    """50 MB of words of a vocabulary of 50,000, a few of them frequent; always the same."""
    rng = random.Random(1)
    vocabulary = ["".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 12)))
                  for _ in range(50000)]
    with open(path, "w", encoding="ascii") as file:
        size = 0
        while size < 50_000_000:
            line = " ".join(vocabulary[int(50000 * rng.random() ** 3)] for _ in range(1000))
            file.write(line + "\n")
            size += len(line) + 1


class Benchmark:
    def __init__(self, title, folder, base, programs, make_input=None):
        self.title = title
        self.folder = os.path.join(ROOT, "bench", folder)
        self.base = base  # the program that ratios are taken against
        self.programs = programs  # (name, language, file)
        self.make_input = make_input  # writes the file that the programs are given


def of_strings(name, title, make_input=None):
    languages = (("Tape", "tenure", "tape"), ("C++ std::string", "c++", "cpp"), ("Rust", "rust", "rs"),
                 ("Go", "go", "go"), ("Nim ORC", "nim", "nim"))
    return Benchmark(title, f"strings/{name}", "C++ std::string",
                     [(shown, language, f"{name}.{suffix}") for shown, language, suffix in languages], make_input)


BENCHMARKS = {
    "trees": Benchmark("binary-trees 16", "binary_trees", "C++ new/delete", [
        ("NG", "tenure", "binary_trees.ng"), ("C++ new/delete", "c++", "new_delete.cpp"),
        ("C++ shared_ptr", "c++", "shared_ptr.cpp"), ("Rust Box", "rust", "box.rs"), ("Rust Rc", "rust", "rc.rs"),
        ("OCaml", "ocaml", "trees.ml"), ("Nim ORC", "nim", "trees.nim")]),
    "manual": Benchmark("trees of manual memory, checked and not", "manual", "Tape, unchecked", [
        ("Tape, unchecked", "tenure", "trees.tape"), ("Tape, checked", "tenure on", "trees.tape"),
        ("Tape, fully checked", "tenure full", "trees.tape")]),
    "append": of_strings("append", "ten times a million appends"),
    "words": of_strings("words", "the most frequent word of 50 MB", words_text),
    "structs": of_strings("structs", "a million structs with strings, copied and changed"),
    "csv": of_strings("csv", "ten times 10 MB of CSV, joined and split"),
}


def build(name, language, source, folder, tenure):
    tool, command = BUILDS[language]
    if shutil.which(tenure if tool == "tenure" else tool) is None:
        print(f"{name}: {tool} is not there; left out")
        return None
    out = os.path.join(folder, "".join(c if c.isalnum() else "_" for c in name))
    copy = os.path.join(folder, os.path.basename(source))  # ocamlopt writes beside its source
    shutil.copy(source, copy)
    words = {"TENURE": tenure, "SRC": copy, "OUT": out}
    command = [words.get(w, w).replace("OUT", out).replace("CACHE", out + ".cache") for w in command]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        print(f"{name}: does not build; left out")
        return None
    return out


def run_once(launcher, program, arguments):
    """Seconds, seconds of the processors, peak memory in MiB, output."""
    report = launcher + ".report"
    done = subprocess.run([launcher, report, program, *arguments], stdout=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{program} ended with {done.returncode}")
    with open(report, encoding="ascii") as file:
        seconds, processor, kib = file.read().split()
    return float(seconds), float(processor), int(kib) / 1024, done.stdout


def measure(benchmark, options, launcher, folder):
    arguments = []
    if benchmark.make_input:
        arguments = [os.path.join(folder, "input")]
        benchmark.make_input(arguments[0])
    programs = []
    for name, language, file in benchmark.programs:
        program = build(name, language, os.path.join(benchmark.folder, file), folder, options.tenure)
        if program:
            programs.append((name, program))
    results = {name: [] for name, _ in programs}
    outputs = set()
    for _ in range(options.runs):
        for name, program in programs:
            seconds, _, memory, text = run_once(launcher, program, arguments)
            results[name].append((seconds, memory))
            outputs.add(text)
    if len(outputs) != 1:
        sys.exit("the programs do not print the same")
    medians = {n: (statistics.median(s for s, _ in r), statistics.median(m for _, m in r))
               for n, r in results.items()}
    base = medians.get(benchmark.base)
    print(f"\n{benchmark.title}, median of {options.runs}\n")
    print(f"| program | seconds | of {benchmark.base} | peak MiB |")
    print("|---|---|---|---|")
    for name, (seconds, memory) in sorted(medians.items(), key=lambda item: item[1][0]):
        ratio = f"{seconds / base[0]:.2f}" if base else "-"
        print(f"| {name} | {seconds:.3f} | {ratio} | {memory:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description="Measures against the peers.")
    parser.add_argument("--tenure", default=os.path.join(ROOT, "build", "bin", "tenure"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, "scale", []], help="which; all without")
    options = parser.parse_args()
    options.tenure = os.path.abspath(options.tenure)
    resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for name in options.names or [*BENCHMARKS, "scale"]:
        with tempfile.TemporaryDirectory() as folder:
            launcher = os.path.join(folder, "launch")
            subprocess.run(["gcc", "-O1", os.path.join(ROOT, "bench", "launch.c"), "-o", launcher], check=True)
            if name == "scale":
                scale.measure(options, run_once, launcher, folder)
            else:
                measure(BENCHMARKS[name], options, launcher, folder)


if __name__ == "__main__":
    main()

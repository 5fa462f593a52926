#!/usr/bin/env python3
"""Binary trees against the peers: one command, one run, medians.

`./dev bench` installs the peers and calls this. Programs are built first, then run interleaved: the
first of each, the second of each, and so on. Every program must print the same. Time is wall clock;
memory is the peak resident set that the kernel reports for the process.
"""
import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HERE = os.path.join(ROOT, "bench", "binary_trees")


def peers(tenure):
    """(name, tool it needs, command that builds it into OUT)."""
    src = lambda name: os.path.join(HERE, name)
    return [
        ("NG (tenure build -O2)", tenure, [tenure, "build", src("binary_trees.ng"), "-O2", "-o", "OUT"]),
        ("C++ new/delete", "g++", ["g++", "-O2", "-std=c++20", src("new_delete.cpp"), "-o", "OUT"]),
        ("C++ shared_ptr", "g++", ["g++", "-O2", "-std=c++20", src("shared_ptr.cpp"), "-o", "OUT"]),
        ("Rust Box", "rustc", ["rustc", "-O", src("box.rs"), "-o", "OUT"]),
        ("Rust Rc", "rustc", ["rustc", "-O", src("rc.rs"), "-o", "OUT"]),
        ("OCaml", "ocamlopt", ["ocamlopt", "-O3", "-unsafe", "-inline", "100", "ML", "-o", "OUT"]),
        ("Nim ORC", "nim", ["nim", "c", "-d:release", "--gc:orc", "--hints:off", "--nimcache:CACHE", "-o:OUT",
                            src("trees.nim")]),
    ]


def build(command, name, folder):
    out = os.path.join(folder, "".join(c if c.isalnum() else "_" for c in name))
    if "ML" in command:  # ocamlopt writes beside its source
        copy = os.path.join(folder, "trees.ml")
        shutil.copy(os.path.join(HERE, "trees.ml"), copy)
        command = [copy if word == "ML" else word for word in command]
    command = [w.replace("OUT", out).replace("CACHE", os.path.join(folder, "nimcache")) for w in command]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        return None
    return out


def run_once(launcher, program):
    """Seconds, peak memory in MiB, output."""
    report = launcher + ".report"
    done = subprocess.run([launcher, report, program], stdout=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{program} ended with {done.returncode}")
    with open(report, encoding="ascii") as file:
        seconds, kib = file.read().split()
    return float(seconds), int(kib) / 1024, done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenure", default=os.path.join(ROOT, "build", "bin", "tenure"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with tempfile.TemporaryDirectory() as folder:
        launcher = os.path.join(folder, "launch")
        subprocess.run(["gcc", "-O1", os.path.join(ROOT, "bench", "launch.c"), "-o", launcher], check=True)
        programs = []
        for name, tool, command in peers(options.tenure):
            if shutil.which(tool) is None:
                print(f"{name}: {os.path.basename(tool)} is not there; left out")
                continue
            program = build(command, name, folder)
            if program is None:
                print(f"{name}: does not build; left out")
            else:
                programs.append((name, program))
        results = {name: [] for name, _ in programs}
        outputs = set()
        for turn in range(options.runs):
            for name, program in programs:
                seconds, memory, text = run_once(launcher, program)
                results[name].append((seconds, memory))
                outputs.add(text)
            print(f"run {turn + 1} of {options.runs} done", flush=True)
    if len(outputs) != 1:
        sys.exit("the programs do not print the same")
    medians = {n: (statistics.median(s for s, _ in r), statistics.median(m for _, m in r))
               for n, r in results.items()}
    base = medians.get("C++ new/delete", (1.0, 1.0))
    print(f"\nbinary-trees 16, median of {options.runs}\n")
    print("| program | seconds | of C++ new/delete | peak MiB |")
    print("|---|---|---|---|")
    for name, (seconds, memory) in sorted(medians.items(), key=lambda item: item[1][0]):
        print(f"| {name} | {seconds:.3f} | {seconds / base[0]:.2f} | {memory:.1f} |")


if __name__ == "__main__":
    main()

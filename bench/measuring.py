"""Builds the programs of a benchmark, runs them interleaved, compares what they print, and takes medians.

What was built is kept in build/bench, under a name made of the source, the command and the version of the tool (of ours: its
time of making), so that a second measurement begins at once. `launch.c` starts each program: it is small, so that the
peak memory that the kernel reports is that of the program.
"""
import concurrent.futures
import glob
import hashlib
import os
import shutil
import statistics
import subprocess
import sys

import languages

BENCH = os.path.dirname(os.path.abspath(__file__))


class Result:
    """Of one program: every run's seconds and MiB, and what its numbers on standard error were."""

    def __init__(self):
        self.runs = []
        self.notes = []

    @property
    def seconds(self):
        return statistics.median(run[0] for run in self.runs)

    @property
    def memory(self):
        return statistics.median(run[1] for run in self.runs)


def parts_of(tenure):
    """Of our compiler: the front door, the compiler behind it, and what is linked."""
    home = os.path.dirname(os.path.dirname(tenure))
    return sorted([tenure, *glob.glob(os.path.join(home, "libexec", "*")), *glob.glob(os.path.join(home, "bin", "tenure*")),
                   *glob.glob(os.path.join(home, "lib", "libtenure_rt*.a"))])


class Workshop:
    """A folder with what was built and the launcher. `say` is called with what is left out, and why."""

    def __init__(self, folder, tenure, say):
        self.folder = folder
        self.tenure = tenure
        self.say = say
        self.made_at = [os.stat(path).st_mtime_ns for path in parts_of(tenure)]
        os.makedirs(folder, exist_ok=True)
        self.launcher = os.path.join(folder, "launch")
        subprocess.run(["gcc", "-O1", os.path.join(BENCH, "launch.c"), "-o", self.launcher], check=True)

    def key(self, program, source, extra):
        digest = hashlib.sha256()
        with open(source, "rb") as file:
            digest.update(file.read())
        for header in sorted(f for f in os.listdir(BENCH) if f.endswith(".h")):
            with open(os.path.join(BENCH, header), "rb") as file:
                digest.update(file.read())
        language = languages.LANGUAGES[program.language]
        digest.update(repr((os.path.basename(source), language.build, extra)).encode())
        if program.ours:
            digest.update(repr(self.made_at).encode())
        else:
            digest.update(languages.version(program.language, self.tenure).encode())
        return digest.hexdigest()[:20]

    def build(self, benchmark, program, extra=()):
        """The command that runs the program, or None. `extra`: more options of `tenure build`."""
        source = os.path.join(benchmark.folder, program.file)
        language = languages.LANGUAGES[program.language]
        missing = language.missing(self.tenure)
        if missing:
            self.say(f"{program.name}: {', '.join(missing)} is not there; left out")
            return None
        folder = os.path.join(self.folder, self.key(program, source, extra))
        out = os.path.join(folder, "program")
        words = {"TENURE": self.tenure, "SRC": os.path.join(folder, os.path.basename(source)), "OUT": out,
                 "CACHE": out + ".cache"}

        def spelled(word):
            name, colon, rest = word.partition(":")  # Nim's -o:OUT
            return words.get(word) or (name + colon + words[rest] if rest in words else word)

        if not os.path.exists(out):
            os.makedirs(folder, exist_ok=True)
            shutil.copy(source, folder)  # ocamlopt writes beside its source
            command = [spelled(w) for w in language.build] + list(extra)
            done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
            if done.returncode != 0:
                shutil.rmtree(folder)
                sys.stderr.write(done.stdout + done.stderr)
                self.say(f"{benchmark.title}, {program.name}: does not build; left out")
                return None
        run = [spelled(w) for w in language.run]
        return run

    def build_all(self, benchmark, programs):
        """[(program, command)] of those that could be built."""
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            commands = list(pool.map(lambda p: self.build(benchmark, p), programs))
        return [(p, c) for p, c in zip(programs, commands) if c]

    def arguments(self, benchmark, quick):
        if benchmark.make_input:
            path = os.path.join(self.folder, benchmark.name + ".input")
            if not os.path.exists(path):
                benchmark.make_input(path + ".new")
                os.rename(path + ".new", path)
            return [path]
        size = benchmark.sizes[1 if quick else 0]
        return size.split() if size else []

    def run_once(self, command):
        """Seconds, seconds of all processors, peak MiB, standard output, standard error."""
        report = self.launcher + ".report"
        program = shutil.which(command[0]) or command[0]  # the launcher looks nowhere
        done = subprocess.run([self.launcher, report, program, *command[1:]], capture_output=True, check=False)
        if done.returncode != 0:
            sys.stderr.write(done.stderr.decode(errors="replace"))
            sys.exit(f"{' '.join(command)} ended with {done.returncode}")
        with open(report, encoding="ascii") as file:
            seconds, processor, kib = file.read().split()
        return float(seconds), float(processor), int(kib) / 1024, done.stdout, done.stderr.decode(errors="replace")

    def measure(self, benchmark, options):
        """{program: Result}; the process ends if the programs do not print the same."""
        slow = ("java", "node") if options.quick else ()
        built = self.build_all(benchmark, [p for p in benchmark.programs if p.language not in slow])
        arguments = self.arguments(benchmark, options.quick)
        results = {program: Result() for program, _ in built}
        printed = {}
        for _ in range(options.runs):
            for program, command in built:
                seconds, _, memory, text, notes = self.run_once(command + arguments)
                results[program].runs.append((seconds, memory))
                results[program].notes.append(notes)
                printed.setdefault(text, program.name)
        if len(printed) > 1:
            sys.exit(f"{benchmark.title}: these do not print the same: {', '.join(printed.values())}")
        return results

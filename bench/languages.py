"""How a program of each language is built and run, and which version of its tools was there."""
import functools
import os
import re
import shutil
import subprocess

BENCH = os.path.dirname(os.path.abspath(__file__))


class Language:
    """`build` and `run` are commands, in which SRC, OUT, CACHE and FOLDER stand for the source, what is made, a folder for what comes
    of it on the way, and the folder that OUT is in. `tools`: what has to be there; `version`: what prints its version."""

    def __init__(self, tools, build, version, run=("OUT",)):
        self.tools = tools
        self.build = build
        self.version = version
        self.run = run

    def missing(self, tenure):
        return [t for t in self.tools if shutil.which(tenure if t == "tenure" else t) is None]


def of_tenure(*options):
    return Language(["tenure"], ["TENURE", "build", "SRC", "-O2", *options, "-o", "OUT"], ["TENURE", "--version"])


INCLUDE = "-I" + BENCH

LANGUAGES = {
    "tenure": of_tenure(),
    "tenure on": of_tenure("--check-memory=on"),
    "tenure full": of_tenure("--check-memory=full"),
    "c++": Language(["g++"], ["g++", "-O2", "-std=c++20", INCLUDE, "SRC", "-o", "OUT"], ["g++", "--version"]),
    "clang": Language(["clang++-19"], ["clang++-19", "-O2", "-std=c++20", INCLUDE, "SRC", "-o", "OUT"],
                      ["clang++-19", "--version"]),
    "rust": Language(["rustc"], ["rustc", "-O", "SRC", "-o", "OUT"], ["rustc", "--version"]),
    "go": Language(["go"], ["go", "build", "-o", "OUT", "SRC"], ["go", "version"]),
    "ocaml": Language(["ocamlopt"], ["ocamlopt", "-O3", "-unsafe", "-inline", "100", "unix.cmxa", "SRC", "-o", "OUT"],
                      ["ocamlopt", "--version"]),
    "nim": Language(["nim"], ["nim", "c", "-d:release", "--mm:orc", "--hints:off", "--nimcache:CACHE", "-o:OUT", "SRC"],
                    ["nim", "--version"]),
    # Recursion as deep as in the other languages needs a stack as large.
    "java": Language(["javac", "java"], ["javac", "-d", "OUT", "SRC"], ["java", "-version"],
                     ["java", "-Xss1g", "-cp", "OUT", "Main"]),
    "node": Language(["node"], ["cp", "SRC", "OUT"], ["node", "--version"], ["node", "--stack-size=500000", "OUT"]),
}


@functools.lru_cache(None)
def version(language, tenure):
    """The line in which the tool says its version, in short."""
    command = [tenure if w == "TENURE" else w for w in LANGUAGES[language].version]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    line = done.stdout.splitlines()[0] if done.stdout else "unknown"
    return re.sub(r" \(.*?\)| \[.*?\]|go version | Compiler Version|\"", "", line).strip()

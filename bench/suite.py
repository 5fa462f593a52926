"""What is measured: groups of benchmarks, each a program in several languages that prints the same in each.

A program is given its size as an argument, so that the same source serves the measurement, `--quick` and instruction counts.
"""
import os
import random

BENCH = os.path.dirname(os.path.abspath(__file__))

# What a peer's name says of its memory: it is freed by the program or by counting. The others have a tracing collector.
FREES = ("C++", "clang", "Rust", "Nim")


class Program:
    def __init__(self, name, language, file):
        self.name = name
        self.language = language
        self.file = file

    @property
    def ours(self):
        return self.language.startswith("tenure")

    @property
    def frees(self):
        return self.name.startswith(FREES)


class Benchmark:
    def __init__(self, name, title, folder, programs, size=None, quick=None, make_input=None):
        self.name = name
        self.title = title
        self.folder = os.path.join(BENCH, folder)
        self.programs = [Program(*p) for p in programs]
        self.sizes = (size, quick or size)  # as the arguments of the program, with blanks between them; none without
        self.make_input = make_input        # writes the file that the programs are given instead


class Group:
    def __init__(self, name, title, benchmarks, against_peers=True, notes=None):
        self.name = name
        self.title = title
        self.benchmarks = benchmarks
        self.against_peers = against_peers
        self.notes = notes  # titles of the numbers that the programs write to standard error


# Of each language: what it is called, how it is built, and how the file ends.
SUFFIXES = {
    "NG": ("tenure", ".ng"), "NG, wrapping": ("tenure", "_wrapping.ng"), "Tape": ("tenure", ".tape"),
    "C++": ("c++", ".cpp"), "C++ stable_sort": ("c++", "_stable.cpp"), "C++ shared_ptr": ("c++", "_shared.cpp"), "C++ counted": ("c++", "_counted.cpp"),
    "clang": ("clang", ".cpp"), "clang, checked": ("clang", "_checked.cpp"),
    "Rust": ("rust", ".rs"), "Rust Box": ("rust", ".rs"), "Rust Rc": ("rust", "_rc.rs"),
    "OCaml": ("ocaml", ".ml"), "Nim ORC": ("nim", ".nim"), "Go": ("go", ".go"), "Java": ("java", ".java"),
    "Node": ("node", ".js"),
}


def programs(base, *names):
    return [(name, SUFFIXES[name][0], base + SUFFIXES[name][1]) for name in names
            if os.path.exists(os.path.join(BENCH, base + SUFFIXES[name][1]))]


ALL = tuple(SUFFIXES)


def simple(name, title, folder, size, quick, names=ALL):
    base = f"{folder}/{name}"
    found = [(shown, language, os.path.basename(file)) for shown, language, file in programs(f"{base}/{name}", *names)]
    return Benchmark(name, title, base, found, size, quick)


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


def of_strings(name, title, make_input=None):
    benchmark = simple(name, title, "strings", None, None, ("Tape", "C++", "Rust", "Go", "Nim ORC"))
    benchmark.make_input = make_input
    return benchmark


HEAP = ("NG", "C++", "C++ counted", "C++ shared_ptr", "Rust Box", "Rust Rc", "OCaml", "Nim ORC", "Go", "Java", "Node")
VALUES = ("NG", "C++", "C++ stable_sort", "Rust", "OCaml", "Nim ORC", "Go", "Java", "Node")
NUMERIC = ("NG", "NG, wrapping", "Tape", "clang, checked", "clang", "C++", "Rust", "OCaml", "Nim ORC", "Go", "Java", "Node")


def trees(name, depth, quick):
    benchmark = simple("trees", f"binary-trees {depth}", "memory", depth, quick, HEAP)
    benchmark.name = name
    return benchmark


GROUPS = [
    Group("trees", "Binary trees, one heap object for each node", [trees("trees16", "16", "14"), trees("trees18", "18", "14")]),
    Group("death", "The end of many objects", [
        simple("death", "a list and a tree of 10 million nodes are made and ended", "memory", "10000000", "2000000",
               ("NG", "C++", "Rust Box", "Nim ORC"))],
        against_peers=False, notes=("list, ns a node", "tree, ns a node")),
    Group("perceus", "The five programs of the Perceus paper", [
        simple("rbtree", "rbtree: insertions into a red-black tree", "perceus", "1000000", "200000", HEAP),
        simple("rbtree_ck", "rbtree-ck: the same, every fifth tree is kept", "perceus", "500000", "100000", HEAP),
        simple("deriv", "deriv: symbolic derivatives of x^x", "perceus", "9", "8", HEAP),
        simple("nqueens", "nqueens: lists that share their ends", "perceus", "12", "10", HEAP),
        simple("cfold", "cfold: constant folding", "perceus", "20", "17", HEAP)]),
    Group("data", "Data", [
        simple("list", "a list of 10 million built, reversed, summed, dropped", "data", "10000000", "2000000", HEAP),
        simple("map", "a map of a million strings", "data", "1000000", "200000", VALUES),
        simple("sort", "sorting 5 million structs", "data", "5000000", "1000000", VALUES)]),
    Group("cycles", "Cycles", [
        simple("graph", "a million rings of ten objects made and abandoned, while a ring of a million lives", "cycles",
               "1000000 1000000 10", "200000 300000 10", HEAP)],
        notes=("median turn, ns", "99 of 100, ns", "longest, ns")),
    Group("numeric", "Numbers", [
        simple("nbody", "n-body", "numeric", "5000000", "1000000", NUMERIC),
        simple("spectral", "spectral-norm", "numeric", "2000", "700", NUMERIC),
        simple("fib", "fib", "numeric", "40", "35", NUMERIC)]),
    Group("strings", "Strings of Tape", [
        of_strings("append", "ten times a million appends"),
        of_strings("words", "the most frequent word of 50 MB", words_text),
        of_strings("structs", "a million structs with a short string, copied and changed"),
        of_strings("csv", "ten times 10 MB of CSV, joined and split")]),
    Group("manual", "Checked manual memory", [
        Benchmark("manual", "binary-trees 16 in Tape on mem.alloc and mem.free", "manual", [
            ("Tape, unchecked", "tenure", "trees.tape"), ("Tape, checked", "tenure on", "trees.tape"),
            ("Tape, fully checked", "tenure full", "trees.tape")])], against_peers=False),
]

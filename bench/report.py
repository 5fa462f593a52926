"""Tables in Markdown of what was measured, and their place in docs/performance.md: between two comments that name the part."""
import math
import os
import re
import statistics

import languages
import suite


def seconds(value):
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def best(results, wanted):
    """(program, Result) of the fastest one that `wanted` is true of, or None."""
    among = [(p, r) for p, r in results.items() if wanted(p)]
    return min(among, key=lambda item: item[1].seconds) if among else None


def group_table(measured):
    """One row a program, one column a benchmark: seconds, and the peak MiB in parentheses."""
    names = []
    for _, results in measured:
        names += [p.name for p in results if p.name not in names]
    names.sort(key=lambda name: (list(suite.SUFFIXES).index(name) if name in suite.SUFFIXES else -1))
    lines = ["| | " + " | ".join(b.name for b, _ in measured) + " |", "|---|" + "---|" * len(measured)]
    for name in names:
        cells = []
        for _, results in measured:
            found = [r for p, r in results.items() if p.name == name]
            cells.append(f"{seconds(found[0].seconds)} ({found[0].memory:.0f})" if found else "–")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def ratio_table(measured):
    """Ours against the fastest peer, and against the fastest that frees its memory."""
    ratios = {}
    lines = ["| | ours | best peer | ratio | best that frees its memory | ratio |", "|---|---|---|---|---|---|"]
    for benchmark, results in measured:
        peers = [best(results, lambda p: not p.ours), best(results, lambda p: not p.ours and p.frees)]
        for program, result in results.items():
            if not program.ours:
                continue
            cells = []
            for peer in peers:
                cells += [peer[0].name, f"{result.seconds / peer[1].seconds:.2f}"] if peer else ["–", "–"]
            lines.append(f"| {benchmark.name} | {program.name} | " + " | ".join(cells) + " |")
            ratios.setdefault(program.name, []).append([result.seconds / p[1].seconds for p in peers if p])
    for name, found in ratios.items():
        if len(found) > 1:
            means = [f"{geometric_mean(column):.2f}" for column in zip(*found)]
            lines.append(f"| geometric mean | {name} | | " + " | | ".join(means) + " |")
    return lines


def notes_table(titles, results):
    """Medians of the numbers that the programs wrote to standard error."""
    lines = ["| | " + " | ".join(titles) + " |", "|---|" + "---|" * len(titles)]
    for program, result in results.items():
        runs = [notes.split()[-len(titles):] for notes in result.notes]
        cells = [statistics.median(float(run[i]) for run in runs) for i in range(len(titles))]
        lines.append(f"| {program.name} | " + " | ".join(f"{c:,.1f}" if c < 100 else f"{c:,.0f}" for c in cells) + " |")
    return lines


def clang_table(measured):
    """The same program by the same optimiser: what our code costs over clang's, and what checks cost in NG."""
    pairs = (("NG", "clang, checked"), ("Tape", "clang"), ("NG", "NG, wrapping"))
    lines = ["| | " + " | ".join(f"{ours} / {other}" for ours, other in pairs) + " |", "|---|" + "---|" * len(pairs)]
    for benchmark, results in measured:
        times = {p.name: r.seconds for p, r in results.items()}
        cells = [f"{times[a] / times[b]:.2f}" if a in times and b in times else "–" for a, b in pairs]
        lines.append(f"| {benchmark.name} | " + " | ".join(cells) + " |")
    return lines


def geometric_mean(numbers):
    return math.exp(sum(math.log(n) for n in numbers) / len(numbers))


def machine():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    return f"{model.group(1) if model else 'unknown processor'}, {os.cpu_count()} processors, {os.uname().sysname} {os.uname().release}"


def tools_table(tenure):
    """Of all that is there, whatever is measured."""
    lines = [f"Machine: {machine()}.", "", "| language | version | built with |", "|---|---|---|"]
    for name in languages.LANGUAGES:
        if not languages.LANGUAGES[name].missing(tenure):
            build = " ".join(w for w in languages.LANGUAGES[name].build if not w.startswith("-I/"))
            lines.append(f"| {name} | {languages.version(name, tenure)} | `{build}` |")
    return lines


def replace_part(path, name, lines):
    """Puts the lines between `<!-- bench: NAME -->` and `<!-- end -->` of the file, which has to have them."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    pattern = re.compile(rf"(<!-- bench: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{path} has no part `<!-- bench: {name} -->`")
    text = pattern.sub(lambda m: m.group(1) + "\n".join(lines) + "\n" + m.group(2), text, count=1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)

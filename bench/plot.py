"""A plot of a group as SVG: for each program a bar as long as its time is a multiple of the best peer's. Written by hand, so that it needs
nothing and changes as little as the numbers do; its colours follow the reader's, light or dark."""
from xml.sax.saxutils import escape

WIDTH = 760
NAMES = 130        # where bars begin
BARS = 520         # the width of the longest
MOST = 4.0         # multiples; what is longer is cut off and says its number
ROW, BAR, HEADING = 17, 11, 30

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .heading { font-weight: 600 }
  .number { fill: #59636e }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  .best { stroke: #59636e; stroke-width: 1 }
  .peer { fill: #a8b3bf }
  .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .number { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .best { stroke: #9198a1 }
    .peer { fill: #59636e }
    .ours { fill: #4493f8 }
  }
"""


def at(multiple):
    return NAMES + min(multiple, MOST) / MOST * BARS


def number_at(multiple):
    """Behind the bar, but not across the line of the best peer."""
    crosses = multiple < 1 < multiple + 36 / BARS * MOST
    return at(1 if crosses else multiple) + 6


def bar(y, program, result, best):
    multiple = result.seconds / best
    kind = "ours" if program.ours else "peer"
    more = " →" if multiple > MOST else ""
    return [f'<text x="{NAMES - 8}" y="{y + 10}" text-anchor="end">{escape(program.name)}</text>',
            f'<rect class="{kind}" x="{NAMES}" y="{y}" width="{at(multiple) - NAMES:.1f}" height="{BAR}" rx="2"/>',
            f'<text class="number" x="{number_at(multiple):.1f}" y="{y + 10}">{multiple:.2f}{more}</text>']


def panel(y, benchmark, results):
    """The bars of one benchmark, the fastest first; gives them and where they end."""
    peers = [r.seconds for p, r in results.items() if not p.ours] or [r.seconds for r in results.values()]
    best = min(peers)
    rows = sorted(results.items(), key=lambda item: item[1].seconds)
    top, bottom = y + HEADING - 6, y + HEADING + len(rows) * ROW
    out = [f'<text class="heading" x="{NAMES}" y="{y + 18}">{escape(benchmark.title)}</text>']
    for multiple in range(1, int(MOST) + 1):
        kind = "best" if multiple == 1 else "grid"
        out.append(f'<line class="{kind}" x1="{at(multiple):.1f}" y1="{top}" x2="{at(multiple):.1f}" y2="{bottom}"/>')
    for index, (program, result) in enumerate(rows):
        out += bar(y + HEADING + index * ROW, program, result, best)
    return out, bottom + 8


def write(path, measured):
    body, y = [], 0
    for benchmark, results in measured:
        if results:
            lines, y = panel(y, benchmark, results)
            body += lines
    label = "Time as a multiple of the best peer's; shorter is better"
    body.append(f'<text class="number" x="{NAMES}" y="{y + 14}">{label}</text>')
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 24}" width="{WIDTH}" height="{y + 24}" role="img" '
                   f'aria-label="{label}">\n<style>{STYLE}</style>\n' + "\n".join(body) + "\n</svg>\n")

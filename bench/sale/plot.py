#!/usr/bin/env python3
"""The pictures of a run, for light and dark pages: python3 bench/sale/plot.py sale.json FOLDER"""
import math
import os
import sys

from figures import NAMES, Figures, number

WIDTH, HEIGHT = 800, 390
LEFT, RIGHT, TOP, BOTTOM = 70, 530, 62, 340

# The colours of the house's other pictures, on light and on dark paper.
STYLE = """
svg{--paper:#fdfcf9;--ink:#1d2733;--soft:#5b6876;--grid:#e2ddd2;
--ours:#c2570a;--sqlite:#0b5fa5;--postgres:#6f4fb3;--service:#a58ad6;--redis:#b3264d;--off:#d9819b}
@media(prefers-color-scheme:dark){svg{--paper:#11141a;--ink:#ebe8e1;--soft:#9ba5b4;--grid:#2a313c;
--ours:#f0a03c;--sqlite:#5ba7e8;--postgres:#a98bf0;--service:#7d68b5;--redis:#f0708f;--off:#a8566c}}
text{font:14px 'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif;fill:var(--ink)}
.title{font-size:17px;font-weight:700}.faint{fill:var(--soft);font-size:13px}
.grid{stroke:var(--grid)}.line{fill:none;stroke-width:2}.ours{stroke-width:4}
"""
COLOURS = {"ours": "ours", "sqlite": "sqlite", "sqlite_batch": "sqlite", "postgres": "postgres",
           "postgres_service": "service", "redis_always": "redis", "redis_off": "off"}


def decades(least, most):
    return range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)


class Plot:
    """Lines over two logarithmic axes; labels stand at the ends of the lines."""

    def __init__(self, title, x_label, y_label, series):
        self.title = title
        self.series = {name: points for name, points in series.items() if points}
        xs = [x for points in self.series.values() for x, _ in points]
        ys = [y for points in self.series.values() for _, y in points]
        self.x_range = (math.log10(min(xs)), max(math.log10(max(xs)), math.log10(min(xs)) + 0.01))
        self.steps = decades(min(ys), max(ys))
        self.parts = [f'<text class="title" x="16" y="24">{title}</text>',
                      f'<text class="faint" x="16" y="42">{y_label}</text>',
                      f'<text class="faint" x="{RIGHT}" y="{BOTTOM + 38}" text-anchor="end">'
                      f"{x_label}</text>"]
        self.grid(sorted(set(xs)))

    def x(self, value):
        low, high = self.x_range
        return LEFT + (math.log10(value) - low) / (high - low) * (RIGHT - LEFT)

    def y(self, value):
        low, high = self.steps[0], max(self.steps[-1], self.steps[0] + 1)
        return BOTTOM - (math.log10(value) - low) / (high - low) * (BOTTOM - TOP)

    def grid(self, xs):
        for step in self.steps:
            at = self.y(10 ** step)
            self.parts.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{RIGHT}"/>'
                              f'<text class="faint" x="{LEFT - 8}" y="{at + 4:.1f}" '
                              f'text-anchor="end">{number(10 ** step).replace(" ", "")}</text>')
        for value in xs:
            self.parts.append(f'<text class="faint" x="{self.x(value):.1f}" y="{BOTTOM + 20}" '
                              f'text-anchor="middle">{number(value).replace(" ", "")}</text>')

    def draw(self):
        ends = sorted((self.y(points[-1][1]), name) for name, points in self.series.items())
        label_at = -math.inf
        for end, name in ends:
            points, colour = self.series[name], f"var(--{COLOURS.get(name, 'soft')})"
            path = "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)
            ours = " ours" if name == "ours" else ""
            self.parts.append(f'<path class="line{ours}" style="stroke:{colour}" d="M{path}"/>')
            self.parts += [f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3" '
                           f'style="fill:{colour}"/>' for x, y in points]
            label_at = max(end + 4, label_at + 17)
            last = self.x(points[-1][0])
            self.parts.append(f'<path d="M{last + 4:.1f} {end:.1f}L{RIGHT + 14} {label_at - 4:.1f}" '
                              f'style="stroke:{colour};stroke-opacity:.5"/>')
            weight = ' font-weight="700"' if ours else ""
            self.parts.append(f'<text x="{RIGHT + 18}" y="{label_at:.1f}"{weight}>'
                              f"{NAMES[name]}</text>")
        body = "\n".join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
                f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img">\n<title>{self.title}</title>\n'
                f"<style>{STYLE}</style>\n"
                f'<rect width="{WIDTH}" height="{HEIGHT}" rx="10" style="fill:var(--paper)"/>\n'
                f"{body}\n</svg>\n")


def points(figures, scenario, contestant, name, prefix=""):
    found = []
    for at in figures.places(scenario, contestant):
        value = figures.median(scenario, contestant, at, name)
        if at.startswith(prefix) and value:
            found.append((float(at.removeprefix(prefix)), value))
    return sorted(found)


def series(figures, scenario, name, prefix="", left_out=()):
    return {who: points(figures, scenario, who, name, prefix)
            for who in figures.contestants(scenario) if who not in left_out}


def carried(figures):
    """p99 by rate, as far as the rate could be kept."""
    found = {}
    for who in figures.contestants("open_loop"):
        found[who] = [(rate, value / 1e3)
                      for rate, value in points(figures, "open_loop", who, "hold_p99_us")
                      if figures.median("open_loop", who, f"{rate:g}", "carried") == 1]
    return found


def main():
    figures, folder = Figures(sys.argv[1]), sys.argv[2]
    plots = {
        "callers": ("Two seats held, by blocking callers at once", "callers", "holds a second",
                    series(figures, "callers", "hold_per_s", left_out=("array", "disk"))),
        "latency": ("How long a hold takes, by how many are asked for", "holds asked for, a second",
                    "p99 in ms, from when each was due", carried(figures)),
        "growth": ("What a sale costs as the hall grows", "seats of a hall",
                   "processor time of a hold and its payment, us",
                   series(figures, "growth", "sale_cpu_us", "seats ")),
    }
    for name, (title, x_label, y_label, lines) in plots.items():
        if not any(lines.values()):
            continue
        with open(os.path.join(folder, f"sale-{name}.svg"), "w", encoding="utf-8") as file:
            file.write(Plot(title, x_label, y_label, lines).draw())


if __name__ == "__main__":
    main()

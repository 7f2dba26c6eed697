#!/usr/bin/env python3
"""How much faster a build over the last one is than Hugo's, and how soon a saved file is served.

  python3 benches/peers/again.py [--guides 10000] [--rounds 5] [--work /dev/shm/galen-bench]

Run benches/peers/run.py with the same --guides and --work first: it makes the sites. Each round takes one
time of each kind, one after the other, whole processes; the table has medians and their ratios to Hugo's.
"""
import argparse, http.client, os, shutil, socket, statistics, subprocess, threading, time
from run import galen, hugo

def timed(command, cwd):
    start = time.monotonic()
    pid = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = pid.stderr.read()
    _, status, use = os.wait4(pid.pid, 0)
    pid.returncode = os.waitstatus_to_exitcode(status)
    assert pid.returncode == 0, said.decode()
    return time.monotonic() - start, use.ru_maxrss / 1024

def change(path, how):
    text = open(path, encoding="utf-8").read()
    open(path, "w", encoding="utf-8").write(how(text))

def looked(site):
    """A stat of every file of the site and its output by two threads, and one read of the manifest."""
    def one(roots):
        subprocess.run(["find"] + roots + ["-printf", "%s %T@ %C@ %i\n"], cwd=site, stdout=subprocess.DEVNULL, check=True)
    start = time.monotonic()
    threads = [threading.Thread(target=one, args=(roots,)) for roots in (["content", "themes"], ["public"])]
    [t.start() for t in threads]; [t.join() for t in threads]
    cache = os.path.join(site, ".galen/cache")
    for name in os.listdir(cache):
        if name.endswith("-manifest"): open(os.path.join(cache, name), "rb").read()
    return time.monotonic() - start

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0)); return s.getsockname()[1]

def served(program, site, guide, url, rounds):
    port = free_port()
    server = subprocess.Popen([program, "serve", "-p", str(port)], cwd=site, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        def get():
            nonlocal link
            try:
                link.request("GET", url); return link.getresponse().read()
            except (OSError, http.client.HTTPException):
                link.close(); link = http.client.HTTPConnection("127.0.0.1", port, timeout=60); return b""
        while len(get()) < 1000: time.sleep(0.05)
        time.sleep(3)
        times = []
        for number in range(rounds):
            mark = "Saved%d" % time.monotonic_ns()
            change(guide, lambda text: text + "\nA line %s more.\n" % mark)
            start = time.monotonic()
            while mark.encode() not in get(): time.sleep(0.0002)
            times.append(time.monotonic() - start)
            time.sleep(0.5)
        return times
    finally:
        server.terminate(); server.wait()

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--guides", type=int, default=10000)
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--work", default="/dev/shm/galen-bench")
    a = ap.parse_args()
    program, other = galen(), hugo(a.work)
    site = os.path.join(a.work, "again")
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(os.path.join(a.work, "galen"), site, ignore=shutil.ignore_patterns("public", ".galen"))
    guides = sorted(os.path.join(d, f) for d, _, fs in os.walk(os.path.join(site, "content")) for f in fs if f.startswith("g0"))
    assert len(guides) == a.guides, "%d guides, not %d: run run.py first" % (len(guides), a.guides)
    guide = guides[len(guides) // 2]
    url = "/" + os.path.relpath(guide, os.path.join(site, "content/guides"))[:-3] + "/"
    footer = next(os.path.join(d, f) for d, _, fs in os.walk(os.path.join(site, "themes")) for f in fs if f in ("footer.html", "base.html"))
    body = lambda: change(guide, lambda text: text + "\nOne more line %d.\n" % time.monotonic_ns())
    def title():
        def new(text):
            lines = text.split("\n")
            at = next(i for i, line in enumerate(lines) if line.startswith("title:"))
            lines[at] = 'title: "A title %d"' % time.monotonic_ns()
            return "\n".join(lines)
        change(guide, new)
    template = lambda: change(footer, lambda text: text + "\n{# %d #}" % time.monotonic_ns() + "<!-- -->")
    build = [program, "build", "-q"]
    subprocess.run(build, cwd=site, check=True); time.sleep(0.1); subprocess.run(build, cwd=site, check=True)
    kinds = {
        "hugo --minify": (lambda: None, [other, "--minify", "--quiet"], os.path.join(a.work, "hugo")),
        "nothing changed": (lambda: None, build, site),
        "one body": (body, build, site),
        "one title": (title, build, site),
    }
    times = {kind: [] for kind in kinds}; memory = {kind: 0 for kind in kinds}
    looks = []
    for _ in range(a.rounds):
        for kind, (prepare, command, cwd) in kinds.items():
            prepare(); time.sleep(0.1)
            took, peak = timed(command, cwd)
            times[kind].append(took); memory[kind] = max(memory[kind], peak)
        looks.append(looked(site))
    base = statistics.median(times["hugo --minify"])
    print("%-24s %10s %10s %8s %8s" % ("%d guides" % a.guides, "ms", "min", "faster", "MB"))
    for kind, all in times.items():
        print("%-24s %10.1f %10.1f %7.0fx %8.0f" % (kind, statistics.median(all) * 1e3, min(all) * 1e3, base / statistics.median(all), memory[kind]))
    print("%-24s %10.1f %10.1f" % ("a stat of all (find x2)", statistics.median(looks) * 1e3, min(looks) * 1e3))
    template(); time.sleep(0.1)
    again, _ = timed(build, site)
    for name in ("public", ".galen"): shutil.rmtree(os.path.join(site, name), ignore_errors=True)
    clean, _ = timed(build, site)
    print("%-24s %10.1f   %.2f of a full build (%.0f ms)" % ("footer template", again * 1e3, again / clean, clean * 1e3))
    saved = served(program, site, guide, url, 2 * a.rounds)
    print("%-24s %10.1f %10.1f   (max %.1f)" % ("saved to served", statistics.median(saved) * 1e3, min(saved) * 1e3, max(saved) * 1e3))

if __name__ == "__main__":
    main()

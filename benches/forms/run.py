#!/usr/bin/env python3
"""How many enquiries `galen forms` keeps in a second, beside a bare SQLite that commits the same rows.

  python3 benches/forms/run.py [--seconds 8] [--senders 64] [--work DIR] [--rounds 3]

Needs `wrk` (Debian's package) and a release build. Both write to the same disk with full sync. The bare SQLite has no
HTTP, no checks and no sealing: as many rows as there are senders wait and are committed together, one group after the
other. Its time for a group is what the last of a group waits, so its p99 is that of the groups.
"""
import argparse, os, shutil, sqlite3, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

def bare(folder, seconds, senders):
    """Galen's own tables, and rows like those that it has just kept."""
    model = sqlite3.connect(os.path.join(folder, "site/.galen/forms/enquiries.sqlite"))
    base = sqlite3.connect(os.path.join(folder, "bare.sqlite"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"): base.execute("PRAGMA " + pragma)
    for (sql,) in model.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"): base.execute(sql)
    for table in ("data_keys", "wordings"):
        for row in model.execute("SELECT * FROM " + table): base.execute("INSERT INTO %s VALUES(%s)" % (table, ",".join("?" * len(row))), row)
    key = lambda table: [row[1] for row in model.execute("PRAGMA table_info(%s)" % table)]
    names, kinds = key("submissions"), ("submissions", "finds", "consents")
    one = list(model.execute("SELECT * FROM submissions LIMIT 1").fetchone())
    of = {kind: [list(row) for row in model.execute("SELECT * FROM %s WHERE submission = ?" % kind, (one[names.index("id")],))] for kind in kinds[1:]}
    place = {kind: key(kind) for kind in kinds}
    insert = {kind: "INSERT INTO %s VALUES(%s)" % (kind, ",".join("?" * len(place[kind]))) for kind in kinds}
    took, rows, start = [], 0, time.monotonic()
    while time.monotonic() - start < seconds:
        before = time.monotonic()
        base.execute("BEGIN IMMEDIATE")
        for _ in range(senders):
            rows += 1
            name = os.urandom(8).hex()
            new = list(one)
            new[names.index("id")], new[names.index("once")] = name, os.urandom(32)
            base.execute(insert["submissions"], new)
            for kind in kinds[1:]:
                for row in of[kind]:
                    row[place[kind].index("submission")] = name
                    if kind == "finds": row[place[kind].index("digest")] = os.urandom(32)
                    base.execute(insert[kind], row)
        base.execute("COMMIT")
        took.append(time.monotonic() - before)
    took.sort()
    return rows / (time.monotonic() - start), took[len(took) // 2] * 1e3, took[int(len(took) * .99)] * 1e3

def galen(binary, folder, seconds, senders):
    site = os.path.join(folder, "site")
    shutil.copytree(os.path.join(ROOT, "content"), os.path.join(site, "content"))
    shutil.copytree(os.path.join(ROOT, "themes"), os.path.join(site, "themes"))
    shutil.copy(os.path.join(ROOT, "galen.yaml"), site)
    made = subprocess.run([binary, "-C", site, "forms", "init"], capture_output=True, text=True, check=True).stdout
    key = next(line.strip() for line in made.splitlines() if "public_key:" in line)
    with open(os.path.join(site, "galen.yaml"), "a") as file:
        file.write("\nforms:\n  endpoint: /api/forms\n  per_network: 100000000\n  per_minute: 100000000\n  %s\n" % key)
    server = subprocess.Popen([binary, "-C", site, "forms", "serve", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
    try:
        place = server.stderr.readline().split("http://")[1].split()[0]
        out = subprocess.run(["wrk", "-t1", "-c%d" % senders, "-d%ds" % seconds, "-s", os.path.join(HERE, "send.lua"), "http://" + place], capture_output=True, text=True).stdout
        rate, median, p99, odd = (float(it) for it in out.split("RESULT ")[1].split())
        memory = next(line for line in open("/proc/%d/status" % server.pid) if line.startswith("VmHWM")).split()[1]
    finally:
        server.terminate(); server.wait()
    base = sqlite3.connect(os.path.join(site, ".galen/forms/enquiries.sqlite"))
    kept = base.execute("SELECT count(*) FROM submissions").fetchone()[0]
    return rate, median, p99, int(odd), kept, int(memory) / 1024

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--seconds", type=int, default=8); ap.add_argument("--senders", type=int, default=64)
    ap.add_argument("--rounds", type=int, default=3); ap.add_argument("--work", default=os.path.join(ROOT, "target", "forms-bench"))
    a = ap.parse_args()
    binary = os.environ.get("GALEN") or os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "galen")
    for round in range(a.rounds):
        shutil.rmtree(a.work, ignore_errors=True); os.makedirs(a.work)
        own = galen(binary, a.work, a.seconds, a.senders)
        base = bare(a.work, min(a.seconds, 20), a.senders)
        print("bare   %8.0f rows/s  p50 %6.2f ms  p99 %6.2f ms" % base)
        print("galen  %8.0f rows/s  p50 %6.2f ms  p99 %6.2f ms  not 303: %d, kept %d, %.0f MB" % own)
        print("ratio  %8.2f of the rate (at least 0.5), %.1f of the p99 (at most 5)" % (own[0] / base[0], own[2] / base[2]))
    shutil.rmtree(a.work, ignore_errors=True)

if __name__ == "__main__": sys.exit(main())

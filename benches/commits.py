#!/usr/bin/env python3
"""How long an edit takes until it is acknowledged: plan, journal, index, fsync (issue 3: 30 ms at 500,000 parcels).

    benches/commits.py [PARCELS]        default 500000; needs the release binary

Splits 300 parcels spread over the invented district in two, one operation each, by `diachinh edit --script -`: a line is sent
when the one before is acknowledged, so that the time between is what a person waits for. Refused parcels are left out.
"""
import csv, json, os, statistics, subprocess, sys, tempfile, time

n = sys.argv[1] if len(sys.argv) > 1 else "500000"
target = os.environ.get("CARGO_TARGET_DIR", os.path.expanduser("~/.cache/diachinh/target"))
program = os.path.join(target, "release", "diachinh")
work = tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))
run = lambda *a: subprocess.run([program, *a], check=False, capture_output=True)
run("sample", f"{work}/s", "--parcels", n, "--seed", "7")
run("new", f"{work}/d.gpkg", "--crs", "EPSG:9210", "--name", "H")
run("import", f"{work}/d.gpkg", f"{work}/s", "--crs", "EPSG:9210")
run("export", f"{work}/d.gpkg", "--format", "csv", f"{work}/d.csv")
rows = list(csv.DictReader(open(f"{work}/d.csv", encoding="utf-8-sig")))
name = lambda r: next(r[k] for k in r if k.lower() == "uid")
took, refused = [], 0
step = max(1, len(rows) // 300)


def start():
    return subprocess.Popen([program, "--json", "edit", f"{work}/d.gpkg", "--script", "-"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


editor, warm = start(), False
for row in rows[::step]:
    line = json.dumps({"op": "split", "parcel": name(row), "by": {"equal": 2, "direction": 0}})
    began = time.perf_counter()
    editor.stdin.write(line + "\n")
    editor.stdin.flush()
    answer = json.loads(editor.stdout.readline())
    if not answer.get("ok"):
        refused += 1
        editor.wait()
        editor, warm = start(), False
        continue
    if warm:  # the first line waits for the file to open
        took.append((time.perf_counter() - began) * 1e3)
    warm = True
editor.stdin.close()
editor.wait()
took.sort()
at = lambda q: took[min(len(took) - 1, int(len(took) * q))]
print(f"{len(rows)} parcels, {len(took)} splits timed, {refused} refused, load {os.getloadavg()[0]:.1f}")
print(f"acknowledged after, ms: least {took[0]:.1f}, median {statistics.median(took):.1f}, p95 {at(.95):.1f}, most {took[-1]:.1f}")
subprocess.run(["rm", "-rf", work])

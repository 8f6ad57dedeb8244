#!/usr/bin/env python3
"""Runs the full check of diachinh beside GEOS (shapely) on the same parcels, in turn, and prints a table of benches/README.md.

    benches/validate_peers.py [--runs 3] [--work DIR] 10000 115000 500000 1000000

Peers, in a virtual environment with shapely and numpy (made in WORK when missing):
  coverage  shapely.coverage_invalid_edges: which edges break the coverage (no areas, no pairs, no rings' faults)
  passes    the job in three passes that an office's script does: is_valid of each; STRtree pairs whose interiors meet,
            with the area they share; union of all, its holes as gaps

Ours is `diachinh validate`: opening the file, all rules of shape, number, area and register, the findings written.
Times of the peers are without reading the file (they get the coordinates as arrays) and without making the geometries; "rules only"
is ours without opening the file. Peak memory is the kernel's maximum resident set of the process.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from peers import BIN, measured, sh  # noqa: E402

PEER = r'''
import json, resource, sys, time
import numpy as np, shapely
kind, path = sys.argv[1:3]
data = np.load(path)
rings = shapely.linearrings(data["xy"], indices=data["ring"])
shapes = shapely.polygons(rings, indices=data["of"])
t, c = time.perf_counter(), time.process_time()
if kind == "coverage":
    bad = shapely.coverage_invalid_edges(shapes)
    n = int((~shapely.is_empty(bad)).sum())
else:
    valid = shapely.is_valid(shapes)
    tree = shapely.STRtree(shapes)
    a, b = tree.query(shapes, predicate=None)
    keep = (a < b) & valid[a] & valid[b]
    a, b = a[keep], b[keep]
    meet = shapely.relate_pattern(shapes[a], shapes[b], "2********")
    area = shapely.area(shapely.intersection(shapes[a][meet], shapes[b][meet]))
    whole = shapely.union_all(shapely.buffer(shapes[~valid], 0).tolist() + shapes[valid].tolist())
    holes = sum(shapely.get_num_interior_rings(p) for p in shapely.get_parts(whole))
    n = int((~valid).sum() + len(area) + holes)
print(json.dumps({"wall": time.perf_counter() - t, "cpu": time.process_time() - c,
                  "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "found": n}))
'''

CONVERT = r'''
import sqlite3, struct, sys
import numpy as np
xy, ring, of, first = [], [], [], []
n = p = 0
for (blob,) in sqlite3.connect(sys.argv[1]).execute("SELECT geom FROM parcel WHERE status='HIEN_HANH'"):
    flags = blob[3]
    at = 8 + (0, 32, 48, 48, 64)[(flags >> 1) & 7]
    order = "<" if blob[at] else ">"
    kind, count = struct.unpack_from(order + "II", blob, at + 1)
    assert kind == 3
    at += 9
    for _ in range(count):
        (points,) = struct.unpack_from(order + "I", blob, at)
        xy.append(np.frombuffer(blob, order + "f8", points * 2, at + 4).reshape(-1, 2))
        ring.append(np.full(points, n)); of.append(p); n += 1
        at += 4 + points * 16
    p += 1
np.savez(sys.argv[2], xy=np.concatenate(xy), ring=np.concatenate(ring), of=np.array(of))
'''


def venv(work):
    python = work / "venv/bin/python"
    if not python.exists():
        sh("python3", "-m", "venv", work / "venv")
        sh(python, "-m", "pip", "install", "-q", "shapely>=2.1", "numpy")
    return python


def district(work, n):
    file = work / f"v{n}.gpkg"
    if not file.exists():
        sample = work / f"sample-{n}"
        sh(BIN, "sample", sample, "--parcels", n, "--seed", 7, "--dirty", "0.01")
        sh(BIN, "new", file, "--crs", "EPSG:9210", "--name", "Thử")
        sh(BIN, "import", file, sample, "--crs", "EPSG:9210", ok=(0, 1))
        shutil.rmtree(sample)
    return file


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--runs", type=int, default=3)
    a.add_argument("--work", type=Path)
    a.add_argument("--skip-passes-above", type=int, default=200_000, help="the three passes take minutes there")
    a.add_argument("sizes", type=int, nargs="+")
    args = a.parse_args()
    work = args.work or Path(tempfile.mkdtemp())
    work.mkdir(parents=True, exist_ok=True)
    python = venv(work)
    print("| parcels | | wall s min / median | CPU s median | peak MB | told | ratio of wall medians |\n|---|---|---|---|---|---|---|")
    for n in args.sizes:
        file = district(work, n)
        npz = work / f"v{n}.npz"
        if not npz.exists():
            sh(python, "-c", CONVERT, file, npz)
        kinds = ["coverage"] + (["passes"] if n <= args.skip_passes_above else [])
        rows = {k: [] for k in ["diachinh, rules only", "diachinh validate"] + kinds}
        for _ in range(args.runs):
            for kind in kinds:
                out = json.loads(sh(python, "-c", PEER, kind, npz).stdout)
                rows[kind].append((out["wall"], out["cpu"], out["mb"], out["found"]))
            out = work / "out.json"
            with open(out, "wb") as to:
                done = subprocess.run([str(BIN), "validate", str(file), "--json"], stdout=to, stderr=subprocess.DEVNULL)
            assert done.returncode in (0, 1)
            document = json.load(open(out))
            told = len(document["findings"])
            whole = measured([BIN, "validate", file, "--json"], lambda: None, ok=(0, 1))
            rows["diachinh validate"].append((*whole, told))
            rows["diachinh, rules only"].append((document["seconds"], float("nan"), float("nan"), told))
        base = statistics.median(x[0] for x in rows["coverage"])
        for name, r in rows.items():
            wall = [x[0] for x in r]
            cpu, mb = statistics.median(x[1] for x in r), max(x[2] for x in r)
            rest = f"{cpu:.2f} | {mb:.0f}" if cpu == cpu else "– | –"
            print(f"| {n:,} | {name} | {min(wall):.2f} / {statistics.median(wall):.2f} | {rest} | {r[0][3]} | "
                  f"{statistics.median(wall) / base:.2f} |", flush=True)
    print("load", os.getloadavg())


if __name__ == "__main__":
    main()

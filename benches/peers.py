#!/usr/bin/env python3
"""Runs diachinh beside its peers on the same files, in one call, and prints the tables of benches/README.md.

    benches/peers.py [--runs 5] [--work DIR] 10000 115000 500000

Needs gdal-bin (Debian). Wall and CPU seconds are the minimum and the median of the runs;
peak memory is the kernel's maximum resident set of the process.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path.home() / ".cache/diachinh/target"))
BIN = TARGET / "release/diachinh"


def sh(*cmd, ok=(0,), **kw):
    done = subprocess.run([str(c) for c in cmd], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)
    if done.returncode not in ok:
        sys.exit(f"{cmd}: exit {done.returncode}\n{done.stderr.decode()[-2000:]}")
    return done


def measured(cmd, prepare, ok=(0,)):
    """(wall s, CPU s, peak MB) of one run."""
    prepare()
    start = time.perf_counter()
    pid = os.posix_spawn(shutil.which(str(cmd[0])) or str(cmd[0]), [str(c) for c in cmd], os.environ,
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
                                       (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in ok:
        sys.exit(f"{cmd}: exit {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def table(title, rows, runs):
    """rows: name → list of runs' (wall, cpu, MB), interleaved so that the machine's mood hits all alike."""
    print(f"\n### {title}\n\n| | wall s min / median | CPU s median | peak MB | ratio of wall medians |\n|---|---|---|---|---|")
    base = statistics.median(r[0] for r in next(iter(rows.values())))
    for name, r in rows.items():
        wall = [x[0] for x in r]
        print(f"| {name} | {min(wall):.2f} / {statistics.median(wall):.2f} | {statistics.median(x[1] for x in r):.2f} "
              f"| {max(x[2] for x in r):.0f} | {statistics.median(wall) / base:.2f} |")


def interleaved(commands, runs):
    rows = {name: [] for name in commands}
    for _ in range(runs):
        for name, (cmd, prepare, ok) in commands.items():
            rows[name].append(measured(cmd, prepare, ok))
    return rows


def district(work, n):
    """One shapefile of the whole invented district, the same for everybody."""
    merged = work / f"{n}.shp"
    if merged.exists():
        return merged
    src = work / f"sample-{n}"
    sh(BIN, "sample", src, "--parcels", n, "--seed", 7)
    for shp in sorted(src.rglob("*.shp")):
        sh("ogr2ogr", *(["-append"] if merged.exists() else []), "-a_srs", "EPSG:9210", "-lco" if not merged.exists() else "-q",
           *(["ENCODING=UTF-8"] if not merged.exists() else []), merged, shp, *([] if not merged.exists() else ["-nln", merged.stem]))
    shutil.rmtree(src)
    return merged


def remove(*paths):
    for p in paths:
        for f in p.parent.glob(p.name + "*"):
            shutil.rmtree(f) if f.is_dir() else f.unlink()


def imports(work, n, runs):
    shp = district(work, n)
    ours, theirs = work / "ours.gpkg", work / "theirs.gpkg"

    def fresh():
        remove(ours)
        sh(BIN, "new", ours, "--crs", "EPSG:9210", "--name", "Huyện mẫu")

    mapped = sum(f.stat().st_size for f in shp.parent.glob(f"{n}.*")) / 2**20
    rows = interleaved({
        "ogr2ogr -f GPKG (with index)": (["ogr2ogr", "-f", "GPKG", theirs, shp, "-a_srs", "EPSG:9210"], lambda: remove(theirs), (0,)),
        "diachinh import (all of §4)": ([BIN, "import", ours, shp, "--crs", "EPSG:9210"], fresh, (0, 1)),
    }, runs)
    table(f"P1, P1c: import, {n} records ({mapped:.0f} MB of input)", rows, runs)
    return ours


def main():
    args = argparse.ArgumentParser()
    args.add_argument("sizes", type=int, nargs="+")
    args.add_argument("--runs", type=int, default=5)
    args.add_argument("--work", type=Path)
    a = args.parse_args()
    work = a.work or Path(tempfile.mkdtemp(prefix="diachinh-bench-"))
    work.mkdir(parents=True, exist_ok=True)
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {a.runs} runs each, "
          f"{sh('ogr2ogr', '--version').stdout.decode().split(',')[0]}")
    for n in a.sizes:
        ours = imports(work, n, a.runs)
        kept = work / f"district-{n}.gpkg"  # for benches/window.py
        remove(kept)
        ours.rename(kept)


if __name__ == "__main__":
    main()

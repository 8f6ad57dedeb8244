#!/usr/bin/env python3
"""P2, P6, P10, P12 on the real window under Xvfb (software rendering): start, first whole map, frames while
panning and zooming at 1:500 to 1:2000 with panels open, resident memory.

    benches/window.py DISTRICT.gpkg…       needs xvfb and xdotool
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path.home() / ".cache/diachinh/target"))
BIN = TARGET / "release/diachinh"


def frames(trace):
    lines = trace.read_text().splitlines() if trace.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def quantile(values, q):
    return sorted(values)[min(len(values) - 1, int(len(values) * q))] * 1000 if values else float("nan")


def measure(district):
    work = Path(tempfile.mkdtemp(prefix="diachinh-window-"))
    display = f":{100 + os.getpid() % 800}"
    xvfb = subprocess.Popen(["Xvfb", display, "-screen", "0", "1600x900x24", "-nolisten", "tcp"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    trace = work / "trace.jsonl"
    env = dict(os.environ, DISPLAY=display, DIACHINH_CONFIG_DIR=str(work / "config"), DIACHINH_TRACE=str(trace),
               XDG_RUNTIME_DIR=str(work))
    env.pop("WAYLAND_DISPLAY", None)
    tool = lambda *a: subprocess.run(["xdotool", *map(str, a)], env=env, stdout=subprocess.PIPE, check=False).stdout.decode()
    time.sleep(1)
    start = time.time()
    app = subprocess.Popen([str(BIN), "open", str(district)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.time() - start < 90 and not any(f["complete"] for f in frames(trace)) and app.poll() is None:
            time.sleep(0.05)
        seen = frames(trace)
        first = seen[0]["at"] - start if seen else float("nan")
        whole = next((f["at"] - start for f in seen if f["complete"]), float("nan"))
        time.sleep(3)
        status = Path(f"/proc/{app.pid}/status").read_text()
        rss = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
        window = tool("search", "--onlyvisible", "--class", "diachinh").split()[0]
        tool("windowmove", window, 0, 0, "windowsize", window, 1600, 900, "windowfocus", window)
        tool("mousemove", 700, 400)
        while (frames(trace)[-1]["scale"] or 1e9) > 2000:
            tool("click", 4)
            time.sleep(0.15)
        before = len(frames(trace))
        for _ in range(6):  # drag to and fro, zoom in and out between 1:500 and 1:2000
            tool("mousemove", 700, 400, "mousedown", 2)
            for step in range(40):
                tool("mousemove_relative", "--", 6 if step % 20 < 10 else -6, 3 if step % 10 < 5 else -3)
            tool("mouseup", 2)
            for _ in range(4):
                tool("click", 4)
            for _ in range(4):
                tool("click", 5)
        took = [f["took"] for f in frames(trace)[before:] if f["took"] is not None and (f["scale"] or 0) < 2600]
        print(f"| {district.name} | {first:.2f} | {whole:.2f} | {rss:.0f} | {len(took)} | {quantile(took, .5):.1f} / {quantile(took, .95):.1f} / "
              f"{quantile(took, .99):.1f} |")
        app.terminate()
        app.wait()
    finally:
        app.kill()
        xvfb.terminate()
        xvfb.wait()


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f}\n\n| district | first frame, s | first whole map, s | resident MB | frames | frame ms p50 / p95 / p99 |\n|---|---|---|---|---|---|")
    for path in sys.argv[1:]:
        measure(Path(path))

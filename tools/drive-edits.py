"""Looks up, in the findings and the dump of a district, where tools/drive-edits can work. Prints shell variables."""
import json, re, sys

findings = json.load(open(sys.argv[1]))["findings"]
overlap = next(f["refs"] for f in findings if f["code"] == "PARCEL_OVERLAP" and len(set(f["refs"])) == 2)
faulty = {r for f in findings for r in f["refs"]}
parcels = {}
for line in open(sys.argv[2], encoding="utf-8"):
    m = re.match(r"parcel (\S+) \S+ geom=\(\(([^()]*)\)\) .*is_parcel=1", line)
    if m and not m[1].endswith("/") and m[1] not in faulty:
        ring = [tuple(map(int, p.split())) for p in m[2].split(",")]
        parcels[m[1]] = ring
sides = {}
for ref, ring in parcels.items():
    for a, b in zip(ring, ring[1:] + ring[:1]):
        sides[a, b] = ref
area = lambda r: sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(r, r[1:] + r[:1])) / 2e6
length = lambda a, b: ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5
pairs = [(sides[a, b], sides[b, a], a, b) for a, b in sides if (b, a) in sides and length(a, b) > 8000]
pairs = [p for p in pairs if 150 < area(parcels[p[0]]) < 1500 and 150 < area(parcels[p[1]]) < 1500]
used = set()
def pair():
    for p in pairs:
        if not used & set(p[:2]):
            used.update(p[:2])
            return p
    raise SystemExit("no clean pair of parcels")
typed = lambda p: "%s %s" % tuple(("%.3f" % (v / 1000)).replace(".", ",") for v in (p[1], p[0]))
short = lambda ref: ref.split("/", 1)[1]
r, _, a, b = pair()
d = length(a, b)
# Half a metre into the parcel from the middle of the side.
via = ((a[0] + b[0]) // 2 - int((b[1] - a[1]) / d * 500), (a[1] + b[1]) // 2 + int((b[0] - a[0]) / d * 500))
print(f"overlap='{'; '.join(overlap)}' reshape='{r}' start='{typed(a)}' end='{typed(b)}' via='{typed(via)}'")
s = pair()[0]
third = area(parcels[s]) / 3
print(f"split='{s}' areas='{third:.1f}; {third * 0.8:.1f}; *'".replace(".", ","))
m = pair()
print(f"merge='{m[0]}; {m[1]}'")

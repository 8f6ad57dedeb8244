#!/usr/bin/env python3
"""What GEOS says of parcels: every pair whose interiors meet, with the area they share. For tests/slow/geos.rs.

    geos_pairs.py PARCELS.jsonl > pairs.jsonl

PARCELS.jsonl: one object a line, {"id": 7, "rings": [[[e, n], …], …]} in whole millimetres relative to any origin,
rings not closed, the shell first. Output: one line {"a": 7, "b": 9, "m2": 1.25} for each pair, a < b, interior
intersection of dimension 2 (area above 0); then {"invalid": [ids]} with what GEOS calls invalid: those pairs are not
told, because GEOS has no answer for them.
"""
import json
import sys

import numpy as np
import shapely

ids, shapes = [], []
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        parcel = json.loads(line)
        shell, *holes = parcel["rings"]
        # The origin is near the parcels, so that a double holds far more than a millimetre's share.
        ids.append(parcel["id"])
        shapes.append(shapely.Polygon(shell, holes) if len(shell) > 2 else shapely.Polygon())
shapes = np.array(shapes)
valid = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
tree = shapely.STRtree(shapes)
left, right = tree.query(shapes, predicate=None)
keep = (left < right) & valid[left] & valid[right]
left, right = left[keep], right[keep]
# Touching pairs have no area in common; only those whose interiors meet go to the overlay.
meet = shapely.relate_pattern(shapes[left], shapes[right], "2********")
left, right = left[meet], right[meet]
area = shapely.area(shapely.intersection(shapes[left], shapes[right])) / 1e6
for a, b, m2 in zip(left, right, area):
    low, high = sorted((ids[a], ids[b]))
    print(json.dumps({"a": low, "b": high, "m2": float(m2)}))
print(json.dumps({"invalid": [i for i, ok in zip(ids, valid) if not ok]}))

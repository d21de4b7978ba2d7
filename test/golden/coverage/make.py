"""Makes rotated.json and masks.json: shares of cells that objects cover together, by shapely 2.2.0 and NumPy 2.4.6."""

import json
import math

import numpy as np
from shapely import Polygon, box, union_all

# 500 x 333 laid into 640 x 480 with content that begins and ends inside cells; cells are 640/11 x 480/9 input pixels.
geometry = dict(width=500, height=333, newWidth=640, newHeight=426, left=0, top=27, inputWidth=640, inputHeight=480)
grid = dict(gridWidth=11, gridHeight=9)


def corners(b):
    x, y, w, h, a = b
    across, down = (w / 2 * math.cos(a), w / 2 * math.sin(a)), (-h / 2 * math.sin(a), h / 2 * math.cos(a))
    return [(x + s * across[0] + t * down[0], y + s * across[1] + t * down[1]) for s, t in ((1, 1), (1, -1), (-1, -1), (-1, 1))]


def on_grid(point):
    x, y = point
    x = (x * geometry["newWidth"] / geometry["width"] + geometry["left"]) * grid["gridWidth"] / geometry["inputWidth"]
    y = (y * geometry["newHeight"] / geometry["height"] + geometry["top"]) * grid["gridHeight"] / geometry["inputHeight"]
    return x, y


def cover(boxes):
    union = union_all([Polygon([on_grid(p) for p in corners(b)]) for b in boxes])
    top, bottom = geometry["top"] * 9 / 480, (geometry["top"] + geometry["newHeight"]) * 9 / 480
    shares = []
    for row in range(9):
        for column in range(11):
            cell = box(column, max(row, top), column + 1, min(row + 1, bottom))
            shares.append(round(union.intersection(cell).area / cell.area, 9))
    return shares


rng = np.random.default_rng(13)


def some(count, longest):
    spans = [(0, 500), (0, 333), (2, longest), (2, longest), (-math.pi / 4, 3 * math.pi / 4)]
    return [[round(float(rng.uniform(*span)), 3) for span in spans] for _ in range(count)]


cases = {"one": some(1, 300), "three": some(3, 250), "twenty": some(20, 160), "three hundred": some(300, 30)}
cases["the same twice"] = cases["one"] * 2
cases["upright"] = [[100, 100, 80, 40, 0], [130, 110, 60, 60, math.pi / 2]]
out = {
    "geometry": geometry,
    **grid,
    "cases": {name: {"boxes": boxes, "coverage": cover(boxes)} for name, boxes in cases.items()},
}
with open("rotated.json", "w") as file:
    json.dump(out, file, separators=(",", ":"))


# 64 x 38 of a 64 x 48 input are content, rows 5 to 43. Masks reach into the padding; some overlap, one is empty.
size = dict(inputWidth=64, inputHeight=48)
masks, union = [], np.zeros((48, 64), np.uint8)
for left, top, width, height in [(3, 0, 20, 17), (15, 9, 30, 25), (40, 30, 24, 18), (50, 2, 1, 40), (10, 10, 0, 0)]:
    bits = (rng.random((height, width)) < 0.6).astype(np.uint8)
    bits[height // 4 : height // 2] = 1
    union[top : top + height, left : left + width] |= bits
    masks.append(dict(left=left, top=top, width=width, height=height, bits="".join(map(str, bits.ravel()))))


def overlaps(pixels, cells, low, high):
    """[cells, pixels]: length of each pixel inside each cell and inside the content."""
    edges = np.arange(cells + 1) * pixels / cells
    starts, ends = np.clip(edges[:-1], low, high)[:, None], np.clip(edges[1:], low, high)[:, None]
    pixel = np.arange(pixels)[None, :]
    return np.maximum(0, np.minimum(ends, pixel + 1) - np.maximum(starts, pixel))


def mean_over_cells(width, height):
    across, down = overlaps(64, width, 0, 64), overlaps(48, height, 5, 43)
    content = down.sum(1)[:, None] * across.sum(1)[None, :]
    shares = np.divide(down @ union @ across.T, content, out=np.zeros_like(content), where=content > 0)
    return dict(gridWidth=width, gridHeight=height, coverage=[round(float(s), 9) for s in shares.ravel()])


geometry = dict(width=640, height=380, newWidth=64, newHeight=38, left=0, top=5, **size)
grids = [mean_over_cells(*grid) for grid in [(8, 6), (7, 5), (1, 1), (20, 31)]]
with open("masks.json", "w") as file:
    json.dump(dict(geometry=geometry, masks=masks, grids=grids), file, separators=(",", ":"))

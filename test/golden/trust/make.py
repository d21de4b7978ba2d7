"""Writes expected.json from inputs.json: trust of every region, computed the slow way, pixel by pixel of the original image.

Usage: make.py INPUTS EXPECTED
inputs.json: shards of images of 640 x 480 pixels in an input of 320 x 320, with the bytes of the evidence of each class as they are stored, and regions (labels and
boxes that the model found) on whole pixels. Cells of 8, 16 and 32 input pixels and the frame of 32 x 32 begin on whole original pixels, so every pixel lies
in exactly one cell and in or out of each region: the raster is exact.
"""
import base64
import json
import sys

import numpy as np

inputs, out = sys.argv[1:]
WIDTH, HEIGHT, FRAME = 640, 480, 32


def pixels(values, top_cells):
    """A grid over the input, as it lies on the pixels of the original image (2 for each input pixel, 80 rows of padding above)."""
    rows, columns = values.shape
    big = np.repeat(np.repeat(values, 640 // rows, 0), 640 // columns, 1)
    return big[80:560]


def raster(box):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    x0, y0, x1, y1 = box
    mask[max(0, y0):max(0, y1), max(0, x0):max(0, x1)] = True
    return mask


def lift(density, own, others):
    domain = own | ~others
    share = density[own].sum() / density[domain].sum() if density[domain].sum() > 0 else 0.0
    area = own.sum() / domain.sum()
    return share, area, share / area


def frame(density):
    sums = density.reshape(FRAME, HEIGHT // FRAME, FRAME, WIDTH // FRAME).sum((1, 3))
    mean = sums / sums.sum() * FRAME * FRAME
    return np.repeat(np.repeat(mean, HEIGHT // FRAME, 0), WIDTH // FRAME, 1)


def ranks(values, cell_of, own, others_of_class):
    """Pointing and relevance rank over cells, from the shares of pixels."""
    n = values.size
    content = np.bincount(cell_of.ravel(), minlength=n)
    part = lambda mask: np.bincount(cell_of[mask], minlength=n) / np.maximum(content, 1)
    c, u = part(own), part(others_of_class)
    touched = c > 0
    inside = c >= c.max() / 2 if c.max() > 0 else touched
    inside &= touched
    free = (content > 0) & (u < 0.5) & ~touched
    flat = values.ravel()
    k = inside.sum()
    # Free cells go before cells of the region that have the same value.
    order = sorted([(-flat[i], 0) for i in np.flatnonzero(free)] + [(-flat[i], 1) for i in np.flatnonzero(inside)])
    rank = sum(1 for value, is_inside in order[:k] if is_inside and value < 0) / k
    pointed = bool(order[0][1] == 1 and order[0][0] < 0)
    return pointed, rank


expected = []
for shard in json.load(open(inputs)):
    frames, images = {}, []
    for index, image in enumerate(shard):
        for e in image["evidence"]:
            data = np.frombuffer(base64.b64decode(e["bytes"]), np.uint8).reshape(e["gridHeight"], e["gridWidth"])
            # Values are stored as float32.
            e["map"] = (data / 255 * e["high"]).astype(np.float32).astype(np.float64)
            e["density"] = pixels(e["map"], None) ** 2
            objects = [r for r in image["regions"] if r["classId"] == e["classId"] and r["isObject"]]
            if objects:
                frames.setdefault(e["classId"], {})[index] = frame(e["density"])
    for index, image in enumerate(shard):
        trust = []
        for region in image["regions"]:
            e = next(e for e in image["evidence"] if e["classId"] == region["classId"])
            own = raster(region["box"])
            objects = [r for r in image["regions"] if r["classId"] == region["classId"] and r["isObject"]]
            union = np.any([raster(r["box"]) for r in objects] + [np.zeros_like(own)], 0)
            others = union & ~own
            share, area, value = lift(e["density"], own, others)
            grid = np.arange(e["map"].size).reshape(e["map"].shape)
            pointed, rank = ranks(e["map"], pixels(grid, None), own, union)
            maps = [m for i, m in frames.get(region["classId"], {}).items() if i != index]
            one = dict(share=share, area=area, lift=value, attainable=max(-1, (share - area) / (1 - area)), pointed=pointed, relevanceRank=rank)
            if maps:
                one["otherImagesLift"] = lift(np.mean(maps, 0), own, others)[2]
            trust.append({k: v if isinstance(v, bool) else round(float(v), 6) for k, v in one.items()})
        images.append(trust)
    expected.append(images)
json.dump(expected, open(out, "w"))

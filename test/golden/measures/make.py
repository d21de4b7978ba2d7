"""Writes cases.json: measures of real maps, computed the slow way, pixel by pixel of the original image.

Usage: make.py CAM.npz DETECTIONS.json IMAGE OUT
CAM.npz has projections_<layer> [k, h, w] and l2norm_<layer> [h, w] of one 640x480 image in a 320x320 input;
DETECTIONS.json has boxes [x0, y0, x1, y1, score, class] by image name. Boxes are rounded to whole pixels and the content starts
on whole half-pixels, so every pixel lies in exactly one cell and in or out of each box: the raster is exact.
"""
import json
import sys

import numpy as np

npz, detections, image, out = sys.argv[1:]
cam = np.load(npz)
boxes = [[int(round(v)) for v in b[:4]] for b in json.load(open(detections))[image]["boxes"]]


def normalised(layer):
    p = cam[f"projections_{layer}"][0].astype(np.float64)
    if np.corrcoef(p.ravel(), cam[f"l2norm_{layer}"].ravel())[0, 1] < 0:
        p = -p
    p = np.maximum(p, 0)
    return np.round((p - p.min()) / (p.max() - p.min()), 4)


def geometry(height):
    new_height = height // 2
    return dict(width=640, height=height, newWidth=320, newHeight=new_height, left=0, top=(320 - new_height) // 2,
                inputWidth=320, inputHeight=320)


def measures(m, geo, boxes):
    h, w = m.shape
    ys = (np.arange(geo["height"]) * 0.5 + geo["top"]) // (320 / h)
    xs = np.arange(geo["width"]) * 0.5 // (320 / w)
    heat = m[np.ix_(ys.astype(int), xs.astype(int))]
    p = heat / heat.sum()
    inside = np.zeros(heat.shape, bool)
    for x0, y0, x1, y1 in boxes:
        inside[y0:y1, x0:x1] = True
    ring = np.ones(heat.shape, bool)
    my, mx = round(0.05 * geo["height"]), round(0.05 * geo["width"])
    ring[my:-my, mx:-mx] = False
    cell = ys[:, None] * w + xs[None, :]
    cells, index, size = np.unique(cell, return_inverse=True, return_counts=True)
    cell_p = np.bincount(index.ravel(), p.ravel())
    cell_q = size / size.sum()
    some = cell_p > 0
    energy, area = p[inside].sum(), inside.mean()
    hottest = cells[np.argmax([m.ravel()[int(c)] for c in cells])]
    return dict(
        entropy=1 - (cell_p[some] * np.log(cell_p[some] / cell_q[some])).sum() / np.log(len(cells)),
        energyInBoxes=energy, boxLift=energy / area, boxAttainable=(energy - area) / (1 - area),
        borderShare=p[ring].sum(), borderLift=p[ring].sum() / ring.mean(),
        centerX=(p.sum(0) * (np.arange(geo["width"]) + 0.5)).sum() / geo["width"],
        centerY=(p.sum(1) * (np.arange(geo["height"]) + 0.5)).sum() / geo["height"],
        peakInBoxes=inside[cell == hottest].mean(), boxArea=area)


cases = []
for layer, height in [("15", 480), ("15", 440), ("18", 440), ("21", 480)]:
    m, geo = normalised(layer), geometry(height)
    kept = [b for b in boxes if b[3] <= height][::2]
    cases.append(dict(layer=layer, geometry=geo, gridHeight=m.shape[0], gridWidth=m.shape[1], boxes=kept,
                      map=m.ravel().tolist(), measures=measures(m, geo, kept)))
json.dump(cases, open(out, "w"))

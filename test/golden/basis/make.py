"""Makes cases.json: principal components of a dataset, angles between spans and CKA, by NumPy 2.4.6 and SciPy 1.17.1 in float64."""

import json
from pathlib import Path

import numpy as np
from scipy.linalg import subspace_angles

rng = np.random.default_rng(14)
f32 = lambda values: values.astype(np.float32).astype(np.float64)


def dataset():
    """Five images of 6 channels, of different size, whose padding holds numbers that must not count."""
    spread = np.array([4.0, 2.5, 1.5, 0.8, 0.3, 0.05])
    turn = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    offset = np.array([3.0, -1.0, 5.0, 0.5, 0.0, 2.0])
    images, kept = [], []
    for cells, padding in ((12, 0), (20, 4), (6, 3), (30, 0), (9, 1)):
        shift = rng.standard_normal(6) * 0.5
        inside = f32((rng.standard_normal((cells, 6)) * spread) @ turn.T + offset + shift)
        outside = np.full((padding, 6), 1000.0)
        images.append({"values": np.concatenate([inside, outside]).T.tolist(), "mask": [1] * cells + [0] * padding})
        kept.append(inside)
    x = np.concatenate(kept)
    norm = np.linalg.norm(x, axis=1)
    covariance = np.cov(x.T, bias=True)
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = values[::-1], vectors[:, ::-1].T
    projected = (x - x.mean(0)) @ vectors.T
    correlations = np.array([np.corrcoef(column, norm)[0, 1] for column in projected.T])
    vectors = vectors * np.sign(correlations)[:, None]
    centered = kept[1] - x.mean(0)
    maps = centered @ vectors[:3].T
    return {
        "images": images,
        "mean": x.mean(0).tolist(),
        "eigenvalues": values.tolist(),
        "vectors": vectors.tolist(),
        "signMargins": np.abs(correlations).tolist(),
        # Of the second image, on the first three components.
        "maps": maps.T.tolist(),
        "outside": 1 - (maps**2).sum() / (centered**2).sum(),
    }


def spans():
    cases = []
    for k, turn in ((1, 0.3), (3, 0.7), (3, 1e-7), (2, 2.0)):
        a = np.linalg.qr(rng.standard_normal((7, k)))[0]
        b = np.linalg.qr(a + turn * rng.standard_normal((7, k)))[0]
        mixed = b @ np.linalg.qr(rng.standard_normal((k, k)))[0]
        angles = np.sort(np.degrees(subspace_angles(a, b)))
        cases.append({"a": a.T.tolist(), "b": mixed.T.tolist(), "degrees": angles.tolist()})
    return cases


def cka():
    x = rng.standard_normal((40, 3)) + 2
    y = x @ rng.standard_normal((3, 4)) + rng.standard_normal((40, 4))
    a, b = x - x.mean(0), y - y.mean(0)
    value = np.linalg.norm(b.T @ a) ** 2 / (np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b))
    turned = 3 * x @ np.linalg.qr(rng.standard_normal((3, 3)))[0] + 7
    return {"x": x.tolist(), "y": y.tolist(), "value": value, "turned": turned.tolist()}


cases = {"dataset": dataset(), "spans": spans(), "cka": cka()}
Path(__file__).with_name("cases.json").write_text(json.dumps(cases) + "\n")

"""Activations with awkward numbers, and their principal components by numpy.linalg.svd in float64: python3 make.py"""
import numpy as np

rng = np.random.default_rng(13)
cases = {}


def spectrum(channels, height, width, values):
    """Centered activations [C, h, w] whose singular values are these."""
    cells = height * width
    u, _ = np.linalg.qr(rng.standard_normal((channels, len(values))))
    v = rng.standard_normal((cells, len(values)))
    v, _ = np.linalg.qr(v - v.mean(0))
    return (u * np.asarray(values)) @ v.T, (channels, height, width)


def add(name, activations, shape, offset=0.0, dtype=np.float32):
    a = (np.asarray(activations).reshape(shape) + offset).astype(dtype)
    cases[name] = a.astype(np.float32)


usual = [9, 7, 5, 3, 2, 1, 0.5]
add("usual", *spectrum(12, 6, 8, usual))
for power in (-30, -20, -12, 12, 20, 30):
    a, shape = spectrum(12, 6, 8, usual)
    add(f"times-1e{power}", a * 10.0**power, shape)
add("equal-pair", *spectrum(12, 6, 8, [9, 5, 5, 2, 1]))
add("all-equal", *spectrum(12, 6, 8, [3] * 12))
add("nearly-equal", *spectrum(64, 10, 10, np.linspace(1, 1.3, 64)))
add("rank-1", *spectrum(12, 6, 8, [4]))
add("rank-3", *spectrum(12, 6, 8, [4, 2, 1]))
add("small-ones", *spectrum(12, 6, 8, [1, 1e-2, 1e-4, 1e-5]))
add("far-from-zero", *spectrum(12, 6, 8, usual), offset=1e4)
add("constant", np.full((12, 6, 8), 0.7), (12, 6, 8))
add("zero", np.zeros((12, 6, 8)), (12, 6, 8))
add("one-channel", *spectrum(1, 6, 8, [3]))
add("one-cell", rng.standard_normal((5, 1, 1)), (5, 1, 1))
add("two-cells", rng.standard_normal((5, 1, 2)), (5, 1, 2))
add("more-channels-than-cells", *spectrum(40, 3, 4, [5, 4, 3, 2, 1]))
add("as-many-channels-as-cells", *spectrum(12, 3, 4, [5, 4, 3, 2, 1]))
add("large-halves", 3e4 * rng.standard_normal((8, 5, 5)).clip(-2, 2), (8, 5, 5), dtype=np.float16)

arrays = {}
for name, activations in cases.items():
    channels, height, width = activations.shape
    a = activations.reshape(channels, -1).astype(np.float64)
    scale = np.abs(a).max() or 1.0
    x = a / scale
    x = x - x.mean(1, keepdims=True)
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    kept = s**2 > 1e-11 * max(s[0] ** 2, 1e-30) if s.size else s > 0
    if (s**2).sum() <= 1e-13 * ((a / scale) ** 2).sum():
        kept = np.zeros_like(s, bool)
    kept &= np.arange(len(s)) < 12
    arrays[f"{name}/activations"] = activations
    maps = (s[kept, None] * vt[kept] * scale).reshape(-1, height, width)
    arrays[f"{name}/maps"] = maps.astype(np.float32)
    arrays[f"{name}/variance"] = (s[kept] ** 2 / (s**2).sum() if kept.any() else s[kept]).astype(np.float32)
np.savez_compressed("cases.npz", **arrays)
for name in cases:
    print(name, arrays[f"{name}/maps"].shape, arrays[f"{name}/variance"][:5])

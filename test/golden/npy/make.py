"""Writes the arrays of this folder; numpy 2. Run it in this folder."""

import numpy as np

rng = np.random.default_rng(4)
magnitudes = 2.0 ** rng.uniform(-40, 18, 1190)
ties = np.arange(1, 11) * 2.0**-25
values = (np.concatenate([magnitudes, ties]) * rng.choice([-1, 1], 1200)).astype(np.float32)
values = values.reshape(3, 2, 10, 20)
np.save("float32.npy", values)
with np.errstate(over="ignore"):
    np.save("float16.npy", values.astype(np.float16))
np.save("uint8.npy", np.arange(6, dtype=np.uint8))
np.save("fortran.npy", np.asfortranarray(np.ones((2, 3), np.float32)))

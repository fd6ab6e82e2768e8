"""Maps as TF-MoDISco reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def write_modisco(folder: Path, sequence: np.ndarray, maps: np.ndarray) -> list[Path]:
    """Writes `ohe.npz` and `shap.npz`, each one array `(n, 4, length)`, and returns their paths.

    TF-MoDISco multiplies the second, hypothetical contributions, by the first.

    Args:
        folder: Where.
        sequence: `(n, length, 4)` one-hot.
        maps: `(n, length, 4)`.
    """
    paths = [folder / "ohe.npz", folder / "shap.npz"]
    for path, array in zip(paths, (sequence, maps), strict=True):
        np.savez_compressed(path, np.swapaxes(array, 1, 2).astype("float32"))
    return paths

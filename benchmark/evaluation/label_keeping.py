"""Other letters where labels do not depend on them, by the task's own rule where it has one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tfbs.benchmark.evaluation.examples import Examples

TOLERANCE = 0.5
"""Of the true logit: sites that chance makes or breaks beside what was planted move it further."""

DRAWS = 20
"""After so many an example that still moves too far stays as it is."""

LABELS_KEPT = (
    f"where the rule is known, drawn until the true logit moves by at most {TOLERANCE:g}, and "
    f"after {DRAWS} draws left as it was"
)


def edit_silently(
    examples: Examples, edit: Callable[[np.ndarray, int], np.ndarray], seed: int
) -> np.ndarray | None:
    """Returns `(n, length)` uint8 codes that other letters stand in, and whose labels are the same.

    Args:
        examples: Their codes, silent positions and rule.
        edit: From codes `(n, length)` and a seed to edited codes; what it does elsewhere than at
            silent positions is undone.
        seed: Of the first draw.

    Returns:
        None where the task does not tell which letters are silent.
    """
    if examples.silent is None:
        return None
    codes, rule = examples.codes, examples.true_logits
    if rule is None:
        return np.where(examples.silent, edit(codes, seed), codes)
    before, found = rule(codes), codes.copy()
    open_rows = np.arange(len(codes))
    for draw in range(DRAWS):
        if not len(open_rows):
            break
        silent = examples.silent[open_rows]
        edited = np.where(silent, edit(codes[open_rows], seed + draw), codes[open_rows])
        kept = np.abs(rule(edited) - before[open_rows]) <= TOLERANCE
        found[open_rows[kept]] = edited[kept]
        open_rows = open_rows[~kept]
    return found

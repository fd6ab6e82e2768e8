"""Progress of long work on stderr: one live line on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping

_QUIET_SECONDS = 15.0


class Progress:
    """Says what a run is doing.

    Args:
        label: What is being done: a run's spec.
        enabled: Whether to print at all.
    """

    def __init__(self, label: str, enabled: bool = True) -> None:
        self.label = label
        self.enabled = enabled
        self.live = sys.stderr.isatty()
        self.last = 0.0

    def epoch(self, epoch: int, epochs: int, values: Mapping[str, float]) -> None:
        """Shows a finished epoch; off a terminal, at most one line in 15 seconds."""
        shown = " ".join(f"{name} {value:.4f}" for name, value in values.items() if _shown(name))
        self.part(f"epoch {epoch}/{epochs} {shown}")

    def part(self, text: str) -> None:
        """Shows how far a stage is; off a terminal, at most one line in 15 seconds."""
        text = f"{self.label}: {text}"
        if self.live:
            self._write(f"\r\033[K{text[:160]}")
        elif time.monotonic() - self.last > _QUIET_SECONDS:
            self.last = time.monotonic()
            self._write(text + "\n")

    def step(self, text: str) -> None:
        """Shows the next stage of the run."""
        if self.live:
            self._write(f"\r\033[K{self.label}: {text}")

    def waits(self) -> None:
        """Says that another process is doing the run."""
        self.done("is being done by another process, whose end is waited for")

    def done(self, text: str) -> None:
        """Leaves a last line."""
        self._write(("\r\033[K" if self.live else "") + f"{self.label}: {text}\n")

    def _write(self, text: str) -> None:
        if self.enabled:
            sys.stderr.write(text)
            sys.stderr.flush()


def _shown(name: str) -> bool:
    return name in ("loss", "val_loss", "val_auroc", "val_average_precision")

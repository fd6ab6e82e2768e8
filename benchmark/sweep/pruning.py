"""Giving up trials early, from their validation after every epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfbs.benchmark.sweep.storage import open_storage
from tfbs.benchmark.watch import Pruned, Watch

if TYPE_CHECKING:
    from optuna.pruners import BasePruner

FOLLOWED = {"auroc": "val_auroc", "average_precision": "val_average_precision"}
"""Objectives that are known after every epoch, and what the training's curves call them."""


def _no_pruner() -> BasePruner:
    """Every trial is trained to its end."""
    import optuna

    return optuna.pruners.NopPruner()


def _median() -> BasePruner:
    """After 5 trials, from epoch 5 on, what is below the median of the others at its epoch."""
    import optuna

    return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=5)


def _halving() -> BasePruner:
    """Asynchronous successive halving: a fourth goes on (Li et al. 2020, arXiv:1810.05934)."""
    import optuna

    return optuna.pruners.SuccessiveHalvingPruner(min_resource=4)


def _hyperband() -> BasePruner:
    """Hyperband (Li et al. 2018, http://jmlr.org/papers/v18/16-558.html)."""
    import optuna

    return optuna.pruners.HyperbandPruner(min_resource=4, max_resource=100)


PRUNERS: dict[str, Callable[[], BasePruner]] = {
    "none": _no_pruner,
    "median": _median,
    "halving": _halving,
    "hyperband": _hyperband,
}


@dataclass(frozen=True)
class TrialWatch:
    """Which trial a run is, wherever it is carried out.

    Attributes:
        storage: Address of the study's storage.
        study: Its name.
        trial: The trial's id in the storage.
        quantity: The curve that is followed.
        pruner: A name of `PRUNERS`.
    """

    storage: str
    study: str
    trial: int
    quantity: str
    pruner: str

    def follow(self) -> Watch:
        """Returns what reports every epoch to the study and asks whether to go on."""
        import optuna

        study = optuna.load_study(
            study_name=self.study,
            storage=open_storage(self.storage),
            pruner=PRUNERS[self.pruner](),
        )
        trial = optuna.trial.Trial(study, self.trial)
        reported = set(study._storage.get_trial(self.trial).intermediate_values)

        def watch(epoch: int, values: Mapping[str, float]) -> None:
            if epoch not in reported:  # of a training that goes on after a kill
                trial.report(values[self.quantity], epoch)
            if trial.should_prune():
                value = values[self.quantity]
                raise Pruned(f"pruned after epoch {epoch}, {self.quantity} {value:.4f}")

        return watch

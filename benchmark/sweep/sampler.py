"""Samplers whose every proposal is a function of study seed, trial number and the trials before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import optuna
from optuna.samplers import BaseSampler

from tfbs.benchmark.runtime import stream_seed

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.study import Study
    from optuna.trial import FrozenTrial, TrialState


def _tpe(seed: int) -> BaseSampler:
    """Multivariate tree-structured Parzen estimator (Bergstra et al. 2011)."""
    return optuna.samplers.TPESampler(seed=seed)


def _random(seed: int) -> BaseSampler:
    """Uniform, or log-uniform."""
    return optuna.samplers.RandomSampler(seed=seed)


def _cmaes(seed: int) -> BaseSampler:
    """CMA-ES (Hansen 2016, arXiv:1604.00772); choices are drawn at random."""
    return optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False)


def _nsga2(seed: int) -> BaseSampler:
    """NSGA-II (Deb et al. 2002, https://doi.org/10.1109/4235.996017), populations of 20."""
    return optuna.samplers.NSGAIISampler(seed=seed, population_size=20)


SAMPLERS: dict[str, Callable[[int], BaseSampler]] = {
    "tpe": _tpe,
    "random": _random,
    "cmaes": _cmaes,
    "nsga2": _nsga2,
}


class SeededByTrial(BaseSampler):
    """Asks a sampler made anew for every trial, and for every parameter drawn by itself.

    Optuna's storage keeps trials, not the state of a sampler. A sampler that is seeded by study
    seed, trial number and parameter proposes the same whether or not the process was killed in
    between, also between two parameters of a trial.

    Args:
        make: Returns a sampler with a seed.
        seed: Of the study.
    """

    def __init__(self, make: Callable[[int], BaseSampler], seed: int) -> None:
        self._make = make
        self._seed = seed

    def _of(self, trial: FrozenTrial, stream: str = "sweep") -> BaseSampler:
        return self._make(stream_seed(self._seed, stream, trial.number))

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Returns what is sampled jointly."""
        return self._of(trial).infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Samples jointly."""
        sampler = self._of(trial)
        sampler.infer_relative_search_space(study, trial)  # some remember it
        return sampler.sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Samples one parameter by itself."""
        sampler = self._of(trial, f"sweep/{param_name}")
        sampler.infer_relative_search_space(study, trial)
        return sampler.sample_independent(study, trial, param_name, param_distribution)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Is called when a trial is begun."""
        self._of(trial).before_trial(study, trial)

    def after_trial(
        self,
        study: Study,
        trial: FrozenTrial,
        state: TrialState,
        values: Sequence[float] | None,
    ) -> None:
        """Is called when a trial ends."""
        self._of(trial).after_trial(study, trial, state, values)

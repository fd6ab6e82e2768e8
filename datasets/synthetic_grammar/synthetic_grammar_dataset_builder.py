"""TFDS builder of the synthetic grammar."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar

import tensorflow_datasets as tfds

from tfbs.datasets.ceiling import ceiling, expected_auroc
from tfbs.datasets.planted_features import motif_columns, planted_features
from tfbs.datasets.synthetic_grammar import law
from tfbs.datasets.synthetic_grammar.card import constants
from tfbs.datasets.synthetic_grammar.composition import Law
from tfbs.datasets.synthetic_grammar.effects import read_effects
from tfbs.datasets.synthetic_grammar.rule import LENGTH

_SHIFTED = ("test_spacing", "test_background", "test_combinations", "test_mutations")


def _sizes(train: int, valid: int, test: int, shifted: tuple[str, ...]) -> dict[str, int]:
    return {"train": train, "valid": valid, "test": test, **dict.fromkeys(shifted, test)}


@dataclasses.dataclass(eq=False)
class SyntheticGrammarConfig(tfds.core.BuilderConfig):
    """What is drawn, and how many.

    Attributes:
        law: Of training; the shifted tests differ from it by one thing each.
        split_sizes: Examples per split.
        seed: Of the random streams, one for each split.
    """

    law: Law = dataclasses.field(default_factory=Law)
    split_sizes: dict[str, int] = dataclasses.field(
        default_factory=lambda: _sizes(20_000, 2_000, 4_000, _SHIFTED)
    )
    seed: int = 7


class Builder(tfds.core.GeneratorBasedBuilder):
    """Sequences whose label is drawn from the occupancy of six factors."""

    VERSION = tfds.core.Version(law.VERSION)
    RELEASE_NOTES: ClassVar[dict[str, str]] = {
        "2.0.0": "Six factors in two groups: test_combinations shifts what goes with what and "
        "nothing else. Information marks letters that raise the logit. Planted motifs carry their "
        "effect, the measured effects their standard error.",
        "1.0.0": "First release.",
    }
    BUILDER_CONFIGS: ClassVar[list[SyntheticGrammarConfig]] = [
        SyntheticGrammarConfig(name="default", description=law.CONFIGS["default"]),
        SyntheticGrammarConfig(
            name="confounded",
            description=law.CONFIGS["confounded"],
            law=Law(background="gc", confounding=2.0),
            split_sizes=_sizes(20_000, 2_000, 4_000, ("test_confounder",)),
        ),
        SyntheticGrammarConfig(name="noisy", description=law.CONFIGS["noisy"], law=Law(noise=0.1)),
        SyntheticGrammarConfig(
            name="small",
            description=law.CONFIGS["small"],
            split_sizes=_sizes(2_000, 400, 400, _SHIFTED),
            seed=8,
        ),
    ]

    def _info(self) -> tfds.core.DatasetInfo:
        config = self.builder_config
        return self.dataset_info_from_configs(
            features=planted_features(LENGTH, num_targets=1, has_logit=True),
            supervised_keys=("sequence", "label"),
            metadata=tfds.core.MetadataDict(
                targets=["bound"],
                seed=config.seed,
                sources=["JASPAR 2016 CORE, as shipped in the package pyjaspar"],
                split_rule="drawn independently; sizes fixed; test_* shifted by one thing each",
                negatives="sequences of the same law, labelled by chance from the true logit",
                rule=constants(),
                law={
                    split: dataclasses.asdict(config.law.shifted(split))
                    for split in config.split_sizes
                },
                effects=read_effects(),
            ),
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[str, dict[str, Any]]]]:
        del dl_manager  # everything is drawn here
        config = self.builder_config
        drawn = {
            split: law.draw_grammar(
                config.law.shifted(split), size, (config.seed, law.SPLITS.index(split))
            )
            for split, size in config.split_sizes.items()
        }
        self.info.metadata["ceiling"] = {
            split: {
                **ceiling(grammar.chance),
                "auroc_of_true_logit": round(expected_auroc(grammar.chance, grammar.logit), 6),
            }
            for split, grammar in drawn.items()
        }
        return {split: self._generate_examples(grammar, split) for split, grammar in drawn.items()}

    def _generate_examples(
        self, grammar: law.Grammar, split: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields sequences with their label, true logit, importance and motifs."""
        for index, instances in enumerate(grammar.instances):
            name = f"{split}_{index:05d}"
            yield (
                name,
                {
                    "id": name,
                    "sequence": grammar.sequence[index],
                    "label": grammar.label[index : index + 1],
                    "ground_truth": {
                        "logit": grammar.logit[index : index + 1],
                        "importance": grammar.importance[index],
                        "information": grammar.information[index],
                        "motifs": motif_columns(
                            [
                                vars(instance.place)
                                | {"affinity": instance.affinity, "effect": instance.effect}
                                for instance in instances
                            ]
                        ),
                    },
                },
            )

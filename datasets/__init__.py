"""What is learned from: sequences, their labels and, where it is known, the truth behind them.

`tfbs.datasets.task.load_task` is the door. The TFDS builders register themselves as soon as
`tensorflow_datasets` is imported, before or after this package, so `tfds.load("synthetic_code")`
works and `import tfbs.datasets` stays light.
"""

if __name__ != "tfbs.datasets":
    raise ImportError(
        "this folder is the package tfbs.datasets; import it by that name, and keep the "
        "repository root off sys.path (PYTHONSAFEPATH=1, or run the tfbs command)"
    )

import importlib
from types import ModuleType

import wrapt

from tfbs.datasets import (
    encode_dream,
    genome_bins,
    sequences,
    synthetic_code,
    synthetic_density,
    synthetic_grammar,
    synthetic_motifs,
    yeast_chipexo,
)

__all__ = [
    "encode_dream",
    "genome_bins",
    "sequences",
    "synthetic_code",
    "synthetic_density",
    "synthetic_grammar",
    "synthetic_motifs",
    "yeast_chipexo",
]

_BUILDERS = (
    "tfbs.datasets.encode_dream.encode_dream_dataset_builder",
    "tfbs.datasets.genome_bins.genome_bins_dataset_builder",
    "tfbs.datasets.sequences.sequences_dataset_builder",
    "tfbs.datasets.synthetic_code.synthetic_code_dataset_builder",
    "tfbs.datasets.synthetic_density.synthetic_density_dataset_builder",
    "tfbs.datasets.synthetic_grammar.synthetic_grammar_dataset_builder",
    "tfbs.datasets.synthetic_motifs.synthetic_motifs_dataset_builder",
    "tfbs.datasets.yeast_chipexo.yeast_chipexo_dataset_builder",
)


def _register_builders(_: ModuleType) -> None:
    for module in _BUILDERS:
        importlib.import_module(module)


wrapt.register_post_import_hook(_register_builders, "tensorflow_datasets")

"""Synthetic regulatory code: sequences whose label and motif positions are known."""

import functools

from tfbs.datasets.catalogue import TASKS, TaskEntry
from tfbs.datasets.synthetic_code.law import CONFIGS, VERSION, chances

for _config, _description in CONFIGS.items():
    TASKS.add(
        "synthetic_code" if _config == "default" else f"synthetic_code/{_config}",
        TaskEntry(
            dataset="synthetic_code",
            config=_config,
            version=VERSION,
            description=f"binary regulatory code with motif ground truth: {_description}",
            citation="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x",
            builder="tfbs.datasets.synthetic_code.synthetic_code_dataset_builder:Builder",
            chances=functools.partial(chances, config=_config),
        ),
    )

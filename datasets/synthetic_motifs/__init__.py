"""Planted motifs of twelve factors: which of them does a sequence hold?"""

from tfbs.datasets.catalogue import TASKS, TaskEntry
from tfbs.datasets.synthetic_motifs.law import CONFIGS, MATCHES, VERSION, chances

for _config, _description in CONFIGS.items():
    TASKS.add(
        "synthetic_motifs" if _config == "default" else f"synthetic_motifs/{_config}",
        TaskEntry(
            dataset="synthetic_motifs",
            config=_config,
            version=VERSION,
            description=f"which of 12 motifs a sequence holds, with ground truth: {_description}",
            citation="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x",
            builder="tfbs.datasets.synthetic_motifs.synthetic_motifs_dataset_builder:Builder",
            chances=chances,
            motifs=MATCHES,
        ),
    )

"""One to three instances of one of three motifs: of which factor are they?"""

from tfbs.datasets.catalogue import TASKS, TaskEntry
from tfbs.datasets.synthetic_density.law import CONFIGS, VERSION, chances

for _config, _description in CONFIGS.items():
    TASKS.add(
        "synthetic_density" if _config == "default" else f"synthetic_density/{_config}",
        TaskEntry(
            dataset="synthetic_density",
            config=_config,
            version=VERSION,
            description="of which of 3 factors a sequence holds 1 to 3 motifs, with ground truth: "
            + _description,
            citation="Zhou, Shrikumar & Kundaje (2021), https://doi.org/10.1101/2020.11.04.368803",
            builder="tfbs.datasets.synthetic_density.synthetic_density_dataset_builder:Builder",
            chances=chances,
        ),
    )

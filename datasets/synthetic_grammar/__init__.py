"""Binding by a stated rule: sequences whose true logit, and all that moves it, are known."""

from tfbs.datasets.catalogue import TASKS, TaskEntry
from tfbs.datasets.synthetic_grammar.law import CONFIGS, VERSION
from tfbs.datasets.synthetic_grammar.logit import true_logits

for _config, _description in CONFIGS.items():
    TASKS.add(
        "synthetic_grammar" if _config == "default" else f"synthetic_grammar/{_config}",
        TaskEntry(
            dataset="synthetic_grammar",
            config=_config,
            version=VERSION,
            description=f"binding by a thermodynamic rule with the causal truth: {_description}",
            citation="The constants are this project's; occupancy after Shea & Ackers (1985), "
            "https://doi.org/10.1016/0022-2836(85)90086-5",
            true_logits=true_logits,
            builder="tfbs.datasets.synthetic_grammar.synthetic_grammar_dataset_builder:Builder",
        ),
    )

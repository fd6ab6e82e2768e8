"""The columns of the verdict: which metrics of each axis, and costs, summarise a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "ratio", "count", "operations", "seconds"]


@dataclass(frozen=True)
class Column:
    """A column of the verdict.

    Attributes:
        name: Of the metric, or of the entry of a record's cost.
        axis: `prediction`, `interpretability`, `robustness` or `cost`.
        heading: For people.
        higher_is_better: The direction.
        chance: Name of the metric that says what chance gives.
        unit: `share` for numbers up to 1, `ratio` for larger ones, `count`, `operations` or
            `seconds`.
        note: One sentence, where the glossary of metrics has none.
    """

    name: str
    axis: str
    heading: str
    higher_is_better: bool = True
    chance: str | None = None
    unit: Unit = "share"
    note: str = ""


_MAPS = {"ism": "ISM", "integrated_gradients": "IG", "deepshap": "DeepSHAP"}

COLUMNS = (
    Column("auroc", "prediction", "AUROC"),
    Column("average_precision", "prediction", "average precision"),
    Column("lift", "prediction", "lift", unit="ratio"),
    Column("recall_at_fdr_10", "prediction", "recall at 10 % FDR"),
    Column("bayes_gap_auroc", "prediction", "share of the Bayes gap"),
    Column("true_logit_pearson", "prediction", "true logit correlation"),
    Column("attribution_auroc_saliency", "interpretability", "attribution AUROC"),
    Column(
        "attribution_aupr_saliency",
        "interpretability",
        "attribution AUPR",
        chance="attribution_aupr_chance",
    ),
    *(
        Column(f"attribution_auroc_{name}", "interpretability", f"attribution AUROC, {words}")
        for name, words in _MAPS.items()
    ),
    Column("summit_attribution_auroc_saliency", "interpretability", "summit AUROC"),
    Column(
        "summit_attribution_aupr_saliency",
        "interpretability",
        "summit AUPR",
        chance="summit_attribution_aupr_chance",
    ),
    Column(
        "summit_attribution_specificity_saliency", "interpretability", "summit specificity AUROC"
    ),
    Column(
        "attribution_exact_correlation_saliency", "interpretability", "exact effect correlation"
    ),
    *(
        Column(
            f"attribution_exact_correlation_{name}",
            "interpretability",
            f"exact effect correlation, {words}",
        )
        for name, words in _MAPS.items()
    ),
    Column(
        "instance_recovery_deepshap",
        "interpretability",
        "motifs recovered, DeepSHAP",
        chance="instance_recovery_chance_deepshap",
    ),
    Column(
        "pwm_cosine_deepshap",
        "interpretability",
        "cosine to the motif, DeepSHAP",
        chance="pwm_cosine_shuffled_deepshap",
    ),
    Column("jaspar_auroc_saliency", "interpretability", "JASPAR hits AUROC"),
    Column("jaspar_auroc_deepshap", "interpretability", "JASPAR hits AUROC, DeepSHAP"),
    Column(
        "deletion_auc_deepshap",
        "interpretability",
        "deletion area, DeepSHAP",
        higher_is_better=False,
        chance="deletion_auc_random",
    ),
    Column(
        "insertion_auc_deepshap",
        "interpretability",
        "insertion area, DeepSHAP",
        chance="insertion_auc_random",
    ),
    Column("pair_interaction_correlation", "interpretability", "true pair correlation"),
    Column("pair_interaction_auroc", "interpretability", "planted pair AUROC"),
    Column("gia_motif_spearman", "interpretability", "true effects of motifs, GIA"),
    Column("gia_variant_spearman", "interpretability", "true effects of substitutions, GIA"),
    Column(
        "gia_spacing_error",
        "interpretability",
        "error of spacing profiles, GIA",
        higher_is_better=False,
        unit="ratio",
    ),
    Column(
        "gia_decoy_effect",
        "interpretability",
        "effect of decoys, GIA",
        higher_is_better=False,
        unit="ratio",
    ),
    Column("filter_truth_fraction", "interpretability", "filters with a motif of the task"),
    Column(
        "filter_false_fraction",
        "interpretability",
        "filters with another motif",
        higher_is_better=False,
    ),
    Column("auroc_pgd_0.02", "robustness", "AUROC, PGD ε 0.02"),
    Column("auroc_substitution_0.05", "robustness", "AUROC, 5 % substituted"),
    Column("reverse_complement_correlation", "robustness", "strand correlation"),
    Column(
        "parameters",
        "cost",
        "parameters",
        higher_is_better=False,
        unit="count",
        note="Numbers in the model, trainable or not.",
    ),
    Column(
        "macs",
        "cost",
        "MACs",
        higher_is_better=False,
        unit="operations",
        note="Multiply-accumulate operations of one forward pass of one sequence.",
    ),
    Column(
        "training_seconds",
        "cost",
        "training time",
        higher_is_better=False,
        unit="seconds",
        note="Wall time of the training, on the machine of the run.",
    ),
)

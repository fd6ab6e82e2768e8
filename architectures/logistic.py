"""Logistic regression by scikit-learn, exported exactly into a Keras Dense layer."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.architectures.blocks import central
from tfbs.architectures.registry import LabelledSequences
from tfbs.parameters import Json

PENALTIES = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""Inverse regularisation strengths (scikit-learn's C) that are tried, until one is worse."""

UNJUDGED = 1e-3
"""That is taken where no label of the validation split is known."""

Fitted = tuple[np.ndarray, float, float | None]
"""Coefficients, intercept and the chosen C of one target; no C where it has one class."""


def logistic_model(
    length: int,
    num_targets: int,
    features: keras.Layer,
    name: str,
    context: int | None = None,
) -> keras.Model:
    """Returns features followed by one linear unit per target: `(batch, length, 4)` to logits.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        features: From `(batch, context, 4)` to `(batch, features)`.
        name: Of the model.
        context: Central nucleotides that are read; all by default.
    """
    sequence = keras.Input((length, 4), name="sequence")
    read = central(sequence, context)
    outputs = keras.layers.Dense(num_targets, name="logits")(features(read))
    return keras.Model(sequence, outputs, name=name)


def fit_logistic(
    model: keras.Model,
    train: LabelledSequences,
    valid: LabelledSequences,
    seed: int,
    /,
    **hyperparameters: Json,
) -> dict[str, Json]:
    """Fits one L2-penalised logistic regression per target and writes it into `logits`.

    Features are standardised on the training split; the penalty is weakened step by step as long
    as the validation log-loss falls; without a known validation label C is 0.001. Unknown labels
    (-1) are left out. A target with one class gets a constant logit, the log-odds of its counts
    plus a half.

    Args:
        model: What `logistic_model` returned; changed in place.
        train: Training split.
        valid: Validation split, for the penalty only.
        seed: Seed of the solver.
        hyperparameters: Those of the architecture; not needed here.

    Returns:
        `{"inverse_penalty": [C per target, or None]}`.
    """
    train_features, valid_features = _standardised(model, train, valid)
    features, mean, scale = train_features
    fitted = [
        _fit_target(features, train.label[:, target], valid_features, valid.label[:, target], seed)
        for target in range(train.label.shape[1])
    ]
    _write(model, fitted, mean, scale)
    return {"inverse_penalty": [penalty for _, _, penalty in fitted]}


def one_column_each(
    model: keras.Model, train: LabelledSequences, valid: LabelledSequences, seed: int
) -> tuple[dict[str, Json], list[int | None]]:
    """Fits each target on the one feature with the largest AUROC on the training split.

    Args:
        model: With a layer `logits` on top of features; changed in place.
        train: Training split.
        valid: Validation split, for the penalty only.
        seed: Seed of the solver.

    Returns:
        `{"inverse_penalty": [C per target, or None]}`, and for each target the index of its
        feature, None where it has one class.
    """
    (features, mean, scale), valid_features = _standardised(model, train, valid)
    fitted: list[Fitted] = []
    columns: list[int | None] = []
    for target in range(train.label.shape[1]):
        label = train.label[:, target]
        column = _best_column(features, label)
        used = slice(0, 0) if column is None else slice(column, column + 1)
        slope, intercept, penalty = _fit_target(
            features[:, used], label, valid_features[:, used], valid.label[:, target], seed
        )
        coefficients = np.zeros(features.shape[1])
        coefficients[used] = slope
        fitted.append((coefficients, intercept, penalty))
        columns.append(column)
    _write(model, fitted, mean, scale)
    return {"inverse_penalty": [penalty for _, _, penalty in fitted]}, columns


def _best_column(features: np.ndarray, label: np.ndarray) -> int | None:
    """Returns the feature with the largest AUROC, None where only one class is known."""
    from scipy.stats import rankdata

    known = label >= 0
    positive = label[known] == 1
    pairs = int(positive.sum()) * int((~positive).sum())
    if not pairs:
        return None
    ranks = rankdata(features[known], axis=0)  # the rank sum orders features as the AUROC does
    return int(ranks[positive].sum(axis=0).argmax())


def _standardised(
    model: keras.Model, train: LabelledSequences, valid: LabelledSequences
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Returns (features, mean, scale) of the training split, and the validation features."""
    extract = keras.Model(model.input, model.get_layer("logits").input)
    train_features, valid_features = (_features(extract, part.sequence) for part in (train, valid))
    mean = train_features.mean(axis=0)
    scale = train_features.std(axis=0)
    scale[scale == 0] = 1
    for features in (train_features, valid_features):
        features -= mean
        features /= scale
    return (train_features, mean, scale), valid_features


def _write(model: keras.Model, fitted: list[Fitted], mean: np.ndarray, scale: np.ndarray) -> None:
    """Writes coefficients of standardised features into the layer `logits`."""
    kernel = np.stack([coefficients for coefficients, _, _ in fitted], axis=1) / scale[:, None]
    bias = np.array([intercept for _, intercept, _ in fitted]) - mean @ kernel
    model.get_layer("logits").set_weights([kernel.astype("float32"), bias.astype("float32")])


def _features(extract: keras.Model, codes: np.ndarray, batch_size: int = 256) -> np.ndarray:
    batches = [
        keras.ops.convert_to_numpy(
            extract(keras.ops.one_hot(np.asarray(codes[start : start + batch_size]), 4))
        )
        for start in range(0, len(codes), batch_size)
    ]
    return np.concatenate(batches).astype("float64")


def _fit_target(
    train_features: np.ndarray,
    train_label: np.ndarray,
    valid_features: np.ndarray,
    valid_label: np.ndarray,
    seed: int,
) -> Fitted:
    """Returns coefficients, intercept and the chosen C of one target."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    known = train_label >= 0
    positives, total = int((train_label[known] == 1).sum()), int(known.sum())
    if positives in (0, total):
        constant = np.log((positives + 0.5) / (total - positives + 0.5))
        return np.zeros(train_features.shape[1]), float(constant), None
    judged = valid_label >= 0
    features, label = train_features[known], train_label[known]
    best: tuple[float, LogisticRegression] | None = None
    for penalty in PENALTIES:
        regression = LogisticRegression(C=penalty, max_iter=1000, random_state=seed)
        regression.fit(features, label)
        loss = (
            log_loss(
                valid_label[judged],
                regression.predict_proba(valid_features[judged])[:, 1],
                labels=[0, 1],
            )
            if judged.any()
            else abs(np.log10(penalty / UNJUDGED))
        )
        if best is not None and loss >= best[0]:
            break
        best = (loss, regression)
    assert best is not None  # noqa: S101  (PENALTIES is not empty)
    return best[1].coef_[0], float(best[1].intercept_[0]), float(best[1].C)

"""The fit loop: masked loss, seeded streams, schedules, failures."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.training import REGIMES, default_regime
from tfbs.benchmark.training.batches import batches
from tfbs.benchmark.training.callbacks import Divergence
from tfbs.benchmark.training.fit import fit
from tfbs.benchmark.training.loss import class_weights, masked_cross_entropy
from tfbs.benchmark.training.sampling import EpochSampler
from tfbs.benchmark.training.standard import Standard
from tfbs.benchmark.watch import TrainingFailed
from tfbs.datasets.task import Split
from tfbs.errors import Refused, UserError


def quiet(epoch, epochs, values):
    """Reports nothing."""


def splits(task):
    return [task.splits[name] for name in ("train", "valid")]


def small_network(seed=0):
    keras.utils.set_random_seed(seed)
    return ARCHITECTURES["cnn_local"].build(60, 1, {"num_filters": 8, "pool_size": 20})


def test_the_loss_is_the_mean_over_known_labels():
    label = np.array([[1, -1], [0, 1]], "int8")
    logit = np.array([[2.0, 100.0], [-1.0, 0.5]], "float32")
    weight = np.array([[1, 1], [1, 3]], "float32")
    entropies = np.log1p(np.exp([-2.0, -1.0, -0.5]))
    expected = (entropies * [1, 1, 3]).sum() / 5
    assert float(masked_cross_entropy(label, logit, weight)) == pytest.approx(expected, rel=1e-6)
    nothing = np.full((2, 2), -1, "int8")
    assert float(masked_cross_entropy(nothing, logit, weight)) == 0


def test_balanced_weights_give_both_classes_the_same_total():
    label = np.array([[1, 1], [0, 1], [0, 1], [0, -1]], "int8")
    unbound, bound = class_weights(label, balanced=True)[0]
    assert 3 * unbound == pytest.approx(1 * bound) and 3 * unbound + bound == pytest.approx(4)
    np.testing.assert_array_equal(class_weights(label, balanced=True)[1], 1)
    np.testing.assert_array_equal(class_weights(label, balanced=False), 1)


def test_every_epoch_shows_every_example_once_in_an_order_of_its_own():
    model = keras.Sequential([keras.Input((1, 4)), keras.layers.Flatten()])
    sequence = np.arange(10, dtype="uint8")[:, None]
    split = Split(sequence.astype(str)[:, 0], sequence, sequence.astype("int8"))
    shuffled = batches(model, split, EpochSampler(split.label, None, 5), 4, seed=5)
    epochs = []
    for count, ((codes, tracks), labels) in enumerate(shuffled.take(6)):
        assert tracks.shape[1:] == (1, 0)
        np.testing.assert_array_equal(codes.numpy(), labels.numpy())
        if count % 3 == 0:
            epochs.append([])
        epochs[-1] += codes.numpy()[:, 0].tolist()
    assert [sorted(epoch) for epoch in epochs] == [list(range(10))] * 2
    assert epochs[0] != epochs[1]
    later = batches(model, split, EpochSampler(split.label, None, 5), 4, seed=5, first_epoch=1)
    shown = np.concatenate([codes.numpy()[:, 0] for (codes, _), _ in later.take(3)])
    assert shown.tolist() == epochs[1]


def test_reverse_complement_augmentation_turns_about_half_and_only_that():
    sequence = np.eye(4, dtype="float32")[np.random.default_rng(0).integers(0, 4, (400, 12))]
    seed = keras.random.SeedGenerator(0)
    tracks = np.random.default_rng(1).random((400, 12, 2)).astype("float32")
    turned, beside = Standard(reverse_complement="augmentation").augment(sequence, tracks, seed)
    same = (turned.numpy() == sequence).all(axis=(1, 2))
    np.testing.assert_array_equal(turned.numpy()[~same], sequence[~same][:, ::-1, ::-1])
    np.testing.assert_array_equal(beside.numpy()[~same], tracks[~same][:, ::-1])
    np.testing.assert_array_equal(beside.numpy()[same], tracks[same])
    assert 150 < same.sum() < 250
    assert Standard().augment(sequence, tracks, seed)[0] is sequence


def test_a_fit_learns_restores_its_best_epoch_and_repeats_bit_for_bit(planted_task):
    train, valid = splits(planted_task)
    procedure = Standard(epochs=8, batch_size=20, learning_rate=3e-3)
    outcomes = []
    for _ in range(2):
        model = small_network()
        outcomes.append((fit(model, procedure, train, valid, 7, quiet), model.get_weights()))
    (first, weights), (second, again) = outcomes
    assert first.curves == second.curves
    for one, other in zip(weights, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert max(first.curves["val_auroc"]) > 0.9
    assert first.curves["val_auroc"][first.best_epoch - 1] == max(first.curves["val_auroc"])
    assert first.steps == 8 * 30


def test_what_is_looked_up_in_a_table_is_trained_too(planted_task):
    keras.utils.set_random_seed(0)
    small = {"num_filters": 8, "num_blocks": 1, "num_heads": 2, "head_size": 8}
    model = ARCHITECTURES["transformer"].build(60, 1, small)
    table = model.get_layer("attention_1").bias
    before = table.numpy()
    procedure = Standard(epochs=1, batch_size=100, learning_rate=1e-3)
    fit(model, procedure, *splits(planted_task), 7, quiet)
    moved = table.numpy() != before
    assert moved.any() and np.isfinite(table.numpy()).all()


def test_seeds_change_order_and_dropout(planted_task):
    train, valid = splits(planted_task)
    curves = [
        fit(small_network(), Standard(epochs=1), train, valid, seed, quiet).curves["loss"]
        for seed in (0, 1)
    ]
    assert curves[0] != curves[1]


def test_without_improvement_training_stops(planted_task):
    train, valid = splits(planted_task)
    procedure = Standard(epochs=30, patience=2, learning_rate=1e-9, monitor="val_loss")
    training = fit(small_network(), procedure, train, valid, 0, quiet)
    assert len(training.curves["loss"]) < 30


def test_the_learning_rate_does_not_fall_in_the_warm_up(planted_task):
    train, valid = splits(planted_task)
    still = {"epochs": 8, "learning_rate": 1e-20, "monitor": "val_loss", "rate_patience": 1}
    still["minimum_rate"] = 0.0
    found = {}
    for warm_up in (0, 4):
        procedure = Standard(**still, warm_up_epochs=warm_up, patience=20)
        training = fit(small_network(), procedure, train, valid, 0, quiet)
        found[warm_up] = np.array(training.curves["learning_rate"])
    first = {warm_up: int(np.argmax(rates < rates[0])) for warm_up, rates in found.items()}
    assert 0 < first[0] < 4
    assert first[4] == first[0] + 4


def test_a_loss_that_is_not_finite_stops_with_a_reason(planted_task):
    train, valid = splits(planted_task)
    with pytest.raises(TrainingFailed, match=r"loss is \S+ after epoch 1: training has diverged"):
        fit(small_network(), Standard(learning_rate=1e30), train, valid, 0, quiet)


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), 1e5])
def test_a_loss_that_has_exploded_ends_a_long_epoch_before_its_end(loss):
    class Trainer:
        mean_loss = keras.metrics.Mean()

    Trainer.mean_loss.update_state(loss)
    watch = Divergence()
    watch.set_model(Trainer())
    watch.on_epoch_begin(2)
    watch.on_train_batch_end(41)
    with pytest.raises(TrainingFailed, match=r"loss is \S+ in epoch 3, step 200: training has"):
        watch.on_train_batch_end(199)
    watch.on_epoch_end(0, {"loss": 700.0})


def test_permuted_labels_keep_the_class_counts_and_break_the_pairs_in_every_split(planted_task):
    procedure = REGIMES["permuted_labels"].make({})
    control = procedure.prepare_task(planted_task, 3)
    for name, split in control.splits.items():
        true = planted_task.splits[name].label
        assert split.label.sum() == true.sum()
        assert 0.35 < (split.label == true).mean() < 0.65
        np.testing.assert_array_equal(split.sequence, planted_task.splits[name].sequence)
        again = procedure.prepare_task(planted_task, 3).splits[name].label
        np.testing.assert_array_equal(split.label, again)
    other = procedure.prepare_task(planted_task, 4).splits["train"].label
    assert not np.array_equal(control.splits["train"].label, other)


def test_only_a_control_changes_the_task(planted_task):
    for name in set(REGIMES) - {"permuted_labels"}:
        assert REGIMES[name].make({}).prepare_task(planted_task, 3) is planted_task


def test_regimes_and_floors_do_not_mix():
    floor, network = ARCHITECTURES["gc_logistic"], ARCHITECTURES["cnn_local"]
    assert (default_regime(floor), default_regime(network)) == ("scikit_learn", "standard")
    with pytest.raises(Refused, match="fitted by scikit-learn: regime standard does not apply"):
        REGIMES["standard"].check_architecture("standard", floor)
    with pytest.raises(Refused, match="is for floors"):
        REGIMES["scikit_learn"].check_architecture("scikit_learn", network)


def test_a_preset_is_the_procedure_with_other_defaults():
    preset = REGIMES["standard_koo2021"].resolve("standard_koo2021", {"patience": 3})
    assert (preset["patience"], preset["restore_best_weights"]) == (3, False)
    with pytest.raises(UserError, match="regime standard has no hyperparameter 'epoch'"):
        REGIMES["standard"].resolve("standard", {"epoch": 3})


def test_adversarial_training_goes_through_its_three_phases_and_counts_its_passes(planted_task):
    train, valid = splits(planted_task)
    procedure = REGIMES["pgd"].make(
        {"epochs": 3, "batch_size": 60, "steps": 2, "epsilon": 0.01, "learning_rate": 3e-3}
        | {"clean_epochs": 1, "mixed_epochs": 1, "warm_up_epochs": 1}
    )
    assert [procedure.passes(epoch) for epoch in range(3)] == [(1, 1), (4, 4), (3, 3)]
    training = fit(small_network(), procedure, train, valid, 0, quiet)
    assert training.passes == (8 * 600, 8 * 600)
    assert training.best_epoch > 1  # the clean epoch is not judged
    curves = training.curves
    assert all(
        attacked <= clean
        for attacked, clean in zip(
            curves["val_adversarial_auroc"], curves["val_auroc"], strict=True
        )
    )


def test_adversarial_training_withstands_its_attack_better_than_standard(planted_task):
    """A linear detector of a planted motif: the robust AUROC is what the regime is for."""
    from tfbs.benchmark.attacks import PGD, Attacker
    from tfbs.benchmark.evaluation.prediction import auroc

    train, valid = splits(planted_task)
    sequence = np.eye(4, dtype="float32")[planted_task.splits["test"].sequence]
    label = planted_task.splits["test"].label
    common = {"epochs": 8, "batch_size": 20, "learning_rate": 3e-3}
    robust = {}
    for name, more in (
        ("standard", {}),
        ("pgd", {"epsilon": 0.05, "steps": 3, "clean_epochs": 2, "warm_up_epochs": 2}),
    ):
        model = small_network()
        fit(model, REGIMES[name].make(common | more), train, valid, 0, quiet)
        _, logit = Attacker(model, PGD(epsilon=0.05, steps=10))(sequence, label)
        robust[name] = auroc(label[:, 0], logit[:, 0])
    assert robust["pgd"] > robust["standard"] + 0.1


def test_published_presets_are_those_of_the_papers():
    old, new = (REGIMES[name].resolve(name, {}) for name in ("pgd_2019", "pgd_2021"))
    assert (old["epsilon"], old["steps"], old["clean_epochs"], old["batch_size"]) == (
        0.2,
        20,
        20,
        50,
    )
    assert (new["epsilon"], new["steps"], new["step_size"], new["box"]) == (0.05, 15, 0.005, False)
    # step i of 2019 is 0.1 / (i + 10)
    lengths = [old["step_size"] / (1 + old["step_decay"] * i) for i in range(20)]
    np.testing.assert_allclose(lengths, [0.1 / (i + 10) for i in range(20)])


def test_nobody_trains_against_the_attack_of_the_evaluation():
    with pytest.raises(UserError, match="is the attack that runs are evaluated under"):
        REGIMES["pgd"].resolve("pgd", {"steps": 20, "random_start": False})
    same = {"steps": 20, "random_start": False}
    for more in ({"step_size": 2.5 * 0.05 / 20}, {"box": False}, {"norm": "l2", "epsilon": 0.5}):
        with pytest.raises(UserError, match="is the attack that runs are evaluated under"):
            REGIMES["pgd"].resolve("pgd", same | more)
    assert REGIMES["pgd"].resolve("pgd", {"steps": 20})["random_start"]  # another attack
    assert REGIMES["pgd"].resolve("pgd", same | {"step_size": 0.01})["steps"] == 20


def test_an_adversarial_monitor_needs_an_attack():
    with pytest.raises(UserError, match="is for regimes that attack, such as pgd"):
        REGIMES["standard"].resolve("standard", {"monitor": "val_adversarial_auroc"})


def test_the_joint_curves_have_a_point_every_k_epochs(planted_task):
    from tfbs.benchmark.training.probe import JointProbe

    train, valid = splits(planted_task)
    model = small_network()
    procedure = Standard(epochs=5, batch_size=20, learning_rate=3e-3, probe_epochs=2)
    seen = []
    training = fit(
        model,
        procedure,
        train,
        valid,
        0,
        lambda epoch, epochs, values: seen.append(values),
        JointProbe(model, planted_task.splits["valid"]),
    )
    curves = training.probe_curves
    assert curves["epoch"] == [1, 3, 5]
    assert set(curves) == {
        "epoch", "auroc", "average_precision", "auroc_pgd_0.02", "attribution_stability_pgd_0.02",
        "attribution_auroc_saliency", "attribution_aupr_saliency",
    }  # fmt: skip
    assert all(
        low <= high for low, high in zip(curves["auroc_pgd_0.02"], curves["auroc"], strict=True)
    )
    assert curves["attribution_auroc_saliency"][-1] > curves["attribution_auroc_saliency"][0]
    assert "joint/auroc" in seen[2] and "joint/auroc" not in seen[1]
    assert not any(name.startswith("joint/") for name in training.curves)

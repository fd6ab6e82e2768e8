"""How a run computes, where that changes more than the order of a sum."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from tfbs.errors import Refused, UserError
from tfbs.parameters import Json, resolve

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

MIXED = "mixed_bfloat16"
WHOLE = "float32"


@dataclass(frozen=True, kw_only=True)
class Numerics:
    """Switches of a training; evaluation is always in float32 on one device.

    A switch is part of a run's identity when it is on.

    Attributes:
        precision: `mixed_bfloat16` computes in bfloat16 and keeps weights in float32.
        xla: Whether training steps are compiled by XLA.
        replicas: Devices of this machine that every batch is split over.
    """

    precision: Literal["float32", "mixed_bfloat16"] = "float32"
    xla: bool = False
    replicas: int = 1

    def __post_init__(self) -> None:
        if self.replicas < 1:
            raise UserError(f"--replicas {self.replicas}: at least 1")

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Numerics:
        """Returns the switches of a spec.

        Raises:
            UserError: If one is unknown or its value wrong.
        """
        return cls(**resolve(Numerics, value, "numerics"))  # type: ignore[arg-type]

    def to_json(self) -> dict[str, Json]:
        """Returns the switches that are on."""
        off = asdict(Numerics())
        return {name: value for name, value in asdict(self).items() if value != off[name]}

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Builds and trains under these switches.

        Raises:
            UserError: If there are fewer devices than replicas.
        """
        import keras

        with contextlib.ExitStack() as stack:
            if self.replicas > 1:
                stack.enter_context(_strategy(self.replicas).scope())
            before = keras.mixed_precision.global_policy()
            keras.mixed_precision.set_global_policy(self.precision)
            stack.callback(keras.mixed_precision.set_global_policy, before)
            yield

    def prepared(self, model: keras.Model) -> keras.Model:
        """Returns a new model with its batches normalised over all replicas."""
        if self.replicas > 1:
            _synchronise(model, True)
        return model

    def finished(self, model: keras.Model) -> keras.Model:
        """Returns the trained model in float32 on one device; call it outside `applied`."""
        import keras

        if not self.to_json().keys() & {"precision", "replicas"}:
            return model
        text = model.to_json().replace(f'"{MIXED}"', f'"{WHOLE}"')
        plain: keras.Model = keras.models.model_from_json(text)
        plain.set_weights(model.get_weights())
        _synchronise(plain, False)
        return plain

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Says why a regime cannot be trained on several devices.

        Raises:
            Refused: If its step needs all devices inside a loop or a condition.
        """
        try:
            yield
        except RuntimeError as error:
            if self.replicas == 1 or "merge_call" not in str(error):
                raise
            raise Refused(
                f"--replicas {self.replicas}: this regime learns inside a loop or a condition, "
                "where TensorFlow cannot bring devices together: train it on one"
            ) from error

    def check_batches(self, examples: int, batch_size: int) -> None:
        """Refuses batches of which a replica would get nothing.

        Raises:
            Refused: With what to do.
        """
        last = examples % batch_size or batch_size
        if min(last, batch_size) < self.replicas:
            raise Refused(
                f"--replicas {self.replicas}: the last batch of an epoch has {last} of "
                f"{examples} sequences; set another batch_size than {batch_size}"
            )


def _strategy(replicas: int) -> tf.distribute.Strategy:
    """Returns the strategy over the first GPUs, or without any over logical CPUs.

    Raises:
        UserError: If there are not so many.
    """
    import tensorflow as tf

    gpus = tf.config.list_logical_devices("GPU")
    devices = gpus or tf.config.list_logical_devices("CPU")
    if len(devices) < replicas:
        seen = f"{len(gpus)} GPUs are seen" if gpus else "no GPU is seen"
        raise UserError(f"--replicas {replicas}: {seen}")
    return tf.distribute.MirroredStrategy([device.name for device in devices[:replicas]])


def _synchronise(model: keras.Model, together: bool) -> None:
    import keras

    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = together

"""The side of `train_pytorch.py` that runs under PyTorch, in an environment without tfbs.

Reads jobs from its standard input: `logits`, `losses` or `train STEPS`; answers each with the
wall and CPU seconds that it took. What the first two find is left in the folder.
"""

from __future__ import annotations

import copy
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from pytorch_networks import NETWORKS, Network
from torch import nn

RATE, DECAY, EPSILON = 1e-3, 0.999, 1e-7
"""Of Adam, as Keras has them."""


def main() -> None:
    """Does one job per line until there are no more."""
    folder, name = Path(sys.argv[1]), sys.argv[2]
    threads, batch_size, checked = map(int, sys.argv[3:6])
    checked_rate = float(sys.argv[6])
    torch.set_num_threads(threads)
    network = NETWORKS[name]()
    fill(network, np.load(folder / "weights.npz"))
    examples = np.load(folder / "examples.npz")
    letters = np.eye(4, dtype="float32")[examples["sequence"]].swapaxes(1, 2)
    sequence = torch.from_numpy(np.ascontiguousarray(letters))
    label = torch.from_numpy(examples["label"].astype("float32"))
    training = Training(network, sequence, label, batch_size)
    for line in sys.stdin:
        job, *numbers = line.split()
        started, spent = time.perf_counter(), time.process_time()
        if job == "train":
            training.take(int(*numbers))
        elif job == "logits":
            with torch.no_grad():
                found = network.eval()(sequence[:batch_size])[:, 0]
            np.save(folder / "logits.npy", found.numpy())
        else:
            trial = Training(without_dropout(network), sequence, label, batch_size, checked_rate)
            np.save(folder / f"{job}.npy", trial.in_order(checked))
        print(time.perf_counter() - started, time.process_time() - spent, flush=True)


def fill(network: Network, weights) -> None:
    """Gives a network the weights of Keras' layers, which come in the same order."""
    kinds = (nn.Conv1d, nn.Linear, nn.BatchNorm1d, nn.LSTM)
    place = channels = 0
    flattened = False  # by channel, where Keras flattens by position
    for module in network.modules():
        if isinstance(module, nn.Flatten):
            flattened = True
        if not isinstance(module, kinds):
            continue
        names = sorted(name for name in weights.files if name.partition(".")[0] == str(place))
        arrays = [weights[name] for name in names]
        if flattened and isinstance(module, nn.Linear):
            kernel = arrays[0].reshape(-1, channels, module.out_features)
            arrays[0] = kernel.swapaxes(0, 1).reshape(-1, module.out_features)
            flattened = False
        if isinstance(module, nn.Conv1d):
            channels = module.out_channels
        with torch.no_grad():
            for own, array in zip(own_weights(module), arrays, strict=True):
                own.copy_(torch.from_numpy(np.ascontiguousarray(array.T)))
        place += 1
    if len({name.partition(".")[0] for name in weights.files}) != place:
        raise ValueError(f"{place} layers with weights here, another number in weights.npz")


def own_weights(module: nn.Module) -> list[torch.Tensor]:
    """Returns the weights of a layer in Keras' order, each of the transposed shape."""
    if isinstance(module, nn.BatchNorm1d):
        return [module.weight, module.bias, module.running_mean, module.running_var]
    if isinstance(module, nn.LSTM):
        names = [f"{name}_l0" for name in ("weight_ih", "weight_hh", "bias_ih")]
        return [getattr(module, name + end) for end in ("", "_reverse") for name in names]
    return [module.weight] if module.bias is None else [module.weight, module.bias]


def without_dropout(network: Network) -> Network:
    """Returns a copy that drops nothing."""
    found = copy.deepcopy(network)
    for module in found.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return found


class Training:
    """A training loop.

    Args:
        network: What learns.
        sequence: `(n, 4, length)` float32, in memory.
        label: `(n, 1)` float32.
        batch_size: Sequences per step.
        rate: Of learning.
    """

    def __init__(
        self,
        network: Network,
        sequence: torch.Tensor,
        label: torch.Tensor,
        batch_size: int,
        rate: float = RATE,
    ) -> None:
        self.network, self.sequence, self.label = network, sequence, label
        self.batch_size = batch_size
        learned = [each for each in network.parameters() if each.requires_grad]
        self.optimiser = torch.optim.Adam(learned, lr=rate, betas=(0.9, DECAY))
        self.loss = nn.BCEWithLogitsLoss()
        self._steps = 0
        self._waiting: list[torch.Tensor] = []

    def step(self, rows: torch.Tensor) -> torch.Tensor:
        """Learns from these rows; returns the loss."""
        self.network.train()
        self._steps += 1
        correction = math.sqrt(1 - DECAY**self._steps)  # Keras adds epsilon before it
        self.optimiser.param_groups[0]["eps"] = EPSILON / correction
        self.optimiser.zero_grad()
        loss = self.loss(self.network(self.sequence[rows]), self.label[rows])
        loss = loss + self.network.penalty()
        loss.backward()
        self.optimiser.step()
        self.network.constrain()
        return loss.detach()

    def take(self, steps: int) -> float:
        """Takes steps on shuffled batches; returns their mean loss."""
        total = torch.zeros(())
        for _ in range(steps):
            if not self._waiting:
                order = torch.randperm(len(self.sequence))
                self._waiting = list(order.split(self.batch_size))
            total += self.step(self._waiting.pop())
        return float(total) / steps

    def in_order(self, steps: int) -> np.ndarray:
        """Returns the losses of steps on batches in the order of the examples."""
        rows = torch.arange(steps * self.batch_size).split(self.batch_size)
        return np.array([float(self.step(each)) for each in rows])


if __name__ == "__main__":
    main()

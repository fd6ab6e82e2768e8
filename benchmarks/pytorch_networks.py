"""Five of our networks, written for PyTorch: `(batch, 4, length)` to `(batch, 1)` logits.

Each also says how large the weights of its L2 penalty are, and the norm that it holds weights to.
"""

from __future__ import annotations

import torch
from torch import nn

L2 = 1e-6
MAX_NORM = 7.0
MOMENTUM = 0.01  # what Keras calls 0.99
EPSILON = 1e-3  # of Keras' batch norm


def norm(channels: int) -> nn.BatchNorm1d:
    """Returns Keras' batch norm."""
    return nn.BatchNorm1d(channels, eps=EPSILON, momentum=MOMENTUM)


class Network(nn.Module):
    """A chain of layers.

    Attributes:
        l2: Factor on the squared weights of convolutions and dense layers in the loss.
        max_norm: Of the weights of each filter and unit but the last, after every step.
    """

    l2 = 0.0
    max_norm: float | None = None

    def __init__(self) -> None:
        super().__init__()
        self.chain = nn.Sequential(*self.layers())

    def layers(self) -> list[nn.Module]:
        """Returns them in order."""
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Returns `(batch, 1)` logits."""
        return self.chain(x)

    def kernels(self) -> list[nn.Parameter]:
        """Returns the weights of convolutions and dense layers, the logits' last."""
        kinds = (nn.Conv1d, nn.Linear)
        return [module.weight for module in self.modules() if isinstance(module, kinds)]

    def penalty(self) -> torch.Tensor | float:
        """Returns what is added to the loss."""
        return self.l2 * sum(kernel.square().sum() for kernel in self.kernels()) if self.l2 else 0.0

    @torch.no_grad()
    def constrain(self) -> None:
        """Scales back the weights that a step has made too large."""
        if self.max_norm is not None:
            for kernel in self.kernels()[:-1]:
                kernel.copy_(torch.renorm(kernel, 2, 0, self.max_norm))


class CnnDist(Network):
    """Koo & Ploenzke (2021)."""

    l2 = L2

    def layers(self) -> list[nn.Module]:
        """Returns four convolutions and a hidden dense layer."""
        rows = ((24, 19, 0.1, 1, "same"), (32, 7, 0.2, 4, "same"), (48, 7, 0.3, 4, "valid"))
        chain, inputs = [], 4
        for filters, width, dropout, pool, padding in (*rows, (64, 3, 0.4, 3, "valid")):
            convolution = nn.Conv1d(inputs, filters, width, padding=padding, bias=False)
            chain += [convolution, norm(filters), nn.ReLU(), nn.Dropout(dropout)]
            chain += [nn.MaxPool1d(pool)] if pool > 1 else []
            inputs = filters
        dense = [nn.Linear(64 * 3, 96, bias=False), norm(96), nn.ReLU(), nn.Dropout(0.5)]
        return [*chain, nn.Flatten(), *dense, nn.Linear(96, 1)]


class Basset(Network):
    """Kelley et al. (2016)."""

    max_norm = MAX_NORM

    def layers(self) -> list[nn.Module]:
        """Returns three unpadded convolutions and two hidden dense layers."""
        chain, inputs = [], 4
        for filters, width, pool in ((300, 19, 3), (200, 11, 4), (200, 7, 4)):
            convolution = nn.Conv1d(inputs, filters, width)
            chain += [convolution, norm(filters), nn.ReLU(), nn.MaxPool1d(pool)]
            inputs = filters
        chain, inputs = [*chain, nn.Flatten()], 200 * 1
        for _ in range(2):
            chain += [nn.Linear(inputs, 1000), norm(1000), nn.ReLU(), nn.Dropout(0.3)]
            inputs = 1000
        return [*chain, nn.Linear(1000, 1)]


class DeepStarr(Network):
    """De Almeida et al. (2022)."""

    def layers(self) -> list[nn.Module]:
        """Returns four convolutions with pools of 2 and two hidden dense layers."""
        chain, inputs = [], 4
        for filters, width in ((256, 7), (60, 3), (60, 5), (120, 3)):
            convolution = nn.Conv1d(inputs, filters, width, padding="same")
            chain += [convolution, norm(filters), nn.ReLU(), nn.MaxPool1d(2)]
            inputs = filters
        chain, inputs = [*chain, nn.Flatten()], 120 * 12
        for _ in range(2):
            chain += [nn.Linear(inputs, 256), norm(256), nn.ReLU(), nn.Dropout(0.4)]
            inputs = 256
        return [*chain, nn.Linear(256, 1)]


class DanQ(Network):
    """Quang & Xie (2016)."""

    def layers(self) -> list[nn.Module]:
        """Returns a convolution, a bidirectional LSTM and a hidden dense layer."""
        convolution = [nn.Conv1d(4, 320, 26), nn.ReLU(), nn.MaxPool1d(13), nn.Dropout(0.2)]
        dense = [nn.Linear(13 * 640, 925), nn.ReLU(), nn.Linear(925, 1)]
        return [*convolution, Bidirectional(320, 320), nn.Dropout(0.5), *dense]


class Bidirectional(nn.Module):
    """An LSTM in both directions, flattened position by position.

    PyTorch has two biases where Keras has one: the second stays 0.

    Args:
        inputs: Channels.
        units: In each direction.
    """

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(inputs, units, batch_first=True, bidirectional=True)
        for bias in (self.lstm.bias_hh_l0, self.lstm.bias_hh_l0_reverse):
            nn.init.zeros_(bias).requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Returns `(batch, 2 units * positions)`."""
        return self.lstm(x.transpose(1, 2))[0].flatten(1)


class BpNet(Network):
    """Avsec et al. (2021), averaged over positions."""

    def layers(self) -> list[nn.Module]:
        """Returns a convolution and seven dilated ones."""
        dilated = [Residual(64, 2**block) for block in range(1, 8)]
        first = [nn.Conv1d(4, 64, 25, padding="same"), nn.ReLU()]
        return [*first, *dilated, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(64, 1)]


class Residual(nn.Module):
    """A dilated convolution of three positions that is added to its input."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(channels, channels, 3, padding="same", dilation=dilation)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Returns `(batch, channels, length)`."""
        return x + torch.relu(self.convolution(x))


NETWORKS: dict[str, type[Network]] = {
    "cnn_dist": CnnDist,
    "basset": Basset,
    "deepstarr": DeepStarr,
    "danq": DanQ,
    "bpnet": BpNet,
}

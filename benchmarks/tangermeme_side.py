"""The side of `explain_pytorch.py` that runs under PyTorch, in an environment without tfbs.

Reads the names of jobs from its standard input, writes what they give to the folder, channels last,
and answers with the wall and CPU seconds that each took.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from tangermeme.deep_lift_shap import deep_lift_shap
from tangermeme.saturation_mutagenesis import saturation_mutagenesis

BATCH_SIZE = 256


def main() -> None:
    """Does one job per line until there are no more."""
    folder = Path(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]))
    model = built(json.loads((folder / "steps.json").read_text()), np.load(folder / "weights.npz"))
    inputs = np.load(folder / "inputs.npz")
    sequence, references = (turned(inputs[name]) for name in ("sequence", "references"))
    for line in sys.stdin:
        started, spent = time.perf_counter(), time.process_time()
        found = run(line.strip(), model, sequence, references)
        taken = time.perf_counter() - started, time.process_time() - spent
        np.save(folder / f"{line.strip()}.npy", found)
        print(*taken, flush=True)


def turned(values: np.ndarray) -> torch.Tensor:
    """Returns channels before positions, or the other way round."""
    return torch.from_numpy(np.ascontiguousarray(np.swapaxes(values, -1, -2)))


def built(steps: list[dict], weights) -> torch.nn.Module:
    """Returns the network whose layers `explain_pytorch.exported` names."""
    layers = []
    for place, step in enumerate(steps):
        own = {
            name.partition(".")[2]: torch.from_numpy(weights[name])
            for name in weights.files
            if name.partition(".")[0] == str(place)
        }
        layers.append(_layer(step, own))
    return torch.nn.Sequential(*layers).eval()


def _layer(step: dict, own: dict[str, torch.Tensor]) -> torch.nn.Module:
    kind = step["kind"]
    if kind == "convolution":
        width, inputs, outputs = own["kernel"].shape
        layer = torch.nn.Conv1d(inputs, outputs, width, padding=step["padding"], bias="bias" in own)
        return _filled(layer, weight=own["kernel"].permute(2, 1, 0), bias=own.get("bias"))
    if kind == "dense":
        layer = torch.nn.Linear(*own["kernel"].shape, bias="bias" in own)
        return _filled(layer, weight=own["kernel"].T, bias=own.get("bias"))
    if kind == "norm":
        layer = torch.nn.BatchNorm1d(len(own["gamma"]), eps=step["epsilon"])
        return _filled(
            layer,
            weight=own["gamma"],
            bias=own["beta"],
            running_mean=own["moving_mean"],
            running_var=own["moving_variance"],
        )
    if kind == "pool":
        return torch.nn.MaxPool1d(step["size"])
    return {"relu": torch.nn.ReLU, "flatten": torch.nn.Flatten}[kind]()


def _filled(layer: torch.nn.Module, **values: torch.Tensor | None) -> torch.nn.Module:
    known = {name: value for name, value in values.items() if value is not None}
    layer.load_state_dict(known, strict=False)
    return layer


def run(
    job: str, model: torch.nn.Module, sequence: torch.Tensor, references: torch.Tensor
) -> np.ndarray:
    """Returns logits, effects of substitutions, or hypothetical contributions."""
    if job == "logits":
        with torch.no_grad():
            return model(sequence)[:, 0].numpy()
    if job == "shap":
        found = deep_lift_shap(
            model,
            sequence,
            references=references,
            hypothetical=True,
            batch_size=BATCH_SIZE,
            device="cpu",
        )
        return np.swapaxes(found.numpy(), 1, 2)
    before, after = saturation_mutagenesis(
        model,
        sequence,
        raw_outputs=True,
        batch_size=BATCH_SIZE,
        device="cpu",
        fast={"ism": True, "plain_ism": False}[job],
    )
    change = after[..., 0] - before[:, None]
    return np.swapaxes(change.numpy(), 1, 2)


if __name__ == "__main__":
    main()

"""Multiply-accumulate operations of one forward pass, counted in the traced graph."""

from __future__ import annotations

import functools

import keras
import numpy as np
import tensorflow as tf


@functools.lru_cache(maxsize=1)
def count_macs(model: keras.Model) -> int:
    """Returns the multiply-accumulates of one sequence's forward pass.

    Convolutions, matrix products and einsums are counted, from their static shapes at batch
    1; element-wise work is not. A loop counts its body as often as it runs.

    Args:
        model: From `(batch, length, 4)`, and perhaps tracks, to logits.

    Raises:
        ValueError: If a loop has no static number of iterations.
    """
    signature = [tf.TensorSpec((1, *value.shape[1:]), tf.float32) for value in model.inputs]

    @tf.function(input_signature=signature)
    def forward(*inputs: tf.Tensor) -> tf.Tensor:
        return model(list(inputs) if len(inputs) > 1 else inputs[0], training=False)

    return _count(forward.get_concrete_function().graph)


def _count(graph: tf.Graph) -> int:
    total = 0
    for operation in _needed(graph):
        if operation.type in ("While", "StatelessWhile"):
            total += _iterations(operation) * _count(_body(operation, "body"))
        elif operation.type in ("PartitionedCall", "StatefulPartitionedCall"):
            total += _count(_body(operation, "f"))
        else:
            total += _COUNTERS.get(operation.type, _nothing)(operation)
    return total


def _needed(graph: tf.Graph) -> list[tf.Operation]:
    """Returns the operations that the graph's outputs depend on; the rest is never run."""
    waiting = [output.op for output in graph.outputs]
    found: dict[str, tf.Operation] = {}
    while waiting:
        operation = waiting.pop()
        if operation.name not in found:
            found[operation.name] = operation
            waiting.extend(value.op for value in operation.inputs)
    return list(found.values())


def _body(operation: tf.Operation, attribute: str) -> tf.Graph:
    """Returns the graph of a function that an operation calls."""
    graph, name = operation.graph, operation.get_attr(attribute).name
    while graph is not None:
        if name in graph._functions:
            return graph._functions[name].graph
        graph = getattr(graph, "outer_graph", None)
    raise ValueError(f"the graph of {operation.name} cannot be read")


def _iterations(operation: tf.Operation) -> int:
    """Returns how often a loop runs, from the constants its condition compares counters with."""
    condition = _body(operation, "cond")
    limits = [
        tf.get_static_value(compared.inputs[1])
        for compared in condition.get_operations()
        if compared.type == "Less"
    ]
    known = [int(limit) for limit in limits if limit is not None]
    if not known:
        raise ValueError(f"the loop {operation.name} has no static number of iterations")
    return min(known)


def _nothing(operation: tf.Operation) -> int:
    return 0


def _convolution(operation: tf.Operation) -> int:
    kernel = operation.inputs[1].shape  # (height, width, inputs per group, outputs)
    return _size(operation.outputs[0].shape) * _size(kernel[:-1])


def _product(operation: tf.Operation) -> int:
    names = {"MatMul": "transpose_a"}
    transposed = operation.get_attr(names.get(operation.type, "adj_x"))
    inner = operation.inputs[0].shape[-2 if transposed else -1]
    return _size(operation.outputs[0].shape) * int(inner)


def _einsum(operation: tf.Operation) -> int:
    letters = operation.get_attr("equation").decode().split("->")[0].split(",")
    sizes: dict[str, int] = {}
    for term, value in zip(letters, operation.inputs, strict=True):
        sizes.update(zip(term, value.shape.as_list(), strict=True))
    return int(np.prod(list(sizes.values())))


def _size(shape: tf.TensorShape) -> int:
    return int(np.prod(shape.as_list()))


def _depthwise(operation: tf.Operation) -> int:
    kernel = operation.inputs[1].shape  # (height, width, channels, multiplier)
    return _size(operation.outputs[0].shape) * _size(kernel[:2])


_COUNTERS = {
    "DepthwiseConv2dNative": _depthwise,
    "Conv2D": _convolution,
    "MatMul": _product,
    "BatchMatMul": _product,
    "BatchMatMulV2": _product,
    "Einsum": _einsum,
}

"""The gradient of an experiment's cost by backpropagation, at given couplings, for one mini-batch.

    python3 gradient.py CONFIG THETA FEATURES LABELS GRADIENT

CONFIG as for backprop.py. THETA: the couplings as the program orders them, float32; FEATURES: bytes
[sample][channel][row][column], LABELS: uint16. Writes GRADIENT, float32, in THETA's order: the mean over the samples.
Needs PyTorch (Debian: python3-torch).
"""

import pathlib
import sys
import tomllib

import numpy
import torch

import backprop


def parameters(network):
    """Tensors in the program's order, each with whether it is stored [from x to], as a dense coupling is."""
    for part in network.parts:
        yield part.weight, isinstance(part, torch.nn.Linear)
        if part.bias is not None:
            yield part.bias, False


def main():
    config, theta, features, labels, out = sys.argv[1:]
    config = tomllib.loads(pathlib.Path(config).read_text())
    network = backprop.Network(config, 1.0)
    numbers, at = torch.from_numpy(numpy.fromfile(theta, numpy.float32)), 0
    with torch.no_grad():
        for tensor, turned in parameters(network):
            values = numbers[at:at + tensor.numel()]
            at += tensor.numel()
            tensor.copy_(values.view(tensor.shape[::-1]).T if turned else values.view(tensor.shape))
    assert at == len(numbers), f"{at} parameters, {len(numbers)} given"
    y = torch.from_numpy(numpy.fromfile(labels, numpy.uint16).astype(numpy.int64))
    x = torch.from_numpy(numpy.fromfile(features, numpy.uint8)).view(len(y), *backprop.plane(network.layers[0]))
    outputs = config["network"]["layer"][-1]["size"]
    targets = torch.nn.functional.one_hot(y, outputs)
    for image, target in zip(x.split(1), targets.split(1)):  # one by one: activities of one image in memory
        cost = 0.5 * (network(image.float() / 255) - target).square().sum() / len(y)
        cost.backward()
    gradients = [(t.grad.T if turned else t.grad).reshape(-1) for t, turned in parameters(network)]
    torch.cat(gradients).numpy().astype(numpy.float32).tofile(out)


if __name__ == "__main__":
    main()

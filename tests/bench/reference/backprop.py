"""Backpropagation of an experiment's network: what equilibrium propagation is measured by.

    python3 backprop.py CONFIG DATA [--rate R] [--momentum M] [--gain G] [--seed S] [--score validation|test]

CONFIG is an experiment with every key stated (a run's config.toml). Layers, couplings, pools, activations, bounds,
data, validation split, augmentation, batch, epochs, momentum, weight decay, schedule and cost are the experiment's;
the forward network is what its energy has at equilibrium without feedback. Outputs of a squared error are linear,
since a bound takes the gradient away. The last line printed is JSON: the accuracy after the last epoch, the epochs'
mean costs, seconds.

Needs PyTorch (Debian: python3-torch). Test code: nothing in the program uses it.
"""

import argparse
import gzip
import json
import math
import pathlib
import time
import tomllib

import numpy
import torch
import torch.nn.functional as functional


def read(path):
    """Bytes of a file, plain or gzipped."""
    path = pathlib.Path(path)
    if path.exists():
        return path.read_bytes()
    return gzip.decompress(pathlib.Path(f"{path}.gz").read_bytes())


def idx_part(folder, part):
    images = numpy.frombuffer(read(folder / f"{part}-images-idx3-ubyte"), numpy.uint8, offset=16)
    labels = numpy.frombuffer(read(folder / f"{part}-labels-idx1-ubyte"), numpy.uint8, offset=8)
    return images.reshape(len(labels), 1, 28, 28), labels


def cifar_part(folder, names):
    rows = numpy.concatenate([numpy.frombuffer(read(folder / n), numpy.uint8).reshape(-1, 3073) for n in names])
    return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0]


def load(data, root):
    """(training, validation, test), each (images uint8, labels), as the program splits them."""
    folder = next(f for f in (root / data["folder"], root) if f.is_dir())
    if data["kind"] == "idx":
        train, test = idx_part(folder, "train"), idx_part(folder, "t10k")
    elif data["kind"] == "cifar":
        there = [f"data_batch_{i}.bin" for i in range(1, 6) if list(folder.glob(f"data_batch_{i}.bin*"))]
        train, test = cifar_part(folder, there), cifar_part(folder, ["test_batch.bin"])
    else:
        raise SystemExit(f"data.kind = {data['kind']}: idx and cifar are read")
    train, test = first_of_each(train, data["train_per_class"]), first_of_each(test, data["test_per_class"])
    cut = len(train[1]) - data["validation"]
    parts = [[p[:cut] for p in train], [p[cut:] for p in train], test]
    return [(torch.from_numpy(i.copy()), torch.from_numpy(l.astype(numpy.int64))) for i, l in parts]


def first_of_each(part, most):
    images, labels = part
    keep = numpy.sort(numpy.concatenate([numpy.flatnonzero(labels == c)[:most] for c in range(10)]))
    return images[keep], labels[keep]


def plane(layer):
    """[channels, rows, columns] of a layer."""
    shape = layer["shape"] or [1, layer["size"]]
    return [1] * (3 - len(shape)) + list(shape)


class Network(torch.nn.Module):
    """The layers in their order, each f(sum of the couplings into it + bias)."""

    bounds = {"clip01": (0.0, 1.0), "relu": (0.0, 8.0), "linear": (None, None)}

    def __init__(self, config, gain):
        super().__init__()
        self.layers = config["network"]["layer"]
        names = [l["name"] for l in self.layers]
        self.links = config["network"].get("coupling") or [
            {"from": a, "to": b, "kind": "dense"} for a, b in zip(names, names[1:])
        ]
        self.parts = torch.nn.ModuleList()
        biased = set()
        for link in self.links:
            before, after = (plane(self.layers[names.index(link[end])]) for end in ("from", "to"))
            bias = link["to"] not in biased
            biased.add(link["to"])
            if link["kind"] == "convolution":
                part = torch.nn.Conv2d(before[0], after[0], tuple(link["window"]), stride=link["stride"],
                                       padding=link["padding"], bias=bias)
            elif link["kind"] == "dense":
                part = torch.nn.Linear(math.prod(before), math.prod(after), bias=bias)
            else:
                raise SystemExit(f"coupling of kind {link['kind']}: dense and convolution are built")
            self.parts.append(start(part, gain))
        cost = config["training"]["cost"]
        self.softmax = cost["kind"] == "readout"
        if self.softmax:
            self.readout = start(torch.nn.Linear(math.prod(plane(self.layers[-1])), cost["classes"]), 1.0)

    def forward(self, images):
        states = {self.layers[0]["name"]: images}
        for layer in self.layers[1:]:
            total = sum(self.along(link, part, states[link["from"]])
                        for link, part in zip(self.links, self.parts) if link["to"] == layer["name"])
            low, high = self.bounds[layer["activation"]]
            last = layer is self.layers[-1]
            states[layer["name"]] = total if low is None or last and not self.softmax else total.clamp(low, high)
        out = states[self.layers[-1]["name"]].flatten(1)
        return self.readout(out) if self.softmax else out

    @staticmethod
    def along(link, part, state):
        if link["kind"] == "dense":
            return part(state.flatten(1))
        summed = part(state)
        return functional.max_pool2d(summed, link["pool"]) if link["pool"] > 1 else summed


def start(part, gain):
    """U(±gain / sqrt(fan-in)), biases 0."""
    bound = gain / math.sqrt(part.weight[0].numel())
    torch.nn.init.uniform_(part.weight, -bound, bound)
    if part.bias is not None:
        torch.nn.init.zeros_(part.bias)
    return part


def factor(schedule, epoch, epochs):
    """Of the rate, `epoch` fractional."""
    if schedule["kind"] == "cosine":
        return 0.5 * (1.0 + math.cos(math.pi * epoch / epochs))
    if schedule["kind"] == "exponential":
        return schedule["factor"] ** math.floor(epoch)
    return 1.0


def augmented(images, augment, draws):
    """Half of all mirrored, all moved by up to `crop` pixels with zeros where they were not."""
    if augment.get("flip"):
        mirrored = torch.rand(len(images), generator=draws) < 0.5
        images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    crop = augment.get("crop", 0)
    if crop == 0:
        return images
    height, width = images.shape[2:]
    padded = functional.pad(images, [crop] * 4)
    moves = torch.randint(0, 2 * crop + 1, (len(images), 2), generator=draws).tolist()
    return torch.stack([p[:, y:y + height, x:x + width] for p, (y, x) in zip(padded, moves)])


def accuracy(network, part):
    images, labels = part
    with torch.no_grad():
        right = sum(int((network(i.float() / 255).argmax(1) == l).sum())
                    for i, l in zip(images.split(500), labels.split(500)))
    return right / len(labels)


def cost_of(network, out, labels):
    if network.softmax:
        return functional.cross_entropy(out, labels)
    return 0.5 * (out - functional.one_hot(labels, out.shape[1])).square().sum(1).mean()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("config", type=pathlib.Path)
    options.add_argument("data", type=pathlib.Path)
    options.add_argument("--rate", type=float, default=0.05)
    options.add_argument("--momentum", type=float, help="otherwise the experiment's")
    options.add_argument("--gain", type=float, default=1.0, help="of the start values")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--score", choices=["validation", "test"], default="test")
    options.add_argument("--threads", type=int, default=2)
    o = options.parse_args()
    torch.set_num_threads(o.threads)
    config = tomllib.loads(o.config.read_text())
    training = config["training"]
    train, validation, test = load(config["data"], o.data)
    torch.manual_seed(o.seed)
    draws = torch.Generator().manual_seed(o.seed)
    network = Network(config, o.gain)
    rule = training["optimiser"]
    momentum = rule["momentum"] if o.momentum is None else o.momentum
    optimiser = torch.optim.SGD(network.parameters(), lr=o.rate, momentum=momentum,
                                nesterov=rule["nesterov"] and momentum > 0, weight_decay=rule["weight_decay"])
    costs, began = [], time.monotonic()
    for epoch in range(training["epochs"]):
        order = torch.randperm(len(train[1]), generator=draws)
        total = 0.0
        for first in range(0, len(order), training["batch"]):
            chosen = order[first:first + training["batch"]]
            for group in optimiser.param_groups:
                group["lr"] = o.rate * factor(training["schedule"], epoch + first / len(order), training["epochs"])
            images = augmented(train[0][chosen].float() / 255, training.get("augment", {}), draws)
            cost = cost_of(network, network(images), train[1][chosen])
            optimiser.zero_grad()
            cost.backward()
            optimiser.step()
            total += cost.item() * len(chosen)
        costs.append(total / len(order))
    part = test if o.score == "test" else validation
    print(json.dumps({"accuracy": accuracy(network, part), "costs": costs, "time_s": time.monotonic() - began}))


if __name__ == "__main__":
    main()

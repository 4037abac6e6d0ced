"""Train a small network in snnTorch and export it: makes the files in this folder.

    python examples/snntorch/train.py

The task: 16 channels, four classes, 30 time steps of 0.1 ms. Each class drives four of the channels with 40 % spike
probability and all others with 8 %. Needs numpy, nir, torch and snntorch; everything is drawn from fixed seeds.
"""

import pathlib

import nir
import numpy as np
import snntorch as snn
import torch
from snntorch import functional, surrogate
from snntorch.export_nir import export_to_nir

FOLDER = pathlib.Path(__file__).parent
STEPS, CHANNELS, CLASSES = 30, 16, 4


def draw(samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Spikes of shape (samples, STEPS, CHANNELS) and the class of each sample."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, samples)
    rates = np.full((samples, CHANNELS), 0.08)
    for sample, label in enumerate(labels):
        rates[sample, label * 4 : label * 4 + 4] = 0.4
    return (rng.random((samples, STEPS, CHANNELS)) < rates[:, None]).astype(np.uint8), labels


def leaky(n: int, **options) -> snn.Leaky:
    """Neurons with a decay of 0.9 that are set to 0 by a spike."""
    return snn.Leaky(
        beta=0.9 * torch.ones(n),
        threshold=torch.ones(n),
        init_hidden=True,
        reset_mechanism="zero",
        spike_grad=surrogate.fast_sigmoid(),
        **options,
    )


def main() -> None:
    torch.manual_seed(7)
    net = torch.nn.Sequential(
        torch.nn.Linear(CHANNELS, 12),
        leaky(12),
        torch.nn.Linear(12, CLASSES),
        leaky(CLASSES, output=True),
    )
    frames, labels = draw(400, seed=1)
    batch = torch.tensor(frames, dtype=torch.float32).transpose(0, 1)
    targets = torch.tensor(labels)
    loss = functional.ce_count_loss()
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(150):
        for layer in net.children():
            if isinstance(layer, snn.Leaky):
                layer.reset_mem()
        spikes = torch.stack([net(frame)[0] for frame in batch])
        optimiser.zero_grad()
        loss(spikes, targets).backward()
        optimiser.step()

    for layer in net.children():
        if isinstance(layer, snn.Leaky):
            layer.reset_mem()
    graph = export_to_nir(net, torch.zeros(CHANNELS))
    nir.write(FOLDER / "net.nir", graph)
    frames, labels = draw(100, seed=2)
    np.save(FOLDER / "samples.npy", frames)
    np.save(FOLDER / "labels.npy", labels.astype(np.uint8))
    np.save(FOLDER / "one.npy", frames[0])


if __name__ == "__main__":
    main()

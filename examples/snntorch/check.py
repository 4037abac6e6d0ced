"""Compare the output spikes that nirkit computes for these samples with those of snnTorch itself.

    nir run examples/snntorch/net.nir --platform snntorch --batch --input examples/snntorch/samples.npy --output OUT
    python examples/snntorch/check.py OUT/3.spikes.npy

Needs numpy, nir, torch and snntorch.
"""

import pathlib
import sys

import nir
import numpy as np
import torch
from snntorch.import_nir import import_from_nir

FOLDER = pathlib.Path(__file__).parent


def main() -> None:
    net = import_from_nir(nir.read(FOLDER / "net.nir"))
    frames = torch.tensor(np.load(FOLDER / "samples.npy"), dtype=torch.float32)
    state, spikes = None, []
    with torch.no_grad():
        for frame in frames.transpose(0, 1):
            out, state = net(frame, state)
            spikes.append((out[0] if isinstance(out, tuple) else out).numpy())
    theirs, ours = np.array(spikes), np.load(sys.argv[1])
    print(f"{int(theirs.sum())} output spikes in snnTorch, {int(ours.sum())} in nirkit")
    if not np.array_equal(theirs, ours):
        sys.exit("they differ")


if __name__ == "__main__":
    main()

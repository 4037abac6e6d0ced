"""Sets running beside Norse 1.1 (torch): the recurrent Braille network, the SCNN, the dense stack (Norse does not read r)."""

import beside

PACKAGES = ["norse==1.1.0", "nirtorch==2.6", "nir==1.0.8", "h5py"]

# Norse takes one frame after the other. Its import flattens the batch too, so that Flatten is told to begin behind it.
PEER = """
import sys, time
import numpy as np, nir, torch
from norse.torch.utils.import_nir import from_nir
torch.set_num_threads(1)
torch.set_grad_enabled(False)
graph, data, dt = nir.read(sys.argv[1], type_check=False), np.load(sys.argv[2]), float(sys.argv[3])
for node in graph.nodes.values():
    if isinstance(node, nir.Flatten):
        node.start_dim += 1
model = from_nir(graph, dt=dt, ignore_warnings=True)
x = torch.from_numpy(np.ascontiguousarray(np.swapaxes(data, 0, 1)).astype(np.float32))
def run():
    state, spikes = None, []
    for frame in x:
        out, state = model(frame, state)
        spikes.append(out)
    return torch.stack(spikes)
out = run()
if len(sys.argv) > 4:
    np.save(sys.argv[4], out[:, 0].numpy())
    sys.exit()
for _ in sys.stdin:
    begun = time.perf_counter()
    out = run()
    print(time.perf_counter() - begun, float(out.sum()), flush=True)
"""

CASES = {"braille": 1e-4, "scnn": 1.0, "dense_unit": 1e-4}


def main():
    arguments = beside.arguments(__doc__)
    peer = [beside.environment("norse", PACKAGES, torch=True), "-I", "-c", PEER]
    folders = beside.cases(list(CASES), arguments.paper)
    beside.head([*PACKAGES[:2], beside.TORCH])
    for name, dt in CASES.items():
        batches = (1, 32) if name == "dense_unit" else (1, 64)
        beside.rows(name, peer, folders[name], "norse@1.1.0", dt, [dt], batches, arguments.rounds)


if __name__ == "__main__":
    main()

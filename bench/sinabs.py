"""Sets running beside Sinabs 2.0 (torch): the SCNN and the dense stack."""

import beside

PACKAGES = ["sinabs==2.0.3", "nirtorch==2.6", "nir==1.0.8", "h5py"]

PEER = """
import sys, time
import numpy as np, nir, torch, sinabs.layers, sinabs.nir
torch.set_num_threads(1)
torch.set_grad_enabled(False)
graph, data, steps = nir.read(sys.argv[1], type_check=False), np.load(sys.argv[2]), float(sys.argv[3])
batch, time_steps = data.shape[:2]
for node in graph.nodes.values():
    if hasattr(node, "tau"):
        node.tau = node.tau / np.float32(steps)  # time constants as numbers of steps
model = sinabs.nir.from_nir(graph, batch_size=batch)
x = torch.from_numpy(data.astype(np.float32)).reshape(batch * time_steps, *data.shape[2:])
def run():
    for module in model.modules():
        if hasattr(module, "reset_states"):
            module.reset_states()
    out = model(x)
    return out[0] if isinstance(out, tuple) else out
out = run()
if len(sys.argv) > 4:
    np.save(sys.argv[4], out.reshape(batch, time_steps, -1)[0].numpy())
    sys.exit()
for _ in sys.stdin:
    begun = time.perf_counter()
    out = run()
    print(time.perf_counter() - begun, float(out.sum()), flush=True)
"""

# Time steps: ours, and what the peer divides time constants by.
CASES = {"scnn": (None, 1.0), "dense": (1e-4, 1e-4)}


def main():
    arguments = beside.arguments(__doc__)
    peer = [beside.environment("sinabs", PACKAGES, torch=True), "-I", "-c", PEER]
    folders = beside.cases(list(CASES), arguments.paper)
    beside.head([*PACKAGES[:2], beside.TORCH])
    for name, (dt, divisor) in CASES.items():
        batches = (1, 32, 64) if name == "dense" else (1, 64)
        beside.rows(name, peer, folders[name], "sinabs@2.0.3", dt, [divisor], batches, arguments.rounds)


if __name__ == "__main__":
    main()

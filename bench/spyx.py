"""Sets running beside Spyx 1.0 (JAX, compiled and warm): the recurrent Braille network, the SCNN, the dense stack."""

import beside

PACKAGES = ["spyx==1.0.0", "jax==0.10.2", "flax==0.12.8", "nir==1.0.8", "h5py"]

PEER = """
import sys, time
import numpy as np, nir, jax, jax.numpy as jnp
from flax import nnx
import spyx.nir
from spyx.nn import run
graph, data, dt = nir.read(sys.argv[1], type_check=False), np.load(sys.argv[2]), float(sys.argv[3])
x = np.swapaxes(data, 0, 1).astype(np.float32)  # time first
if x.ndim == 5:
    x = np.moveaxis(x, 2, -1)  # channels last
x = jnp.asarray(np.ascontiguousarray(x))
model, first = spyx.nir.from_nir(graph, x, dt)
if len(sys.argv) > 4:
    np.save(sys.argv[4], np.asarray(first)[:, 0])
    sys.exit()
compiled = nnx.jit(lambda model, x: run(model, x)[0])
compiled(model, x).block_until_ready()
for _ in sys.stdin:
    begun = time.perf_counter()
    out = compiled(model, x).block_until_ready()
    print(time.perf_counter() - begun, float(out.sum()), flush=True)
"""

CASES = {"braille": 1e-4, "scnn": 1.0, "dense": 1e-4}


def main():
    arguments = beside.arguments(__doc__)
    peer = [beside.environment("spyx", PACKAGES), "-I", "-c", PEER]
    folders = beside.cases(list(CASES), arguments.paper)
    beside.head(PACKAGES[:3])
    for name, dt in CASES.items():
        batches = (1, 32, 64) if name == "dense" else (1, 64)
        beside.rows(name, peer, folders[name], "spyx@1.0.0", dt, [dt], batches, arguments.rounds)


if __name__ == "__main__":
    main()

"""Sets running beside snnTorch 1.0 (torch): the recurrent Braille network and the dense stack.

The import of recurrent graphs fails in this version (`'GraphModule' object has no attribute 'items'`), so that the Braille
network is put together by hand from RSynaptic and Synaptic, as the notebooks of the NIR paper do. The SCNN is not here: the
module that an IF becomes gives its voltage too, which the next module cannot take (TypeError).
"""

import beside

PACKAGES = ["snntorch==1.0.0", "nirtorch==2.6", "nir==1.0.8", "h5py"]

PEER = """
import sys, time
import numpy as np, nir, torch, snntorch as snn
from snntorch.import_nir import import_from_nir
torch.set_num_threads(1)
torch.set_grad_enabled(False)
graph, data = nir.read(sys.argv[1], type_check=False), np.load(sys.argv[2])
x = torch.from_numpy(np.ascontiguousarray(np.swapaxes(data, 0, 1)).astype(np.float32))

def linear(node):
    layer = torch.nn.Linear(*node.weight.shape[::-1])
    layer.weight.data, layer.bias.data = torch.tensor(node.weight), torch.tensor(node.bias)
    return layer

def options(node):
    decay = lambda tau: float(np.unique(1 - 1e-4 / tau)[0])
    scale = node.w_in * (1e-4 / node.tau_syn)
    return dict(alpha=decay(node.tau_syn), beta=decay(node.tau_mem), threshold=float(np.unique(node.v_threshold / scale)[0]),
                reset_mechanism="zero", reset_delay=False)

def by_hand():
    (hidden, back), = [edge for edge in graph.edges if edge[::-1] in graph.edges and hasattr(graph.nodes[edge[0]], "tau_mem")]
    before = next(a for a, b in graph.edges if b == hidden and a != back)
    after = next(b for a, b in graph.edges if a == hidden and b != back)
    last = next(b for a, b in graph.edges if a == after)
    first, second = linear(graph.nodes[before]), linear(graph.nodes[after])
    recurrent = snn.RSynaptic(linear_features=len(graph.nodes[back].weight), **options(graph.nodes[hidden]))
    recurrent.recurrent = linear(graph.nodes[back])
    plain = snn.Synaptic(**options(graph.nodes[last]))
    def run():
        zeros = lambda layer: torch.zeros(x.shape[1], layer.out_features)
        spk, syn, mem = (zeros(first) for _ in range(3))
        syn2, mem2 = zeros(second), zeros(second)
        spikes = []
        for frame in x:
            spk, syn, mem = recurrent(first(frame), spk, syn, mem)
            out, syn2, mem2 = plain(second(spk), syn2, mem2)
            spikes.append(out)
        return torch.stack(spikes)
    return run

def imported():
    model = import_from_nir(graph)
    def run():
        for module in model.modules():
            if hasattr(module, "reset_mem"):
                module.reset_mem()
        state, spikes = None, []
        for frame in x:
            out, state = model(frame, state)
            spikes.append(out[0] if isinstance(out, tuple) else out)
        return torch.stack(spikes)
    return run

run = by_hand() if any(edge[::-1] in graph.edges for edge in graph.edges) else imported()
out = run()
if len(sys.argv) > 3:
    np.save(sys.argv[3], out[:, 0].numpy())
    sys.exit()
for _ in sys.stdin:
    begun = time.perf_counter()
    out = run()
    print(time.perf_counter() - begun, float(out.sum()), flush=True)
"""

CASES = {"braille": ("snntorch@1.0.0-rsynaptic", (1, 64)), "dense": ("snntorch@1.0.0", (1, 32))}


def main():
    arguments = beside.arguments(__doc__)
    peer = [beside.environment("snntorch", PACKAGES, torch=True), "-I", "-c", PEER]
    folders = beside.cases(list(CASES), arguments.paper)
    beside.head([*PACKAGES[:2], beside.TORCH])
    for name, (platform, batches) in CASES.items():
        beside.rows(name, peer, folders[name], platform, None, [], batches, arguments.rounds)


if __name__ == "__main__":
    main()

"""Sets running beside Nengo 4.1 (numpy): the recurrent Braille network, the SCNN, the dense stack, one sample each.

Nengo has no importer of its own, and no batches. The networks are put together here as the converter of the NIR paper does,
which is no package: an Affine is a function, a convolution a transform behind a node that pads, a CubaLIF a low-pass filter
before a LIF. It refuses a LIF with r other than 1 and lets spikes of a LIF be 1 / dt high, so the dense stack has the gain
in its weights.
"""

import beside

PACKAGES = ["nengo==4.1.0", "nir==1.0.8", "h5py"]

PEER = """
import sys, time
import numpy as np, nengo, nir
from nengo.dists import Choice
graph, data, dt = nir.read(sys.argv[1], type_check=False), np.load(sys.argv[2]), float(sys.argv[3])
x = data[0].reshape(len(data[0]), -1).astype(float)
ZERO = dict(initial_state={"voltage": Choice([0])})

class IF(nengo.neurons.NeuronType):
    state = {"voltage": Choice([0])}
    negative = False
    spiking = True
    def max_rates_intercepts(self, gain, bias):
        return np.ones_like(gain), np.zeros_like(bias)  # nobody asks for them
    def step(self, dt, J, output, voltage):
        voltage += J * dt
        spiked = voltage > 1
        output[:] = spiked
        voltage[spiked] = 0

class Shaped:
    \"\"\"Something with a shape (channels, height, width), and what has to stand between it and its source.\"\"\"
    def __init__(self, target, shape=None, synapse=None, output=None):
        self.target, self.shape, self.synapse, self.output = target, shape, synapse, output or target

def neurons(kind, gain, shape, synapse=None):
    gain = np.broadcast_to(gain, shape).flatten()
    ensemble = nengo.Ensemble(len(gain), 1, neuron_type=kind, gain=gain.astype(float), bias=np.zeros(len(gain)))
    return Shaped(ensemble.neurons, shape, synapse)

def convolution(weight, stride, padding, shape):
    (channels, height, width), (up, left) = shape, np.broadcast_to(padding, 2)
    out, _, kh, kw = weight.shape
    wide = (channels, height + 2 * up, width + 2 * left)
    pad = lambda t, u: np.pad(u.reshape(shape), ((0, 0), (up, up), (left, left))).ravel()
    padded = nengo.Node(pad, size_in=int(np.prod(shape)), size_out=int(np.prod(wide)))
    transform = nengo.Convolution(out, wide, channels_last=False, kernel_size=(kh, kw), padding="valid",
                                  strides=tuple(int(s) for s in np.broadcast_to(stride, 2)), init=weight.transpose(2, 3, 1, 0))
    after = nengo.Node(size_in=transform.size_out)
    nengo.Connection(padded, after, transform=transform, synapse=None)
    return Shaped(padded, transform.output_shape.shape, output=after)

def built(node, shape):
    if isinstance(node, (nir.Affine, nir.Linear)):
        weight, bias = node.weight, getattr(node, "bias", 0)
        out, into = weight.shape
        return Shaped(nengo.Node(lambda t, u: weight @ u + bias, size_in=into, size_out=out), (out,))
    if isinstance(node, nir.Conv2d):
        return convolution(node.weight, node.stride, node.padding, shape)
    if isinstance(node, nir.SumPool2d):
        one = np.eye(shape[0])[:, :, None, None] * np.ones(tuple(node.kernel_size))
        return convolution(one, node.stride, 0, shape)
    if isinstance(node, nir.IF):
        return neurons(IF(), 1 / (node.v_threshold * dt), node.v_threshold.shape)
    if isinstance(node, nir.LIF):
        assert (node.r == 1).all() and (node.v_leak == 0).all()
        return neurons(nengo.LIF(tau_rc=node.tau[0], tau_ref=0, **ZERO), 1 / node.v_threshold, node.tau.shape)
    if isinstance(node, nir.CubaLIF):
        kind = nengo.LIF(tau_rc=node.tau_mem[0], tau_ref=0, amplitude=dt, **ZERO)
        lowpass = nengo.Lowpass(-dt / np.log(1 - dt / node.tau_syn[0]))
        return neurons(kind, node.w_in * node.r[0] / node.v_threshold, node.tau_mem.shape, lowpass)
    return Shaped(nengo.Node(size_in=int(np.prod(shape))), shape)  # Flatten, Output

with nengo.Network(seed=0) as net:
    source = nengo.Node(lambda t: x[round(t / dt) - 1], size_out=x.shape[1])  # the first step ends at dt
    made, left = {"input": Shaped(source, data.shape[2:])}, list(graph.edges)
    while left:
        edge = next(edge for edge in left if edge[0] in made)
        left.remove(edge)
        before, name = made[edge[0]], edge[1]
        if name not in made:
            made[name] = built(graph.nodes[name], before.shape)
        nengo.Connection(before.output, made[name].target, synapse=made[name].synapse)
    probe = nengo.Probe(made["output"].output)
simulator = nengo.Simulator(net, dt=dt, progress_bar=False)

def run():
    simulator.reset()
    simulator.clear_probes()
    begun = time.perf_counter()
    simulator.run_steps(len(x), progress_bar=False)
    return time.perf_counter() - begun

run()
if len(sys.argv) > 4:
    np.save(sys.argv[4], simulator.data[probe] > 0)
    sys.exit()
for _ in sys.stdin:
    print(run(), np.count_nonzero(simulator.data[probe]), flush=True)
"""

CASES = {"braille": 1e-4, "scnn": 1e-4, "dense_nengo": 1e-4}


def main():
    arguments = beside.arguments(__doc__)
    peer = [beside.environment("nengo", PACKAGES), "-I", "-c", PEER]
    folders = beside.cases(list(CASES), arguments.paper)
    beside.head(PACKAGES[:1])
    for name, dt in CASES.items():
        beside.rows(name, peer, folders[name], "nengo@4.1.0", dt, [dt], (1,), arguments.rounds, bools=True)


if __name__ == "__main__":
    main()

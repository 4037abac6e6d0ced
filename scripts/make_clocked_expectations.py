#!/usr/bin/env python3
"""Writes crates/engine/tests/data/clocked.json: what each primitive does on a grid, by plain numpy loops.

The loops follow the equations of NIR one target and one neuron at a time and share no structure with
the engine: convolutions index a padded array, the exponential integrator exponentiates the matrix of
the linear system by its Taylor series, a Delay keeps the whole history. Numbers that go through maps
are small multiples of 1/4, so their sums are exact and compared to the bit.

Run it from anywhere with a Python that has numpy; it takes no options and no other input.
"""
import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "crates/engine/tests/data/clocked.json"
rng = np.random.default_rng(20)
DT = 1e-3
cases = []


# ---- graphs in text form ----

def tensor(x, dtype="f64"):
    x = np.asarray(x)
    shape = str(list(x.shape)) if x.ndim else ""
    return f"{dtype}{shape} {x.tolist()}"


def count(x):
    return tensor(np.asarray(x, dtype=np.int64), "i64")


def node(kind, **fields):
    body = " ".join(f"{k}: {v if isinstance(v, str) else tensor(v)}" for k, v in fields.items())
    return f"{kind} {{ {body} }}"


def port(kind, shape):
    return node(kind, shape=count(list(shape)))


def graph(nodes, *chains):
    lines = [f"  {name} = {text}" for name, text in nodes.items()]
    return "\n".join(["nirt 1", "graph {", *lines, *(f"  {c}" for c in chains), "}", ""])


def single(text, shape_in, shape_out):
    """input -> n -> output"""
    nodes = {"input": port("Input", shape_in), "n": text, "output": port("Output", shape_out)}
    return graph(nodes, "input -> n -> output")


def number(x):
    """13 significant digits, which is more than the engine is held to; whole numbers as such"""
    return int(x) if x == int(x) else float(f"{x:.13g}")


def case(name, text, frames, expect, counts=False, **options):
    frames = np.asarray(frames, float)
    cases.append({
        "name": name,
        "graph": text,
        "options": {"dt": repr(options.pop("dt", DT)), **options},
        "steps": len(frames),
        "input": {"counts": counts, "channels": int(np.prod(frames.shape[1:])), "values": [number(x) for x in frames.ravel()]},
        "expect": {k: {"shape": list(np.shape(v)), "values": [number(x) for x in np.asarray(v, float).ravel()]} for k, v in expect.items()},
    })


# ---- maps ----

def quarters(*shape):
    return rng.integers(-8, 9, shape) / 4


def frames_for(shape):
    """A dense frame, a frame of events, and silence: both ways to walk a window, and none."""
    dense = rng.integers(1, 5, shape) * rng.choice([-1, 1], shape) / 4
    events = np.zeros(shape)
    flat = events.reshape(-1)
    flat[rng.choice(flat.size, max(1, flat.size // 6), replace=False)] = 1
    return np.stack([dense, events, np.zeros(shape)])


def map_case(name, text, shape_in, f):
    frames = frames_for(shape_in)
    out = np.stack([f(x) for x in frames])
    case(name, single(text, shape_in, out.shape[1:]), frames, {"n.spikes": out, "output.spikes": out})


W, b = quarters(4, 6), quarters(4)
map_case("linear", node("Linear", weight=W), (6,), lambda x: np.array([sum(W[o, i] * x[i] for i in range(6)) for o in range(4)]))
map_case("affine", node("Affine", weight=W, bias=b), (6,), lambda x: np.array([sum(W[o, i] * x[i] for i in range(6)) + b[o] for o in range(4)]))
S = np.zeros((12, 11)); S[3, 4], S[11, 0], S[3, 10], S[0, 4] = 1.5, -2, 0.25, 3
map_case("linear_mostly_zero", node("Linear", weight=S), (11,), lambda x: np.array([sum(S[o, i] * x[i] for i in range(11)) for o in range(12)]))
s = quarters(2, 1)
map_case("scale_broadcast", node("Scale", scale=s), (2, 3), lambda x: np.array([[s[i, 0] * x[i, j] for j in range(3)] for i in range(2)]))
map_case("flatten", node("Flatten", start_dim=count(1), end_dim=count(-1)), (2, 3, 4), lambda x: x.reshape(2, 12))


def conv(x, w, b, stride, before, after, dilation, groups):
    """x (C, H, W), w (O, C/g, kh, kw); one output at a time from a padded input"""
    padded = np.pad(x, ((0, 0), (before[0], after[0]), (before[1], after[1])))
    O, seen, kh, kw = w.shape
    H = (padded.shape[1] - dilation[0] * (kh - 1) - 1) // stride[0] + 1
    V = (padded.shape[2] - dilation[1] * (kw - 1) - 1) // stride[1] + 1
    y = np.zeros((O, H, V))
    for o in range(O):
        for r in range(H):
            for c in range(V):
                for k in range(seen):
                    channel = o // (O // groups) * seen + k
                    for i in range(kh):
                        for j in range(kw):
                            y[o, r, c] += w[o, k, i, j] * padded[channel, r * stride[0] + i * dilation[0], c * stride[1] + j * dilation[1]]
                y[o, r, c] += b[o]
    return y


def conv2d_case(name, x_shape, w_shape, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    w, b = quarters(*w_shape), quarters(w_shape[0])
    text = padding if isinstance(padding, str) else None
    if text == "same":
        reach = [d * (k - 1) for d, k in zip(dilation, w_shape[2:])]
        before = [r // 2 for r in reach]
        after = [r - r // 2 for r in reach]
    else:
        before = after = (0, 0) if text else padding
    field = f'"{text}"' if text else count(list(padding))
    body = node("Conv2d", input_shape=count(list(x_shape[1:])), weight=w, stride=count(list(stride)), padding=field,
                dilation=count(list(dilation)), groups=count(groups), bias=b)
    map_case(name, body, x_shape, lambda x: conv(x, w, b, stride, before, after, dilation, groups))


conv2d_case("conv2d", (2, 5, 6), (3, 2, 3, 3))
conv2d_case("conv2d_groups_dilation_stride_padding", (4, 7, 8), (6, 2, 3, 2), (1, 2), (2, 1), (2, 1), 2)
conv2d_case("conv2d_depthwise_non_square", (3, 6, 5), (3, 1, 2, 4), (2, 1), (1, 3), (1, 1), 3)
conv2d_case("conv2d_same_even_kernel", (2, 5, 6), (2, 2, 4, 3), padding="same", dilation=(1, 2))
conv2d_case("conv2d_valid", (2, 5, 6), (2, 2, 2, 3), padding="valid")


def conv1d_case(name, x_shape, w_shape, stride=1, padding=0, dilation=1, groups=1):
    w, b = quarters(*w_shape), quarters(w_shape[0])
    reach = dilation * (w_shape[2] - 1)
    before, after = (reach // 2, reach - reach // 2) if padding == "same" else (0, 0) if padding == "valid" else (padding, padding)
    field = f'"{padding}"' if isinstance(padding, str) else count(padding)
    body = node("Conv1d", input_shape=count(x_shape[1]), weight=w, stride=count(stride), padding=field,
                dilation=count(dilation), groups=count(groups), bias=b)
    map_case(name, body, x_shape,
             lambda x: conv(x[:, None], w[:, :, None], b, (1, stride), (0, before), (0, after), (1, dilation), groups)[:, 0])


conv1d_case("conv1d_groups_dilation_stride_padding", (4, 11), (2, 2, 3), 2, 3, 2, 2)
conv1d_case("conv1d_same_even_kernel", (2, 7), (3, 2, 4), padding="same")
conv1d_case("conv1d_valid", (2, 7), (3, 2, 3), padding="valid")


def pool(x, kernel, stride, padding):
    padded = np.pad(x, ((0, 0), (padding[0],) * 2, (padding[1],) * 2))
    H = (padded.shape[1] - kernel[0]) // stride[0] + 1
    V = (padded.shape[2] - kernel[1]) // stride[1] + 1
    return np.array([[[sum(padded[c, r * stride[0] + i, q * stride[1] + j] for i in range(kernel[0]) for j in range(kernel[1]))
                       for q in range(V)] for r in range(H)] for c in range(len(x))])


for kind, name, kernel in [("SumPool2d", "sum_pool2d", (2, 3)), ("AvgPool2d", "avg_pool2d", (2, 4))]:
    stride, padding = (2, 1), (1, 1)
    area = kernel[0] * kernel[1] if kind == "AvgPool2d" else 1
    body = node(kind, kernel_size=count(list(kernel)), stride=count(list(stride)), padding=count(list(padding)))
    map_case(name, body, (2, 5, 6), lambda x: pool(x, kernel, stride, padding) / area)


# ---- delay and threshold ----

d = np.array([0.0, 1e-3, 2.5e-3, 3.5e-3, 4e-3])
steps = [0, 1, 2, 4, 4]  # halves to even
x = rng.integers(-4, 5, (12, 5)) / 4
y = np.array([[x[t - k, c] if t >= k else 0 for c, k in enumerate(steps)] for t in range(12)])
case("delay", single(node("Delay", delay=d), (5,), (5,)), x, {"n.spikes": y})
case("delay_uniform", single(node("Delay", delay=3e-3), (5,), (5,)), x, {"n.spikes": np.vstack([np.zeros((3, 5)), x[:9]])})

x = np.array([[1, 2, 0], [2, 2, 1], [2, 1, 2], [1, 3, 2], [3, 3, 3]], float)
for compare, above in [(">", x > 2), (">=", x >= 2)]:
    before = np.vstack([np.zeros((1, 3), bool), above[:-1]])
    text = single(node("Threshold", threshold=[2.0, 2.0, 2.0]), (3,), (3,))
    case(f"threshold_crossing {compare}", text, x, {"n.spikes": above & ~before}, comparison=compare)
    case(f"threshold_level {compare}", text, x, {"n.spikes": above}, comparison=compare, threshold="level")


# ---- neurons ----

def expm(A):
    """Matrix exponential by its Taylor series, scaled and squared."""
    s = 2
    A = A / 2**s
    term = total = np.eye(len(A))
    for k in range(1, 20):
        term = term @ A / k
        total = total + term
    for _ in range(s):
        total = total @ total
    return total


def advance(y, A, c, dt):
    """y' = A y + c for dt, with constant c"""
    n = len(y)
    M = np.zeros((n + 1, n + 1))
    M[:n, :n], M[:n, n] = A, c
    return (expm(M * dt) @ np.append(y, 1.0))[:n]


def neuron(p, frames, integrator="euler", synapse="old", reset="v_reset", reset_timing="same", comparison=">",
           start="rest", area=None, fires=True):
    """One neuron at a time. p: dict of parameters; area: impulse reading. Returns spikes, v, isyn."""
    T = len(frames)
    z, V, I = np.zeros(T), np.zeros(T), np.zeros(T)
    v, i = (p.get("v_leak", 0.0) if start == "rest" else 0.0), 0.0
    cuba = "tau_syn" in p
    leak, r = p.get("v_leak", 0.0), p["r"]
    tau = p.get("tau_mem", p.get("tau"))
    back = p.get("v_reset", 0.0) if reset == "v_reset" else 0.0

    def put_back(v):
        return v - p["v_threshold"] if reset == "subtract" else back

    pending = False
    for t, x in enumerate(frames):
        if pending:
            v = put_back(v)
        u = x
        if area is not None:
            u = 0.0
            if cuba:
                i += p.get("w_in", 1.0) * area * x / p["tau_syn"]
            elif tau:
                v += r * area * x / tau
            else:
                v += r * area * x
        if integrator == "euler":
            if cuba:
                new = i + DT / p["tau_syn"] * (-i + p.get("w_in", 1.0) * u)
                v += DT / tau * ((leak - v) + r * (new if synapse == "new" else i))
                i = new
            elif tau:
                v += DT / tau * ((leak - v) + r * u)
            else:
                v += DT * r * u
        elif cuba:
            ts, w = p["tau_syn"], p.get("w_in", 1.0)
            i, v = advance([i, v], [[-1 / ts, 0], [r / tau, -1 / tau]], [w * u / ts, leak / tau], DT)
        elif tau:
            (v,) = advance([v], [[-1 / tau]], [(leak + r * u) / tau], DT)
        else:
            v += DT * r * u
        fired = fires and (v > p["v_threshold"] if comparison == ">" else v >= p["v_threshold"])
        pending = fired and reset_timing == "next"
        if fired and reset_timing == "same":
            v = put_back(v)
        z[t], V[t], I[t] = fired, v, i
    return z, V, I


FIELDS = {
    "I": ["r"],
    "LI": ["tau", "r", "v_leak"],
    "IF": ["r", "v_threshold", "v_reset"],
    "LIF": ["tau", "r", "v_leak", "v_threshold", "v_reset"],
    "CubaLI": ["tau_syn", "tau_mem", "r", "v_leak", "w_in"],
    "CubaLIF": ["tau_syn", "tau_mem", "r", "v_leak", "v_threshold", "v_reset", "w_in"],
}
RANGES = {"tau": (4e-3, 2e-2), "tau_mem": (4e-3, 2e-2), "tau_syn": (3e-3, 1e-2), "r": (0.5, 2.0), "v_leak": (-0.2, 0.2),
          "v_threshold": (0.25, 0.6), "v_reset": (-0.2, 0.1), "w_in": (0.5, 2.0)}
N, T = 4, 32


def neuron_case(kind, uniform, area=None, **options):
    fires = kind in ("IF", "LIF", "CubaLIF")
    while True:  # until a spiking neuron neither keeps silent nor spikes all the time
        p = {k: np.round(rng.uniform(*RANGES[k], None if uniform else N), 6) for k in FIELDS[kind]}
        if kind in ("I", "IF"):
            p["r"] = p["r"] * 100  # per second: reaches the threshold within some steps
        if kind == "CubaLIF" and not uniform:
            p["tau_syn"][2] = p["tau_mem"][2]  # equal time constants have a form of their own
        frames = rng.integers(-16, 65, (T, N)) / 32 if area is None else rng.integers(0, 2, (T, N)).astype(float)
        columns = [neuron({k: (v if uniform else v[n]) for k, v in p.items()}, frames[:, n], fires=fires, area=area, **options)
                   for n in range(N)]
        z, v, i = (np.stack(c, axis=1) for c in zip(*columns))
        if not fires or 0.05 < z.mean() < 0.7:
            break
    expect = {"n.spikes": z if fires else v, "n.v": v}
    if kind.startswith("Cuba"):
        expect["n.isyn"] = i
    spike = {} if area is None else {"spike": f"impulse:{area!r}"}
    label = " ".join([kind, "uniform" if uniform else "each", *map(str, options.values()), *spike.values()])
    case(label, single(node(kind, **p), (N,), (N,)), frames, expect, counts=area is not None, **options, **spike)


for kind in FIELDS:
    for uniform in (True, False):
        for integrator in ("euler", "exponential"):
            neuron_case(kind, uniform, integrator=integrator)
            neuron_case(kind, uniform, integrator=integrator, area=1e-3 if kind.startswith("Cuba") else 5e-3)
    neuron_case(kind, False, start="zero")
for kind in ("IF", "LIF", "CubaLIF"):
    for reset in ("zero", "subtract"):
        neuron_case(kind, False, reset=reset)
        neuron_case(kind, True, reset=reset, reset_timing="next")
    neuron_case(kind, False, reset_timing="next")
for kind in ("CubaLI", "CubaLIF"):
    neuron_case(kind, False, synapse="new")
# On the threshold to the bit: v = 0.25 t, threshold 1.
ramp = np.full((9, 1), 250.0)
for compare in (">", ">="):
    p = {"r": 1.0, "v_threshold": 1.0, "v_reset": 0.0}
    z, v, _ = neuron(p, ramp[:, 0], comparison=compare)
    exact = [0, 0, 0, 0, 1] if compare == ">" else [0, 0, 0, 1, 0]
    assert z[:5].tolist() == exact, z
    case(f"if reaches its threshold {compare}", single(node("IF", **p), (1,), (1,)), ramp,
         {"n.spikes": z[:, None], "n.v": v[:, None]}, comparison=compare)


# ---- a recurrent net, written out ----

def srnn(feedback, input):
    H, O, C, T = 4, 2, 3, 50
    draw = lambda *s: np.round(rng.normal(0, 1.2, s), 3)
    W1, b1, WR, bR, W2, b2 = draw(H, C) + 0.5, draw(H) / 2, draw(H, H), draw(H) + 0.5, draw(O, H) + 0.8, draw(O) / 4
    p1 = dict(tau_syn=4e-3, tau_mem=7e-3, r=1.5, v_leak=0.0, v_threshold=0.4, v_reset=0.0, w_in=1.2)
    p2 = dict(tau_syn=5e-3, tau_mem=9e-3, r=2.0, v_leak=0.05, v_threshold=0.3, v_reset=-0.1, w_in=1.0)
    x = rng.integers(0, 2, (T, C)).astype(float)
    z1, z2 = np.zeros((T, H)), np.zeros((T, O))
    V1, V2 = np.zeros((T, H)), np.zeros((T, O))
    i1, v1, i2, v2 = np.zeros(H), np.zeros(H), np.zeros(O), np.full(O, 0.05)
    drive1 = lambda t: W1 @ x[t] + b1
    drive2 = lambda t: W2 @ z1[t] + b2
    for t in range(T):
        if input == "same":
            u1 = drive1(t)
        elif t > 0:
            u1 = drive1(t - 1)
        else:
            u1 = b1 if feedback == "rest" else 0 * b1
        if t > 0:
            u1 = u1 + (WR @ z1[t - 1] + bR)
        elif feedback == "rest":
            u1 = u1 + bR
        new = i1 + DT / 4e-3 * (-i1 + 1.2 * u1)
        v1 = v1 + DT / 7e-3 * (0.0 - v1 + 1.5 * i1)
        i1 = new
        z1[t] = v1 > 0.4
        v1 = np.where(z1[t] > 0, 0.0, v1)
        V1[t] = v1
        if input == "same":
            u2 = drive2(t)
        elif t > 0:
            u2 = drive2(t - 1)
        else:
            u2 = b2 if feedback == "rest" else 0 * b2
        new = i2 + DT / 5e-3 * (-i2 + u2)
        v2 = v2 + DT / 9e-3 * (0.05 - v2 + 2.0 * i2)
        i2 = new
        z2[t] = v2 > 0.3
        v2 = np.where(z2[t] > 0, -0.1, v2)
        V2[t] = v2
    assert z1.sum() > 20 and z2.sum() > 5, (z1.sum(), z2.sum())
    inner = {"input": port("Input", (H,)), "cell": node("CubaLIF", **p1), "w": node("Affine", weight=WR, bias=bR), "output": port("Output", (H,))}
    nested = graph(inner, "input -> cell -> output", "cell -> w -> cell").split("\n", 1)[1].rstrip()
    nodes = {"input": port("Input", (C,)), "fc1": node("Affine", weight=W1, bias=b1), "rec": nested,
             "fc2": node("Affine", weight=W2, bias=b2), "out": node("CubaLIF", **p2), "output": port("Output", (O,))}
    text = graph(nodes, "input -> fc1 -> rec -> fc2 -> out -> output")
    case(f"srnn feedback {feedback} input {input}", text, x,
         {"rec.spikes": z1, "rec.cell.v": V1, "out.spikes": z2, "out.v": V2}, counts=True, feedback=feedback, input=input)


for feedback in ("rest", "absent"):
    for timing in ("same", "next"):
        srnn(feedback, timing)

OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
print(f"{len(cases)} cases, {OUT.stat().st_size} bytes")

#!/usr/bin/env python3
"""Holds exact answers of the conformance suite against a solution with 50 digits that shares nothing with nirkit.

    scripts/conform/check_exact.py SUITE [--count 50]

Needs numpy, h5py and mpmath. Signals between events are exponential polynomials, sums of `c s^k exp(-l s)`, which every primitive maps
to such sums. The first crossing of a threshold is bracketed by the zeros of the derivative, which has a term less (Rolle). Of the cases
that are known here, `--count` are taken, evenly spread over the suite; those that are not are listed with the reason.
"""

import argparse
import csv
import pathlib
import sys
import time
import tomllib

import h5py
import mpmath as mp
import numpy as np

mp.mp.dps = 50
ZERO, ONE = mp.mpf(0), mp.mpf(1)
#: Two times that are nearer than this are one instant.
INSTANT = mp.mpf(10) ** -30
#: Channels of all nodes of a case, and cycles of spikes within one instant.
MOST_CHANNELS, MOST_ROUNDS = 400, 1000
NEURONS = ("IF", "LIF", "CubaLIF")
INTEGRATORS = ("I", "LI", "CubaLI")
PARAMETERS = ("tau", "tau_mem", "tau_syn", "r", "w_in", "v_leak", "v_threshold", "v_reset")
MAPS = ("Linear", "Affine", "Scale", "Flatten", "Conv1d", "Conv2d", "SumPool2d", "AvgPool2d")


class NotKnown(Exception):
    """A case of a kind that this solution does not have."""


# ---- exponential polynomials: {(rate, power): coefficient} in the time since the last event


def add(one: dict, other: dict, factor=ONE) -> dict:
    total = dict(one)
    for key, value in other.items():
        total[key] = total.get(key, ZERO) + value * factor
    return {key: value for key, value in total.items() if value != 0}


def value_at(poly: dict, s):
    return mp.fsum(c * s**k * mp.exp(-rate * s) for (rate, k), c in poly.items())


def derivative(poly: dict) -> dict:
    total = {}
    for (rate, k), c in poly.items():
        total = add(total, {(rate, k): -rate * c})
        if k:
            total = add(total, {(rate, k - 1): k * c})
    return total


def integrated(poly: dict, start, rate, gain) -> dict:
    """The solution of v' = -rate v + gain u(s) with v(0) = start."""
    total = {}
    for (l, k), c in poly.items():
        if l == rate:
            total = add(total, {(rate, k + 1): gain * c / (k + 1)})
            continue
        q = gain * c / (rate - l)
        for j in range(k, -1, -1):
            total = add(total, {(l, j): q})
            if j == 0:
                total = add(total, {(rate, 0): -q})
            q = -j * q / (rate - l)
    return add(total, {(rate, 0): start})


def zeros(poly: dict, end) -> list:
    """Where the sign changes on (0, end), ascending."""
    if len(poly) <= 1:
        return []
    lowest = min(rate for rate, _ in poly)
    shifted = {(rate - lowest, k): c for (rate, k), c in poly.items()}
    turning = zeros(derivative(shifted), end)
    found, points = [], [ZERO, *turning, end]
    for left, right in zip(points, points[1:]):
        low, high = value_at(shifted, left), value_at(shifted, right)
        if low * high < 0:
            found.append(bisected(shifted, left, right, low))
        elif high == 0 and right != end:
            found.append(right)
    return found


def bisected(poly: dict, left, right, low):
    """The zero between two places with different signs: bisection, then Newton's steps that stay inside."""
    slope = derivative(poly)
    for _ in range(12):
        middle = (left + right) / 2
        if value_at(poly, middle) * low > 0:
            left = middle
        else:
            right = middle
    x = (left + right) / 2
    for _ in range(60):
        y = value_at(poly, x)
        if y == 0:
            return x
        if y * low > 0:
            left = x
        else:
            right = x
        steep = value_at(slope, x)
        after = x - y / steep if steep else left
        after = after if left < after < right else (left + right) / 2
        if abs(after - x) < INSTANT * INSTANT:
            return after
        x = after
    while right - left > INSTANT / 1000:
        middle = (left + right) / 2
        left, right = (middle, right) if value_at(poly, middle) * low > 0 else (left, middle)
    return right


def first_above(poly: dict, end):
    """The infimum of the times from 0 on, below `end`, at which the sum is above 0; `None` if there is none."""
    before = ZERO
    for point in [*zeros(derivative(poly), end), end]:
        if value_at(poly, point) > 0:
            low = value_at(poly, before)
            return before if low >= 0 else bisected(poly, before, point, low)
        before = point
    return None


# ---- graphs


def text(node, name):
    value = node[name][()]
    return value.decode() if isinstance(value, bytes) else value


def flattened(group, prefix="") -> tuple[dict, list]:
    """The nodes of a graph by their full names, and its edges; of nested graphs only the Inputs and Outputs stay as joints."""
    nodes, edges = {}, []
    joints = {}
    for name, node in group["nodes"].items():
        full = prefix + name
        if text(node, "type") == "NIRGraph":
            inner, inner_edges = flattened(node, full + ".")
            nodes |= inner
            edges += inner_edges
            ends = {kind: [n for n in node["nodes"] if text(node["nodes"][n], "type") == kind] for kind in ("Input", "Output")}
            if len(ends["Input"]) != 1 or len(ends["Output"]) != 1:
                raise NotKnown("a nested graph with several ports")
            joints[name] = tuple(f"{full}.{ends[kind][0]}" for kind in ("Output", "Input"))
        else:
            nodes[full] = node
    for source, target in np.array(group["edges"]).reshape(-1, 2):
        source, target = (x.decode() if isinstance(x, bytes) else x for x in (source, target))
        if source not in group["nodes"] or target not in group["nodes"]:
            raise NotKnown("an edge from or to nothing")
        edges.append((joints[source][0] if source in joints else prefix + source, joints[target][1] if target in joints else prefix + target))
    return nodes, edges


def exact(array) -> list:
    return [mp.mpf(float(x)) for x in np.asarray(array, dtype=np.float64).ravel()]


class Node:
    def __init__(self, name: str, stored):
        self.name, self.kind = name, text(stored, "type")
        get = lambda field: np.array(stored[field])
        self.map, self.bias, self.divisor = None, None, None
        if self.kind in ("Input", "Output"):
            self.shape = tuple(int(n) for n in get("shape").ravel())
        if self.kind in NEURONS + INTEGRATORS:
            fields = [f for f in PARAMETERS if f in stored]
            shape = np.broadcast_shapes(*(np.shape(stored[f]) for f in fields))
            read = lambda f: exact(np.broadcast_to(get(f), shape)) if f in stored else None
            self.r, self.tau, self.tau_syn = read("r"), read("tau_mem") or read("tau"), read("tau_syn")
            self.w_in = (read("w_in") or [ONE] * len(self.r)) if self.tau_syn else None
            self.leak = read("v_leak") or [ZERO] * len(self.r)
            self.threshold = read("v_threshold")
            self.reset = read("v_reset") or [ZERO] * len(self.r)
            self.size = len(self.r)
            self.rate = [ONE / tau for tau in self.tau] if self.tau else [ZERO] * self.size
            self.v, self.i = list(self.leak), [ZERO] * self.size
        elif self.kind == "Threshold":
            self.threshold = exact(get("threshold"))
            self.size, self.above = len(self.threshold), [False] * len(self.threshold)
        elif self.kind == "Delay":
            self.delay = exact(get("delay"))
            self.size = len(self.delay)
            self.seen, self.coming = [None] * self.size, []
        elif self.kind == "Input":
            self.size = int(np.prod(self.shape))
        elif self.kind not in MAPS + ("Output",):
            raise NotKnown(f"the primitive {self.kind}")

    def settle(self, stored, shape: tuple) -> tuple:
        """Makes the matrix of a map for an input of this shape; the shape of what leaves."""
        get = lambda field: np.array(stored[field])
        if self.kind in ("Linear", "Affine"):
            self.map = get("weight").astype(np.float64)
            self.bias = exact(get("bias")) if self.kind == "Affine" else None
            shape = (self.map.shape[0],)
        elif self.kind == "Scale":
            self.map = np.diag(np.broadcast_to(get("scale"), shape).astype(np.float64).ravel())
        elif self.kind == "Flatten":
            self.map = np.eye(int(np.prod(shape)))
            first, last = int(get("start_dim")), int(get("end_dim"))
            last = last % len(shape) if last < 0 else last
            shape = shape[:first] + (int(np.prod(shape[first : last + 1])),) + shape[last + 1 :]
        elif self.kind in MAPS:
            shape = self.windowed(stored, shape)
        if self.map is not None:
            rows = [[(j, mp.mpf(float(w))) for j, w in enumerate(row) if w] for row in self.map]
            self.size, self.rows = len(rows), rows
            self.columns = [[] for _ in range(self.map.shape[1])]
            for i, row in enumerate(rows):
                for j, w in row:
                    self.columns[j].append((i, w))
        return shape

    def windowed(self, stored, shape: tuple) -> tuple:
        """Convolutions and pools as matrices, one window after the other."""
        get = lambda field: np.array(stored[field])
        axes = 1 if self.kind == "Conv1d" else 2
        spread = lambda value: tuple(int(n) for n in np.broadcast_to(np.asarray(value).ravel(), axes))
        if self.kind.startswith("Conv"):
            weight, groups = get("weight").astype(np.float64), int(get("groups"))
            channels, kernel, dilation = weight.shape[0], weight.shape[2:], spread(get("dilation"))
            padding = stored["padding"][()]
            if isinstance(padding, bytes):
                raise NotKnown("padding by name")
        else:
            kernel, groups = spread(get("kernel_size")), shape[0]
            channels, dilation = shape[0], (1,) * axes
            area = float(np.prod(kernel)) if self.kind == "AvgPool2d" else 1.0
            weight, padding = np.full((channels, 1, *kernel), 1.0), stored["padding"][()]
        stride, padding = spread(get("stride")), spread(padding)
        size = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, p, d, k, s in zip(shape[1:], padding, dilation, kernel, stride)]
        out = (channels, *size)
        matrix = np.zeros((int(np.prod(out)), int(np.prod(shape))))
        inner, outer = shape[0] // groups, channels // groups
        for target in np.ndindex(*out):
            for c in range(inner):
                for k in np.ndindex(*kernel):
                    place = [t * s + d * j - p for t, s, d, j, p in zip(target[1:], stride, dilation, k, padding)]
                    if all(0 <= x < n for x, n in zip(place, shape[1:])):
                        source = (target[0] // outer * inner + c, *place)
                        matrix[np.ravel_multi_index(target, out), np.ravel_multi_index(source, shape)] += weight[(target[0], c, *k)]
        self.map = matrix
        if self.kind.startswith("Conv"):
            self.bias = [b for b in exact(get("bias")) for _ in range(int(np.prod(size)))]
        self.divisor = mp.mpf(area) if self.kind == "AvgPool2d" else None
        return out


class Net:
    def __init__(self, path: pathlib.Path):
        with h5py.File(path) as file:
            stored, self.edges = flattened(file["node"])
            if len(stored) > MOST_CHANNELS:
                raise NotKnown("too many nodes")
            self.nodes = {name: Node(name, node) for name, node in stored.items()}
            self.sources = {name: [a for a, b in self.edges if b == name] for name in stored}
            shapes = self.shapes(stored)
        if len(shapes) < len(self.nodes):
            raise NotKnown("a shape that does not follow from the graph")
        if sum(node.size for node in self.nodes.values()) > MOST_CHANNELS:
            raise NotKnown("too many channels")
        for name, node in self.nodes.items():
            for source in self.sources[name]:
                wanted = node.map.shape[1] if node.map is not None else node.size
                if self.nodes[source].size != wanted:
                    raise NotKnown("numbers of channels that differ")
        self.targets = {name: [b for a, b in self.edges if a == name] for name in self.nodes}
        self.order = self.ordered(lambda name: self.nodes[name].kind not in NEURONS + ("Threshold", "Delay"))
        self.components = self.strongly_connected()

    def shapes(self, stored: dict) -> dict:
        """The shapes of what leaves the nodes, as far as they follow from parameters and edges; makes the matrices of maps."""
        shapes = {}
        for name, node in self.nodes.items():
            if node.kind in NEURONS + INTEGRATORS + ("Threshold", "Delay"):
                fields = [field for field in (*PARAMETERS, "threshold", "delay") if field in stored[name]]
                shapes[name] = np.broadcast_shapes(*(np.shape(stored[name][field]) for field in fields))
            elif node.kind == "Input" and not self.sources[name]:
                shapes[name] = node.shape
        for _ in stored:
            for name, node in self.nodes.items():
                known = [shapes[source] for source in self.sources[name] if source in shapes]
                if name in shapes or not known:
                    continue
                if node.kind in ("Input", "Output"):
                    node.size, shapes[name] = int(np.prod(known[0])), known[0]
                else:
                    shapes[name] = node.settle(stored[name], known[0])
        return shapes

    def ordered(self, passes) -> list:
        """Nodes in the order in which their continuous signals follow from each other."""
        order, state = [], {}

        def visit(name):
            if state.get(name) == 1:
                raise NotKnown("a cycle of continuous signals")
            if name in state:
                return
            state[name] = 1
            for source in self.sources[name]:
                if passes(source):
                    visit(source)
            state[name] = 2
            order.append(name)

        for name in self.nodes:
            visit(name)
        return order

    def strongly_connected(self) -> list:
        """Components of the graph without delays, those that others lead to last (Tarjan)."""
        cut = lambda name: self.nodes[name].kind == "Delay" and all(d > 0 for d in self.nodes[name].delay)
        number, low, stack, found = {}, {}, [], []

        def visit(name):
            number[name] = low[name] = len(number)
            stack.append(name)
            for target in [] if cut(name) else self.targets[name]:
                if target not in number:
                    visit(target)
                    low[name] = min(low[name], low[target])
                elif target in stack:
                    low[name] = min(low[name], number[target])
            if low[name] == number[name]:
                at = stack.index(name)
                found.append(stack[at:])
                del stack[at:]

        for name in self.nodes:
            if name not in number:
                visit(name)
        return found[::-1]


# ---- runs


class Run:
    def __init__(self, net: Net, case: dict, frames: dict):
        self.net, self.case = net, case
        self.dt, self.end = mp.mpf(repr(case["dt"])), mp.mpf(repr(case["dt"])) * case["steps"]
        reading, size = case["spike"].split(":")
        self.width, self.area = (mp.mpf(size), None) if reading == "pulse" else (None, mp.mpf(size))
        self.frames, self.now = frames, ZERO
        #: What is to come, with its time, node and channel: changes of levels, impulses that enter, and those that leave a Delay.
        self.changes, self.impulses, self.delayed = [], [], []
        self.level = {name: [ZERO] * node.size for name, node in net.nodes.items()}
        self.spikes, self.samples = [], {name: [] for name, node in net.nodes.items() if node.kind == "Output"}
        for name, given in frames.items():
            self.enter(name, given)

    def enter(self, name: str, given):
        flat = given.reshape(len(given), -1)
        if self.area is not None and np.any(flat != np.round(flat)):
            raise NotKnown("fractions as impulses")
        for k, row in enumerate(flat):
            for channel, x in enumerate(row):
                if self.area is not None and x:
                    self.impulses.append((k * self.dt, name, channel, mp.mpf(float(x)) * self.area))
                if self.area is None:
                    before = mp.mpf(float(flat[k - 1][channel])) if k else ZERO
                    if mp.mpf(float(x)) != before:
                        self.changes.append((k * self.dt, name, channel, mp.mpf(float(x)) - before))
        if self.area is None:
            self.changes += [(len(flat) * self.dt, name, c, -mp.mpf(float(x))) for c, x in enumerate(flat[-1]) if x]

    def signals(self) -> tuple[dict, dict]:
        """What leaves each node from now on until the next event, and what arrives at each, as exponential polynomials."""
        leaves, arrives = {}, {}
        for name in self.net.order:
            node = self.net.nodes[name]
            come = [{} for _ in range(node.map.shape[1] if node.map is not None else node.size)]
            for source in self.net.sources[name]:
                if source in leaves:
                    come = [add(one, other) for one, other in zip(come, leaves[source])]
                elif self.net.nodes[source].kind in NEURONS + ("Threshold", "Delay"):
                    level = self.level[source]
                    come = [add(one, {(ZERO, 0): x} if x else {}) for one, x in zip(come, level)]
            arrives[name] = come
            own = [{(ZERO, 0): x} if x else {} for x in self.level[name]]
            if node.kind in NEURONS + ("Threshold", "Delay"):
                leaves[name] = own
            elif node.kind in INTEGRATORS:
                leaves[name] = [self.membrane(node, c, come[c]) for c in range(node.size)]
            elif node.map is not None:
                out = []
                for c, row in enumerate(node.rows):
                    total = {}
                    for j, w in row:
                        total = add(total, come[j], w)
                    if node.divisor:
                        total = {key: x / node.divisor for key, x in total.items()}
                    if node.bias is not None:
                        total = add(total, {(ZERO, 0): node.bias[c if len(node.bias) == node.size else 0]})
                    out.append(total)
                leaves[name] = out
            elif node.kind == "Input":
                leaves[name] = [add(one, other) for one, other in zip(own, come)]
            else:
                leaves[name] = come
        return leaves, arrives

    def current(self, node: Node, c: int, u: dict) -> dict:
        return integrated(u, node.i[c], ONE / node.tau_syn[c], node.w_in[c] / node.tau_syn[c])

    def membrane(self, node: Node, c: int, u: dict) -> dict:
        if node.tau_syn:
            u = self.current(node, c, u)
        if node.tau is None:
            return integrated(u, node.v[c], ZERO, node.r[c])
        drive = add({key: x * node.r[c] for key, x in u.items()}, {(ZERO, 0): node.leak[c]})
        return integrated(drive, node.v[c], node.rate[c], node.rate[c])

    def above(self, node: Node, c: int, u: dict) -> dict:
        """How far a neuron or Threshold is above its threshold."""
        course = u if node.kind == "Threshold" else self.membrane(node, c, u)
        return add(course, {(ZERO, 0): -node.threshold[c]})

    def run(self):
        self.instant({})
        steps = iter(range(1, self.case["steps"] + 1))
        sample = next(steps)
        while True:
            leaves, arrives = self.signals()
            coming = [t for events in (self.changes, self.impulses, self.delayed) for t, *_ in events] + [self.end]
            limit = min(coming) - self.now
            crossing = {}
            for name, node in self.net.nodes.items():
                if node.kind not in NEURONS + ("Threshold",):
                    continue
                for c in range(node.size):
                    poly = self.above(node, c, arrives[name][c])
                    falls = node.kind == "Threshold" and node.above[c]
                    if falls:
                        poly = {key: -x for key, x in poly.items()}
                    at = first_above(poly, limit) if limit > 0 else None
                    if at is not None:
                        crossing[name, c] = at
            step = min([limit, *crossing.values()])
            after = self.now + step
            while sample is not None and sample * self.dt <= after + INSTANT:
                for name in self.samples:
                    self.samples[name].append([value_at(poly, sample * self.dt - self.now) for poly in leaves[name]])
                sample = next(steps, None)
            if after >= self.end - INSTANT and not crossing:
                return
            self.advance(arrives, step)
            self.now = after
            self.instant({key: True for key, at in crossing.items() if at - step < INSTANT})

    def advance(self, arrives: dict, s):
        for name, node in self.net.nodes.items():
            if node.kind in NEURONS + INTEGRATORS:
                for c in range(node.size):
                    u = arrives[name][c]
                    v = value_at(self.membrane(node, c, u), s)
                    if node.tau_syn:
                        node.i[c] = value_at(self.current(node, c, u), s)
                    node.v[c] = v

    def due(self, events: list) -> list:
        now = [event for event in events if event[0] <= self.now + INSTANT]
        events[:] = [event for event in events if event[0] > self.now + INSTANT]
        return now

    def instant(self, crossed: dict):
        """Everything that happens at one time, component by component."""
        for _, name, c, change in self.due(self.changes):
            self.level[name][c] += change
        pending = {name: {} for name in self.net.nodes}
        for _, name, c, area in self.due(self.impulses):
            pending[name][c] = pending[name].get(c, ZERO) + area
        for _, name, c, area in self.due(self.delayed):
            self.pass_on(name, c, area, pending)
        for (name, c) in crossed:
            node = self.net.nodes[name]
            if node.kind in NEURONS:
                node.v[c] = node.threshold[c]
        for component in self.net.components:
            for round_ in range(MOST_ROUNDS):
                if not self.round(component, pending, crossed if round_ == 0 else {}):
                    break
            else:
                raise NotKnown("a cycle of spikes without end")
        self.delays()

    def round(self, component: list, pending: dict, crossed: dict) -> bool:
        """Takes what arrives at the nodes of a component, and sends on what leaves; whether something went inside."""
        taken = {name: pending[name] for name in component}
        for name in component:
            pending[name] = {}
        emitted = []
        for name in component:
            node, areas = self.net.nodes[name], taken[name]
            if node.kind in NEURONS + INTEGRATORS:
                for c, area in areas.items():
                    if node.tau_syn:
                        node.i[c] += node.w_in[c] * area / node.tau_syn[c]
                    else:
                        node.v[c] += node.r[c] * area * (node.rate[c] if node.tau else ONE)
                if node.kind in NEURONS:
                    for c in range(node.size):
                        is_alone = (name, c) in crossed and not areas.get(c)
                        if node.v[c] > node.threshold[c] or is_alone:
                            node.v[c] = node.reset[c]
                            if node.reset[c] >= node.threshold[c]:
                                raise NotKnown("a reset at or above the threshold")
                            emitted.append((name, c))
            elif node.kind == "Threshold":
                if areas:
                    raise NotKnown("an impulse into a Threshold")
                self.switch(name, node, crossed, emitted)
            elif node.kind == "Delay":
                for c, area in areas.items():
                    if node.delay[c] == 0:
                        self.pass_on(name, c, area, pending)
                    else:
                        self.delayed.append((self.now + node.delay[c], name, c, area))
            elif node.kind != "Output" or self.net.targets[name]:
                for c, area in areas.items():
                    if node.map is None:
                        self.pass_on(name, c, area, pending)
                    else:
                        for i, w in node.columns[c]:
                            self.pass_on(name, i, area * w / (node.divisor or 1), pending)
        for name, c in emitted:
            self.spikes.append((name, self.now, c))
            if self.area is not None:
                self.pass_on(name, c, self.area, pending)
            else:
                self.level[name][c] += 1
                self.changes.append((self.now + self.width, name, c, -ONE))
        return any(pending[name] for name in component)

    def switch(self, name, node, crossed, emitted):
        """Looks whether the input of a Threshold went above it, or below."""
        _, arrives = self.signals()
        for c in range(node.size):
            is_above = value_at(arrives[name][c], ZERO) > node.threshold[c]
            if (name, c) in crossed:
                is_above = not node.above[c]
            if is_above and not node.above[c]:
                emitted.append((name, c))
            node.above[c] = is_above

    def pass_on(self, name: str, c: int, area, pending: dict):
        for target in self.net.targets[name]:
            pending[target][c] = pending[target].get(c, ZERO) + area

    def delays(self):
        """Sends changes of constant signals through Delays, each at its time."""
        delays = [name for name, node in self.net.nodes.items() if node.kind == "Delay"]
        if not delays:
            return
        for _ in delays:
            _, arrives = self.signals()
            for name in delays:
                node = self.net.nodes[name]
                for c in range(node.size):
                    poly = arrives[name][c]
                    if any(key != (ZERO, 0) for key in poly):
                        raise NotKnown("a delayed signal that is no constant")
                    x = poly.get((ZERO, 0), ZERO)
                    change = x - (node.seen[c] or ZERO)
                    node.seen[c] = x
                    if change and node.delay[c] == 0:
                        self.level[name][c] += change
                    elif change:
                        self.changes.append((self.now + node.delay[c], name, c, change))


def check(folder: pathlib.Path) -> tuple[int, mp.mpf]:
    """Compares a case; the number of spikes and voltages, and the largest difference."""
    case = tomllib.loads((folder / "case.toml").read_text())
    net = Net(folder / "graph.nir")
    frames = {name: np.load(folder / file) for name, file in case["inputs"].items()}
    run = Run(net, case, frames)
    run.run()
    wanted = {}
    with open(folder / "exact.csv") as file:
        for row in csv.DictReader(file):
            wanted.setdefault((row["node"], int(row["channel"])), []).append(mp.mpf(row["time"]))
    found = {}
    for name, at, channel in run.spikes:
        found.setdefault((name, channel), []).append(at)
    compared, largest = 0, ZERO
    # The table also has what Outputs and nested graphs pass on.
    spiking = [name for name, node in net.nodes.items() if node.kind in NEURONS + ("Threshold",)]
    for key in sorted(key for key in set(wanted) | set(found) if key[0] in spiking):
        ours, theirs = sorted(found.get(key, [])), sorted(wanted.get(key, []))
        last = [t for t in ours + theirs if abs(t - run.end) < mp.mpf("1e-12")]
        if len(ours) != len(theirs) and not last:
            raise AssertionError(f"{folder.name}: {key[0]}[{key[1]}] has {len(theirs)} spikes, {len(ours)} here")
        for one, other in zip(ours, theirs):
            largest = max(largest, abs(one - other))
            compared += 1
    if largest > mp.mpf(repr(case["error"])):
        raise AssertionError(f"{folder.name}: a time differs by {mp.nstr(largest, 3)} s")
    for name, output in case["outputs"].items():
        if "tolerance" not in output:
            continue
        theirs = np.load(folder / output["exact"])
        ours = np.array([[float(x) for x in row] for row in run.samples[name]]).reshape(theirs.shape)
        apart = float(np.max(np.abs(ours - theirs)))
        compared += theirs.size
        if apart > output["tolerance"]:
            raise AssertionError(f"{folder.name}: a voltage differs by {apart:.3g}")
    return compared, largest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--only", nargs="*")
    args = parser.parse_args()
    folders = sorted(path for path in args.suite.iterdir() if (path / "exact.csv").exists())
    folders = [path for path in folders if not args.only or path.name in args.only]
    known, unknown = [], {}
    for folder in folders:
        try:
            Net(folder / "graph.nir")
            known.append(folder)
        except NotKnown as reason:
            unknown.setdefault(str(reason), []).append(folder.name)
    count = min(args.count, len(known))
    chosen = [known[at * len(known) // count] for at in range(count)]
    failures, compared, largest, done = [], 0, ZERO, 0
    for folder in chosen:
        begin = time.monotonic()
        try:
            numbers, apart = check(folder)
            compared, largest, done = compared + numbers, max(largest, apart), done + 1
        except NotKnown as reason:
            unknown.setdefault(str(reason), []).append(folder.name)
        except AssertionError as failure:
            failures.append(str(failure))
        if time.monotonic() - begin > 5:
            print(f"{folder.name} took {time.monotonic() - begin:.1f} s", file=sys.stderr)
    for reason, names in sorted(unknown.items()):
        print(f"not solved here, {reason}: {', '.join(names)}")
    for failure in failures:
        print(failure)
    print(f"{done} cases with {compared} spikes and voltages; the largest difference of a time is {mp.nstr(largest, 3)} s")
    sys.exit(bool(failures) or done == 0)


if __name__ == "__main__":
    main()

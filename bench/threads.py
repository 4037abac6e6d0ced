"""Sets nirkit on two threads beside nirkit on one: batches of 64 as a platform would run them, and in the clocked engine.

Both run in turn, one thread on core 0, two on cores 0 and 1. Before that, a digest of all output spikes and their places
has to be the same for both. In turn with them, two processes of one thread each take half of the samples, at the same time, on
a core each: what the machine has to give.
"""

import os

import beside

CASES = {"braille": 1e-4, "scnn": 1.0, "dense": 1e-4}
ENGINES = ["spyx@1.0.0", "f32"]


def same_bits(command):
    """In words, whether two threads give every spike that one gives."""
    digests = []
    for threads, cores in ((1, "0"), (2, "0,1")):
        side = beside.Side([*command, threads, "digest=yes"], cores)
        digests.append(side.run()[1])
        side.close()
    return "equal" if digests[0] == digests[1] else "DIFFERENT"


def main():
    arguments = beside.arguments(__doc__)
    folders = beside.cases(list(CASES), arguments.paper)
    print(f"{beside.machine()}\n\n| case | spikes | one thread | two threads | one / two | one / two processes |\n|---|---|---|---|---|---|", flush=True)
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("two threads need two cores")
    for name, dt in CASES.items():
        for engine in ENGINES:
            command = [beside.TIME_RUN, folders[name] / "graph.nir", folders[name] / "input.npy", engine, dt]
            bits = same_bits(command)
            half = [beside.TIME_RUN, folders[name] / "graph.nir", beside.samples(folders[name], 32), engine, dt, 1]
            sides = [beside.Side([*command, 1]), beside.Side([*command, 2], cores="0,1"), beside.AtOnce([half, half])]
            (one, two, apart), fired = beside.in_turn(sides, arguments.rounds)
            title = f"{name}, batch 64, {engine} | {bits}, {fired[0]:.0f} spikes"
            print(f"| {title} | {one * 1e3:.3f} ms | {two * 1e3:.3f} ms | {one / two:.2f} | {one / apart:.2f} |", flush=True)


if __name__ == "__main__":
    main()

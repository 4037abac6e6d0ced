"""Times `nir run` as a whole process on the SCNN: start, read the graph, read one sample, run, print. Wanted: under 50 ms.

The engines take turns; medians, smallest and largest are printed. One core, files in the page cache.
"""

import statistics

import beside

ENGINES = {
    "clocked, f32": ["--clocked", "--precision", "f32", "--dt", 1.0],
    "clocked, default": ["--clocked", "--dt", 1.0],
    "as Sinabs": ["--platform", "sinabs@2.0.3"],
    "as Spyx": ["--platform", "spyx@1.0.0", "--dt", 1.0],
}


def main():
    arguments = beside.arguments(__doc__)
    case = beside.cases(["scnn"], arguments.paper)["scnn"]
    given = ["--input", case / "one.npy", "--batch"]
    sides = {name: beside.Whole([beside.NIR, "run", case / "graph.nir", *options, *given]) for name, options in ENGINES.items()}
    sides["nothing (nir --version)"] = beside.Whole([beside.NIR, "--version"])
    times = {name: [] for name in sides}
    for number in range(arguments.rounds + 1):
        for name, side in sides.items():
            seconds, _ = side.run()
            if number:
                times[name].append(seconds * 1e3)
    print(f"{beside.machine()}\n\n| nir run scnn, one sample | median | smallest | largest |\n|---|---|---|---|")
    for name, ms in times.items():
        print(f"| {name} | {statistics.median(ms):.1f} ms | {min(ms):.1f} ms | {max(ms):.1f} ms |")


if __name__ == "__main__":
    main()

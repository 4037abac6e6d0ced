"""The surfaces of the program: each makes a mutant in a folder and gives the command line that reads it."""

import json

from . import trees
from .mutate import NUMBERS, mutate_bytes, mutate_json, mutate_npy, mutate_text, mutate_values, replaced
from .seeds import CHIPS, ROOT, SIMULATORS


def graph_verbs(rng, file, seed, stimulus, out, seeds):
    """A command on a graph."""
    chip, simulator = rng.choice(CHIPS), rng.choice(SIMULATORS)
    json_ = ["--format", "json"] if rng.random() < 0.3 else []
    x = stimulus or ["--input", str(ROOT / "examples/small_input.npy")]
    verbs = [
        ["info", file, *json_],
        ["show", file],
        ["view", file, *json_],
        ["view", file, "--output", out / "o.svg", "--direction", rng.choice(("down", "right")), *rng.choice(([], ["--all"], ["--collapse"]))],
        ["view", file, "--output", out / "o.html", *json_],
        ["view", file, "--output", out / "o.html", *x, "--platform", simulator, "--platform", "ideal", "--dt", "1e-3"],
        ["check", file, *json_],
        ["check", file, "--platform", simulator, "--platform", chip, "--dt", "1e-3", *json_],
        ["convert", file, out / "o.nirt", *json_],
        ["convert", file, out / "o.nir", "--compression", rng.choice(("none", "gzip", "lzf"))],
        ["convert", file, out / "o.nir", "--repair", *json_],
        ["convert", file, out / "o.nirt", "--repair"],
        ["opt", file, out / f"o.{rng.choice(('nir', 'nirt'))}", *json_],
        ["opt", file, out / "o.nirt", *(part for name in rng.sample(seeds.passes, min(3, len(seeds.passes))) for part in ("--pass", name))],
        ["diff", file, seed, *json_],
        ["diff", seed, file],
        ["lower", file, "--platform", chip, "--dt", "1e-3", "--output", out / rng.choice(("o.json", "o.net")), *json_],
        ["lower", file, "--platform", chip, "--dt", "1e-3", *x],
        ["run", file, "--clocked", "--dt", "1e-3", *x, "--record", "all", "--output", out / rng.choice(("o", "o.h5"))],
        ["run", file, "--exact", "--dt", "1e-3", *x, "--spike", rng.choice(("impulse:1e-3", "pulse:1e-3")), "--output", out / "o"],
        ["run", file, "--exact", "--dt", "1e-3", *x, "--spike", "pulse:1e-3", "--record", "all", "--sample", "1e-3", "--output", out / "o.h5"],
        ["run", file, "--platform", simulator, "--dt", "1e-3", *x, "--record", "all", "--output", out / "o"],
        ["run", file, "--platform", chip, "--dt", "1e-3", *x],
        ["compare", file, *x, "--platform", simulator, "--platform", rng.choice([*SIMULATORS, "ideal"]), "--dt", "1e-3", *json_],
    ]  # fmt: skip
    return rng.choice(verbs)


def nir(rng, seeds, out, _):
    """A .nir file with other bytes."""
    binary = seeds.of(".nir")
    path, stimulus = rng.choice(binary)
    file = out / "m.nir"
    file.write_bytes(mutate_bytes(rng, path.read_bytes(), rng.choice(binary)[0].read_bytes()))
    return graph_verbs(rng, file, path, stimulus, out, seeds)


def hdf5(rng, seeds, out, _):
    """A .nir file that is sound HDF5 and holds odd things."""
    path, stimulus = rng.choice(rng.choice((seeds.sound, seeds.running(".nir"))))
    file = out / "m.nir"
    trees.mutate_tree(rng, path, file)
    return graph_verbs(rng, file, path, stimulus, out, seeds)


def nirt(rng, seeds, out, _):
    """The text form with other tokens and numbers."""
    texts = seeds.of(".nirt")
    path, stimulus = rng.choice(seeds.running(".nirt") if rng.random() < 0.7 else texts)
    file = out / "m.nirt"
    other = rng.choice(texts)[0].read_text()
    text = path.read_text()
    text = mutate_values(rng, text) if rng.random() < 0.6 else mutate_text(rng, text, other)
    file.write_text(text, errors="surrogatepass")
    return graph_verbs(rng, file, path, stimulus, out, seeds)


def document(rng, seeds, out, number):
    """A chip's document: every key in turn removed and replaced, and in between several at once."""
    every = seeds.every_key
    if number % 2 == 0 and number // 2 < len(every):
        (chip, path, stimulus), place, value = every[number // 2]
        text = replaced(json.loads(path.read_text()), place, value)
    else:
        chip, path, stimulus = rng.choice(seeds.documents)
        text = mutate_json(rng, path.read_text())
    file = out / "m.json"
    file.write_text(text, errors="surrogatepass")
    if rng.random() < 0.05:
        chip = rng.choice(CHIPS)
    record = rng.choice(([], ["--record", "all", "--output", out / "o"]))
    return ["run", "--config", file, "--platform", chip, *stimulus, *record]


def netx(rng, seeds, out, _):
    """What lava-dl reads, which is written and not read: it has to be refused."""
    path = rng.choice(seeds.nets)
    file = out / "m.net"
    if rng.random() < 0.5:
        file.write_bytes(mutate_bytes(rng, path.read_bytes(), b""))
    else:
        trees.mutate_tree(rng, path, file)
    x = seeds.stimulus_of(seeds.folder / "xylo.nirt")
    verbs = (["run", "--config", file, "--platform", "loihi2", *x], ["info", file], ["convert", file, out / "o.nirt"])
    return rng.choice(verbs)


def engine(rng):
    return rng.choice((["--clocked"], ["--exact"], ["--platform", rng.choice(SIMULATORS)], ["--exact", "--record", "all", "--sample", "1e-3"]))


def with_stimulus(rng, graph, file, out):
    more = rng.choice(([], ["--batch"], ["--frames", "current"], ["--frames", "spikes"], ["--threads", "3", "--batch"]))
    verbs = [
        ["run", graph, *engine(rng), "--dt", "1e-3", "--input", file, *more, "--output", out / rng.choice(("o", "o.h5"))],
        ["run", graph, *engine(rng), "--input", file, *more],
        ["run", graph, "--platform", rng.choice(CHIPS), "--dt", "1e-3", "--input", file, *more[:2]],
        ["compare", graph, "--input", file, "--platform", rng.choice(SIMULATORS), "--platform", "ideal", "--dt", "1e-3"],
        ["lower", graph, "--input", file, "--platform", rng.choice(CHIPS), "--dt", "1e-3"],
    ]
    return rng.choices(verbs, (6, 2, 2, 1, 1))[0]


def npy_stimulus(rng, seeds, out, _):
    """A stimulus of frames."""
    graph, path = rng.choice([entry for entry in seeds.stimuli if entry[1].suffix == ".npy"])
    file = out / "m.npy"
    file.write_bytes(mutate_npy(rng, path.read_bytes()))
    return with_stimulus(rng, graph, file, out)


def json_stimulus(rng, seeds, out, _):
    """A stimulus of spikes and currents."""
    graph, path = rng.choice([entry for entry in seeds.stimuli if entry[1].suffix == ".json"])
    file = out / "m.json"
    file.write_text(mutate_json(rng, path.read_text()), errors="surrogatepass")
    return with_stimulus(rng, graph, file, out)


def data(rng, seeds, out, _):
    """NIRData, by bytes and by meaning."""
    recorded = [entry for entry in seeds.stimuli if entry[1].suffix == ".h5"]
    graph, path = rng.choice(recorded)
    file = out / "m.h5"
    if rng.random() < 0.5:
        file.write_bytes(mutate_bytes(rng, path.read_bytes(), rng.choice(recorded)[1].read_bytes()))
    else:
        trees.mutate_tree(rng, path, file)
    return with_stimulus(rng, graph, file, out)


def csv(rng, seeds, out, _):
    """The table of spikes that a run writes; no verb reads one, so each has to refuse it."""
    rows = [f"{rng.choice(NUMBERS)},{rng.choice(NUMBERS)}" for _ in range(rng.randrange(20))]
    file = out / "m.csv"
    file.write_text(mutate_text(rng, "\n".join(["time,channel", *rows]), ""), errors="surrogatepass")
    graph = seeds.folder / "xylo.nirt"
    return rng.choice((with_stimulus(rng, graph, file, out), ["info", file], ["check", file], ["convert", file, out / "o.nir"]))


def labels(rng, seeds, out, _):
    """A labelled set, its labels, and a list of instants."""
    file, kind = out / "m.npy", rng.randrange(3)
    graph = seeds.folder / "xylo.nirt"
    verb, output = rng.choice((("eval", "o"), ("eval", "o"), ("view", "o.html")))
    base = [verb, graph, "--platform", rng.choice([*SIMULATORS, "xylo"]), "--dt", "1e-3", "--output", out / output]
    if kind == 0:
        file.write_bytes(mutate_npy(rng, seeds.samples.read_bytes()))
        return [*base, "--input", file, "--labels", seeds.labels]
    if kind == 1:
        file.write_bytes(mutate_npy(rng, seeds.labels.read_bytes()))
        return [*base, "--input", seeds.samples, "--labels", file]
    file.write_bytes(mutate_npy(rng, seeds.times.read_bytes()))
    x = seeds.stimulus_of(graph)
    return ["run", graph, "--exact", "--dt", "1e-3", *x, "--record", "all", "--sample", file, "--output", out / "o"]


def options(rng, seeds, out, _):
    """Options with values at the ends of their ranges."""
    number = lambda: rng.choice(NUMBERS)  # noqa: E731
    graph, stimulus = rng.choice(seeds.graphs[:8])
    run = {
        "--dt": number, "--duration": number, "--threads": number, "--sample": number, "--max-pending": number,
        "--spike": lambda: rng.choice(("impulse:", "pulse:", "")) + number(), "--reset": lambda: rng.choice(("v_reset", "zero", "subtract", number())),
        "--record": lambda: rng.choice(("all", "hidden:v", "n:spikes,n:v", "x:v", "all,all", ":", ",", "n:", "output:output", "hidden:isyn", "\u202e")),
        "--precision": lambda: rng.choice(("f32", "f64", "f16")), "--integrator": lambda: rng.choice(("euler", "exponential")),
        "--input-step": lambda: rng.choice(("same", "next")), "--synapse": lambda: rng.choice(("new", "old")),
        "--reset-timing": lambda: rng.choice(("same", "next")), "--comparison": lambda: rng.choice((">", ">=")),
        "--start": lambda: rng.choice(("rest", "zero")), "--feedback": lambda: rng.choice(("rest", "absent")),
        "--threshold": lambda: rng.choice(("crossing", "level")), "--spike-step": lambda: rng.choice(("floor", "nearest")),
        "--current": lambda: rng.choice(("mean", "sample")), "--frames": lambda: rng.choice(("auto", "spikes", "current")),
        "--quantize": lambda: rng.choice(("global", "layer", "channel", number())),
        "--sums": lambda: rng.choice(("forward", "backward", "wide", "high", "low", number())), "--format": lambda: rng.choice(("text", "json", "")),
        "--limit": lambda: rng.choice(("steps", "depth", "objects", "layer_elements", "recording_bytes", "spikes", "file_bytes", "x")) + "=" + number(),
    }  # fmt: skip
    chosen = lambda names, most: [f"{name}={names[name]()}" for name in rng.sample(list(names), rng.randrange(1, most))]  # noqa: E731
    only = lambda *names: {name: run[name] for name in names}  # noqa: E731
    platform = rng.choice([*SIMULATORS, *CHIPS, "ideal", "norse@1", "x"])
    some = {
        "run": lambda: ["run", graph, *stimulus, *engine(rng), *chosen(run, 5), "--output", out / "o"],
        "compare": lambda: ["compare", graph, *stimulus, "--platform", platform, "--platform", rng.choice(SIMULATORS),
            *rng.choice(([], ["--no-cause"])), *chosen({**only("--dt", "--duration", "--spike", "--reset", "--limit", "--frames"), "--tau": number}, 4), "--svg", out / "o.svg"],
        "check": lambda: ["check", graph, "--platform", platform, *chosen(only("--dt", "--reset", "--quantize", "--limit"), 4)],
        "lower": lambda: ["lower", graph, "--platform", platform, *stimulus, *chosen(only("--dt", "--reset", "--quantize", "--limit", "--duration"), 4)],
        "eval": lambda: ["eval", seeds.folder / "xylo.nirt", "--input", seeds.samples, "--labels", seeds.labels, "--platform", platform,
            *chosen(only("--dt", "--reset", "--quantize", "--limit", "--threads"), 4)],
        "info": lambda: ["info", graph, *chosen(only("--limit", "--format"), 3)],
        "show": lambda: ["show", graph, f"--inline={number()}", *chosen(only("--limit"), 2)],
        "completions": lambda: ["completions", rng.choice(("bash", "zsh", "fish", "elvish", "powershell", "", number()))],
        "rounding": lambda: ["run", graph, *stimulus, "--platform", platform, "--check-rounding", *chosen(only("--dt", "--duration", "--limit"), 3)],
        "none": lambda: rng.choice(([], ["--help"], ["--version"], ["help"], ["run"], ["-"], [""], ["run", "--help"], [number()], ["\u202e"], ["info", ""], ["info", "/"])),
        "diff": lambda: ["diff", graph, rng.choice(seeds.graphs)[0], f"--tolerance={number()}"],
        "convert": lambda: ["convert", graph, out / "o.nir", f"--level={number()}", f"--compression={rng.choice(('none', 'gzip', 'lzf', ''))}", *chosen(only("--limit"), 2)],
        "opt": lambda: ["opt", graph, out / "o.nirt", "--pass", rng.choice([*seeds.passes, "x", number()])],
        "explain": lambda: ["explain", rng.choice(("N204", "N000", "n204", number(), "", "\u202e"))],
        "platforms": lambda: ["platforms", "--platform", rng.choice((platform, number(), "norse@"))],
    }  # fmt: skip
    return some[rng.choice(["run"] * 8 + [*some])]()


# Each surface with its share of the mutants.
SURFACES = {
    "nir": (nir, 18), "hdf5": (hdf5, 18), "nirt": (nirt, 18), "npy": (npy_stimulus, 9), "json": (json_stimulus, 7), "csv": (csv, 1),
    "document": (document, 12), "netx": (netx, 2), "data": (data, 6), "labels": (labels, 3), "options": (options, 6),
}  # fmt: skip

"""Draw the figure of docs/ideal.md from a run: pulses, voltage and event of one neuron.

    python scripts/make_ideal_figure.py PROGRAM [--check]

Runs `PROGRAM run --exact` on examples/ideal.nirt and writes docs/ideal.svg. With `--check` nothing
is written, and the exit status is 1 when the figure is another one. Needs nothing but Python.
"""

import ast
import csv
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
GRAPH, STIMULUS = ROOT / "examples/ideal.nirt", ROOT / "examples/ideal_input.json"
FIGURE = ROOT / "docs/ideal.svg"

WIDTH, SAMPLE = 0.004, 5e-5  # of a pulse, and between two samples, in seconds
WEIGHT, THRESHOLD = 1.5, 1.0  # of the graph

LEFT, RIGHT = 70, 690
PULSES, VOLTAGE = (30, 110), (140, 330)  # top and bottom of the panels

INK, BLUE, RED, PALE = "#333333", "#1f5fa8", "#c0392b", "#d5dde8"


def run(program):
    """Spike times and sampled voltage of the neuron, in seconds and volts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "run", GRAPH, "--exact", "--spike", f"pulse:{WIDTH}", "--input", STIMULUS]
        command += ["--record", "lif:spikes,lif:v", "--sample", str(SAMPLE), "--output", folder]
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        with open(f"{folder}/lif.spikes.csv", newline="") as table:
            spikes = [float(row["time"]) for row in csv.DictReader(table)]
        return spikes, doubles(f"{folder}/lif.v.npy")


def doubles(path):
    """The numbers of a numpy array of doubles (format version 1)."""
    content = pathlib.Path(path).read_bytes()
    start = 10 + struct.unpack("<H", content[8:10])[0]
    assert ast.literal_eval(content[10:start].decode())["descr"] == "<f8", path
    return [value for (value,) in struct.iter_unpack("<d", content[start:])]


def line(points, colour, extra=""):
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" {extra}/>'


def text(x, y, content, anchor="start", colour=INK):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{content}</text>'


def scale(low, high, panel):
    """From a value to its height on the page."""
    top, bottom = panel
    return lambda value: bottom - (value - low) / (high - low) * (bottom - top)


def draw(duration, inputs, spikes, voltage):
    x = lambda time: LEFT + time / duration * (RIGHT - LEFT)
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 380" font-family="sans-serif" font-size="13">',
            '<rect width="720" height="380" fill="white"/>',
            *frame(x, duration),
            *pulses(x, duration, inputs),
            *course(x, spikes, voltage),
            "</svg>\n",
        ]
    )


def frame(x, duration):
    for milliseconds in range(0, round(duration * 1e3) + 1, 2):
        at = x(milliseconds / 1e3)
        yield line([(at, PULSES[0]), (at, VOLTAGE[1])], PALE, 'style="stroke-width:1"')
        yield text(at, VOLTAGE[1] + 18, milliseconds, "middle")
    yield text((LEFT + RIGHT) / 2, VOLTAGE[1] + 40, "time in ms", "middle")


def pulses(x, duration, inputs):
    """The current that arrives: each spike adds the weight for the width of a pulse."""
    y = scale(0.0, 2.2 * WEIGHT, PULSES)
    changes = sorted([(time, WEIGHT) for time in inputs] + [(time + WIDTH, -WEIGHT) for time in inputs])
    points, level = [(x(0.0), y(0.0))], 0.0
    for time, change in changes:
        points += [(x(time), y(level)), (x(time), y(level + change))]
        level += change
    yield line([*points, (x(duration), y(level))], INK)
    for height in (0.0, WEIGHT, 2 * WEIGHT):
        yield text(LEFT - 8, y(height) + 4, f"{height:g}", "end")
    for time in inputs:
        yield line([(x(time), PULSES[0] - 16), (x(time), PULSES[0] - 6)], BLUE)
    yield text(RIGHT, PULSES[0] + 14, "spikes that arrive, and the current they make (A)", "end")


def course(x, spikes, voltage):
    """The voltage, cut where it is reset, with the threshold and the events."""
    y = scale(0.0, 1.15 * THRESHOLD, VOLTAGE)
    samples = [(index * SAMPLE, value) for index, value in enumerate(voltage)]
    yield line([(LEFT, y(THRESHOLD)), (RIGHT, y(THRESHOLD))], INK, 'stroke-dasharray="6 4"')
    yield text(RIGHT, y(THRESHOLD) - 8, "v_threshold", "end")
    begin = 0.0
    for end in [*spikes, float("inf")]:
        part = [(x(time), y(value)) for time, value in samples if begin <= time < end]
        start = [(x(begin), y(0.0))] if begin else []
        stop = [(x(end), y(THRESHOLD))] if end in spikes else []
        yield line([*start, *part, *stop], BLUE)
        begin = end
    for spike in spikes:
        yield line([(x(spike), y(THRESHOLD)), (x(spike), y(0.0))], RED, 'stroke-dasharray="2 3"')
        yield f'<circle cx="{x(spike):.1f}" cy="{y(THRESHOLD):.1f}" r="5" fill="{RED}"/>'
        yield text(x(spike) + 10, y(THRESHOLD) - 8, f"spike at {spike * 1e3:.12f} ms, v := v_reset", colour=RED)
    for height in (0.0, 0.5, 1.0):
        yield text(LEFT - 8, y(height) + 4, f"{height:g}", "end")
    yield text(LEFT + 6, VOLTAGE[0] - 6, "voltage of the LIF (V)")


def main():
    program, *flags = sys.argv[1:]
    stimulus = json.loads(STIMULUS.read_text())
    inputs = [time for time, _ in stimulus["inputs"]["input"]["spikes"]]
    figure = draw(stimulus["T"], inputs, *run(program))
    if "--check" not in flags:
        FIGURE.write_text(figure)
    elif FIGURE.read_text() != figure:
        sys.exit(f"{FIGURE} is not what {sys.argv[0]} draws now")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measures what a step with events costs, and holds it against the number of events.

    scripts/check_event_cost.py NIR FOLDER

Generates C for a dense, a sparse and a convolutional network, takes steps on a Cortex-M4 in QEMU in which 0, 1, 10 and 100 % of the
channels have a spike, and counts instructions, which are the same every time. Ends with 1 if 1 or 10 % of the channels do not cost 1 or
10 % of what all cost, beside what a step without events costs.
"""

import argparse
import pathlib
import random
import re
import shutil
import subprocess
import sys

# How much more a share of the events may cost than that share, and the same downwards: channels at the edge of a picture are in fewer windows.
MOST = 1.15
STEPS = 20

DRIVER = """
#include <stdio.h>
#include "NAME.h"
uint32_t nir_ticks(void);
static NAME_state state;
static uint32_t channels[LEN], out[OUT], listed;
int main(void)
{
  static const uint32_t counts[] = { COUNTS };
  uint32_t i, k, step;
  for (k = 0; k < sizeof counts / sizeof counts[0]; k++) {
    uint32_t ticks = 0u;
    NAME_init(&state);
    for (step = 0; step < STEPSu; step++) {
      uint32_t begin;
      /* A prime step through the channels: each of them once. */
      for (i = 0; i < counts[k]; i++) { channels[i] = (i * 7919u + step * 13u) % LEN; }
      begin = nir_ticks();
      if (NAME_step_events(&state, channels, counts[k], out, &listed) != 0) { return 1; }
      ticks += (nir_ticks() - begin) & 0xFFFFFFu;
    }
    printf("%u %u\\n", (unsigned)counts[k], (unsigned)(ticks * 40u / STEPSu));
  }
  return 0;
}
"""


def numbers(rng, count, kept):
    return ", ".join(f"{rng.uniform(-1, 1):.4f}" if rng.random() < kept else "0" for _ in range(count))


def lif(count):
    """Neurons that do not spike, so that the events are those that enter."""
    row = lambda value: f"f32[{count}] [{', '.join([value] * count)}]"
    fields = {"tau": "0.02", "r": "0.0001", "v_leak": "0", "v_threshold": "1000", "v_reset": "0"}
    return "LIF { " + " ".join(f"{name}: {row(value)}" for name, value in fields.items()) + " }"


def matrix(rng, rows, columns, kept):
    return f"""nirt 1
version "1.0.8"
graph {{
  input = Input {{ shape: i64[1] [{columns}] }}
  map = Linear {{ weight: f32[{rows}, {columns}] [{", ".join("[" + numbers(rng, columns, kept) + "]" for _ in range(rows))}] }}
  lif = {lif(rows)}
  output = Output {{ shape: i64[1] [{rows}] }}
  input -> map -> lif -> output
}}
"""


def convolution(rng):
    kernel = "[" + ", ".join(
        "[" + ", ".join("[" + ", ".join("[" + numbers(rng, 3, 1.0) + "]" for _ in range(3)) + "]" for _ in range(2)) + "]" for _ in range(8)
    ) + "]"
    return picture(2048, f"""Conv2d {{
    input_shape: i64[2] [16, 16] weight: f32[8, 2, 3, 3] {kernel}
    stride: i64[2] [1, 1] padding: i64[2] [1, 1] dilation: i64[2] [1, 1] groups: i64 1 bias: f32[8] [0, 0, 0, 0, 0, 0, 0, 0]
  }}""", [8, 16, 16])


def pool():
    return picture(128, "SumPool2d { kernel_size: i64[2] [2, 2] stride: i64[2] [2, 2] padding: i64[2] [0, 0] }", [2, 8, 8])


def picture(neurons, operation, shape):
    return f"""nirt 1
version "1.0.8"
graph {{
  input = Input {{ shape: i64[3] [2, 16, 16] }}
  map = {operation}
  flat = Flatten {{ input_type: i64[3] {shape} start_dim: i64 0 end_dim: i64 -1 }}
  lif = {lif(neurons)}
  output = Output {{ shape: i64[1] [{neurons}] }}
  input -> map -> flat -> lif -> output
}}
"""


def run(command, **options):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def measure(nir, folder, name, text, channels, outputs, options):
    """Instructions of a step for each number of events."""
    graph, code = folder / f"{name}.nirt", folder / name
    graph.write_text(text)
    shutil.rmtree(code, ignore_errors=True)
    run([nir, "codegen", graph, "--target", "c99", "--clocked", "--dt", "1ms", "--steps", 3, "--output", code, "--name", "net", *options])
    counts = [0, max(1, channels // 100), channels // 10, channels]
    driver = DRIVER.replace("NAME", "net").replace("LEN", f"{channels}u").replace("OUT", str(outputs))
    driver = driver.replace("COUNTS", ", ".join(f"{count}u" for count in counts)).replace("STEPS", str(STEPS))
    (code / "cost.c").write_text(driver)
    flags = "-mcpu=cortex-m4 -mthumb -Os -std=c99 -ffp-contract=off --specs=rdimon.specs -nostartfiles -T cortex_m.ld".split()
    run(["arm-none-eabi-gcc", *flags, "-o", "cost.elf", "net.c", "cost.c", "cortex_m.c", "-lm"], cwd=code)
    emulated = "-M mps2-an386 -icount shift=0 -display none -monitor none -serial none -semihosting-config enable=on,target=native".split()
    told = run(["qemu-system-arm", *emulated, "-kernel", "cost.elf"], cwd=code)
    return [tuple(map(int, line)) for line in re.findall(r"^(\d+) (\d+)$", told, re.MULTILINE)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nir", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("folder", type=lambda path: pathlib.Path(path).resolve())
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(1)
    i8 = ["--quantize", "i8"]
    networks = [
        ("dense", matrix(rng, 128, 1024, 1.0), 1024, 128, i8),
        ("sparse", matrix(rng, 128, 1024, 0.1), 1024, 128, i8),
        ("convolution", convolution(rng), 512, 2048, i8),
        ("pool", pool(), 512, 128, i8),
        ("dense, floats", matrix(rng, 64, 512, 1.0), 512, 64, ["--precision", "f32"]),
    ]
    failed = []
    print("| instructions of a step | 0 % | 1 % | 10 % | 100 % of the channels |\n|---|---|---|---|---|")
    for name, text, channels, outputs, options in networks:
        found = measure(arguments.nir, arguments.folder, name.replace(", ", "_"), text, channels, outputs, options)
        counts, costs = zip(*found)
        print(f"| {name}, {channels} channels, {outputs} neurons | " + " | ".join(f"{cost:,}" for cost in costs) + " |")
        whole = costs[3] - costs[0]
        for count, cost in zip(counts[1:3], costs[1:3]):
            share = (cost - costs[0]) / whole / (count / channels)
            if not 1 / MOST <= share <= MOST:
                failed.append(f"{name}: {count} of {channels} events cost {share:.2f} times their share")
        # A comparison for each channel, and the operations of the neurons, which are more where there is no unit for floats.
        most = 16 * channels + (60 if options is i8 else 800) * outputs
        if costs[0] > most:
            failed.append(f"{name}: a step without events costs {costs[0]} instructions, and {most} are enough")
    sys.exit("\n".join(failed) if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Holds generated code against the engine, bit for bit, for many networks, platforms, languages, compilers and processors.

    scripts/check_generated.py NIR FOLDER [--every N] [--ways N] [--jobs N] NETWORK...

Each network is generated for one of the platforms in turn, the first that takes it, in C99 and Rust, and in Verilog where the platform
computes with integers. The test bench that comes with the code replays a stimulus and holds every spike and final state against
what the engine computed. C is built by gcc and clang with -O0, -O2 and -O3 and with the sanitizers of addresses and of undefined
behaviour, or in so many of these ways in turn as `--ways` says. Verilog has other lanes and ports in turn. Every N-th network runs on a Cortex-M3 and M4 in QEMU, as Rust on this machine and as WebAssembly, and in Verilator
besides Icarus. The object file of C for a Cortex-M4, or of this machine without its compiler, is at most 1.1 times the constants of the
report and 8 KiB. Ends with 1 at the first difference, and says what was replayed how often, and what was not for want of a tool.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

# Chips first: only some networks are for them.
CHIPS = ["xylo", "speck", "loihi2", "spinnaker2"]
SIMULATORS = ["norse", "snntorch", "spyx", "rockpool", "lava", "lava-dl", "nengo", "sinabs", "spikingjelly"]
CLOCKED = [
    ["--clocked", "--precision", "f32", "--reset", "subtract"],
    ["--clocked", "--reset", "zero", "--integrator", "exponential"],
    ["--clocked", "--reset", "v_reset", "--comparison", ">=", "--input-step", "next", "--precision", "f32"],
    ["--clocked", "--reset", "subtract", "--synapse", "new", "--threshold", "level", "--reset-timing", "next"],
]
C_WAYS = [(compiler, flags) for compiler in ("gcc", "clang") for flags in ("-O0", "-O2", "-O3", "-O1 -fsanitize=address,undefined -fno-sanitize-recover")]
# How large an object file may be, in parts of its constants, and beside them in bytes.
LARGEST = (1.1, 8 * 1024)
# What is linked to find out whether a compiler has the libraries of a way.
SMALLEST = "int main(void) { return 0; }\n"
ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def choices(number, name):
    """The ways to run a network, the first to be tried first."""
    turn = lambda ways: ways[number % len(ways):] + ways[: number % len(ways)]
    clocked = turn(CLOCKED)
    named = [["--platform", each] for each in turn(CHIPS)] if "chip" in name else []
    simulators = [["--platform", each] for each in turn(SIMULATORS)]
    # The clocked engine takes every network that is drawn, the simulators few: every second of those is for it alone.
    return named + (clocked if "any" in name and number % 2 else simulators + clocked)


def links(way):
    """Whether a program can be built in a way of C."""
    compiler, flags = way
    if not shutil.which(compiler):
        return False
    return run([compiler, *flags.split(), "-x", "c", "-o", "/dev/null", "-"], input=SMALLEST).returncode == 0


class Network:
    def __init__(self, arguments, number, path):
        self.nir, self.every, self.number = arguments.nir, arguments.every, number
        first = number * arguments.ways
        self.ways = [arguments.c_ways[(first + step) % len(arguments.c_ways)] for step in range(arguments.ways)]
        self.path, self.folder = path, arguments.folder / f"{number:04}_{path.stem}"
        self.done = collections.Counter()
        self.failed = []

    def generate(self, target, way):
        name = {"c99": "c", "rust": "crate", "verilog": "v"}[target]
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        command = [self.nir, "codegen", self.path, "--target", target, "--dt", "1ms", "--steps", "40", "--output", folder, "--name", f"net{self.number}", *way]
        made = run(command)
        if made.returncode not in (0, 1):
            return None
        return folder if folder.exists() else None

    def hold(self, what, command, **options):
        """Runs a replay, which has to end well."""
        told = run(command, **options)
        if "will not fit in region" in told.stdout:
            self.done[f"{what}: larger than the memory of the board"] += 1
            return
        self.done[what] += 1
        if told.returncode != 0:
            self.failed.append(f"{self.path}, {what}: {' '.join(map(str, command))}\n{told.stdout[-2000:]}")

    def check(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for way in choices(self.number, self.path.stem):
            if code := self.generate("c99", way):
                break
        else:
            self.done["networks that nothing takes"] += 1
            return self
        self.done[f"for {way[1] if way[0] == '--platform' else 'clocked'}"] += 1
        self.c(code)
        if self.number % self.every == 0:
            self.generate("rust", way)
        if way[0] == "--platform" and (verilog := self.generate("verilog", [*way, *self.streams()])):
            self.verilog(verilog)
        return self

    def streams(self):
        """Lanes and ports of Verilog, in turn."""
        lanes, ports = (1, 2, 3, 8)[self.number % 4], ("dense", "aer")[self.number // 4 % 2]
        return ["--lanes", str(lanes), "--ports", ports]

    def c(self, code):
        name = f"net{self.number}"
        for compiler, flags in self.ways:
            self.hold(f"C, {compiler} {flags}", ["make", "-s", "-B", "-C", code, "check", f"CC={compiler}", f"CFLAGS={flags}"])
        if shutil.which("g++"):
            flags = "-x c++ -std=c++11 -Wall -Wextra -Wconversion -Werror -ffp-contract=off -c -o /dev/null".split()
            self.hold("C as C++, compiled", ["g++", *flags, code / f"{name}.c"])
        self.size(code, name)
        if self.number % self.every == 0 and shutil.which("qemu-system-arm") and shutil.which("arm-none-eabi-gcc"):
            self.hold("C, Cortex-M3 and M4 in QEMU", ["make", "-s", "-C", code, "qemu"])

    def size(self, code, name):
        """Holds the bytes of code and constants against those of the constants."""
        is_arm = shutil.which("arm-none-eabi-gcc") is not None
        compiler = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb"] if is_arm else ["gcc"]
        run([*compiler, "-Os", "-std=c99", "-ffp-contract=off", "-c", "-o", code / "size.o", code / f"{name}.c"])
        told = run(["arm-none-eabi-size" if is_arm else "size", code / "size.o"]).stdout.splitlines()
        found = sum(map(int, told[1].split()[:2]))
        constants = json.loads((code / "report.json").read_text())["constant_bytes"]
        self.done["C, the size of the object"] += 1
        factor, beside = LARGEST
        if found > factor * constants + beside:
            self.failed.append(f"{self.path}: the object has {found} bytes, and the constants {constants}")

    def verilog(self, code):
        if shutil.which("iverilog"):
            self.hold("Verilog, Icarus", ["make", "-s", "-C", code, "check"])
        if self.number % self.every == self.every - 1 and shutil.which("verilator"):
            self.hold("Verilog, Verilator", ["make", "-s", "-C", code, "verilate", "lint"])


def rust(arguments, networks):
    """Builds all crates as one workspace, and replays them on this machine and as WebAssembly."""
    members = [network for network in networks if (network.folder / "crate").exists()]
    if not members:
        return collections.Counter(), []
    for network in members:
        manifest = network.folder / "crate" / "Cargo.toml"
        manifest.write_text(manifest.read_text().replace("[workspace]\n", ""))
    names = ", ".join(json.dumps(f"{network.folder.name}/crate") for network in members)
    (arguments.folder / "Cargo.toml").write_text(f"[workspace]\nresolver = \"2\"\nmembers = [{names}]\n")
    done, failed = collections.Counter(), []
    ways = [("Rust, this machine", [], {})]
    sysroot = run(["rustc", "--print", "sysroot"]).stdout.strip()
    if shutil.which("node") and pathlib.Path(sysroot, "lib/rustlib/wasm32-wasip1").is_dir():
        runner = f"node --no-warnings {ROOT / 'scripts' / 'run_wasi.mjs'}"
        ways.append(("Rust, WebAssembly", ["--target", "wasm32-wasip1", "--test", "replay"], {"CARGO_TARGET_WASM32_WASIP1_RUNNER": runner}))
    for what, more, environment in ways:
        command = ["cargo", "test", "--quiet", "--no-fail-fast", "--manifest-path", arguments.folder / "Cargo.toml", "--workspace", *more]
        told = run(command, env=os.environ | environment | {"CARGO_TARGET_DIR": str(arguments.folder / "target")})
        done[what] += len(members)
        if told.returncode != 0:
            failed.append(f"{what}:\n{told.stdout[-4000:]}")
    return done, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nir", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("folder", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("networks", nargs="+", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--ways", type=int, default=len(C_WAYS))
    arguments = parser.parse_args()
    arguments.c_ways = [way for way in C_WAYS if links(way)]
    arguments.ways = min(arguments.ways, len(arguments.c_ways))
    networks = [Network(arguments, number, path) for number, path in enumerate(sorted(arguments.networks))]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        networks = list(pool.map(Network.check, networks))
    done, failed = rust(arguments, networks)
    for network in networks:
        done += network.done
        failed += network.failed
    print(f"{len(networks)} networks")
    for what, count in sorted(done.items()):
        print(f"{count:6} {what}")
    tools = {"qemu-system-arm": "QEMU", "iverilog": "Icarus", "verilator": "Verilator", "node": "WebAssembly"}
    missing = [" ".join(way) for way in C_WAYS if way not in arguments.c_ways]
    missing += [name for tool, name in tools.items() if not shutil.which(tool)]
    if missing:
        print(f"not replayed, since the tool is not here: {', '.join(missing)}")
    for line in failed[:10]:
        print(line, file=sys.stderr)
    if failed:
        sys.exit(f"{len(failed)} replays failed")


if __name__ == "__main__":
    main()

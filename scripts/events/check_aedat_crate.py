#!/usr/bin/env python3
"""Reads the recording that the crate `aedat` ships with that crate and with nirkit, and compares every event.

    scripts/events/check_aedat_crate.py NIR [--folder DIR]

NIR is the program. DIR gets a small crate that depends on `aedat`; it is no part of the workspace, since `aedat` builds C code.
`check_readers.py --sample` compares the same recording with readers from PyPI. Needs cargo and a C compiler; ends with 1 when
something differs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

VERSION = "1.3.3"

MANIFEST = f"""\
[package]
name = "read-aedat"
version = "0.0.0"
edition = "2021"

[dependencies]
aedat = "={VERSION}"

[workspace]
"""

# Every event as x,y,t,p, as `nir events convert` writes them.
MAIN = """\
use std::io::Write;

use aedat::base::{Decoder, StreamContent};
use aedat::events_generated::size_prefixed_root_as_event_packet;

fn main() {
    let path = std::env::args().nth(1).expect("a path");
    let mut decoder = Decoder::new_from_file(path).expect("a recording");
    let streams: Vec<u32> = decoder.id_to_stream.iter()
        .filter(|(_, stream)| matches!(stream.content, StreamContent::Events)).map(|(id, _)| *id).collect();
    let mut out = std::io::BufWriter::new(std::io::stdout());
    writeln!(out, "x,y,t,p").unwrap();
    while let Some(packet) = decoder.next() {
        let packet = packet.expect("a packet");
        if streams.contains(&packet.stream_id) {
            let events = size_prefixed_root_as_event_packet(&packet.buffer).expect("events");
            for event in events.elements().into_iter().flatten() {
                writeln!(out, "{},{},{},{}", event.x(), event.y(), event.t(), u8::from(event.on())).unwrap();
            }
        }
    }
}
"""


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nir", type=Path)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        (folder / "src").mkdir(parents=True, exist_ok=True)
        (folder / "Cargo.toml").write_text(MANIFEST)
        (folder / "src/main.rs").write_text(MAIN)
        packages = json.loads(run("cargo", "metadata", "--format-version", "1", cwd=folder))["packages"]
        [crate] = [Path(package["manifest_path"]).parent for package in packages if package["name"] == "aedat"]
        sample = crate / "test_data.aedat4"
        theirs = run("cargo", "run", "--release", "--quiet", "--", sample, cwd=folder)
        # The exit code 1 would say that something puts the events in doubt.
        run(args.nir.resolve(), "events", "convert", sample, folder / "ours.csv")
        ours = (folder / "ours.csv").read_text()
    events = theirs.count("\n") - 1
    if ours != theirs:
        print(f"{ours.count(chr(10)) - 1} events of nirkit, {events} of aedat {VERSION}, and they differ")
        return 1
    print(f"{events} events of {sample.name}, equal in nirkit and aedat {VERSION}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

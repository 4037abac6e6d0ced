#!/usr/bin/env bash
# Runs the commands that pages mark with `run-by-ci`, and compares what they print with what the pages show.
#
#     scripts/readme_commands.sh [PAGE ...]
#
# The page is README.md unless others are named; scripts/page_commands.py says how a page marks commands. `nir` is the
# release build of this checkout, or the program in the folder NIR_FOLDER.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- README.md
if [ -z "${NIR_FOLDER:-}" ]; then
  cargo build --release --quiet --bin nir
fi
# What pages write; `nir codegen` takes no folder that holds something.
rm -rf target/pages
PATH="${NIR_FOLDER:-$PWD/target/release}:$PATH" exec python3 scripts/page_commands.py "$@"

#!/usr/bin/env bash
# Builds the page of crates/web, and holds it to what is said of it: scripts/check_web.sh [target/release/nir]
# Needs what scripts/check_page.sh installs.
set -euo pipefail
cd "$(dirname "$0")/.."
nir=$(realpath "${1:-target/release/nir}")
scripts/make_web.sh target/web
cp scripts/check_web/*.mjs target/page-check/
node target/page-check/bits.mjs target/web "$nir" examples ../shared/goldens/simulators
node target/page-check/app.mjs target/web examples

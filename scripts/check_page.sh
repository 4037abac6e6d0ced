#!/usr/bin/env bash
# Drives the pages of `nir view` in headless Chromium: scripts/check_page.sh [target/release/nir]
# Installs Chromium, Node and two packages where they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
nir=$(realpath "${1:-target/release/nir}")
folder=target/page-check
mkdir -p "$folder"

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq && apt-get install -y -qq "${missing[@]}" >/dev/null
fi
if [ ! -d "$folder/node_modules/axe-core" ]; then
  npm install --silent --no-audit --no-fund --prefix "$folder" playwright-core@1.65.1 axe-core@4.14.1
fi

cp scripts/check_page/*.mjs "$folder/"
scripts/check_page/graphs.py "$folder"
view() { "$nir" view "$1" --output "$folder/$2.html" "${@:3}" >/dev/null; }
view examples/small.nir small --dt 0.1ms
view examples/broken.nirt broken
view examples/small.nir runs --input examples/small_input.npy --platform ideal --platform spyx
view "$folder/nested.nirt" nested
view "$folder/hostile.nirt" hostile
view "$folder/long.nirt" long
node "$folder/main.mjs" "$folder"

#!/usr/bin/env bash
# Builds the page of crates/web: scripts/make_web.sh [FOLDER], target/web without one. Any server of static files serves it:
# `python3 -m http.server --directory target/web`.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-target/web}
target=wasm32-unknown-unknown
rustup target list --installed | grep -qx "$target" || rustup target add "$target"
cargo build --quiet --package nirkit-web --lib --profile web --target "$target"
mkdir -p "$folder"
cp crates/web/static/* THIRD-PARTY.txt "$folder/"
cp "${CARGO_TARGET_DIR:-target}/$target/web/nirkit_web.wasm" "$folder/nirkit.wasm"

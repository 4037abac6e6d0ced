#!/usr/bin/env bash
# Builds everything that a release hands out, and publishes nothing.
#
#     scripts/release.sh [FOLDER] [PART...]        PART: archive, wheel, crates; all of them in target/release-files by default
#
# * archive: the program with licences, notices, SBOM, completions and man pages (scripts/package_release.sh)
# * wheel: the wheel for this machine, and the source distribution
# * crates: the crates as they would be uploaded
#
# Last, the SHA-256 of every file. Needs Rust, Python and pip.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-target/release-files}
shift || true
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(archive wheel crates)
mkdir -p "$folder"

archive() {
  scripts/package_release.sh "$folder/archive"
  mv "$folder"/archive/*.tar.gz "$folder"
  rm -rf "$folder/archive"
}

wheel() {
  python3 -m venv target/maturin
  local bin=target/maturin/bin
  [ -d "$bin" ] || bin=target/maturin/Scripts
  "$bin/python" -m pip install --quiet 'maturin>=1.11,<2'
  "$bin/maturin" build --quiet --release --locked --out "$folder"
  "$bin/maturin" sdist --out "$folder"
}

crates() {
  # What is not published has no version that others could ask for.
  cargo package --workspace --locked --no-verify --quiet --exclude nirkit-testing --exclude nirkit-py
  cp target/package/*.crate "$folder"
}

for part in "${parts[@]}"; do
  case $part in
    archive | wheel | crates) "$part" ;;
    *) echo "no part of a release: $part" >&2 && exit 2 ;;
  esac
done
(cd "$folder" && sha256sum -- *.* | grep -v SHA256SUMS > SHA256SUMS.new && mv SHA256SUMS.new SHA256SUMS && cat SHA256SUMS)

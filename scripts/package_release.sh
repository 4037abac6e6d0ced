#!/usr/bin/env bash
# Builds the archive that a release hands out: the program, its licences, the notices of what is in it, its SBOM.
#
#     scripts/package_release.sh [FOLDER]        FOLDER/nir-VERSION-TARGET.tar.gz, target/package by default
#
# CARGO_PROFILE names another profile than release. The same bytes come from the same program and sources.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-target/package}
profile=${CARGO_PROFILE:-release}
python3 scripts/make_notices.py --check
cargo build --quiet --locked --profile "$profile" --bin nir
[ "$profile" = dev ] && built=debug || built=$profile

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
target=$(rustc -vV | sed -n 's/^host: //p')
name=nir-$version-$target
rm -rf "${folder:?}/$name"
mkdir -p "$folder/$name"
cp "target/$built/nir" README.md LICENSE-MIT LICENSE-APACHE THIRD-PARTY.txt SECURITY.md CHANGELOG.md "$folder/$name"
python3 scripts/make_notices.py --sbom "$folder/$name/nir.cyclonedx.json" nirkit-cli
for shell in bash zsh fish; do "$folder/$name/nir" completions "$shell" > "$folder/$name/nir.$shell"; done
"$folder/$name/nir" man --output "$folder/$name/man/man1" > /dev/null

tar --sort=name --mtime='2020-01-01' --owner=0 --group=0 --numeric-owner -C "$folder" -cf - "$name" | gzip -n > "$folder/$name.tar.gz"
(cd "$folder" && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
"$folder/$name/nir" --version
tar -tzf "$folder/$name.tar.gz"

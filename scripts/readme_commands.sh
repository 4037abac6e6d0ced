#!/usr/bin/env bash
# Runs the commands that pages mark with `run-by-ci`, in order, each in a shell of its own, from the root of the repository.
#
#     scripts/readme_commands.sh [PAGE ...]
#
# The page is README.md unless others are named. Of several pages, those that mark nothing are passed over.
# `<!-- run-by-ci -->` marks the block below it: each line is a command that has to end with exit code 0;
# `<!-- run-by-ci: exit 1 -->` says another code, for findings and differences that the page shows.
# `nir` is the release build of this checkout, or the program in the folder NIR_FOLDER. What commands print is shown
# when they fail.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- README.md
if [ "$*" != README.md ] && [ -z "${NIR_FOLDER:-}" ]; then
  cargo build --release --quiet --locked --bin nir
fi
export PATH="${NIR_FOLDER:-$PWD/target/release}:$PATH"
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# The marked commands of a page, each behind the exit code that it has to end with.
commands() {
  awk '/^<!-- run-by-ci(: exit [0-9]+)? -->$/ {wanted = 1; code = $4 ~ /^[0-9]+$/ ? $4 : 0}
       /^```/ && wanted {inside = !inside; if (!inside) wanted = 0; next}
       inside {print code, $0}' "$1"
}

count=0
for page in "$@"; do
  while read -r expected command; do
    printf '%s$ %s\n' "$([ $# = 1 ] || echo "$page: ")" "$command"
    code=0
    bash -c "set -euo pipefail; $command" > "$output" 2>&1 < /dev/null || code=$?
    if [ "$code" != "$expected" ]; then
      cat "$output"
      echo "$page: exit code $code in the place of $expected: $command" >&2
      exit 1
    fi
    count=$((count + 1))
  done < <(commands "$page")
done
[ "$count" -gt 0 ] || { echo "no command is marked in $*" >&2; exit 1; }

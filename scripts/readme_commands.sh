#!/usr/bin/env bash
# Runs every command that a page shows between the markers `run-by-ci`, in order, in one shell each.
#
#     scripts/readme_commands.sh [PAGE]
#
# The page is README.md unless another one is named.
set -euo pipefail
cd "$(dirname "$0")/.."
page=${1:-README.md}
commands=$(awk '/<!-- run-by-ci -->/ {wanted = 1} /^```/ && wanted {inside = !inside; if (!inside) wanted = 0; next} inside' "$page")
[ -n "$commands" ] || { echo "$page marks no commands" >&2; exit 1; }
while IFS= read -r command; do
  printf '$ %s\n' "$command"
  bash -c "set -euo pipefail; $command"
done <<< "$commands"

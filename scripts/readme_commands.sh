#!/usr/bin/env bash
# Runs every command that the README shows between the markers `run-by-ci`, in order, in one shell.
set -euo pipefail
cd "$(dirname "$0")/.."
commands=$(awk '/<!-- run-by-ci -->/ {wanted = 1} /^```/ && wanted {inside = !inside; if (!inside) wanted = 0; next} inside' README.md)
[ -n "$commands" ] || { echo "the README marks no commands" >&2; exit 1; }
while IFS= read -r command; do
  printf '$ %s\n' "$command"
  bash -c "set -euo pipefail; $command"
done <<< "$commands"

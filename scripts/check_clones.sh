#!/usr/bin/env bash
# Finds blocks of ten equal lines between the engines: scripts/check_clones.sh. Ends with 1 where there is one.
# Installs Node and jscpd where they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=target/clones
missing=()
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq && apt-get install -y -qq "${missing[@]}" >/dev/null
fi
if [ ! -x "$folder/node_modules/.bin/jscpd" ]; then
  npm install --silent --no-audit --no-fund --prefix "$folder" jscpd@4.3.0
fi
"$folder/node_modules/.bin/jscpd" crates/{engine,exact,step,run}/src --format rust --min-lines 10 --min-tokens 50 --reporters console --noTips --threshold 0

#!/usr/bin/env bash
# Drives the pages of `nir view` in headless Chromium: scripts/check_page.sh [target/release/nir]
# Installs Chromium, two fonts, Node and two packages where they are missing.
#
# Screenshots are compared with those in scripts/check_page/pictures. Where a change of them is meant, write them anew, look at
# them, and commit them:
#
#     UPDATE_PICTURES=1 scripts/check_page.sh
set -euo pipefail
cd "$(dirname "$0")/.."
nir=$(realpath "${1:-target/release/nir}")
folder=target/page-check
mkdir -p "$folder"

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
fonts=/usr/share/fonts/truetype
[ -d $fonts/liberation ] || missing+=(fonts-liberation)
[ -d $fonts/dejavu ] || missing+=(fonts-dejavu-core)
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
view examples/snntorch/net.nir five --input examples/snntorch/one.npy --platform ideal --platform snntorch --platform norse --platform spyx --platform lava --dt 0.5ms 2>/dev/null
view examples/small.nir no-steps --input examples/small_input.npy --platform ideal --platform norse --duration 0s 2>/dev/null
view "$folder/nested.nirt" nested
view "$folder/hostile.nirt" hostile
view "$folder/long.nirt" long
view "$folder/cyclic.nirt" cyclic
rm -rf "$folder/shared"
if [ -d ../shared ]; then
  mkdir -p "$folder/shared"
  for graph in ../shared/models/*/graph.nir ../shared/reference/paper/0*/*.nir ../shared/corpus/exports/*/*.nir; do
    name=${graph#../shared/}
    view "$graph" "shared/${name//\//-}" --platform norse
  done
fi
# A labelled set on platforms of which one fails often and one does not run, with what `nir eval` says of it; sets with one class and
# with 100.
trained=(examples/snntorch/net.nir --input examples/snntorch/samples.npy --labels examples/snntorch/labels.npy --dt 0.5ms)
platforms=(--platform snntorch --platform spyx --platform lava --platform rockpool)
view "${trained[0]}" eval "${trained[@]:1}" "${platforms[@]}" 2>/dev/null
"$nir" eval "${trained[@]}" "${platforms[@]}" --format json > "$folder/eval.json" || [ $? -eq 1 ] # One is refused.
view "${trained[0]}" none-runs "${trained[@]:1}" --platform rockpool --platform nengo 2>/dev/null
cp examples/snntorch/labels.npy "$folder/labels.npy"
for name in one-class classes; do
  view "$folder/$name.nirt" $name --input "$folder/$name.samples.npy" --labels "$folder/$name.labels.npy" --platform norse --dt 1ms 2>/dev/null
done
rm -rf "$folder/sweep"
"$nir" sweep examples/sweep.toml --output "$folder/sweep" >/dev/null
"$nir" view "$folder/sweep" --output "$folder/sweep.html" >/dev/null
"$nir" compare examples/small.nir --input examples/small_input.npy --platform ideal --platform spyx --svg "$folder/figure.svg" >/dev/null ||
  [ $? -eq 1 ] # They differ, which is what the figure shows.
# The same fonts on every machine, whatever else is installed.
cat > "$folder/fonts.conf" <<EOF
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>$fonts/liberation</dir><dir>$fonts/dejavu</dir><cachedir>$(realpath "$folder")/fonts</cachedir></fontconfig>
EOF
export FONTCONFIG_FILE=$(realpath "$folder/fonts.conf")
mkdir -p scripts/check_page/pictures
PICTURES=$(realpath scripts/check_page/pictures) node "$folder/main.mjs" "$folder"

#!/usr/bin/env bash
# Fuzzes: gives each target made-up bytes for some time, and prints what came of it.
#
#     scripts/fuzz.sh [SECONDS] [TARGET...]     60 seconds and all targets unless they are given
#
# Needs the Rust that builds nirkit and a C++ compiler; no nightly Rust, no cargo-fuzz. Begins with fuzz/seeds and what
# earlier runs left in fuzz/corpus. Two targets run at a time. A finding is kept in fuzz/artifacts; see fuzz/README.md
# for what to do with it. Exit code 1 if there is one.
#
#     FUZZ_MERGE=1 scripts/fuzz.sh ...          afterwards takes what reached new code over into fuzz/seeds
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  for file in fuzz/targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi

# What a target can do with: dictionaries, the longest input, folders of tests with further files of its kind.
about() {
  case $1 in
    read_nir) echo "hdf5,graph 16384 crates/io/tests/files crates/io/tests/hostile crates/io/tests/damaged" ;;
    read_nirdata) echo "hdf5,nirdata 16384 -" ;;
    read_store) echo "hdf5 16384 -" ;;
    read_text) echo "text,graph 4096 crates/ir/tests/invalid crates/cli/tests/hostile" ;;
    read_npy) echo "npy 4096 crates/io/tests/arrays" ;;
    read_events) echo "- 4096 -" ;;
    read_stimulus_json) echo "json,stimulus 2048 -" ;;
    read_chip_document) echo "json,chip 4096 -" ;;
    *) echo "- 512 -" ;;
  esac
}

host=$(rustc -vV | sed -n 's/^host: //p')
built=${CARGO_TARGET_DIR:-fuzz/target}
RUSTC_WRAPPER=$PWD/scripts/fuzz_rustc.sh cargo build --quiet --release --manifest-path fuzz/Cargo.toml \
  --target "$host" --target-dir "$built" $(printf -- '--bin %s ' "${targets[@]}")

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

one() {
  local target=$1 dictionaries length folders options=()
  read -r dictionaries length folders <<<"$(about "$target")"
  if [ "$dictionaries" != - ]; then
    for name in ${dictionaries//,/ }; do cat "fuzz/dictionaries/$name.dict"; done > "$logs/$target.dict"
    options+=(-dict="$logs/$target.dict")
  fi
  [ "$folders" != - ] || folders=
  mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target" "fuzz/seeds/$target"
  touch "$logs/$target.begun"
  # The engines are not optimised here: a million spikes at one instant, where the ideal gives up, take five seconds.
  # More than 4 GiB at once ends in order, or it is a finding.
  (ulimit -v $((4 << 20)) && exec "$built/$host/release/$target" "fuzz/corpus/$target" "fuzz/seeds/$target" $folders \
    "${options[@]}" -max_len="$length" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=60 \
    -seed="${FUZZ_SEED:-0}" -print_final_stats=1 -artifact_prefix="fuzz/artifacts/$target/") > "$logs/$target.log" 2>&1 || true
  # The name of an artifact says what it is; slow units are no findings.
  find "fuzz/artifacts/$target" -type f -newer "$logs/$target.begun" ! -name 'slow-unit-*' > "$logs/$target.found"
  # A process that did not get to its end, and kept nothing, is one too.
  grep -q 'stat::number_of_executed_units' "$logs/$target.log" || [ -s "$logs/$target.found" ] ||
    echo "it ended early" > "$logs/$target.found"
}

running=0
for target in "${targets[@]}"; do
  one "$target" &
  running=$((running + 1))
  if [ "$running" -ge 2 ]; then wait -n; running=$((running - 1)); fi
done
wait

failed=0
printf '%-20s %10s %8s %8s\n' target executions coverage findings
for target in "${targets[@]}"; do
  log=$logs/$target.log
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -1 | cut -d' ' -f2 || true)
  findings=$(wc -l < "$logs/$target.found")
  printf '%-20s %10s %8s %8s\n' "$target" "${executions:--}" "${coverage:--}" "$findings"
  if [ "$findings" != 0 ]; then
    failed=1
    { echo "-- $target: $(tr '\n' ' ' < "$logs/$target.found")"; grep -v '^#' "$log" | tail -40; } >&2
  fi
done

if [ "${FUZZ_MERGE:-0}" != 0 ]; then
  for target in "${targets[@]}"; do
    "$built/$host/release/$target" -set_cover_merge=1 -use_counters=0 -max_len=4096 "fuzz/seeds/$target" "fuzz/corpus/$target" 2>/dev/null || true
  done
fi
exit "$failed"

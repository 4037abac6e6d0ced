#!/usr/bin/env bash
# Checks generated C with the MISRA C:2012 addon of cppcheck: `scripts/check_misra.sh FOLDER`, where FOLDER is one that `nir codegen --target
# c99` made. Fails on a rule that is not in the list of deviations of docs/codegen-c.md.
set -euo pipefail
folder=$1
deviations='2\.5|8\.9|10\.6|10\.8|15\.5'
command -v cppcheck >/dev/null || { echo "cppcheck is missing" >&2; exit 1; }
found=0
for source in "$folder"/*.c; do
  case $source in *_test.c | */cortex_m.c) continue ;; esac
  said=$(cppcheck --addon=misra --std=c99 --quiet "$source" 2>&1)
  # An addon that does not run finds nothing.
  grep -q 'misra-c2012-8\.9\|misra-c2012-2\.5' <<<"$said" || { echo "$source: the addon found nothing, not even deviations: $said" >&2; exit 1; }
  beyond=$(grep -E 'misra-c2012-[0-9.]+\]' <<<"$said" | grep -vE "misra-c2012-($deviations)\]" || true)
  if [ -n "$beyond" ]; then
    echo "$beyond" >&2
    found=1
  fi
done
[ "$found" = 0 ] && echo "$folder: no rule is violated beyond the deviations"
exit "$found"

//! What is measured of code on a Cortex-M: instructions, bytes of flash, depth of the stack.

/// What counts instructions and the stack of a step in QEMU, where a tick of the system timer is 40 instructions.
pub(super) const COUNTS: &str = "#if defined(NIR_COUNT)
uint32_t nir_ticks(void);
void nir_paint(void);
uint32_t nir_depth(void);
static uint32_t ticks_begin, ticks_end, ticks_most, depth, depth_most;
static uint64_t ticks;
static void end_count(void)
{
  const uint32_t took = (ticks_end - ticks_begin) & 0xFFFFFFu;
  ticks += took;
  if (took > ticks_most) { ticks_most = took; }
  if (depth > depth_most) { depth_most = depth; }
}
static void say_count(const char *what)
{
  printf(\"%s: %u instructions a step on average, %u at most, %u bytes of stack\\n\", what,
    (unsigned)((ticks * 40u) / STEPS), (unsigned)(ticks_most * 40u), (unsigned)depth_most);
  ticks = 0u;
  ticks_most = 0u;
  depth_most = 0u;
}
#define BEGIN_COUNT nir_paint(); ticks_begin = nir_ticks();
#define END_COUNT ticks_end = nir_ticks(); depth = nir_depth(); end_count();
#define SAY_COUNT(what) say_count(what);
#else
#define BEGIN_COUNT
#define END_COUNT
#define SAY_COUNT(what)
#endif

";

/// The script that measures code of this name, whose state has so many bytes.
pub(super) fn script(name: &str, state: usize) -> String {
    SCRIPT.replace("@STATE@", &state.to_string()).replace("@NAME@", name)
}

const SCRIPT: &str = r#"#!/bin/sh
# Made by nirkit. Measures the network on a Cortex-M3 and on a Cortex-M4 without a unit for floats, and writes measured.json. What a
# missing tool would measure is null, and the tool is named in "absent".
set -eu
cd "$(dirname "$0")"
ARM_CC=${ARM_CC:-arm-none-eabi-gcc}
SIZE=${ARM_SIZE:-arm-none-eabi-size}
QEMU=${QEMU:-qemu-system-arm}
absent=
for tool in "$ARM_CC" "$SIZE" "$QEMU"; do
  command -v "$tool" >/dev/null 2>&1 || absent="$absent${absent:+, }\"$tool\""
done
has() { command -v "$1" >/dev/null 2>&1; }
# Bytes of code, constants and initialised data.
flash() { "$SIZE" "$1" | awk 'NR == 2 { print $1 + $2 }'; }
# A number of what the test bench says: of frames or events, and which.
said() { printf '%s\n' "$told" | sed -n "s/^$1: \([0-9]*\) instructions a step on average, \([0-9]*\) at most, \([0-9]*\) bytes of stack.*/\\$2/p"; }
or_null() { if [ -n "$1" ]; then printf %s "$1"; else printf null; fi; }
{
  printf '{\n  "schema": 1,\n  "absent": [%s],\n  "state_bytes": @STATE@,\n  "processors": [' "$absent"
  comma=
  for core in cortex-m3 cortex-m4; do
    own= all= told=
    if has "$ARM_CC" && has "$SIZE"; then
      flags="-mcpu=$core -mthumb -Os -std=c99 -ffp-contract=off"
      "$ARM_CC" $flags -c -o @NAME@_$core.o @NAME@.c
      own=$(flash @NAME@_$core.o)
      # With the functions of the compiler's libraries that it calls.
      "$ARM_CC" $flags -nostdlib -Wl,-e,@NAME@_init -o @NAME@_${core}_size.elf @NAME@_$core.o -lc -lgcc
      all=$(flash @NAME@_${core}_size.elf)
      if has "$QEMU"; then
        # A network that is larger than the board is not run.
        told=$(make -s qemu-$core) || { printf '%s\n' "$told" >&2; told=; }
      fi
    fi
    frames=$(said frames 1) frames_most=$(said frames 2) events=$(said events 1) events_most=$(said events 2)
    stack=$(printf '%s\n' "$(said frames 3)" "$(said events 3)" | sort -n | tail -n 1)
    printf '%s\n    {"name": "%s", "flash_bytes": %s, "library_bytes": %s, "stack_bytes": %s,\n' "$comma" "$core" \
      "$(or_null "$all")" "$(or_null "${all:+$((all - own))}")" "$(or_null "$stack")"
    printf '     "frames": {"mean_instructions": %s, "most_instructions": %s},\n' "$(or_null "$frames")" "$(or_null "$frames_most")"
    printf '     "events": {"mean_instructions": %s, "most_instructions": %s}}' "$(or_null "$events")" "$(or_null "$events_most")"
    comma=,
  done
  printf '\n  ]\n}\n'
} > measured.json.part
mv measured.json.part measured.json
cat measured.json
"#;

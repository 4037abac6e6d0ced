//! The Makefile beside a design.

use super::report::VerilogReport;

/// Returns the Makefile of a design of this name.
pub(crate) fn makefile(name: &str) -> String {
    format!(
        "\
# Made by nirkit. `make check` replays the vectors with Icarus Verilog, `make verilate` with Verilator. `make lint` runs Verilator's
# checks, `make synth` maps the design to gates with Yosys and counts cells and memories, `make ecp5` does so for a small FPGA.
# `make measure` writes the cycles that both count into measured.json.
IVERILOG ?= iverilog
VVP ?= vvp
VERILATOR ?= verilator
YOSYS ?= yosys

check: {name}_tb.vvp
\t@$(VVP) -n {name}_tb.vvp > {name}_check.txt; cat {name}_check.txt; grep -q 'observables are equal' {name}_check.txt

{name}_tb.vvp: {name}.v {name}_tb.v
\t$(IVERILOG) -g2005 -Wall -Wno-timescale -o $@ {name}.v {name}_tb.v

lint:
\t$(VERILATOR) --lint-only -Wall --top-module {name} {name}.v

verilate:
\t$(VERILATOR) --binary -Wno-fatal -Wno-WIDTH -Mdir verilated --top-module {name}_tb -o {name}_tb {name}_tb.v {name}.v > {name}_verilate.txt
\t@./verilated/{name}_tb > {name}_check.txt; cat {name}_check.txt; grep -q 'observables are equal' {name}_check.txt

synth:
\t$(YOSYS) -q -p 'read_verilog {name}.v; synth -flatten -top {name} -run begin:fine; memory -nomap; opt -full; techmap; opt; abc -fast; opt_clean; memory_unpack; opt_clean; tee -o {name}_synth.txt stat'
\t@cat {name}_synth.txt

ecp5:
\t$(YOSYS) -q -p 'read_verilog {name}.v; synth_ecp5 -top {name}; tee -o {name}_ecp5.txt stat'
\t@cat {name}_ecp5.txt

measure:
\t@IVERILOG='$(IVERILOG)' VERILATOR='$(VERILATOR)' sh measure.sh

clean:
\trm -rf measured.json {name}_tb.vvp {name}_check.txt {name}_verilate.txt {name}_synth.txt {name}_ecp5.txt verilated

.PHONY: check measure lint verilate synth ecp5 clean
"
    )
}

/// Returns the script that measures a design, with what the report states of its cycles.
pub(crate) fn measure(report: &VerilogReport) -> String {
    let stated = [report.first_cycles, report.cycles, report.cycles_per_event];
    let [first, later, event] = stated.map(|cycles| cycles.to_string());
    MEASURE.replace("@FIRST@", &first).replace("@LATER@", &later).replace("@EVENT@", &event)
}

const MEASURE: &str = r#"#!/bin/sh
# Made by nirkit. Counts the cycles of the design in Icarus Verilog and in Verilator, and writes measured.json. What a missing tool
# would count is null, and the tool is named in "absent".
set -eu
cd "$(dirname "$0")"
IVERILOG=${IVERILOG:-iverilog}
VERILATOR=${VERILATOR:-verilator}
absent=
for tool in "$IVERILOG" "$VERILATOR"; do
  command -v "$tool" >/dev/null 2>&1 || absent="$absent${absent:+, }\"$tool\""
done
or_null() { if [ -n "$1" ]; then printf %s "$1"; else printf null; fi; }
# What a simulator counts; the test bench fails at a step that takes other cycles than those stated.
counted() {
  told=
  if command -v "$2" >/dev/null 2>&1; then told=$(make -s "$3"); fi
  most=$(printf '%s\n' "$told" | sed -n 's/^\([0-9]*\) cycles in a step without stalls, at most.*/\1/p')
  all=$(printf '%s\n' "$told" | sed -n 's/^\([0-9]*\) cycles in [0-9]* steps without stalls.*/\1/p')
  steps=$(printf '%s\n' "$told" | sed -n 's/^[0-9]* cycles in \([0-9]*\) steps without stalls.*/\1/p')
  printf '  "%s": {"most_cycles": %s, "all_cycles": %s, "steps": %s}' "$1" "$(or_null "$most")" "$(or_null "$all")" "$(or_null "$steps")"
}
{
  printf '{\n  "schema": 1,\n  "absent": [%s],\n' "$absent"
  printf '  "stated": {"first_cycles": @FIRST@, "cycles": @LATER@, "cycles_per_event": @EVENT@},\n'
  counted icarus "$IVERILOG" check
  printf ',\n'
  counted verilator "$VERILATOR" verilate
  printf '\n}\n'
} > measured.json.part
mv measured.json.part measured.json
cat measured.json
"#;

//! The Makefile beside a design.

/// Returns the Makefile of a design of this name.
pub(crate) fn makefile(name: &str) -> String {
    format!(
        "\
# Made by nirkit. `make check` replays the vectors with Icarus Verilog, `make verilate` with Verilator. `make lint` runs Verilator's
# checks, `make synth` maps the design with Yosys and counts cells and memories.
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
\t$(YOSYS) -q -p 'read_verilog {name}.v; synth -flatten -top {name} -run begin:fine; memory -nomap; opt -full; techmap; opt; abc -fast; opt_clean; tee -o {name}_synth.txt stat'
\t@cat {name}_synth.txt

clean:
\trm -rf {name}_tb.vvp {name}_check.txt {name}_verilate.txt {name}_synth.txt verilated

.PHONY: check lint verilate synth clean
"
    )
}

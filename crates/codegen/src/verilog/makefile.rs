//! The Makefile beside a design.

/// Returns the Makefile of a design of this name.
pub(crate) fn makefile(name: &str) -> String {
    format!(
        "\
# Made by nirkit. `make check` replays the vectors with Icarus Verilog, `make verilate` with Verilator. `make lint` runs Verilator's
# checks, `make synth` maps the design to gates with Yosys and counts cells and memories, `make ecp5` does so for a small FPGA.
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

clean:
\trm -rf {name}_tb.vvp {name}_check.txt {name}_verilate.txt {name}_synth.txt {name}_ecp5.txt verilated

.PHONY: check lint verilate synth ecp5 clean
"
    )
}

//! The top module: ports, memories, the sequencer, and who reads and writes which memory when.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use nirkit_step::{BufferId, When};

use super::design::Design;
use super::module::{Module, Net, address_bits, count};
use super::signal::range;

/// The states of the sequencer before the first operation: buffers are brought to their start, and nothing happens.
const BEGIN: usize = 0;
const IDLE: usize = 1;
const FIRST: usize = 2;

impl Design {
    /// The design as text: the top module, and those that it has.
    pub(crate) fn print(&self) -> String {
        let mut text = self.about();
        self.head(&mut text);
        self.sequencer(&mut text);
        self.rows(&mut text);
        for (state, module) in self.states() {
            self.instance(state, module, &mut text);
        }
        for at in 0..self.program.buffers.len() {
            self.memory(BufferId(at), &mut text);
        }
        self.streams(&mut text);
        text.push_str("endmodule\n\n// All modules of the design stand in this file.\n/* verilator lint_off DECLFILENAME */\n");
        for module in self.all() {
            let _ = write!(text, "\n{}", module.print());
        }
        text.push_str(&self.memory_modules());
        text.push_str("/* verilator lint_on DECLFILENAME */\n`default_nettype wire\n");
        text
    }

    /// Each module with the state in which it goes.
    fn states(&self) -> impl Iterator<Item = (usize, &Module)> {
        let begin = self.begin.iter().map(|module| (BEGIN, module));
        begin.chain(self.modules.iter().enumerate().map(|(at, module)| (FIRST + at, module)))
    }

    fn end(&self) -> usize {
        FIRST + self.modules.len()
    }

    pub(crate) fn state(&self, state: usize) -> String {
        count(address_bits(self.end() + 1), state)
    }

    fn sequencer(&self, text: &mut String) {
        let bits = address_bits(self.end() + 1);
        let (idle, end) = (self.state(IDLE), self.state(self.end()));
        let has_when = self.modules.iter().any(|module| module.when != When::Always);
        let _ = writeln!(
            text,
            "  // Brings to the start (0), idle (1), each operation, the end ({}).",
            self.end()
        );
        let _ = writeln!(text, "  reg {} state;", range(bits));
        if has_when {
            text.push_str("  reg is_first;\n");
        }
        let mut moves = vec![format!("state == {idle} && start")];
        if self.begin.is_none() {
            moves.push(format!("state == {}", self.state(BEGIN)));
        }
        moves.extend(self.states().map(|(state, module)| match module.when {
            When::Always => format!("done_{state}"),
            _ => format!("done_{state} || skip_{state}"),
        }));
        for (state, module) in self.states() {
            let here = format!("state == {}", self.state(state));
            let skip = match module.when {
                When::Always => None,
                When::First => Some("!is_first"),
                When::Later => Some("is_first"),
            };
            match skip {
                None => {
                    let _ = writeln!(text, "  wire go_{state} = {here};");
                }
                Some(skip) => {
                    let _ = writeln!(text, "  wire skip_{state} = {here} && {skip};");
                    let _ = writeln!(text, "  wire go_{state} = {here} && !skip_{state};");
                }
            }
            let _ = writeln!(text, "  wire done_{state};");
        }
        let first = |value: &str| {
            if has_when { format!("\n      is_first <= {value};") } else { String::new() }
        };
        let _ = write!(
            text,
            "  wire moves = {};\n  assign busy = state != {idle};\n  always @(posedge clk)\n    if (rst) begin\n      \
             state <= {};\n      done <= 1'b0;{}\n    end else begin\n      done <= state == {end};\n      \
             if (state == {end}) begin\n        state <= {idle};{}\n      end else if (moves) state <= state + {};\n    end\n",
            moves.join("\n    || "),
            self.state(BEGIN),
            first("1'b1"),
            first("1'b0"),
            count(bits, 1),
        );
    }

    /// The row of this step in rings, for each shape of a ring.
    fn rows(&self, text: &mut String) {
        let mut shapes = BTreeSet::new();
        for port in self.modules.iter().flat_map(|module| &module.ports) {
            if let Net::Row(rows, len) = port.net {
                shapes.insert((rows, len));
            }
        }
        for (rows, len) in shapes {
            let bits = address_bits(rows * len);
            let (of, zero) = (range(bits), count(bits, 0));
            if rows == 1 {
                let _ = writeln!(text, "  wire {of} row_{rows}_{len} = {zero};");
                continue;
            }
            let _ = write!(
                text,
                "  // The first element of the row of this step in rings of {rows} rows of {len} elements.\n  \
                 reg {of} row_{rows}_{len};\n  always @(posedge clk)\n    if (rst) row_{rows}_{len} <= {zero};\n    \
                 else if (state == {}) row_{rows}_{len} <= row_{rows}_{len} == {} ? {zero} : row_{rows}_{len} + {};\n",
                self.state(self.end()),
                count(bits, (rows - 1) * len),
                count(bits, len),
            );
        }
    }

    /// The net of a port of the module that goes in a state.
    fn net(&self, state: usize, net: &Net) -> String {
        let memory =
            |prefix: &str, buffer: &BufferId| format!("{prefix}_{}", self.memories[buffer.0]);
        let own = |what: String| format!("n{state}_{what}");
        match net {
            Net::ReadAddress(buffer) => own(memory("ra", buffer)),
            Net::ReadData(buffer) => memory("rd", buffer),
            Net::Write(buffer) => own(memory("we", buffer)),
            Net::WriteAddress(buffer) => own(memory("wa", buffer)),
            Net::WriteData(buffer) => own(memory("wd", buffer)),
            Net::ReadWordAddress(buffer) => own(memory("raw", buffer)),
            Net::ReadWord(buffer) => memory("rdw", buffer),
            Net::WriteWord(buffer) => own(memory("wew", buffer)),
            Net::WriteWordAddress(buffer) => own(memory("waw", buffer)),
            Net::WriteWordData(buffer) => own(memory("wdw", buffer)),
            Net::Row(rows, len) => format!("row_{rows}_{len}"),
            Net::InValid => "in_valid".to_owned(),
            Net::InData => "in_data".to_owned(),
            Net::OutReady => "out_ready".to_owned(),
            Net::InAddress => "in_address".to_owned(),
            Net::InLast => "in_last".to_owned(),
            Net::InReady => own("in_ready".to_owned()),
            Net::InBeyond => own("in_beyond".to_owned()),
            Net::OutAddress => own("out_address".to_owned()),
            Net::OutValid => own("out_valid".to_owned()),
            Net::OutData => own("out_data".to_owned()),
            Net::OutLast => own("out_last".to_owned()),
        }
    }

    fn instance(&self, state: usize, module: &Module, text: &mut String) {
        let mut connections = vec![
            ".clk(clk)".to_owned(),
            ".rst(rst)".to_owned(),
            format!(".go(go_{state})"),
            format!(".done(done_{state})"),
        ];
        for port in &module.ports {
            let net = self.net(state, &port.net);
            if port.net.is_driven() {
                let of = port.bits.map(|bits| format!("{} ", range(bits))).unwrap_or_default();
                let _ = writeln!(text, "  wire {of}{net};");
            }
            connections.push(format!(".{}({net})", port.name));
        }
        let name = &module.name;
        let _ = writeln!(text, "  {name} run_{state} (\n    {}\n  );", connections.join(",\n    "));
    }

    /// The nets of one kind, with the states in which they count.
    pub(crate) fn drivers(&self, wanted: &Net) -> Vec<(usize, String)> {
        let drives = |(state, module): (usize, &Module)| {
            let found = module.ports.iter().any(|port| port.net == *wanted);
            found.then(|| (state, self.net(state, wanted)))
        };
        self.states().filter_map(drives).collect()
    }

    /// The net of the module that goes; that of the last one if none does.
    pub(crate) fn chosen(&self, net: &Net) -> Option<String> {
        let mut drivers = self.drivers(net).into_iter().rev();
        let (_, last) = drivers.next()?;
        Some(drivers.fold(last, |rest, (state, net)| {
            format!("state == {} ? {net}\n    : {rest}", self.state(state))
        }))
    }

    /// A net that is driven by any module.
    pub(crate) fn any(&self, net: &Net) -> Option<String> {
        let drivers: Vec<String> = self.drivers(net).into_iter().map(|(_, net)| net).collect();
        (!drivers.is_empty()).then(|| drivers.join(" | "))
    }
}

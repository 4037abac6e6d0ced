//! The ports of the top module: what enters and what leaves, as frames or as addresses.

use std::fmt::Write as _;

use super::design::Design;
use super::events::has_beyond;
use super::module::{Net, address_bits};
use super::options::Ports;
use super::signal::range;
use crate::name::shown;

impl Design {
    /// The comment at the head of the design.
    pub(crate) fn about(&self) -> String {
        let mut text = "\
            // Made by nirkit. A step of the network computes what its step program says, to the bit.\n//\n\
            // A step begins in a cycle with `start` while `busy` is 0, and ends with a cycle of `done`.\n"
            .to_owned();
        let is_dense = self.ports == Ports::Dense;
        if !self.inputs.is_empty() {
            let counts = (1_u64 << (self.input_bits - 1)) - 1;
            let _ = if is_dense {
                writeln!(
                    text,
                    "// In each step numbers of {} bits (two's complement) enter, a number a beat, in the order of the elements:",
                    self.input_bits
                )
            } else {
                writeln!(
                    text,
                    "// In each step addresses of spikes enter, in any order, then a beat with `in_last`, which has no address. An address \
                     that comes\n// again counts again, up to {counts}. Addresses of:"
                )
            };
            let inputs = self.inputs.iter();
            let inputs = inputs.map(|&(input, len)| (&self.program.inputs[input].name, len));
            self.listed(inputs, &mut text);
        }
        if !self.outputs.is_empty() {
            let (bits, kind) = (
                self.output.bits(),
                if self.output.is_signed() { "two's complement" } else { "unsigned" },
            );
            let _ = if is_dense {
                writeln!(text, "// and numbers of {bits} bits ({kind}) leave:")
            } else {
                writeln!(
                    text,
                    "// The address and the number ({bits} bits, {kind}) of each element that is not 0 leave, then a beat with `out_last`, \
                     which has no\n// address. Addresses of:"
                )
            };
            let outputs = self.outputs.iter().map(|&probe| &self.program.probes[probe]);
            let outputs = outputs.map(|probe| (&probe.name, self.len(probe.buffer)));
            self.listed(outputs, &mut text);
        }
        let report = self.report();
        let numbers = if is_dense {
            "whatever the numbers are"
        } else {
            "and one for each address that enters"
        };
        let _ = writeln!(
            text,
            "// A step takes {} cycles (the first one {}) if no stream stalls, {numbers}.",
            report.cycles, report.first_cycles
        );
        text.push_str("`default_nettype none\n");
        text
    }

    /// Names with the number of elements, or with the first and the last address.
    fn listed<'a>(&self, parts: impl Iterator<Item = (&'a String, usize)>, text: &mut String) {
        let mut first = 0;
        for (name, len) in parts {
            let _ = match self.ports {
                Ports::Dense => writeln!(text, "//   {}: {len}", shown(name)),
                Ports::Aer => {
                    writeln!(text, "//   {}: {first} to {}", shown(name), first + len - 1)
                }
            };
            first += len;
        }
    }

    /// The head of the top module.
    pub(crate) fn head(&self, text: &mut String) {
        let mut ports = vec![
            "input wire clk".to_owned(),
            "input wire rst".to_owned(),
            "input wire start".to_owned(),
            "output wire busy".to_owned(),
            "output reg done".to_owned(),
        ];
        let is_dense = self.ports == Ports::Dense;
        if !self.inputs.is_empty() {
            ports.push("input wire in_valid".to_owned());
            ports.push("output wire in_ready".to_owned());
            if is_dense {
                ports.push(format!("input wire {} in_data", range(self.input_bits)));
            } else {
                let addresses = self.elements_in();
                ports.push(format!("input wire {} in_address", range(address_bits(addresses))));
                ports.push("input wire in_last".to_owned());
                if has_beyond(addresses) {
                    ports.push("output wire in_beyond".to_owned());
                }
            }
        }
        if !self.outputs.is_empty() {
            ports.push("output wire out_valid".to_owned());
            ports.push("input wire out_ready".to_owned());
            if !is_dense {
                let of = range(address_bits(self.elements_out()));
                ports.push(format!("output wire {of} out_address"));
            }
            ports.push(format!("output wire {} out_data", range(self.output.bits())));
            ports.push("output wire out_last".to_owned());
        }
        let _ = writeln!(text, "module {} (\n  {}\n);", self.name, ports.join(",\n  "));
    }

    /// What drives the ports.
    pub(crate) fn streams(&self, text: &mut String) {
        for (port, net) in [
            ("in_ready", Net::InReady),
            ("in_beyond", Net::InBeyond),
            ("out_valid", Net::OutValid),
            ("out_last", Net::OutLast),
        ] {
            if let Some(any) = self.any(&net) {
                let _ = writeln!(text, "  assign {port} = {any};");
            }
        }
        for (port, net) in [("out_data", Net::OutData), ("out_address", Net::OutAddress)] {
            if let Some(chosen) = self.chosen(&net) {
                let _ = writeln!(text, "  assign {port} = {chosen};");
            }
        }
    }
}

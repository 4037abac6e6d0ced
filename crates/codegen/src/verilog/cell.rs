//! Cells: the datapath of a neuron, through which the neurons of a layer pass one after the other, or one for each lane.

use nirkit_step::{BufferId, Cell};

use super::divide;
use super::expr::Printed;
use super::lane::{Lanes, lanes_of};
use super::module::{Module, Stored, address_bits};
use super::pass::count_elements;
use super::signal::range;
use crate::range::dataflow::{Dataflow, Leaf};
use crate::range::interval::{Interval, integers};

/// Prints a cell.
pub(crate) fn cell(
    prefix: &str,
    suffix: &str,
    cell: &Cell,
    bounds: &[Interval],
    label: impl Fn(BufferId) -> String,
    lanes: usize,
) -> Module {
    let flow = Dataflow::of_cell(cell, |buffer| bounds[buffer.0]);
    let written: Vec<String> = flow.writes().map(|(buffer, _)| label(buffer)).collect();
    let about = format!("Steps {} neurons: {}.", cell.neurons, written.join(", "));
    let mut module = Module::new(prefix, suffix, about);
    module.when = cell.when;
    let len = cell.neurons;
    let results = || flow.writes().map(|(_, node)| node);
    let needed = flow.needed(results());
    let divides = needed.iter().any(|&node| flow.is_division(node));
    let mut lanes = Lanes::new(if divides { 1 } else { lanes_of(len, lanes) });
    let mut reads = Vec::new();
    let mut signals: Vec<(Leaf, super::signal::Signal)> = Vec::new();
    for leaf in needed.iter().filter_map(|&node| flow.leaf_of(node)) {
        if let Leaf::Buffer(buffer) = leaf {
            let name = format!("r{}", buffer.0);
            let stored = Stored { buffer, range: bounds[buffer.0] };
            signals.push((leaf, lanes.read(&mut module, &name, &stored, len)));
            reads.push(name);
        }
    }
    for (buffer, _) in flow.writes() {
        let stored = Stored { buffer, range: bounds[buffer.0] };
        lanes.write(&mut module, &format!("w{}", buffer.0), &stored, len);
    }
    if divides {
        module.line(&format!("reg {} at;", range(address_bits(len))));
        module.line("wire writes;");
    } else {
        count_elements(&mut module, lanes.words(len), 1);
    }
    for leaf in needed.iter().filter_map(|&node| flow.leaf_of(node)) {
        if let Leaf::Parameter(parameter) = leaf {
            let numbers: Vec<i64> = integers(&cell.parameters[parameter].numbers).collect();
            let kind = format!("k{parameter}");
            let signal = lanes.constants(&mut module, &kind, &numbers, "at");
            signals.push((leaf, signal));
        }
    }
    for name in &reads {
        module.line(&format!("assign {name}_address = at;"));
    }
    let place = if divides { "at" } else { "written" };
    for (buffer, _) in flow.writes() {
        let name = format!("w{}", buffer.0);
        module.line(&format!("assign {name}_write = writes;"));
        module.line(&format!("assign {name}_at = {place};"));
    }
    lanes.begin(&mut module);
    let mut printed = Printed::new(&flow, results(), |leaf| {
        let found = signals.iter().find(|(known, _)| *known == leaf);
        found.map_or_else(|| super::signal::Signal::constant(0), |(_, signal)| signal.clone())
    });
    module.body.push_str(&printed.text);
    for (buffer, node) in flow.writes() {
        let value = printed.result(node, bounds[buffer.0]);
        module.line(&format!("assign w{}_next = {value};", buffer.0));
    }
    module.body.push_str(&printed.unused());
    lanes.end(&mut module);
    if divides {
        divide::sequence(&mut module, &printed.divisions, len);
    }
    module
}

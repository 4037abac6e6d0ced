//! What leaves generated code: events, and the class that is read of them.

use nirkit_codegen::{Readout as CodeReadout, ReadoutOf};
use nirkit_step::Program;

use crate::error::{Error, ErrorKind};
use crate::model::Model;

/// The probes whose numbers leave a design: the spikes of the node behind the only Output, or else the spikes of all nodes.
pub(super) fn outputs(model: &Model, program: &Program) -> Vec<String> {
    let names = program.probes.iter().map(|probe| &probe.name);
    let answer = model.answer().ok().map(|node| format!("{node}:spikes"));
    match answer.filter(|answer| names.clone().any(|name| name == answer)) {
        Some(answer) => vec![answer],
        None => names.filter(|name| name.ends_with(":spikes")).cloned().collect(),
    }
}

/// The readout of the node behind the only Output.
pub(super) fn read(
    model: &Model,
    program: &Program,
    readout: CodeReadout,
    scales: &[Vec<f64>],
) -> Result<ReadoutOf, Error> {
    let node = model.answer()?;
    let observables: &[&str] = match readout {
        CodeReadout::Count | CodeReadout::First => &["spikes"],
        CodeReadout::Voltage => &["v", "output"],
    };
    let named = |observable: &&str| {
        let name = format!("{node}:{observable}");
        program.probes.iter().find(|probe| probe.name == name)
    };
    let Some(probe) = observables.iter().find_map(named) else {
        let what = format!("`{node}` has no {} to read", observables.join(" and no "));
        let error = Error::new(what).of_kind(ErrorKind::Choice);
        return Err(error.help("`count` and `first` read spikes, `voltage` reads what LI puts out"));
    };
    let scales = scales.get(probe.buffer.0).map_or(&[][..], Vec::as_slice);
    Ok(ReadoutOf::new(readout, &probe.name, scales))
}

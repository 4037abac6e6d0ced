//! The values that shells complete, for arguments whose own readers say more about a wrong value than a list
//! of possible ones would.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Arg, Command};
use nirkit::codegen::{Ports, Target};
use nirkit::ir::Code;
use nirkit::ir::diag::CODES;
use nirkit::passes::optimise::PASSES;
use nirkit::platforms::chip;
use nirkit::platforms::support::support_matrix;
use nirkit::{Readout, Reset};

/// Reads an argument with `reader`, and offers values for completion.
#[derive(Clone)]
pub(crate) struct Offered<P> {
    reader: P,
    values: fn() -> Vec<PossibleValue>,
}

impl<P> Offered<P> {
    /// Returns a reader that offers these values, and takes whatever `reader` takes.
    fn new(reader: P, values: fn() -> Vec<PossibleValue>) -> Self {
        Self { reader, values }
    }
}

/// Any text; the verb says more about a wrong one.
type Text = Offered<StringValueParser>;

fn text(values: fn() -> Vec<PossibleValue>) -> Text {
    Offered::new(StringValueParser::new(), values)
}

impl<P: TypedValueParser> TypedValueParser for Offered<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        self.reader.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.values)().into_iter()))
    }
}

/// Reads a platform: its name, or its name with a version.
pub(crate) fn platforms() -> Text {
    text(all_platforms)
}

/// Reads any meaning of a graph: a platform, the ideal or the time grid.
pub(crate) fn meanings() -> Text {
    text(|| {
        let clocked = PossibleValue::new("clocked").help("a time grid");
        [ideal(), clocked].into_iter().chain(all_platforms()).collect()
    })
}

/// Reads what can be compared: a platform or the ideal.
pub(crate) fn compared() -> Text {
    text(|| std::iter::once(ideal()).chain(all_platforms()).collect())
}

/// The ideal, which has two names.
fn ideal() -> PossibleValue {
    PossibleValue::new("ideal").alias("exact").help("continuous time")
}

/// Reads what a graph is lowered to: a chip, or a simulator that takes a network, by name or with a version.
pub(crate) fn lowered() -> Text {
    text(|| {
        let simulators = all_platforms();
        let takes = |value: &PossibleValue| nirkit::nest::takes(value.get_name());
        all_chips().chain(simulators.into_iter().filter(takes)).collect()
    })
}

/// Reads a pass of `opt`.
pub(crate) fn passes() -> Text {
    text(|| PASSES.iter().map(|pass| PossibleValue::new(pass.name).help(pass.about)).collect())
}

/// Reads the code of a diagnostic.
pub(crate) fn codes() -> Text {
    fn value(code: Code) -> PossibleValue {
        PossibleValue::new(code.to_string()).help(code.page().title)
    }
    text(|| CODES.iter().copied().map(value).collect())
}

/// Reads a language of `codegen`.
pub(crate) fn targets() -> impl TypedValueParser<Value = Target> {
    let value = |target: Target| PossibleValue::new(target.name()).help(target.about());
    PossibleValuesParser::new(Target::ALL.map(value)).try_map(|name| name.parse::<Target>())
}

/// Reads what the streams of a design have.
pub(crate) fn ports() -> impl TypedValueParser<Value = Ports> {
    let value = |ports: Ports| PossibleValue::new(ports.name()).help(ports.about());
    PossibleValuesParser::new(Ports::ALL.map(value)).try_map(|name| name.parse::<Ports>())
}

/// Reads a readout of `eval`.
pub(crate) fn readouts() -> Offered<impl TypedValueParser<Value = Readout>> {
    let read = |text: &str| text.parse::<Readout>().map_err(|error| with_help(&error));
    Offered::new(read, || written(&Readout::ALL))
}

/// Reads what happens to a neuron that spikes.
pub(crate) fn resets() -> Offered<impl TypedValueParser<Value = Reset>> {
    Offered::new(str::parse::<Reset>, || written(&[Reset::VReset, Reset::Zero, Reset::Subtract]))
}

/// An error in one text, with what to do, for the parser, which has no place for help.
fn with_help(error: &nirkit::Error) -> String {
    let help = error.reasons().iter().filter_map(|reason| reason.help.as_deref());
    std::iter::once(error.to_string().as_str()).chain(help).collect::<Vec<_>>().join("; ")
}

fn written(values: &[impl ToString]) -> Vec<PossibleValue> {
    values.iter().map(|value| PossibleValue::new(value.to_string())).collect()
}

/// Reads how a chip makes integers of numbers.
pub(crate) fn quantisers() -> Text {
    text(|| {
        let mut found: Vec<PossibleValue> = Vec::new();
        // Chips share names.
        for quantiser in chip::ALL.iter().flat_map(|chip| chip.quantisers.iter()) {
            if found.iter().all(|known| known.get_name() != quantiser.name) {
                found.push(PossibleValue::new(quantiser.name).help(quantiser.what));
            }
        }
        for (name, what) in nirkit::codegen::Quantize::ALL {
            found.push(PossibleValue::new(name).help(what));
        }
        found
    })
}

/// Every platform by its name, then with each of its versions.
fn all_platforms() -> Vec<PossibleValue> {
    let rows = support_matrix();
    let simulators = rows.iter().map(|row| (row.profile.name, row.profile.title()));
    named("simulator", simulators).chain(all_chips()).collect()
}

fn all_chips() -> impl Iterator<Item = PossibleValue> {
    named("chip", chip::ALL.iter().map(|chip| (chip.name, chip.title())))
}

/// Each name once, followed by its versions.
fn named(
    what: &'static str,
    titles: impl Iterator<Item = (&'static str, String)>,
) -> impl Iterator<Item = PossibleValue> {
    let mut last = "";
    titles.flat_map(move |(name, title)| {
        let is_new = std::mem::replace(&mut last, name) != name;
        let name = is_new.then(|| PossibleValue::new(name).help(what));
        name.into_iter().chain([PossibleValue::new(title).help(what)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_is_offered_once_by_its_name_and_with_its_versions() {
        let offered = all_platforms();
        let names: Vec<&str> = offered.iter().map(PossibleValue::get_name).collect();
        assert!(names.iter().all(|name| nirkit::platform(name).is_ok()), "{names:?}");
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        assert!(names.contains(&"norse") && names.contains(&"norse@1.1.0"), "{names:?}");
    }
}

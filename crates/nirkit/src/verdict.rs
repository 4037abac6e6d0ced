//! What becomes of a document on a platform, also where the document has errors.

use nirkit_ir::valid::Validation;
use nirkit_ir::{Document, Value, open};
use nirkit_numerics::Shortest;
use nirkit_platforms::{Choices as PlatformChoices, Platform, Report, check, lenient};

use crate::adapt::{REFERENCE, remedy};
use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::model::{CHIP_CHOICES, Ledger, chip_choices, reset_of, reset_of_simulator};
use crate::remedies::Remedies;
use crate::settle;
use crate::time_unit::{InSeconds, in_seconds};

/// What a platform makes of a document.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The verdict on each node, and everything that there is to say.
    pub report: Report,
    /// The time step and, where one is asked for, the reset under which the verdict holds, with where they come from.
    pub choices: Vec<Choice>,
    /// The command that may help, where the platform refuses the graph or loses something of it.
    pub help: Option<String>,
}

/// The command that makes a graph for a simulator that refuses this one or loses something of it. What the graph is to compute is
/// said by its metadata, or left to the reader.
fn help(document: &Document, report: &Report, platform: &Platform) -> Option<String> {
    let Platform::Simulator(profile) = platform else { return None };
    let name = profile.name;
    if report.no_verdict.is_some() || !(report.loses() || report.refuses()) {
        return None;
    }
    let noted = match document.root.metadata.get(REFERENCE) {
        Some(Value::Text(text)) => text.as_str().and_then(|text| text.split_whitespace().next()),
        _ => None,
    };
    Some(noted.map_or_else(
        || {
            format!(
                "`nir adapt IN OUT --for {name} --like PLATFORM`, with the platform that the graph was trained with, or `ideal`, makes a \
                 graph with which {name} computes the same, as far as that can be had"
            )
        },
        |reference| remedy(name, reference, ""),
    ))
}

/// What a platform makes of a document under these choices. `validation` is what the validator says of
/// it. A simulator meets some graphs in its own way that have no meaning in NIR; of others the report
/// says that there is no verdict, and why.
///
/// # Errors
///
/// A choice is none that the platform has.
pub fn verdict(
    document: &Document,
    validation: &Validation,
    platform: &Platform,
    choices: &Choices,
) -> Result<Checked, Error> {
    let mut remedies = Remedies::new(document, choices.limits);
    with_remedies(document, validation, platform, choices, &mut remedies)
}

/// The same for several platforms, in their order.
///
/// # Errors
///
/// A choice is none that one of the platforms has.
pub fn verdicts(
    document: &Document,
    validation: &Validation,
    platforms: &[Platform],
    choices: &Choices,
) -> Result<Vec<Checked>, Error> {
    let mut remedies = Remedies::new(document, choices.limits);
    let checked = platforms
        .iter()
        .map(|platform| with_remedies(document, validation, platform, choices, &mut remedies));
    checked.collect()
}

/// A verdict whose findings name commands only where these help.
fn with_remedies(
    document: &Document,
    validation: &Validation,
    platform: &Platform,
    choices: &Choices,
    remedies: &mut Remedies<'_>,
) -> Result<Checked, Error> {
    let mut checked = of_platform(document, validation, platform, choices)?;
    remedies.hold(&mut checked.report, platform);
    checked.help = help(document, &checked.report, platform);
    Ok(checked)
}

fn of_platform(
    document: &Document,
    validation: &Validation,
    platform: &Platform,
    choices: &Choices,
) -> Result<Checked, Error> {
    let InSeconds { document, .. } = in_seconds(document, choices)?;
    let open = open::open(&document);
    let mut ledger = Ledger::default();
    let asked = settle::asked_reset(choices, &open);
    let reset = asked.as_ref().map(|reset| reset.value);
    let mut step = |value: Option<f64>, source: &str| {
        let value = value.map_or_else(|| "none".to_owned(), |dt| Shortest(dt).to_string());
        ledger.choices.insert(0, Choice::new("dt", value, source));
    };
    let profile = match (platform, document.graph(), &validation.facts) {
        (Platform::Chip(chip), Some(graph), Some(facts)) => {
            choices.only(chip.name, CHIP_CHOICES)?;
            let known = settle::known_step(choices, &open)?;
            let dt = known.as_ref().map(|dt| dt.value);
            step(dt, known.as_ref().map_or("nothing says it", |dt| dt.source.as_str()));
            ledger.choices.extend(asked.map(|_| reset_of(chip, choices, &open)));
            let lowering =
                chip.lower(graph, facts, &chip_choices(choices, &open, dt, graph, facts)?);
            let unknown =
                |error: nirkit_platforms::chip::UnknownQuantiser| Error::new(error.to_string());
            let lowering = lowering.map_err(|error| unknown(error).of_kind(ErrorKind::Choice))?;
            return Ok(Checked { report: lowering.report, choices: ledger.choices, help: None });
        }
        (Platform::Chip(chip), ..) => {
            let report = Report::without_verdict(chip.title(), reason(validation));
            return Ok(Checked { report, choices: Vec::new(), help: None });
        }
        (Platform::Simulator(profile), ..) => profile,
    };
    let taken = settle::platform_step(profile, choices, &open)?;
    let is_left_out = choices.dt.is_some_and(|given| taken.value != Some(given));
    let source = if is_left_out {
        format!("{} ({} has no effect)", taken.source, choices.voice.option("dt"))
    } else {
        taken.source.clone()
    };
    step(taken.value, &source);
    let of_platform = PlatformChoices { dt: taken.value, reset, ..PlatformChoices::default() };
    let seen = document
        .graph()
        .and_then(|graph| lenient::seen_after(graph, validation.clone(), &choices.limits));
    if let (Some(seen), Some(asked)) = (&seen, asked) {
        let graph = (&*seen.graph, &seen.facts);
        ledger.choices.push(reset_of_simulator(profile, graph, &of_platform, Some(asked)));
    }
    let report = seen.map_or_else(
        || Report::without_verdict(profile.title(), reason(validation)),
        |seen| check(profile, &seen.graph, &seen.facts, &of_platform),
    );
    Ok(Checked { report, choices: ledger.choices, help: None })
}

/// What is said of a file that holds a lone primitive.
pub(crate) const NO_GRAPH: &str = "the file holds no graph";

/// Why there is no verdict.
fn reason(validation: &Validation) -> String {
    let mut codes: Vec<String> = validation.errors().map(|error| error.code.to_string()).collect();
    codes.sort_unstable();
    codes.dedup();
    match codes.as_slice() {
        [] => NO_GRAPH.to_owned(),
        codes => format!("the graph has errors ({})", codes.join(", ")),
    }
}

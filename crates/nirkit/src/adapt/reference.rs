//! What an adapted graph is to compute: a platform, or the equations on a grid.

use nirkit_engine::clocked::semantics::Semantics;
use nirkit_ir::open::Open;
use nirkit_ir::{Document, Facts, Graph, Value};
use nirkit_numerics::Shortest;
use nirkit_platforms::compare::ideal;
use nirkit_platforms::{Choices as PlatformChoices, Platform};
use nirkit_run::{Reset, SpikeReading};

use super::REFERENCE;
use crate::choices::Choices;
use crate::error::{Error, ErrorKind};
use crate::model::{Ledger, admit, platform};
use crate::settle;

/// A reference by its name, with what its name says besides.
pub(super) struct Wanted {
    pub(super) title: String,
    pub(super) source: String,
    pub(super) dt: Option<f64>,
    pub(super) reset: Option<Reset>,
}

/// The reference that is given, or that the metadata say: `snntorch@1.0.0 dt=1e-4 reset=zero`.
pub(super) fn settle(
    document: &Document,
    like: Option<&str>,
    given: &Choices,
) -> Result<Wanted, Error> {
    let noted = match document.root.metadata.get(REFERENCE) {
        Some(Value::Text(text)) => text.as_str(),
        _ => None,
    };
    let (text, source) = match (like, noted) {
        (Some(like), _) => (like, "given".to_owned()),
        (None, Some(noted)) => (noted, format!("metadata `{REFERENCE}`")),
        (None, None) => {
            let option = given.voice.option("like");
            let error = Error::new("nothing says what the platform is to compute")
                .of_kind(ErrorKind::Choice);
            return Err(error.help(format!(
                "give {option}: the platform that the graph was trained with, or `ideal`; a file can say it in its \
                 metadata, `{REFERENCE}`"
            )));
        }
    };
    let mut words = text.split_whitespace();
    let title = words.next().unwrap_or_default().to_owned();
    let mut wanted = Wanted { title, source, dt: None, reset: None };
    for word in words {
        let wrong = || {
            let message = format!("`{word}` in the reference `{text}` is not understood");
            let error = Error::new(message).of_kind(ErrorKind::Choice);
            error.help(
                "a reference is a platform, then `dt=SECONDS` and `reset=RESET` where they matter",
            )
        };
        match word.split_once('=') {
            Some(("dt", dt)) => {
                let dt = dt.parse::<f64>().ok().filter(|dt| dt.is_finite() && *dt > 0.0);
                wanted.dt = Some(dt.ok_or_else(wrong)?);
            }
            Some(("reset", reset)) => wanted.reset = Some(reset.parse().map_err(|_| wrong())?),
            _ => return Err(wrong()),
        }
    }
    Ok(wanted)
}

/// How the reference computes.
pub(super) fn semantics(
    wanted: &Wanted,
    (graph, facts, open): (&Graph, &Facts, &Open),
    given: &Choices,
    ledger: &mut Ledger,
) -> Result<Semantics, Error> {
    let own = Choices {
        dt: given.dt.or(wanted.dt),
        reset: given.reset.or(wanted.reset),
        ..given.clone()
    };
    if crate::model::is_own(&wanted.title) {
        let dt = ledger.take_time("dt of the reference", settle::time_step(&own, open)?);
        let reset = ledger.take("reset of the reference", settle::reset(&own, open));
        let spike = settle::spike(&own, open, Some(dt));
        let spike = ledger.take("spike of the reference", spike);
        if !settle::is_on_grid(spike, dt, (graph, facts, open)) {
            return Err(other_spike(spike, dt));
        }
        return Ok(ideal(dt, reset, spike).semantics);
    }
    let Platform::Simulator(profile) = platform(&wanted.title)? else {
        let message = format!(
            "{} is a chip; a reference is a simulator or `ideal`: a chip computes with integers that its lowering makes of the numbers \
             of one file, and no other file says which",
            wanted.title
        );
        let help = "name what the graph was trained with, and adapt the original for each platform; `nir compare --platform` runs a chip \
                    and a simulator side by side";
        return Err(Error::new(message).of_kind(ErrorKind::Choice).help(help));
    };
    let step = settle::platform_step(profile, &own, open)?;
    let dt = step.value.map_or("none".to_owned(), |dt| Shortest(dt).to_string());
    ledger.push("dt of the reference", dt, step.source);
    let note = step.note.map(|note| match given.dt {
        Some(_) => note,
        // Nobody gave the option: the words of the reference have the step.
        None => note.replacen(&own.voice.option("dt"), "the `dt` of the reference", 1),
    });
    ledger.notes.extend(note);
    let reset = settle::asked_reset(&own, open).map(|asked| asked.value);
    let choices = PlatformChoices { dt: step.value, reset, ..PlatformChoices::default() };
    let ways = profile.ways(graph, facts, &choices);
    if ways > 1 {
        let message = format!(
            "{} runs the graph in {ways} ways, of which chance takes one in each process, so there is nothing to be like",
            profile.title()
        );
        let help = format!(
            "change the graph so that there is one beginning (`nir check --platform {}` says where), or name another reference",
            profile.name
        );
        return Err(Error::new(message).of_kind(ErrorKind::Choice).help(help));
    }
    let lost = admit(profile, graph, facts, &choices)?;
    ledger.notes.extend(lost.into_iter().map(|lost| format!("the reference: {lost}")));
    Ok(profile.semantics(&profile.settled(graph, facts, &choices)))
}

/// The error for a spike, or a bias beside it, that the equations on a grid do not have.
fn other_spike(spike: SpikeReading, dt: f64) -> Error {
    let step = Shortest(dt);
    let what = format!(
        "the equations on a grid read a spike as a pulse of one step ({step} s), or, where no neuron leaks and no map has a \
         bias, as an impulse of area 1; the graph has {spike}"
    );
    let size = match spike {
        SpikeReading::Impulse { area } | SpikeReading::Pulse { width: area } => area,
    };
    let help = format!(
        "name the simulator that the graph was trained with, or bring the size into the numbers: times {} for weights \
         that spikes meet, with `spike` = \"pulse:{step}\" in the metadata",
        Shortest(size / dt)
    );
    Error::new(what).of_kind(ErrorKind::Choice).help(help)
}

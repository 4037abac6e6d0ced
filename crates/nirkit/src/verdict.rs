//! What becomes of a document on a platform, also where the document has errors.

use nirkit_ir::valid::Validation;
use nirkit_ir::{Document, open};
use nirkit_platforms::{Choices as PlatformChoices, Platform, Report, check, lenient};

use crate::choices::Choices;
use crate::error::{Error, ErrorKind};
use crate::model::{CHIP_CHOICES, chip_choices};
use crate::settle;
use crate::time_unit::{InSeconds, in_seconds};

/// What a platform makes of a document under these choices. `validation` is what the validator says of
/// it. A simulator meets some graphs in its own way that have no meaning in NIR; of others the report
/// says that there is no verdict, and why.
pub fn verdict(
    document: &Document,
    validation: &Validation,
    platform: &Platform,
    choices: &Choices,
) -> Result<Report, Error> {
    let InSeconds { document, .. } = in_seconds(document, choices)?;
    let open = open::open(&document);
    let profile = match (platform, document.graph(), &validation.facts) {
        (Platform::Chip(chip), Some(graph), Some(facts)) => {
            choices.only(chip.name, CHIP_CHOICES)?;
            let dt = settle::known_step(choices, &open)?.map(|dt| dt.value);
            let lowering =
                chip.lower(graph, facts, &chip_choices(choices, &open, dt, graph, facts)?);
            let unknown =
                |error: nirkit_platforms::chip::UnknownQuantiser| Error::new(error.to_string());
            return Ok(lowering.map_err(|error| unknown(error).of_kind(ErrorKind::Choice))?.report);
        }
        (Platform::Chip(chip), ..) => {
            return Ok(Report::untold(chip.title(), reason(validation)));
        }
        (Platform::Simulator(profile), ..) => profile,
    };
    let dt = settle::platform_step(profile, choices, &open)?.value;
    let reset = settle::asked_reset(choices, &open).map(|reset| reset.value);
    let of_platform = PlatformChoices { dt, reset, ..PlatformChoices::default() };
    let seen = document
        .graph()
        .and_then(|graph| lenient::seen_after(graph, validation.clone(), &choices.limits));
    Ok(seen.map_or_else(
        || Report::untold(profile.title(), reason(validation)),
        |seen| check(profile, &seen.graph, &seen.facts, &of_platform),
    ))
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

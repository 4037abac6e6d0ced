//! What becomes of a document on a platform, also where the document has errors.

use nirkit_ir::valid::Validation;
use nirkit_ir::{Document, Limits, open};
use nirkit_platforms::chip::UnknownQuantiser;
use nirkit_platforms::{ChipChoices, Choices, Platform, Report, check, lenient};

/// What a platform makes of a document under these choices. `validation` is what the validator says of
/// it. A simulator meets some graphs in its own way that have no meaning in NIR; of others the report
/// says that there is no verdict, and why.
pub fn verdict(
    document: &Document,
    validation: &Validation,
    platform: &Platform,
    choices: &ChipChoices,
    limits: &Limits,
) -> Result<Report, UnknownQuantiser> {
    let profile = match (platform, document.graph(), &validation.facts) {
        (Platform::Chip(chip), Some(graph), Some(facts)) => {
            let implied = || open::open(document).only_dt().map(|dt| dt.value);
            let choices = ChipChoices { dt: choices.dt.or_else(implied), ..choices.clone() };
            return Ok(chip.lower(graph, facts, &choices)?.report);
        }
        (Platform::Chip(chip), ..) => {
            return Ok(Report::untold(chip.title(), reason(validation)));
        }
        (Platform::Simulator(profile), ..) => profile,
    };
    let choices = Choices { dt: choices.dt, reset: choices.reset, ..Choices::default() };
    let seen =
        document.graph().and_then(|graph| lenient::seen_after(graph, validation.clone(), limits));
    Ok(seen.map_or_else(
        || Report::untold(profile.title(), reason(validation)),
        |seen| check(profile, &seen.graph, &seen.facts, &choices),
    ))
}

/// Why there is no verdict.
fn reason(validation: &Validation) -> String {
    let mut codes: Vec<String> = validation.errors().map(|error| error.code.to_string()).collect();
    codes.sort_unstable();
    codes.dedup();
    match codes.as_slice() {
        [] => "the file holds no graph".to_owned(),
        codes => format!("the graph has errors ({})", codes.join(", ")),
    }
}

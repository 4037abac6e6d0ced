//! `nir platforms`: what there is, and what each platform takes.

use nirkit::platforms::chip::{self, Chip};
use nirkit::platforms::support::{Cell, Row, Support, chip_cells, kinds, row, support_matrix};
use nirkit::platforms::{self, Profile};
use serde::Serialize;

use crate::args::PlatformsArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::List;
use crate::printer::Printer;
use crate::render::table::table;

/// A platform and what it does with every kind of node.
#[derive(Serialize)]
struct Platform {
    name: &'static str,
    version: &'static str,
    package: &'static str,
    evidence: &'static str,
    kinds: Vec<KindInfo>,
    /// The ways to make integers of numbers, of chips.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quantisations: Vec<QuantiserInfo>,
}

#[derive(Serialize)]
struct QuantiserInfo {
    name: &'static str,
    what: &'static str,
}

#[derive(Serialize)]
struct KindInfo {
    kind: &'static str,
    support: &'static str,
    becomes: &'static str,
    ignored: Vec<&'static str>,
    demands: Vec<&'static str>,
    notes: Vec<&'static str>,
    evidence: &'static str,
}

pub(crate) fn run(args: &PlatformsArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let wanted = args.platform.as_deref().map(nirkit::platform).transpose()?;
    if let Some(platform) = wanted.filter(|_| args.toml) {
        printer.text(&platforms::file::to_toml(platform))?;
        return Ok(Exit::Fine);
    }
    let platforms = match wanted {
        Some(platforms::Platform::Simulator(profile)) => vec![Platform::of(&row(profile))],
        Some(platforms::Platform::Chip(chip)) => vec![Platform::of_chip(chip)],
        None => {
            let simulators = support_matrix();
            let chips = chip::ALL.iter().map(|chip| Platform::of_chip(chip));
            simulators.iter().map(Platform::of).chain(chips).collect()
        }
    };
    printer.result(&List::new("platforms", &platforms), || match platforms.as_slice() {
        [one] => one.print(),
        several => print_matrix(several),
    })?;
    Ok(Exit::Fine)
}

fn word(support: Support) -> &'static str {
    match support {
        Support::Full => "yes",
        Support::Conditional => "if",
        Support::Dropped => "dropped",
        Support::Refused => "no",
    }
}

impl Platform {
    fn of(row: &Row) -> Self {
        let Profile { name, version, package, evidence, .. } = *row.profile;
        let kinds =
            kinds().into_iter().zip(&row.cells).map(|(kind, cell)| KindInfo::of(kind, cell));
        let kinds = kinds.collect();
        Self { name, version, package, evidence, kinds, quantisations: Vec::new() }
    }

    fn of_chip(chip: &Chip) -> Self {
        let Chip { name, version, package, evidence, .. } = *chip;
        let cells = chip_cells(chip);
        let kinds = kinds().into_iter().zip(&cells).map(|(kind, cell)| KindInfo::of(kind, cell));
        let quantiser = |quantiser: &chip::Quantiser| QuantiserInfo {
            name: quantiser.name,
            what: quantiser.what,
        };
        let quantisations = chip.quantisers.iter().map(quantiser).collect();
        Self { name, version, package, evidence, kinds: kinds.collect(), quantisations }
    }

    fn print(&self) -> String {
        let rows = self.kinds.iter().map(|info| {
            let ignored = info.ignored.join(", ");
            let remarks = [info.demands.as_slice(), info.notes.as_slice()].concat().join("; ");
            vec![
                info.kind.to_owned(),
                info.support.to_owned(),
                info.becomes.to_owned(),
                ignored,
                remarks,
            ]
        });
        let ways =
            self.quantisations.iter().map(|way| vec![way.name.to_owned(), way.what.to_owned()]);
        let ways = match self.quantisations.as_slice() {
            [] => String::new(),
            _ => format!("\n{}", table(&["--quantize", "what it does"], ways)),
        };
        format!(
            "{}@{}: {}\n{}\n\n{}{ways}",
            self.name,
            self.version,
            self.package,
            self.evidence,
            table(&["kind", "taken", "becomes", "not read", "remarks"], rows)
        )
    }
}

impl KindInfo {
    fn of(kind: &'static str, cell: &Cell) -> Self {
        Self {
            kind,
            support: word(cell.support),
            becomes: cell.becomes,
            ignored: cell.ignored.clone(),
            demands: cell.demands.clone(),
            notes: cell.notes.clone(),
            evidence: cell.evidence,
        }
    }
}

/// Kinds down, the newest version of each platform across, and the other versions below.
fn print_matrix(platforms: &[Platform]) -> String {
    let mut newest: Vec<&Platform> = Vec::new();
    for platform in platforms {
        if newest.iter().all(|other| other.name != platform.name) {
            newest.push(platform);
        }
    }
    let head: Vec<&str> =
        std::iter::once("kind").chain(newest.iter().map(|platform| platform.name)).collect();
    let rows = kinds().into_iter().enumerate().map(|(at, kind)| {
        let cell = |platform: &&Platform| {
            platform.kinds.get(at).map_or(String::new(), |info| info.support.to_owned())
        };
        std::iter::once(kind.to_owned()).chain(newest.iter().map(cell)).collect()
    });
    let versions = newest.iter().map(|platform| {
        let same = platforms.iter().filter(|other| other.name == platform.name);
        let versions: Vec<&str> = same.map(|other| other.version).collect();
        vec![platform.name.to_owned(), versions.join(", ")]
    });
    format!(
        "{}\nif: under conditions; dropped: left out in silence; no: refused\n\n{}\n\
         `nir platforms --platform NAME[@VERSION]` says more\n",
        table(&head, rows),
        table(&["platform", "versions"], versions),
    )
}

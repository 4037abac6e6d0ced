//! The page about platforms follows from their profiles.
//!
//! `NIRKIT_UPDATE_DOCS=1 cargo test -p nirkit-platforms --test integration documentation` writes it anew.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use nirkit_platforms::Profile;
use nirkit_platforms::profile::Dt;
use nirkit_platforms::support::{Cell, Row, Support, kinds, support_matrix};

#[test]
fn the_page_of_platforms_follows_the_profiles() {
    let rows = support_matrix();
    let mut page = String::from(
        "# Platforms\n\nWhat released packages make of the primitives of NIR. This page is made from the profiles, which \
         are held\nagainst recordings of the packages. `nir check --platform NAME` says what becomes of a graph.\n\n",
    );
    matrix(&mut page, &rows);
    for (at, row) in rows.iter().enumerate() {
        let former = at.checked_sub(1).and_then(|at| rows.get(at));
        section(&mut page, row, former);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/platforms.md");
    if std::env::var_os("NIRKIT_UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/platforms.md is stale; run this test with NIRKIT_UPDATE_DOCS=1");
}

/// Primitives by platforms, one column for each platform's first version.
fn matrix(page: &mut String, rows: &[Row]) {
    let mut first: Vec<&Row> = Vec::new();
    for row in rows {
        if first.iter().all(|other| other.profile.name != row.profile.name) {
            first.push(row);
        }
    }
    let names: Vec<&str> = first.iter().map(|row| row.profile.name).collect();
    writeln!(page, "| primitive | {} |", names.join(" | ")).unwrap();
    writeln!(page, "|---|{}", "---|".repeat(names.len())).unwrap();
    for (at, kind) in kinds().into_iter().enumerate() {
        let cells: Vec<String> = first.iter().map(|row| mark(&row.cells[at])).collect();
        writeln!(page, "| {kind} | {} |", cells.join(" | ")).unwrap();
    }
    page.push_str(
        "\n`yes`: taken; `if`: taken under conditions; `dropped`: left out without a word; `no`: refused. Fields in \
         brackets\nare not read.\n",
    );
}

fn mark(cell: &Cell) -> String {
    let word = match cell.support {
        Support::Full => "yes",
        Support::Conditional => "if",
        Support::Dropped => "dropped",
        Support::Refused => "no",
    };
    if cell.ignored.is_empty() {
        return word.to_owned();
    }
    format!("{word} ({})", cell.ignored.join(", "))
}

/// One version of one platform. What is as in the version before is not told again.
fn section(page: &mut String, row: &Row, former: Option<&Row>) {
    let profile = row.profile;
    writeln!(page, "\n## {}\n", profile.title()).unwrap();
    writeln!(page, "{}. Evidence: {}.", profile.package, profile.evidence).unwrap();
    writeln!(page, "Time step: {}.\n", time_step(profile)).unwrap();
    if let Some(former) = former.filter(|former| former.cells == row.cells) {
        writeln!(page, "Takes and reads what {} does.", former.profile.title()).unwrap();
        return;
    }
    page.push_str(
        "| primitive | becomes | not read | asks for | seen in |\n|---|---|---|---|---|\n",
    );
    for (kind, cell) in kinds().into_iter().zip(&row.cells) {
        if cell.becomes.is_empty() {
            continue;
        }
        let mut becomes = cell.becomes.to_owned();
        for note in &cell.notes {
            write!(becomes, "; {note}").unwrap();
        }
        writeln!(
            page,
            "| {kind} | {becomes} | {} | {} | {} |",
            cell.ignored.join(", "),
            cell.demands.join("; ").replace("{type}", "numpy.…"),
            cell.evidence
        )
        .unwrap();
    }
    let unknown = profile.unknown.replace("{kind}", "the kind").replace("{class}", "its class");
    writeln!(page, "\nAny other primitive: {unknown}.").unwrap();
}

fn time_step(profile: &Profile) -> String {
    match profile.dt {
        Dt::Option(dt) => format!("an option, {dt} s unless given"),
        Dt::Fixed(dt) => format!("{dt} s, written into the code"),
        Dt::Counted => "none; time constants are numbers of steps unless divided by one".to_owned(),
        Dt::Derived => {
            "derived for each layer, min(tau_mem / (1 + r)), unless overwritten".to_owned()
        }
    }
}

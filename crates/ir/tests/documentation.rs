//! Pages of the documentation that follow from tables: primitives and diagnostics.
//!
//! `NIRKIT_UPDATE_DOCS=1 cargo test -p nirkit-ir --test integration documentation` writes them anew.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use nirkit_ir::diag::CODES;
use nirkit_ir::field::{Field, Presence, Range};
use nirkit_ir::primitive::{KINDS, declaration};

/// Holds a page against what it should be, or writes it.
fn hold(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("NIRKIT_UPDATE_DOCS").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/{name} is stale; run this test with NIRKIT_UPDATE_DOCS=1");
}

#[test]
fn the_page_of_primitives_follows_the_declarations() {
    let mut page = String::from(
        "# Primitives\n\nEvery primitive of NIR with the fields of its node in the file. Fields with an axis \
         `neurons` may be one\nnumber for all; they broadcast as in numpy. This page is made from the declarations.\n",
    );
    for kind in KINDS {
        let declared = declaration(kind).unwrap();
        let doc: Vec<&str> = declared.doc.lines().map(str::trim).collect();
        page += &format!("\n## {kind}\n\n{}\n\n", doc.join("\n").trim());
        page +=
            "| field | axes | unit | range | if absent | meaning |\n|---|---|---|---|---|---|\n";
        page.extend(declared.fields.iter().map(row));
    }
    hold("primitives.md", &page);
}

fn row(field: &Field) -> String {
    let range = match field.range {
        Range::Any => "",
        Range::Positive => "> 0",
        Range::NotNegative => "≥ 0",
    };
    let absent = match field.presence {
        Presence::Required => "an error",
        Presence::Optional(default) => default,
    };
    format!(
        "| `{}` | {} | {} | {range} | {absent} | {} |\n",
        field.name,
        field.axes.describe(),
        field.unit.symbol(),
        field.doc.trim(),
    )
}

#[test]
fn the_page_of_diagnostics_follows_the_codes() {
    let mut page = String::from(
        "# Diagnostics\n\nEvery code that nirkit reports. `nir explain CODE` prints the same. Errors keep a graph from \
         running; warnings\nand errors make `nir check` exit with 1; notes are worth knowing.\n",
    );
    for code in CODES {
        let about = code.page();
        page += &format!("\n## {code}: {}\n\n*{}.* {}\n", about.title, about.severity, about.text);
    }
    hold("diagnostics.md", &page);
}

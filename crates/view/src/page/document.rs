//! The file: markup, style, program and data in one, with a policy that allows nothing else.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::base64::base64;
use crate::family::Family;
use crate::svg::xml::escaped;

/// The style.
const STYLE: &str = include_str!("page.css");
/// What the programs of all pages begin with.
const COMMON: &[&str] = &[include_str!("basics.js"), include_str!("theme.js")];

/// A page: its markup, with places for the rest, and its program, a file for each idea, in the order in which one uses the other.
pub(super) struct Markup {
    markup: &'static str,
    program: &'static [&'static str],
}

impl Markup {
    /// The page of a graph.
    pub(super) const GRAPH: Self = Self {
        markup: include_str!("page.html"),
        program: &[
            include_str!("pictures.js"),
            include_str!("states.js"),
            include_str!("draw.js"),
            include_str!("camera.js"),
            include_str!("save.js"),
            include_str!("select.js"),
            include_str!("colours.js"),
            include_str!("runs.js"),
            include_str!("tracks.js"),
            include_str!("activity.js"),
            include_str!("node.js"),
            include_str!("differences.js"),
            include_str!("evaluation.js"),
            include_str!("matrices.js"),
            include_str!("overview.js"),
            include_str!("search.js"),
            include_str!("main.js"),
        ],
    };
    /// The page of a sweep.
    pub(super) const SWEEP: Self =
        Self { markup: include_str!("sweep.html"), program: &[include_str!("sweep.js")] };

    fn program(&self) -> String {
        COMMON.iter().chain(self.program).copied().collect()
    }
}

/// Puts the page together.
pub(super) fn html(of: &Markup, title: &str, content: &impl Serialize) -> String {
    let style = format!("{}{STYLE}", families());
    let program = format!("(() => {{\n'use strict';\n{}}})();\n", of.program());
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(&program)
    );
    // The markup has each place once, and what is put in is not looked at again.
    let parts = [
        ("{{policy}}", escaped(&policy)),
        ("{{title}}", escaped(title)),
        ("{{style}}", style),
        ("{{data}}", data(content)),
        ("{{program}}", program),
    ];
    let mut page = String::new();
    let mut rest = of.markup;
    for (place, text) in parts {
        let (before, after) = rest.split_once(place).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(&text);
        rest = after;
    }
    page.push_str(rest);
    page
}

/// What a policy says of a style or a program that it allows.
fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

/// The colours of families by name, for the style.
fn families() -> String {
    let mut style = String::from(":root {\n");
    for family in Family::ALL {
        let (fill, line) = family.colours();
        let name = format!("{family:?}").to_lowercase();
        let _ = writeln!(style, "  --{name}-fill: {fill};\n  --{name}-line: {line};");
    }
    style.push_str("}\n");
    style
}

/// Data as JSON that ends no element: `<` stands in strings only, where it can be written as its number.
fn data(content: &impl Serialize) -> String {
    let json = serde_json::to_string(content).unwrap_or_else(|_| "null".to_owned());
    let mut written = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(written, "\\u{:04x}", u32::from(character));
            }
            _ => written.push(character),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_their_element() {
        let hostile = "</script><!--<script>\u{2028}&amp;";
        let written = data(&hostile);
        assert!(!written.contains(['<', '>', '&', '\u{2028}']), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), hostile);
    }

    #[test]
    fn each_markup_has_each_place_once_and_in_order() {
        let places = ["{{policy}}", "{{title}}", "{{style}}", "{{data}}", "{{program}}"];
        for Markup { markup, .. } in [Markup::GRAPH, Markup::SWEEP] {
            let found: Vec<usize> = places.iter().filter_map(|place| markup.find(place)).collect();
            assert_eq!(found.len(), places.len());
            assert!(found.is_sorted());
            assert!(places.iter().all(|place| markup.matches(place).count() == 1));
        }
    }

    #[test]
    fn program_and_style_cannot_end_their_elements() {
        assert!([Markup::GRAPH, Markup::SWEEP].iter().all(|of| !of.program().contains("</")));
        assert!(!STYLE.contains("</"));
    }
}

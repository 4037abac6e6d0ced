//! A comparison in words.

use nirkit::compare::{
    CauseReport, ChoiceReport, FirstReport, MomentReport, NodeReport, PairReport, Way,
};

use super::Outcome;
use crate::render::table::{choices, table};

/// The whole comparison.
pub(super) fn text(result: &Outcome<'_>) -> String {
    let report = result.report;
    let mut text = format!(
        "{}: {} steps of {} s\n\n{}\n{}",
        result.file,
        report.steps,
        report.dt,
        choices(result.choices),
        spikes(&report.variants, &report.nodes),
    );
    text += &ways(&report.ways);
    for refused in result.refused {
        for reason in &refused.reasons {
            text += &format!("\n{} takes no part: {}\n", refused.platform, reason.message);
            text += &reason.help.as_ref().map_or(String::new(), |help| format!("  help: {help}\n"));
        }
    }
    if report.variants.len() > 2 {
        for node in &report.nodes {
            text += &cosines(&report.variants, node);
        }
    }
    for pair in &report.pairs {
        text += &self::pair(pair, report.dt);
    }
    text
}

/// The ways in which platforms can run the graph, where chance decides.
fn ways(ways: &[Way]) -> String {
    let line = |way: &Way| match (&way.variant, &way.error) {
        (_, Some(error)) => format!("{}, way {} fails: {error}\n", way.platform, way.number),
        _ => format!(
            "{}, way {}: as chance decides, in each process anew\n",
            way.platform, way.number
        ),
    };
    let lines: String = ways.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// Spikes of each node, platforms across.
fn spikes(variants: &[String], nodes: &[NodeReport]) -> String {
    let head: Vec<&str> =
        std::iter::once("spikes").chain(variants.iter().map(String::as_str)).collect();
    let cell = |count: &Option<f64>| count.map_or("does not run".to_owned(), |n| n.to_string());
    let row = |node: &NodeReport| {
        std::iter::once(node.node.clone()).chain(node.spikes.iter().map(cell)).collect()
    };
    table(&head, nodes.iter().map(row))
}

/// Cosines of a node, every run against every other.
fn cosines(variants: &[String], node: &NodeReport) -> String {
    let title = format!("cosine of {}", node.node);
    let head: Vec<&str> =
        std::iter::once(title.as_str()).chain(variants.iter().map(String::as_str)).collect();
    let cell = |cosine: &Option<f64>| cosine.map_or(String::new(), |c| format!("{c:.6}"));
    let rows = variants
        .iter()
        .zip(&node.cosine)
        .map(|(title, row)| std::iter::once(title.clone()).chain(row.iter().map(cell)).collect());
    format!("\n{}", table(&head, rows))
}

/// A run against the first one.
fn pair(pair: &PairReport, dt: f64) -> String {
    let title = format!("\n{} and {}", pair.a, pair.b);
    let missing = match pair.missing.as_slice() {
        [] => String::new(),
        nodes => format!("only one of them runs {}\n", nodes.join(", ")),
    };
    let Some(first) = &pair.first else {
        let equal = if pair.nodes.is_empty() {
            "no neuron runs in both, so that there is nothing to compare"
        } else if missing.is_empty() {
            "every spike is equal"
        } else {
            "every spike of what both run is equal"
        };
        return format!("{title}: {equal}\n{missing}");
    };
    let rows = pair.nodes.iter().map(|node| {
        let first = node.first.as_ref().map_or("equal".to_owned(), |first| {
            format!("step {}, neuron {}", first.step, first.neuron)
        });
        vec![
            node.node.clone(),
            format!("{}, {}", node.spikes[0], node.spikes[1]),
            node.entries.to_string(),
            format!("{:.6}", node.cosine),
            format!("{:.4}", node.distance),
            first,
        ]
    });
    let head = ["node", "spikes", "entries that differ", "cosine", "distance²", "first difference"];
    let help = pair.help.as_ref().map_or(String::new(), |help| format!("help: {help}\n"));
    format!(
        "{title}: spikes differ\n{missing}\n{}\n{}{}{help}",
        table(&head, rows),
        self::first(pair, first),
        cause(pair, dt)
    )
}

fn first(pair: &PairReport, first: &FirstReport) -> String {
    let side = |title: &str, moment: &Option<MomentReport>| match moment {
        Some(MomentReport { spikes, v, threshold }) => {
            format!("  {title}: spikes {spikes}, v {v:.9}, threshold {threshold:.9}\n")
        }
        None => format!("  {title}: not a neuron there\n"),
    };
    let [a, b] = &first.moments;
    format!(
        "first at step {} ({:.6} s), node {}, neuron {}\n{}{}",
        first.step,
        first.time,
        first.node,
        first.neuron,
        side(&pair.a, a),
        side(&pair.b, b),
    )
}

fn cause(pair: &PairReport, dt: f64) -> String {
    if let Some(reason) = &pair.no_cause {
        return format!("the cause cannot be told: {reason}\n");
    }
    if !pair.departures.is_empty() {
        let words: String = pair.departures.iter().map(|words| format!("  {words}\n")).collect();
        return format!("no choice is switched here:\n{words}");
    }
    let Some(cause) = &pair.cause else { return String::new() };
    let grid = cause.grid_distance.map_or(String::new(), |grid| {
        format!(
            "leaving continuous time for a grid of {} s: distance² {grid:.4}; all together {:.4}\n\
             below: from the ideal on that grid\n",
            dt, pair.distance
        )
    });
    if cause.choices.is_empty() {
        return format!("{grid}no choice of the platform makes a difference\n");
    }
    let rows = by_blame(cause).map(|choice| {
        let [a, b] = choice.values.clone();
        vec![choice.choice.to_owned(), a, b, share(cause, choice.choice)]
    });
    let head = ["choice", pair.a.as_str(), pair.b.as_str(), "of the distance²"];
    format!("{grid}cause of the first difference: {}\n\n{}", sets(&cause.first), table(&head, rows))
}

/// The smallest sets that account for the first difference.
fn sets(sets: &[Vec<&'static str>]) -> String {
    if sets.is_empty() {
        return "none on the grid".to_owned();
    }
    sets.iter().map(|set| set.join(" with ")).collect::<Vec<_>>().join(", or ")
}

/// What a choice takes away of the distance.
fn share(cause: &CauseReport, choice: &str) -> String {
    cause.total.iter().find(|attribution| attribution.choice == choice).map_or(
        String::new(),
        |attribution| {
            format!(
                "{:.0} % alone, {:.0} % with those before",
                100.0 * attribution.alone,
                100.0 * attribution.together
            )
        },
    )
}

/// The choices: those that account for most first, then those that account for nothing.
fn by_blame(cause: &CauseReport) -> impl Iterator<Item = &ChoiceReport> {
    let place = |choice: &ChoiceReport| {
        let place = cause.total.iter().position(|attribution| attribution.choice == choice.choice);
        place.unwrap_or(cause.total.len())
    };
    let mut choices: Vec<&ChoiceReport> = cause.choices.iter().collect();
    choices.sort_by_key(|choice| place(choice));
    choices.into_iter()
}

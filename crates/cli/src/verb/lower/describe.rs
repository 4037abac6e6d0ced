//! What a lowering did, for people and for programs.

use nirkit::Choice;
use nirkit::lower::Lowered;
use nirkit::platforms::chip::cost::Cost;
use nirkit::platforms::chip::{
    Approximation, Connection, Design, Placement, QuantizationError, TimeConstantError, Usage,
};
use nirkit::platforms::phrase::{brief, range};
use serde::Serialize;

use super::cost;
use crate::args::LowerArgs;
use crate::render::Finding;
use crate::render::table::{choices, table};

/// A lowering in numbers.
#[derive(Serialize)]
pub(super) struct Description<'a> {
    file: String,
    platform: String,
    choices: &'a [Choice],
    /// What was guessed.
    notes: &'a [String],
    refuses: bool,
    fits: bool,
    /// What was written, and where.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<String>,
    findings: Vec<Finding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    design: Option<DesignInfo<'a>>,
    /// What the stimulus costs, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Cost>,
}

#[derive(Serialize)]
struct DesignInfo<'a> {
    configuration: &'static str,
    placements: &'a [Placement],
    quantization_errors: &'a [QuantizationError],
    time_constant_errors: &'a [TimeConstantError],
    approximations: &'a [Approximation],
    usage: &'a [Usage],
    connections: &'a [Connection],
    notes: &'a [String],
}

impl<'a> Description<'a> {
    pub(super) fn new(
        args: &LowerArgs,
        lowered: &'a Lowered,
        cost: Option<Cost>,
        written: Option<String>,
    ) -> Self {
        let lowering = &lowered.lowering;
        let report = &lowering.report;
        Self {
            file: crate::stdio::shown(&args.file),
            platform: report.platform.clone(),
            choices: &lowered.choices,
            notes: &lowered.notes,
            refuses: report.refuses(),
            fits: report.fits(),
            written,
            findings: report.diagnostics().iter().map(Finding::of).collect(),
            design: lowering.design.as_ref().map(DesignInfo::of),
            cost,
        }
    }

    pub(super) fn print(&self) -> String {
        let verdict = match (self.refuses, self.fits) {
            (true, _) => "refuses the graph",
            (false, false) => "has no room for the graph",
            (false, true) => "takes the graph",
        };
        let mut text = format!("{} {verdict}\n", self.platform);
        if !self.choices.is_empty() {
            text += &format!("\n{}", choices(self.choices));
        }
        if let Some(design) = &self.design {
            text += &design.print();
        }
        text += &self.cost.as_ref().map(cost::print).unwrap_or_default();
        if let (Some(written), Some(design)) = (&self.written, &self.design) {
            text += &format!("\n{written}: {}\n", design.configuration);
        }
        text
    }
}

impl<'a> DesignInfo<'a> {
    fn of(design: &'a Design) -> Self {
        Self {
            configuration: design.configuration.what,
            placements: &design.placements,
            quantization_errors: &design.quantization_errors,
            time_constant_errors: &design.time_constant_errors,
            approximations: &design.approximations,
            usage: &design.usage,
            connections: &design.connections,
            notes: &design.notes,
        }
    }

    fn print(&self) -> String {
        [self.places(), self.numbers(), self.times(), self.others(), self.room(), self.synapses()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| format!("\n{part}"))
            .collect()
    }

    fn places(&self) -> String {
        let row = |placed: &Placement| {
            let neurons = format!("{}..{}", placed.first, placed.first + placed.neurons);
            vec![placed.node.clone(), placed.population.clone(), placed.part.clone(), neurons]
        };
        titled(&["node", "population", "part of the chip", "neurons"], self.placements, row)
    }

    fn numbers(&self) -> String {
        let row = |rounded: &QuantizationError| {
            let loss = &rounded.loss;
            vec![
                rounded.layer.clone(),
                rounded.what.to_owned(),
                loss.numbers.to_string(),
                range(&rounded.scales),
                brief(loss.max_error),
                brief(loss.rms_error()),
                brief(loss.extent),
                loss.zeroed.to_string(),
                loss.saturated.to_string(),
            ]
        };
        let head = [
            "layer",
            "integers",
            "numbers",
            "scale",
            "largest error",
            "rms error",
            "of up to",
            "zeroed",
            "saturated",
        ];
        titled(&head, self.quantization_errors, row)
    }

    fn times(&self) -> String {
        let row = |moved: &TimeConstantError| {
            let percent = format!("{} %", brief(100.0 * moved.largest_change));
            let [given, becomes] =
                [moved.given, moved.becomes].map(|times| format!("{} s", range(&times)));
            vec![moved.layer.clone(), moved.what.to_owned(), given, becomes, percent]
        };
        titled(
            &["layer", "decay", "given", "becomes", "moved by up to"],
            self.time_constant_errors,
            row,
        )
    }

    fn others(&self) -> String {
        let row = |treated: &Approximation| {
            vec![treated.layer.clone(), treated.what.to_owned(), treated.how.clone()]
        };
        titled(&["layer", "numbers", "what became of them"], self.approximations, row)
    }

    fn room(&self) -> String {
        let row = |usage: &Usage| {
            let share = 100.0 * usage.used as f64 / usage.available.max(1) as f64;
            let used = format!("{} of {}", usage.used, usage.available);
            vec![
                usage.what.to_owned(),
                used,
                format!("{} %", brief(share)),
                usage.source.to_owned(),
            ]
        };
        titled(&["on the chip", "used", "", "limit from"], self.usage, row)
    }

    fn synapses(&self) -> String {
        let row = |wire: &Connection| {
            let ends = format!("{} -> {}", wire.source, wire.target);
            vec![ends, wire.synapses().to_string(), wire.macs.to_string()]
        };
        titled(&["connection", "synapses", "dense MACs a step"], self.connections, row)
    }
}

/// A table, or nothing for no rows.
fn titled<T>(head: &[&str], items: &[T], row: impl Fn(&T) -> Vec<String>) -> String {
    if items.is_empty() { String::new() } else { table(head, items.iter().map(row)) }
}

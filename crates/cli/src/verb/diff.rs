//! `nir diff`: what differs between two graphs, and whether it matters.

use nirkit::ir::diff::{Difference, diff};
use serde::Serialize;

use crate::args::DiffArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::stdio::shown;
use nirkit::escape;

#[derive(Serialize)]
struct Report {
    a: String,
    b: String,
    /// Whether the two mean the same.
    same: bool,
    /// How many numbers differ by no more than the tolerance.
    within_tolerance: usize,
    differences: Vec<Line>,
    #[serde(skip)]
    tolerance: f64,
}

#[derive(Serialize)]
struct Line {
    place: String,
    hdf5_path: String,
    what: String,
    matters: bool,
}

pub(crate) fn run(args: &DiffArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if !(0.0..=1.0).contains(&args.tolerance) {
        let message = format!("`--tolerance {}` is no share", args.tolerance);
        let help = "give a share of the larger number, from 0 to 1";
        return Err(Failure::with_help(message, Some(help)));
    }
    let (a, b) =
        (load::as_written(&args.a, &args.limits)?, load::as_written(&args.b, &args.limits)?);
    let differences = diff(&a, &b, args.tolerance);
    let report = Report {
        a: shown(&args.a),
        b: shown(&args.b),
        same: differences.iter().all(|difference| !difference.matters),
        within_tolerance: differences.iter().map(|difference| difference.tolerated).sum(),
        differences: differences.iter().map(Line::of).collect(),
        tolerance: args.tolerance,
    };
    printer.result(&report, || report.print())?;
    Ok(if report.same { Exit::Fine } else { Exit::Findings })
}

impl Line {
    fn of(difference: &Difference) -> Self {
        Self {
            place: difference.place.to_string(),
            hdf5_path: difference.place.hdf5_path(),
            what: difference.what.clone(),
            matters: difference.matters,
        }
    }
}

impl Report {
    fn print(&self) -> String {
        let line = |line: &Line| {
            let kind = if line.matters { "differs" } else { "written otherwise" };
            escape::line(&format!("{kind}: {}: {}", line.place, line.what)).into_owned() + "\n"
        };
        let lines: String = self.differences.iter().map(line).collect();
        let verdict = match (self.same, self.differences.is_empty()) {
            (true, true) => "the files hold the same",
            (true, false) => "the graphs mean the same",
            (false, _) => "the graphs differ",
        };
        let tolerated = match self.within_tolerance {
            0 => String::new(),
            1 => {
                format!("; 1 number differs by no more than the tolerance of {:e}", self.tolerance)
            }
            count => format!(
                "; {count} numbers differ by no more than the tolerance of {:e}",
                self.tolerance
            ),
        };
        format!("{lines}{verdict}{tolerated}\n")
    }
}

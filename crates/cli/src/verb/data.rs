//! NIRData for the verbs about files: what is in it, and from events to a grid and back.

use std::path::Path;

use nirkit::data::{Converted, ObservableInfo, info, to_events, to_grid};
use nirkit::escape;
use nirkit::io::data::{GraphData, read_data, write_data};
use nirkit::io::ending::{self, ends_in};
use nirkit::io::nir;
use nirkit::io::{ReadError, ReadFault};
use nirkit::ir::Limits;
use serde::Serialize;

use super::convert::compression;
use crate::args::ConvertArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::overwrite;
use crate::printer::Printer;
use crate::render::table::table;
use crate::stdio::shown;

/// What is in a file of NIRData.
#[derive(Serialize)]
pub(crate) struct DataInfo {
    file: String,
    bytes: u64,
    observables: Vec<ObservableInfo>,
    /// Places of the file that are none of NIRData's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread: Vec<String>,
}

impl DataInfo {
    /// Reads a file, if it is NIRData; `None` for another one.
    pub(crate) fn of(file: &Path, limits: &Limits) -> Option<Result<Self, Failure>> {
        let bytes = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file)?.len();
        let data = match read_data(file, limits) {
            Ok(data) => data,
            Err(error) => {
                // What is neither a graph nor of another format is damaged NIRData.
                let is_graph = !matches!(
                    nir::read(file, limits),
                    Err(ReadError { fault: ReadFault::OtherFormat { .. }, .. })
                );
                let is_other = matches!(
                    error.fault,
                    ReadFault::OtherFormat { .. } | ReadFault::Foreign { .. }
                );
                return (!is_graph && !is_other).then(|| Err(nirkit::Error::from(error).into()));
            }
        };
        let observables = info(&data);
        Some(Ok(Self { file: shown(file), bytes, observables, unread: data.unread }))
    }

    pub(crate) fn print(&self) -> String {
        let rows = self.observables.iter().map(|found| {
            let duration = match found.dt {
                Some(dt) => format!("{} s, steps of {dt} s", found.duration),
                None => format!("{} s", found.duration),
            };
            vec![
                found.node.clone(),
                found.observable.clone(),
                [Some(found.class), found.dtype.as_deref()]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" "),
                found.samples.to_string(),
                found.neurons.to_string(),
                duration,
                found.events.map_or("?".to_owned(), |events| events.to_string()),
            ]
        });
        let columns = ["node", "observable", "class", "samples", "neurons", "duration", "events"];
        let head = format!("{}: NIRData, {} bytes\n\n", escape::line(&self.file), self.bytes);
        let unread: String = self.unread.iter().map(|place| unread(place)).collect();
        head + &table(&columns, rows) + &unread
    }
}

/// A place that is none of NIRData's, as it is told.
fn unread(place: &str) -> String {
    escape::line(&format!("not read: {place}, which NIRData does not have")).into_owned() + "\n"
}

#[derive(Serialize)]
struct Report {
    input: String,
    output: String,
    converted: Vec<Converted>,
    /// Places of the input that are not in the output.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread: Vec<String>,
}

/// Converts NIRData.
pub(crate) fn convert(
    data: &GraphData,
    args: &ConvertArgs,
    printer: &mut Printer,
) -> Result<Exit, Failure> {
    refuse_unused(args)?;
    if !ends_in(&args.output, ending::DATA) {
        let what = format!("{}: NIRData is written to .h5, .hdf5 or .nird", args.output.display());
        return Err(Failure::with_help(what, Some("give a name with such an ending")));
    }
    overwrite::refuse([args.output.clone()], [args.input.as_path()])?;
    let limits = args.limits.limits()?;
    let (made, converted) = match args.grid {
        Some(dt) => to_grid(data, dt, &limits)?,
        None if args.events => to_events(data, &limits)?,
        None => (data.clone(), Vec::new()),
    };
    write_data(&args.output, &made, compression(args, false)?).map_err(nirkit::Error::from)?;
    let is_lossy = converted.iter().any(Converted::is_lossy);
    let (input, output) = (shown(&args.input), args.output.display().to_string());
    let report = Report { input, output, converted, unread: data.unread.clone() };
    printer.result(&report, || report.print())?;
    Ok(if is_lossy { Exit::Findings } else { Exit::Fine })
}

/// Refuses options of graphs.
fn refuse_unused(args: &ConvertArgs) -> Result<(), Failure> {
    let given = [
        (args.repair, "--repair"),
        (args.output_time_unit.is_some(), "--output-time-unit"),
        (args.times.unit().is_some(), "--time-unit"),
    ];
    let names: Vec<&str> =
        given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, name)| name).collect();
    if names.is_empty() {
        return Ok(());
    }
    let what = format!("no effect on NIRData: {}", names.join(", "));
    Err(Failure::with_help(what, Some("leave it out; it belongs to graphs")))
}

impl Report {
    fn print(&self) -> String {
        let line = |Converted { node, observable, events, together, late }: &Converted| {
            let mut line = format!("{node}:{observable}: {events} events");
            if *together > 0 {
                line += &format!(
                    "; {together} share a step with another one of their neuron, and are lost"
                );
            }
            if *late > 0 {
                line += &format!("; {late} come at or behind the end, and are lost");
            }
            escape::line(&line).into_owned() + "\n"
        };
        let converted: String = self.converted.iter().map(line).collect();
        converted + &self.unread.iter().map(|place| unread(place)).collect::<String>()
    }
}

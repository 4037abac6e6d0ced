//! `nir adapt`: a graph for a platform that computes what another one computes on the original.

use nirkit::adapt::{Adapt, Adaptation, Claim, adapt};
use nirkit::document::Loaded;
use nirkit::error::Reason;
use nirkit::eval::{self, Eval, LabelledSet, eval_platforms};
use nirkit::io::Compression;
use nirkit::io::nir::WriteOptions;
use nirkit::recording::{check_folder, make_folder};
use nirkit::settle::Voice;
use nirkit::{Choices, Stimulus, escape};
use serde::Serialize;

use crate::args::{AdaptArgs, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::List;
use crate::load::{self, Set};
use crate::overwrite;
use crate::printer::Printer;
use crate::render::table::table;
use crate::stdio::{Target, shown};

/// The result for one platform, as JSON has it.
#[derive(Serialize)]
struct Outcome {
    file: String,
    output: String,
    #[serde(flatten)]
    found: Adaptation,
    /// The accuracy of the original and of the adapted graph on the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<[Option<f64>; 2]>,
}

/// A platform for which there is no graph, or one that was made.
#[derive(Serialize)]
#[serde(untagged)]
enum Row {
    Made(Box<Outcome>),
    Failed { platform: String, errors: Vec<String> },
}

pub(crate) fn run(args: &AdaptArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if args.target == "all" {
        let help = "give a folder, which gets a graph for each platform, or name one platform with `--for`";
        check_folder(&args.output, "what `--for all` makes", help)?;
    }
    let loaded = load::with_source(&args.input_file, &args.limits)?;
    load::tell_loss(&loaded.document);
    let set = Set { inputs: &args.input, reading: &args.reading, batch: args.batch };
    let stimulus = match args.input.as_slice() {
        [] => None,
        _ => Some(load::stimulus(&set, &args.limits)?),
    };
    let choices = Choices::new()
        .dt(args.dt)
        .reset(args.reset)
        .limits(args.limits.limits()?)
        .time_unit(args.times.unit())
        .voice(Voice::COMMAND);
    let choices = match &stimulus {
        Some(stimulus) => choices.of_stimulus(stimulus),
        None => choices,
    };
    let how = Adapt::new().like(args.like.as_deref()).stimulus(stimulus.as_ref());
    if args.target == "all" {
        return all(args, &loaded, stimulus.as_ref(), &choices, &how, printer);
    }
    let target = Target::of(&args.output, &args.to, printer.format())?;
    let stimuli = args.input.iter().map(|given| load::source(given).1);
    let platforms = [Some(args.target.as_str()), args.like.as_deref()];
    let read = stimuli.chain(overwrite::platform_files(platforms.into_iter().flatten()));
    let read = read.chain([args.input_file.as_path()]);
    overwrite::refuse([args.output.clone()], read)?;
    let found = adapt(&loaded.document, &args.target, &choices, &how)
        .map_err(|error| load::drawn(error, &loaded, &args.input_file))?;
    if printer.format() == Format::Text {
        found.notes.iter().for_each(|note| Printer::note(note));
    }
    let options = WriteOptions { compression: Compression::Gzip(4) };
    target.write(&found.document, options, printer)?;
    let exit = exit(args, found.level());
    let output = args.output.display().to_string();
    let outcome = Outcome { file: shown(&args.input_file), output, found, accuracy: None };
    target.tell(printer, &outcome, || text(&outcome.found))?;
    Ok(exit)
}

/// Whether a claim is as strong as is asked for.
fn exit(args: &AdaptArgs, level: Claim) -> Exit {
    let asked = Claim::ALL.into_iter().find(|claim| args.check.as_deref() == Some(claim.name()));
    if asked.is_some_and(|asked| level > asked) { Exit::Findings } else { Exit::Fine }
}

/// The platforms for which `--for all` makes a graph: the newest release of each simulator, then the chips.
fn platforms() -> Vec<&'static str> {
    let simulators = nirkit::platforms::version::all().map(|profile| profile.name);
    let chips = nirkit::platforms::chip::ALL.iter().map(|chip| chip.name);
    let mut names: Vec<&'static str> = Vec::new();
    for name in simulators.chain(chips) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn all(
    args: &AdaptArgs,
    loaded: &Loaded,
    stimulus: Option<&Stimulus>,
    choices: &Choices,
    how: &Adapt<'_>,
    printer: &mut Printer,
) -> Result<Exit, Failure> {
    let set = match (stimulus, &args.labels) {
        (Some(stimulus), Some(labels)) => {
            let labels = eval::read_labels(labels, &args.limits.limits()?)?;
            // A graph whose pictures became rows takes the same samples.
            Some(LabelledSet::new(stimulus.clone().of_one_axis(true), labels))
        }
        _ => None,
    };
    make_folder(&args.output)?;
    let stem = args.input_file.file_stem().map_or("graph".into(), |stem| stem.to_string_lossy());
    let mut rows = Vec::new();
    let mut worst = Claim::Equal;
    for name in platforms() {
        match adapt(&loaded.document, name, choices, how) {
            Ok(found) => {
                let path = args.output.join(format!("{stem}.{name}.{}", args.to.ending()));
                overwrite::refuse([path.clone()], [args.input_file.as_path()])?;
                let options = WriteOptions { compression: Compression::Gzip(4) };
                nirkit::document::write_with(&path, &found.document, &options)?;
                let accuracy = match &set {
                    Some(set) => {
                        let of = |document| accuracy(document, name, set, choices);
                        Some([of(&loaded.document)?, of(&found.document)?])
                    }
                    None => None,
                };
                worst = worst.max(found.level());
                let (file, output) = (shown(&args.input_file), path.display().to_string());
                rows.push(Row::Made(Box::new(Outcome { file, output, found, accuracy })));
            }
            Err(error) => {
                worst = Claim::Impossible;
                let errors = error.reasons().iter().map(|reason| reason.message.clone()).collect();
                rows.push(Row::Failed { platform: name.to_owned(), errors });
            }
        }
    }
    printer.result(&List::new("platforms", &rows), || overview(&rows))?;
    Ok(exit(args, worst))
}

/// The accuracy on a platform; `None` where it refuses the graph.
fn accuracy(
    document: &nirkit::ir::Document,
    name: &str,
    set: &LabelledSet,
    choices: &Choices,
) -> Result<Option<f64>, Failure> {
    let found = eval_platforms(document, &[name], set, choices, &Eval::new())?;
    Ok(found.first().and_then(|found| found.score.as_ref()).map(|score| score.accuracy))
}

fn overview(rows: &[Row]) -> String {
    let percent = |accuracy: Option<f64>| {
        accuracy.map_or("refused".into(), |a| format!("{:.1} %", 100.0 * a))
    };
    let has_accuracy =
        rows.iter().any(|row| matches!(row, Row::Made(made) if made.accuracy.is_some()));
    let cells = rows.iter().map(|row| match row {
        Row::Made(made) => {
            let mut cells = vec![made.found.platform.clone(), made.found.verdict.to_owned()];
            if has_accuracy {
                let [before, after] = made.accuracy.unwrap_or_default();
                cells.extend([percent(before), percent(after)]);
            }
            cells.push(because(&made.found));
            cells
        }
        Row::Failed { platform, errors } => {
            let mut cells = vec![platform.clone(), "impossible".to_owned()];
            if has_accuracy {
                cells.extend([String::new(), String::new()]);
            }
            cells.push(errors.first().cloned().unwrap_or_default());
            cells
        }
    });
    let titles: &[&str] = if has_accuracy {
        &["platform", "claim", "before", "after", "because"]
    } else {
        &["platform", "claim", "because"]
    };
    let instead = rows.iter().filter_map(|row| match row {
        Row::Made(made) => {
            let help = first_reason(&made.found)?.help.clone()?;
            Some(format!("{}: {help}\n", made.found.platform))
        }
        Row::Failed { .. } => None,
    });
    let instead: String = instead.collect();
    let instead =
        if instead.is_empty() { instead } else { format!("\nwhat to change:\n{instead}") };
    table(titles, cells) + &instead
}

/// The first thing that stands against a claim.
fn first_reason(found: &Adaptation) -> Option<&Reason> {
    let of_nodes = found.nodes.iter().flat_map(|node| &node.reasons);
    found.refused.iter().chain(&found.exceeds).chain(of_nodes).next()
}

/// The same in words, with the node that it is about.
fn because(found: &Adaptation) -> String {
    let of_graph = found.refused.iter().chain(&found.exceeds).next();
    let of_nodes = found.nodes.iter().find_map(|node| {
        node.reasons.first().map(|reason| format!("{}: {}", node.node, reason.message))
    });
    of_graph.map(|reason| reason.message.clone()).or(of_nodes).unwrap_or_default()
}

/// The words for a claim.
fn claim(verdict: &str, lag: i64, bound: Option<f64>) -> String {
    let later = match lag {
        0 => String::new(),
        1 => ", 1 step later".to_owned(),
        -1 => ", 1 step earlier".to_owned(),
        lag if lag > 0 => format!(", {lag} steps later"),
        lag => format!(", {} steps earlier", -lag),
    };
    match (verdict, bound) {
        ("equal" | "lag", _) => format!("equal in bits{later}"),
        ("bounded", Some(bound)) => {
            format!("equal unless a voltage comes within {bound:.1e} of its threshold{later}")
        }
        ("bounded", None) => format!("equal up to rounding{later}"),
        _ => "impossible".to_owned(),
    }
}

fn text(found: &Adaptation) -> String {
    let mut lines = Vec::new();
    for change in &found.changes {
        lines.push(format!("/{}: {}", change.node, change.what));
    }
    if found.changes.is_empty() {
        lines.push("nothing to change".to_owned());
    }
    lines.push(String::new());
    for reason in &found.refused {
        lines.push(format!("{} refuses the graph: {}", found.platform, reason.message));
        lines.extend(reason.help.iter().map(|help| format!("  = help: {help}")));
    }
    for reason in &found.exceeds {
        lines.push(format!("{} does not hold the graph: {}", found.platform, reason.message));
        lines.extend(reason.help.iter().map(|help| format!("  = help: {help}")));
    }
    let rows = found.nodes.iter().map(|node| {
        let spikes = format!("{}, {}", node.spikes[0], node.spikes[1]);
        let claim = claim(node.verdict, node.lag, node.bound);
        vec![node.node.clone(), claim, spikes, node.differ.to_string()]
    });
    let drawn = table(&["node", "claim", "spikes", "entries that differ"], rows);
    lines.extend(drawn.lines().map(str::to_owned));
    for node in &found.nodes {
        for reason in &node.reasons {
            lines.push(format!("{}: impossible, because {}", node.node, reason.message));
            lines.extend(reason.help.iter().map(|help| format!("  = help: {help}")));
        }
    }
    let bound =
        found.nodes.iter().filter_map(|node| node.bound).fold(None, |most: Option<f64>, bound| {
            Some(most.map_or(bound, |most| most.max(bound)))
        });
    lines.push(String::new());
    let whole = claim(found.verdict, found.lag, bound);
    let held = if found.steps_run > 0 {
        format!("; held against {} steps", found.steps_run)
    } else {
        String::new()
    };
    lines.push(format!("{} like {}: {whole}{held}", found.platform, found.like));
    lines.iter().map(|line| escape::line(line) + "\n").collect()
}

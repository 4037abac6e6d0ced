//! `nir eval`: the accuracy of a graph on a labelled set, under any of its meanings.

use std::path::{Path, PathBuf};

use nirkit::eval::{self, Evaluation, Score, eval_platforms};
use nirkit::io::array::stage_array;
use nirkit::numerics::Tensor;
use nirkit::recording::{Batch, EVALUATION, check_folder, make_folder};
use nirkit::{Error, Eval, LabelledSet, Readout};
use serde::Serialize;

use crate::args::{EvalArgs, Format, LimitArgs, ReadingArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::{Inputs, PROGRAM};
use crate::json::{List, Versioned};
use crate::load::{self, Set};
use crate::overwrite;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::render::table::table;

pub(crate) fn run(args: &EvalArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if let Some(folder) = &args.output {
        let help = "give a folder, which gets `counts.npy` and `eval.json`";
        check_folder(folder, "an evaluation", help)?;
    }
    let loaded = load::with_source(&args.file, &args.limits)?;
    let given = Samples {
        input: &args.input,
        labels: args.labels.as_ref(),
        reading: &args.reading,
        limits: &args.limits,
        output: args.output.as_deref(),
    };
    let set = labelled_set(&given)?;
    let choices = args.choices.choices(&args.limits, &args.times)?.spike(args.spike);
    let clocked = args.clocked.then_some("clocked");
    let titles: Vec<&str> = args.platform.iter().map(String::as_str).chain(clocked).collect();
    let progress = Progress::new("evaluating");
    let watch = |done, total| progress.set(done, total);
    let how = Eval::new()
        .readout(args.readout)
        .duration(args.duration)
        .threads(args.threads.get())
        .watch(&watch);
    let found = eval_platforms(&loaded.document, &titles, &set, &choices, &how)
        .map_err(|error| load::drawn(error, &loaded, &args.file))?;
    progress.end();
    if let Some(folder) = &args.output {
        let given: Vec<&Path> = match set.files().next() {
            Some(_) => set.files().collect(),
            None => args.input.iter().map(|given| load::source(given).1).collect(),
        };
        let labels = args.labels.as_deref();
        let inputs = Inputs::of(&args.file, given.iter().copied(), labels, true)?;
        let read = [args.file.as_path()].into_iter().chain(labels).chain(given);
        let read = read.chain(overwrite::platform_files(titles.iter().copied())).collect();
        write(folder, inputs, &names(&titles, &found), &found, read)?;
    }
    if printer.format() == Format::Text {
        for Evaluation { platform, notes, .. } in &found {
            for note in notes {
                Printer::note(&format!("{platform}: {note}"));
            }
        }
    }
    printer.result(&List::new("platforms", &found), || print(args, &found))?;
    let run = found.iter().filter(|evaluation| evaluation.score.is_some()).count();
    Ok(match run {
        0 => Exit::Failed,
        _ if run == found.len() => Exit::Fine,
        _ => Exit::Findings,
    })
}

/// What names samples and their classes.
pub(crate) struct Samples<'a> {
    pub(crate) input: &'a [String],
    pub(crate) labels: Option<&'a PathBuf>,
    pub(crate) reading: &'a ReadingArgs,
    pub(crate) limits: &'a LimitArgs,
    /// The folder that is written.
    pub(crate) output: Option<&'a Path>,
}

/// The samples and their classes: of arrays and NIRData, of a file that states both, or of folders.
pub(crate) fn labelled_set(args: &Samples<'_>) -> Result<LabelledSet, Failure> {
    let limits = args.limits.limits()?;
    let set = Set { inputs: args.input, reading: args.reading, batch: true };
    let sources: Vec<(Option<&str>, &Path)> =
        args.input.iter().map(|given| load::source(given)).collect();
    let labels = args.labels.map(PathBuf::as_path);
    match sources.iter().filter(|(_, path)| path.is_dir()).count() {
        0 => {
            if let ([(node, path)], None) = (&sources[..], labels)
                && let Some(set) = LabelledSet::of_list(*node, path, &load::empty(&set), &limits)?
            {
                return Ok(set);
            }
            if let [(node, path)] = sources[..] {
                let given = labels.map(|labels| eval::read_labels(labels, &limits)).transpose()?;
                let like = load::empty(&set);
                if let Some(set) = LabelledSet::of_spike_lists(node, path, given, &like, &limits)? {
                    return Ok(set);
                }
            }
            let Some(labels) = labels else {
                let help = "give `--labels LABELS.npy`, a folder that holds a folder for each class, a list of files with their \
                            classes (columns `file` and `label`), or a file that states classes, as those of SHD do";
                return Err(Failure::with_help(
                    "nothing says the classes of the samples",
                    Some(help),
                ));
            };
            let stimulus = load::stimulus(&set, args.limits)?;
            Ok(LabelledSet::new(stimulus, eval::read_labels(labels, &limits)?))
        }
        folders if folders == sources.len() => {
            refuse_among_samples(args, &sources)?;
            Ok(LabelledSet::of_folders(
                &sources,
                &args.labels.cloned().into(),
                &load::empty(&set),
                &limits,
            )?)
        }
        _ => {
            let help = "give a folder, or an array, for each Input";
            Err(Failure::with_help("the samples are in folders and in files", Some(help)))
        }
    }
}

/// Refuses to write among the samples, which the next evaluation would read.
fn refuse_among_samples(
    args: &Samples<'_>,
    folders: &[(Option<&str>, &Path)],
) -> Result<(), Failure> {
    let Some(output) = args.output.and_then(|output| output.canonicalize().ok()) else {
        return Ok(());
    };
    let is_inside = |folder: &Path| folder.canonicalize().is_ok_and(|it| output.starts_with(it));
    if folders.iter().any(|(_, folder)| is_inside(folder)) {
        let help = "give another folder: what is written would be read as a sample";
        return Err(Failure::with_help("`--output` lies among the samples", Some(help)));
    }
    Ok(())
}

/// What stands in `eval.json`.
#[derive(Serialize)]
struct Report<'a> {
    program: &'static str,
    #[serde(flatten)]
    inputs: Inputs,
    platforms: &'a [Evaluation],
    files: Vec<String>,
}

/// The name of each platform in names of files. The path of a platform file is none: its title is, with a number where an
/// earlier one has the same.
fn names(titles: &[&str], found: &[Evaluation]) -> Vec<String> {
    let name = |(at, (title, evaluation)): (usize, (&&str, &Evaluation))| {
        let own = &evaluation.platform;
        let same = found[..at].iter().filter(|other| &other.platform == own).count();
        match (nirkit::platforms::file::is_file(title), same) {
            (false, _) => (*title).to_owned(),
            (true, 0) => own.clone(),
            (true, same) => format!("{own}-{}", same + 1),
        }
    };
    titles.iter().zip(found).enumerate().map(name).collect()
}

/// Writes what was read for each sample and class, of each way, and `eval.json`.
fn write(
    folder: &Path,
    inputs: Inputs,
    names: &[String],
    found: &[Evaluation],
    read: Vec<&Path>,
) -> Result<(), Failure> {
    make_folder(folder)?;
    let mut batch = Batch::new(folder);
    for (platform, evaluation) in names.iter().zip(found) {
        let prefix = if names.len() == 1 { String::new() } else { format!("{platform}.") };
        let mut put = |way: &str, score: &Score| -> Result<(), Failure> {
            let (what, array) = match score.readout {
                // Spikes are counted in whole numbers.
                Readout::Count => {
                    let counts = score.readings.to_f64().unwrap_or_default();
                    let counts = counts.iter().map(|&count| count as i64).collect();
                    ("counts".to_owned(), Tensor::new(score.readings.shape(), counts))
                }
                other => (other.to_string(), Ok(score.readings.clone())),
            };
            let array = array.map_err(|error| Error::new(error.to_string()))?;
            let name = format!("{prefix}{way}{what}.npy");
            let file = stage_array(folder.join(&name), &array).map_err(Error::from)?;
            batch.add(name, file);
            Ok(())
        };
        for way in &evaluation.ways {
            if let Some(score) = &way.score {
                put(&format!("way-{}.", way.number), score)?;
            }
        }
        if let (Some(score), true) = (&evaluation.score, evaluation.ways.is_empty()) {
            put("", score)?;
        }
    }
    let files: Vec<String> = batch.names().chain([EVALUATION.to_owned()]).collect();
    overwrite::refuse(files.iter().map(|name| folder.join(name)), read)?;
    let report = Report { program: PROGRAM, inputs, platforms: found, files };
    Ok(batch.finish(EVALUATION, &Versioned::of(&report))?)
}

fn print(args: &EvalArgs, found: &[Evaluation]) -> String {
    let mut rows = Vec::new();
    let mut scores = Vec::new();
    for evaluation in found {
        let title = &evaluation.platform;
        if evaluation.ways.is_empty() {
            rows.push(row(title.clone(), evaluation.score.as_ref(), evaluation.choices.is_empty()));
            scores.extend(evaluation.score.as_ref().map(|score| (title.clone(), score)));
        }
        for way in &evaluation.ways {
            let title = format!("{title}, way {}", way.number);
            rows.push(row(title.clone(), way.score.as_ref(), false));
            scores.extend(way.score.as_ref().map(|score| (title, score)));
        }
    }
    let mut text =
        table(&["platform", "accuracy", "correct", "readout", "output spikes a sample"], rows);
    for evaluation in found {
        let of_ways = evaluation.ways.iter().flat_map(|way| &way.errors);
        for reason in evaluation.errors.iter().chain(of_ways) {
            // A refusal names its platform.
            let (platform, message) = (&evaluation.platform, &reason.message);
            let is_named = message.starts_with(platform.as_str());
            text +=
                &if is_named { format!("{message}\n") } else { format!("{platform}: {message}\n") };
            text += &reason.help.as_ref().map_or(String::new(), |help| format!("  help: {help}\n"));
        }
    }
    text += &format!("\n{}", choices(found));
    if args.per_class {
        text +=
            &scores.into_iter().map(|(title, score)| classes(&title, score)).collect::<String>();
    }
    text
}

fn row(title: String, score: Option<&Score>, is_refused: bool) -> Vec<String> {
    let Some(score) = score else {
        let what = if is_refused { "refused" } else { "fails" };
        return vec![title, what.to_owned()];
    };
    let spikes = score.output_spikes_per_sample;
    vec![
        title,
        format!("{:.2} %", 100.0 * score.accuracy),
        format!("{} of {}", score.correct, score.samples),
        score.readout.to_string(),
        spikes.map_or("-".to_owned(), |spikes| format!("{spikes:.2}")),
    ]
}

/// Every choice, with the platforms that have it where these are not all.
fn choices(found: &[Evaluation]) -> String {
    let mut rows: Vec<([String; 3], Vec<&str>)> = Vec::new();
    for evaluation in found {
        for choice in &evaluation.choices {
            let cells = [&choice.name, &choice.value, &choice.source].map(String::clone);
            match rows.iter_mut().find(|(known, _)| *known == cells) {
                Some((_, platforms)) => platforms.push(&evaluation.platform),
                None => rows.push((cells, vec![&evaluation.platform])),
            }
        }
    }
    let run = found.iter().filter(|evaluation| !evaluation.choices.is_empty()).count();
    let head = ["choice", "value", "from", "platform"];
    let columns = if run > 1 { head.len() } else { head.len() - 1 };
    let row = |(cells, platforms): ([String; 3], Vec<&str>)| {
        let of = if platforms.len() == run { "all".to_owned() } else { platforms.join(", ") };
        cells.into_iter().chain([of]).take(columns).collect()
    };
    table(&head[..columns], rows.into_iter().map(row))
}

/// The accuracy of each class, and which class was taken for which.
fn classes(title: &str, score: &Score) -> String {
    let names: Vec<String> = (0..score.classes.len()).map(|class| format!("as {class}")).collect();
    let head: Vec<&str> = ["class", "accuracy", "samples"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .collect();
    let rows =
        score.classes.iter().zip(&score.confusion).enumerate().map(|(class, (of, taken))| {
            let accuracy =
                of.accuracy.map_or("-".to_owned(), |share| format!("{:.2} %", 100.0 * share));
            let taken = taken
                .iter()
                .map(|&count| if count == 0 { String::new() } else { count.to_string() });
            [class.to_string(), accuracy, of.samples.to_string()].into_iter().chain(taken).collect()
        });
    format!("\n{title}\n{}", table(&head, rows))
}

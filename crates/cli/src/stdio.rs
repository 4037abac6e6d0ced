//! `-` in the place of a file: the standard input of graphs and stimuli, and the standard output of graphs.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use nirkit::io::ending::{self, ending, ends_in, is_special};
use nirkit::io::nir::{self, WriteOptions};
use nirkit::ir::Document;
use nirkit::{Error, document};

use crate::args::{Format, Verb};
use crate::failure::Failure;
use crate::load::source;
use crate::printer::Printer;

/// Whether an argument stands for the standard input or output. A file of this name is `./-`.
pub(crate) fn is_stdio(file: &Path) -> bool {
    file == Path::new("-")
}

/// The name of a file that is read, as it is shown.
pub(crate) fn shown(file: &Path) -> String {
    if is_stdio(file) { nirkit::io::content::STDIN.to_owned() } else { file.display().to_string() }
}

/// Returns an error where several arguments stand for the standard input, which can be read once.
pub(crate) fn check(verb: &Verb) -> Result<(), Failure> {
    let of = |graph: &'_ Path, inputs: &'_ [String]| {
        let inputs = inputs.iter().map(|given| source(given).1.to_path_buf());
        std::iter::once(graph.to_path_buf()).chain(inputs).collect()
    };
    let files: Vec<PathBuf> = match verb {
        Verb::Info(args) => args.files.clone(),
        Verb::Check(args) => args.files.clone(),
        Verb::Diff(args) => vec![args.a.clone(), args.b.clone()],
        Verb::Run(args) => of(args.file(), &args.input),
        Verb::Compare(args) => of(&args.file, &args.input),
        Verb::Adapt(args) => of(&args.input_file, &args.input),
        Verb::Eval(args) => of(&args.file, &args.input),
        Verb::Lower(args) => of(&args.file, &args.input),
        Verb::View(args) => of(&args.file, &args.input),
        Verb::Show(_)
        | Verb::Codegen(_)
        | Verb::Explain(_)
        | Verb::Convert(_)
        | Verb::Opt(_)
        | Verb::Conform(_)
        | Verb::Vectors(_)
        | Verb::Events(_)
        | Verb::Sweep(_)
        | Verb::Platforms(_)
        | Verb::Man(_)
        | Verb::Completions(_) => return Ok(()),
    };
    if files.iter().filter(|file| is_stdio(file)).count() < 2 {
        return Ok(());
    }
    let help = "give all but one by the name of a file; a file that is called `-` is `./-`";
    Err(Failure::with_help("`-` is the standard input, which can be read only once", Some(help)))
}

/// Returns an error where the name of a picture says another format; this is told before anything is computed.
pub(crate) fn check_picture(path: &Path) -> Result<(), Failure> {
    if matches!(ending(path).as_str(), "" | "svg") || is_special(path) {
        return Ok(());
    }
    let message = format!("{}: the picture is SVG", path.display());
    Err(Failure::with_help(
        message,
        Some(&format!("give a name that ends in `.svg`{}", elsewhere(path))),
    ))
}

/// Returns what makes a picture of another format out of SVG, for formats that papers and slides take; behind a sentence.
pub(crate) fn elsewhere(path: &Path) -> String {
    let ending = ending(path);
    match ending.as_str() {
        "png" | "pdf" | "eps" | "ps" => format!(
            "; `rsvg-convert --format {ending} --output FILE.{ending} FILE.svg` or `inkscape FILE.svg \
             --export-filename FILE.{ending}` converts it. In Python, `.plot()` of a run or a comparison is a figure of \
             matplotlib, whose `savefig` writes {}",
            ending.to_uppercase()
        ),
        _ => String::new(),
    }
}

/// The form of a graph on the standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// HDF5, as in a .nir file
    Nir,
    /// Text, as in a .nirt file, with all tensors
    Nirt,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ToArgs {
    /// Form of the graph that is written to `-`, the standard output, or of each graph in a folder; the name of a file says it
    /// by its ending
    #[arg(long, value_enum, value_name = "FORM")]
    to: Option<Form>,
}

impl ToArgs {
    /// The ending of the graphs in a folder.
    pub(crate) fn ending(&self) -> &'static str {
        match self.to {
            Some(Form::Nirt) => "nirt",
            Some(Form::Nir) | None => "nir",
        }
    }
}

/// Where a graph is written.
pub(crate) enum Target<'a> {
    File(&'a Path),
    /// The standard output.
    Out(Form),
}

/// Whether the name of a file that is to be made ends as none of a graph does. What is there already and is no regular
/// file, such as a device, is written to under any name.
fn says_another_form(output: &Path) -> bool {
    let is_known = ends_in(output, ending::GRAPH_HDF5) || ends_in(output, ending::GRAPH_TEXT);
    let is_there = std::fs::metadata(output).is_ok_and(|metadata| !metadata.is_file());
    !is_known && !is_there
}

impl<'a> Target<'a> {
    /// Returns where a graph goes, or what is wrong with that; this is told before any work is done.
    pub(crate) fn of(output: &'a Path, args: &ToArgs, format: Format) -> Result<Self, Failure> {
        let fail = |error: &str, help: &str| Err(Failure::with_help(error, Some(help)));
        match (is_stdio(output), args.to) {
            (false, None) if says_another_form(output) => fail(
                &format!("`{}` does not say a form of graphs", output.display()),
                "give a name that ends in .nir (or .h5, .hdf5), or in .nirt for text",
            ),
            (false, None) => Ok(Self::File(output)),
            (false, Some(_)) => fail(
                "`--to` says the form of a graph on the standard output",
                "leave it out: the ending `.nir` or `.nirt` of the file says its form",
            ),
            (true, None) => fail(
                "the form of the graph on the standard output is not given",
                "give `--to nir` or `--to nirt`",
            ),
            (true, Some(_)) if format == Format::Json => fail(
                "the graph and the JSON would both go to the standard output",
                "leave `--format json` out, or give a file to write",
            ),
            (true, Some(Form::Nir)) if io::stdout().is_terminal() => fail(
                "the standard output is a terminal, which does not show HDF5",
                "give `--to nirt`, or a file to write",
            ),
            (true, Some(form)) => Ok(Self::Out(form)),
        }
    }

    /// Whether the graph is written as text.
    pub(crate) fn is_text(&self) -> bool {
        match self {
            Self::File(path) => document::is_text(path),
            Self::Out(form) => *form == Form::Nirt,
        }
    }

    /// Writes a graph.
    pub(crate) fn write(
        &self,
        document: &Document,
        options: WriteOptions,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        match self {
            Self::File(path) => Ok(document::write_with(path, document, &options)?),
            Self::Out(Form::Nirt) => printer.bytes(document::to_text(document)?.as_bytes()),
            Self::Out(Form::Nir) => {
                printer.bytes(&nir::to_bytes(document, &options).map_err(Error::from)?)
            }
        }
    }

    /// Tells what was done: on the standard error, where the graph went to the standard output.
    pub(crate) fn tell(
        &self,
        printer: &mut Printer,
        result: &impl serde::Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self {
            Self::File(_) => printer.result(result, text),
            Self::Out(_) => {
                text().lines().for_each(Printer::remark);
                Ok(())
            }
        }
    }
}

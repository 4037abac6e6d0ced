//! `nir view`: a picture of a graph, or a page.

mod open;
mod page;
mod sweep;

use std::io::IsTerminal;
use std::path::Path;

use nirkit::escape;
use nirkit::io::ending::{ending, is_special};
use nirkit::io::text::write_text;
use nirkit::view::{Direction, Layout, ViewOptions, draw, layout, text};
use serde::Serialize;

use crate::args::{DirectionName, Format, ViewArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::overwrite;
use crate::printer::Printer;
use crate::render::counted;
use crate::stdio::{elsewhere, is_stdio, shown};

/// The result, as JSON has it.
#[derive(Serialize)]
struct Report<'a> {
    file: String,
    /// The picture that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(flatten)]
    layout: &'a Layout,
}

pub(crate) fn run(args: &ViewArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if sweep::is_sweep(&args.file) {
        return sweep::run(args, printer);
    }
    let temporary = opens(args).then(|| open::temporary(".html")).transpose()?;
    let output = check_output(args)?.or(temporary.as_deref());
    if let Some(output) = output.filter(|output| is_page(output)) {
        let exit = page::run(args, output, printer)?;
        open_if_asked(args, output, temporary.is_some());
        return Ok(exit);
    }
    page::refuse_options(args)?;
    let document = load::document(&args.file, &args.limits, &args.times)?;
    let layout = layout(&document, &options(args)?)?;
    let file = shown(&args.file);
    if let Some(output) = output {
        overwrite::refuse([output.to_path_buf()], [args.file.as_path()])?;
        write_text(output, &draw(&layout, &title(args))).map_err(nirkit::Error::from)?;
    }
    if printer.format() == Format::Text {
        layout.notes().iter().for_each(|note| Printer::note(note));
    }
    let written = output.map(|output| output.display().to_string());
    let report = Report { file, output: written, layout: &layout };
    printer.result(&report, || report.print())?;
    if let Some(output) = output {
        open_if_asked(args, output, false);
    }
    Ok(Exit::Fine)
}

/// Whether a page is to be opened that has no place yet: asked for, or on a terminal that would else show text.
fn opens(args: &ViewArgs) -> bool {
    let is_seen = args.format.format == Format::Text && std::io::stdout().is_terminal();
    args.output.is_none() && (args.open || is_seen)
}

fn open_if_asked(args: &ViewArgs, output: &Path, is_temporary: bool) {
    if args.open || is_temporary {
        open::open(output);
    }
}

/// How the graph is drawn.
fn options(args: &ViewArgs) -> Result<ViewOptions, Failure> {
    let direction = match args.direction {
        DirectionName::Down => Direction::Down,
        DirectionName::Right => Direction::Right,
    };
    let options = ViewOptions::new().direction(direction).collapse(args.collapse).all(args.all);
    Ok(options.limits(args.limits.limits()?))
}

/// The title of a picture: the name of the file without its folder.
fn title(args: &ViewArgs) -> String {
    let name = args.file.file_name().map(|name| name.display().to_string());
    name.filter(|_| !is_stdio(&args.file)).unwrap_or_else(|| shown(&args.file))
}

/// Whether the name of a file says that it is a page.
fn is_page(output: &Path) -> bool {
    matches!(ending(output).as_str(), "html" | "htm")
}

impl Report<'_> {
    fn print(&self) -> String {
        let Some(output) = &self.output else { return text(self.layout) };
        let (boxes, edges) = (self.layout.nodes.len(), self.layout.edges.len());
        let boxes = if boxes == 1 { "1 box".to_owned() } else { format!("{boxes} boxes") };
        format!("{}: {boxes}, {}\n", escape::line(output), counted(edges, "edge"))
    }
}

/// The file for the picture, if there is one; an error where its name says another format, before anything is read.
fn check_output(args: &ViewArgs) -> Result<Option<&Path>, Failure> {
    let Some(output) = args.output.as_deref() else { return Ok(None) };
    if is_stdio(output) {
        if args.format.format == Format::Json {
            let help = "leave `--output -` or `--format json` out, or give a file to write";
            let message = "the drawing and the JSON would both go to the standard output";
            return Err(Failure::with_help(message, Some(help)));
        }
        return Ok(None);
    }
    if ending(output) == "svg" || is_page(output) || is_special(output) {
        return Ok(Some(output));
    }
    let message = format!("{}: pictures are SVG, and pages are HTML", output.display());
    let help = "give a name that ends in `.svg` or `.html`, or `-` for text";
    let help = format!("{help}{}", elsewhere(output));
    Err(Failure::with_help(message, Some(&help)))
}

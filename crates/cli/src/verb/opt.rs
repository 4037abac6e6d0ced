//! `nir opt`: rewrites that keep what a graph means.

use nirkit::error::Reason;
use nirkit::io::Compression;
use nirkit::io::nir::WriteOptions;
use nirkit::passes::optimise::{PASSES, Pass, Rewrite};
use nirkit::passes::time_unit::Scaled;
use nirkit::settle::Voice;
use nirkit::{Choices, held_back};
use serde::Serialize;

use crate::args::OptArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::List;
use crate::load;
use crate::overwrite;
use crate::printer::Printer;
use crate::render::table::table;
use crate::stdio::{Target, shown};
use nirkit::escape;

#[derive(Serialize)]
struct Report {
    input: String,
    output: String,
    passes: Vec<String>,
    /// The platform whose form the graph has, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    rewrites: Vec<RewriteInfo>,
    /// Why the platform does not take the graph all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<Reason>,
}

#[derive(Serialize)]
struct RewriteInfo {
    pass: &'static str,
    node: String,
    done: String,
    #[serde(skip)]
    line: String,
}

#[derive(Serialize)]
struct PassInfo {
    name: &'static str,
    usual: bool,
    about: &'static str,
    condition: &'static str,
}

pub(crate) fn run(args: &OptArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if args.list {
        return list(printer);
    }
    let (Some(input), Some(output)) = (&args.input, &args.output) else {
        return Err(Failure::new("two files are needed, one to read and one to write"));
    };
    overwrite::refuse_store(output, input)?;
    let target = Target::of(output, &args.to, printer.format())?;
    // Whoever scales times alone wants nothing else.
    let only_scaled =
        (args.time_scale.is_some() || args.target.is_some()) && args.passes.is_empty();
    let (mut document, in_seconds) = load::told(input, &args.limits, &args.times)?;
    load::tell_loss(&document);
    let scaled = match args.time_scale {
        Some(factor) if !(factor.is_finite() && factor > 0.0) => {
            let message = format!("`--time-scale {factor}` is no factor: give a number above 0");
            return Err(Failure::new(message));
        }
        Some(factor) => nirkit::rescale(&mut document, factor)
            .map_err(|error| Failure::new(error.to_string()))?,
        None => Vec::new(),
    };
    let in_seconds = in_seconds.iter().map(|scaled| RewriteInfo::scaled("time_unit", scaled));
    let scaled = scaled.iter().map(|scaled| RewriteInfo::scaled("time_scale", scaled));
    let names: Vec<&str> = if args.passes.is_empty() && !only_scaled {
        PASSES.iter().filter(|pass| pass.is_usual).map(|pass| pass.name).collect()
    } else {
        args.passes.iter().map(String::as_str).collect()
    };
    if let Some(title) = &args.target {
        overwrite::refuse([output.clone()], overwrite::platform_files([title.as_str()]))?;
    }
    if let Some(note) = held_back(&document, &names) {
        Printer::note(&note);
    }
    let limits = args.limits.limits()?;
    let in_file = |error: nirkit::Error| error.in_file(shown(input).as_ref());
    let mut refused = Vec::new();
    let rewrites = match (&args.target, names.as_slice()) {
        (Some(title), _) => {
            let choices = Choices::new().dt(args.dt).limits(limits).voice(Voice::COMMAND);
            let made = nirkit::opt_for(&mut document, title, &choices).map_err(in_file)?;
            for note in &made.notes {
                Printer::note(note);
            }
            refused = made.refused;
            made.rewrites
        }
        (None, []) => Vec::new(),
        (None, names) => nirkit::opt(&mut document, names, &limits).map_err(in_file)?,
    };
    let options = WriteOptions { compression: Compression::Gzip(4) };
    target.write(&document, options, printer)?;
    let report = Report {
        input: shown(input),
        output: output.display().to_string(),
        passes: names.iter().map(|&name| name.to_owned()).collect(),
        platform: args.target.clone(),
        rewrites: in_seconds
            .chain(scaled)
            .chain(rewrites.into_iter().map(RewriteInfo::of))
            .collect(),
        refused,
    };
    target.tell(printer, &report, || report.print())?;
    Ok(if report.refused.is_empty() { Exit::Fine } else { Exit::Findings })
}

fn list(printer: &mut Printer) -> Result<Exit, Failure> {
    let info = |pass: &Pass| PassInfo {
        name: pass.name,
        usual: pass.is_usual,
        about: pass.about,
        condition: pass.condition,
    };
    let passes: Vec<PassInfo> = PASSES.iter().map(info).collect();
    printer.result(&List::new("passes", &passes), || {
        let rows = passes.iter().map(|pass| {
            let usual = if pass.usual { "yes" } else { "" };
            let condition = match pass.condition {
                "" => String::new(),
                condition => format!(" (if {condition})"),
            };
            vec![pass.name.to_owned(), usual.to_owned(), format!("{}{condition}", pass.about)]
        });
        table(&["pass", "usual", "what it does"], rows)
    })?;
    Ok(Exit::Fine)
}

impl RewriteInfo {
    fn scaled(pass: &'static str, scaled: &Scaled) -> Self {
        let (node, done) = (scaled.place.nodes.join("."), scaled.done.clone());
        Self { pass, node, done, line: format!("{pass}: {scaled}") }
    }

    fn of(rewrite: Rewrite) -> Self {
        let line = rewrite.to_string();
        Self { pass: rewrite.pass, node: rewrite.node, done: rewrite.done, line }
    }
}

impl Report {
    fn print(&self) -> String {
        let mut lines: Vec<String> =
            self.rewrites.iter().map(|rewrite| escape::line(&rewrite.line).into_owned()).collect();
        if lines.is_empty() {
            lines.push("nothing to rewrite".to_owned());
        }
        let platform = self.platform.as_deref().unwrap_or_default();
        for reason in &self.refused {
            let message = format!("{platform} still refuses it: {}", reason.message);
            lines.push(escape::line(&message).into_owned());
            lines
                .extend(reason.help.iter().map(|help| format!("  = help: {}", escape::line(help))));
        }
        lines.join("\n") + "\n"
    }
}

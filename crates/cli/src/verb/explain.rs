//! `nir explain`: the page of a diagnostic.

use nirkit::ir::Code;
use nirkit::ir::diag::CODES;
use nirkit::suggest::did_you_mean;
use serde::Serialize;

use crate::args::ExplainArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::List;
use crate::printer::Printer;

#[derive(Serialize)]
struct Page {
    code: String,
    title: &'static str,
    severity: String,
    text: &'static str,
}

impl Page {
    fn of(code: Code) -> Self {
        let page = code.page();
        Self {
            code: code.to_string(),
            title: page.title,
            severity: page.severity.to_string(),
            text: page.text,
        }
    }

    fn print(&self) -> String {
        format!("{}: {} ({})\n\n{}\n", self.code, self.title, self.severity, self.text)
    }
}

pub(crate) fn run(args: &ExplainArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let Some(name) = &args.code else { return list(printer) };
    let Some(code) = Code::find(name) else {
        return Err(Failure::with_help(format!("there is no code `{name}`"), Some(help(name))));
    };
    let page = Page::of(code);
    printer.result(&page, || page.print())?;
    Ok(Exit::Fine)
}

/// The code that is meant, if one is near.
fn help(name: &str) -> String {
    let codes: Vec<String> = CODES.iter().map(ToString::to_string).collect();
    let meant = did_you_mean(&name.to_uppercase(), codes.iter().map(String::as_str));
    let meant = meant.map_or(String::new(), |meant| format!("{meant} "));
    format!("{meant}`nir explain` without a code lists all of them")
}

fn list(printer: &mut Printer) -> Result<Exit, Failure> {
    let pages: Vec<Page> = CODES.iter().map(|&code| Page::of(code)).collect();
    let line = |page: &Page| format!("{}  {:<8} {}\n", page.code, page.severity, page.title);
    printer.result(&List::new("codes", &pages), || pages.iter().map(line).collect())?;
    Ok(Exit::Fine)
}

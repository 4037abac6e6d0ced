//! `nir man`: the man pages of the program and its verbs.

use std::path::PathBuf;

use clap_mangen::Man;
use nirkit::io::text::write_text;
use nirkit::io::{is_free, write_folder};
use nirkit::recording::{check_folder, make_folder};

use crate::args::{self, ManArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(given: &ManArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    check_folder(
        &given.output,
        "a set of man pages",
        "give a folder, which gets a page for each verb",
    )?;
    // Every verb has its full name, and the options that it shares with the others.
    let command = args::described();
    let verbs = command.get_subcommands().filter(|verb| verb.get_name() != "help");
    let mut pages = Vec::new();
    for command in std::iter::once(&command).chain(verbs) {
        let man = Man::new(command.clone().disable_help_subcommand(true))
            .source(concat!("nirkit ", env!("CARGO_PKG_VERSION")))
            .manual("nir");
        let name = man.get_filename();
        let mut page = Vec::new();
        man.render(&mut page)?;
        pages.push((PathBuf::from(name), page));
    }
    let names = pages.iter().map(|(name, _)| format!("{}\n", name.display())).collect::<String>();
    if is_free(&given.output) {
        write_folder(&given.output, pages)?;
    } else {
        make_folder(&given.output)?;
        for (name, page) in pages {
            write_text(given.output.join(name), &String::from_utf8_lossy(&page))
                .map_err(nirkit::Error::from)?;
        }
    }
    printer.text(&names)?;
    Ok(Exit::Fine)
}

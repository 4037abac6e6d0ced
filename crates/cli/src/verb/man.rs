//! `nir man`: the man pages of the program and its verbs.

use clap_mangen::Man;
use nirkit::io::text::write_text;
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
    make_folder(&given.output)?;
    // Every verb has its full name, and the options that it shares with the others.
    let command = args::described();
    let verbs = command.get_subcommands().filter(|verb| verb.get_name() != "help");
    let mut written = String::new();
    for command in std::iter::once(&command).chain(verbs) {
        let man = Man::new(command.clone().disable_help_subcommand(true))
            .source(concat!("nirkit ", env!("CARGO_PKG_VERSION")))
            .manual("nir");
        let name = man.get_filename();
        let mut page = Vec::new();
        man.render(&mut page)?;
        let path = given.output.join(&name);
        write_text(path, &String::from_utf8_lossy(&page)).map_err(nirkit::Error::from)?;
        written += &format!("{name}\n");
    }
    printer.text(&written)?;
    Ok(Exit::Fine)
}

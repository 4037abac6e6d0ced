//! `nir completions`: a script that teaches a shell to complete our arguments.

use clap::CommandFactory as _;
use clap::builder::PossibleValue;
use clap_complete::Shell;

use crate::args::{Args, CompletionsArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(args: &CompletionsArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let mut command = Args::command();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "nir", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if args.shell == Shell::Fish {
        // These two are redirections where they stand without quotes, and the script would stop there.
        for comparison in [">", ">="] {
            script = script.replace(&format!("\"{comparison}\\t"), &format!("\"'{comparison}'\\t"));
            script = script.replace(&format!("\n{comparison}\\t"), &format!("\n'{comparison}'\\t"));
        }
        script += &fish_positionals(&command);
    }
    printer.text(&script)?;
    Ok(Exit::Fine)
}

/// What `clap_complete` leaves out of a script for fish: the values of arguments without a name.
fn fish_positionals(command: &clap::Command) -> String {
    let mut lines = String::new();
    for verb in command.get_subcommands() {
        for argument in verb.get_positionals() {
            let values = argument.get_possible_values();
            let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
            if !names.is_empty() {
                let verb = verb.get_name();
                let names = names.join(" ");
                lines += &format!(
                    "complete -c nir -n \"__fish_nir_using_subcommand {verb}\" -f -a \"{names}\"\n"
                );
            }
        }
    }
    lines
}

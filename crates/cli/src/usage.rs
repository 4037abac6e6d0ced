//! What is said of arguments that the parser does not take: which verbs have an option that one lacks.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

/// The arguments of a call, with the value of each long option joined to it where it begins with one `-`, as negative numbers and
/// names of nodes may: `--dt -1e-3` is `--dt=-1e-3`. `described` makes the command, if any argument may be such a value.
pub(crate) fn with_values_joined(
    described: impl FnOnce() -> Command,
    arguments: Vec<OsString>,
) -> Vec<OsString> {
    let is_option = |argument: &OsStr| argument.to_string_lossy().starts_with("--");
    if !arguments.windows(2).any(|pair| is_option(&pair[0]) && is_value(&pair[1])) {
        return arguments;
    }
    let root = described();
    let mut verb = Verb::of(&root);
    let mut joined: Vec<OsString> = Vec::with_capacity(arguments.len());
    let mut arguments = arguments.into_iter().peekable();
    joined.extend(arguments.next());
    while let Some(mut argument) = arguments.next() {
        if argument == "--" {
            joined.push(argument);
            break;
        }
        verb.enter(&argument);
        if verb.waits_for_value(&argument)
            && let Some(value) = arguments.next_if(|next| is_value(next))
        {
            argument.push("=");
            argument.push(value);
        }
        joined.push(argument);
    }
    joined.extend(arguments);
    joined
}

/// Whether an argument begins with one `-` and is neither the standard input nor help nor version.
fn is_value(argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    text.starts_with('-') && !text.starts_with("--") && !matches!(&*text, "-" | "-h" | "-V")
}

/// The verb that a part of the arguments names.
struct Verb<'a> {
    root: &'a Command,
    command: &'a Command,
    /// Its name as the user types it: `run`, `events convert`.
    name: String,
}

impl<'a> Verb<'a> {
    fn of(root: &'a Command) -> Self {
        Self { root, command: root, name: String::new() }
    }

    /// Goes to the verb of this name, if the argument is one.
    fn enter(&mut self, argument: &OsStr) {
        if let Some(command) = self.command.find_subcommand(argument) {
            self.command = command;
            self.name = named(&self.name, command);
        }
    }

    /// Whether an argument is an option whose value follows.
    fn waits_for_value(&self, argument: &OsStr) -> bool {
        let Some(name) = argument.to_str().and_then(|text| text.strip_prefix("--")) else {
            return false;
        };
        let mut arguments = self.command.get_arguments().chain(self.root.get_arguments());
        arguments.any(|arg| arg.get_long() == Some(name) && arg.get_action().takes_values())
    }
}

/// The name of a verb inside another one.
fn named(outer: &str, verb: &Command) -> String {
    if outer.is_empty() {
        return verb.get_name().to_owned();
    }
    format!("{outer} {}", verb.get_name())
}

/// Says of an unknown option which verbs have it, and how this one is asked for the same.
pub(crate) fn with_tips(
    mut error: clap::Error,
    described: impl FnOnce() -> Command,
    arguments: &[OsString],
) -> clap::Error {
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    // The parser takes an option of another verb for a value, and its way to write that is refused as well.
    error.remove(ContextKind::Suggested);
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let root = &described();
    let mut verb = Verb::of(root);
    arguments.iter().skip(1).for_each(|argument| verb.enter(argument));
    let tips: Vec<StyledStr> = match given.strip_prefix("--") {
        Some(name) => of_option(root, &verb, name).into_iter().map(StyledStr::from).collect(),
        None if Path::new(given).exists() => {
            vec![StyledStr::from(format!("the file of this name is given as './{given}'"))]
        }
        None => Vec::new(),
    };
    if !tips.is_empty() {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
    error
}

/// Which verbs have an option, and which value of an option of `verb` has its name.
fn of_option(root: &Command, verb: &Verb<'_>, name: &str) -> Vec<String> {
    let mut others = Vec::new();
    with_option(root, "", name, &mut others);
    let mut tips = Vec::new();
    if !others.is_empty() {
        let others: Vec<String> = others.iter().map(|other| format!("'nir {other}'")).collect();
        tips.push(format!("'--{name}' is an option of {}", others.join(", ")));
    }
    let own =
        verb.command.get_arguments().filter_map(|arg| Some((arg.get_long()?, value(arg, name)?)));
    tips.extend(
        own.map(|(option, value)| format!("'nir {}' takes '--{option} {value}'", verb.name)),
    );
    tips
}

/// Collects the names of all verbs below a command that have an option.
fn with_option(command: &Command, outer: &str, name: &str, found: &mut Vec<String>) {
    for verb in command.get_subcommands() {
        let full = named(outer, verb);
        if verb.get_arguments().any(|arg| arg.get_long() == Some(name)) {
            found.push(full.clone());
        }
        with_option(verb, &full, name, found);
    }
}

/// The value of an option that has this name.
fn value(arg: &Arg, name: &str) -> Option<String> {
    let values = arg.get_action().takes_values().then(|| arg.get_possible_values())?;
    let meant = values.iter().find(|value| value.matches(name, false))?;
    Some(meant.get_name().to_owned())
}

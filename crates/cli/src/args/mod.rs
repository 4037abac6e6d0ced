//! The arguments, as the user types them. Only structures; what they mean is decided in the verbs.

#![expect(clippy::doc_markdown, reason = "these lines are printed on a terminal")]

mod adapt;
mod check;
mod choices;
mod codegen;
mod compare;
mod completions;
mod convert;
mod deferred;
mod diff;
mod engine;
mod eval;
mod explain;
mod info;
mod limits;
mod lower;
mod man;
mod opt;
mod platforms;
mod run;
mod show;
mod stimulus;
mod sweep;
mod times;
mod vectors;
mod view;

use std::ffi::OsString;

use clap::{
    Args as ClapArgs, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
};

use crate::usage;
use crate::verb::conform::args::ConformArgs;
use crate::verb::events::args::EventsArgs;

pub(crate) use adapt::AdaptArgs;
pub(crate) use check::CheckArgs;
pub(crate) use choices::{ChipArgs, ChoiceArgs, SimulatorArgs, SteppedArgs};
pub(crate) use codegen::CodegenArgs;
pub(crate) use compare::CompareArgs;
pub(crate) use completions::CompletionsArgs;
pub(crate) use convert::{CompressionName, ConvertArgs};
pub(crate) use deferred::Deferred;
pub(crate) use diff::DiffArgs;
pub(crate) use engine::{ClockedArgs, EngineArgs, ExactArgs};
pub(crate) use eval::EvalArgs;
pub(crate) use explain::ExplainArgs;
pub(crate) use info::InfoArgs;
pub(crate) use limits::LimitArgs;
pub(crate) use lower::LowerArgs;
pub(crate) use man::ManArgs;
pub(crate) use opt::OptArgs;
pub(crate) use platforms::PlatformsArgs;
pub(crate) use run::RunArgs;
pub(crate) use show::ShowArgs;
pub(crate) use stimulus::{ReadingArgs, sample_range};
pub(crate) use sweep::{MergeArgs, SweepArgs, SweepVerb};
pub(crate) use times::{TimeArgs, TimeUnitName};
pub(crate) use vectors::{VectorsArgs, VectorsVerb, VerifyArgs};
pub(crate) use view::{DirectionName, ViewArgs};

/// Read, check, repair and run NIR graphs.
///
/// NIR, the Neuromorphic Intermediate Representation, carries a trained spiking network between
/// simulators and chips as a `.nir` file. `nir` says what is in such a file and what is wrong with
/// it, mends what can be mended, and runs it.
#[derive(Debug, Parser)]
#[command(name = "nir", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Whether findings are coloured; auto looks at NO_COLOR and at whether a terminal reads them
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Reads the arguments of a call, of which the first is the name of the program.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Args, clap::Error> {
    let arguments = usage::with_values_joined(described, arguments.into_iter().collect());
    let matches = Args::command().try_get_matches_from_mut(&arguments);
    let parsed = matches.and_then(|mut matches| Args::from_arg_matches_mut(&mut matches));
    parsed.map_err(|error| usage::with_tips(error, described, &arguments))
}

/// The command with the options of all verbs, and those that the parser adds.
pub(crate) fn described() -> clap::Command {
    let mut command = Args::command();
    command.build();
    command
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

const EXAMPLES: &str = "\
Examples:
  nir info net.nir                     what is in the file, and what it leaves open
  nir check net.nir                    what is wrong with it, each with a place and help
  nir convert old.nir new.nir --repair mend it, and say what was done
  nir convert net.nir net.nirt         turn it into text that can be read, edited and compared
  nir run net.nir --clocked --dt 1e-4 --input x.npy --output out
  nir run net.nir --exact --input x.json --output out

Exit codes: 0 fine, 1 findings or a difference, 2 the work could not be done.
`nir VERB --help` says more about a verb.";

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Say what is in a file: nodes, types, shapes, parameters, and what is left open
    Info(Deferred<InfoArgs>),
    /// Print the text form of a graph
    Show(Deferred<ShowArgs>),
    /// Draw a graph or a sweep as a page or a picture, or a graph on the terminal
    View(Deferred<ViewArgs>),
    /// Report everything that is wrong with a graph, and what platforms would do with it
    Check(Deferred<CheckArgs>),
    /// Explain a diagnostic, or list all of them
    Explain(Deferred<ExplainArgs>),
    /// Convert between .nir and .nirt, compress, repair
    Convert(Deferred<ConvertArgs>),
    /// Say what differs between two graphs, and whether it matters
    Diff(Deferred<DiffArgs>),
    /// Rewrite a graph so that more platforms take it, without changing what it means
    Opt(Deferred<OptArgs>),
    /// Rewrite a graph so that a platform computes what another one computes on the original
    Adapt(Deferred<AdaptArgs>),
    /// Generate code that computes what a platform computes, to the bit, with a test bench
    Codegen(Deferred<CodegenArgs>),
    /// Run a graph on a stimulus
    Run(Deferred<RunArgs>),
    /// Run a graph on platforms side by side, and say where and why their spikes part
    Compare(Deferred<CompareArgs>),
    /// Classify a labelled set as platforms would, and print their accuracy
    Eval(Deferred<EvalArgs>),
    /// Run graphs, sets, platforms and choices each with each, and make a table
    Sweep(Deferred<SweepArgs>),
    /// Bring a graph into the terms of a chip, say what that loses and costs, and write it
    Lower(Deferred<LowerArgs>),
    /// Write the conformance suite of NIR, and score and identify simulators with it
    Conform(Deferred<ConformArgs>),
    /// Write cases for the tests of an importer, and judge its answers
    Vectors(Deferred<VectorsArgs>),
    /// Say what is in recordings of event cameras and cochleae, and convert them
    Events(Deferred<EventsArgs>),
    /// List the platforms with their versions, and what each of them takes
    Platforms(Deferred<PlatformsArgs>),
    /// Print a script that teaches a shell to complete the arguments of `nir`
    Completions(Deferred<CompletionsArgs>),
    /// Write the man pages, one for each verb
    Man(Deferred<ManArgs>),
}

impl Args {
    /// Whether the verb can write files.
    pub(crate) fn writes_files(&self) -> bool {
        match &self.verb {
            Verb::Convert(_)
            | Verb::View(_)
            | Verb::Run(_)
            | Verb::Compare(_)
            | Verb::Opt(_)
            | Verb::Adapt(_)
            | Verb::Eval(_)
            | Verb::Sweep(_)
            | Verb::Lower(_)
            | Verb::Codegen(_)
            | Verb::Conform(_)
            | Verb::Vectors(_)
            | Verb::Events(_)
            | Verb::Man(_) => true,
            Verb::Info(_)
            | Verb::Show(_)
            | Verb::Check(_)
            | Verb::Explain(_)
            | Verb::Diff(_)
            | Verb::Platforms(_)
            | Verb::Completions(_) => false,
        }
    }

    /// The form of the result; text for verbs that have no other.
    pub(crate) fn format(&self) -> Format {
        match &self.verb {
            Verb::Info(args) => args.format.format,
            Verb::View(args) => args.format.format,
            Verb::Check(args) => args.format.format,
            Verb::Explain(args) => args.format.format,
            Verb::Convert(args) => args.format.format,
            Verb::Run(args) => args.format.format,
            Verb::Compare(args) => args.format.format,
            Verb::Diff(args) => args.format.format,
            Verb::Opt(args) => args.format.format,
            Verb::Adapt(args) => args.format.format,
            Verb::Eval(args) => args.format.format,
            Verb::Sweep(args) => args.format(),
            Verb::Lower(args) => args.format.format,
            Verb::Codegen(args) => args.format.format,
            Verb::Conform(args) => args.format(),
            Verb::Vectors(args) => args.format(),
            Verb::Events(args) => args.format(),
            Verb::Platforms(args) => args.format.format,
            Verb::Show(_) | Verb::Completions(_) | Verb::Man(_) => Format::Text,
        }
    }
}

/// The form of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct FormatArgs {
    /// Form of the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

//! The arguments, as the user types them. Only structures; what they mean is decided in the verbs.

#![expect(clippy::doc_markdown, reason = "these lines are printed on a terminal")]

use std::ffi::OsString;
use std::num::{NonZeroU32, NonZeroUsize};
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::{
    Args as ClapArgs, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
    ValueHint,
};
use nirkit::codegen::Target;
use nirkit::io::{LimitError, Limits};
use nirkit::passes::time_unit::TimeUnit;
use nirkit::settle::Voice;
use nirkit::stimulus::{EventUnit, Window};
use nirkit::suggest::did_you_mean;
use nirkit::{Choices, Frames, Readout, Reset, SpikeReading, seconds};

use crate::failure::Failure;
use crate::load::Set;
use crate::stdio::ToArgs;
use crate::usage;
use crate::values;
use crate::verb::events::args::EventsArgs;

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
    let mut command = Args::command();
    let arguments = usage::with_values_joined(&command, arguments.into_iter().collect());
    let matches = command.try_get_matches_from_mut(&arguments);
    let parsed = matches.and_then(|mut matches| Args::from_arg_matches_mut(&mut matches));
    // The parser adds options of its own to the command; a copy of it would take as long as all the rest of a start.
    parsed.map_err(|error| usage::with_tips(error, &Args::command(), &arguments))
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
    Info(InfoArgs),
    /// Print the text form of a graph
    Show(ShowArgs),
    /// Draw a graph as a picture, or layer by layer on the terminal
    View(Box<ViewArgs>),
    /// Report everything that is wrong with a graph, and what platforms would do with it
    Check(CheckArgs),
    /// Explain a diagnostic, or list all of them
    Explain(ExplainArgs),
    /// Convert between .nir and .nirt, compress, repair
    Convert(ConvertArgs),
    /// Say what differs between two graphs, and whether it matters
    Diff(DiffArgs),
    /// Rewrite a graph so that more platforms take it, without changing what it means
    Opt(OptArgs),
    /// Rewrite a graph so that a platform computes what another one computes on the original
    Adapt(Box<AdaptArgs>),
    /// Generate code that computes what a platform computes, to the bit, with a test bench
    Codegen(CodegenArgs),
    /// Run a graph on a stimulus
    Run(Box<RunArgs>),
    /// Run a graph on platforms side by side, and say where and why their spikes part
    Compare(CompareArgs),
    /// Classify a labelled set as platforms would, and print their accuracy
    Eval(EvalArgs),
    /// Bring a graph into the terms of a chip, say what that loses and costs, and write it
    Lower(LowerArgs),
    /// Say what is in recordings of event cameras and cochleae, and convert them
    Events(EventsArgs),
    /// List the platforms with their versions, and what each of them takes
    Platforms(PlatformsArgs),
    /// Print a script that teaches a shell to complete the arguments of `nir`
    Completions(CompletionsArgs),
    /// Write the man pages, one for each verb
    Man(ManArgs),
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
            | Verb::Lower(_)
            | Verb::Codegen(_)
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
            Verb::Lower(args) => args.format.format,
            Verb::Codegen(args) => args.format.format,
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

/// What a file may demand of this machine.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct LimitArgs {
    /// Raise or lower a limit on what is demanded of this machine: file_bytes, dataset_bytes,
    /// total_bytes, objects, depth, expansion, layer_elements, graph_elements, layer_products, steps,
    /// recording_bytes, spikes
    #[arg(long = "limit", value_name = "NAME=NUMBER")]
    limits: Vec<String>,
}

impl LimitArgs {
    /// The limits that were given, and the usual ones for the rest.
    pub(crate) fn limits(&self) -> Result<Limits, Failure> {
        let mut limits = Limits::default();
        for given in &self.limits {
            let (name, number) = given.split_once('=').unwrap_or((given, ""));
            let number: u64 = number
                .parse()
                .map_err(|_| Failure::new(format!("`--limit {given}` is not NAME=NUMBER")))?;
            limits.set(name, number).map_err(|error| {
                let names = || {
                    let meant =
                        did_you_mean(name, Limits::NAMES.iter().copied()).map(|meant| meant + " ");
                    format!("{}limits: {}", meant.unwrap_or_default(), Limits::NAMES.join(", "))
                };
                let help = matches!(error, LimitError::Unknown(_)).then(names);
                Failure::with_help(error.to_string(), help)
            })?;
        }
        Ok(limits)
    }
}

/// The unit of the times in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimeUnitName {
    /// Seconds, as nearly all exporters write
    S,
    /// Milliseconds
    Ms,
}

impl From<TimeUnitName> for TimeUnit {
    fn from(name: TimeUnitName) -> Self {
        match name {
            TimeUnitName::S => Self::Second,
            TimeUnitName::Ms => Self::Millisecond,
        }
    }
}

/// How the times in a file are read, which does not say their unit.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct TimeArgs {
    /// Unit of the time constants and delays in the file; without it, the metadata say it, or they are in seconds
    #[arg(long, value_enum, value_name = "UNIT")]
    time_unit: Option<TimeUnitName>,
}

impl TimeArgs {
    /// The unit that is given.
    pub(crate) fn unit(&self) -> Option<TimeUnit> {
        self.time_unit.map(TimeUnit::from)
    }
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  nir info net.nir\n  nir info net.nir --format json\n  nir info *.nir"
)]
pub(crate) struct InfoArgs {
    /// One or several .nir or .nirt files, or - for the standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir show net.nir
  nir show net.nir --inline 4 | less
  nir show net.nir --step --platform norse --dt 1ms
  nir show net.nir --step --platform xylo --dt 1ms --quantize global")]
pub(crate) struct ShowArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Tensors with more elements than this are shown by the hash of their content; of a step program, by their length
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) inline: usize,
    /// Show what a simulator, a chip or the clocked engine computes in each step, operation by operation, with its numbers
    #[arg(long)]
    pub(crate) step: bool,
    #[command(flatten)]
    pub(crate) stepped: SteppedArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir view net.nir --output net.svg
  nir view net.nir --output net.svg --direction right --collapse
  nir view net.nir --output net.html   a page to look around in, with parameters, findings and all platforms
  nir view net.nir --output net.html --platform norse --platform spyx --dt 1ms
  nir view net.nir --output net.html --input x.npy --platform ideal --platform spyx    with runs side by side
  nir view net.nir                     layer by layer on the terminal

Errors and warnings of `nir check` are marked at their nodes; the exit code is 0 all the same.")]
pub(crate) struct ViewArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The picture to write, SVG, or the page, HTML; - is the terminal, as without this option
    #[arg(long, value_name = "FILE.svg|FILE.html", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// A platform whose verdicts the page shows; all platforms if none is given. With --input, a platform that runs, or `ideal`
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::compared(),
        hide_possible_values = true
    )]
    pub(crate) platform: Vec<String>,
    /// A stimulus, or one for each Input as NODE=STIMULUS: the page shows runs of the platforms; see `nir run --help`
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath, requires = "platform")]
    pub(crate) input: Vec<String>,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    /// What a spike is in the ideal: impulse:AREA or pulse:SECONDS; a pulse of one step if not given
    #[arg(long, value_name = "READING", requires = "input")]
    pub(crate) spike: Option<SpikeReading>,
    /// How long to run, in seconds; as long as the stimulus if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds, requires = "input")]
    pub(crate) duration: Option<f64>,
    /// Do not look for causes of differences
    #[arg(long, requires = "input")]
    pub(crate) no_cause: bool,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Where the data flow to
    #[arg(long, value_enum, default_value_t)]
    pub(crate) direction: DirectionName,
    /// Draw each nested graph as one box, without the nodes in it
    #[arg(long)]
    pub(crate) collapse: bool,
    /// Draw all nodes; without it, repeated blocks of chains are folded in drawings of more than 40 nodes
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Where the data of a drawing flow to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DirectionName {
    /// From top to bottom
    #[default]
    Down,
    /// From left to right
    Right,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir check net.nir
  nir check *.nir
  nir check net.nir --platform norse
  nir check net.nir --platform sinabs --platform spyx@0.1.20 --dt 1e-4

The exit code is 1 when there are errors or warnings, or when a platform would refuse the graph or
lose something that matters; notes are no finding.")]
pub(crate) struct CheckArgs {
    /// One or several .nir or .nirt files, or - for the standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,
    /// Say what this platform would do with each node; several give a table
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::platforms(),
        hide_possible_values = true
    )]
    pub(crate) platform: Vec<String>,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
The folder gets the code and a test bench, which replays a stimulus with everything that can be recorded:
  c99   NAME.h, NAME.c, NAME_test.c and a Makefile; `make check` in the folder builds and replays
  rust  a crate without `std`; `cargo test` in the folder builds and replays
  verilog  NAME.v, files of its memories, NAME_tb.v and a Makefile, for programs of integers, as chips have them; `make check`
        replays with Icarus Verilog, `make verilate` with Verilator, `make synth` maps with Yosys

Examples:
  nir codegen net.nir --target c99 --platform norse --dt 1ms --output net_c
  make -C net_c check
  nir codegen net.nir --target rust --platform loihi2 --dt 1ms --output net_rust
  cargo test --manifest-path net_rust/Cargo.toml")]
pub(crate) struct CodegenArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The language
    #[arg(long, value_parser = values::targets())]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) stepped: SteppedArgs,
    /// The folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,
    /// What all names of C begin with, the name of the crate of Rust or of the module of Verilog
    #[arg(long, value_name = "NAME", default_value = "net")]
    pub(crate) name: String,
    /// Bits of a number that enters a design of Verilog, two's complement [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=64))]
    pub(crate) input_bits: Option<u32>,
    /// Steps that the test bench replays
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) steps: u32,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  nir explain N204\n  nir explain            lists all codes")]
pub(crate) struct ExplainArgs {
    /// A code, for instance N204
    #[arg(value_parser = values::codes(), hide_possible_values = true)]
    pub(crate) code: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// How datasets are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompressionName {
    /// Not at all
    None,
    /// Deflate, as the reference does
    Gzip,
    /// LZF: faster, larger
    Lzf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir convert net.nir net.nirt                    to text; large tensors go to net.nirt.tensors
  nir convert net.nirt net.nir                    and back
  nir convert old.nir new.nir --repair            mend what can be mended and list it
  nir convert ms.nir s.nir --time-unit ms         times in milliseconds become seconds
  nir convert net.nir ms.nir --output-time-unit ms   and the other way round
  nir convert net.nir small.nir --compression gzip --level 9
  curl -s URL | nir convert - - --to nirt         from the standard input to the standard output

The exit code is 1 when --repair leaves errors; the file is written all the same.")]
pub(crate) struct ConvertArgs {
    /// The file to read: .nir or .nirt, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) input: PathBuf,
    /// The file to write; the ending .nirt makes it text; - is the standard output, with --to
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// Mend what can be mended, list what was done, and what is left
    #[arg(long)]
    pub(crate) repair: bool,
    /// Unit of the time constants and delays in the file that is written; that of the input if not given
    #[arg(long, value_enum, value_name = "UNIT")]
    pub(crate) output_time_unit: Option<TimeUnitName>,
    /// Put the events of NIRData on a grid with steps of this length
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "events")]
    pub(crate) grid: Option<f64>,
    /// Make events of the grids of NIRData
    #[arg(long)]
    pub(crate) events: bool,
    /// Compression of the datasets of a .nir file; gzip if not given
    #[arg(long, value_enum)]
    pub(crate) compression: Option<CompressionName>,
    /// Effort of gzip, 0 to 9; 4 if not given
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u8).range(0..=9)
    )]
    pub(crate) level: Option<u8>,
    #[command(flatten)]
    pub(crate) to: ToArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir diff a.nir b.nir
  nir diff trained.nir exported.nir --tolerance 1e-6

The exit code is 1 when the graphs differ in what they mean; a default that is written out, another
number format, another order of nodes or numbers within the tolerance are told and are no difference.")]
pub(crate) struct DiffArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) a: PathBuf,
    /// Another one
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) b: PathBuf,
    /// Numbers are equal up to this share of the larger one, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub(crate) tolerance: f64,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir opt --list                                      the passes, and which of them are usual
  nir opt net.nir flat.nir                            the usual ones
  nir opt net.nir out.nir --pass unnest --pass fold_gain   gains into the weights, for Norse
  nir opt net.nir out.nir --pass average_to_sum --pass fold_scale
  nir opt net.nir out.nir --time-scale 0.1            for a package that runs with steps of 0.1 ms

Passes run in the order in which they are given. Each keeps the output spikes of the ideal, up to
the rounding of the numbers that it multiplies; voltages may change their unit.")]
pub(crate) struct OptArgs {
    /// The file to read: .nir or .nirt, or - for the standard input
    #[arg(required_unless_present = "list", value_hint = ValueHint::FilePath)]
    pub(crate) input: Option<PathBuf>,
    /// The file to write; the ending .nirt makes it text; - is the standard output, with --to
    #[arg(required_unless_present = "list", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// A pass; several run one after the other
    #[arg(
        long = "pass",
        value_name = "NAME",
        value_parser = values::passes(),
        hide_possible_values = true
    )]
    pub(crate) passes: Vec<String>,
    /// Multiply all time constants and delays by this factor before the passes: a network that was trained
    /// with steps of 1 ms does in steps of 0.1 ms what it did, with 0.1
    #[arg(long, value_name = "FACTOR")]
    pub(crate) time_scale: Option<f64>,
    /// List the passes
    #[arg(long, conflicts_with_all = ["passes", "time_scale", "input", "output", "to", "time_unit", "limits"])]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) to: ToArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir adapt net.nir norse.nir --for norse --like snntorch --dt 1e-4
  nir adapt net.nir spyx.nir --for spyx --like sinabs --dt 1e-4 --input x.npy --check bounded
  nir adapt net.nir folder --for all --like snntorch --dt 1e-4 --input test_x.npy --labels test_y.npy --batch

The claim about each layer holds for all inputs: equal (in bits), lag (equal, some steps later), bounded (equal as long
as no voltage comes nearer to its threshold than a bound), impossible (with the reason). It follows from the step
programs of both, and is then held against runs. `--for all` writes a file for each simulator into a folder; with labels
it prints the accuracy before and after.

The exit code is 1 when the claim is weaker than `--check` asks for.")]
pub(crate) struct AdaptArgs {
    /// The file to read: .nir or .nirt, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) input_file: PathBuf,
    /// The file to write; a folder with `--for all`; - is the standard output, with --to
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// The platform that the graph is made for, or `all`
    #[arg(long = "for", value_name = "NAME[@VERSION]|FILE|all")]
    pub(crate) target: String,
    /// What it is to compute: a platform on the original, or `ideal`, the equations on a grid; the metadata
    /// `nirkit.reference` if not given
    #[arg(long, value_name = "NAME[@VERSION]|FILE|ideal")]
    pub(crate) like: Option<String>,
    /// A stimulus on which both are run besides generated ones
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath)]
    pub(crate) input: Vec<String>,
    /// The stimulus holds several samples
    #[arg(long, requires = "input")]
    pub(crate) batch: bool,
    /// The class of each sample: with `--for all`, the accuracy before and after is printed
    #[arg(long, value_name = "LABELS.npy", value_hint = ValueHint::FilePath, requires = "batch")]
    pub(crate) labels: Option<PathBuf>,
    /// The weakest claim with which the exit code is 0: equal, lag, bounded
    #[arg(long, value_name = "LEVEL", value_parser = ["equal", "lag", "bounded"])]
    pub(crate) check: Option<String>,
    /// Time step in seconds, or with a unit: 1e-4, 100us, 1ms
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) dt: Option<f64>,
    /// What happens to a neuron that spikes, where a platform has the choice: v_reset, zero, subtract
    #[arg(long, value_name = "RESET", value_parser = values::resets(), hide_possible_values = true)]
    pub(crate) reset: Option<Reset>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) to: ToArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  nir completions bash > ~/.local/share/bash-completion/completions/nir"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  nir man --output ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// The folder for the pages
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Stimuli (--input; - is the standard input, known by its content):
  x.npy    (T, *input shape), one frame a step; with --batch (B, T, *input shape)
  x.h5     NIRData: events with times, or a grid
  x.json   {\"T\": 0.1, \"inputs\": {\"input\": {\"shape\": [2], \"kind\": \"spikes\", \"spikes\": [[0.01, 0]]}}}

Results (--output):
  DIR      <node>.<observable>.npy, time first, and run.json with every choice that was made;
           with --exact <node>.spikes.csv with the times of the spikes
  FILE.h5  the same as NIRData, which the reference reads

Examples:
  nir run net.nir --clocked --dt 1e-4 --input x.npy --output out
  nir run net.nir --clocked --dt 1e-4 --input x.npy --record lif1:v,lif1:spikes --output out
  nir run net.nir --clocked --dt 1e-4 --reset subtract --integrator exponential --input x.json
  nir run net.nir --exact --spike impulse:1e-4 --reset subtract --input x.json --output out
  nir run net.nir --exact --input x.json --record all --sample 1e-3 --output out
  nir run net.nir --platform norse --dt 1e-4 --input x.npy --record all --output out
  nir run net.nir --platform xylo --quantize global --dt 1e-3 --input x.npy --output out
  nir run --config net.xylo.json --platform xylo --input x.npy --output out")]
pub(crate) struct RunArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(required_unless_present = "config", value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
    /// The stimulus, or one for each Input as NODE=STIMULUS
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath, required = true)]
    pub(crate) input: Vec<String>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// Time step in seconds; the length of a frame under --exact
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) dt: Option<f64>,
    /// What happens to a neuron that spikes: v_reset, zero, subtract
    #[arg(long, value_name = "RESET", value_parser = values::resets(), hide_possible_values = true)]
    pub(crate) reset: Option<Reset>,
    /// What a spike is to the node that receives it: impulse:AREA or pulse:SECONDS
    #[arg(long, value_name = "READING")]
    pub(crate) spike: Option<SpikeReading>,
    /// Run what a chip is given, from a document that `nir lower` wrote, instead of a graph
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        requires = "platform",
        conflicts_with = "file"
    )]
    pub(crate) config: Option<PathBuf>,
    /// How long to run, in seconds; as long as the stimulus if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<f64>,
    /// What to record: all, or NODE:spikes,NODE:v,NODE:isyn,NODE:output (what a package returns), with `\,` for a comma in a name; the
    /// spikes of all nodes if not given
    #[arg(long, value_name = "LIST")]
    pub(crate) record: Option<String>,
    /// A folder, or a file that ends in .h5
    #[arg(long, value_name = "DIR|FILE.h5", value_hint = ValueHint::AnyPath)]
    pub(crate) output: Option<PathBuf>,
    /// The first axis of the stimulus is a batch
    #[arg(long)]
    pub(crate) batch: bool,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Count spikes, synaptic operations and dense multiplications, layer by layer
    #[arg(long, conflicts_with = "config")]
    pub(crate) operations: bool,
    /// Threads among which a batch is divided; their number changes no result
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) threads: NonZeroUsize,
    #[command(flatten)]
    pub(crate) exact: ExactArgs,
    #[command(flatten)]
    pub(crate) clocked: ClockedArgs,
    #[command(flatten)]
    pub(crate) simulator: SimulatorArgs,
    #[command(flatten)]
    pub(crate) chip: ChipArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

impl RunArgs {
    /// The file that is run: a graph, or what a chip is given.
    pub(crate) fn file(&self) -> &Path {
        self.file.as_deref().or(self.config.as_deref()).unwrap_or(Path::new(""))
    }

    /// What is given of what a file leaves open.
    pub(crate) fn choices(&self) -> Result<Choices, Failure> {
        let choices = Choices::new().dt(self.dt).reset(self.reset).spike(self.spike);
        let choices = choices.time_unit(self.times.unit());
        let named = self.clocked.named().into_iter().chain(self.exact.named());
        let named = named.chain(self.simulator.named()).chain(self.chip.named());
        Ok(with(choices, named).limits(self.limits.limits()?).voice(Voice::COMMAND))
    }
}

/// The choices with those that are given by name.
fn with<'a>(
    choices: Choices,
    named: impl IntoIterator<Item = (&'static str, Option<&'a str>)>,
) -> Choices {
    let given = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
    given.fold(choices, |choices, (name, value)| choices.set(name, value))
}

/// What whoever runs a platform can choose.
#[derive(Debug, ClapArgs)]
pub(crate) struct ChoiceArgs {
    /// Time step in seconds, or with a unit: 1e-4, 100us, 1ms
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) dt: Option<f64>,
    /// What happens to a neuron that spikes: v_reset, zero, subtract
    #[arg(long, value_name = "RESET", value_parser = values::resets(), hide_possible_values = true)]
    pub(crate) reset: Option<Reset>,
    #[command(flatten)]
    pub(crate) chip: ChipArgs,
}

impl ChoiceArgs {
    /// Whether nothing is given.
    pub(crate) fn is_empty(&self) -> bool {
        let of_chips = self.chip.named();
        self.dt.is_none()
            && self.reset.is_none()
            && of_chips.iter().all(|(_, given)| given.is_none())
    }

    /// What is given of what a file leaves open.
    pub(crate) fn choices(&self, limits: &LimitArgs, times: &TimeArgs) -> Result<Choices, Failure> {
        let choices = Choices::new().dt(self.dt).reset(self.reset).limits(limits.limits()?);
        let choices = choices.time_unit(times.unit());
        Ok(with(choices, self.chip.named()).voice(Voice::COMMAND))
    }
}

/// Whose steps are meant, and under which choices.
#[derive(Debug, ClapArgs)]
pub(crate) struct SteppedArgs {
    /// The simulator or chip whose steps they are
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::platforms(),
        hide_possible_values = true,
        conflicts_with = "clocked"
    )]
    platform: Option<String>,
    /// The steps are those of the clocked engine
    #[arg(long)]
    clocked: bool,
    /// What a spike is, for --clocked: pulse:SECONDS, impulse:AREA
    #[arg(long, value_name = "READING", requires = "clocked")]
    spike: Option<SpikeReading>,
    #[command(flatten)]
    choices: ChoiceArgs,
    #[command(flatten)]
    of_clocked: ClockedArgs,
}

impl SteppedArgs {
    /// Whether nothing is given.
    pub(crate) fn is_empty(&self) -> bool {
        let of_clocked = self.of_clocked.named();
        self.meaning().is_none()
            && self.spike.is_none()
            && self.choices.is_empty()
            && of_clocked.iter().all(|(_, given)| given.is_none())
    }

    /// Whose steps they are.
    pub(crate) fn meaning(&self) -> Option<&str> {
        if self.clocked { Some("clocked") } else { self.platform.as_deref() }
    }

    /// What is given of what a file leaves open.
    pub(crate) fn choices(&self, limits: &LimitArgs, times: &TimeArgs) -> Result<Choices, Failure> {
        let choices = self.choices.choices(limits, times)?.spike(self.spike);
        Ok(with(choices, self.of_clocked.named()))
    }
}

/// What only chips let one choose.
#[derive(Debug, ClapArgs)]
pub(crate) struct ChipArgs {
    /// How a chip makes integers of numbers; `nir platforms --platform CHIP` lists the ways
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Choices of chips",
        value_parser = values::quantisers(),
        hide_possible_values = true
    )]
    quantize: Option<String>,
    /// Scales of weights that are integers already: file (`quant_weight_scale` in the metadata of a node, the default),
    /// own (the chip's own choice), or NODE=SCALE,...
    #[arg(long, value_name = "SCALES", help_heading = "Choices of chips")]
    weight_scale: Option<String>,
}

impl ChipArgs {
    fn named(&self) -> [(&'static str, Option<&str>); 2] {
        [("quantize", self.quantize.as_deref()), ("weight_scale", self.weight_scale.as_deref())]
    }
}

/// What only simulators let one choose.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Choices of simulators")]
pub(crate) struct SimulatorArgs {
    /// In which order matrix products are added: forward, backward, wide (in double precision, rounded once), high or
    /// low (the most and the least that roundings can make of them); forward if not given
    #[arg(long, value_name = "ORDER")]
    sums: Option<String>,
    /// Which of several ways to run is taken, counted from 1, where chance decides; the others are not run then
    #[arg(long, value_name = "N")]
    pub(crate) way: Option<String>,
    /// Run with the other orders of additions as well, and list the spikes that change
    #[arg(long)]
    pub(crate) check_rounding: bool,
}

impl SimulatorArgs {
    fn named(&self) -> [(&'static str, Option<&str>); 2] {
        [("sums", self.sums.as_deref()), ("way", self.way.as_deref())]
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir lower net.nir --platform xylo --dt 1e-3
  nir lower net.nir --platform xylo --dt 1e-3 --quantize global --output net.xylo.json
  nir lower net.nir --platform xylo --dt 1e-3 --input x.npy

With --input, the stimulus is run: its spikes and synaptic operations are counted, and energy and time
are estimated from published figures.

The exit code is 1 when the graph does not fit; nothing is written then.")]
pub(crate) struct LowerArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The chip
    #[arg(
        long,
        value_name = "CHIP[@VERSION]",
        value_parser = values::chips(),
        hide_possible_values = true
    )]
    pub(crate) platform: String,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    /// A stimulus whose cost is told, or one for each Input as NODE=STIMULUS
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath)]
    pub(crate) input: Vec<String>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// How long the stimulus is run, in seconds; as long as it lasts if not given
    #[arg(long, value_name = "SECONDS", requires = "input", value_parser = seconds)]
    pub(crate) duration: Option<f64>,
    /// A file for what the chip's own tools read: .json, or .net for Loihi 2; - is the standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

impl LowerArgs {
    /// The stimulus whose cost is told.
    pub(crate) fn set(&self) -> Set<'_> {
        Set { inputs: &self.input, reading: &self.reading, batch: false }
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  nir platforms\n  nir platforms --platform norse")]
pub(crate) struct PlatformsArgs {
    /// Say more about one platform, or about the simulator that a TOML or JSON file describes
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::platforms(),
        hide_possible_values = true
    )]
    pub(crate) platform: Option<String>,
    /// Print the simulator named by `--platform` in the form of a platform file
    #[arg(long, requires = "platform", conflicts_with = "format")]
    pub(crate) toml: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Each platform is held against the first one, or against the ideal if it is asked for or nothing else
is. Reported are the spikes of each node, the cosine of the mean activities, the squared van Rossum
distance, the first difference with both voltages, and the choices that are its cause: they are
switched one at a time until the difference is gone.

Examples:
  nir compare net.nir --input x.npy --platform norse --platform snntorch --dt 1e-4
  nir compare net.nir --input x.npy --platform ideal --platform sinabs --dt 1e-4 --svg why.svg
  nir compare net.nir --input x.npy --platform lava --platform norse --format json
  nir compare net.nir --input x.npy --platform rockpool --platform xylo --dt 1e-3

The arithmetic of a chip cannot be switched choice by choice; what it changes is said in words.

The exit code is 1 when spikes differ.")]
pub(crate) struct CompareArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The stimulus, or one for each Input as NODE=STIMULUS; see `nir run --help`
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath, required = true)]
    pub(crate) input: Vec<String>,
    /// A platform, or `ideal`: the graph in continuous time
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        required = true,
        value_parser = values::compared(),
        hide_possible_values = true
    )]
    pub(crate) platform: Vec<String>,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    /// What a spike is in the ideal: impulse:AREA or pulse:SECONDS; a pulse of one step if not given
    #[arg(long, value_name = "READING")]
    pub(crate) spike: Option<SpikeReading>,
    /// How long to run, in seconds; as long as the stimulus if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<f64>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Time constant of the van Rossum distance; ten steps if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) tau: Option<f64>,
    /// Do not look for causes
    #[arg(long)]
    pub(crate) no_cause: bool,
    /// Draw input, voltages and spikes of all platforms
    #[arg(long, value_name = "FILE.svg", value_hint = ValueHint::FilePath)]
    pub(crate) svg: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir eval net.nir --input test_x.npy --labels test_y.npy --platform norse --platform spyx --dt 1e-4
  nir eval net.nir --input test_x.npy --labels test_y.npy --platform ideal --clocked --dt 1e-4
  nir eval net.nir --input test_x.npy --labels test_y.npy --platform norse --readout max --per-class
  nir eval net.nir --input NMNIST/Test --platform spyx --dt 1ms --duration 0.3        folders 0 to 9 with recordings

The class of a sample is the output with most spikes, or, where the output does not spike, with the largest
voltage; ties go to the lowest class. --output DIR receives what was read for each sample and class, as
counts.npy (or first.npy, max.npy, mean.npy, last.npy) of shape (samples, classes), and
<platform>.counts.npy for several platforms. Where chance decides how a platform runs the graph, every way is
evaluated: way-1.counts.npy, way-2.counts.npy, ... eval.json has the results, every choice, and the hashes
of what was read. A platform that refuses the graph is a row of the table.")]
#[command(group = clap::ArgGroup::new("meaning").required(true).multiple(true))]
pub(crate) struct EvalArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The samples: a .npy of shape (samples, T, *input shape), NIRData with samples, or a folder with a file for each
    /// sample; one for each Input as NODE=SET
    #[arg(long, value_name = "[NODE=]SET", value_hint = ValueHint::FilePath, required = true)]
    pub(crate) input: Vec<String>,
    /// The class of each sample, counted from 0: a .npy, or for a folder a .csv with the columns file and label; not
    /// needed where the folder holds a folder for each class
    #[arg(long, value_name = "LABELS", value_hint = ValueHint::FilePath)]
    pub(crate) labels: Option<PathBuf>,
    /// A platform, `ideal`: the graph in continuous time, or `clocked`, as with --clocked
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        group = "meaning",
        value_parser = values::meanings(),
        hide_possible_values = true
    )]
    pub(crate) platform: Vec<String>,
    /// Evaluate the graph on a time grid as well
    #[arg(long, group = "meaning")]
    pub(crate) clocked: bool,
    /// How the class is read from the output: count (of spikes), first (spike), max, mean or last (voltage); count
    /// where the output spikes, else max, if not given
    #[arg(
        long,
        value_name = "READOUT",
        value_parser = values::readouts(),
        hide_possible_values = true
    )]
    pub(crate) readout: Option<Readout>,
    /// Print the accuracy of each class, and which class was taken for which
    #[arg(long)]
    pub(crate) per_class: bool,
    /// What a spike is in the ideal and on a time grid: impulse:AREA or pulse:SECONDS
    #[arg(long, value_name = "READING")]
    pub(crate) spike: Option<SpikeReading>,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// How long each sample is run, in seconds; as long as it lasts if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<f64>,
    /// A folder for what was read
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: Option<PathBuf>,
    /// Threads among which the samples are divided; their number changes no result
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) threads: NonZeroUsize,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// How the numbers of a stimulus are read.
#[derive(Debug, ClapArgs)]
pub(crate) struct ReadingArgs {
    /// What the numbers of a frame are
    #[arg(long, value_enum, default_value = "auto", requires = "input")]
    pub(crate) frames: FramesName,
    /// Unit of the times of events in a .npy or .csv table; if not given, whole numbers are us, others s
    #[arg(long, value_enum, value_name = "UNIT", requires = "input")]
    pub(crate) event_times: Option<EventTimes>,
    /// Count the events of each channel in windows of this length; without it, each keeps its own time
    #[arg(long, value_name = "SECONDS", value_parser = seconds, requires = "input")]
    pub(crate) window: Option<f64>,
    /// The most that a channel counts in a window; 1 takes events as yes or no
    #[arg(long, value_name = "N", requires = "window")]
    pub(crate) window_most: Option<NonZeroU32>,
    /// Samples that are taken of a file with a list of spikes for each of many (SHD): 7, 0:100
    #[arg(long, value_name = "N|FROM:TO", value_parser = sample_range, requires = "input")]
    pub(crate) samples: Option<Range<usize>>,
}

impl ReadingArgs {
    /// How events are counted in windows.
    pub(crate) fn window(&self) -> Option<Window> {
        self.window.map(|seconds| Window { seconds, most: self.window_most })
    }
}

/// Samples, counted from 0: one, `7`, or from one on and before another, `0:100`.
pub(crate) fn sample_range(text: &str) -> Result<Range<usize>, String> {
    let number = |text: &str| text.parse::<usize>().ok().filter(|&number| number < usize::MAX);
    let range = match text.split_once(':') {
        None => number(text).map(|one| one..one + 1),
        Some((from, to)) => number(from).zip(number(to)).map(|(from, to)| from..to),
    };
    range.filter(|range| !range.is_empty()).ok_or_else(|| {
        "give the number of a sample, counted from 0, or from which on and before which: 7, 0:100"
            .to_owned()
    })
}

/// Units of the times of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventTimes {
    /// Seconds
    S,
    /// Milliseconds
    Ms,
    /// Microseconds
    Us,
    /// Nanoseconds
    Ns,
}

impl From<EventTimes> for EventUnit {
    fn from(unit: EventTimes) -> Self {
        match unit {
            EventTimes::S => Self::Seconds,
            EventTimes::Ms => Self::Milliseconds,
            EventTimes::Us => Self::Microseconds,
            EventTimes::Ns => Self::Nanoseconds,
        }
    }
}

/// What the numbers of a frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FramesName {
    /// Spikes if all numbers are counts, else a current
    Auto,
    /// Numbers of spikes
    Spikes,
    /// A current for the length of a step
    Current,
}

impl From<FramesName> for Frames {
    fn from(name: FramesName) -> Self {
        match name {
            FramesName::Auto => Self::Auto,
            FramesName::Spikes => Self::Spikes,
            FramesName::Current => Self::Current,
        }
    }
}

#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub(crate) struct EngineArgs {
    /// Run on a time grid
    #[arg(long)]
    pub(crate) clocked: bool,
    /// Run in continuous time, event by event
    #[arg(long)]
    pub(crate) exact: bool,
    /// Run as this platform would, spike for spike; `ideal` is --exact, `clocked` is --clocked
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::meanings(),
        hide_possible_values = true
    )]
    pub(crate) platform: Option<String>,
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Choices of --exact")]
pub(crate) struct ExactArgs {
    /// Record voltages every so many seconds, or at the times in a .npy file
    #[arg(long, value_name = "SECONDS|TIMES.npy", value_hint = ValueHint::FilePath)]
    pub(crate) sample: Option<String>,
    /// Give up when more signals than this are on their way (ends of pulses, delays); ten million
    /// if not given
    #[arg(long, value_name = "N")]
    max_pending: Option<String>,
}

impl ExactArgs {
    fn named(&self) -> [(&'static str, Option<&str>); 1] {
        [("max_pending", self.max_pending.as_deref())]
    }

    /// The instants at which voltages are looked at.
    pub(crate) fn instants(&self, limits: &Limits) -> Result<nirkit::Instants, Failure> {
        Ok(match &self.sample {
            None => nirkit::Instants::None,
            Some(sample) => match seconds(sample) {
                Ok(every) => nirkit::Instants::Every(every),
                Err(_) => nirkit::Instants::At(nirkit::model::read_times(sample.as_ref(), limits)?),
            },
        })
    }
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Choices of --clocked")]
pub(crate) struct ClockedArgs {
    /// Number format; f64 if not given
    #[arg(long, value_name = "FORMAT", value_parser = ["f32", "f64"])]
    precision: Option<String>,
    /// How an equation becomes a step: exponential is exact within a step; euler if not given
    #[arg(long, value_name = "NAME", value_parser = ["euler", "exponential"])]
    integrator: Option<String>,
    /// Whether neurons see their sources' output of the same or the next step; same if not given
    #[arg(long = "input-step", value_name = "STEP", value_parser = ["same", "next"])]
    input_step: Option<String>,
    /// Which synaptic current the membrane sees; old if not given
    #[arg(long, value_name = "CURRENT", value_parser = ["new", "old"])]
    synapse: Option<String>,
    /// Whether the reset acts in the same or the next step; same if not given
    #[arg(long, value_name = "STEP", value_parser = ["same", "next"])]
    reset_timing: Option<String>,
    /// How a voltage is held against the threshold; > if not given
    #[arg(long, value_name = "COMPARISON", value_parser = [">", ">="])]
    comparison: Option<String>,
    /// State before the first step; rest if not given
    #[arg(long, value_name = "STATE", value_parser = ["rest", "zero"])]
    start: Option<String>,
    /// What a recurrent edge brings in the first step; rest if not given
    #[arg(long, value_name = "WHAT", value_parser = ["rest", "absent"])]
    feedback: Option<String>,
    /// When a Threshold node spikes; crossing if not given
    #[arg(long, value_name = "WHEN", value_parser = ["crossing", "level"])]
    threshold: Option<String>,
    /// The step in which a timed spike acts; floor if not given
    #[arg(long, value_name = "ROUNDING", value_parser = ["floor", "nearest"])]
    spike_step: Option<String>,
    /// What a changing current is within a step; mean if not given
    #[arg(long, value_name = "WHAT", value_parser = ["mean", "sample"])]
    current: Option<String>,
}

impl ClockedArgs {
    fn named(&self) -> [(&'static str, Option<&str>); 11] {
        [
            ("precision", self.precision.as_deref()),
            ("integrator", self.integrator.as_deref()),
            ("input", self.input_step.as_deref()),
            ("synapse", self.synapse.as_deref()),
            ("reset_timing", self.reset_timing.as_deref()),
            ("comparison", self.comparison.as_deref()),
            ("start", self.start.as_deref()),
            ("feedback", self.feedback.as_deref()),
            ("threshold", self.threshold.as_deref()),
            ("spike_step", self.spike_step.as_deref()),
            ("current", self.current.as_deref()),
        ]
    }
}

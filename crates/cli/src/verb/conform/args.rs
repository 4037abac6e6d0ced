//! The arguments of `nir conform`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand, ValueEnum, ValueHint};
use nirkit::{Reset, seconds};
use nirkit_conform::ProcessLimits;
use nirkit_conform::suite::Level;

use crate::args::{Format, FormatArgs};
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir conform write --output suite
  nir conform run suite --driver 'python3 conformance/drivers/norse_driver.py' --format json
  nir conform run suite --driver 'nir conform serve --platform norse' --html norse.html

A driver is a program that reads questions from its standard input and writes answers to its standard output, a line of
JSON each; docs/conform.md describes them.")]
pub(crate) struct ConformArgs {
    #[command(subcommand)]
    pub(crate) verb: ConformVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConformVerb {
    /// Write the suite: graphs, stimuli, exact answers, and answers on a grid
    Write(WriteArgs),
    /// Score a simulator on the suite
    Run(Box<RunArgs>),
    /// Find out from the outside which choices a simulator makes, and write them as a platform file
    Identify(IdentifyArgs),
    /// Answer the questions of a suite as a platform does, as a driver
    Serve(ServeArgs),
}

impl ConformArgs {
    /// The form of the result.
    pub(crate) fn format(&self) -> Format {
        match &self.verb {
            ConformVerb::Write(args) => args.format.format,
            ConformVerb::Run(args) => args.format.format,
            ConformVerb::Identify(args) => args.format.format,
            ConformVerb::Serve(_) => Format::Text,
        }
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir conform write --output suite
  nir conform write --output lif --case 'lif_*'

The same version of nir writes the same bytes.")]
pub(crate) struct WriteArgs {
    /// A folder that does not exist yet
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,
    /// Write only cases whose names begin with this
    #[arg(long, value_name = "PREFIX")]
    pub(crate) case: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DriverArgs {
    /// The command that starts the driver
    #[arg(long, value_name = "CMD")]
    pub(crate) driver: String,
    /// Time for an answer
    #[arg(long, value_name = "SECONDS", default_value = "60s", value_parser = patience)]
    pub(crate) timeout: Duration,
    /// Time until the driver says who it is
    #[arg(long, value_name = "SECONDS", default_value = "120s", value_parser = patience)]
    pub(crate) start_timeout: Duration,
}

impl DriverArgs {
    /// What the driver may take.
    pub(crate) fn limits(&self) -> ProcessLimits {
        let (start, answer) = (self.start_timeout, self.timeout);
        ProcessLimits { start, answer, ..ProcessLimits::default() }
    }
}

fn patience(text: &str) -> Result<Duration, String> {
    let found = seconds(text)?;
    if (0.001..=86400.0).contains(&found) {
        Ok(Duration::from_secs_f64(found))
    } else {
        Err("give a time from 1 ms to a day".to_owned())
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir conform run suite --driver 'python3 conformance/drivers/norse_driver.py'
  nir conform run suite --driver ./mine --level primitives --format json
  nir conform run suite --driver ./mine --waivers waivers.toml --junit out.xml --badge badge.svg

Without a suite, the one that this version of nir writes is made and asked.
The exit code is 1 when an answer is wrong, missing or refused and not waived, 2 when the driver does not work.")]
pub(crate) struct RunArgs {
    /// A folder that `nir conform write` wrote
    #[arg(value_name = "SUITE", value_hint = ValueHint::DirPath)]
    pub(crate) suite: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) driver: DriverArgs,
    /// Ask only the cases of this level
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) level: Vec<LevelName>,
    /// Ask only cases whose names begin with this
    #[arg(long, value_name = "PREFIX")]
    pub(crate) case: Option<String>,
    /// Cases that are excused, each with a reason
    #[arg(long, value_name = "FILE.toml", value_hint = ValueHint::FilePath)]
    pub(crate) waivers: Option<PathBuf>,
    /// Write the score as a page
    #[arg(long, value_name = "FILE.html", value_hint = ValueHint::FilePath)]
    pub(crate) html: Option<PathBuf>,
    /// Write the score as XML for test runners (`JUnit`)
    #[arg(long, value_name = "FILE.xml", value_hint = ValueHint::FilePath)]
    pub(crate) junit: Option<PathBuf>,
    /// Write the score as a badge
    #[arg(long, value_name = "FILE.svg", value_hint = ValueHint::FilePath)]
    pub(crate) badge: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir conform identify --driver 'python3 mine.py' --output mine.toml
  nir run net.nir --platform mine.toml --input x.npy

The file names in comments what is unsure, what could not be probed, and which probes nothing explains.
The exit code is 1 when some probe is not explained.")]
pub(crate) struct IdentifyArgs {
    #[command(flatten)]
    pub(crate) driver: DriverArgs,
    /// The platform file to write
    #[arg(long, value_name = "FILE.toml", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// Probes of each kind of neuron, at most
    #[arg(long, value_name = "N", default_value = "120")]
    pub(crate) probes: usize,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir conform serve --platform norse
  nir conform serve --platform mine.toml

A line of JSON on the standard input is a question, a line on the standard output its answer.")]
pub(crate) struct ServeArgs {
    /// The platform, a file that describes one, or clocked
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::meanings(),
        hide_possible_values = true
    )]
    pub(crate) platform: String,
    /// The reset, where the platform leaves it open
    #[arg(long, value_name = "RESET", value_parser = values::resets())]
    pub(crate) reset: Option<Reset>,
}

/// The name of a level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LevelName(pub(crate) Level);

impl ValueEnum for LevelName {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [LevelName; Level::ALL.len()] = {
            let mut all = [LevelName(Level::ReadOrRefuse); Level::ALL.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = LevelName(Level::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.name()))
    }
}

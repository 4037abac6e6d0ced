//! Options of `nir sweep`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueHint};
use nirkit::sweep::Shard;

use super::{Format, FormatArgs, LimitArgs};

#[derive(Debug, ClapArgs)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  nir sweep plan.toml --output out --threads 2
  nir sweep plan.toml --output out --shard 3/8        one of eight processes; SLURM: --shard $SLURM_ARRAY_TASK_ID/8
  nir sweep merge out --output tables                 when all are done

A plan (TOML) names graphs, sets, platforms and choices; each is run with each. DIR receives a line for each task
in *rows.jsonl, and table.csv and table.json as soon as all tasks have one. A second start does what is missing.
A plan that is called merge is ./merge."
)]
pub(crate) struct SweepArgs {
    #[command(subcommand)]
    pub(crate) verb: Option<SweepVerb>,
    /// The plan: .toml or .json
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub(crate) plan: Option<PathBuf>,
    /// A folder for the rows and the table
    #[arg(long, value_name = "DIR", required = true, value_hint = ValueHint::DirPath)]
    pub(crate) output: Option<PathBuf>,
    /// Run every N-th task only, from the I-th on: one of N processes
    #[arg(long, value_name = "I/N", default_value = "1/1")]
    pub(crate) shard: Shard,
    /// Run tasks that failed once more
    #[arg(long)]
    pub(crate) retry_failed: bool,
    /// Say how many tasks there are and how many are done, and run none
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Tasks that run at a time; their number changes no result
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) threads: NonZeroUsize,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SweepVerb {
    /// Make one table of the rows in one or several folders
    Merge(MergeArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MergeArgs {
    /// Folders that `nir sweep` wrote
    #[arg(required = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folders: Vec<PathBuf>,
    /// A folder for table.csv and table.json
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

impl SweepArgs {
    /// The form of the result.
    pub(crate) fn format(&self) -> Format {
        match &self.verb {
            Some(SweepVerb::Merge(args)) => args.format.format,
            None => self.format.format,
        }
    }
}

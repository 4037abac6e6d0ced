//! Options of `nir explain`.

use clap::Args as ClapArgs;

use super::FormatArgs;
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  nir explain N204\n  nir explain            lists all codes")]
pub(crate) struct ExplainArgs {
    /// A code, for instance N204
    #[arg(value_parser = values::codes(), hide_possible_values = true)]
    pub(crate) code: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

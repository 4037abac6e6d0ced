//! Options of `nir platforms`.

use clap::Args as ClapArgs;

use super::FormatArgs;
use crate::values;

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

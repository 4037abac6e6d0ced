//! What a file may demand of this machine.

use clap::Args as ClapArgs;
use nirkit::io::{LimitError, Limits};
use nirkit::suggest::did_you_mean;

use crate::failure::Failure;

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

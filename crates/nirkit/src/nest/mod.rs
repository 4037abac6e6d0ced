//! Networks for NEST: what `nir lower --platform nest` hands over.
//!
//! The recordings that come back are read by [`Recorded`](crate::recording::Recorded).
//!
//! The network is the one that [`nest`](nirkit_platforms::simulator::nest) computes: layers of neurons with the parameters
//! of NEST, and every connection with its weight in mV or pA and its delay in ms, as arrays. The script that builds it
//! needs NEST and numpy, and is the same for all networks.

mod files;
mod network;

use nirkit_engine::clocked::semantics::connections;
use nirkit_ir::{Document, open};
use nirkit_numerics::Shortest;
use nirkit_platforms::{Choices as PlatformChoices, Platform, Profile};

use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::model::{self, admit, platform};
use crate::settle;
use crate::time_unit::{InSeconds, in_seconds};

pub use files::{Origin, write};
pub use network::{Bias, Block, Input, Network, Population, Values};

/// The name of the simulator that takes a network.
pub const NAME: &str = "nest";

/// A network for NEST, and under which choices.
#[derive(Debug)]
pub struct HandedOver {
    /// The network.
    pub network: Network,
    /// Every choice, and where it comes from.
    pub choices: Vec<Choice>,
    /// What has to be said: guesses, and what NEST computes otherwise than the graph.
    pub notes: Vec<String>,
}

/// Returns whether a platform is a simulator that takes a network.
#[must_use]
pub fn takes(title: &str) -> bool {
    matches!(platform(title), Ok(Platform::Simulator(profile)) if is_nest(profile))
}

fn is_nest(profile: &Profile) -> bool {
    profile.name == NAME
}

/// Makes the network of a graph for NEST.
///
/// ```
/// use nirkit::Choices;
/// use nirkit::nest::hand_over;
///
/// let graph = nirkit::read("../../examples/small.nir")?;
/// let handed = hand_over(&graph, "nest", &Choices::new().dt(1e-4))?;
/// assert_eq!(handed.network.populations[0].model, "iaf_psc_delta");
/// assert_eq!(handed.network.synapses(), 4 * 6 + 6 * 6 + 6 * 2);
/// # Ok::<(), nirkit::Error>(())
/// ```
///
/// # Errors
///
/// Everything for which NEST has no model, or no connection; a platform of another name; choices that do not fit.
pub fn hand_over(graph: &Document, title: &str, choices: &Choices) -> Result<HandedOver, Error> {
    let profile = match platform(title)? {
        Platform::Simulator(profile) if is_nest(profile) => profile,
        _ => {
            let error =
                Error::new(format!("`{title}` takes no network")).of_kind(ErrorKind::Choice);
            return Err(error.help(format!("give `{NAME}`")));
        }
    };
    choices.only(profile.name, &[])?;
    let InSeconds { document, unit, notes: said } = in_seconds(graph, choices)?;
    let (seen, facts, mut notes) =
        model::seen(&document, &[Platform::Simulator(profile)], &choices.limits)?;
    notes.extend(said);
    let open = open::open(&document);
    let step = settle::platform_step(profile, choices, &open)?;
    let asked = settle::asked_reset(choices, &open);
    let reset = asked.as_ref().map(|reset| reset.value);
    let of_platform = PlatformChoices { dt: step.value, reset, ..PlatformChoices::default() };
    notes.extend(admit(profile, &seen, &facts, &of_platform)?);
    let semantics = profile.semantics(&of_platform);
    let found = connections(&seen, &facts, &semantics)
        .map_err(|errors| Error::all(errors).of_kind(ErrorKind::Refused))?;
    let dt = step.value.unwrap_or_default();
    let network = Network::new(profile, (&seen, &facts), &found, dt)?;
    let mut settled = vec![
        Choice::new("platform", profile.title(), "given"),
        Choice::new("dt", Shortest(dt), step.source),
    ];
    notes.extend(step.note);
    settled.extend(unit);
    settled.push(model::reset_of_simulator(profile, (&seen, &facts), &of_platform, asked));
    Ok(HandedOver { network, choices: settled, notes })
}

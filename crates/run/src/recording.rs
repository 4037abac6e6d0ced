//! What a run is asked to record.

use std::fmt;
use std::str::FromStr;

use crate::choice::ChoiceError;

/// Something about a node that can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observable {
    /// The spikes that the node puts out; on a grid, their number in each step.
    Spikes,
    /// The voltage (the state of LI, I and CubaLI), after the reset.
    V,
    /// The synaptic current of CubaLIF and CubaLI.
    Isyn,
    /// The current of a second synapse, where hardware has one.
    Isyn2,
    /// The synaptic current under the name that some hardware gives it.
    U,
    /// What a node that does not spike puts out in each step; of a simulator, what the package returns.
    Output,
}

impl Observable {
    /// Everything that can be recorded.
    pub const ALL: [Self; 6] =
        [Self::Spikes, Self::V, Self::Isyn, Self::Isyn2, Self::U, Self::Output];
}

impl fmt::Display for Observable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spikes => "spikes",
            Self::V => "v",
            Self::Isyn => "isyn",
            Self::Isyn2 => "isyn2",
            Self::U => "u",
            Self::Output => "output",
        })
    }
}

impl FromStr for Observable {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|observable| observable.to_string() == text).ok_or_else(|| {
            ChoiceError::new("observable", text, "`spikes`, `v`, `isyn`, `isyn2`, `u` or `output`")
        })
    }
}

/// One thing to record: an observable of a node, by the node's full name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// Full name of the node, `outer.inner` for nested ones.
    pub node: String,
    /// What to record of it.
    pub observable: Observable,
}

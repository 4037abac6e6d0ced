//! What is left open by a program.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// What is left open by a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerilogOptions {
    /// Bits of a number that enters: two's complement, 2 to 64.
    pub input_bits: u32,
    /// The probes that the stream that leaves has, in this order; all of them if there is none.
    pub outputs: Vec<String>,
    /// What the streams have.
    pub ports: Ports,
    /// Products that a matrix or a convolution adds in a cycle, and neurons that pass a cell: 1 to 64.
    pub lanes: usize,
}

impl Default for VerilogOptions {
    fn default() -> Self {
        Self { input_bits: 8, outputs: Vec::new(), ports: Ports::Dense, lanes: 1 }
    }
}

/// What the streams of a design have.
///
/// ```
/// use nirkit_codegen::Ports;
///
/// assert_eq!("aer".parse(), Ok(Ports::Aer));
/// assert_eq!(Ports::default().to_string(), "dense");
/// let error = "axi".parse::<Ports>().unwrap_err().to_string();
/// assert_eq!(error, "there are no ports `axi`: give one of dense, aer");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ports {
    /// The number of every element, in order.
    #[default]
    Dense,
    /// Address events: the addresses of elements that have a spike, and a beat that ends the list.
    Aer,
}

impl Ports {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Dense, Self::Aer];

    /// Returns the name, as options have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dense => "dense",
            Self::Aer => "aer",
        }
    }

    /// Returns what the streams have, in a few words.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Dense => "the number of every element",
            Self::Aer => "address events: the addresses of elements with spikes",
        }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no ports have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are no ports `{name}`: give one of {}", Ports::ALL.map(Ports::name).join(", "))]
pub struct UnknownPorts {
    /// The name.
    pub name: String,
}

impl FromStr for Ports {
    type Err = UnknownPorts;

    fn from_str(name: &str) -> Result<Self, UnknownPorts> {
        let found = Self::ALL.into_iter().find(|ports| ports.name() == name);
        found.ok_or_else(|| UnknownPorts { name: name.to_owned() })
    }
}

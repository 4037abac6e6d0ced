//! What a spike sets off: how many synapses it reaches, and what a processor without events would
//! compute instead.

use nirkit_engine::integer::{Map, Network, Projection, Source};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// A bundle of synapses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Name of the input or population whose spikes it carries.
    pub source: String,
    /// Name of the population that it leads to.
    pub target: String,
    /// Synapses that a spike of each channel of the source reaches.
    pub fan_out: Vec<usize>,
    /// Multiplications and additions of a step when nothing is left out.
    pub macs: usize,
    /// Steps after which a spike arrives.
    pub delay: usize,
    /// More spikes of a channel in a step than this are not seen.
    pub limit: Option<i64>,
}

impl Connection {
    /// Synapses in all; a weight that is used at several places counts each time.
    #[must_use]
    pub fn synapses(&self) -> usize {
        self.fan_out.iter().sum()
    }
}

/// What a reader wants to know of it: the number of synapses and not each channel's.
impl Serialize for Connection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Connection", 4)?;
        row.serialize_field("source", &self.source)?;
        row.serialize_field("target", &self.target)?;
        row.serialize_field("synapses", &self.synapses())?;
        row.serialize_field("macs", &self.macs)?;
        row.end()
    }
}

/// The connections of a network of integers.
#[must_use]
pub fn connections(network: &Network) -> Vec<Connection> {
    let of = |projection: &Projection| {
        let source = match projection.source {
            Source::Input(at) => network.inputs[at].name.clone(),
            Source::Population(at) => network.populations[at].name.clone(),
        };
        let target = &network.populations[projection.target].name;
        let Projection { maps, delay, limit, .. } = projection;
        Connection { limit: *limit, ..connection(&source, target, maps, *delay) }
    };
    network.projections.iter().map(of).collect()
}

/// The connection of a chain of maps, through which spikes arrive after so many steps.
#[must_use]
pub fn connection(source: &str, target: &str, maps: &[Map], delay: usize) -> Connection {
    let (source, target) = (source.to_owned(), target.to_owned());
    let (fan_out, macs) = (fan_out(maps), maps.iter().map(macs).sum());
    Connection { source, target, fan_out, macs, delay, limit: None }
}

/// Synapses that each source reaches through a chain of maps.
fn fan_out(maps: &[Map]) -> Vec<usize> {
    let Some((first, rest)) = maps.split_first() else { return Vec::new() };
    let beyond = (!rest.is_empty()).then(|| fan_out(rest));
    let reach = |source: usize| {
        let mut reached = 0;
        first.visit(source, |target, _| {
            reached += beyond.as_ref().map_or(1, |beyond| beyond[target]);
        });
        reached
    };
    (0..first.sources()).map(reach).collect()
}

/// Multiplications and additions of a map when nothing is left out.
fn macs(map: &Map) -> usize {
    match map {
        Map::Matrix(_) => map.sources() * map.targets(),
        Map::Window { window, .. } => {
            let seen = window.channels_in / window.groups * window.kernel.iter().product::<usize>();
            map.targets() * seen
        }
    }
}

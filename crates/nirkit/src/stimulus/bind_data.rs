//! NIRData matched with the Inputs of a graph.

use nirkit_io::data::{GraphData, Member, NodeData, Observable};

use super::bind::Binder;
use crate::error::Error;

/// The time step that data were recorded with, in seconds: of an Input of this name, or of the first that has one.
pub(super) fn step(data: &GraphData, node: Option<&str>) -> Option<f64> {
    let members = data.nodes.iter().filter(|(name, _)| node.is_none_or(|node| node == *name));
    members.into_iter().find_map(|(_, member)| match member {
        Member::Node(data) => match entering(data).ok()? {
            (_, Observable::Gridded(grid)) => Some(grid.dt),
            (_, Observable::Events(_)) => None,
        },
        Member::Graph(_) => None,
    })
}

/// The observable of a node that is a stimulus, with its name: its spikes, or the only one. The names, where that says
/// none.
fn entering(data: &NodeData) -> Result<(&str, &Observable), Vec<&str>> {
    let names: Vec<&str> = data.observables.keys().map(String::as_str).collect();
    let only = if names.len() == 1 { names.first().copied() } else { None };
    let name = names.iter().copied().find(|name| *name == "spikes").or(only);
    let found = name.and_then(|name| Some((name, data.observables.get(name)?)));
    found.ok_or(names)
}

/// Nodes that are named in one message.
const MOST_NAMES: usize = 10;

impl Binder<'_> {
    /// Takes the data of all Inputs that it names, or of one of them.
    pub(super) fn add_data(&mut self, node: Option<&str>, data: &GraphData) -> Result<(), Error> {
        let unread = data.unread.iter();
        let unread = unread.map(|place| format!("not read: {place}, which NIRData does not have"));
        self.bound.told.extend(unread);
        let mut taken = 0;
        let mut others = Vec::new();
        for (name, member) in &data.nodes {
            let is_input = self.inputs.iter().any(|(input, _)| input == name);
            if !is_input {
                others.push(format!("`{name}`"));
            }
            if let (Member::Node(data), true) = (member, is_input && node.is_none_or(|n| n == name))
            {
                let (name, shape) = self.input(Some(name))?;
                let (which, observable) = match entering(data) {
                    Ok(found) => found,
                    Err(none) if none.is_empty() => {
                        self.bound.told.push(format!(
                            "the data hold no observable of `{name}`, so that nothing enters it"
                        ));
                        continue;
                    }
                    Err(several) => {
                        let message = format!(
                            "the data hold several observables of `{name}` ({}), and none is `spikes`",
                            several.join(", ")
                        );
                        return Err(Error::new(message).help("keep the one that enters"));
                    }
                };
                if data.observables.len() > 1 {
                    let others = data.observables.keys().filter(|other| *other != which);
                    let others: Vec<&str> = others.map(String::as_str).collect();
                    let others = others.join(", ");
                    self.bound.told.push(format!(
                        "the data hold several observables of `{name}`: {which} enters, {others} does not"
                    ));
                }
                match observable {
                    Observable::Gridded(data) => self.add_grid(&name, &shape, data)?,
                    Observable::Events(data) => self.add_events(&name, &shape, data)?,
                }
                taken += 1;
            }
        }
        if taken == 0 {
            let nodes: Vec<&str> = data.nodes.keys().map(String::as_str).collect();
            let inputs: Vec<&str> = self.inputs.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!("no node of the data ({}) is an Input", nodes.join(", "));
            return Err(Error::new(message).help(format!("the Inputs are {}", inputs.join(", "))));
        }
        if node.is_none() && !others.is_empty() {
            let more = others.len().saturating_sub(MOST_NAMES);
            others.truncate(MOST_NAMES);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            self.bound.told.push(format!(
                "nodes of the data that are no Input of the graph do not enter: {}{more}",
                others.join(", ")
            ));
        }
        Ok(())
    }
}

//! The graph without nodes that only the equations have: Threshold and Delay.

use nirkit_engine::clocked::semantics::{Semantics, Time};
use nirkit_ir::valid::validate_within;
use nirkit_ir::{Facts, Graph, Limits};
use nirkit_platforms::adapt::{Change, Delays, thresholds_as_neurons, without_delays};

use crate::error::{Error, ErrorKind};

/// A graph that the reference runs, and what was done for it.
pub(super) struct Prepared {
    pub(super) graph: Graph,
    pub(super) facts: Facts,
    pub(super) changes: Vec<Change>,
    pub(super) delays: Delays,
}

/// Expresses Thresholds by neurons and takes Delays out, where the reference is the equations on a grid. A simulator as the
/// reference makes of both what it makes of them.
pub(super) fn prepared(
    mut graph: Graph,
    mut facts: Facts,
    reference: &Semantics,
    limits: &Limits,
) -> Result<Prepared, Error> {
    let Time::Step(dt) = reference.time else {
        return Ok(Prepared { graph, facts, changes: Vec::new(), delays: Delays::default() });
    };
    let sound = |graph: &Graph| {
        let facts = validate_within(graph, limits).facts;
        facts.ok_or_else(|| {
            Error::new("the graph is not sound any more").of_kind(ErrorKind::Internal)
        })
    };
    let mut changes = thresholds_as_neurons(&mut graph, &facts, dt);
    if !changes.is_empty() {
        facts = sound(&graph)?;
    }
    let delays = without_delays(&mut graph, &facts, dt).map_err(|reasons| {
        let errors = reasons
            .into_iter()
            .map(|reason| Error::new(reason.what).of_kind(ErrorKind::Refused).help(reason.instead));
        Error::several(errors.collect::<Vec<_>>())
    })?;
    if !delays.is_empty() {
        facts = sound(&graph)?;
    }
    changes.extend(delays.changes.iter().cloned());
    Ok(Prepared { graph, facts, changes, delays })
}

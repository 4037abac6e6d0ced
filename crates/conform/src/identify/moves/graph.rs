//! The moves of what lies between neurons: maps, execution, kinds.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use nirkit_engine::clocked::Feedback;
use nirkit_engine::clocked::semantics::{
    Axes, Blocks, Dilation, Later, OpenEnd, Order, Pool, PoolPadding, UnknownNodePolicy,
};

use super::{Move, Moves};

/// The moves of maps without a state.
pub(in crate::identify) fn maps() -> Vec<Move> {
    let mut moves = Moves::default();
    for bias in [true, false] {
        moves.add("maps.convolution_bias", bias, move |c| c.semantics.maps.convolution_bias = bias);
    }
    for pool in [Pool::Sum, Pool::MeanTimesArea] {
        moves.add("maps.pool", format!("{pool:?}"), move |c| c.semantics.maps.pool = pool);
    }
    for padding in [PoolPadding::Zeros, PoolPadding::Ignored, PoolPadding::Same] {
        moves.add("maps.pool_padding", format!("{padding:?}"), move |c| {
            c.semantics.maps.pool_padding = padding;
        });
    }
    for dilation in [Dilation::Spread, Dilation::Ignored] {
        moves.add("maps.dilation", format!("{dilation:?}"), move |c| {
            c.semantics.maps.dilation = dilation;
        });
    }
    for axes in [Axes::ChannelsFirst, Axes::ChannelsLast] {
        moves.add("maps.flatten", format!("{axes:?}"), move |c| c.semantics.maps.flatten = axes);
    }
    moves.0
}

/// The moves of how a graph is run.
pub(in crate::identify) fn execution() -> Vec<Move> {
    let mut moves = Moves::default();
    for bias in [true, false] {
        moves.add("maps.recurrent_bias", bias, move |c| c.semantics.maps.recurrent_bias = bias);
    }
    moves.add("maps.recurrent_grid", "none", move |c| c.semantics.maps.recurrent_grid = None);
    let orders =
        [Order::DepthFirst, Order::Deferred, Order::Chain(OpenEnd::Ends), Order::SourcesFirst];
    for order in orders {
        moves.add("execution.order", format!("{order:?}"), move |c| {
            c.semantics.execution.order = order;
        });
    }
    let laters = [Later::Before(Feedback::Rest), Later::Before(Feedback::Absent), Later::Never];
    for later in laters {
        moves.add("execution.later", format!("{later:?}"), move |c| {
            c.semantics.execution.later = later;
        });
    }
    let mut blocks = Vec::new();
    for profile in nirkit::platforms::version::all() {
        let own = profile.semantics.execution.blocks;
        if !blocks.contains(&own) {
            blocks.push(own);
        }
    }
    for own in blocks {
        let name = if own == Blocks::Walked { "walked" } else { "cell" };
        moves.add("execution.blocks", name, move |c| c.semantics.execution.blocks = own);
    }
    for wraps in [false, true] {
        moves.add("execution.wraps_cycles", wraps, move |c| {
            c.semantics.execution.wraps_cycles = wraps;
        });
    }
    moves.0
}

/// The moves of the kinds that are known.
pub(in crate::identify) fn kinds(all: &[&'static str]) -> Vec<Move> {
    let mut moves = Moves::default();
    for &kind in all {
        for is_known in [true, false] {
            moves.add(&format!("unknown.known.{kind}"), is_known, move |c| {
                c.semantics.unknown.known = with_kind(c.semantics.unknown.known, kind, is_known);
            });
        }
    }
    for policy in [UnknownNodePolicy::Refused, UnknownNodePolicy::Cut, UnknownNodePolicy::Bypassed]
    {
        moves.add("unknown.policy", format!("{policy:?}"), move |c| {
            c.semantics.unknown.policy = policy;
        });
    }
    moves.0
}

/// The list with a kind, or without it. A list is kept for as long as the program runs, once.
pub(in crate::identify) fn with_kind(
    known: &'static [&'static str],
    kind: &'static str,
    is_known: bool,
) -> &'static [&'static str] {
    static LISTS: OnceLock<Mutex<BTreeMap<Vec<&'static str>, &'static [&'static str]>>> =
        OnceLock::new();
    if known.contains(&kind) == is_known {
        return known;
    }
    let mut list: Vec<&'static str> =
        known.iter().copied().filter(|other| *other != kind).collect();
    list.extend(Some(kind).filter(|_| is_known));
    list.sort_unstable();
    let mut lists =
        LISTS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    lists.entry(list.clone()).or_insert_with(|| Box::leak(list.into_boxed_slice()))
}

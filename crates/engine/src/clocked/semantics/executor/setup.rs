//! What an executor is made of before a run: the size of a block, a table for each signal, and what each node sees.

use std::sync::Arc;

use nirkit_run::recording::Observable;

use super::super::cells::Traces;
use super::super::import;
use super::super::program::{Kind, Net, PlannedNode, Subject};
use super::super::rule::FanIn;
use super::super::signals::{Signals, is_read_from_output};
use super::super::state::State;
use super::super::values::Later;
use super::BlockExecutor;
use crate::clocked::drive::Scratch;
use crate::clocked::option::Feedback;
use crate::clocked::real::Real;
use crate::clocked::time_block::{self, BufferPool, InputRef, PassScratch, Plan, Table};

/// How much of a run is taken at once.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Size {
    /// Rows of a block: steps times samples.
    pub(in super::super) rows: usize,
    /// The most samples that are interleaved.
    pub(in super::super) batch_interleave: usize,
}

impl Size {
    /// What fits the caches with rows and weights of so many bytes.
    fn fitting(row_bytes: usize, weight_bytes: usize) -> Self {
        /// Samples of which the processor can take each in the time that another one waits.
        const MOST: usize = 8;
        /// Fewer steps at once are not worth it.
        const LEAST: usize = 32;
        /// Rows of several samples lie apart, which is slow where they come from further away.
        const NEAR: usize = 512 << 10;
        let rows = time_block::block(row_bytes, weight_bytes);
        let near = rows.min(NEAR / row_bytes.max(1));
        Self { rows, batch_interleave: (near / LEAST).clamp(1, MOST) }
    }
}

impl<T: Real> BlockExecutor<T> {
    /// Returns an executor whose blocks fit the caches.
    pub(in super::super) fn new(net: &Arc<Net<T>>, subjects: &[&Subject]) -> Self {
        let signals = Signals::new(net, subjects);
        let plans = signals.plans.iter().copied().chain(traces(subjects));
        let row = plans.map(Plan::row_bytes::<T>).sum();
        let shared = net.stages.iter().filter(|stage| !stage.stepped);
        let planned_nodes =
            shared.flat_map(|stage| &stage.members).map(|&at| &net.planned_nodes[at]);
        let weights = planned_nodes.map(|planned_node| planned_node.kind.bytes()).sum();
        Self::with_size(net, subjects, Size::fitting(row, weights))
    }

    /// How much is taken at once.
    pub(in super::super) fn size(&self) -> Size {
        self.size
    }

    /// Changes how much is taken at once.
    pub(in super::super) fn resize(&mut self, size: Size, subjects: &[&Subject]) {
        *self = Self::with_size(&self.net, subjects, size);
    }

    fn with_size(net: &Arc<Net<T>>, subjects: &[&Subject], size: Size) -> Self {
        let signals = Signals::new(net, subjects);
        let plans = signals.plans.iter().copied().chain(traces(subjects));
        let (mut buffer_pool, mut tables) =
            BufferPool::new(plans, size.rows + size.batch_interleave);
        let kept = tables.split_off(net.rest.len());
        for (leaf, &other) in signals.alias_of.iter().enumerate() {
            tables[leaf] = tables[other];
        }
        let mut traces = vec![Traces::default(); net.planned_nodes.len()];
        let mut reads = Vec::new();
        for (subject, table) in subjects.iter().zip(kept) {
            let at =
                net.planned_nodes.iter().position(|planned_node| planned_node.leaf == subject.leaf);
            let trace =
                at.and_then(|at| traced_by(&net.planned_nodes[at], subject, &mut traces[at]));
            reads.push(match trace {
                Some(trace) => *trace.get_or_insert(table),
                None => tables[subject.leaf],
            });
        }
        for planned_node in &net.planned_nodes {
            if let Kind::Layer(layer) = &planned_node.kind {
                buffer_pool.set_uniform_value(tables[planned_node.leaf], layer.uniform_height());
            }
        }
        let seen =
            net.planned_nodes.iter().map(|planned_node| seen(planned_node, &tables)).collect();
        let mut feeds = vec![false; net.planned_nodes.len()];
        signals.fused_source.iter().flatten().for_each(|&source| feeds[source] = true);
        Self {
            states: vec![vec![State::None; size.batch_interleave]; net.planned_nodes.len()],
            net: Arc::clone(net),
            size,
            batch_interleave: 1,
            buffer_pool,
            tables,
            asked_for: signals.asked_for,
            passed_on: signals.alias_of.iter().enumerate().map(|(a, &b)| a != b).collect(),
            seen,
            traces,
            fused_source: signals.fused_source,
            feeds,
            reads,
            pass_scratch: PassScratch::default(),
            scratch: Scratch::default(),
        }
    }
}

/// A table for each subject that is no signal.
fn traces(subjects: &[&Subject]) -> impl Iterator<Item = Plan> {
    subjects.iter().map(|subject| Plan::numbers(subject.shape.iter().product()))
}

/// The trace that a subject needs; `None` for what a leaf puts out.
fn traced_by<'t, T: Real>(
    planned_node: &PlannedNode<T>,
    subject: &Subject,
    traces: &'t mut Traces,
) -> Option<&'t mut Option<Table>> {
    match (&planned_node.kind, subject.request.observable) {
        _ if is_read_from_output(planned_node, subject) => None,
        (Kind::Layer(_), Observable::Spikes) => Some(&mut traces.spikes),
        (Kind::Layer(_) | Kind::Fixed(_), Observable::Isyn) => Some(&mut traces.isyn),
        (Kind::Layer(_) | Kind::Fixed(_), Observable::V) => Some(&mut traces.v),
        _ => None,
    }
}

/// What a planned node sees in the first step and in later ones. Sources that do not join stand in their
/// order, those in a cycle with it last.
fn seen<T: Real>(planned_node: &PlannedNode<T>, tables: &[Table]) -> [Vec<InputRef>; 2] {
    let one_by_one = match &planned_node.kind {
        Kind::Layer(layer) => layer.fan_in() == FanIn::OneByOne,
        Kind::Fixed(_) => true,
        Kind::Entry(_) | Kind::Map(_) => false,
    };
    let mut input_refs: Vec<&import::InputRef> = planned_node.input_refs.iter().collect();
    if one_by_one {
        input_refs.sort_by_key(|input_ref| input_ref.closes_cycle);
    }
    let input_ref = |input_ref: &import::InputRef, is_first: bool| {
        let delay_steps = match input_ref.later {
            None => 0,
            Some(Later::Before(Feedback::Absent)) if is_first => return None,
            Some(Later::Before(_)) => 1,
            Some(Later::Never) => return None,
        };
        Some(InputRef { table: tables[input_ref.source], delay_steps })
    };
    [true, false]
        .map(|is_first| input_refs.iter().filter_map(|&at| input_ref(at, is_first)).collect())
}

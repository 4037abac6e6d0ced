//! Halls: what a player needs while it plays, blocks of steps leaf by leaf (see
//! [`sweep`](super::super::sweep)).

use std::sync::Arc;

use nirkit_numerics::{Tensor, TensorError};
use pulp::{Simd, WithSimd};

use super::super::chunk::vectorized;
use super::super::drive::{Sketch, Track};
use super::super::option::Feedback;
use super::super::real::Real;
use super::super::sweep::{self, Arena, Pass, Plan, Room, Stage, Table, Tap, gather_row};
use super::cells::{Part, Sweep, Traces};
use super::fixed::FixedState;
use super::layer::LayerState;
use super::order;
use super::program::{Kind, Net, Station, Subject};
use super::rule::FanIn;
use super::signals::{Signals, is_read_from_marks};
use super::values::Later;
use crate::recording::Observable;

/// Everything that changes while a stimulus is played.
#[derive(Clone, Debug)]
pub(super) struct Hall<T> {
    net: Arc<Net<T>>,
    /// Most steps in a block.
    block: usize,
    arena: Arena<T>,
    /// What each leaf puts out.
    tables: Vec<Table>,
    /// Whether what a leaf puts out stands in the table of its source.
    passed_on: Vec<bool>,
    /// Whether anybody asks for the numbers of a leaf and not for its events.
    asked_for: Vec<bool>,
    /// What each station sees, in the first step and later.
    seen: Vec<[Vec<Tap>; 2]>,
    states: Vec<State<T>>,
    traces: Vec<Traces>,
    /// Where each subject is read.
    reads: Vec<Table>,
    room: Room<T>,
    sketch: Sketch,
}

/// What changes in a station.
#[derive(Clone, Debug)]
enum State<T> {
    None,
    Layer(LayerState<T>),
    Fixed(FixedState),
}

impl<T: Real> Hall<T> {
    pub(super) fn new(net: &Arc<Net<T>>, subjects: &[&Subject]) -> Self {
        let signals = Signals::new(net, subjects);
        let plans = signals.plans.iter().copied().chain(traces(subjects));
        let row = plans.map(Plan::row_bytes::<T>).sum();
        let shared = net.stages.iter().filter(|stage| !stage.stepped);
        let stations = shared.flat_map(|stage| &stage.members).map(|&at| &net.stations[at]);
        let weights = stations.map(|station| station.kind.bytes()).sum();
        Self::with_block(net, subjects, sweep::block(row, weights))
    }

    pub(super) fn set_block(&mut self, steps: usize, subjects: &[&Subject]) {
        *self = Self::with_block(&self.net, subjects, steps.max(1));
    }

    fn with_block(net: &Arc<Net<T>>, subjects: &[&Subject], block: usize) -> Self {
        let signals = Signals::new(net, subjects);
        let plans = signals.plans.iter().copied().chain(traces(subjects));
        let (mut arena, mut tables) = Arena::new(plans, block + 1);
        let kept = tables.split_off(net.rest.len());
        for (leaf, &other) in signals.stands_in.iter().enumerate() {
            tables[leaf] = tables[other];
        }
        let mut traces = vec![Traces::default(); net.stations.len()];
        let mut reads = Vec::new();
        for (subject, table) in subjects.iter().zip(kept) {
            let at = net.stations.iter().position(|station| station.leaf == subject.leaf);
            let trace = at.and_then(|at| traced_by(&net.stations[at], subject, &mut traces[at]));
            reads.push(match trace {
                Some(trace) => *trace.get_or_insert(table),
                None => tables[subject.leaf],
            });
        }
        for station in &net.stations {
            if let Kind::Layer(layer) = &station.kind {
                arena.set_height(tables[station.leaf], layer.uniform_height());
            }
        }
        let seen = net.stations.iter().map(|station| seen(station, &tables)).collect();
        Self {
            states: vec![State::None; net.stations.len()],
            net: Arc::clone(net),
            block,
            arena,
            tables,
            asked_for: signals.asked_for,
            passed_on: signals.stands_in.iter().enumerate().map(|(a, &b)| a != b).collect(),
            seen,
            traces,
            reads,
            room: Room::default(),
            sketch: Sketch::default(),
        }
    }

    pub(super) fn play(
        &mut self,
        tracks: &[Track<'_>],
        steps: usize,
        subjects: &[&Subject],
    ) -> Result<Vec<Tensor>, TensorError> {
        self.start();
        let net = Arc::clone(&self.net);
        let channels = |subject: &&Subject| subject.shape.iter().product::<usize>();
        let zeros = |subject| vec![T::ZERO; channels(subject).saturating_mul(steps)];
        let mut samples: Vec<Vec<T>> = subjects.iter().map(zeros).collect();
        for first in (0..steps).step_by(self.block) {
            let count = self.block.min(steps - first);
            self.enter(&net, tracks, first, count);
            for stage in &net.stages {
                self.run(&net, stage, first == 0, count);
            }
            for (&table, samples) in self.reads.iter().zip(&mut samples) {
                let rows = samples[first * table.width..].chunks_exact_mut(table.width.max(1));
                for (row, sample) in (1..=count).zip(rows) {
                    self.arena.read(table, row, sample);
                }
            }
            for (&table, _) in self.tables.iter().zip(&net.history).filter(|(_, needed)| **needed) {
                self.arena.copy_row(table, count, 0);
            }
        }
        let tensor = |(subject, samples): (&&Subject, Vec<T>)| {
            Tensor::new(&[&[steps], subject.shape.as_slice()].concat(), samples)
        };
        subjects.iter().zip(samples).map(tensor).collect()
    }

    /// Goes back to the start.
    fn start(&mut self) {
        for (&table, rest) in self.tables.iter().zip(&self.net.rest) {
            self.arena.write(table, 0, rest);
        }
        for (station, state) in self.net.stations.iter().zip(&mut self.states) {
            match &station.kind {
                Kind::Entry(_) | Kind::Map(_) => {}
                Kind::Layer(layer) => {
                    if !matches!(state, State::Layer(_)) {
                        *state = State::Layer(LayerState::default());
                    }
                    if let State::Layer(state) = state {
                        layer.restart(state);
                    }
                }
                Kind::Fixed(layer) => *state = State::Fixed(layer.start()),
            }
        }
    }

    /// Writes what the stimulus puts into the Inputs.
    fn enter(&mut self, net: &Net<T>, tracks: &[Track<'_>], first: usize, count: usize) {
        for station in &net.stations {
            let Kind::Entry(input) = station.kind else { continue };
            let (table, track) = (self.tables[station.leaf], tracks.get(input));
            if first == 0 {
                let is_flat = track.is_none_or(Track::is_flat);
                self.arena.set_height(table, is_flat.then_some(T::ONE));
            }
            for row in 1..=count {
                let marks = track.and_then(|track| track.marks(first + row - 1));
                if let Some(marks) = marks {
                    self.arena.write_marks(table, row, marks);
                }
                if marks.is_some() && !self.asked_for[station.leaf] {
                    continue;
                }
                let frame = self.arena.row_mut(table, row);
                match track {
                    Some(track) => track.joined(first + row - 1, frame, &mut self.sketch),
                    None => frame.fill(T::ZERO),
                }
            }
            if track.is_some_and(Track::is_flat) {
                continue;
            }
            self.arena.mark_rows(table, 1..count + 1);
        }
    }

    /// Runs a stage over a block.
    fn run(&mut self, net: &Net<T>, stage: &Stage, is_first: bool, count: usize) {
        // In the first step some sources are not seen yet.
        let from = 1 + usize::from(is_first);
        if stage.stepped {
            return vectorized(Steps { hall: self, net, stage, is_first, count });
        }
        for &at in &stage.members {
            let [first, later] = &self.seen[at];
            if first == later {
                self.turn(&net.stations[at], at, 1, 1..count + 1, Part::Both);
                continue;
            }
            if is_first {
                self.turn(&net.stations[at], at, 0, 1..2, Part::Both);
            }
            if from <= count {
                self.turn(&net.stations[at], at, 1, from..count + 1, Part::Both);
            }
        }
    }

    /// A station's turn in some steps.
    fn turn(
        &mut self,
        station: &Station<T>,
        at: usize,
        seen: usize,
        rows: std::ops::Range<usize>,
        part: Part,
    ) {
        let out = self.tables[station.leaf];
        if self.passed_on[station.leaf] {
            return;
        }
        let taps = self.seen[at][seen].as_slice();
        match (&station.kind, &mut self.states[at]) {
            (Kind::Map(map), _) => map.sweep(&mut Pass {
                arena: &mut self.arena,
                taps,
                inputs: station.inputs,
                truth: false,
                out,
                rows,
                room: &mut self.room,
            }),
            (Kind::Layer(layer), State::Layer(state)) => {
                let (arena, traces) = (&mut self.arena, self.traces[at]);
                Sweep { layer, state, arena, taps, out, traces, rows, part }.run();
            }
            (Kind::Fixed(layer), State::Fixed(state)) => {
                let Room { input, other, .. } = &mut self.room;
                for row in rows {
                    input.clear();
                    for tap in taps {
                        gather_row(&self.arena, std::slice::from_ref(tap), row, out.width, other);
                        input.extend_from_slice(other);
                    }
                    if taps.is_empty() {
                        input.resize(out.width, T::ZERO);
                    }
                    let inputs = input.chunks_exact(out.width.max(1));
                    layer.step(state, &inputs, self.arena.row_mut(out, row));
                    if let Some(trace) = self.traces[at].v {
                        let trace = self.arena.row_mut(trace, row);
                        for (to, &v) in trace.iter_mut().zip(&state.v) {
                            *to = T::round(f64::from(v));
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// A stage that has to be stepped, over a block.
struct Steps<'a, T> {
    hall: &'a mut Hall<T>,
    net: &'a Net<T>,
    stage: &'a Stage,
    is_first: bool,
    count: usize,
}

impl<T: Real> WithSimd for Steps<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { hall, net, stage, is_first, count } = self;
        let (ahead, others): (Vec<usize>, Vec<usize>) =
            stage.members.iter().partition(|&&at| net.stations[at].kind.runs_ahead());
        let part = |part| move |&at: &usize| (at, part);
        let turns: Vec<(usize, Part)> = (ahead.iter().map(part(Part::Emit)))
            .chain(others.iter().map(part(Part::Both)))
            .chain(ahead.iter().map(part(Part::Take)))
            .collect();
        for row in 1..=count {
            let seen = usize::from(!is_first || row > 1);
            for &(at, part) in &turns {
                hall.step(simd, &net.stations[at], at, seen, row, part);
            }
        }
    }
}

impl<T: Real> Hall<T> {
    /// [`turn`](Self::turn) in a single step, as a part of an operation that is compiled for a vector
    /// unit.
    #[inline(always)]
    fn step<S: Simd>(
        &mut self,
        simd: S,
        station: &Station<T>,
        at: usize,
        seen: usize,
        row: usize,
        part: Part,
    ) {
        let (out, rows) = (self.tables[station.leaf], row..row + 1);
        let taps = self.seen[at][seen].as_slice();
        match (&station.kind, &mut self.states[at]) {
            (Kind::Map(map), _) if map.step_marked(&mut self.arena, taps, out, row) => {}
            (Kind::Layer(layer), State::Layer(state)) => {
                let (arena, traces) = (&mut self.arena, self.traces[at]);
                Sweep { layer, state, arena, taps, out, traces, rows, part }.with_simd(simd);
            }
            _ => self.turn(station, at, seen, rows, part),
        }
    }
}

/// A table for each subject that is no signal.
fn traces(subjects: &[&Subject]) -> impl Iterator<Item = Plan> {
    subjects.iter().map(|subject| Plan::numbers(subject.shape.iter().product()))
}

/// The trace that a subject needs; `None` for what a leaf puts out.
fn traced_by<'t, T: Real>(
    station: &Station<T>,
    subject: &Subject,
    traces: &'t mut Traces,
) -> Option<&'t mut Option<Table>> {
    match (&station.kind, subject.request.observable) {
        _ if is_read_from_marks(station, subject) => None,
        (Kind::Layer(_), Observable::Spikes) => Some(&mut traces.spikes),
        (Kind::Layer(_), Observable::Isyn) => Some(&mut traces.isyn),
        (Kind::Layer(_) | Kind::Fixed(_), Observable::V) => Some(&mut traces.v),
        _ => None,
    }
}

/// What a station sees in the first step and in later ones. Sources that do not join stand in their
/// order, those in a cycle with it last.
fn seen<T: Real>(station: &Station<T>, tables: &[Table]) -> [Vec<Tap>; 2] {
    let one_by_one = match &station.kind {
        Kind::Layer(layer) => layer.fan_in() == FanIn::OneByOne,
        Kind::Fixed(_) => true,
        Kind::Entry(_) | Kind::Map(_) => false,
    };
    let mut taps: Vec<&order::Tap> = station.taps.iter().collect();
    if one_by_one {
        taps.sort_by_key(|tap| tap.closes_cycle);
    }
    let tap = |tap: &order::Tap, is_first: bool| {
        let late = match tap.later {
            None => 0,
            Some(Later::Before(Feedback::Absent)) if is_first => return None,
            Some(Later::Before(_)) => 1,
            Some(Later::Never) => return None,
        };
        Some(Tap { table: tables[tap.source], late })
    };
    [true, false].map(|is_first| taps.iter().filter_map(|&at| tap(at, is_first)).collect())
}

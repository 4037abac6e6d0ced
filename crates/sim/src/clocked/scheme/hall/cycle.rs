//! Cycles: stages whose steps have to be taken one by one.

use std::ops::{Range, RangeInclusive};

use pulp::{Simd, WithSimd};

use super::super::cells::{Echoing, Layers, Part};
use super::super::echo::Echo;
use super::super::program::{Kind, Net, Station};
use super::Hall;
use crate::clocked::chunk::{padded, vectorized};
use crate::clocked::real::Real;
use crate::clocked::sweep::Stage;

/// Some steps of a stage that has to be stepped.
struct Steps<'a, T> {
    hall: &'a mut Hall<T>,
    net: &'a Net<T>,
    turns: &'a [(usize, Part)],
    is_first: bool,
    range: RangeInclusive<usize>,
}

impl<T: Real> WithSimd for Steps<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { hall, net, turns, is_first, range } = self;
        for step in range {
            let seen = usize::from(!is_first || step > 1);
            let rows = step * hall.abreast..(step + 1) * hall.abreast;
            for &(at, part) in turns {
                hall.step(simd, &net.stations[at], at, seen, rows.clone(), part);
            }
        }
    }
}

impl<T: Real> Hall<T> {
    /// Runs a stage that has to be stepped over a block.
    pub(super) fn run_steps(&mut self, net: &Net<T>, stage: &Stage, is_first: bool, count: usize) {
        let (ahead, others): (Vec<usize>, Vec<usize>) =
            stage.members.iter().partition(|&&at| net.stations[at].kind.runs_ahead());
        let part = |part| move |&at: &usize| (at, part);
        let turns: Vec<(usize, Part)> = (ahead.iter().map(part(Part::Emit)))
            .chain(others.iter().map(part(Part::Both)))
            .chain(ahead.iter().map(part(Part::Take)))
            .collect();
        let turns = turns.as_slice();
        let mut from = 1;
        if is_first {
            // In the first step some sources are not seen yet.
            vectorized(Steps { hall: self, net, turns, is_first, range: 1..=1 });
            from = 2;
        }
        let rows = from * self.abreast..(count + 1) * self.abreast;
        if !rows.is_empty() && !self.echo(net, turns, rows) {
            vectorized(Steps { hall: self, net, turns, is_first, range: from..=count });
        }
    }

    /// All turns in some rows, if they are those of a layer that feeds itself through a narrow matrix;
    /// whether they are.
    fn echo(&mut self, net: &Net<T>, turns: &[(usize, Part)], rows: Range<usize>) -> bool {
        let is_map = |at: usize| matches!(net.stations[at].kind, Kind::Map(_));
        let (at, source, behind) = match *turns {
            [(map, Part::Both), (layer, Part::Both)] if is_map(map) => (layer, map, 0),
            [(layer, Part::Both), (map, Part::Both)] => (layer, map, self.abreast),
            [(layer, Part::Emit), (map, Part::Both), (_, Part::Take)] => (layer, map, 0),
            _ => return false,
        };
        let [station, matrix] = [at, source].map(|at| &net.stations[at]);
        let (Kind::Layer(layer), Kind::Map(map)) = (&station.kind, &matrix.kind) else {
            return false;
        };
        let seen = [source, at].map(|at| self.seen[at][1].as_slice());
        let [taps_back, taps] = seen;
        let is_plain = layer.is_plain() && self.traces[at].is_empty();
        if !(is_plain && map.is_narrow(&self.arena, taps_back)) {
            return false;
        }
        let (first, end, sums) = (rows.start, rows.end, self.tables[matrix.leaf]);
        let echo = Echo { map, taps: taps_back, out: sums, behind, first };
        let (states, arena) = (&mut self.states[at][..self.abreast], &mut self.arena);
        let out = self.tables[station.leaf];
        let has_run = vectorized(Echoing { layer, states, arena, taps, out, rows, echo });
        // Where the matrix comes after the layer, its last turn is left.
        has_run && map.step_marked(&mut self.arena, taps_back, sums, end - behind..end)
    }

    /// [`turn`](Self::turn) in a single step, as a part of an operation that is compiled for a vector
    /// unit.
    #[inline(always)]
    fn step<S: Simd>(
        &mut self,
        simd: S,
        station: &Station<T>,
        at: usize,
        seen: usize,
        rows: Range<usize>,
        part: Part,
    ) {
        let (out, taps) = (self.tables[station.leaf], self.seen[at][seen].as_slice());
        match &station.kind {
            Kind::Map(map) if map.step_marked(&mut self.arena, taps, out, rows.clone()) => {}
            Kind::Layer(layer) => {
                let states = &mut self.states[at][..self.abreast];
                let (arena, traces) = (&mut self.arena, self.traces[at]);
                let neurons = 0..padded(out.width);
                Layers { layer, states, arena, taps, out, traces, rows, neurons, part }
                    .with_simd(simd);
            }
            _ => self.turn(station, at, seen, rows, part),
        }
    }
}

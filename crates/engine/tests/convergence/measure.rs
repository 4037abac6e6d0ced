//! The distance between the ideal and a run on a grid, and the slope at which it shrinks.

use nirkit_engine::clocked::{self, Integrator};
use nirkit_exact as exact;
use nirkit_ir::{Facts, Graph, Primitive, validate};
use nirkit_numerics::math;
use nirkit_run::{Observable, Request, Reset, SpikeReading, Stimulus};

/// Grids that a slope is fitted through; the step halves from one to the next.
pub(crate) const LEVELS: u32 = 6;

/// Every so many steps of the coarsest grid, continuous states are compared ...
pub(crate) const PERIOD: usize = 4;

/// ... this many steps after its multiples, at which impulses may act.
const PHASE: usize = 3;

/// A run to be compared.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) graph: Graph,
    pub(crate) facts: Facts,
    pub(crate) stimulus: Stimulus,
    pub(crate) reset: Reset,
    pub(crate) reading: SpikeReading,
    /// Step of the coarsest grid in seconds, a power of two.
    pub(crate) coarse: f64,
    /// Length in steps of the coarsest grid.
    pub(crate) steps: usize,
    /// What is watched.
    pub(crate) watch: Request,
}

/// What is seen of a run, by channel.
#[derive(Clone, Debug)]
pub(crate) enum Seen {
    /// A continuous state at the instants of comparison.
    Values(Vec<Vec<f64>>),
    /// The times of the spikes in seconds.
    Spikes(Vec<Vec<f64>>),
}

impl Task {
    /// Step of the coarsest grid in seconds, unless a task has its own.
    pub(crate) const COARSE: f64 = 1.0 / 4096.0;

    /// A task for a graph in text form; what is watched is written `node.observable`.
    pub(crate) fn new(text: &str, stimulus: Stimulus, watch: &str) -> Self {
        let document = nirkit_ir::text::parse(text, &()).unwrap_or_else(|errors| {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("{}\n{text}", errors.join("\n"))
        });
        let Primitive::Graph(graph) = document.root.primitive else { panic!("no graph: {text}") };
        let validation = validate(&graph);
        let facts = validation.facts.unwrap_or_else(|| panic!("{:#?}", validation.findings));
        let (node, observable) = watch.rsplit_once('.').unwrap();
        let watch = Request { node: node.to_owned(), observable: observable.parse().unwrap() };
        let (reset, reading) = (Reset::default(), SpikeReading::Impulse { area: 1.0 });
        let (coarse, steps) = (Self::COARSE, 256);
        Self { graph, facts, stimulus, reset, reading, coarse, steps, watch }
    }

    /// Length in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.steps as f64 * self.coarse
    }

    /// What is seen in continuous time.
    pub(crate) fn ideal(&self) -> Seen {
        let (spike, reset) = (self.reading, self.reset);
        let options = exact::Options { spike, reset, ..exact::Options::default() };
        let program = exact::prepare(&self.graph, &self.facts, &options).unwrap();
        let Request { node, observable } = &self.watch;
        let at = program.find(node).unwrap();
        let times = (0..self.steps).filter(|step| step % PERIOD == PHASE);
        let times = times.map(|step| step as f64 * self.coarse).collect();
        let states = [*observable].into_iter().filter(|&o| o != Observable::Spikes);
        let mut recording = exact::Recording::sampling(times, states.map(|state| (at, state)));
        program.start(&self.stimulus).unwrap().advance(self.seconds(), &mut recording).unwrap();
        let channels = program.nodes().nth(at).unwrap().1.iter().product();
        if *observable != Observable::Spikes {
            let values = recording.traces.remove(0).values;
            return Seen::values(channels, values.into_iter());
        }
        Seen::spikes(channels, recording.spikes(at))
    }

    /// What is seen on a grid whose step is the coarsest halved `level` times.
    pub(crate) fn on_grid(&self, integrator: Integrator, level: u32) -> Seen {
        let fine = 1_usize << level;
        let dt = self.coarse / fine as f64;
        let (spike, reset) = (self.reading, self.reset);
        let options = clocked::Options { integrator, spike, reset, ..clocked::Options::new(dt) };
        let program = clocked::prepare(&self.graph, &self.facts, &options).unwrap();
        assert!(program.roundings().is_empty(), "a delay does not end on the grid");
        let requests = [self.watch.clone()];
        let recording = clocked::run(&program, &self.stimulus, self.steps * fine, &requests);
        let array = recording.unwrap().arrays.remove(0).1;
        let (numbers, channels) = (array.to_f64().unwrap(), array.len() / (self.steps * fine));
        let rows = numbers.chunks(channels).enumerate();
        // The row of a step stands for its end.
        let rows = rows.map(|(step, row)| (step + 1, row));
        if self.watch.observable == Observable::Spikes {
            let at = |(end, row): (usize, &[f64])| {
                let spiking = row.iter().enumerate().filter(|&(_, &x)| x != 0.0);
                spiking.map(|(channel, _)| (end as f64 * dt, channel)).collect::<Vec<_>>()
            };
            return Seen::spikes(channels, rows.flat_map(at));
        }
        let rows = rows.filter(|(end, _)| end % (PERIOD * fine) == PHASE * fine);
        Seen::values(channels, rows.flat_map(|(_, row)| row.iter().copied()))
    }

    /// Steps and distances from the ideal on [`LEVELS`] grids, the first with the coarsest step
    /// halved `first` times.
    pub(crate) fn errors(
        &self,
        ideal: &Seen,
        integrator: Integrator,
        first: u32,
    ) -> Vec<(f64, f64)> {
        let error = |level| {
            let dt = self.coarse / f64::from(1_u32 << level);
            (dt, ideal.distance(&self.on_grid(integrator, level)))
        };
        (first..first + LEVELS).map(error).collect()
    }
}

impl Seen {
    fn spikes(channels: usize, spikes: impl Iterator<Item = (f64, usize)>) -> Self {
        let mut times = vec![Vec::new(); channels];
        spikes.for_each(|(time, channel)| times[channel].push(time));
        Self::Spikes(times)
    }

    fn values(channels: usize, values: impl Iterator<Item = f64>) -> Self {
        let mut by_channel = vec![Vec::new(); channels];
        values.enumerate().for_each(|(at, value)| by_channel[at % channels].push(value));
        Self::Values(by_channel)
    }

    /// The largest difference in each channel, averaged over the channels. A channel that does not
    /// spike equally often is infinitely far away.
    pub(crate) fn distance(&self, other: &Self) -> f64 {
        let (ideal, found, end) = match (self, other) {
            (Self::Values(ideal), Self::Values(found)) => (ideal, found, f64::INFINITY),
            (Self::Spikes(ideal), Self::Spikes(found)) => (ideal, found, quiet(ideal)),
            _ => panic!("a voltage against spikes"),
        };
        let distances = ideal.iter().zip(found).map(|(ideal, found)| furthest(ideal, found, end));
        distances.sum::<f64>() / ideal.len() as f64
    }

    /// Numbers that are compared.
    pub(crate) fn len(&self) -> usize {
        let (Self::Values(channels) | Self::Spikes(channels)) = self;
        channels.iter().map(Vec::len).sum()
    }
}

/// The largest difference between two lists of equally many numbers below `end`.
fn furthest(ideal: &[f64], found: &[f64], end: f64) -> f64 {
    let below = |numbers: &[f64]| numbers.iter().filter(|&&x| x < end).count();
    let count = below(ideal);
    if count != below(found) {
        return f64::INFINITY;
    }
    let pairs = ideal.iter().zip(found).take(count);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// An instant up to which spikes are counted: in the middle of the widest gap in the last third of
/// the spikes, so that none is near it. On a coarse grid a spike at the end could else be missing
/// merely because it comes a step late.
fn quiet(times: &[Vec<f64>]) -> f64 {
    let mut all: Vec<f64> = times.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let last = &all[all.len() * 2 / 3..];
    let gaps = last.windows(2).map(|pair| (pair[1] - pair[0], 0.5 * (pair[0] + pair[1])));
    gaps.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(f64::INFINITY, |(_, middle)| middle)
}

/// The slope of the straight line through (log x, log y), by least squares.
pub(crate) fn slope(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<_> = points.iter().map(|&(x, y)| (math::ln(x), math::ln(y))).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / logs.len() as f64;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let covariance: f64 = logs.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    covariance / logs.iter().map(|p| (p.0 - x) * (p.0 - x)).sum::<f64>()
}

#[test]
fn the_slope_of_a_power_is_its_exponent() {
    let points = [1.0, 2.0, 4.0, 8.0].map(|x: f64| (x, 3.0 * x * x));
    assert!((slope(&points) - 2.0).abs() < 1e-14);
}

//! A row of the tables of orders, and the stimuli that rows choose from.

use nirkit_engine::clocked::Integrator;
use nirkit_run::stimulus::Spike;
use nirkit_run::{Reset, Signal, Stimulus};

use super::measure::{PERIOD, Task, slope};

/// How the error depends on the step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Order {
    /// Not at all: there is no error but rounding.
    Exact,
    /// In proportion, smoothly.
    One,
    /// In proportion, with scatter: where in its step a spike falls is a matter of chance.
    Spikes,
}

/// The rounding of some 10,000 steps at voltages of size 1 to 10.
pub(crate) const ROUNDING: f64 = 1e-11;

impl Order {
    /// How often the coarsest step is halved before a line is fitted. A neuron's spikes come later
    /// and later on a grid; the line begins where this is little against their distance.
    pub(crate) fn first(self) -> u32 {
        if self == Self::Spikes { 2 } else { 0 }
    }

    /// Whether steps and errors are as expected, and what they are in words.
    pub(crate) fn judge(self, errors: &[(f64, f64)]) -> (bool, String) {
        let worst = errors.iter().map(|&(_, error)| error).fold(0.0, f64::max);
        let slope = slope(errors);
        let holds = match self {
            Self::Exact => worst <= ROUNDING,
            Self::One => (slope - 1.0).abs() <= 0.05,
            Self::Spikes => (slope - 1.0).abs() <= 0.2,
        };
        let errors: Vec<String> = errors.iter().map(|(_, error)| format!("{error:.1e}")).collect();
        (holds, format!("order {slope:.3}, errors {}", errors.join(" ")))
    }
}

/// What enters at the Input.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GridInput {
    /// Currents between 1.5 and 4 that change every 16 steps of the coarsest grid.
    Steps,
    /// Currents between -1.1 and 1.4, with a mean of 0, that change as often.
    Swings,
    /// Impulses at irregular multiples of [`PERIOD`] steps of the coarsest grid.
    Train,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    name: String,
    shape: Vec<usize>,
    ends: usize,
    body: String,
    drive: GridInput,
    reset: Reset,
    watch: &'static str,
    orders: [Order; 2],
    why: &'static str,
}

impl Case {
    /// A row: what enters eight channels, the nodes and edges beside `input` and `output`, what is
    /// watched, the expected orders under forward Euler and under the exponential integrator, and
    /// the reason for them.
    pub(crate) fn new(
        name: &str,
        drive: GridInput,
        body: &str,
        watch: &'static str,
        orders: [Order; 2],
        why: &'static str,
    ) -> Self {
        let (name, body, reset) = (name.to_owned(), body.to_owned(), Reset::VReset);
        Self { name, shape: vec![8], ends: 8, body, drive, reset, watch, orders, why }
    }

    /// The row with another reset.
    pub(crate) fn reset(self, reset: Reset) -> Self {
        Self { name: format!("{}, reset {reset}", self.name), reset, ..self }
    }

    /// The row with another shape of the Input and another number of channels of the Output.
    pub(crate) fn shaped(self, shape: &[usize], ends: usize) -> Self {
        Self { shape: shape.to_vec(), ends, ..self }
    }

    fn task(&self) -> Task {
        let Self { shape, ends, body, .. } = self;
        let text = format!(
            "nirt 1\ngraph {{\n  input = Input {{ shape: i64[{}] {shape:?} }}
  output = Output {{ shape: i64[1] [{ends}] }}\n  {body}\n}}",
            shape.len(),
        );
        let signal = self.drive.signal(shape.iter().product());
        let stimulus = Stimulus { signals: [("input".to_owned(), signal)].into() };
        Task { reset: self.reset, ..Task::new(&text, stimulus, self.watch) }
    }

    /// Measures the row; what is not as expected, in words.
    fn check(&self) -> Vec<String> {
        let task = self.task();
        let ideal = task.ideal();
        let seen = ideal.len();
        let few = (seen < 10).then(|| format!("{}: {seen} numbers are too few", self.name));
        let integrators = [Integrator::Euler, Integrator::Exponential].into_iter();
        let wrong = integrators.zip(self.orders).filter_map(|(integrator, order)| {
            let (holds, found) = order.judge(&task.errors(&ideal, integrator, order.first()));
            let line = format!("{}, {integrator}: {found} ({order:?}: {})", self.name, self.why);
            println!("{line}");
            (!holds).then_some(line)
        });
        few.into_iter().chain(wrong).collect()
    }
}

/// Measures a table and fails with all rows that are not as expected.
pub(crate) fn hold(cases: &[Case]) {
    let faults: Vec<String> = cases.iter().flat_map(Case::check).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

impl GridInput {
    /// The signal on the coarsest grid of a [`Task`].
    pub(crate) fn signal(self, channels: usize) -> Signal {
        match self {
            Self::Steps => currents(channels, 0.0),
            Self::Swings => currents(channels, -2.6),
            Self::Train => impulses(channels),
        }
    }
}

fn currents(channels: usize, offset: f64) -> Signal {
    let value = |k: usize, c: usize| [3.0, 1.5, 4.0, 2.5, 2.0][(3 * k + 2 * c) % 5] + offset;
    let breakpoints = (0..16).map(|k| f64::from(k) * 16.0 * Task::COARSE).collect();
    let values = (0..16).flat_map(|k| (0..channels).map(move |c| value(k, c))).collect();
    Signal::Current { channels, breakpoints, values }
}

/// At every fourth or so of the instants, in each channel in an order of its own.
fn impulses(channels: usize) -> Signal {
    let has = |&(k, c): &(usize, usize)| [0, 3, 7].contains(&((k * k + 4 * c + k) % 11));
    let spike =
        |(k, channel)| Spike { time: (k * PERIOD) as f64 * Task::COARSE, channel, value: 1.0 };
    let all = (0..64).flat_map(|k| (0..channels).map(move |c| (k, c)));
    Signal::Spikes { channels, spikes: all.filter(has).map(spike).collect() }
}

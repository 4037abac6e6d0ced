//! The choices under which a graph runs on a grid. Nothing that changes a result is hidden: what is
//! not in the graph is here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use nirkit_numerics::Shortest;
use nirkit_run::choice::{ChoiceError, Reset, SpikeReading};

/// Declares a choice between names: the enum, how it prints and how it is read.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        $type:ident: $what:literal, $expected:literal {
            $( $(#[$attribute:meta])* $variant:ident = $name:literal, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $type { $( $(#[$attribute])* #[serde(rename = $name)] $variant, )* }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $name,)* })
            }
        }

        impl FromStr for $type {
            type Err = ChoiceError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(ChoiceError::new($what, text, $expected)),
                }
            }
        }
    };
}

choice! {
    /// In which numbers the engine computes.
    Precision: "number format", "`f32` or `f64`" {
        /// Single precision, as most simulators compute.
        F32 = "f32",
        /// Double precision.
        #[default]
        F64 = "f64",
    }
}

choice! {
    /// How a differential equation becomes a step.
    Integrator: "integrator", "`euler` or `exponential`" {
        /// Forward Euler: the slope at the start of the step, for the length of the step. It comes
        /// closer to the equation in proportion to the time step.
        #[default]
        Euler = "euler",
        /// The exact solution for an input that is constant within the step.
        Exponential = "exponential",
    }
}

choice! {
    /// In which step something takes effect.
    Timing: "step", "`same` or `next`" {
        /// In the step in which it happens.
        #[default]
        Same = "same",
        /// One step later.
        Next = "next",
    }
}

choice! {
    /// Which synaptic current the membrane of `CubaLIF` and `CubaLI` sees under forward Euler. The
    /// exponential integrator follows the current inside the step and has no such choice.
    Synapse: "synaptic current", "`new` or `old`" {
        /// The current after this step.
        New = "new",
        /// The current at the start of this step, with the impulses that arrived there: forward
        /// Euler of both equations at once.
        #[default]
        Old = "old",
    }
}

choice! {
    /// How a voltage is held against a threshold.
    Comparison: "comparison", "`>` or `>=`" {
        /// A neuron that only reaches its threshold does not spike, as NIR says.
        #[default]
        Above = ">",
        /// A neuron that reaches its threshold spikes.
        AtLeast = ">=",
    }
}

choice! {
    /// The state of neurons and integrators before the first step. Synaptic currents start at 0.
    Start: "start", "`rest` or `zero`" {
        /// `v = v_leak`, and 0 where there is no leak.
        #[default]
        Rest = "rest",
        /// `v = 0`.
        Zero = "zero",
    }
}

choice! {
    /// What an edge that carries the step before brings in the first step.
    Feedback: "feedback", "`rest` or `absent`" {
        /// What its source puts out at the start: no spikes, the voltage of an integrator, and
        /// whatever maps in between make of that, so the bias of a recurrent Affine acts from the
        /// first step on.
        #[default]
        Rest = "rest",
        /// Nothing, so the bias of a recurrent Affine acts from the second step on.
        Absent = "absent",
    }
}

choice! {
    /// When a Threshold node puts out a spike.
    Level: "threshold", "`crossing` or `level`" {
        /// In the step in which the input comes to lie above the threshold.
        #[default]
        Crossing = "crossing",
        /// In every step in which the input lies above the threshold.
        Each = "level",
    }
}

choice! {
    /// How many spikes a neuron can put out in one step.
    SpikesPerStep: "number of spikes", "`one`" {
        /// At most one, and one reset with it.
        #[default]
        One = "one",
    }
}

choice! {
    /// In which step a spike of the stimulus acts that has a time of its own.
    SpikeStep: "step of a spike", "`floor` or `nearest`" {
        /// In the step that contains its time.
        #[default]
        Floor = "floor",
        /// In the step whose start is nearest, ties to even.
        Nearest = "nearest",
    }
}

choice! {
    /// What a current of the stimulus that changes within a step is in this step.
    Current: "current", "`mean` or `sample`" {
        /// Its mean over the step.
        #[default]
        Mean = "mean",
        /// Its value at the start of the step.
        Sample = "sample",
    }
}

/// Every choice that the engine makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The time step in seconds, above 0.
    pub dt: f64,
    /// In which numbers the engine computes.
    pub precision: Precision,
    /// How a differential equation becomes a step.
    pub integrator: Integrator,
    /// What a spike is to the node that receives it. A pulse lasts one step.
    pub spike: SpikeReading,
    /// Whether a neuron or integrator sees what its sources put out in this step or in the step
    /// before. Edges into other nodes always carry this step; edges that close a cycle always carry
    /// the step before.
    pub input: Timing,
    /// Which synaptic current the membrane sees.
    pub synapse: Synapse,
    /// What happens to the voltage of a neuron that spikes.
    pub reset: Reset,
    /// Whether the reset follows the test at once or stands at the start of the next step.
    pub reset_timing: Timing,
    /// How a voltage is held against a threshold.
    pub comparison: Comparison,
    /// The state before the first step.
    pub start: Start,
    /// What an edge that carries the step before brings in the first step.
    pub feedback: Feedback,
    /// When a Threshold node puts out a spike.
    pub threshold: Level,
    /// How many spikes a neuron can put out in one step.
    pub spikes_per_step: SpikesPerStep,
    /// In which step a spike of the stimulus acts.
    pub spike_step: SpikeStep,
    /// What a current of the stimulus is in a step.
    pub current: Current,
}

impl Options {
    /// The usual choices for a time step in seconds: double precision, forward Euler, spikes as
    /// pulses of one step, everything in the step in which it happens.
    #[must_use]
    pub fn new(dt: f64) -> Self {
        Self {
            dt,
            precision: Precision::default(),
            integrator: Integrator::default(),
            spike: SpikeReading::Pulse { width: dt },
            input: Timing::default(),
            synapse: Synapse::default(),
            reset: Reset::default(),
            reset_timing: Timing::default(),
            comparison: Comparison::default(),
            start: Start::default(),
            feedback: Feedback::default(),
            threshold: Level::default(),
            spikes_per_step: SpikesPerStep::default(),
            spike_step: SpikeStep::default(),
            current: Current::default(),
        }
    }

    /// Area of a spike in impulse reading; `None` when a spike is a pulse.
    pub(super) fn impulse(&self) -> Option<f64> {
        match self.spike {
            SpikeReading::Impulse { area } => Some(area),
            SpikeReading::Pulse { .. } => None,
        }
    }
}

/// Lists the choices beside `dt` once, for whoever walks them by name.
macro_rules! by_name {
    ($($name:ident),*) => {
        impl Options {
            /// Every choice by name and value, in a fixed order, for whoever reports a run.
            #[must_use]
            pub fn choices(&self) -> Vec<(&'static str, String)> {
                vec![
                    ("dt", Shortest(self.dt).to_string()),
                    $((stringify!($name), self.$name.to_string())),*
                ]
            }

            /// Makes a choice, by the name and in the words in which [`choices`](Self::choices)
            /// reports it. A new `dt` leaves the width of a pulse as it is.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), ChoiceError> {
                match name {
                    "dt" => {
                        let seconds = "a number of seconds";
                        let dt = value.parse();
                        self.dt = dt.map_err(|_| ChoiceError::new("time step", value, seconds))?;
                    }
                    $(stringify!($name) => self.$name = value.parse()?,)*
                    _ => {
                        let names = concat!("`dt`", $(", `", stringify!($name), "`"),*);
                        return Err(ChoiceError::new("choice of the engine", name, names));
                    }
                }
                Ok(())
            }
        }
    };
}

by_name! {
    precision, integrator, spike, input, synapse, reset, reset_timing, comparison, start, feedback,
    threshold, spikes_per_step, spike_step, current
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_reads_what_it_prints() {
        for timing in [Timing::Same, Timing::Next] {
            assert_eq!(timing.to_string().parse(), Ok(timing));
        }
        for comparison in [Comparison::Above, Comparison::AtLeast] {
            assert_eq!(comparison.to_string().parse(), Ok(comparison));
        }
        let error = "rk4".parse::<Integrator>().unwrap_err();
        assert_eq!(error.to_string(), "`rk4` is no integrator; write `euler` or `exponential`");
    }

    #[test]
    fn every_field_is_among_the_choices_that_are_reported() {
        let options = Options::new(1e-4);
        let debug = format!("{options:?}");
        for (name, _) in options.choices() {
            assert!(debug.contains(&format!("{name}: ")), "{name}");
        }
        // One more for the width of the pulse.
        assert_eq!(debug.matches(": ").count(), options.choices().len() + 1);
    }

    #[test]
    fn a_choice_is_made_by_its_name() {
        let mut options = Options::new(1e-3);
        options.set("comparison", ">=").unwrap();
        options.set("spike", "impulse:0.5").unwrap();
        assert_eq!(options.comparison, Comparison::AtLeast);
        assert_eq!(options.impulse(), Some(0.5));
        assert!(options.set("colour", "blue").unwrap_err().to_string().contains("`synapse`"));
    }
}

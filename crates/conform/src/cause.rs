//! Why an answer is wrong: the choices of simulators are switched in the ideal on a grid, one at a time and in pairs, until it
//! answers the same.

use nirkit::ir::Facts;
use nirkit::platforms::compare::ideal;
use nirkit::{Observable, Request, Reset, Signal};
use nirkit_engine::clocked::semantics::rule::{
    Floor, Form, Format, Leak, Ratio, ResetTiming, Rest, Rule, Spikes, Term, Test,
};
use nirkit_engine::clocked::semantics::{
    Axes, Dilation, Later, Order, Pool, PoolPadding, Semantics, Slot, UnknownNodePolicy, prepare,
    record,
};
use nirkit_engine::clocked::{Comparison, Precision, Timing};
use nirkit_run::Stimulus;

use crate::array::Array;
use crate::driver::{Answer, names, source};
use crate::lag::lag;
use crate::suite::{Case, Exact, Expected, MOST_LAG};

/// A choice that departs from NIR.
struct Departure {
    name: String,
    apply: Box<dyn Fn(&mut Semantics)>,
}

/// Every parameter of a neuron.
const FIRST: &[&str] =
    &["tau", "tau_mem", "tau_syn", "r", "w_in", "v_leak", "v_threshold", "v_reset"];

/// The most sets of choices that are told.
const TOLD: usize = 3;

/// Returns the sets of choices with which the ideal on a grid answers as the driver did: single ones, else pairs.
pub(crate) fn causes(case: &Case, answer: &Answer) -> Vec<String> {
    let Expected::Answers(answers) = &case.expected else { return Vec::new() };
    let Some(facts) = nirkit::ir::valid::validate_document(&case.graph).facts else {
        return Vec::new();
    };
    let bases = bases(case);
    let departures = departures(case);
    let explains = |outputs: &Outputs| explains(outputs, &answers.exact, answer);
    let mut found = Vec::new();
    let mut effective: Vec<(Semantics, Vec<usize>)> = Vec::new();
    for (_, base) in &bases {
        let Some(plain) = outputs(case, &facts, base) else { continue };
        if explains(&plain) {
            return vec!["the grid".to_owned()];
        }
        // What changes nothing here is no part of a pair, unless it is seen beside another one.
        let mut changing = Vec::new();
        for (at, departure) in departures.iter().enumerate() {
            let mut semantics = *base;
            (departure.apply)(&mut semantics);
            if semantics == *base {
                continue;
            }
            match outputs(case, &facts, &semantics) {
                Some(outputs) if outputs != plain => {
                    changing.push(at);
                    if explains(&outputs) && !found.contains(&departure.name) {
                        found.push(departure.name.clone());
                    }
                }
                Some(_) | None => {}
            }
        }
        effective.push((*base, changing));
    }
    if found.is_empty() {
        'pairs: for (base, changing) in &effective {
            for (place, &one) in changing.iter().enumerate() {
                for &other in &changing[place + 1..] {
                    let mut semantics = *base;
                    (departures[one].apply)(&mut semantics);
                    (departures[other].apply)(&mut semantics);
                    if outputs(case, &facts, &semantics).is_some_and(|outputs| explains(&outputs)) {
                        found.push(format!(
                            "{} with {}",
                            departures[one].name, departures[other].name
                        ));
                        if found.len() == TOLD {
                            break 'pairs;
                        }
                    }
                }
            }
        }
    }
    found.truncate(TOLD);
    found
}

/// The ideal on a grid, by forward Euler and by the exact solution of a step.
fn bases(case: &Case) -> Vec<(&'static str, Semantics)> {
    let euler = ideal(case.dt, Reset::VReset, case.spike).semantics;
    let mut exponential = euler;
    each_rule(&mut exponential, |rule| {
        if rule.membrane.leak != Leak::None {
            rule.membrane.leak = Leak::Exponential(Ratio::Quotient, Format::Double);
            rule.membrane.gain =
                rule.membrane.gain.set(Term::Membrane, false).set(Term::Share, true);
        }
        if let Some(synapse) = &mut rule.synapse {
            synapse.leak = Leak::Exponential(Ratio::Quotient, Format::Double);
        }
    });
    vec![("euler", euler), ("exponential", exponential)]
}

fn each_rule(semantics: &mut Semantics, mut change: impl FnMut(&mut Rule)) {
    for slot in Slot::ALL {
        if let Some(rule) = semantics.neurons.get_mut(slot) {
            change(rule);
        }
    }
}

/// The choices in which simulators are known to depart from NIR.
#[expect(clippy::too_many_lines, reason = "a list, an entry after the other")]
fn departures(case: &Case) -> Vec<Departure> {
    let mut all: Vec<Departure> = Vec::new();
    let mut add = |name: &str, apply: Box<dyn Fn(&mut Semantics)>| {
        all.push(Departure { name: name.to_owned(), apply });
    };
    let rules = |change: fn(&mut Rule)| -> Box<dyn Fn(&mut Semantics)> {
        Box::new(move |semantics| each_rule(semantics, change))
    };
    add(
        "`r` is not read",
        rules(|rule| rule.membrane.gain = rule.membrane.gain.set(Term::R, false)),
    );
    add(
        "`w_in` is not read",
        rules(|rule| rule.membrane.gain = rule.membrane.gain.set(Term::WIn, false)),
    );
    add("`v_leak` is not read", rules(|rule| rule.membrane.rest = Rest::Ignored));
    add(
        "an input is not scaled by dt / tau",
        rules(|rule| {
            let gain = rule.membrane.gain.set(Term::Membrane, false).set(Term::Share, false);
            rule.membrane.gain = gain;
        }),
    );
    add(
        "an input is not scaled at all",
        rules(|rule| rule.membrane.gain = nirkit_engine::clocked::semantics::rule::Terms::NONE),
    );
    add(
        "the current is not scaled by dt / tau_syn",
        rules(|rule| {
            rule.membrane.gain = rule.membrane.gain.set(Term::Synapse, false);
        }),
    );
    add(
        "the membrane sees the new current",
        rules(|rule| {
            if let Some(synapse) = &mut rule.synapse {
                synapse.form = Form::Keep;
            }
        }),
    );
    add(
        "the current decays with its input",
        rules(|rule| {
            if let Some(synapse) = &mut rule.synapse {
                synapse.form = Form::KeepBoth;
            }
        }),
    );
    add("nothing leaks", rules(|rule| rule.membrane.leak = Leak::None));
    add("nothing is kept from step to step", rules(|rule| rule.membrane.leak = Leak::Fixed(0.0)));
    add("a spike at the threshold (>=)", fire(|fire| fire.comparison = Comparison::AtLeast));
    add("reset to 0", fire(|fire| fire.reset = Reset::Zero));
    add("reset by subtraction", fire(|fire| fire.reset = Reset::Subtract));
    add("no reset", fire(|fire| fire.timing = ResetTiming::Never));
    add(
        "the reset comes a step later, before the leak",
        fire(|fire| fire.timing = ResetTiming::BeforeLeak),
    );
    add(
        "the reset comes a step later, after the input",
        fire(|fire| fire.timing = ResetTiming::AfterInput),
    );
    add("several spikes in a step", fire(|fire| fire.spikes = Spikes::Quotient));
    add("the test comes before the input", fire(|fire| fire.test = Test::Before));
    add("the voltage is kept above 0", fire(|fire| fire.floor = Floor::Zero));
    add(
        "the voltage is kept above minus the threshold",
        fire(|fire| fire.floor = Floor::MinusThreshold),
    );
    add("single precision", Box::new(|semantics| semantics.precision = Precision::F32));
    add(
        "a weighted map delays by a step",
        Box::new(|semantics| semantics.maps.arrival = Timing::Next),
    );
    add(
        "what is recurrent never arrives",
        Box::new(|semantics| semantics.execution.later = Later::Never),
    );
    add(
        "recurrent biases are not read",
        Box::new(|semantics| semantics.maps.recurrent_bias = false),
    );
    add(
        "biases of convolutions are not read",
        Box::new(|semantics| semantics.maps.convolution_bias = false),
    );
    add(
        "maps see only whether inputs are 0",
        Box::new(|semantics| semantics.maps.truth_only = true),
    );
    add(
        "a Flatten takes channels last",
        Box::new(|semantics| semantics.maps.flatten = Axes::ChannelsLast),
    );
    add(
        "the dilation is not read",
        Box::new(|semantics| semantics.maps.dilation = Dilation::Ignored),
    );
    add(
        "the padding of a pool is not read",
        Box::new(|semantics| {
            semantics.maps.pool_padding = PoolPadding::Ignored;
            semantics.maps.pool = Pool::Sum;
        }),
    );
    add(
        "nodes run in the order of the edges",
        Box::new(|semantics| semantics.execution.order = Order::DepthFirst),
    );
    add(
        "nodes run in the order of their names",
        Box::new(|semantics| semantics.execution.order = Order::Deferred),
    );
    add("the first neuron's parameters stand for all", rules(|rule| rule.first_only = FIRST));
    for kind in &case.primitives {
        for (policy, what) in [
            (UnknownNodePolicy::Cut, "nothing passes"),
            (UnknownNodePolicy::Bypassed, "its input passes"),
        ] {
            let missing = kind.clone();
            add(
                &format!("{kind} is left out, and {what}"),
                Box::new(move |semantics| {
                    let known: Vec<&'static str> = semantics
                        .unknown
                        .known
                        .iter()
                        .copied()
                        .filter(|known| *known != missing)
                        .collect();
                    // A few words for each wrong answer.
                    semantics.unknown.known = known.leak();
                    semantics.unknown.policy = policy;
                }),
            );
        }
    }
    all
}

fn fire(
    change: fn(&mut nirkit_engine::clocked::semantics::rule::Fire),
) -> Box<dyn Fn(&mut Semantics)> {
    Box::new(move |semantics| {
        each_rule(semantics, |rule| {
            if let Some(fire) = &mut rule.fire {
                change(fire);
            }
        });
    })
}

/// What the Outputs put out, by name.
type Outputs = Vec<(String, Array)>;

/// Whether outputs are the answer of a driver, or that answer but for a constant lag.
fn explains(outputs: &Outputs, exact: &Exact, answer: &Answer) -> bool {
    outputs.iter().all(|(name, ours)| {
        let tolerance = exact.voltages.get(name).map_or(0.0, |_| 1e-4);
        answer.outputs.get(name).is_some_and(|found| {
            crate::suite::is_near(ours, found, tolerance)
                || lag(ours, found, tolerance, MOST_LAG).is_some()
        })
    })
}

/// What the Outputs of a case put out under a semantics.
fn outputs(case: &Case, facts: &Facts, semantics: &Semantics) -> Option<Outputs> {
    let graph = case.graph.graph()?;
    let program = prepare(graph, facts, semantics).ok()?;
    let mut stimulus = Stimulus::default();
    for (name, frames) in &case.inputs {
        let channels = frames.shape().iter().skip(1).product();
        let values = frames.to_f64()?.into_owned();
        stimulus.signals.insert(name.clone(), Signal::Frames { channels, values, counts: false });
    }
    let mut found = Vec::new();
    for name in
        names(&case.graph, |primitive| matches!(primitive, nirkit::ir::Primitive::Output(_)))
    {
        let node = source(&case.graph, &name).ok()?;
        let shape = &case.expected_shape(&name)?;
        let request = |observable| Request { node: node.clone(), observable };
        let known = program.requests();
        let request = [Observable::Spikes, Observable::Output, Observable::V]
            .into_iter()
            .map(request)
            .find(|request| known.contains(request))?;
        let recording =
            record(&program, &stimulus, case.steps, std::slice::from_ref(&request)).ok()?;
        let array = Array::of_tensor(&recording.arrays.first()?.1)?;
        found.push((name, Array { shape: shape.clone(), values: array.values }));
    }
    Some(found)
}

impl Case {
    /// The shape of the answer of an Output.
    fn expected_shape(&self, output: &str) -> Option<Vec<usize>> {
        match &self.expected {
            Expected::Answers(answers) => Some(answers.exact.outputs.get(output)?.shape.clone()),
            Expected::Refusal(_) => None,
        }
    }
}

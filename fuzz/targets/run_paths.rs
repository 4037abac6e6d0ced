#![no_main]
//! Any graph in text form: the fast way of each engine and the plain one give the same bits, whatever
//! is planned.

use libfuzzer_sys::fuzz_target;
use nirkit_ir::{Facts, Graph, validate};
use nirkit_platforms::{Choices, simulator};
use nirkit_sim::clocked::scheme::{Player, Score, record_stepwise};
use nirkit_sim::clocked::{Dense, Drive, Options, Precision, Recording, prepare};
use nirkit_sim::{Observable, Signal, SpikeReading, Stimulus};

/// Steps of a run, and the most channels of a leaf.
const STEPS: usize = 7;
const WIDEST: usize = 4096;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(document) = nirkit_ir::text::parse(text, &()) else { return };
    let Some(graph) = document.root.primitive.as_graph() else { return };
    let Some(facts) = validate(graph).facts else { return };
    if facts.leaves().iter().any(|leaf| leaf.inputs().max(leaf.outputs()) > WIDEST) {
        return;
    }
    // Two samples that differ, which a platform's program is played at once.
    let stimuli = [choice, choice.wrapping_add(2)].map(|choice| stimulus(graph, &facts, choice));
    clocked(graph, &facts, &stimuli[0], choice);
    platforms(graph, &facts, &stimuli, choice);
});

/// Frames of small counts, for every Input.
fn stimulus(graph: &Graph, facts: &Facts, choice: u8) -> Stimulus {
    let signal = |channels: usize| {
        let number = |at: usize| f64::from(u8::from((at * 7 + usize::from(choice)) % 5 == 0));
        Signal::Frames { channels, values: (0..channels * STEPS).map(number).collect(), counts: true }
    };
    let inputs = facts.inputs(graph).map(|id| facts.leaf(id));
    Stimulus { signals: inputs.map(|leaf| (leaf.name.clone(), signal(leaf.outputs()))).collect() }
}

fn clocked(graph: &Graph, facts: &Facts, stimulus: &Stimulus, choice: u8) {
    let mut options = Options::new(1e-3);
    if choice & 1 != 0 {
        options.precision = Precision::F32;
    }
    if choice & 2 != 0 {
        options.spike = SpikeReading::Impulse { area: 1e-3 };
    }
    let Ok(program) = prepare(graph, facts, &options) else { return };
    let stimuli = std::slice::from_ref(stimulus);
    let Ok(mut drive) = Drive::new(&program, stimuli) else { return };
    let Ok(mut plain) = Dense::new(&program, &program.requests(), STEPS, 1) else { return };
    let mut fast = plain.clone();
    let mut stepped = program.start(1);
    stepped.advance(STEPS, &mut drive, &mut plain);
    let mut blocks = program.start(1);
    blocks.record(STEPS, &drive, &mut fast, &mut |_| {});
    let (Ok(plain), Ok(fast)) = (plain.finish(false), fast.finish(false)) else { return };
    assert_eq!(bits(&plain), bits(&fast));
}

fn platforms(graph: &Graph, facts: &Facts, stimuli: &[Stimulus; 2], choice: u8) {
    let profiles = simulator::ALL.concat();
    let profile = profiles[usize::from(choice >> 2) % profiles.len()];
    let Ok(program) = profile.prepare(graph, facts, &Choices::default()) else { return };
    let mut requests = program.requests();
    if choice & 1 != 0 {
        // What is recorded decides what is kept, and so the way that is taken.
        requests.retain(|request| request.observable == Observable::Spikes);
    }
    let plain = |stimulus| record_stepwise(&program, stimulus, STEPS, &requests);
    let Ok(plain) = stimuli.iter().map(plain).collect::<Result<Vec<_>, _>>() else { return };
    let Ok(player) = Player::new(&program, &requests) else { return };
    let scores = stimuli.iter().map(|stimulus| Score::new(&program, stimulus));
    let Ok(scores) = scores.collect::<Result<Vec<_>, _>>() else { return };
    let fast = player.with_block(3, 2).perform_all(&scores, STEPS);
    let fast = fast.expect("the plain way gave an answer");
    assert_eq!(bits(&plain[0]), bits(&fast[0]));
    assert_eq!(bits(&plain[1]), bits(&fast[1]));
}

/// The bits of all arrays; one NaN is as good as another.
fn bits(recording: &Recording) -> Vec<Vec<u64>> {
    let number = |x: &f64| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
    let arrays = recording.arrays.iter().filter_map(|(_, array)| array.to_f64());
    arrays.map(|numbers| numbers.iter().map(number).collect()).collect()
}

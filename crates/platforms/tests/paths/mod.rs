//! Every engine gives the same bits in blocks of steps, leaf by leaf, as step by step, on random
//! networks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit_ir::{Graph, validate};
use nirkit_platforms::{Choices, simulator};
use nirkit_run::{Reset, Signal, Stimulus};
use nirkit_testing::{Bytes, Case, Numbers, Records, chain, recipe};
use proptest::prelude::*;

/// Steps and samples of a block.
const BLOCKS: [(usize, usize); 5] = [(4, 1), (50, 1), (1, 2), (4, 3), (50, 8)];

#[test]
fn blocks_give_the_bits_of_steps_on_every_platform() {
    let mut runs = vec![0; simulator::ALL.concat().len()];
    for seed in 0..20 {
        let mut numbers = Numbers(seed);
        let (graph, channels) = chain::network(&mut numbers);
        same_on_all(&mut numbers, graph, channels, &mut runs);
    }
    assert!(runs.iter().all(|&runs| runs > 0), "every profile was tried: {runs:?}");
}

#[test]
fn blocks_give_the_bits_of_steps_in_cycles_of_any_width() {
    let mut runs = vec![0; simulator::ALL.concat().len()];
    for neurons in 1..70 {
        let mut numbers = Numbers(neurons as u64);
        let (graph, channels) = chain::cycle(&mut numbers, neurons % 3, neurons);
        same_on_all(&mut numbers, graph, channels, &mut runs);
    }
    assert!(runs.iter().filter(|&&runs| runs > 0).count() > 10, "most were tried: {runs:?}");
}

/// Runs a network both ways on every profile, and counts those that take it.
fn same_on_all(numbers: &mut Numbers, graph: Graph, channels: usize, runs: &mut [usize]) {
    let facts = validate(&graph).facts.unwrap();
    let share = numbers.draw();
    // Spikes, spikes with others that are no 1, and fewer frames than steps.
    let stimuli = [(11, 1.0), (11, 2.0), (7, 1.0)].map(|(steps, most)| {
        let mut frame = || {
            let height = if numbers.draw() < 0.1 { most } else { 1.0 };
            if numbers.draw() < share { height } else { 0.0 }
        };
        let values = (0..steps * channels).map(|_| frame()).collect();
        let signal = Signal::Frames { channels, values, counts: true };
        Stimulus { signals: [("input".to_owned(), signal)].into() }
    });
    let records = [Records::Everything, Records::Spikes, Records::SpikesOf("n2".to_owned())];
    let stimuli = stimuli.to_vec();
    let mut case = Case { graph, facts, stimuli, steps: 11, records: Records::Everything };
    for records in records {
        case.records = records;
        for (profile, runs) in simulator::ALL.concat().into_iter().zip(&mut *runs) {
            for reset in [None, Some(Reset::Subtract)] {
                let choices = Choices { dt: None, reset, ..Choices::default() };
                *runs += usize::from(case.agrees_on(profile, &choices, &BLOCKS));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn blocks_give_the_bits_of_steps_whatever_the_network(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        samples in 1_usize..5,
    ) {
        let mut bytes = Bytes(&bytes);
        let options = recipe::options(&mut bytes);
        let Some(case) = Case::read(&mut bytes) else { return Ok(()) };
        case.agrees_clocked(&options);
        for profile in simulator::ALL.concat() {
            case.agrees_on(profile, &Choices::default(), &[(4, samples)]);
        }
    }
}

/// Networks that nobody takes would show nothing.
#[test]
fn most_recipes_are_sound_and_some_run_on_every_platform() {
    let profiles = simulator::ALL.concat();
    let (mut sound, mut clocked, mut runs) = (0, 0, vec![0; profiles.len()]);
    for seed in 0..200 {
        let mut numbers = Numbers(seed);
        let bytes = numbers.bytes(120);
        let mut bytes = Bytes(&bytes);
        let options = recipe::options(&mut bytes);
        let Some(mut case) = Case::read(&mut bytes) else { continue };
        // Everything is recorded, so that step programs are run as well.
        case.records = Records::Everything;
        sound += 1;
        clocked += usize::from(case.agrees_clocked(&options));
        for (profile, runs) in profiles.iter().zip(&mut runs) {
            *runs += usize::from(case.agrees_on(profile, &Choices::default(), &[(3, 2)]));
        }
    }
    assert!(sound > 150 && clocked > 100, "{sound} are sound, {clocked} run");
    assert!(runs.iter().all(|&runs| runs > 0), "every profile was tried: {runs:?}");
}

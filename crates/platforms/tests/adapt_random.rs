//! Adaptations between semantics that are drawn at random from the vocabulary of rules.

use crate::adapted;

use adapted::{DT, Neuron, both, network};
use nirkit_engine::clocked::Comparison;
use nirkit_engine::clocked::semantics::Semantics;
use nirkit_engine::clocked::semantics::rule::{Fire, ResetTiming, Spikes};
use nirkit_platforms::adapt::Level;
use nirkit_platforms::capability::Capability;
use nirkit_platforms::{Choices, Profile, find};
use nirkit_testing::drawn::{self, fire, pick};
use nirkit_testing::recipe::Numbers;

const CAPABILITIES: &[Capability] =
    &[plain("Affine"), plain("Linear"), plain("IF"), plain("LIF"), plain("CubaLIF")];

const fn plain(kind: &'static str) -> Capability {
    Capability { kind, becomes: "a module", demands: &[], notes: &[], evidence: "" }
}

fn semantics(numbers: &mut Numbers, fire: Fire) -> Semantics {
    drawn::semantics(numbers, fire, DT)
}

fn profile(semantics: &Semantics) -> Profile {
    let base = find("norse").expect("a platform");
    Profile {
        name: "drawn",
        capabilities: CAPABILITIES,
        free_reset: &[],
        semantics: *semantics,
        ..*base
    }
}

fn neuron(numbers: &mut Numbers) -> (Neuron, f32) {
    let tau = pick(numbers, &[5e-4_f32, 1.6e-3, 1e-2]);
    match numbers.below(3) {
        0 => (Neuron::If { r: 1.0 }, 0.4),
        1 => (Neuron::Lif { tau, r: tau / 1e-4 }, 0.5),
        _ => {
            let tau_syn = pick(numbers, &[4e-4_f32, 8e-4]);
            (Neuron::CubaLif { tau_syn, tau_mem: tau, r: tau / 1e-4, w_in: tau_syn / 1e-4 }, 0.3)
        }
    }
}

/// Networks that are drawn, and between which semantics.
const CASES: u64 = 120;

#[test]
fn a_solution_that_exists_is_found() {
    let (mut found, mut all, mut missed) = (0, 0, String::new());
    for seed in 0..CASES {
        let mut numbers = Numbers(seed * 77 + 5);
        let fire = fire(&mut numbers);
        // The comparison can differ: a neighbour of the threshold makes up for it.
        let other = Fire {
            comparison: pick(&mut numbers, &[Comparison::Above, Comparison::AtLeast]),
            ..fire
        };
        let [reference, target] = [semantics(&mut numbers, fire), semantics(&mut numbers, other)];
        let (kind, size) = neuron(&mut numbers);
        let bias = pick(&mut numbers, &[0.0, 0.02]);
        let net = network(kind, size, bias, numbers.below(3) == 0, seed);
        let choices = Choices { dt: Some(DT), ..Choices::default() };
        let (adapted, trials) = both(&reference, &profile(&target), choices, &net);
        for trial in &trials {
            assert!(!trial.contradicted, "seed {seed}: {trial:?}, {:?}", adapted.nodes);
        }
        all += 1;
        if adapted.level() < Level::Impossible {
            found += 1;
        } else {
            let reasons = adapted.nodes.iter().flat_map(|node| &node.reasons);
            missed += &format!(
                "seed {seed} {kind:?}: {}\n",
                reasons.map(ToString::to_string).collect::<Vec<_>>().join("; ")
            );
        }
    }
    assert!(found * 100 >= all * 95, "{found} of {all}\n{missed}");
}

#[test]
fn no_claim_between_any_two_semantics_is_contradicted() {
    for seed in 0..CASES {
        let mut numbers = Numbers(seed * 131 + 17);
        let mut drawn = || {
            let mut own = fire(&mut numbers);
            own.spikes = pick(&mut numbers, &[Spikes::One, Spikes::One, Spikes::Quotient]);
            own.timing = pick(
                &mut numbers,
                &[
                    ResetTiming::AtOnce,
                    ResetTiming::BeforeLeak,
                    ResetTiming::AfterInput,
                    ResetTiming::Settled,
                ],
            );
            semantics(&mut numbers, own)
        };
        let [reference, target] = [drawn(), drawn()];
        let (kind, size) = neuron(&mut numbers);
        let net = network(kind, size, 0.01, numbers.below(3) == 0, seed);
        let choices = Choices { dt: Some(DT), ..Choices::default() };
        let (adapted, trials) = both(&reference, &profile(&target), choices, &net);
        for trial in &trials {
            assert!(!trial.contradicted, "seed {seed}: {trial:?}, {:?}", adapted.nodes);
        }
    }
}

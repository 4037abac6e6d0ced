//! Graphs rewritten for a platform: claims that runs do not contradict.

mod adapted;

use adapted::{DT, Neuron, STEPS, both, network, stimulus};
use nirkit_ir::{Facts, Graph, validate};
use nirkit_platforms::adapt::trial::{NodeTrial, trial};
use nirkit_platforms::adapt::{Adapted, Level};
use nirkit_platforms::{Choices, find};
use nirkit_run::Reset;

/// Adapts a network for a platform.
fn adapted(like: &str, target: &str, net: &(Graph, Facts)) -> (Adapted, Vec<NodeTrial>) {
    let choices = Choices { dt: Some(DT), reset: Some(Reset::Zero), ..Choices::default() };
    let like = find(like).expect("a platform");
    let reference = like.scheme(&like.settled(&net.0, &net.1, &choices));
    both(&reference, find(target).expect("a platform"), choices, net)
}

/// The claim about the whole that is made, after it was held against runs.
fn claim(like: &str, target: &str, net: &(Graph, Facts)) -> (Level, Adapted, Vec<NodeTrial>) {
    let (found, trials) = adapted(like, target, net);
    for trial in &trials {
        assert!(!trial.contradicted, "{like} -> {target}: {trial:?}, {:?}", found.nodes);
    }
    (found.level(), found, trials)
}

const LIF: Neuron = Neuron::Lif { tau: 1.6e-3, r: 16.0 };

#[test]
fn a_gain_that_is_not_read_goes_into_the_weights() {
    let net = network(LIF, 0.5, 0.01, false, 3);
    let (level, found, trials) = claim("snntorch", "norse", &net);
    assert_eq!(level, Level::Bounded, "{:?}", found.nodes);
    assert!(trials.iter().all(|trial| trial.spikes[0] > 0.0 && trial.differ == 0), "{trials:?}");
}

#[test]
fn the_platform_itself_changes_nothing() {
    for name in ["norse", "snntorch", "sinabs", "spyx", "lava", "spikingjelly"] {
        let net = network(LIF, 0.5, 0.01, false, 3);
        let (level, found, _) = claim(name, name, &net);
        if found.refusals.is_empty() {
            assert_eq!((level, found.changes.as_slice()), (Level::Equal, &[][..]), "{name}");
            assert_eq!(found.graph, net.0, "{name}");
        }
    }
}

#[test]
fn claims_between_all_simulators_hold() {
    let cuba = Neuron::CubaLif { tau_syn: 8e-4, tau_mem: 1.6e-3, r: 16.0, w_in: 8.0 };
    let nets = [
        network(LIF, 0.5, 0.01, false, 3),
        network(Neuron::Lif { tau: 2e-3, r: 1.0 }, 6.0, 0.0, false, 4),
        network(Neuron::If { r: 1.0 }, 0.3, 0.0, false, 5),
        network(cuba, 0.4, 0.0, false, 6),
        network(cuba, 0.4, 0.02, true, 7),
    ];
    let names =
        ["norse", "snntorch", "sinabs", "rockpool", "spyx", "nengo", "lava", "spikingjelly"];
    let mut table = String::new();
    for (at, net) in nets.iter().enumerate() {
        for like in names {
            for target in names {
                let choices = Choices { dt: Some(DT), ..Choices::default() };
                let refuses =
                    nirkit_platforms::check(find(like).unwrap(), &net.0, &net.1, &choices)
                        .refuses();
                if refuses {
                    continue;
                }
                let (level, found, trials) = claim(like, target, net);
                let differ: usize = trials.iter().map(|trial| trial.differ).sum();
                let reason = found.nodes.iter().flat_map(|n| &n.reasons).next();
                let refused = found.refusals.first().map(|f| f.diagnostic.to_string());
                table += &format!(
                    "net {at} {like:>12} -> {target:<12} {:<10} differ {differ:<5} {}{}\n",
                    level.name(),
                    reason.map_or(String::new(), ToString::to_string),
                    refused.unwrap_or_default()
                );
            }
        }
    }
    // Where a claim holds in bits, nothing differs in any run.
    for line in table.lines().filter(|line| line.contains(" equal ") || line.contains(" lag ")) {
        assert!(line.contains("differ 0 "), "{line}");
    }
    assert!(table.lines().filter(|line| line.contains(" bounded ")).count() >= 40, "{table}");
}

#[test]
fn forth_and_back_computes_what_the_original_did() {
    let choices = Choices { dt: Some(DT), reset: Some(Reset::Zero), ..Choices::default() };
    let net = network(LIF, 0.5, 0.01, false, 3);
    let own = find("snntorch").expect("a platform");
    for other in ["norse", "spikingjelly"] {
        let (there, _) = adapted("snntorch", other, &net);
        let facts = validate(&there.graph).facts.expect("a sound graph");
        let (back, _) = adapted(other, "snntorch", &(there.graph, facts));
        let facts = validate(&back.graph).facts.expect("a sound graph");
        let programs = [
            own.prepare(&net.0, &net.1, &choices).expect("a program"),
            own.prepare(&back.graph, &facts, &choices).expect("a program"),
        ];
        for seed in 0..5 {
            let stimulus = stimulus(0.5, seed);
            let trials =
                trial(&back, [&programs[0], &programs[1]], &stimulus, STEPS).expect("a run");
            for trial in trials {
                assert!(trial.differ == 0 && trial.spikes[0] > 0.0, "{other}: {trial:?}");
            }
        }
    }
}

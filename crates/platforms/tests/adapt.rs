//! Graphs rewritten for a platform: claims that runs do not contradict.

use crate::adapted;

use adapted::{DT, Neuron, STEPS, both, network, stimulus};
use nirkit_engine::clocked::semantics::{Frames, prepare};
use nirkit_ir::{Facts, Graph, validate};
use nirkit_platforms::adapt::side::SideLayer;
use nirkit_platforms::adapt::trial::{NodeTrial, Runner, trial};
use nirkit_platforms::adapt::{Adapted, Level, side};
use nirkit_platforms::{Choices, find};
use nirkit_run::{Observable, Request, Reset, Signal};

/// Adapts a network for a platform.
fn adapted(like: &str, target: &str, net: &(Graph, Facts)) -> (Adapted, Vec<NodeTrial>) {
    let choices = Choices { dt: Some(DT), reset: Some(Reset::Zero), ..Choices::default() };
    let like = find(like).expect("a platform");
    let reference = like.semantics(&like.settled(&net.0, &net.1, &choices));
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
                trial(&back, &programs[0], Runner::Program(&programs[1]), &stimulus, STEPS)
                    .expect("a run");
            for trial in trials {
                assert!(trial.differ == 0 && trial.spikes[0] > 0.0, "{other}: {trial:?}");
            }
        }
    }
}

/// The voltages of the first layer after each step, by its closed form. It must not spike.
fn by_closed_form(layer: &SideLayer, input: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let map = layer.map.as_ref().expect("a small map");
    let (_, columns) = &map.columns[0];
    let mut state: Vec<[f64; 2]> = layer.closed.iter().map(|neuron| neuron.start).collect();
    let mut seen = Vec::new();
    for frame in input {
        for (n, (neuron, [v, current])) in
            layer.closed.iter().zip(state.iter_mut().map(|[v, i]| [v, i])).enumerate()
        {
            let arrives = frame.iter().zip(columns).map(|(x, column)| x * column[n]).sum::<f64>();
            let mut arrives = arrives + map.bias[n];
            if let Some(synapse) = neuron.synapse {
                *current = synapse.k * *current + synapse.g * arrives + synapse.c;
                arrives = *current;
            }
            *v = neuron.membrane.k * *v + neuron.membrane.g * arrives + neuron.membrane.c;
        }
        seen.push(state.iter().map(|[v, _]| *v).collect());
    }
    seen
}

#[test]
fn the_closed_form_is_what_the_engine_computes() {
    let cuba = Neuron::CubaLif { tau_syn: 8e-4, tau_mem: 1.6e-3, r: 16.0, w_in: 8.0 };
    let kinds = [LIF, Neuron::Lif { tau: 2e-3, r: 1.0 }, Neuron::If { r: 1.0 }, cuba];
    let names = ["norse", "snntorch", "sinabs", "rockpool", "spyx", "nengo", "spikingjelly"];
    let mut compared = 0;
    for name in names {
        for kind in kinds {
            // So weak that nothing spikes.
            let (graph, facts) = network(kind, 0.002, 0.0005, false, 9);
            let choices = Choices { dt: Some(DT), ..Choices::default() };
            let profile = find(name).expect("a platform");
            if nirkit_platforms::check(profile, &graph, &facts, &choices).refuses() {
                continue;
            }
            let semantics = profile.semantics(&profile.settled(&graph, &facts, &choices));
            let Ok(side) = side(&graph, &facts, &semantics) else { continue };
            let Some(layer) = side.layers.get("lif1") else { continue };
            let is_late = layer.numbers.synapse.as_ref().is_some_and(|s| s.form.is_late());
            let has_floor = layer.closed.iter().any(|neuron| neuron.floor == 0.0);
            if is_late || has_floor {
                continue;
            }
            let program = prepare(&graph, &facts, &semantics).expect("a program");
            let stimulus = stimulus(0.5, 11);
            let mut frames = Frames::new(&program, &stimulus).expect("a stimulus");
            let mut run = program.start();
            let Some(Signal::Frames { values, .. }) = stimulus.signals.get("input") else {
                continue;
            };
            let input: Vec<Vec<f64>> = values.chunks(6).take(20).map(<[f64]>::to_vec).collect();
            for (step, wanted) in by_closed_form(layer, &input).iter().enumerate() {
                run.step(frames.at(step));
                let request = Request { node: "lif1".to_owned(), observable: Observable::V };
                let seen = run.observe(&program, &request).expect("voltages");
                for (a, b) in wanted.iter().zip(&seen) {
                    assert!((a - b).abs() <= 1e-6 * (1.0 + a.abs()), "{name} {kind:?}: {a} {b}");
                }
                compared += 1;
            }
        }
    }
    assert!(compared >= 200, "{compared}");
}

//! The plain way of an engine, step by step, and its fast way, in blocks: both give the same bits.

use nirkit_platforms::{Choices, Profile};
use nirkit_sim::Request;
use nirkit_sim::clocked::scheme::{Player, Score, record_stepwise};
use nirkit_sim::clocked::{Dense, Drive, Options, Recording, prepare};

use crate::recipe::Case;

impl Case {
    /// Runs the network on the clocked engine, with all samples as a batch; whether the engine takes
    /// it.
    pub fn agrees_clocked(&self, options: &Options) -> bool {
        let Ok(program) = prepare(&self.graph, &self.facts, options) else { return false };
        let requests = self.requests(program.requests());
        let Ok(drive) = Drive::new(&program, &self.stimuli) else { return false };
        let batch = self.stimuli.len();
        let Ok(mut plain) = Dense::new(&program, &requests, self.steps, batch) else {
            return false;
        };
        let mut fast = plain.clone();
        program.start(batch).advance(self.steps, &mut drive.clone(), &mut plain);
        program.start(batch).record(self.steps, &drive, &mut fast, &mut |_| {});
        let [plain, fast] = [plain, fast].map(|dense| dense.finish(true).expect("arrays"));
        assert_same("the clocked engine", &plain, &fast);
        true
    }

    /// Runs the network as a platform would, in blocks of so many steps of so many samples; whether
    /// the platform takes it.
    pub fn agrees_on(
        &self,
        profile: &Profile,
        choices: &Choices,
        blocks: &[(usize, usize)],
    ) -> bool {
        let Ok(program) = profile.prepare(&self.graph, &self.facts, choices) else { return false };
        let requests = self.requests(program.requests());
        let plain = |stimulus| record_stepwise(&program, stimulus, self.steps, &requests);
        let plain = self.stimuli.iter().map(plain).collect::<Result<Vec<_>, _>>();
        let scores = self.stimuli.iter().map(|stimulus| Score::new(&program, stimulus));
        let (Ok(plain), Ok(scores)) = (plain, scores.collect::<Result<Vec<_>, _>>()) else {
            return false;
        };
        for &(steps, samples) in blocks {
            let player = Player::new(&program, &requests).expect("the plain way took them");
            let mut player = player.with_block(steps, samples);
            // Whoever played once plays the same again, together or alone.
            for scores in [&scores[..], &scores[..1], &scores[..]] {
                let fast = player.perform_all(scores, self.steps).expect("the plain way did");
                for (sample, (plain, fast)) in plain.iter().zip(&fast).enumerate() {
                    let place = (profile.title(), choices.reset, sample, steps, samples);
                    assert_same(&format!("{place:?}"), plain, fast);
                }
            }
        }
        true
    }

    fn requests(&self, all: Vec<Request>) -> Vec<Request> {
        all.into_iter().filter(|request| self.records.wants(request)).collect()
    }
}

fn assert_same(place: &str, plain: &Recording, fast: &Recording) {
    assert_eq!(plain.arrays.len(), fast.arrays.len());
    for ((request, plain), (_, fast)) in plain.arrays.iter().zip(&fast.arrays) {
        let [plain, fast] = [plain, fast].map(|array| array.to_f64().expect("numbers"));
        assert_eq!(plain.len(), fast.len());
        for (at, (plain, fast)) in plain.iter().zip(fast.iter()).enumerate() {
            let (node, observable) = (&request.node, request.observable);
            let same = bits(*plain) == bits(*fast);
            assert!(same, "{place}: {node} {observable} {at} is {plain}, and {fast} the fast way");
        }
    }
}

/// The bits of a number; one NaN is as good as another.
fn bits(x: f64) -> u64 {
    if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() }
}

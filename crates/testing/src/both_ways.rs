//! The plain way of an engine, step by step, its fast way, in blocks, and the step program that it lowers to, interpreted and
//! executed: all give the same bits.

use nirkit_engine::clocked::semantics::{BatchRunner, Frames, GriddedStimulus, record_stepwise};
use nirkit_engine::clocked::{Dense, GridInput, Options, Recording, prepare, run_batch};
use nirkit_platforms::{Choices, Profile};
use nirkit_run::Request;

use crate::recipe::{Case, Records};
use crate::step_program::{self, Entering};

impl Case {
    /// Runs the network on the clocked engine, with all samples as a batch; whether the engine takes
    /// it.
    pub fn agrees_clocked(&self, options: &Options) -> bool {
        let Ok(program) = prepare(&self.graph, &self.facts, options) else { return false };
        let requests = self.requests(program.requests());
        let Ok(drive) = GridInput::new(&program, &self.stimuli) else { return false };
        let batch = self.stimuli.len();
        let Ok(mut plain) = Dense::new(&program, &requests, self.steps, batch) else {
            return false;
        };
        let mut fast = plain.clone();
        program.start(batch).advance(self.steps, &mut drive.clone(), &mut plain);
        program.start(batch).record(self.steps, &drive, &mut fast, &mut |_| {});
        let [plain, fast] = [plain, fast].map(|dense| dense.finish(true).expect("arrays"));
        assert_same("the clocked engine", &plain, &fast);
        let (Some(stimulus), Records::Everything) = (self.stimuli.first(), &self.records) else {
            return true;
        };
        let lowered = program.step_program().expect("delays are short");
        let one = std::slice::from_ref(stimulus);
        let alone = run_batch(&program, one, self.steps, &requests).expect("it ran in a batch");
        let mut drive = GridInput::new(&program, one).expect("it ran in a batch");
        let frames = |step| program.frames(step, &mut drive);
        self.agrees_interpreted(&format!("{options:?}"), &lowered, frames, &alone);
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
        let gridded = self.stimuli.iter().map(|stimulus| GriddedStimulus::new(&program, stimulus));
        let (Ok(plain), Ok(gridded)) = (plain, gridded.collect::<Result<Vec<_>, _>>()) else {
            return false;
        };
        // The interpreter takes a number at a time: once for each choice is enough.
        let is_whole = matches!(self.records, Records::Everything) && choices.reset.is_none();
        if let (Some(stimulus), Some(plain), true) = (self.stimuli.first(), plain.first(), is_whole)
        {
            let lowered = program.step_program().expect("sums are added in their order");
            let mut frames = Frames::new(&program, stimulus).expect("the plain way took it");
            let frames = |step| frames.at(step).to_vec();
            self.agrees_interpreted(&profile.title(), &lowered, frames, plain);
        }
        for &(steps, samples) in blocks {
            let runner = BatchRunner::new(&program, &requests).expect("the plain way took them");
            let mut runner = runner.with_block(steps, samples);
            // Whoever played once plays the same again, together or alone.
            for gridded in [&gridded[..], &gridded[..1], &gridded[..]] {
                let fast = runner.run_batch(gridded, self.steps).expect("the plain way did");
                for (sample, (plain, fast)) in plain.iter().zip(&fast).enumerate() {
                    let place = (profile.title(), choices.reset, sample, steps, samples);
                    assert_same(&format!("{place:?}"), plain, fast);
                }
            }
        }
        true
    }

    /// Runs the step program of a network, as it is read back from its text.
    fn agrees_interpreted(
        &self,
        place: &str,
        lowered: &nirkit_step::Program,
        mut frames: impl FnMut(usize) -> Vec<Vec<f64>>,
        plain: &Recording,
    ) {
        assert_eq!(lowered.faults(), [], "{place}: {lowered}");
        let text = lowered.to_string();
        let read = nirkit_step::parse(&text).expect("what was printed can be read");
        assert_eq!(read.to_string(), text);
        let mut run = nirkit_step::Run::new(&read);
        let plain: Vec<(String, Vec<f64>)> = plain
            .arrays
            .iter()
            .map(|(request, array)| {
                let name = format!("{}:{}", request.node, request.observable);
                (name, array.to_f64().expect("numbers").into_owned())
            })
            .collect();
        let frames: Vec<Vec<Vec<f64>>> = (0..self.steps).map(&mut frames).collect();
        for (step, frames) in frames.iter().enumerate() {
            run.step(frames);
            for (name, numbers) in &plain {
                let found = run.observe(name).expect("what can be recorded has a probe");
                let wanted = &numbers[step * found.len()..][..found.len()];
                for (neuron, (found, wanted)) in found.iter().zip(wanted).enumerate() {
                    let same = bits(*found) == bits(*wanted);
                    let at = format!("{place}: step {step}, {name}, {neuron}");
                    assert!(same, "{at} is {wanted}, and {found} in the step program\n{text}");
                }
            }
        }
        // The executor is prepared anew each time, so that it takes one in four.
        let choice = lowered.operations.len() + place.len();
        if choice.is_multiple_of(4) {
            let samples = [Entering::of_frames(&frames)];
            step_program::agrees_in_one_way(&read, &samples, self.steps, choice, choice / 4);
        }
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

//! What a program computes for a stimulus, for a test bench to replay.

use nirkit_step::{Input, Number, Numbers, Program, Run};

/// A stimulus and every number that can be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Vectors {
    /// Number of steps.
    pub steps: usize,
    /// The frames of each input, one after the other.
    pub inputs: Vec<Vec<f64>>,
    /// The numbers of each probe after each step, one after the other.
    pub probes: Vec<Numbers>,
}

impl Vectors {
    /// Runs a program on the frames of each input, one after the other.
    #[must_use]
    pub fn record(program: &Program, inputs: Vec<Vec<f64>>, steps: usize) -> Self {
        let mut run = Run::new(program);
        let probe = |probe: &nirkit_step::Probe| {
            let buffer = &program.buffers[probe.buffer.0];
            Numbers::filled(Number::zero(buffer.format()), buffer.len() * steps)
        };
        let mut probes: Vec<Numbers> = program.probes.iter().map(probe).collect();
        for step in 0..steps {
            run.step(&frames_of(program, &inputs, step));
            for (numbers, probe) in probes.iter_mut().zip(&program.probes) {
                let now = run.buffer(probe.buffer);
                for (at, number) in now.iter().enumerate() {
                    numbers.set(step * now.len() + at, number);
                }
            }
        }
        Self { steps, inputs, probes }
    }

    /// The frame of each input in a step.
    pub(crate) fn frames_of(&self, program: &Program, step: usize) -> Vec<Vec<f64>> {
        frames_of(program, &self.inputs, step)
    }

    /// The frames of an input, rounded to its format; what is missing is 0.
    pub(crate) fn frames(&self, program: &Program, input: usize) -> Numbers {
        let Input { format, shape, .. } = &program.inputs[input];
        let len = shape.iter().product::<usize>() * self.steps;
        let mut numbers = Numbers::filled(Number::zero(*format), len);
        let given = self.inputs.get(input).into_iter().flatten();
        for (at, &x) in given.take(len).enumerate() {
            numbers.set(at, format.round(x));
        }
        numbers
    }

    /// The most spikes that an input has in a step; `None` if something else than spikes enters.
    pub(crate) fn most_spikes(&self, program: &Program, input: usize) -> Option<usize> {
        let frames = self.frames(program, input).to_f64();
        let is_count = |x: &f64| (0.0..1000.0).contains(x) && x.fract() == 0.0;
        let len = program.inputs[input].shape.iter().product::<usize>();
        let counts = frames.chunks(len.max(1)).map(|frame| frame.iter().sum::<f64>() as usize);
        frames.iter().all(is_count).then(|| counts.max().unwrap_or(0))
    }

    /// Makes a stimulus of spikes: in each step about one channel in `one_in` has one. The same every time.
    #[must_use]
    pub fn spikes(program: &Program, steps: usize, one_in: u64) -> Vec<Vec<f64>> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut draw = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            f64::from(u8::from((state >> 11).is_multiple_of(one_in.max(1))))
        };
        let len = |shape: &[usize]| steps * shape.iter().product::<usize>();
        program
            .inputs
            .iter()
            .map(|input| (0..len(&input.shape)).map(|_| draw()).collect())
            .collect()
    }
}

/// The frame of each input in a step.
fn frames_of(program: &Program, inputs: &[Vec<f64>], step: usize) -> Vec<Vec<f64>> {
    let frame = |(input, frames): (&Input, &Vec<f64>)| {
        let len = input.shape.iter().product::<usize>();
        frames.iter().skip(step * len).take(len).copied().collect()
    };
    program.inputs.iter().zip(inputs).map(frame).collect()
}

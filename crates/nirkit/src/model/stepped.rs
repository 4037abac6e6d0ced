//! A step program as an engine: of a platform as it is, or in integers.

use nirkit_engine::clocked::SpikeStep;
use nirkit_numerics::Tensor;
use nirkit_run::{Request, Signal, Stimulus as Sample, interrupt};
use nirkit_step::{BufferId, Input, Program, Run};

use super::{Engine, Model, Observed, Outcome, Task};
use crate::error::{Error, ErrorKind};
use crate::watch::stopped;

/// What ends the name of the input for a current, where spikes and currents enter apart.
const CURRENT: &str = ".current";

/// A step program, and what a model of a graph says of it.
struct Stepped {
    program: Program,
    /// What the numbers of each buffer are divided by: one number, or one for each element.
    scales: Vec<Vec<f64>>,
    /// What the numbers of each input are divided by.
    units: Vec<f64>,
    observed: Observed,
    answer: Result<String, Error>,
    leaves_voltage: bool,
    spike_step: SpikeStep,
}

impl Model {
    /// The same model, computed by a step program. Numbers of each buffer are divided by its scale, those of an input by its unit.
    pub(crate) fn stepped(&self, program: Program, scales: Vec<Vec<f64>>, units: Vec<f64>) -> Self {
        let engine = self.engine();
        let known = |request: &&Request| {
            let name = format!("{}:{}", request.node, request.observable);
            program.probes.iter().any(|probe| probe.name == name)
        };
        let requests: Vec<Request> = engine.requests().iter().filter(known).cloned().collect();
        let channels = requests.iter().map(|request| engine.channels(request)).collect();
        let answer = engine.answer_node();
        let leaves_voltage = answer.as_ref().is_ok_and(|node| engine.puts_out_voltage(node));
        let engine = Box::new(Stepped {
            program,
            scales,
            units,
            observed: Observed::new(requests, channels, engine.dt()),
            answer,
            leaves_voltage,
            spike_step: engine.spike_step(),
        });
        Self {
            engine,
            title: self.title.clone(),
            inputs: self.inputs.clone(),
            shapes: self.shapes.clone(),
            choices: self.choices.clone(),
            notes: self.notes.clone(),
            limits: self.limits,
            voice: self.voice,
        }
    }
}

/// The frames of each input of a program for a sample, one after the other.
///
/// # Errors
///
/// A current between breakpoints, which has no frames.
pub(crate) fn frames(
    inputs: &[Input],
    sample: &Sample,
    steps: usize,
    dt: f64,
    spike_step: SpikeStep,
) -> Result<Vec<Vec<f64>>, Error> {
    let len = |input: &Input| input.shape.iter().product::<usize>();
    let mut made: Vec<Vec<f64>> =
        inputs.iter().map(|input| vec![0.0; steps * len(input)]).collect();
    for (name, signal) in &sample.signals {
        let is_current =
            matches!(signal, Signal::Current { .. } | Signal::Frames { counts: false, .. });
        let current = format!("{name}{CURRENT}");
        let apart = inputs.iter().position(|input| input.name == current && is_current);
        let found = apart.or_else(|| inputs.iter().position(|input| input.name == *name));
        let Some(at) = found else { continue };
        let (channels, to) = (len(&inputs[at]), &mut made[at]);
        match signal {
            Signal::Frames { values, .. } => {
                to.iter_mut().zip(values).for_each(|(to, value)| *to = *value);
            }
            Signal::Spikes { spikes, .. } => {
                for spike in spikes {
                    let step = spike_step.of(spike.time / dt);
                    if let Some(number) = to.get_mut(step * channels + spike.channel) {
                        *number += spike.value;
                    }
                }
            }
            Signal::Current { .. } => {
                let what =
                    format!("`{name}` has a current between instants, and steps take frames");
                let error = Error::new(what).of_kind(ErrorKind::Stimulus);
                return Err(error.help("give an array with a frame for each step"));
            }
        }
    }
    Ok(made)
}

impl Stepped {
    /// Runs a sample, and appends the numbers of each request after each step.
    fn sample(
        &self,
        task: &Task<'_>,
        sample: &Sample,
        buffers: &[BufferId],
        numbers: &mut [Vec<f64>],
    ) -> Result<(), Error> {
        let inputs = &self.program.inputs;
        let made = frames(inputs, sample, task.steps, task.dt, self.spike_step)?;
        let mut run = Run::new(&self.program);
        for step in 0..task.steps {
            let frame = |(at, frames): (usize, &Vec<f64>)| {
                let len = inputs[at].shape.iter().product::<usize>();
                let unit = self.units.get(at).copied().unwrap_or(1.0);
                let row = frames.get(step * len..(step + 1) * len).unwrap_or(&[]);
                row.iter().map(|x| if unit == 1.0 { *x } else { (x / unit).round() }).collect()
            };
            let frame: Vec<Vec<f64>> = made.iter().enumerate().map(frame).collect();
            run.step(&frame);
            for (&buffer, numbers) in buffers.iter().zip(numbers.iter_mut()) {
                let scale = self.scales.get(buffer.0).map_or(&[][..], Vec::as_slice);
                let scale = |at: usize| match scale {
                    [] => 1.0,
                    [only] => *only,
                    each => each[at],
                };
                let now = run.buffer(buffer).iter().enumerate();
                numbers.extend(now.map(|(at, x)| x.to_f64() / scale(at)));
            }
        }
        Ok(())
    }
}

impl Engine for Stepped {
    fn step_program(&self) -> Result<Program, Error> {
        Ok(self.program.clone())
    }

    fn kind(&self) -> &'static str {
        "step program"
    }

    fn observed(&self) -> &Observed {
        &self.observed
    }

    fn spike_step(&self) -> SpikeStep {
        self.spike_step
    }

    fn counts_steps(&self) -> bool {
        true
    }

    fn run(&self, task: &Task<'_>) -> Result<Outcome, Error> {
        let place = |request: &Request| {
            let name = format!("{}:{}", request.node, request.observable);
            self.program.probes.iter().find(|probe| probe.name == name).map(|probe| probe.buffer)
        };
        let known = task.requests.iter().filter_map(|request| Some((request, place(request)?)));
        let (requests, buffers): (Vec<&Request>, Vec<BufferId>) = known.unzip();
        let mut of_samples = Vec::with_capacity(task.samples.len());
        for (at, sample) in task.samples.iter().enumerate() {
            let mut numbers = vec![Vec::new(); buffers.len()];
            self.sample(task, sample, &buffers, &mut numbers)?;
            of_samples.push(numbers);
            let is_stopped = task.watch.done(at as u64 + 1, task.samples.len() as u64).is_break();
            if is_stopped || interrupt::is_requested() {
                return Err(stopped());
            }
        }
        let mut arrays = Vec::new();
        for (which, request) in requests.into_iter().enumerate() {
            let buffer = &self.program.buffers[buffers[which].0];
            let (len, samples) = (buffer.len(), of_samples.len());
            let mut numbers = Vec::with_capacity(task.steps * samples * len);
            for step in 0..task.steps {
                for of_sample in &of_samples {
                    numbers.extend_from_slice(&of_sample[which][step * len..(step + 1) * len]);
                }
            }
            let batch: &[usize] = if task.has_batch { &[samples] } else { &[] };
            let shape = [&[task.steps], batch, &buffer.shape].concat();
            let array = Tensor::new(&shape, numbers)
                .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Internal))?;
            arrays.push((request.clone(), array));
        }
        Ok(Outcome { arrays, ..Outcome::default() })
    }

    fn answer_node(&self) -> Result<String, Error> {
        self.answer.clone()
    }

    fn puts_out_voltage(&self, node: &str) -> bool {
        self.leaves_voltage && self.answer.as_ref().is_ok_and(|answer| answer == node)
    }
}

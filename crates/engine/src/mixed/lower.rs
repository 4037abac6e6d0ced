//! Lowers a network of integer weights and states in single precision to a step program.

use nirkit_step::{
    BufferId, Cell, CellBuilder, Comparison, Expr, Format, Number, Numbers, Operation, Read,
    Variable, When,
};

use super::network::{Population, Reset};
use super::program::Program;
use crate::integer::Source;
use crate::integer::lower::wiring::Wiring;
use nirkit_run::recording::Observable;

impl Program {
    /// Returns the step program that this one executes. A run of it gives the bits of a run of this one.
    #[must_use]
    pub fn step_program(&self, dt: Option<f64>) -> nirkit_step::Program {
        let network = self.network();
        let mut wiring = Wiring::new(dt, network.inputs.iter());
        let mut buffers = Vec::new();
        for population in &network.populations {
            let Population { name, shape, .. } = population;
            let neurons = population.neurons();
            let spikes = wiring.program.buffer(name, shape, Numbers::I64(vec![0; neurons]));
            let mut state = |kind: &str| {
                wiring.program.buffer(
                    &format!("{name}.{kind}"),
                    shape,
                    Numbers::F32(vec![0.0; neurons]),
                )
            };
            let (v, i) = (state("v"), state("isyn"));
            buffers.push(Buffers { spikes, v, i });
        }
        wiring.frames();
        let outputs: Vec<BufferId> = buffers.iter().map(|buffers| buffers.spikes).collect();
        let links = network.projections.iter().map(|link| (link.source, link.delay));
        let links: Vec<(Source, usize)> = links.collect();
        wiring.delays(links.into_iter(), &outputs);
        for (at, (population, own)) in network.populations.iter().zip(&buffers).enumerate() {
            let mut sums = Vec::new();
            for projection in network.projections.iter().filter(|link| link.target == at) {
                let seen = wiring.seen(projection.source, projection.delay, &outputs);
                let buffer = wiring.mapped(seen, &projection.maps);
                sums.push(Read { buffer, before: None });
            }
            let zeros = Numbers::I64(vec![0; population.neurons()]);
            let to = wiring.program.buffer(
                &format!("{}.sum", population.name),
                &population.shape,
                zeros,
            );
            wiring.push(Operation::Add { from: sums, to });
            wiring.push(Operation::Cell(cell(population, own, to)));
        }
        for request in self.requests() {
            let at = network.populations.iter().position(|found| found.name == request.node);
            let Some(own) = at.map(|at| &buffers[at]) else { continue };
            let buffer = match request.observable {
                Observable::Spikes => own.spikes,
                Observable::V => own.v,
                _ => own.i,
            };
            wiring.probe(&request, buffer);
        }
        wiring.finish()
    }
}

/// The buffers of a population.
struct Buffers {
    spikes: BufferId,
    v: BufferId,
    i: BufferId,
}

fn cell(population: &Population, own: &Buffers, sum: BufferId) -> Cell {
    let mut cell = CellBuilder::new(population.neurons(), When::Always);
    let mut numbers =
        |name: &str, numbers: &[f32]| cell.numbers(name, Numbers::F32(numbers.to_vec()));
    let kept = population.synapse.as_ref().map(|kept| numbers("isyn.kept", kept));
    let membrane = numbers("v.kept", &population.membrane);
    let offset = numbers("offset", &population.offset);
    let threshold = numbers("threshold", &population.threshold);
    let [v, i, spikes] = [own.v, own.i, own.spikes].map(Variable::Buffer);
    let sum = Expr::Convert(Format::F32, Box::new(Expr::of(Variable::Buffer(sum))));
    cell.set(i, kept.map_or(sum.clone(), |kept| kept * Expr::of(i) + sum));
    cell.set(v, membrane * Expr::of(v) + Expr::of(i) + offset);
    let integers = [1, 0].map(|x| Expr::Constant(Number::I64(x)));
    cell.set(spikes, Expr::select(Comparison::Above, [Expr::of(v), threshold.clone()], integers));
    let after = match population.reset {
        Reset::Zero => Expr::Constant(Number::F32(0.0)),
        Reset::Subtract => Expr::of(v) - threshold,
    };
    let silent = [Expr::of(spikes), Expr::Constant(Number::I64(0))];
    cell.set(v, Expr::select(Comparison::Equal, silent, [Expr::of(v), after]));
    cell.finish()
}

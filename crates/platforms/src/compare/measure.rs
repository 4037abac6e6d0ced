//! Measures of how far apart two runs are.

use super::pair::First;

/// How far apart two runs are.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The nodes that spike in both, in ascending order of their names.
    pub nodes: Vec<NodeDifference>,
    /// The first difference of all nodes: the earliest step, then the earliest node in the order of
    /// execution of the first run, then the lowest neuron.
    pub first: Option<First>,
}

impl Difference {
    /// The sum of the distances of all nodes.
    #[must_use]
    pub fn distance(&self) -> f64 {
        self.nodes.iter().map(|node| node.distance).sum()
    }
}

/// How far apart two runs are at one node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeDifference {
    /// Full name of the node.
    pub node: String,
    /// Spikes of both runs.
    pub counts: [f64; 2],
    /// Numbers of spikes, of a neuron in a step, that differ.
    pub entries: usize,
    /// Cosine of the angle between the mean activities; 1 if both are silent, 0 if one is.
    pub cosine: f64,
    /// Squared van Rossum distance, summed over neurons: a spike too many counts 1/2, and two
    /// spikes at a distance of many time constants count 1.
    pub distance: f64,
    /// The first difference at this node.
    pub first: Option<First>,
}

/// The measures of one node while the runs go on.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    /// Spikes of each neuron in both runs.
    totals: [Vec<f64>; 2],
    /// The difference of the spike trains behind an exponential kernel.
    trace: Vec<f64>,
    entries: usize,
    squares: f64,
    /// What stays of the kernel after a step.
    decay: f64,
}

impl Meter {
    /// A meter for so many neurons, with the time constant of the kernel in steps.
    pub(super) fn new(neurons: usize, memory: f64) -> Self {
        let zeros = || vec![0.0; neurons];
        Self {
            totals: [zeros(), zeros()],
            trace: zeros(),
            entries: 0,
            squares: 0.0,
            decay: nirkit_numerics::math::exp(-1.0 / memory),
        }
    }

    /// Takes the spikes of a step; the first neuron at which they differ.
    pub(super) fn take(&mut self, a: &[f64], b: &[f64]) -> Option<usize> {
        let mut first = None;
        for (neuron, (&a, &b)) in a.iter().zip(b).enumerate() {
            let differ = (a - b).abs() > 0.0;
            if differ {
                self.entries += 1;
                first = first.or(Some(neuron));
            }
            self.totals[0][neuron] += a;
            self.totals[1][neuron] += b;
            let trace = &mut self.trace[neuron];
            *trace = *trace * self.decay + (a - b);
            self.squares += *trace * *trace;
        }
        first
    }

    /// What was measured. The kernels are followed to their ends.
    pub(super) fn finish(&self, node: String, first: Option<First>) -> NodeDifference {
        let fade = self.decay * self.decay;
        let tail: f64 = self.trace.iter().map(|trace| trace * trace * fade / (1.0 - fade)).sum();
        // A sum over steps is larger than the integral of the kernel by this factor.
        let scale = 0.5 * (1.0 - fade);
        let [a, b] = &self.totals;
        NodeDifference {
            node,
            counts: [a.iter().sum(), b.iter().sum()],
            entries: self.entries,
            cosine: cosine(a, b),
            distance: (self.squares + tail) * scale,
            first,
        }
    }
}

/// Cosine of the angle between two vectors; 1 if both are 0, 0 if one is.
#[must_use]
pub fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let (aa, bb) = (dot(a, a), dot(b, b));
    if aa == 0.0 && bb == 0.0 {
        return 1.0;
    }
    if aa == 0.0 || bb == 0.0 {
        return 0.0;
    }
    dot(a, b) / (aa.sqrt() * bb.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two spike trains of one neuron with a time constant of 10 steps.
    fn distance(a: &[f64], b: &[f64]) -> f64 {
        let mut meter = Meter::new(1, 10.0);
        for (a, b) in a.iter().zip(b) {
            meter.take(&[*a], &[*b]);
        }
        meter.finish(String::new(), None).distance
    }

    #[test]
    fn a_spike_too_many_counts_one_half() {
        assert!((distance(&[0.0, 1.0, 0.0], &[0.0; 3]) - 0.5).abs() < 1e-12);
        assert!((distance(&[0.0, 0.0, 1.0], &[0.0; 3]) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_spike_moved_by_d_counts_one_less_the_overlap() {
        // van Rossum (2001): D^2 = 1 - exp(-d / tau) for one spike in each train.
        let mut late = [0.0; 40];
        late[7] = 1.0;
        let mut early = [0.0; 40];
        early[4] = 1.0;
        let expected = 1.0 - nirkit_numerics::math::exp(-0.3);
        assert!((distance(&late, &early) - expected).abs() < 1e-12);
    }

    #[test]
    fn the_cosine_of_silence_is_one_with_itself_and_zero_with_others() {
        assert!((cosine(&[0.0], &[0.0]) - 1.0).abs() < 1e-15);
        assert!(cosine(&[0.0], &[2.0]).abs() < 1e-15);
        assert!((cosine(&[3.0, 4.0], &[4.0, 3.0]) - 24.0 / 25.0).abs() < 1e-15);
    }
}

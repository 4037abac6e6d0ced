//! Populations in a run by blocks: states in single precision, sums in 32 bits.

use super::network::{Population, Reset};
use crate::integer::time_block::{Arrivals, Cells, Layout, StateField, Tile, padded};

/// The neurons of a population. Lists lie as the layout has it, padded to whole chunks.
#[derive(Debug)]
pub(crate) struct Neurons {
    synapse: Option<Vec<f32>>,
    membrane: Vec<f32>,
    offset: Vec<f32>,
    threshold: Vec<f32>,
    reset: Reset,
}

/// What changes.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// The currents, or what arrived in the last step.
    i: Vec<f32>,
    v: Vec<f32>,
}

impl Neurons {
    pub(super) fn new(population: &Population, layout: Layout) -> Self {
        let lie = |list: &Vec<f32>, pad: f32| {
            let mut list = layout.arrange(list);
            list.resize(padded(list.len()), pad);
            list
        };
        Self {
            synapse: population.synapse.as_ref().map(|kept| lie(kept, 0.0)),
            membrane: lie(&population.membrane, 0.0),
            offset: lie(&population.offset, 0.0),
            // Nothing passes behind the last neuron.
            threshold: lie(&population.threshold, f32::INFINITY),
            reset: population.reset,
        }
    }
}

impl Cells for Neurons {
    type Number = f32;
    type State = State;

    fn start(&self, width: usize) -> State {
        let zeros = vec![0.0; width];
        State { i: zeros.clone(), v: zeros }
    }

    #[inline(always)]
    fn advance(&self, state: &mut State, tile: Tile, arrivals: &Arrivals<'_>, spikes: &mut [i32]) {
        let (i, v) = (tile.of_row_mut(&mut state.i), tile.of_row_mut(&mut state.v));
        let sums = arrivals.sums(0, tile);
        let len = v.len();
        let (i, sums, spikes) = (&mut i[..len], &sums[..len], &mut spikes[..len]);
        if let Some(kept) = &self.synapse {
            let kept = tile.of_row(kept);
            for lane in 0..len {
                i[lane] = kept[lane] * i[lane] + sums[lane] as f32;
            }
        } else {
            for lane in 0..len {
                i[lane] = sums[lane] as f32;
            }
        }
        let [kept, offset, threshold] =
            [&self.membrane, &self.offset, &self.threshold].map(|list| &tile.of_row(list)[..len]);
        for lane in 0..len {
            v[lane] = kept[lane] * v[lane] + i[lane] + offset[lane];
        }
        let subtracts = self.reset == Reset::Subtract;
        for lane in 0..len {
            let fires = v[lane] > threshold[lane];
            let after = if subtracts { v[lane] - threshold[lane] } else { 0.0 };
            v[lane] = if fires { after } else { v[lane] };
            spikes[lane] = i32::from(fires);
        }
    }

    #[inline(always)]
    fn look<'a>(&self, state: &'a State, look: StateField) -> &'a [f32] {
        match look {
            StateField::Current(_) => &state.i,
            StateField::Voltage | StateField::Spikes => &state.v,
        }
    }
}

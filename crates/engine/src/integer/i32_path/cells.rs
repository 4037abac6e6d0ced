//! Populations in 32 bits.

use super::super::network::{Arrival, Assembly, Order, Population};
use super::super::time_block::{
    Arrivals, BOUND, Cells, Dense, Layout, MOST_SYNAPSES, Spike, StateField, TILE, Tile, seen,
};
use super::decay::{Retention, both, pad};
use super::fire::Firing;
use super::hold::OverflowRule;

/// The neurons of a population. Lists lie as the layout has it, padded to whole chunks.
#[derive(Debug)]
pub(crate) struct Neurons {
    synapses: Vec<Current>,
    hold: OverflowRule,
    /// How what decays is held where the change is put together.
    wrap: OverflowRule,
    keep: Retention,
    /// Empty without a bias.
    bias: Vec<i32>,
    assembly: Assembly,
    fire: Firing,
    /// Neurons that count the spikes of each neuron as theirs; empty for none at all.
    aliases: Vec<Vec<usize>>,
}

/// A synaptic current.
#[derive(Debug)]
struct Current {
    hold: OverflowRule,
    keep: Retention,
    /// Bits by which a sum is shifted; `None` where spikes arrive one by one.
    shift: Option<u32>,
    order: Order,
}

/// What changes.
#[derive(Clone, Debug)]
pub(crate) struct State {
    currents: Vec<Vec<i32>>,
    v: Vec<i32>,
    /// Currents of a tile, added up.
    total: Vec<i32>,
}

impl Neurons {
    /// The neurons, and the most that may arrive at each synapse in a step so that no number is
    /// larger than [`BOUND`]; `None` where there is no such number.
    pub(super) fn new(population: &Population, layout: Layout) -> Option<(Self, Vec<i64>)> {
        let membrane = &population.membrane;
        let hold = OverflowRule::new(membrane.register)?;
        let keep = Retention::new(&membrane.decay, layout)?;
        let fire = Firing::new(&population.fire, layout)?;
        let widest = membrane.bias.iter().map(|bias| bias.abs()).max().unwrap_or(0);
        // Voltages as they are left over.
        let v = match (hold, &keep) {
            (OverflowRule::Free, Retention::Nothing) => 0,
            (OverflowRule::Free, _) => fire.left?,
            (OverflowRule::WrapOnce { .. }, _) => return None,
            _ => hold.end().max(fire.lowest),
        };
        // Neurons that count the spikes of others may keep more than their threshold.
        if !population.aliases.is_empty()
            && (hold == OverflowRule::Free
                || population.fire.limit > BOUND / 2
                || layout != Layout::Plain)
        {
            return None;
        }
        // Twice a voltage, where the change is as large.
        let rest = Some(BOUND - 2 * v - widest).filter(|&rest| rest >= 0)?;
        if population.synapses.len() > MOST_SYNAPSES {
            return None;
        }
        let mut synapses = Vec::new();
        let (mut headroom, mut open, mut closed) = (Vec::new(), 0, 0);
        for synapse in &population.synapses {
            let hold = OverflowRule::new(synapse.register)?;
            let keep = Retention::new(&synapse.decay, layout)?;
            let shift = match synapse.arrival {
                Arrival::EachSpike => None,
                Arrival::Sum { shift } => Some(shift),
            };
            let forgets = keep == Retention::Nothing && synapse.order == Order::DecayThenArrive;
            // States are held in the register, so that it has to hold whatever decays.
            match hold {
                OverflowRule::Free if forgets && shift.is_some() => open += 1,
                OverflowRule::Free => return None,
                OverflowRule::WrapOnce { .. } if shift.is_none() => return None,
                _ => closed += hold.end(),
            }
            let most = match hold {
                OverflowRule::WrapOnce { span, .. } => i64::from(span),
                _ => BOUND,
            };
            headroom.push((
                hold == OverflowRule::Free,
                most.min(BOUND - hold.end()) >> shift.unwrap_or(0),
                shift,
            ));
            synapses.push(Current { hold, keep, shift, order: synapse.order });
        }
        let rest = Some(rest - closed).filter(|&rest| rest >= 0)?;
        let headroom = headroom.into_iter().map(|(is_open, most, shift)| {
            if is_open { most.min((rest / open) >> shift.unwrap_or(0)) } else { most }
        });
        let bias: Vec<i32> = membrane.bias.iter().map(|&bias| bias as i32).collect();
        let neurons = Self {
            synapses,
            hold,
            wrap: match membrane.assembly {
                Assembly::AtOnce => OverflowRule::Free,
                Assembly::ByChange => hold.wrapping(membrane.register)?,
            },
            keep,
            bias: pad(layout.arrange(&bias), 0),
            assembly: membrane.assembly,
            fire,
            aliases: population.aliases.clone(),
        };
        Some((neurons, headroom.collect()))
    }

    /// The new voltages of a tile, before spikes.
    #[inline(always)]
    fn charge(&self, at: usize, v: &mut [i32], current: &[i32]) {
        let bias = self.bias.get(at..at + v.len());
        match self.assembly {
            Assembly::AtOnce => {
                self.keep.keep(at, v);
                add(v, current);
                if let Some(bias) = bias {
                    add(v, bias);
                }
                self.hold.each(v);
            }
            Assembly::ByChange => {
                let (mut before, mut change) = ([0; TILE], [0; TILE]);
                let (before, change) = (&mut before[..v.len()], &mut change[..v.len()]);
                before.copy_from_slice(v);
                change.copy_from_slice(v);
                self.keep.keep(at, change);
                for lane in 0..change.len() {
                    change[lane] -= before[lane];
                }
                self.wrap.each(change);
                add(change, current);
                self.hold.each(change);
                if let Some(bias) = bias {
                    add(change, bias);
                    self.hold.each(change);
                }
                add(v, change);
                self.hold.each(v);
            }
        }
    }
}

#[inline(always)]
fn add(to: &mut [i32], more: &[i32]) {
    let (to, more) = both(to, more, 0);
    for lane in 0..more.len() {
        to[lane] += more[lane];
    }
}

/// Adds what spikes bring to the states of a tile, which hold the sum after each source.
#[inline(always)]
fn deliver(
    dense: &Dense,
    tile: usize,
    spikes: &[Spike],
    limit: i32,
    hold: OverflowRule,
    states: &mut [i32],
) {
    let arriving = seen(spikes, limit);
    match hold {
        OverflowRule::Saturate { low, high } => {
            dense.add(tile, arriving, states, |state, more| (state + more).max(low).min(high));
        }
        _ => dense.add(tile, arriving, states, |state, more| hold.hold(state + more)),
    }
}

impl Cells for Neurons {
    type Number = i32;
    type State = State;

    fn start(&self, width: usize) -> State {
        let zeros = vec![0; width];
        State { currents: vec![zeros.clone(); self.synapses.len()], v: zeros, total: vec![0; TILE] }
    }

    #[inline(always)]
    fn is_entangled(&self) -> bool {
        !self.aliases.is_empty()
    }

    #[inline(always)]
    fn advance(&self, state: &mut State, tile: Tile, arrivals: &Arrivals<'_>, spikes: &mut [i32]) {
        let at = tile.start;
        for (number, (synapse, all)) in self.synapses.iter().zip(&mut state.currents).enumerate() {
            let current = tile.of_row_mut(all);
            if synapse.order == Order::DecayThenArrive {
                synapse.keep.keep(at, current);
            }
            if let Some(shift) = synapse.shift {
                let (current, sums) = both(current, arrivals.sums(number, tile), 0);
                for lane in 0..sums.len() {
                    current[lane] += sums[lane] << shift;
                }
                synapse.hold.each(current);
            } else {
                for link in arrivals.links {
                    if let Some((dense, spikes)) = arrivals.spikes(link, number) {
                        deliver(dense, tile.number, spikes, link.limit, synapse.hold, current);
                    }
                }
            }
            if synapse.order == Order::ArriveThenDecay {
                synapse.keep.keep(at, current);
            }
        }
        let v = tile.of_row_mut(&mut state.v);
        if let [currents] = &*state.currents {
            self.charge(at, v, tile.of_row(currents));
        } else {
            let total = &mut state.total[..v.len()];
            total.fill(0);
            for currents in &state.currents {
                add(total, tile.of_row(currents));
            }
            self.charge(at, v, total);
        }
        if !self.is_entangled() {
            self.fire.spike(at, v, spikes);
        }
    }

    #[inline(always)]
    fn finish(&self, state: &mut State, spikes: &mut [i32]) {
        spikes.fill(0);
        for (neuron, aliases) in self.aliases.iter().enumerate() {
            self.fire.spike_one(neuron, &mut state.v[neuron], &mut spikes[neuron]);
            for &alias in aliases {
                spikes[alias] = self.fire.limited(spikes[alias] + spikes[neuron]);
            }
        }
    }

    #[inline(always)]
    fn look<'a>(&self, state: &'a State, look: StateField) -> &'a [i32] {
        match look {
            StateField::Current(synapse) => &state.currents[synapse],
            StateField::Voltage | StateField::Spikes => &state.v,
        }
    }
}

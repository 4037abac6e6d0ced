//! A node's turn: what arrived acts, thresholds are tested, what follows is put out.

use super::cell::{Cell, State};
use super::crossing::Doubt;
use super::expoly::{CONSTANT, ChainId, Chains};
use super::fire::Fire;
use super::inbox::Arrivals;
use super::instant::{Emission, MOST_SPIKES, What};
use super::map::Amount;
use super::neuron::{Glimpse, glimpse, next_spike};
use super::program::{Plan, Role};
use super::queue::Kind;
use super::run::Run;
use super::series::While;
use super::sum::Sum;
use super::threshold;
use nirkit_run::choice::SpikeReading;

impl Run {
    /// Lets everything act that waits at a node.
    pub(super) fn turn(&mut self, plan: &Plan, at: usize, out: &mut Vec<Emission>) {
        if self.inboxes[at].is_empty() {
            return;
        }
        let role = &plan.nodes[at].role;
        if let Role::Delay(_) = role {
            return self.delay(plan, at);
        }
        let waiting = self.inboxes[at].open();
        for &channel in &waiting {
            let arrivals = self.inboxes[at].take(channel);
            if arrivals.is_idle() {
                continue;
            }
            self.counts.updates += 1;
            let what = match role {
                Role::Cells(cells) => {
                    self.integrate(plan, at, channel, cells.at(channel as usize), &arrivals)
                }
                Role::Neurons(neurons) => {
                    let (cell, fire) = neurons.at(channel as usize);
                    self.fire(plan, at, channel, cell, fire, &arrivals)
                }
                Role::Threshold(levels) => {
                    self.pass(plan, at, channel, *levels.at(channel as usize), &arrivals)
                }
                Role::Map(_) | Role::Output | Role::Delay(_) => None,
            };
            out.extend(what.map(|what| Emission { node: at, channel, what }));
        }
        self.inboxes[at].close(waiting);
    }

    /// A channel of I, LI or `CubaLI`: what arrives changes the voltage from now on, and the change
    /// is what the node puts out.
    fn integrate(
        &mut self,
        plan: &Plan,
        at: usize,
        channel: u32,
        cell: &Cell,
        arrivals: &Arrivals,
    ) -> Option<What> {
        let state = &mut self.states[plan.nodes[at].first + channel as usize];
        state.move_to(cell, self.time, &plan.chains);
        let input = Input::of(arrivals, plan.options.spike);
        input.act(cell, state);
        if plan.flow.as_ref().is_some_and(|flow| flow.steps(at)) {
            // What the node puts out is worked out together with its fellows.
            self.stepping.is_due = Some(0);
            return None;
        }
        let mut change = input.passed(cell, &plan.chains);
        let rest = cell.start().v;
        if arrivals.is_start && rest != 0.0 {
            // The output was 0 before the start; the state at rest is what it jumps to.
            change.push((CONSTANT, rest));
        }
        (!change.is_empty()).then_some(What::Change(Kind::Terms(change)))
    }

    /// A channel of IF, LIF or `CubaLIF`.
    fn fire(
        &mut self,
        plan: &Plan,
        at: usize,
        channel: u32,
        cell: &Cell,
        fire: &Fire,
        arrivals: &Arrivals,
    ) -> Option<What> {
        let index = plan.nodes[at].first + channel as usize;
        let (chains, horizon) = (&plan.chains, self.stepping.next - self.time);
        let renewed = self.renewed(plan, at, channel, arrivals);
        let state = &mut self.states[index];
        if state.time < self.time {
            state.move_to(cell, self.time, chains);
            // The prediction was: not above before now, and exactly on the threshold where it ends.
            state.v = state.v.min(fire.threshold);
        }
        if arrivals.is_due {
            state.v = fire.threshold;
        }
        Input::of(arrivals, plan.options.spike).act(cell, state);
        state.take_series(renewed);
        state.solve(cell, chains);
        let margin = state.v - fire.threshold;
        // A predicted crossing is decided again where something else happens at its instant.
        let spikes = margin > 0.0
            || (arrivals.is_due && arrivals.is_void())
            || (margin == 0.0 && cell.is_rising(state, chains));
        let noise = cell.noise(state) + f64::EPSILON * fire.threshold.abs();
        let count = if spikes { fire.reset(&mut state.v, MOST_SPIKES) } else { 0 };
        if spikes {
            state.solve(cell, chains);
        }
        let next = glimpse(cell, fire, state, chains, horizon);
        self.settle_doubt(plan, index, arrivals.is_due);
        if margin != 0.0 && margin.abs() <= noise {
            let doubt = Doubt { at: self.time, margin: margin.abs() };
            self.graze(plan, at, channel as usize, doubt, spikes);
        }
        self.expect(index, at, channel, &next);
        (count > 0).then_some(What::Spikes(count))
    }

    /// What coupled nodes send to a channel from now on, if they have been worked out anew.
    fn renewed(&self, plan: &Plan, at: usize, channel: u32, arrivals: &Arrivals) -> Option<While> {
        let flow = plan.flow.as_ref().filter(|_| arrivals.is_renewed)?;
        Some(While::new(flow.step, self.stepping.input(at, channel as usize)))
    }

    /// A channel of a Threshold.
    fn pass(
        &mut self,
        plan: &Plan,
        at: usize,
        channel: u32,
        level: f64,
        arrivals: &Arrivals,
    ) -> Option<What> {
        let (chains, index) = (&plan.chains, plan.nodes[at].first + channel as usize);
        let renewed = self.renewed(plan, at, channel, arrivals);
        let state = &mut self.states[index];
        let before = state.input_at(self.time, chains);
        state.move_input(self.time, chains);
        // As with neurons: the prediction says on which side the input was until now.
        let known = match (arrivals.is_due, state.above) {
            (true, _) => level,
            (false, true) => before.max(level),
            (false, false) => before.min(level),
        };
        let known = if arrivals.is_start { before } else { known };
        Input::of(arrivals, plan.options.spike).drive(state);
        state.take_series(renewed);
        state.add_up(chains);
        let height = state.input_at(self.time, chains) + (known - before) - level;
        let passes = arrivals.is_due && arrivals.is_void() && !arrivals.is_renewed;
        let rises = || height > 0.0 || (height == 0.0 && threshold::is_rising(state, chains));
        let above = if passes { !state.above } else { rises() };
        // An input that falls to its level and rises from there has been at the level.
        let touches = height == 0.0 && before > level && !passes;
        let spikes = above && (!state.above || touches);
        state.above = above;
        let until_renewal = self.stepping.next - self.time;
        let next = threshold::glimpse(level, state, chains, until_renewal);
        self.settle_doubt(plan, index, arrivals.is_due);
        self.expect(index, at, channel, &next);
        spikes.then_some(What::Spikes(1))
    }

    /// Remembers when a channel will cross its threshold, or before when it will not, if nothing
    /// else happens.
    fn expect(&mut self, index: usize, at: usize, channel: u32, next: &Glimpse) {
        match next {
            Glimpse::Known(crossing) => {
                self.queue.crossings.set(index, crossing.after.map(|s| self.time + s), true);
                self.doubt(index, at, channel as usize, crossing.doubt, self.time);
            }
            Glimpse::NotBefore(s) => {
                self.queue.crossings.set(index, Some(self.time + s), false);
                self.doubt(index, at, channel as usize, None, self.time);
            }
        }
    }

    /// Works out crossings of which only a lower bound is known, as far as they could be next.
    pub(super) fn look_ahead(&mut self, plan: &Plan, next: f64) {
        while let Some(index) = self.queue.crossings.first_unknown(next) {
            let at = plan.node_of(index);
            let channel = index - plan.nodes[at].first;
            let state = &self.states[index];
            let (since, horizon) = (state.time, self.until - state.time);
            let crossing = match &plan.nodes[at].role {
                Role::Neurons(neurons) => {
                    let (cell, fire) = neurons.at(channel);
                    next_spike(cell, fire, state, &plan.chains, horizon)
                }
                Role::Threshold(levels) => {
                    threshold::next_pass(*levels.at(channel), state, &plan.chains, horizon)
                }
                _ => return,
            };
            match crossing.after {
                Some(s) => self.queue.crossings.set(index, Some(since + s), true),
                // Looked for again if the run goes on.
                None => self.queue.crossings.set(index, Some(self.until.next_up()), false),
            }
            self.doubt(index, at, channel, crossing.doubt, since);
        }
    }

    /// Sends everything that arrived at a Delay into its future; what is due together goes together.
    fn delay(&mut self, plan: &Plan, at: usize) {
        let Role::Delay(delays) = &plan.nodes[at].role else { return };
        let mut parcels: Vec<(f64, u8, Amount)> = Vec::new();
        for channel in self.inboxes[at].open() {
            let arrivals = self.inboxes[at].take(channel);
            let due = self.time + delays.at(channel as usize);
            let sums = [arrivals.spikes, arrivals.ends, arrivals.currents];
            for (kind, sum) in (0..).zip(sums).filter(|(_, sum)| !sum.is_zero()) {
                parcels.push((due, kind, (channel, sum.value())));
            }
            if !arrivals.terms.is_empty() {
                self.queue.send(due, at, vec![(channel, 1.0)], Kind::Terms(arrivals.terms));
            }
        }
        parcels.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for parcel in parcels.chunk_by(|a, b| a.0.to_bits() == b.0.to_bits() && a.1 == b.1) {
            let kind = [Kind::Spike, Kind::End, Kind::Current][parcel[0].1 as usize].clone();
            let amounts = parcel.iter().map(|&(_, _, amount)| amount).collect();
            self.queue.send(parcel[0].0, at, amounts, kind);
        }
    }
}

/// What arrivals are under a reading of spikes.
struct Input<'a> {
    /// Area of an impulse.
    area: f64,
    /// Change of the constant current.
    current: Sum,
    terms: &'a [(ChainId, f64)],
}

impl<'a> Input<'a> {
    fn of(arrivals: &'a Arrivals, reading: SpikeReading) -> Self {
        let (mut area, mut current) = (0.0, arrivals.currents);
        match reading {
            SpikeReading::Impulse { area: each } => area = each * arrivals.spikes.value(),
            SpikeReading::Pulse { .. } => {
                current.add_sum(arrivals.spikes);
                current.add_sum(arrivals.ends.negated());
            }
        }
        Self { area, current, terms: &arrivals.terms }
    }

    /// Lets it act on a channel.
    fn act(&self, cell: &Cell, state: &mut State) {
        self.drive(state);
        if self.area != 0.0 {
            cell.hit(state, self.area);
        }
    }

    /// Changes the drive of a channel.
    fn drive(&self, state: &mut State) {
        state.drive.constant.add_sum(self.current);
        for &(chain, coefficient) in self.terms {
            state.drive.add(chain, Sum::of(coefficient));
        }
    }

    /// What it becomes on its way through a cell, as terms of the cell's output.
    fn passed(&self, cell: &Cell, chains: &Chains) -> Vec<(ChainId, f64)> {
        let (rates, gain) = (cell.rates(), cell.gain());
        let mut passed = Vec::new();
        if self.area != 0.0 {
            let (factor, rates) = cell.after_jump();
            let chain = chains.single(rates[0]).and_then(|c| chains.extended(c, &rates[1..]));
            passed.extend(chain.map(|chain| (chain, factor * cell.jump(self.area))));
        }
        let current = (CONSTANT, self.current.value());
        let driven = self.terms.iter().chain((current.1 != 0.0).then_some(&current));
        for &(chain, coefficient) in driven {
            passed.extend(chains.extended(chain, &rates).map(|chain| (chain, gain * coefficient)));
        }
        passed
    }
}

//! Runs: a program on its way through time.
//!
//! Nothing is done between events. A channel keeps its state as of its own last event, and a run
//! that is looked at, saved or stopped in between gives the same bits as one that is not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cell::{Cell, State};
use super::crossing::Doubt;
use super::error::RunError;
use super::feed::{Entry, InputSource};
use super::flow::Stepping;
use super::inbox::Inbox;
use super::map::Scratch;
use super::program::{Plan, Program, Role};
use super::queue::{Kind, Queue};
use super::record::{Event, Probe, Recorder};
use super::report::{Counts, Graze, Method, Report};
use super::series::{BOUND, DEGREE};
use nirkit_run::interrupt;

/// Spikes of a channel within one frame of the stimulus above which a run is given up.
const MOST_IN_A_FRAME: u64 = 1000;

/// Spikes that are no sign of anything, however few channels there are.
const FEW: u64 = 250_000;

/// Instants after which a run asks whether it is still wanted.
const ASKED_AFTER: u64 = 256;

/// A program under way. A clone is a saved state, from which a run goes on with the same bits.
#[derive(Clone, Debug)]
pub struct Run {
    program: Program,
    feed: Arc<InputSource>,
    cursors: Vec<usize>,
    /// What enters at this instant.
    entries: Vec<(usize, usize, Entry)>,
    /// The instant that is worked on, or the last one.
    pub(super) time: f64,
    /// How far the run is asked to go now. Nobody looks for crossings behind it, on courses that may go on for ever.
    pub(super) until: f64,
    /// The instant up to which doubts have been reported.
    settled: f64,
    started: bool,
    /// Instants in a row that were too close to tell apart.
    repeats: usize,
    pub(super) states: Vec<State>,
    pub(super) inboxes: Vec<Inbox>,
    pub(super) queue: Queue,
    /// Groups at which something waits at this instant.
    pub(super) agenda: BTreeSet<usize>,
    /// Spikes of this instant.
    pub(super) events: Vec<Event>,
    /// Number of spikes of this instant.
    pub(super) burst: u64,
    /// When the window in which spikes are counted began, and the spikes before it.
    window: (f64, u64),
    /// Predictions in doubt, by channel, with the instant at which they count.
    doubts: BTreeMap<usize, (Doubt, usize, usize)>,
    pub(super) scratch: Scratch,
    pub(super) stepping: Stepping,
    pub(super) counts: Counts,
    grazes: Vec<Graze>,
}

impl Run {
    pub(super) fn new(program: Program, feed: InputSource) -> Self {
        let plan = Arc::clone(&program.0);
        Self {
            cursors: feed.start(),
            feed: Arc::new(feed),
            entries: Vec::new(),
            time: 0.0,
            until: 0.0,
            settled: f64::NEG_INFINITY,
            started: false,
            repeats: 0,
            states: plan.nodes.iter().flat_map(|node| starts(&node.role, node.inputs)).collect(),
            inboxes: plan.nodes.iter().map(|n| Inbox::new(slots(&n.role, n.inputs))).collect(),
            queue: Queue::new(plan.channels),
            agenda: BTreeSet::new(),
            events: Vec::new(),
            burst: 0,
            window: (0.0, 0),
            doubts: BTreeMap::new(),
            scratch: Scratch::default(),
            stepping: Stepping::new(&plan),
            counts: Counts::default(),
            grazes: Vec::new(),
            program,
        }
    }

    /// The program that runs.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Runs through everything that happens up to and including an instant, in seconds.
    ///
    /// Stopping changes nothing: `advance(1.0)` and `advance(0.3)` followed by `advance(1.0)` give
    /// the same bits. After an error the run must not be used any more.
    pub fn advance(&mut self, until: f64, recorder: &mut dyn Recorder) -> Result<(), RunError> {
        let plan = Arc::clone(&self.program.0);
        self.until = until;
        loop {
            let known = self.next_known();
            self.look_ahead(&plan, known.min(until));
            let next = self.next_crossing().min(known);
            self.sample_before(next, until, recorder)?;
            if next.is_infinite() || next > until {
                self.settle_doubts(&plan, until);
                self.settled = until;
                return Ok(());
            }
            self.instant(&plan, next)?;
            self.hold_bounds(&plan)?;
            for event in self.events.drain(..) {
                recorder.spike(event)?;
            }
            let (pending, limit) = (self.queue.on_the_way(), plan.options.max_pending);
            if pending > limit {
                return Err(RunError::Pending { time: self.time, pending, limit });
            }
        }
    }

    /// The instant that was worked on last, in seconds.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.time
    }

    /// Holds the spikes so far against what has a meaning and what is allowed.
    ///
    /// What excites itself never ends: every spike brings the next one nearer. A neuron that spikes
    /// a thousand times within one frame of the stimulus is beyond any model.
    fn hold_bounds(&mut self, plan: &Plan) -> Result<(), RunError> {
        let (time, spikes, limit) = (self.time, self.counts.spikes, plan.options.max_spikes);
        if spikes > limit {
            return Err(RunError::Spikes { time, spikes, limit });
        }
        let window = plan.options.step;
        if time - self.window.0 > window {
            self.window = (time, spikes);
        }
        // How many of them may fall on one instant is bounded where they are put out.
        let within = (spikes - self.window.1).saturating_sub(self.burst);
        let channels = plan.spiking;
        if within > channels.saturating_mul(MOST_IN_A_FRAME).max(FEW) {
            return Err(RunError::Runaway { time, spikes: within, channels, window });
        }
        let is_asked = self.counts.instants.is_multiple_of(ASKED_AFTER);
        if is_asked && interrupt::is_requested() {
            return Err(RunError::Stopped { time });
        }
        Ok(())
    }

    /// Holds what one instant puts out against what is allowed, while it is put out: through a wide
    /// map, every spike is one at each of many channels of an Output.
    pub(super) fn hold_outputs(&self, plan: &Plan) -> Result<(), RunError> {
        let (time, limit) = (self.time, plan.options.max_spikes);
        let spikes = self.events.len() as u64;
        if spikes > limit { Err(RunError::Spikes { time, spikes, limit }) } else { Ok(()) }
    }

    /// What can be said about the run so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let plan = &self.program.0;
        let method = |at| match &plan.flow {
            Some(flow) if flow.steps(at) => {
                Method::Series { degree: DEGREE, step: flow.step, bound: BOUND }
            }
            _ => Method::ClosedForm,
        };
        let stateful = plan.nodes.iter().enumerate().filter(|(_, node)| node.role.has_state());
        let methods = stateful.map(|(at, node)| (node.name.clone(), method(at))).collect();
        let mut grazes = self.grazes.clone();
        grazes.sort_by(|a, b| {
            a.time.total_cmp(&b.time).then_with(|| (&a.node, a.channel).cmp(&(&b.node, b.channel)))
        });
        Report { methods, grazes, counts: self.counts }
    }

    /// Number of things that are known to happen later; memory grows with it and with the network.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    /// `(v, i)` of a channel at an instant that is not before its last event.
    pub(super) fn look(&self, cell: &Cell, index: usize, time: f64) -> (f64, f64) {
        let state = &self.states[index];
        cell.at(state, (time - state.time).max(0.0), &self.program.0.chains)
    }

    /// The next instant at which anything but a crossing happens.
    fn next_known(&self) -> f64 {
        if self.started {
            let known = self.feed.next(&self.cursors).min(self.queue.next());
            known.min(self.stepping.instant())
        } else {
            0.0
        }
    }

    /// The next predicted crossing; infinite if there is none.
    fn next_crossing(&self) -> f64 {
        self.queue.crossings.first().map_or(f64::INFINITY, |(time, _)| time)
    }

    /// Takes the samples that lie before the next instant; those at the instant come after it.
    fn sample_before(
        &self,
        next: f64,
        until: f64,
        recorder: &mut dyn Recorder,
    ) -> Result<(), RunError> {
        while let Some(time) = recorder.next_sample() {
            if time >= next || time > until {
                break;
            }
            recorder.sample(&Probe { run: self, time })?;
        }
        Ok(())
    }

    /// Everything that happens at one instant.
    fn instant(&mut self, plan: &Plan, time: f64) -> Result<(), RunError> {
        self.repeats = if self.started && time <= self.time { self.repeats + 1 } else { 0 };
        self.time = time;
        self.burst = 0;
        self.counts.instants += 1;
        if !std::mem::replace(&mut self.started, true) {
            self.begin(plan);
        }
        self.collect(plan)?;
        self.stepping.wake(time);
        self.renew(plan);
        while let Some(group) = self.agenda.pop_first() {
            let rounds = self.repeats;
            self.settle(plan, group, rounds)?;
        }
        self.events.sort_by_key(|event| (event.node, event.channel));
        Ok(())
    }

    /// The start: biases begin, and every channel is looked at once.
    fn begin(&mut self, plan: &Plan) {
        for (at, node) in plan.nodes.iter().enumerate() {
            for (channel, &bias) in node.bias.iter().enumerate().filter(|&(_, &bias)| bias != 0.0) {
                self.spread(plan, at, &[(channel as u32, bias)], &Kind::Current);
            }
            if node.role.has_state() {
                self.agenda.insert(plan.group_of[at]);
                for channel in 0..node.inputs {
                    self.inboxes[at].slot(channel as u32).is_start = true;
                }
            }
        }
    }

    /// Brings to the nodes what was known to happen at this instant.
    fn collect(&mut self, plan: &Plan) -> Result<(), RunError> {
        let feed = Arc::clone(&self.feed);
        let mut entries = std::mem::take(&mut self.entries);
        feed.take(&mut self.cursors, self.time, &mut entries);
        for (node, channel, entry) in entries.drain(..) {
            match entry {
                Entry::Spike(count) => self.send_spikes(plan, node, channel as u32, count),
                // Both are sent, so that the new current stands exactly in the place of the old.
                Entry::Current { old, new } => {
                    self.spread(plan, node, &[(channel as u32, new)], &Kind::Current);
                    self.spread(plan, node, &[(channel as u32, -old)], &Kind::Current);
                }
            }
            self.hold_outputs(plan)?;
        }
        self.entries = entries;
        while let Some(pulse) = self.queue.take_pulse(self.time) {
            self.spread(plan, pulse.node, &[(pulse.channel, pulse.amount)], &Kind::End);
        }
        while let Some(parcel) = self.queue.take_parcel(self.time) {
            self.spread(plan, parcel.node, &parcel.amounts, &parcel.kind);
            self.hold_outputs(plan)?;
        }
        while let Some((_, index)) = self.queue.crossings.first().filter(|&(t, _)| t <= self.time) {
            self.queue.crossings.set(index, None, true);
            let node = plan.node_of(index);
            self.agenda.insert(plan.group_of[node]);
            self.inboxes[node].slot((index - plan.nodes[node].first) as u32).is_due = true;
        }
        Ok(())
    }

    /// Remembers what is doubtful about a channel's prediction, which counts time from `since`.
    pub(super) fn doubt(
        &mut self,
        index: usize,
        node: usize,
        channel: usize,
        doubt: Option<Doubt>,
        since: f64,
    ) {
        match doubt.filter(|doubt| since + doubt.at > self.settled) {
            Some(doubt) => {
                let at = since + doubt.at;
                self.doubts.insert(index, (Doubt { at, ..doubt }, node, channel));
            }
            None => drop(self.doubts.remove(&index)),
        }
    }

    /// Reports the doubt about a channel's prediction if its instant has come. That of a spike is
    /// about the peak behind the crossing, and has come with the spike.
    pub(super) fn settle_doubt(&mut self, plan: &Plan, index: usize, spikes: bool) {
        if let Some((doubt, node, channel)) = self.doubts.remove(&index)
            && (spikes || doubt.at <= self.time)
        {
            let at = doubt.at.min(self.time);
            self.graze(plan, node, channel, Doubt { at, ..doubt }, spikes);
        }
    }

    /// Reports what was doubtful up to an instant up to which nothing more happens: it did not spike.
    fn settle_doubts(&mut self, plan: &Plan, until: f64) {
        for (doubt, node, channel) in std::mem::take(&mut self.doubts).into_values() {
            if doubt.at <= until {
                self.graze(plan, node, channel, doubt, false);
            } else {
                self.doubts.insert(plan.nodes[node].first + channel, (doubt, node, channel));
            }
        }
    }

    /// Reports a decision that is too close to tell.
    pub(super) fn graze(
        &mut self,
        plan: &Plan,
        node: usize,
        channel: usize,
        doubt: Doubt,
        spikes: bool,
    ) {
        self.counts.grazes += 1;
        if self.grazes.len() < Report::LISTED {
            let (time, margin) = (doubt.at, doubt.margin);
            let node = plan.nodes[node].name.clone();
            self.grazes.push(Graze { node, channel, time, margin, spikes });
        }
    }
}

/// Channels at which something can wait for a node's turn.
fn slots(role: &Role, inputs: usize) -> usize {
    if role.acts() { inputs } else { 0 }
}

/// The states of a node at the start.
fn starts(role: &Role, channels: usize) -> Vec<State> {
    match role {
        Role::Map(_) | Role::Output | Role::Delay(_) => Vec::new(),
        Role::Cells(cells) => (0..channels).map(|c| cells.at(c).start()).collect(),
        Role::Neurons(neurons) => (0..channels).map(|c| neurons.at(c).0.start()).collect(),
        Role::Threshold(_) => vec![State::default(); channels],
    }
}

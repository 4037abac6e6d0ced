//! Nodes that feed each other continuously: one system of linear equations, stepped by its series.
//!
//! A chain of rates describes what has passed through a few nodes once. Where nodes with a
//! continuous output form a cycle, or where more time constants meet than a closed form can carry,
//! all nodes concerned are taken together: between events they obey `z' = A z + f`, and the Taylor
//! series of all `z` is worked out at once, order by order, through the graph itself. It is *renewed*
//! after a step at the latest, and whenever something happens to one of the nodes.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::cell::Cell;
use super::map::{Amount, Scratch};
use super::program::{Node, Plan, Role};
use super::reach::{self, Survey};
use super::route::carry;
use super::run::Run;
use super::series::{DEGREE, Series, While, ZERO, shifted};

/// What a program knows about the nodes that are stepped.
#[derive(Debug)]
pub(super) struct Flow {
    /// Length of a step in seconds.
    pub(super) step: f64,
    /// The nodes that are stepped, in ascending order.
    pub(super) members: Vec<usize>,
    /// Neurons and Thresholds that they drive.
    driven: Vec<usize>,
    /// Delays that they enter, with the longest delay of each in seconds.
    delays: Vec<(usize, f64)>,
}

/// Where the stepping stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Stepping {
    /// The next renewal in seconds; infinite while nothing moves.
    pub(super) next: f64,
    /// What the last renewal sent, by node and channel; for members, Delays and what they drive.
    inputs: Vec<Vec<Series>>,
    /// What entered each Delay, by node and channel: the instants of renewals and the series from
    /// then on.
    past: Vec<Vec<VecDeque<(f64, Series)>>>,
    /// Instants at which a kink leaves a Delay, with the number of Delays that it has passed.
    kinks: BinaryHeap<Reverse<(u64, u32)>>,
    /// Whether something has happened that asks for a renewal, and how many Delays it has passed.
    pub(super) is_due: Option<u32>,
}

/// Delays after which a kink has been smoothed so often that the series does not notice it: each
/// pass through an integrator takes it one derivative further up.
const FORGOTTEN: u32 = DEGREE as u32;

impl Flow {
    /// Whether a node is worked out by series.
    pub(super) fn steps(&self, node: usize) -> bool {
        self.members.binary_search(&node).is_ok() || self.driven.binary_search(&node).is_ok()
    }

    /// The stepped part of a graph; `None` if every node has a closed form.
    pub(super) fn of(nodes: &[Node], survey: &Survey) -> Option<Self> {
        let members = &survey.stepped;
        if members.is_empty() {
            return None;
        }
        let fed = reach::fed(nodes, members);
        let of_role = |wanted: fn(&Role) -> bool| {
            fed.iter().copied().filter(move |&at| wanted(&nodes[at].role)).collect::<Vec<_>>()
        };
        let longest = |at: usize| match &nodes[at].role {
            Role::Delay(delays) => delays.stored().iter().copied().fold(0.0, f64::max),
            _ => 0.0,
        };
        let delays = of_role(|role| matches!(role, Role::Delay(_)));
        let driven = of_role(|role| matches!(role, Role::Neurons(_) | Role::Threshold(_)));
        let members: Vec<usize> = members.iter().copied().collect();
        let step = step(fastest(nodes, &members, &driven, &survey.fastest));
        let delays = delays.into_iter().map(|at| (at, longest(at))).collect();
        Some(Self { step, members, driven, delays })
    }
}

/// The length of a step in seconds for a largest rate. Without any rate, as in a cycle whose gain is
/// 0, every length will do; one beyond all bounds would be no number.
fn step(fastest: f64) -> f64 {
    const LONGEST: f64 = 1e6;
    if fastest > 0.0 { (1.0 / fastest).min(LONGEST) } else { 1.0 }
}

/// The largest rate in the coupled nodes: a bound of the matrix `A` by its rows, of the rates of
/// everything that drives them, and of what they drive.
fn fastest(nodes: &[Node], members: &[usize], driven: &[usize], arriving: &[f64]) -> f64 {
    let mut sums: Vec<Vec<f64>> = nodes.iter().map(|node| vec![0.0; node.inputs]).collect();
    let mut scratch = Scratch::default();
    let mut sources: Vec<usize> = members.to_vec();
    sources.extend((0..nodes.len()).filter(|&at| matches!(nodes[at].role, Role::Delay(_))));
    for &source in &sources {
        for channel in 0..nodes[source].outputs {
            carry(nodes, &mut scratch, source, &[(channel as u32, 1.0)], |target, amounts| {
                for &(channel, weight) in amounts {
                    sums[target][channel as usize] += weight.abs();
                }
            });
        }
    }
    let rate = |cell: &Cell, sum: f64| cell.stiffness(sum);
    let mut fastest = 0.0_f64;
    for &at in members {
        let Role::Cells(cells) = &nodes[at].role else { continue };
        let rates = (0..nodes[at].inputs).map(|c| rate(cells.at(c), sums[at][c]));
        fastest = rates.fold(fastest, f64::max);
    }
    for &at in driven {
        let Role::Neurons(neurons) = &nodes[at].role else { continue };
        let rates = neurons.stored().iter().map(|(cell, _)| rate(cell, 0.0));
        fastest = rates.fold(fastest, f64::max);
    }
    members.iter().chain(driven).map(|&at| arriving[at]).fold(fastest, f64::max)
}

impl Stepping {
    /// The state at the start.
    pub(super) fn new(plan: &Plan) -> Self {
        let Some(flow) = &plan.flow else {
            return Self { next: f64::INFINITY, ..Self::default() };
        };
        let mut stepping = Self { next: 0.0, is_due: Some(0), ..Self::default() };
        stepping.inputs.resize(plan.nodes.len(), Vec::new());
        stepping.past.resize(plan.nodes.len(), Vec::new());
        let delays = flow.delays.iter().map(|&(at, _)| at);
        for at in flow.members.iter().chain(&flow.driven).copied().chain(delays.clone()) {
            stepping.inputs[at] = vec![ZERO; plan.nodes[at].inputs];
        }
        for at in delays {
            stepping.past[at] = vec![VecDeque::new(); plan.nodes[at].inputs];
        }
        stepping
    }

    /// What the last renewal sent to a channel.
    pub(super) fn input(&self, node: usize, channel: usize) -> Series {
        self.inputs.get(node).and_then(|of_node| of_node.get(channel)).copied().unwrap_or(ZERO)
    }

    /// Asks for a renewal if its instant has come.
    pub(super) fn wake(&mut self, time: f64) {
        while let Some(&Reverse((bits, passed))) = self.kinks.peek()
            && f64::from_bits(bits) <= time
        {
            self.kinks.pop();
            self.is_due = Some(self.is_due.map_or(passed, |least| least.min(passed)));
        }
        if self.next <= time {
            self.is_due = self.is_due.or(Some(FORGOTTEN));
        }
    }

    /// The next instant at which a renewal is needed.
    pub(super) fn instant(&self) -> f64 {
        let kink = self.kinks.peek().map(|&Reverse((bits, _))| f64::from_bits(bits));
        kink.map_or(self.next, |kink| kink.min(self.next))
    }
}

impl Run {
    /// Works out the series of all coupled nodes from now on, if something asks for it.
    pub(super) fn renew(&mut self, plan: &Plan) {
        let (Some(flow), Some(passed)) = (&plan.flow, self.stepping.is_due.take()) else { return };
        self.counts.renewals += 1;
        self.rest_members(plan, flow);
        for series in self.stepping.inputs.iter_mut().flatten() {
            *series = ZERO;
        }
        self.send_past(plan, flow);
        for order in 0..=DEGREE {
            self.send_order(plan, flow, order);
        }
        self.keep_past(flow);
        if passed < FORGOTTEN {
            self.foresee_kinks(plan, flow, passed);
        }
        self.stepping.next =
            if self.is_moving(plan, flow) { self.time + flow.step } else { f64::INFINITY };
        for &at in &flow.driven {
            self.agenda.insert(plan.group_of[at]);
            for channel in 0..plan.nodes[at].inputs {
                self.inboxes[at].slot(channel as u32).is_renewed = true;
            }
        }
    }

    /// Whether a renewal will be needed though nothing happens: something is on its way, or could
    /// be in a neuron.
    fn is_moving(&self, plan: &Plan, flow: &Flow) -> bool {
        let moves = |series: &Series| series[1..].iter().any(|&coefficient| coefficient != 0.0);
        let courses = flow.members.iter().flat_map(|&at| self.courses(plan, at));
        let mut courses = courses;
        !flow.driven.is_empty()
            || courses.any(|course| moves(&course.v) || moves(&course.i))
            || self.stepping.inputs.iter().flatten().any(moves)
    }

    fn courses<'a>(&'a self, plan: &Plan, at: usize) -> impl Iterator<Item = &'a While> + use<'a> {
        let node = &plan.nodes[at];
        let states = &self.states[node.first..node.first + node.inputs];
        states.iter().filter_map(|state| state.course.as_deref())
    }

    /// Brings the members' states up to now; their series begin with them.
    fn rest_members(&mut self, plan: &Plan, flow: &Flow) {
        for &at in &flow.members {
            let Role::Cells(cells) = &plan.nodes[at].role else { continue };
            for channel in 0..plan.nodes[at].inputs {
                let state = &mut self.states[plan.nodes[at].first + channel];
                state.move_to(cells.at(channel), self.time, &plan.chains);
                let own = state.drive.series(flow.step, &plan.chains);
                let mut course = While::new(flow.step, own);
                (course.v[0], course.i[0]) = (state.v, state.i);
                state.course = Some(Box::new(course));
            }
        }
    }

    /// Lets what leaves the Delays from now on act.
    fn send_past(&mut self, plan: &Plan, flow: &Flow) {
        for &(at, _) in &flow.delays {
            let Role::Delay(delays) = &plan.nodes[at].role else { continue };
            for channel in 0..plan.nodes[at].inputs {
                // Rounded as the instants of kinks are, so that a piece is there when it begins.
                let leaves = |begin: f64| begin + delays.at(channel);
                let past = &self.stepping.past[at][channel];
                let left = past.partition_point(|&(begin, _)| leaves(begin) <= self.time);
                let piece = left.checked_sub(1).and_then(|last| past.get(last));
                let Some((begin, series)) = piece else { continue };
                let series = shifted(series, (self.time - leaves(*begin)) / flow.step);
                for (order, &amount) in series.iter().enumerate().filter(|&(_, &x)| x != 0.0) {
                    self.send(plan, at, &[(channel as u32, amount)], order);
                }
            }
        }
    }

    /// Sends the coefficients of an order from member to member, and works out the next.
    fn send_order(&mut self, plan: &Plan, flow: &Flow, order: usize) {
        for &at in &flow.members {
            let courses = self.courses(plan, at).enumerate();
            let amounts = courses.map(|(channel, course)| (channel as u32, course.v[order]));
            let amounts: Vec<Amount> = amounts.filter(|&(_, amount)| amount != 0.0).collect();
            self.send(plan, at, &amounts, order);
        }
        if order == DEGREE {
            return;
        }
        for &at in &flow.members {
            let Role::Cells(cells) = &plan.nodes[at].role else { continue };
            for channel in 0..plan.nodes[at].inputs {
                let input = self.stepping.inputs[at][channel][order];
                let state = &mut self.states[plan.nodes[at].first + channel];
                if let Some(course) = &mut state.course {
                    course.extend(cells.at(channel), order, input + course.input[order]);
                }
            }
        }
    }

    fn send(&mut self, plan: &Plan, from: usize, amounts: &[Amount], order: usize) {
        let inputs = &mut self.stepping.inputs;
        carry(&plan.nodes, &mut self.scratch, from, amounts, |target, amounts| {
            for &(channel, amount) in amounts {
                if let Some(series) = inputs[target].get_mut(channel as usize) {
                    series[order] += amount;
                }
            }
        });
    }

    /// Keeps what entered the Delays, and forgets what has left them.
    fn keep_past(&mut self, flow: &Flow) {
        for &(at, longest) in &flow.delays {
            let (inputs, past) = (&self.stepping.inputs[at], &mut self.stepping.past[at]);
            for (series, past) in inputs.iter().zip(past) {
                if past.back().is_some_and(|&(begin, _)| begin >= self.time) {
                    past.pop_back();
                }
                past.push_back((self.time, *series));
                while past.get(1).is_some_and(|&(begin, _)| begin + longest <= self.time) {
                    past.pop_front();
                }
            }
        }
    }

    /// What happens now will be seen behind every Delay.
    fn foresee_kinks(&mut self, plan: &Plan, flow: &Flow, passed: u32) {
        for &(at, _) in &flow.delays {
            let Role::Delay(delays) = &plan.nodes[at].role else { continue };
            for delay in delays.stored().iter().filter(|&&delay| delay > 0.0) {
                let kink = Reverse(((self.time + delay).to_bits(), passed + 1));
                self.stepping.kinks.push(kink);
            }
        }
    }
}

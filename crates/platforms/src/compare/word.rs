//! What a semantics chooses, in words.

use nirkit_engine::clocked::semantics::rule::{
    Floor, Form, Leak, ResetTiming, Rest, Rule, Term, Test,
};
use nirkit_engine::clocked::semantics::{
    Axes, Later, Maps, Order, Pool, PoolPadding, Time, Wiring,
};
use nirkit_engine::clocked::{Feedback, Precision};

pub(super) fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

pub(super) fn time(time: Time) -> String {
    match time {
        Time::Step(dt) => format!("{dt} s"),
        Time::Counted => "tau is a number of steps".to_owned(),
        Time::PerLayer => "its own for each layer".to_owned(),
    }
}

pub(super) fn order(order: Order) -> &'static str {
    match order {
        Order::DepthFirst => "depth first along the list of edges",
        Order::Deferred => "by name, each behind its sources",
        Order::Chain(_) => "the chain of first edges",
        Order::SourcesFirst => "sources first",
    }
}

pub(super) fn later(later: Later) -> &'static str {
    match later {
        Later::Before(Feedback::Rest) => "one step",
        Later::Before(Feedback::Absent) => "one step, nothing in the first",
        Later::Never => "never arrives",
    }
}

pub(super) fn delay(maps: &Maps) -> String {
    match maps.wiring {
        Wiring::Nodes => maps.arrival.to_string(),
        Wiring::Connections => "a step or more for each connection".to_owned(),
    }
}

pub(super) fn axes(axes: Axes) -> &'static str {
    match axes {
        Axes::ChannelsFirst => "channels first",
        Axes::ChannelsLast => "channels last",
    }
}

pub(super) fn pool(maps: &Maps) -> String {
    let sum = match maps.pool {
        Pool::Sum => "sum",
        Pool::MeanTimesArea => "mean times area",
    };
    let padding = match maps.pool_padding {
        PoolPadding::Zeros => "",
        PoolPadding::Ignored => ", no padding",
        PoolPadding::Same => ", any padding as SAME",
    };
    format!("{sum}{padding}")
}

pub(super) fn precision(precision: Precision) -> &'static str {
    match precision {
        Precision::F32 => "f32",
        Precision::F64 => "f64",
    }
}

pub(super) fn leak(leak: Leak) -> String {
    match leak {
        Leak::None => "none".to_owned(),
        Leak::Fixed(keep) => keep.to_string(),
        Leak::Euler(..) | Leak::Warped(..) => "1 - dt/tau".to_owned(),
        Leak::Clipped(..) => "1 - dt/tau, cut to 0 to 1".to_owned(),
        Leak::WholeSeconds(..) => "exp(-dt/tau) of whole seconds".to_owned(),
        Leak::Exponential(..) | Leak::Nearest(_) | Leak::Apart(_) => "exp(-dt/tau)".to_owned(),
    }
}

pub(super) fn gain(rule: &Rule) -> String {
    let word = |term: Term| match term {
        Term::Membrane | Term::Propagator => Some("dt/tau"),
        Term::Synapse => Some("dt/tau_syn"),
        Term::Share => Some("1 - exp(-dt/tau)"),
        Term::PerStep => Some("1/dt"),
        Term::R | Term::WIn | Term::PerThreshold => None,
    };
    let words: Vec<&str> = rule.membrane.gain.iter().filter_map(word).collect();
    if words.is_empty() { "1".to_owned() } else { words.join(" ") }
}

pub(super) fn rest(rest: Rest) -> &'static str {
    match rest {
        Rest::Ignored => "not read",
        Rest::Reset => "not read, v_reset at rest",
        Rest::Pull | Rest::PullByTau => "value at rest",
        Rest::Bias => "a current",
    }
}

pub(super) fn form(form: Form) -> &'static str {
    match form {
        Form::KeepBoth => "input, then decay",
        Form::Late | Form::Filter => "one step late",
        _ => "decay, then input",
    }
}

pub(super) fn test(test: Test) -> &'static str {
    match test {
        Test::After => "after the input",
        Test::Before => "before the input",
    }
}

pub(super) fn timing(timing: ResetTiming) -> &'static str {
    match timing {
        ResetTiming::AtOnce => "with the spike",
        ResetTiming::BeforeLeak => "next step, before the leak",
        ResetTiming::AfterInput => "next step, after the input",
        ResetTiming::Twice => "next step, twice",
        ResetTiming::Settled => "with the spike, the rest in the next step",
        ResetTiming::SettledEarly => "with the spike, the rest before the next leak",
        ResetTiming::Never => "never",
    }
}

pub(super) fn floor(floor: Floor) -> &'static str {
    match floor {
        Floor::None => "none",
        Floor::Zero => "0",
        Floor::MinusThreshold => "minus the threshold",
    }
}

//! Whether channels, shapes and values fit an Input, and what to do where they do not.

use nirkit_run::Signal;

use crate::error::Error;

/// Times, channels and values of spikes have to be what they are called.
pub(super) fn check_signal(name: &str, signal: &Signal) -> Result<(), Error> {
    let Signal::Spikes { channels, spikes } = signal else { return Ok(()) };
    for spike in spikes {
        let wrong = if !(spike.time.is_finite() && spike.time >= 0.0) {
            format!("the time {}", spike.time)
        } else if spike.channel >= *channels {
            format!("the channel {} of {channels}", spike.channel)
        } else if !spike.value.is_finite() {
            format!("the value {}", spike.value)
        } else {
            continue;
        };
        return Err(Error::new(format!("an event of `{name}` has {wrong}"))
            .help("events have times from 0 on, channels counted from 0, finite values"));
    }
    Ok(())
}

/// A signal has as many channels as its Input.
pub(super) fn check_channels(name: &str, signal: &Signal, expected: usize) -> Result<(), Error> {
    let (Signal::Frames { channels, .. }
    | Signal::Spikes { channels, .. }
    | Signal::Current { channels, .. }) = signal;
    if *channels == expected {
        return Ok(());
    }
    let message =
        format!("the stimulus has {channels} channels, the Input `{name}` has {expected}");
    Err(Error::new(message))
}

/// The shape that a stimulus says of itself is that of its Input, or one axis of as many channels.
pub(super) fn check_shape(name: &str, found: &[usize], input: &[usize]) -> Result<(), Error> {
    let channels: usize = input.iter().product();
    if found == input || found == [channels] {
        return Ok(());
    }
    let message = format!("the stimulus has shape {found:?}, the Input `{name}` takes {input:?}");
    let help = match permutation(found, input) {
        Some(_) => {
            "its channels seem to stand in another order: number them in C order of the Input's shape"
        }
        None => "number the channels in C order of the Input's shape, and give this shape",
    };
    Err(Error::new(message).help(help))
}

/// What to do about an array that does not fit an Input.
pub(super) fn shape_help(found: &[usize], input: &[usize], lead: usize) -> String {
    let axes = if lead == 2 { "(B, T, *input shape)" } else { "(T, *input shape)" };
    let expected = format!(
        "a stimulus has shape {axes}, or one axis of {} in place of the input shape",
        input.iter().product::<usize>()
    );
    if found.len() == lead + 1 + input.len() && found.ends_with(input) && lead == 1 {
        return format!(
            "{expected}; if the first axis counts samples, say so: `--batch` of `nir run`, or `axes=\"BT\"` in Python; a comparison \
             takes one sample"
        );
    }
    let in_front = permutation(found.get(lead..).unwrap_or(&[]), input)
        .map(|order| (0..lead).chain(order.iter().map(|at| at + lead)).collect());
    let order: Option<Vec<usize>> = in_front.or_else(|| time_behind(found, input, lead));
    match order {
        Some(order) => {
            let order: Vec<String> = order.iter().map(ToString::to_string).collect();
            format!(
                "{expected}; the axes seem to stand in another order: store `x.transpose({})`",
                order.join(", ")
            )
        }
        None => expected,
    }
}

/// The order of the axes of one sample whose time is not in front, with the channels as the Input has them or as one axis.
fn time_behind(found: &[usize], input: &[usize], lead: usize) -> Option<Vec<usize>> {
    if lead != 1 {
        return None;
    }
    let flat = [input.iter().product()];
    // The last axis is the likeliest.
    (1..found.len()).rev().find_map(|time| {
        let others: Vec<usize> = (0..found.len()).filter(|&axis| axis != time).collect();
        let sizes: Vec<usize> = others.iter().map(|&axis| found[axis]).collect();
        let order = permutation(&sizes, input).or_else(|| permutation(&sizes, &flat))?;
        Some(std::iter::once(time).chain(order.iter().map(|&at| others[at])).collect())
    })
}

/// The order in which axes of these sizes have to be taken to be those of an Input.
fn permutation(found: &[usize], input: &[usize]) -> Option<Vec<usize>> {
    if found.len() != input.len() || found.len() > 8 {
        return None;
    }
    let mut left: Vec<usize> = (0..found.len()).collect();
    let mut order = Vec::with_capacity(input.len());
    for &size in input {
        let at = left.iter().position(|&axis| found[axis] == size)?;
        order.push(left.remove(at));
    }
    Some(order)
}

pub(super) fn check_finite(values: &[f64], shape: &[usize]) -> Result<(), Error> {
    let Some(flat) = values.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    let mut rest = flat;
    let mut index: Vec<usize> = Vec::new();
    for &axis in shape.iter().rev() {
        index.insert(0, rest % axis);
        rest /= axis;
    }
    let more = values.iter().filter(|value| !value.is_finite()).count() - 1;
    let more = if more == 0 { String::new() } else { format!(", and {more} more are not finite") };
    let message = format!("element {index:?} is {}{more}", values[flat]);
    Err(Error::new(message).help("a stimulus holds finite numbers"))
}

//! What a semantics makes of a node without a state.

use nirkit_engine::clocked::semantics::{Axes, is_weighted, taken_window};
use nirkit_ir::Code;
use nirkit_ir::facts::LeafId;
use nirkit_ir::primitive::Primitive;

use super::field::numbers;
use super::{Case, Finding, Subject, Verdict};
use crate::phrase::{brief, range};

/// Adds what a semantics loses of a map.
pub(super) fn check(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    check_bias(case, subject, findings);
    check_grid(case, subject, findings);
    check_window(case, subject, findings);
    check_truth(case, subject, findings);
    let (maps, place) = (&case.semantics.maps, || case.place(subject.leaf));
    let is_moved = maps.flatten == Axes::ChannelsLast && mixes_axes(&subject.leaf.input);
    if matches!(subject.primitive, Primitive::Flatten(_)) && is_moved {
        let message = "puts channels last, and the weights that follow are not reordered";
        let (verdict, code) = (Verdict::Reinterpreted, Code::ParameterReinterpreted);
        findings.push(case.loss(verdict, code, place(), message));
    }
}

/// Inputs that are reduced to whether they are 0.
fn check_truth(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if !case.semantics.maps.truth_only || !is_weighted(subject.primitive) {
        return;
    }
    let sources = &subject.leaf.sources;
    let graded = sources.iter().find(|&&source| !puts_out_spikes(case, source));
    let message = match (graded, sources.as_slice()) {
        (Some(&source), _) => {
            let name = &case.facts.leaf(source).name;
            format!("sees whether what `{name}` puts out is 0, and takes it for 1 if not")
        }
        (None, [_, _, ..]) => "takes several spikes that arrive in a step for one".to_owned(),
        _ => return,
    };
    let (verdict, code) = (Verdict::Reinterpreted, Code::ParameterReinterpreted);
    findings.push(case.loss(verdict, code, case.place(subject.leaf), &message));
}

/// Whether a node puts out 0 and 1 only, or is an Input, whose stimulus says what enters.
fn puts_out_spikes(case: &Case<'_>, mut id: LeafId) -> bool {
    const FAR: usize = 16;
    for _ in 0..FAR {
        match case.primitive(id) {
            Some(Primitive::Flatten(_) | Primitive::Delay(_)) => {
                let &[source] = case.facts.leaf(id).sources.as_slice() else { return false };
                id = source;
            }
            Some(
                Primitive::Input(_)
                | Primitive::If(_)
                | Primitive::Lif(_)
                | Primitive::CubaLif(_)
                | Primitive::Threshold(_),
            ) => return true,
            _ => return false,
        }
    }
    true
}

/// Whether the order of channels and pixels makes a difference.
fn mixes_axes(shape: &[usize]) -> bool {
    matches!(shape, &[channels, height, width] if channels > 1 && height * width > 1)
}

/// Biases that are not used.
fn check_bias(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let maps = &case.semantics.maps;
    let is_used = match subject.primitive {
        Primitive::Affine(_) => maps.recurrent_bias || !subject.walked.recurrent,
        Primitive::Conv1d(_) | Primitive::Conv2d(_) => maps.convolution_bias,
        _ => true,
    };
    let bias = numbers(subject.primitive, "bias").unwrap_or_default();
    if is_used || bias.iter().all(|&bias| bias == 0.0) {
        return;
    }
    let place = case.place(subject.leaf).field("bias");
    let what = if subject.walked.recurrent { "recurrent weights" } else { "a convolution" };
    let message = format!("ignores the bias of {what}, {}", range(&bias));
    findings.push(case.loss(Verdict::Ignored, Code::ParameterIgnored, place, &message));
}

/// Paddings and dilations that are taken otherwise, and leave the shape of the file all the same.
fn check_window(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(declared) = &subject.leaf.window else { return };
    let taken = taken_window(subject.primitive, declared, &case.semantics.maps);
    if taken == *declared || taken.output != declared.output {
        return;
    }
    let (field, message) = if taken.dilation == declared.dilation {
        let [before, after] = [taken.before, taken.after];
        ("padding", format!("pads {before:?} before and {after:?} after, whatever the file says"))
    } else {
        ("dilation", format!("ignores the dilation, {:?}", declared.dilation))
    };
    let place = case.place(subject.leaf).field(field);
    let (verdict, code) = (Verdict::Reinterpreted, Code::ParameterReinterpreted);
    findings.push(case.loss(verdict, code, place, &message));
}

/// Weights that are rounded.
fn check_grid(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(grid) = case.semantics.maps.recurrent_grid.filter(|_| subject.walked.recurrent) else {
        return;
    };
    let weights = numbers(subject.primitive, "weight").unwrap_or_default();
    let change = weights.iter().map(|&w| (grid.nearest(w) - w).abs()).fold(0.0, f64::max);
    if change > 0.0 {
        let place = case.place(subject.leaf).field("weight");
        let message = format!(
            "rounds recurrent weights to multiples of {} from {} to {}: by up to {}",
            brief(grid.step),
            brief(grid.low),
            brief(grid.high),
            brief(change)
        );
        let (verdict, code) = (Verdict::Reinterpreted, Code::ParameterReinterpreted);
        findings.push(case.loss(verdict, code, place, &message));
    }
}

//! Stage 2: the fields of one node held against each other.

use nirkit_numerics::Tensor;
use nirkit_numerics::broadcast::spread;

use crate::diag::{Code, Diagnostic, Place};
use crate::facts::count::{counts, single};
use crate::facts::shape::{neuron_parameters, parameter_shape};
use crate::field::Padding;
use crate::primitive::Primitive;

/// Checks a node whose fields are right one by one.
pub(super) fn check(primitive: &Primitive, place: &Place, findings: &mut Vec<Diagnostic>) {
    match primitive {
        Primitive::Affine(p) => {
            findings.extend(check_bias(&p.weight, &p.bias, place));
        }
        Primitive::Conv1d(p) => {
            findings.extend(check_groups(&p.weight, &p.groups, place));
            findings.extend(check_bias(&p.weight, &p.bias, place));
            findings.extend(check_same(&p.padding, &p.stride, place));
        }
        Primitive::Conv2d(p) => {
            findings.extend(check_groups(&p.weight, &p.groups, place));
            findings.extend(check_bias(&p.weight, &p.bias, place));
            findings.extend(check_same(&p.padding, &p.stride, place));
        }
        Primitive::If(p) => {
            let levels = Levels::new(&p.v_threshold, p.v_reset.as_ref(), None);
            check_levels(primitive, &levels, place, findings);
        }
        Primitive::Lif(p) => {
            let levels = Levels::new(&p.v_threshold, p.v_reset.as_ref(), Some(&p.v_leak));
            check_levels(primitive, &levels, place, findings);
        }
        Primitive::CubaLif(p) => {
            let levels = Levels::new(&p.v_threshold, p.v_reset.as_ref(), Some(&p.v_leak));
            check_levels(primitive, &levels, place, findings);
        }
        Primitive::I(_)
        | Primitive::Li(_)
        | Primitive::CubaLi(_)
        | Primitive::Scale(_)
        | Primitive::Delay(_)
        | Primitive::Threshold(_) => findings.extend(check_agreement(primitive, place)),
        Primitive::Input(_)
        | Primitive::Output(_)
        | Primitive::Linear(_)
        | Primitive::SumPool2d(_)
        | Primitive::AvgPool2d(_)
        | Primitive::Flatten(_)
        | Primitive::Graph(_)
        | Primitive::Unknown(_) => {}
    }
}

fn check_bias(weight: &Tensor, bias: &Tensor, place: &Place) -> Option<Diagnostic> {
    let outputs = weight.shape().first().copied().unwrap_or(0);
    (bias.rank() > 0 && bias.len() != outputs).then(|| {
        let message = format!("`bias` has {} numbers, `weight` has {outputs} outputs", bias.len());
        Diagnostic::new(Code::BiasLength, place.field("bias"), message)
            .label(place.field("weight"), format!("{outputs} outputs"))
    })
}

fn check_groups(weight: &Tensor, groups: &Tensor, place: &Place) -> Option<Diagnostic> {
    let outputs = weight.shape().first().copied().unwrap_or(0) as i64;
    let groups = single(groups).filter(|&groups| outputs % groups != 0)?;
    let message = format!("{groups} groups do not divide {outputs} output channels");
    Some(
        Diagnostic::new(Code::Groups, place.field("groups"), message)
            .label(place.field("weight"), format!("{outputs} output channels")),
    )
}

fn check_same(padding: &Padding, stride: &Tensor, place: &Place) -> Option<Diagnostic> {
    let is_same = matches!(padding, Padding::Rule(rule) if rule.as_str() == Some("same"));
    let stride = counts(stride).filter(|stride| is_same && stride.iter().any(|&step| step != 1))?;
    let message = format!("padding \"same\" needs stride 1, the stride is {stride:?}");
    Some(
        Diagnostic::new(Code::PaddingRule, place.field("padding"), message)
            .label(place.field("stride"), "not 1")
            .help("write the padding as numbers"),
    )
}

/// The parameters of a neuron have to broadcast against each other.
fn check_agreement(primitive: &Primitive, place: &Place) -> Option<Diagnostic> {
    if parameter_shape(primitive).is_some() {
        return None;
    }
    let parameters = neuron_parameters(primitive);
    let shapes: Vec<String> =
        parameters.iter().map(|(name, tensor)| format!("`{name}` {:?}", tensor.shape())).collect();
    let finding = Diagnostic::new(
        Code::ParametersDisagree,
        place.clone(),
        format!("the parameters do not fit together: {}", shapes.join(", ")),
    );
    Some(finding.help("give all of them the shape of the node, or single numbers"))
}

/// The voltages of a spiking neuron that are held against each other.
struct Levels<'a> {
    threshold: &'a Tensor,
    /// 0 if it is not given.
    reset: Option<&'a Tensor>,
    /// Where the neuron rests; 0 if it has no leak.
    leak: Option<&'a Tensor>,
}

impl<'a> Levels<'a> {
    fn new(threshold: &'a Tensor, reset: Option<&'a Tensor>, leak: Option<&'a Tensor>) -> Self {
        Self { threshold, reset, leak }
    }
}

/// Threshold, reset and rest of a spiking neuron, element by element.
fn check_levels(
    primitive: &Primitive,
    levels: &Levels<'_>,
    place: &Place,
    findings: &mut Vec<Diagnostic>,
) {
    findings.extend(check_agreement(primitive, place));
    let Some(shape) = parameter_shape(primitive) else { return };
    let spread = |tensor: &Tensor| spread(&tensor.to_f64()?, tensor.shape(), &shape);
    let Some(thresholds) = spread(levels.threshold) else { return };
    let or_zero = |tensor: Option<&Tensor>| {
        tensor.map_or_else(|| Some(vec![0.0; thresholds.len()]), spread).unwrap_or_default()
    };
    let (resets, rests) = (or_zero(levels.reset), or_zero(levels.leak));
    let at = |field: &str, at: usize| place.field(field).element_at(at, &shape);
    let pairs = || thresholds.iter().zip(&rests).enumerate();
    // A neuron that rests below 0 may well have its threshold there.
    let mut low =
        pairs().filter(|(_, (level, rest))| **level <= 0.0 && rest >= level && **rest == 0.0);
    if let Some((first, (level, _))) = low.next() {
        let message = format!("`v_threshold` is {level}{}", and_more(low.count()));
        findings.push(
            Diagnostic::new(Code::ThresholdNotPositive, at("v_threshold", first), message)
                .help("raise it, or run with the reset `v_reset`"),
        );
    }
    let mut tonic = pairs().filter(|(_, (level, rest))| rest >= level && **rest != 0.0);
    if let Some((first, (level, rest))) = tonic.next() {
        let more = and_more(tonic.count());
        let message = format!("`v_leak` is {rest}, `v_threshold` is {level}{more}");
        findings.push(
            Diagnostic::new(Code::LeakNotBelowThreshold, at("v_leak", first), message)
                .help("lower `v_leak`, unless the neuron is meant to spike without input"),
        );
    }
    let pairs = thresholds.iter().zip(&resets).enumerate();
    let mut high = pairs.filter(|(_, (threshold, reset))| reset >= threshold);
    if let Some((first, (threshold, reset))) = high.next() {
        let more = and_more(high.count());
        let message = format!("`v_reset` is {reset}, `v_threshold` is {threshold}{more}");
        findings.push(
            Diagnostic::new(Code::ResetNotBelowThreshold, at("v_reset", first), message)
                .help("lower `v_reset`, or run with another reset"),
        );
    }
}

fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(", and {count} more like it") }
}

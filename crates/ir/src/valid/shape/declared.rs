//! What a node declares: the shape of its input, and parameters that are one number for all.

use nirkit_numerics::broadcast::squeezed;

use crate::diag::{Code, Diagnostic};
use crate::facts::count::counts;
use crate::facts::shape::{Placed, bias, declared_input, neuron_parameters};
use crate::facts::unfold::UnfoldedLeaf;
use crate::primitive::Primitive;

/// A finding about a node that repeats the shape of its input, and repeats another one.
pub(super) fn declared_otherwise(leaf: &UnfoldedLeaf<'_>, placed: &Placed) -> Option<Diagnostic> {
    let (field, skip) = match leaf.primitive {
        Primitive::Flatten(_) => ("input_type", 0),
        _ => ("input_shape", 1),
    };
    let declared = counts(declared_input(leaf.primitive)?)?;
    if declared.contains(&0) {
        return None;
    }
    let arrives = placed.input.get(skip..)?;
    (declared != arrives).then(|| {
        let message = format!("`{field}` says {declared:?}, {arrives:?} arrives");
        Diagnostic::new(Code::DeclaredShape, leaf.place.field(field), message)
            .help("what arrives is taken; run `nir convert --repair` to correct the field")
            .repairable()
    })
}

/// One finding about all parameters of a node that are one number for all, or do not stand for each neuron.
pub(super) fn one_for_all(leaf: &UnfoldedLeaf<'_>, placed: &Placed) -> Option<Diagnostic> {
    let mut short: Vec<(&str, &[usize])> = neuron_parameters(leaf.primitive)
        .into_iter()
        .map(|(field, tensor)| (field, tensor.shape()))
        .filter(|(_, shape)| *shape != placed.input)
        .filter(|(_, shape)| squeezed(shape) != squeezed(&placed.input) || shape.is_empty())
        .collect();
    let bias = bias(leaf.primitive).filter(|bias| bias.rank() == 0);
    short.extend(bias.map(|bias| ("bias", bias.shape())));
    let (field, shape) = *short.first()?;
    let whole = match bias {
        Some(_) => placed.output.get(..1).unwrap_or_default(),
        None => &placed.input,
    };
    let (place, message) = if let [_] = short.as_slice() {
        let place = leaf.place.field(field);
        (place, format!("`{field}` has shape {shape:?} and stands for {whole:?}"))
    } else {
        let names: Vec<String> = short.iter().map(|(field, _)| format!("`{field}`")).collect();
        let message = format!(
            "{} parameters have one number for several of {whole:?}: {}",
            short.len(),
            names.join(", ")
        );
        (leaf.place.clone(), message)
    };
    let finding = Diagnostic::new(Code::ScalarParameter, place, message);
    Some(finding.help("run `nir convert --repair` to write it out").repairable())
}

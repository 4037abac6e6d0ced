//! Conditions on the shapes of fields.

use nirkit_ir::primitive::Primitive;

use super::super::field::{element, numbers, tensor};
use super::super::{Case, Subject};
use super::{Unmet, node, of_field};

/// Fields that stand as a number by itself where a list is asked for.
pub(super) fn lists(primitive: &Primitive, fields: &[&'static str]) -> Option<Unmet> {
    let is_number = |&&field: &&&'static str| {
        let found = tensor(primitive, field);
        found.filter(|tensor| tensor.shape().is_empty()).map(|tensor| (field, tensor))
    };
    let (field, found) = fields.iter().find_map(|field| is_number(&field))?;
    let help = match field {
        "bias" => "give a number for each output, as `nir convert --repair` writes it",
        _ => "give a number for each axis",
    };
    let unmet = of_field(false, field, help);
    unmet.map(|unmet| Unmet { element: element(&found), ..unmet })
}

/// Whether a layer has a parameter for each neuron, as its state is made from the parameter's shape.
pub(super) fn full_shape(
    case: &Case<'_>,
    subject: &Subject<'_>,
    field: &'static str,
) -> Option<Unmet> {
    let leaf = subject.leaf;
    let found = tensor(subject.primitive, field)?;
    if found.shape() == leaf.input {
        return None;
    }
    let asked =
        format!("it asks for {field} of the shape {:?}, not {:?}", leaf.input, found.shape());
    // The spikes have the shape of the parameter, and a matrix that follows sees only those.
    let matrix = leaf.targets.first().and_then(|&target| case.primitive(target));
    let columns = matrix.filter(|p| matches!(p, Primitive::Affine(_) | Primitive::Linear(_)));
    let columns = columns.and_then(|p| tensor(p, "weight")?.shape().last().copied());
    let says = columns.filter(|_| leaf.input.len() == 1).map(|columns| {
        let own = found.shape().last().copied().unwrap_or(1);
        format!(
            "TypeError: dot_general requires contracting dimensions to have the same shape, got ({own},) \
             and ({columns},)."
        )
    });
    of_field(false, field, asked).map(|unmet| Unmet { says, ..unmet })
}

/// Whether a state that is twice as long along every axis, and halved along the last, fits its
/// parameters.
pub(super) fn one_doubled_axis(primitive: &Primitive, field: &'static str) -> Option<Unmet> {
    let found = tensor(primitive, field)?;
    // Channels come last.
    let shape = match found.shape() {
        &[channels, height, width] => vec![height, width, channels],
        other => other.to_vec(),
    };
    let (_last, others) = shape.split_last()?;
    let tuple = |lead: &str, axes: &mut dyn Iterator<Item = usize>| {
        let lengths: Vec<String> = axes.map(|length| length.to_string()).collect();
        format!("({lead}{})", lengths.join(", "))
    };
    let mut doubled = others.iter().map(|length| 2 * length).chain(shape.last().copied());
    let says = format!(
        "ValueError: Incompatible shapes for broadcasting: shapes=[{}, {}]",
        tuple("…, ", &mut doubled),
        tuple("", &mut shape.iter().copied())
    );
    let asked = format!("it asks for one axis, not {:?}", found.shape());
    of_field(others.is_empty(), field, asked).map(|unmet| Unmet { says: Some(says), ..unmet })
}

/// Whether the channels that a kernel sees are a multiple of the groups.
pub(super) fn groups_divide_kernel(primitive: &Primitive) -> Option<Unmet> {
    let seen = *tensor(primitive, "weight")?.shape().get(1)?;
    let groups = numbers(primitive, "groups")?.first().copied()?;
    let is_met = groups >= 1.0 && seen % (groups as usize) == 0;
    let asked = format!("it takes the {seen} channels that a kernel sees for those of the input");
    of_field(is_met, "groups", asked)
}

/// Whether a kernel sees as many channels as the code has under the node's name.
pub(super) fn channels_by_name(subject: &Subject<'_>, names: &[(&str, usize)]) -> Option<Unmet> {
    let found = names.iter().find(|(name, _)| *name == subject.leaf.name).or(names.last())?;
    let weight = tensor(subject.primitive, "weight")?;
    let &[channels_out, seen, height, width] = weight.shape() else { return None };
    let says = format!(
        "ValidationError: init: Kernel shape ({height}, {width}, {seen}, {channels_out}) does not match \
         expected shape ({height}, {width}, {}, {channels_out})",
        found.1
    );
    let asked = format!("it asks for {} channels, not {seen}", found.1);
    node(seen == found.1, asked).map(|unmet| Unmet { says: Some(says), ..unmet })
}

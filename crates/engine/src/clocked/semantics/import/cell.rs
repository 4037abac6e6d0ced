//! A nested graph that is taken for a recurrent layer, whatever its edges are.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Value};

use super::super::values::Cell;
use super::level::{Item, Level, Unit};

/// The two nodes of a recurrent layer that compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) neuron: Unit,
    pub(super) matrix: Unit,
}

/// The recurrent layer of a nested graph, or what the importer says.
pub(super) fn parse(level: &Level<'_>, cell: &Cell, facts: &Facts) -> Result<Layer, &'static str> {
    if level.nodes.len() != 4 {
        return Err(cell.count);
    }
    let first = |is: &dyn Fn(&Item<'_>) -> bool| {
        level.nodes.values().find(|item| is(item)).ok_or(cell.parts)
    };
    let input = first(&|item| item.is_input())?;
    let output = first(&|item| item.is_output())?;
    let of_kind = |item: &Item<'_>, kinds: &[&str]| {
        item.primitive().is_some_and(|primitive| kinds.contains(&primitive.kind()))
    };
    let neuron = first(&|item| of_kind(item, cell.neurons))?;
    let matrix = first(&|item| of_kind(item, &["Affine", "Linear"]))?;
    let (Some(neuron_unit), Some(matrix_unit)) = (neuron.unit(), matrix.unit()) else {
        return Err(cell.parts);
    };
    if let (Some(sizes), Some(size)) = (cell.sizes, length(input, facts, neuron_unit)) {
        let neurons = field(neuron, "v_threshold").map(|shape| shape.iter().product::<usize>());
        if let Some(says) = sizes.output
            && length(output, facts, neuron_unit) != Some(size)
        {
            return Err(says);
        }
        if let Some(says) = sizes.threshold
            && neurons != Some(size)
        {
            return Err(says);
        }
        let size = neurons.unwrap_or(size);
        if field(matrix, "weight").is_some_and(|shape| shape != [size, size]) {
            return Err(sizes.weight);
        }
    }
    Ok(Layer { neuron: neuron_unit, matrix: matrix_unit })
}

/// The length of the first axis of a port; a port that the importer adds has the shape of the
/// neuron.
fn length(port: &Item<'_>, facts: &Facts, neuron: Unit) -> Option<usize> {
    let shape = match port.primitive() {
        Some(Primitive::Input(_)) => &facts.leaves()[port.unit()?].output,
        Some(_) => &facts.leaves()[port.unit()?].input,
        None => &facts.leaves()[neuron].input,
    };
    shape.first().copied()
}

fn field(item: &Item<'_>, name: &str) -> Option<Vec<usize>> {
    let values = item.primitive()?.values();
    let (_, value) = values.iter().find(|(field, _)| field.name == name)?;
    match value {
        Value::Tensor(tensor) => Some(tensor.shape().to_vec()),
        _ => None,
    }
}

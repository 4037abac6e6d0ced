//! The findings about edges whose ends do not fit each other.

use super::Inference;
use crate::diag::{Code, Diagnostic};
use crate::facts::shape::{Misfit, Placed, own_input, own_output};
use crate::facts::size::elements;
use crate::facts::unfold::Connection;
use crate::primitive::Primitive;

impl Inference<'_, '_> {
    /// The finding about an edge whose ends differ in axes of length 1 only.
    pub(super) fn unit_axes(
        &self,
        connection: &Connection,
        source: &Placed,
        target: &Placed,
    ) -> Diagnostic {
        let message = format!(
            "`{}` puts out {:?}, `{}` takes {:?}",
            self.leaf(connection.source).name,
            source.output,
            self.leaf(connection.target).name,
            target.input
        );
        let finding = Diagnostic::new(Code::UnitAxes, self.unfolded.place_of(connection), message);
        let is_port = |at: usize| {
            matches!(self.leaf(at).primitive, Primitive::Input(_) | Primitive::Output(_))
        };
        if is_port(connection.source) || is_port(connection.target) {
            finding
                .help(
                    "the elements correspond; run `nir convert --repair` to remove the extra axes",
                )
                .repairable()
        } else {
            finding.help("the elements correspond; declare the same axes on both sides")
        }
    }

    /// The finding about a node that cannot take what arrives over an edge.
    pub(super) fn describe(&self, misfit: &Misfit, edge: usize, arriving: &[usize]) -> Diagnostic {
        let connection = self.connection(edge);
        let (source, target) = (self.leaf(connection.source), self.leaf(connection.target));
        let place = &target.place;
        match misfit {
            Misfit::Shape { takes } => {
                let message = format!(
                    "`{}` puts out {arriving:?}, `{}` takes {takes}",
                    source.name, target.name
                );
                let finding = Diagnostic::new(
                    Code::ShapeMismatch,
                    self.unfolded.place_of(connection),
                    message,
                )
                .label(source.place.clone(), format!("puts out {arriving:?}"))
                .label(place.clone(), format!("takes {takes}"));
                finding.help(advice(arriving, target.primitive))
            }
            Misfit::Parameter { field, shape } => {
                let message = format!(
                    "`{field}` has shape {shape:?}, but {arriving:?} arrives from `{}`",
                    source.name
                );
                Diagnostic::new(Code::ParameterShape, place.field(field), message)
                    .label(source.place.clone(), format!("puts out {arriving:?}"))
                    .help(layout(shape, arriving))
            }
            Misfit::Empty { kernel, input } => {
                let message = format!(
                    "the window covers {} x {}, the input has {} x {} before padding",
                    kernel[0], kernel[1], input[0], input[1]
                );
                Diagnostic::new(Code::EmptyOutput, place.clone(), message)
                    .help("make the kernel smaller, or pad the input")
            }
            Misfit::Flatten { start, end } => {
                let message = format!(
                    "`start_dim` {start} and `end_dim` {end} do not fit {} axes",
                    arriving.len()
                );
                Diagnostic::new(Code::FlattenRange, place.clone(), message)
                    .label(place.field("start_dim"), format!("{start}"))
                    .help("count the axes from 0, without a batch axis")
            }
        }
    }
}

/// What helps where the shape that arrives is not the one that a node takes.
fn advice(arriving: &[usize], target: &Primitive) -> String {
    let wanted = own_input(target).map(|shape| elements(&shape));
    let channels = elements(arriving);
    if wanted == Some(channels) && arriving.len() > 1 {
        "put a Flatten between them".to_owned()
    } else if own_output(target).is_some() {
        "change the number of columns of `weight`, or what comes before".to_owned()
    } else {
        "change one of the two, or put a node between them".to_owned()
    }
}

/// How a parameter that does not fit has to be written.
fn layout(shape: &[usize], arriving: &[usize]) -> String {
    match (shape, arriving) {
        (&[numbers], &[channels, _, ..]) if numbers == channels => {
            let ones = std::iter::repeat_n(1, arriving.len() - 1);
            let axes: Vec<usize> = std::iter::once(channels).chain(ones).collect();
            format!("write it as {axes:?}: axes are matched from the last one")
        }
        _ => "give it one number for each channel, or one for all".to_owned(),
    }
}

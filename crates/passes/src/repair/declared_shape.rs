//! Corrects a field that repeats the shape of the input: `input_shape`, `input_type`, `shape` of a port.

use nirkit_ir::valid::Survey;
use nirkit_ir::{Code, Diagnostic, Document, Place, Severity};
use nirkit_numerics::Tensor;

use super::default_taken::set;
use super::lone_node::shape;

pub(super) fn mend(
    document: &mut Document,
    finding: &Diagnostic,
    survey: &Survey,
) -> Option<String> {
    let field = finding.place.field.as_deref()?;
    if field == "shape" && finding.place.nodes.len() > 1 {
        return super::mend_cause(document, Code::DeclaredShape, survey);
    }
    if field == "shape" {
        let errors = survey.findings.iter().filter(|open| {
            open.severity == Severity::Error && !matches!(open.code, Code::NoInput | Code::NoOutput)
        });
        // What an Output declares is evidence of what is wrong before it.
        let open: Vec<Place> = errors.map(|open| open.place.clone()).collect();
        let at = survey.find(&finding.place.nodes);
        if !open.is_empty() && at.is_some_and(|at| !survey.settled(&open)[at]) {
            return None;
        }
    }
    let leaf = survey.leaf(&finding.place.nodes)?;
    let input = leaf.input.as_ref()?;
    let node = document.graph_mut()?.node_at_mut(&finding.place.nodes)?;
    // A convolution declares its axes without the channels, and one axis as a single number.
    let skip = usize::from(field == "input_shape");
    let axes = input.get(skip..)?;
    let declared = match axes {
        [length] if field == "input_shape" => Tensor::scalar(*length as i64),
        several => shape(several),
    };
    set(node, field, declared);
    Some(format!("`{field}` is now {axes:?}"))
}

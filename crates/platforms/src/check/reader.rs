//! What the reference reader refuses before any simulator sees the graph.

use nirkit_engine::clocked::semantics::When;
use nirkit_ir::field::Unit;
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Diagnostic, Place};
use nirkit_numerics::{ByteOrder, Tensor, broadcast};

use super::field::tensor;
use super::{Case, Finding, Subject, Verdict, code, demand};

/// The parameters that have to have one shape, by kind: `__post_init__` in `nir/ir/neuron.py`.
fn of_one_shape(primitive: &Primitive) -> &'static [&'static str] {
    match primitive {
        Primitive::Li(_) => &["tau", "r", "v_leak"],
        Primitive::If(_) => &["r", "v_threshold", "v_reset"],
        Primitive::Lif(_) => &["tau", "r", "v_leak", "v_reset", "v_threshold"],
        Primitive::CubaLi(_) => &["tau_syn", "tau_mem", "r", "v_leak"],
        Primitive::CubaLif(_) => &["tau_syn", "tau_mem", "r", "v_leak", "v_reset", "v_threshold"],
        _ => &[],
    }
}

/// Adds what `nir.read` refuses of a leaf, and what the package says to the bytes of its numbers.
pub(super) fn check(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    check_fields(case, subject, findings);
    check_counts(case, subject, findings);
    check_bytes(case, subject, findings);
    check_shapes(case, subject, findings);
    check_types(case, subject, findings);
}

fn refusal(case: &Case<'_>, place: Place, when: When, says: &str, help: &str) -> Finding {
    let message = format!("{}: {says}", case.profile.name);
    let diagnostic = Diagnostic::new(code(when), place, message).help(help);
    Finding { verdict: Verdict::Refused, ends: Some(when), matters: true, diagnostic }
}

/// Fields are arguments of the constructor of a class.
fn check_fields(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let (place, kind) = (case.place(subject.leaf), subject.primitive.kind());
    let extra = case.node(subject.leaf).and_then(|node| node.extra.keys().next());
    if let Some(field) = extra {
        let says =
            format!("TypeError: {kind}.__init__() got an unexpected keyword argument '{field}'");
        let help =
            "take the field out, or put it into the metadata: `nir.read` knows no such field";
        findings.push(refusal(case, place.clone().field(field), When::Import, &says, help));
    }
    let has_no_shape = match subject.primitive {
        Primitive::Conv1d(p) => p.input_shape.is_none(),
        Primitive::Conv2d(p) => p.input_shape.is_none(),
        _ => false,
    };
    if has_no_shape {
        let says = format!(
            "TypeError: {kind}.__init__() missing 1 required positional argument: 'input_shape'"
        );
        let help = "write the shape of what enters, or run `nir convert --repair`";
        findings.push(refusal(case, place, When::Import, &says, help));
    }
}

/// The shape that leaves is worked out from fields that are indexed: `nir/ir/utils.py`.
fn check_counts(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let (fields, axes): (&[&'static str], usize) = match subject.primitive {
        Primitive::Conv1d(p) if p.input_shape.is_some() => {
            (&["input_shape", "padding", "dilation", "stride"], 1)
        }
        Primitive::Conv2d(p) if p.input_shape.is_some() => (&["padding", "dilation", "stride"], 2),
        Primitive::Flatten(_) => (&["start_dim", "end_dim"], 0),
        _ => return,
    };
    let is_convolution = axes > 0;
    let says = |field: &str| {
        let found = tensor(subject.primitive, field)?;
        let is_number = found.shape().is_empty();
        let is_last = found.to_f64().is_some_and(|n| n.as_ref() == [-1.0]);
        match is_convolution {
            true if is_number && found.dtype().is_float() => {
                Some("IndexError: invalid index to scalar variable.".to_owned())
            }
            true if !is_number && found.len() < axes => Some(format!(
                "IndexError: index {0} is out of bounds for axis 0 with size {0}",
                found.len()
            )),
            false if field == "end_dim" && is_last => None,
            false if !is_number => Some(
                "TypeError: only integer scalar arrays can be converted to a scalar index"
                    .to_owned(),
            ),
            false if found.dtype().is_float() => Some(
                "TypeError: slice indices must be integers or None or have an __index__ method"
                    .to_owned(),
            ),
            _ => None,
        }
    };
    if let Some((field, says)) = fields.iter().find_map(|field| Some((*field, says(field)?))) {
        let place = case.place(subject.leaf).field(field);
        let help = if is_convolution {
            "write an integer for each axis"
        } else {
            "write an integer by itself"
        };
        findings.push(refusal(case, place, When::Import, &says, help));
    }
}

/// Arrays keep the byte order of the file.
fn check_bytes(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(big_endian) = case.profile.big_endian else { return };
    let when = if subject.primitive.is_stateless() { When::Import } else { big_endian.of_neurons };
    if !demand::is_reached(case, subject, when) {
        return;
    }
    let is_big =
        |tensor: &Tensor| tensor.dtype().word() > 1 && tensor.byte_order() == ByteOrder::Big;
    let mut fields = subject.primitive.tensors();
    let found = fields.find(|(field, tensor)| field.unit != Unit::Count && is_big(tensor));
    if let Some((field, _)) = found {
        let place = case.place(subject.leaf).field(field.name);
        let help = "`nir convert IN.nir OUT.nirt` and back writes the byte order of the machine";
        findings.push(refusal(case, place, when, big_endian.says, help));
    }
}

/// The types of a nested graph are checked while it is read, whatever is asked for.
fn check_types(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(field) = of_one_shape(subject.primitive).first() else { return };
    let found = tensor(subject.primitive, field);
    let shape = found.as_ref().map(Tensor::shape);
    let place = case.place(subject.leaf);
    // A cycle that becomes a nested graph is checked as one.
    let is_wrapped = case.semantics.execution.wraps_cycles && subject.walked.recurrent;
    let is_nested = place.nodes.len() > 1 || is_wrapped;
    if !is_nested || shape.is_none_or(|shape| shape == subject.leaf.input) {
        return;
    }
    let says = "ValueError: Type inference error: type mismatch: …";
    let help = format!(
        "give {field} the shape {:?}: `nir.read` asks for it in nested graphs",
        subject.leaf.input
    );
    findings.push(refusal(case, place.field(field), When::Import, says, &help));
}

/// Parameters have one shape.
fn check_shapes(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let shape =
        |field: &&'static str| Some((*field, tensor(subject.primitive, field)?.shape().to_vec()));
    let shapes: Vec<_> = of_one_shape(subject.primitive).iter().filter_map(shape).collect();
    let Some((first, wanted)) = shapes.first() else { return };
    let refuse = |field: &str, says: String, help: String| {
        refusal(case, case.place(subject.leaf).field(field), When::Import, &says, &help)
    };
    if let Some((field, found)) = shapes.iter().find(|(_, shape)| shape != wanted) {
        let says = "AssertionError: All parameters must have the same shape".to_owned();
        let help = format!(
            "{first} has the shape {wanted:?} and {field} {found:?}; give all of them one: `nir.read` asks for it"
        );
        findings.push(refuse(field, says, help));
        return;
    }
    // The reference multiplies `w_in` by ones of the common shape.
    let Some((field, found)) = shape(&"w_in") else { return };
    if broadcast::common_shape(wanted, found.as_slice()).is_none() {
        let tuple = |shape: &[usize]| match shape {
            [length] => format!("({length},)"),
            _ => format!("{shape:?}").replace('[', "(").replace(']', ")").replace(", ", ","),
        };
        let says = format!(
            "ValueError: operands could not be broadcast together with shapes {} {} ",
            tuple(wanted),
            tuple(&found)
        );
        let help = format!(
            "{first} has the shape {wanted:?} and {field} {found:?}; `nir.read` asks for shapes that fit"
        );
        findings.push(refuse(field, says, help));
    }
}

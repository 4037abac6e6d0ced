//! What the reference reader refuses before any simulator sees the graph.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Code, Diagnostic};
use nirkit_numerics::broadcast;
use nirkit_sim::clocked::scheme::When;

use super::field::tensor;
use super::{Case, Finding, Subject, Verdict};

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

/// Adds what `nir.read` refuses of a leaf.
pub(super) fn check(case: &Case<'_>, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let shape =
        |field: &&'static str| Some((*field, tensor(subject.primitive, field)?.shape().to_vec()));
    let shapes: Vec<_> = of_one_shape(subject.primitive).iter().filter_map(shape).collect();
    let Some((first, wanted)) = shapes.first() else { return };
    let refuse = |field: &str, says: String, help: String| {
        let message = format!("{}: {says}", case.profile.name);
        let place = case.place(subject.leaf).field(field);
        let diagnostic = Diagnostic::new(Code::PlatformRefuses, place, message).help(help);
        let ends = Some(When::Import);
        Finding { verdict: Verdict::Refused, ends, matters: true, diagnostic }
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

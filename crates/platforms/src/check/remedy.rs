//! What to do about a finding: the command that mends it where there is one.

use nirkit_ir::primitive::GRAPH_KIND;
use nirkit_ir::{Code, Graph};

use super::Finding;
use crate::profile::Profile;

/// What to do about a loss at a node, or at one of its fields.
pub(super) fn of_loss(code: Code, field: Option<&str>) -> &'static str {
    match (code, field) {
        (Code::ParameterIgnored | Code::ParameterReinterpreted, Some("r" | "w_in")) => {
            "`nir opt IN OUT --pass fold_gain` multiplies it into the weights before the neurons"
        }
        (Code::ParameterIgnored | Code::ParameterReinterpreted, Some("v_leak")) => {
            "`nir opt IN OUT --pass center_leak` counts voltages from v_leak, which becomes 0"
        }
        (Code::ParameterIgnored, Some("v_threshold")) => {
            "`nir opt IN OUT --pass unit_threshold --pass fold_gain` moves thresholds into the weights before the \
             neurons"
        }
        (Code::ParameterIgnored, Some("v_reset")) => {
            "train with the reset that the platform has, or choose another platform"
        }
        (Code::ParameterIgnored, _) => {
            "fold it into weights or thresholds, or choose another platform"
        }
        (Code::ParameterReinterpreted, _) => {
            "scale weights or thresholds to make up for it, or choose another platform"
        }
        (Code::ResetFixed, _) => "choose a platform that resets as the network was trained",
        _ => "change the graph, or choose another platform",
    }
}

/// What to do about a kind of node that a platform does not know.
pub(super) fn of_kind(profile: &Profile, kind: &str) -> &'static str {
    let has = |kind: &str| profile.capability(kind).is_some();
    match kind {
        "Scale" => "`nir opt IN OUT --pass fold_scale` multiplies it into what stands beside it",
        "AvgPool2d" if has("SumPool2d") => {
            "`nir opt IN OUT --pass average_to_sum --pass fold_scale` makes a SumPool2d of it and brings the factor \
             into the weights"
        }
        "Linear" if has("Affine") => "`nir opt IN OUT --pass add_bias` makes an Affine of it",
        "Affine" if has("Linear") => {
            "`nir opt IN OUT --pass drop_bias` makes a Linear of it where its bias is 0"
        }
        GRAPH_KIND => "`nir opt IN OUT --pass unnest` puts what is in it in its place",
        _ => "replace the node by others, or choose another platform",
    }
}

/// Lets the passes that remedies name come behind the one that takes nested graphs apart: beside these they do nothing.
pub(crate) fn beside_nested(graph: &Graph, findings: &mut [Finding]) {
    const OPT: &str = "`nir opt IN OUT --pass ";
    if graph.nodes.iter().all(|(.., node)| node.primitive.as_graph().is_none()) {
        return;
    }
    for finding in findings {
        let Some(help) = &mut finding.diagnostic.help else { continue };
        if help.contains(OPT) && !help.contains("--pass unnest") {
            *help = help.replacen(OPT, &format!("{OPT}unnest --pass "), 1);
        }
    }
}

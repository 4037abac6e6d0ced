//! Conditions on a node, and what is told where they are not met.

mod follower;
mod level;
mod shape;

use nirkit_engine::clocked::semantics::{only_leaves, taken_window};

use super::field::{element, is_same, numbers, padding, python, tensor, width};
use super::{Case, Subject, is_close};
use crate::capability::Requirement;
use crate::phrase::{brief, range};
use follower::{kind_of_layer, last};
use level::{all_close, below, close, gains, one_divided_threshold, steps_of};
use shape::{channels_by_name, full_shape, groups_divide_kernel, lists, one_doubled_axis};

/// A condition that is not met.
pub(super) struct Unmet {
    /// The field at fault.
    pub(super) field: Option<&'static str>,
    /// What is asked for, for the reader.
    pub(super) asked: String,
    /// The words of the platform, where they depend on the node.
    pub(super) says: Option<String>,
    /// The `NumPy` type of the field, where the platform names it.
    pub(super) element: &'static str,
}

/// Something that is not met, with what is asked for.
fn node(is_met: bool, asked: impl Into<String>) -> Option<Unmet> {
    (!is_met).then(|| Unmet { field: None, asked: asked.into(), says: None, element: "" })
}

/// The same about a field.
fn of_field(is_met: bool, field: &'static str, asked: impl Into<String>) -> Option<Unmet> {
    node(is_met, asked).map(|unmet| Unmet { field: Some(field), ..unmet })
}

/// What is told, if a requirement is not met.
#[expect(clippy::too_many_lines, reason = "one arm for each requirement")]
pub(super) fn unmet(case: &Case<'_>, subject: &Subject<'_>, what: Requirement) -> Option<Unmet> {
    let (primitive, leaf) = (subject.primitive, subject.leaf);
    match what {
        Requirement::Never => node(false, ""),
        Requirement::Equals(field, value) => {
            let numbers = numbers(primitive, field)?;
            let is_met = numbers.iter().all(|&number| is_same(number, value));
            let asked = format!("it asks for {field} = {}, not {}", brief(value), range(&numbers));
            of_field(is_met, field, asked)
        }
        Requirement::Zero(field) => unmet(case, subject, Requirement::Equals(field, 0.0)),
        Requirement::Uniform(field) => {
            let numbers = numbers(primitive, field)?;
            let is_met = numbers.windows(2).all(|pair| is_same(pair[0], pair[1]));
            of_field(is_met, field, format!("it asks for one {field}, not {}", range(&numbers)))
        }
        Requirement::AllClose(field, level) => all_close(case, primitive, field, level),
        Requirement::Close(field, levels) => close(case, primitive, field, levels),
        Requirement::AtLeastSteps(tau, steps) => {
            steps_of(case, primitive, tau, |taken| taken >= steps, &format!("{steps} or more"))
        }
        Requirement::AtMostSteps(tau, steps) => {
            steps_of(case, primitive, tau, |taken| taken <= steps, &format!("{steps} or fewer"))
        }
        Requirement::MoreSteps(tau, steps) => {
            steps_of(case, primitive, tau, |taken| taken > steps, &format!("more than {steps}"))
        }
        Requirement::KeepsShare(tau) => {
            let (dt, width) = (case.dt()?, width(primitive, tau));
            let share = |tau: &f64| width.round(width.round(dt) / tau);
            let shares: Vec<f64> = numbers(primitive, tau)?.iter().map(share).collect();
            let asked = format!("it asks for dt / {tau} of 1 or less, not {}", range(&shares));
            of_field(shares.iter().all(|&share| share <= 1.0), tau, asked)
        }
        Requirement::OneDividedThreshold => one_divided_threshold(case, subject),
        Requirement::UnitGain(gain, tau) => {
            let gains = gains(case, primitive, gain, tau)?;
            let is_met = gains.iter().all(|&gain| is_close(gain, 1.0));
            let asked = format!("it asks for {gain} dt / {tau} = 1, not {}", range(&gains));
            of_field(is_met, gain, asked)
        }
        Requirement::Last => last(case, leaf),
        // What stands in a nested graph is part of a recurrent layer, and nobody asks what it leads to.
        Requirement::LeadsTo(_) if !leaf.is_top_level() => None,
        Requirement::LeadsTo(kinds) => {
            let first = case.graph.edges.iter().find(|edge| edge.source == leaf.name);
            let target = first.and_then(|edge| case.graph.nodes.get(&edge.target));
            let kind = target.map(|target| kind_of_layer(&target.primitive));
            let is_met = kind.is_some_and(|kind| kinds.contains(&kind));
            node(is_met, format!("its first edge has to lead to a {}", kinds.join(" or a ")))
        }
        Requirement::OneAxis => node(
            leaf.input.len() == 1,
            format!("it asks for one axis, the signal has the shape {:?}", leaf.input),
        ),
        Requirement::OneLongAxis(field) => {
            let field_tensor = tensor(primitive, field)?;
            let rest = field_tensor.shape().iter().skip(1).product::<usize>();
            let asked = format!("it asks for one axis, not {:?}", field_tensor.shape());
            of_field(rest <= 1, field, asked)
        }
        Requirement::Lists(fields) => lists(primitive, fields),
        Requirement::OneDoubledAxis(field) => one_doubled_axis(primitive, field),
        Requirement::FullShape(field) => full_shape(case, subject, field),
        Requirement::AsManyNumbers(field) => {
            let (found, neurons) = (tensor(primitive, field)?.len(), leaf.inputs());
            let asked = format!("it asks for {neurons} numbers, not {found}");
            of_field(found == neurons, field, asked)
        }
        Requirement::NonZero(field) => {
            let zeros = numbers(primitive, field)?.iter().filter(|&&x| x == 0.0).count();
            of_field(zeros == 0, field, format!("it asks for numbers other than 0, {zeros} are"))
        }
        Requirement::AtLeast(neurons) => node(
            leaf.inputs() >= neurons,
            format!("it asks for {neurons} neurons or more, there are {}", leaf.inputs()),
        ),
        Requirement::AtLeastNumbers(field, least) => {
            let numbers = tensor(primitive, field)?;
            let found = numbers.len();
            let asked = format!("it asks for {least} numbers, there is {found}");
            // The only number of an array is taken out of it, as Python has it.
            let is_own = numbers.shape().is_empty();
            let element = if is_own { element(&numbers) } else { python(&numbers) };
            of_field(found >= least, field, asked).map(|unmet| Unmet { element, ..unmet })
        }
        Requirement::ExactlyOutsideCycles(neurons) => node(
            subject.walked.recurrent || leaf.inputs() == neurons,
            format!("it asks for {neurons} neurons, there are {}", leaf.inputs()),
        ),
        Requirement::FloatingPoint(field) => {
            let dtype = tensor(primitive, field)?.dtype();
            of_field(dtype.is_float(), field, "it asks for floating-point numbers")
        }
        Requirement::Integers(fields) => {
            let fraction = |&field: &&'static str| {
                let found = tensor(primitive, field)?;
                found.dtype().is_float().then_some((field, found))
            };
            let (field, found) = fields.iter().find_map(fraction)?;
            let element = element(&found);
            of_field(false, field, "it asks for integers").map(|unmet| Unmet { element, ..unmet })
        }
        Requirement::PairOrNumber(field) => {
            let found = tensor(primitive, field)?;
            let asked = format!("it asks for a number or two, not {:?}", found.shape());
            of_field(found.shape().is_empty() || found.len() == 2, field, asked)
        }
        Requirement::NumberByItself(field) => {
            let is_met = tensor(primitive, field)?.shape().is_empty();
            of_field(is_met, field, "it asks for a number by itself")
        }
        Requirement::PaddingInNumbers => {
            let is_met = padding(primitive).is_none() || tensor(primitive, "padding").is_some();
            of_field(is_met, "padding", "it asks for numbers")
        }
        Requirement::GroupsDivideKernel => groups_divide_kernel(primitive),
        Requirement::HalfPadding => {
            let window = leaf.window.as_ref()?;
            let is_met = (0..2).all(|axis| 2 * window.before[axis] <= window.kernel[axis]);
            of_field(is_met, "padding", "it asks for half of the kernel at most")
        }
        Requirement::OneAxisOf(field) => {
            let found = tensor(primitive, field)?;
            let asked = format!("it asks for one axis, not {:?}", found.shape());
            of_field(found.rank() <= 1, field, asked)
        }
        Requirement::KeepsShape => {
            let declared = leaf.window.as_ref()?;
            let taken = taken_window(primitive, declared, &case.semantics.maps);
            let asked = format!("{:?} would leave it, not {:?}", taken.output, declared.output);
            let is_free = only_leaves(case.graph, case.facts, leaf) && !taken.output.contains(&0);
            node(is_free || taken.output == declared.output, asked)
        }
        Requirement::NoCycle => node(!subject.walked.recurrent, "it takes no recurrent connection"),
        Requirement::NoInstantCycle => node(
            !subject.walked.instant_cycle,
            "it asks for a CubaLIF or LI in every cycle, which hands on a step later",
        ),
        Requirement::MatrixInCycle => node(
            !subject.walked.cycle_without_matrix,
            "it asks for an Affine or a Linear in every cycle, which hands on a step later",
        ),
        Requirement::InputByName(shapes) => {
            let found = shapes.iter().find(|named| named.name == leaf.name).or(shapes.last())?;
            let asked = format!("it asks for the shape {:?}, not {:?}", found.shape, leaf.input);
            node(leaf.input == found.shape, asked)
        }
        Requirement::ChannelsByName(names) => channels_by_name(subject, names),
        Requirement::Below(low, high) => below(primitive, low, high),
        Requirement::WholeMicroseconds => {
            let dt = case.dt()?;
            let steps = 1e6 * dt;
            let is_met = steps.round() >= 1.0 && is_close(steps, steps.round());
            node(
                is_met,
                format!("it asks for a time step of whole microseconds, not {} s", brief(dt)),
            )
        }
        Requirement::NamedOneOf(names) => {
            let asked = format!("it knows this kind by the names {} only", names.join(" and "));
            node(names.contains(&leaf.name.as_str()), asked)
        }
    }
}

//! Conditions on a node, and what is told where they are not met.

use std::collections::BTreeSet;

use nirkit_engine::clocked::semantics::{Order, only_leaves, taken_window, thresholds};
use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::primitive::Primitive;
use nirkit_numerics::Width;

use super::field::{element, is_same, numbers, padding, python, tensor, width};
use super::{Case, Subject, is_close};
use crate::capability::{Level, Requirement};
use crate::phrase::{brief, range};

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
        Requirement::Last => {
            let targets = behind_outputs(case, leaf);
            let next = targets.iter().rev().filter_map(|&target| {
                let is_joined = case.facts.leaf(target).sources.len() > 1;
                Some((is_joined, case.primitive(target)?))
            });
            let next = { next }.find(|(_, primitive)| !matches!(primitive, Primitive::Output(_)));
            let unmet = node(next.is_none(), "only an Output may follow")?;
            // Programs that connect nodes have no tuples.
            let hands_on = case.semantics.execution.order != Order::SourcesFirst;
            let says = next.filter(|_| hands_on).map(|(is_joined, primitive)| {
                if is_joined { ADDED_TUPLE.to_owned() } else { given_a_tuple(primitive) }
            });
            Some(Unmet { says, ..unmet })
        }
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

/// The targets of a leaf; an Output of a nested graph hands on what it is given.
fn behind_outputs(case: &Case<'_>, leaf: &Leaf) -> Vec<LeafId> {
    let mut open: Vec<LeafId> = leaf.targets.iter().rev().copied().collect();
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    while let Some(target) = open.pop() {
        if !seen.insert(target) {
            continue;
        }
        let handed_on = &case.facts.leaf(target).targets;
        if matches!(case.primitive(target), Some(Primitive::Output(_))) && !handed_on.is_empty() {
            open.extend(handed_on.iter().rev());
        } else {
            found.push(target);
        }
    }
    found
}

/// The kind of a node; of a nested graph that is a recurrent layer, the kind of its neurons.
fn kind_of_layer(primitive: &Primitive) -> &str {
    let Primitive::Graph(inner) = primitive else { return primitive.kind() };
    let kinds = inner.nodes.iter().map(|(_, _, node)| node.primitive.kind());
    { kinds }.find(|kind| matches!(*kind, "LIF" | "CubaLIF")).unwrap_or(primitive.kind())
}

/// The numbers that a field is held against, and the precision of the file for them.
fn level(case: &Case<'_>, primitive: &Primitive, level: Level) -> Option<(Vec<f64>, Width)> {
    Some(match level {
        Level::Number(number) => (vec![number], Width::Half),
        Level::PerStep => (vec![1.0 / case.dt()?], Width::Double),
        Level::Field(field) => (numbers(primitive, field)?, width(primitive, field)),
        Level::Steps(tau) => {
            let (dt, width) = (case.dt()?, width(primitive, tau));
            let taus = numbers(primitive, tau)?;
            (taus.iter().map(|tau| width.round(tau / width.round(dt))).collect(), width)
        }
    })
}

/// In words, with the time step that nobody may have given.
fn name(case: &Case<'_>, level: Level) -> String {
    let step = || case.dt().map_or(String::new(), |dt| format!(" with dt = {} s", brief(dt)));
    match level {
        Level::Number(number) => brief(number),
        Level::PerStep => format!("1 / dt{}", step()),
        Level::Field(field) => field.to_owned(),
        Level::Steps(tau) => format!("{tau} / dt{}", step()),
    }
}

/// `numpy.allclose(field, level)`: `|a - b| <= 1e-8 + 1e-5 |b|`, each operation in the precision of the
/// file.
fn all_close(
    case: &Case<'_>,
    primitive: &Primitive,
    field: &'static str,
    wanted: Level,
) -> Option<Unmet> {
    let found = numbers(primitive, field)?;
    let (levels, width_of_level) = level(case, primitive, wanted)?;
    let width = width(primitive, field).max(width_of_level);
    let is_close = |n: usize| {
        let (a, b) = (found[n % found.len()], levels[n % levels.len()]);
        let bound = width.round(1e-8 + width.round(1e-5 * b.abs()));
        is_same(a, b) || width.round(a - b).abs() <= bound
    };
    let is_met = (0..found.len().max(levels.len())).all(is_close);
    let asked = format!("it asks for {field} = {}, not {}", name(case, wanted), range(&found));
    of_field(is_met, field, asked)
}

/// Whether the first number of a field is one of these, within a millionth.
fn close(
    case: &Case<'_>,
    primitive: &Primitive,
    field: &'static str,
    levels: &[Level],
) -> Option<Unmet> {
    let found = numbers(primitive, field).unwrap_or_else(|| vec![1.0]);
    let first = *found.first()?;
    let is_close = |&wanted: &Level| {
        let wanted = match wanted {
            // Time constants are read as doubles here before they are divided.
            Level::Steps(tau) => Some(*numbers(primitive, tau)?.first()? / case.dt()?),
            other => level(case, primitive, other).and_then(|(found, _)| found.first().copied()),
        }?;
        let is_finite = first.is_finite() && wanted.is_finite();
        Some(is_finite && (first - wanted).abs() <= 1e-12 + 1e-6 * wanted.abs())
    };
    let is_met = levels.iter().any(|level| is_close(level).unwrap_or(true));
    let names: Vec<String> = levels.iter().map(|&level| name(case, level)).collect();
    let asked = format!("it asks for {field} = {}, not {}", names.join(" or "), range(&found));
    of_field(is_met, field, asked)
}

/// Whether a time constant is so many steps.
fn steps_of(
    case: &Case<'_>,
    primitive: &Primitive,
    tau: &'static str,
    is_met: impl Fn(f64) -> bool,
    wanted: &str,
) -> Option<Unmet> {
    let dt = case.dt()?;
    let steps: Vec<f64> = numbers(primitive, tau)?.iter().map(|tau| tau / dt).collect();
    let asked = format!("it asks for {tau} / dt of {wanted}, not {}", range(&steps));
    of_field(steps.iter().all(|&steps| steps.is_finite() && is_met(steps)), tau, asked)
}

/// Whether one threshold stands for all neurons after the division.
fn one_divided_threshold(case: &Case<'_>, subject: &Subject<'_>) -> Option<Unmet> {
    let (primitive, leaf) = (subject.primitive, subject.leaf);
    let rule = case.semantics.neurons.rule(primitive, subject.walked.recurrent, leaf.inputs())?;
    let found = thresholds(primitive, leaf, rule, case.semantics.time)?;
    let is_met = found.windows(2).all(|pair| is_same(pair[0], pair[1]));
    let spread = found.iter().fold(0.0_f64, |spread, level| spread.max((level - found[0]).abs()));
    let asked = format!(
        "it divides each threshold by w_in dt / tau_syn and asks for one; they differ by up to {}",
        brief(spread)
    );
    of_field(is_met, "v_threshold", asked)
}

/// Fields that stand as a number by itself where a list is asked for.
fn lists(primitive: &Primitive, fields: &[&'static str]) -> Option<Unmet> {
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
fn full_shape(case: &Case<'_>, subject: &Subject<'_>, field: &'static str) -> Option<Unmet> {
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
fn one_doubled_axis(primitive: &Primitive, field: &'static str) -> Option<Unmet> {
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

/// Whether each number of a field is below that of another.
fn below(primitive: &Primitive, low: &'static str, high: &str) -> Option<Unmet> {
    let (lows, highs) = (numbers(primitive, low)?, numbers(primitive, high)?);
    let at = |values: &[f64], n: usize| values[n % values.len().max(1)];
    let is_met = (0..lows.len().max(highs.len())).all(|n| at(&lows, n) < at(&highs, n));
    let asked = format!("it asks for {low} = {} below {high} = {}", range(&lows), range(&highs));
    of_field(is_met, low, asked)
}

/// Whether the channels that a kernel sees are a multiple of the groups.
fn groups_divide_kernel(primitive: &Primitive) -> Option<Unmet> {
    let seen = *tensor(primitive, "weight")?.shape().get(1)?;
    let groups = numbers(primitive, "groups")?.first().copied()?;
    let is_met = groups >= 1.0 && seen % (groups as usize) == 0;
    let asked = format!("it takes the {seen} channels that a kernel sees for those of the input");
    of_field(is_met, "groups", asked)
}

/// What PyTorch says where a tuple is added to something.
const ADDED_TUPLE: &str = "TypeError: add(): argument '…' (position …) must be Tensor, not tuple";

/// What a module of PyTorch says that is given a tuple in place of a tensor.
fn given_a_tuple(primitive: &Primitive) -> String {
    let function = match primitive {
        Primitive::Affine(_) | Primitive::Linear(_) => "linear",
        Primitive::AvgPool2d(_) => "avg_pool2d",
        Primitive::Conv1d(_) => return "TypeError: conv1d() received an invalid combination of arguments - got (tuple, …".to_owned(),
        Primitive::Conv2d(_) => return "TypeError: conv2d() received an invalid combination of arguments - got (tuple, …".to_owned(),
        Primitive::SumPool2d(_) => return "AttributeError: 'tuple' object has no attribute 'pow'".to_owned(),
        Primitive::Flatten(_) => return "AttributeError: 'tuple' object has no attribute 'flatten'".to_owned(),
        Primitive::Li(_) | Primitive::If(_) | Primitive::Lif(_) | Primitive::CubaLif(_) => {
            return "AttributeError: 'tuple' object has no attribute 'shape'".to_owned();
        }
        _ => return "TypeError: …tuple…".to_owned(),
    };
    format!("TypeError: {function}(): argument 'input' (position 1) must be Tensor, not tuple")
}

/// Whether a kernel sees as many channels as the code has under the node's name.
fn channels_by_name(subject: &Subject<'_>, names: &[(&str, usize)]) -> Option<Unmet> {
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

/// `gain dt / tau` of each neuron; `None` without a time step.
fn gains(case: &Case<'_>, primitive: &Primitive, gain: &str, tau: &str) -> Option<Vec<f64>> {
    let dt = case.dt()?;
    let (gain, tau) = (numbers(primitive, gain).unwrap_or(vec![1.0]), numbers(primitive, tau)?);
    let at = |values: &[f64], n: usize| values[n % values.len().max(1)];
    let neurons = gain.len().max(tau.len());
    Some((0..neurons).map(|n| at(&gain, n) * dt / at(&tau, n)).collect())
}

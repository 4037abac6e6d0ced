//! Convolutions and pooling: what is not 0 is added to all windows that see it, from the first source to the last.

use nirkit_step::{BufferId, Convolution, Operator, Pool, Window};

use super::constants::{Constants, read};
use super::expr::{Value, binary, literal};
use super::{Body, Printer};
use crate::stored::{Stored, kernels_by_source};

impl Printer<'_> {
    /// Opens the loops over `number`, all sources that are not 0, and over the rows of windows that see it; clears the sums.
    pub(super) fn sources(
        &self,
        (from, to): (BufferId, BufferId),
        window: &Window,
        body: &mut Body,
    ) {
        let [height, width] = window.input;
        let zero = self.zero(from);
        self.clear(to, body);
        body.open(&format!("for channel in 0..{} {{", window.channels_in));
        body.open(&format!("for y in 0..{height} {{"));
        body.open(&format!("for x in 0..{width} {{"));
        body.line(&format!(
            "let number = {}[(channel * {height} + y) * {width} + x];",
            self.member(from)
        ));
        body.open(&format!("if number == {zero} {{"));
        body.line("continue;");
        body.close("}");
        body.open(&format!("for k in 0..{} {{", window.kernel[0]));
        Self::place(0, ["row", "y", "k"], window, body);
    }

    /// Opens the loop over the columns of windows that see a source.
    pub(super) fn columns(window: &Window, head: &str, body: &mut Body) {
        body.open(head);
        Self::place(1, ["column", "x", "l"], window, body);
    }

    /// Finds the window that sees a pixel at a place of the kernel, along an axis.
    fn place(axis: usize, [out, pixel, element]: [&str; 3], window: &Window, body: &mut Body) {
        let [stride, dilation, before, len] =
            [window.stride, window.dilation, window.before, window.output].map(|both| both[axis]);
        let element_at =
            if dilation == 1 { element.to_owned() } else { format!("{element} * {dilation}") };
        let pixel_at = if before == 0 { pixel.to_owned() } else { format!("{pixel} + {before}") };
        // What lies before the first window becomes a large number.
        body.line(&format!("let {out} = usize::wrapping_sub({pixel_at}, {element_at});"));
        let is_beyond = match stride {
            1 => format!("{out} >= {len}"),
            stride => format!("{out} % {stride} != 0 || {out} / {stride} >= {len}"),
        };
        body.open(&format!("if {is_beyond} {{"));
        body.line("continue;");
        body.close("}");
        if stride > 1 {
            body.line(&format!("let {out} = {out} / {stride};"));
        }
    }

    pub(super) fn convolution(
        &self,
        at: usize,
        convolution: &Convolution,
        constants: &mut Constants,
        body: &mut Body,
    ) {
        let Convolution { from, window, weights, bias, to } = convolution;
        let name = format!("WEIGHT_{at}");
        let (seen, fed) = (window.channels_in / window.groups, window.channels_out / window.groups);
        let [tall, wide] = window.kernel;
        let weights = kernels_by_source(weights, window);
        constants.add_rows(
            &name,
            &format!("Kernels of {}, by source.", self.shown(*to)),
            &weights,
            wide,
        );
        let format = self.layout.format(*to);
        let weight = match Stored::of(&weights) {
            kind if kind == Stored::in_full(format) => Value::prefixed("*weight", format),
            _ => read("*weight", &weights),
        };
        let product = binary(Operator::Multiply, &weight, &Value::atom("number", format));
        let sum = binary(Operator::Add, &Value::atom("sums[column]", format), &product).text;
        let [rows, columns] = window.output;
        let target = match window.groups {
            1 => "target".to_owned(),
            _ => format!("(channel / {seen} * {fed} + target)"),
        };
        body.note(&format!("{}: kernels over {}.", self.shown(*to), self.shown(*from)));
        self.sources((*from, *to), window, body);
        body.line(&format!(
            "let kernels = &constants::{name}[(channel * {tall} + k) * {fed}..][..{fed}];"
        ));
        body.open("for (target, kernel) in kernels.iter().enumerate() {");
        body.line(&format!(
            "let sums = &mut {}[({target} * {rows} + row) * {columns}..][..{columns}];",
            self.member(*to)
        ));
        Self::columns(window, "for (l, weight) in kernel.iter().enumerate() {", body);
        body.line(&format!("sums[column] = {sum};"));
        for _ in 0..6 {
            body.close("}");
        }
        self.bias(at, bias.as_ref(), *to, constants, body);
    }

    pub(super) fn pool(&self, pool: &Pool, body: &mut Body) {
        let Pool { from, window, mean, to } = pool;
        let format = self.layout.format(*to);
        let [rows, columns] = window.output;
        let sum = Value::atom(
            format!("{}[(channel * {rows} + row) * {columns} + column]", self.member(*to)),
            format,
        );
        let more = binary(Operator::Add, &sum, &Value::atom("number", format)).text;
        body.note(&format!("{}: windows of {}.", self.shown(*to), self.shown(*from)));
        self.sources((*from, *to), window, body);
        Self::columns(window, &format!("for l in 0..{} {{", window.kernel[1]), body);
        body.line(&format!("{} = {more};", sum.text));
        for _ in 0..5 {
            body.close("}");
        }
        if let Some(mean) = mean {
            let [divisor, factor] = mean.map(|x| literal(format.round(x)));
            let mean = binary(Operator::Divide, &self.element(*to), &divisor);
            self.each(*to, &binary(Operator::Multiply, &mean, &factor).text, body);
        }
    }
}

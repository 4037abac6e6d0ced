//! Convolutions and pooling: what is not 0 is added to all windows that see it, from the first source to the last.

use nirkit_step::{BufferId, Convolution, Number, Operator, Pool, Window};

use super::constants::{Constants, read};
use super::expr::{Text, binary, literal};
use super::{Body, Printer};
use crate::stored::{Stored, kernels_by_source};

impl Printer<'_> {
    /// Prints the loops over sources that are not 0 and over the places of a kernel; `inner` adds `number` of `channel` to the window
    /// at `row` and `column`.
    fn windows(
        &self,
        (from, to): (BufferId, BufferId),
        window: &Window,
        inner: impl FnOnce(&mut Body),
        body: &mut Body,
    ) {
        let [height, width] = window.input;
        let zero = literal(Number::zero(self.layout.format(from))).text;
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
        for (axis, names) in [["row", "y", "k"], ["column", "x", "l"]].into_iter().enumerate() {
            Self::places(axis, names, window, body);
        }
        inner(body);
        for _ in 0..5 {
            body.close("}");
        }
    }

    /// Opens the loop over the places of a kernel along an axis, and finds the window that sees a pixel there.
    fn places(axis: usize, [out, pixel, element]: [&str; 3], window: &Window, body: &mut Body) {
        let [stride, dilation, before, len] =
            [window.stride, window.dilation, window.before, window.output].map(|both| both[axis]);
        let element_at =
            if dilation == 1 { element.to_owned() } else { format!("{element} * {dilation}") };
        let pixel_at = if before == 0 { pixel.to_owned() } else { format!("{pixel} + {before}") };
        body.open(&format!("for {element} in 0..{} {{", window.kernel[axis]));
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
        let weights = kernels_by_source(weights, window);
        constants.add_rows(
            &name,
            &format!("Kernels of {}, by source.", self.shown(*to)),
            &weights,
            fed,
        );
        let format = self.layout.format(*to);
        let weight = match Stored::of(&weights) {
            kind if kind == Stored::in_full(format) => Text::prefixed("*weight", format),
            _ => read("*weight", &weights),
        };
        let product = binary(Operator::Multiply, &weight, &Text::atom("number", format));
        let sum = binary(Operator::Add, &Text::prefixed("*sum", format), &product).text;
        let [tall, wide] = window.kernel;
        let [rows, columns] = window.output;
        let first = match window.groups {
            1 => String::new(),
            _ => format!("channel / {seen} * {} + ", fed * rows * columns),
        };
        body.note(&format!("{}: kernels over {}.", self.shown(*to), self.shown(*from)));
        let inner = |body: &mut Body| {
            body.line(&format!(
                "let weights = &constants::{name}[(channel * {tall} + k) * {wide} + l];"
            ));
            body.line(&format!("let first = {first}row * {columns} + column;"));
            body.line(&format!(
                "let sums = {}[first..].iter_mut().step_by({});",
                self.member(*to),
                rows * columns
            ));
            body.open("for (sum, weight) in sums.zip(weights) {");
            body.line(&format!("*sum = {sum};"));
            body.close("}");
        };
        self.windows((*from, *to), window, inner, body);
        self.bias(at, bias.as_ref(), *to, constants, body);
    }

    pub(super) fn pool(&self, pool: &Pool, body: &mut Body) {
        let Pool { from, window, mean, to } = pool;
        let format = self.layout.format(*to);
        let [rows, columns] = window.output;
        let sum = Text::atom(
            format!("{}[(channel * {rows} + row) * {columns} + column]", self.member(*to)),
            format,
        );
        let more = binary(Operator::Add, &sum, &Text::atom("number", format)).text;
        body.note(&format!("{}: windows of {}.", self.shown(*to), self.shown(*from)));
        let inner = |body: &mut Body| body.line(&format!("{} = {more};", sum.text));
        self.windows((*from, *to), window, inner, body);
        if let Some(mean) = mean {
            let [divisor, factor] = mean.map(|x| literal(format.round(x)));
            let mean = binary(Operator::Divide, &self.element(*to), &divisor);
            self.each(*to, &binary(Operator::Multiply, &mean, &factor).text, body);
        }
    }
}

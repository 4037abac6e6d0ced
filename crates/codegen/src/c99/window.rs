//! Convolutions and pooling: what is not 0 is added to all windows that see it, from the first source to the last.

use std::fmt::Write as _;

use nirkit_step::{BufferId, Convolution, Number, Operator, Pool, Window};

use super::constants::Constants;
use super::expr::{binary, literal};
use super::{Printer, stored, type_of};
use crate::stored::{Stored, kernels_by_source};

impl Printer<'_> {
    /// The loops over `number`, all sources that are not 0, and over the rows of windows that see it; `inner` is done for each row.
    pub(super) fn sources(
        &self,
        (from, to): (BufferId, BufferId),
        window: &Window,
        inner: &str,
        text: &mut String,
    ) {
        let kind = self.kind(from);
        let zero_of = |buffer: BufferId| match self.layout.stored {
            Some(_) => "0".to_owned(),
            None => literal(Number::zero(self.format(buffer))),
        };
        let zero = zero_of(from);
        let [height, width] = window.input;
        self.each(to, &self.member(to), &zero_of(to), text);
        let _ = write!(
            text,
            "  {{\n    uint32_t channel;\n    uint32_t y;\n    uint32_t x;\n    uint32_t k;\n    uint32_t l;\n    (void)l;\n    \
             for (channel = 0; channel < {}u; channel++) {{\n     \
             for (y = 0; y < {height}u; y++) {{\n      \
             for (x = 0; x < {width}u; x++) {{\n        \
             const {kind} number = {}[((((channel * {height}u) + y) * {width}u) + x)];\n        \
             if (number == {zero}) {{ continue; }}\n        \
             for (k = 0; k < {}u; k++) {{\n{}{inner}        }}\n      }}\n     }}\n    }}\n  }}\n",
            window.channels_in,
            self.member(from),
            window.kernel[0],
            place(0, ["row", "y", "k"], window, "          "),
        );
    }

    pub(super) fn convolution(
        &self,
        at: usize,
        convolution: &Convolution,
        constants: &mut Constants,
        text: &mut String,
    ) {
        let Convolution { from, window, weights, bias, to } = convolution;
        let (seen, fed) = (window.channels_in / window.groups, window.channels_out / window.groups);
        let weights = kernels_by_source(weights, window);
        constants.add(&format!("weight_{at}"), &weights);
        let stored = stored(Stored::of(&weights));
        let format = self.format(*to);
        let [tall, wide] = window.kernel;
        let [rows, columns] = window.output;
        let product = binary(Operator::Multiply, "w[l]", "number", format);
        let more = binary(Operator::Add, "sums[column]", &product, format);
        let target = match window.groups {
            1 => "i".to_owned(),
            _ => format!("(((channel / {seen}u) * {fed}u) + i)"),
        };
        let inner = format!(
            "          for (i = 0; i < {fed}u; i++) {{\n            \
             const {stored} *w = &weight_{at}[((((channel * {tall}u) + k) * {fed}u) + i) * {wide}u];\n            \
             {} *sums = &{}[(({target} * {rows}u) + row) * {columns}u];\n            \
             for (l = 0; l < {wide}u; l++) {{\n{}              sums[column] = {more};\n            }}\n          }}\n",
            type_of(format),
            self.member(*to),
            place(1, ["column", "x", "l"], window, "              "),
        );
        self.sources((*from, *to), window, &inner, text);
        self.bias(at, bias.as_ref(), *to, constants, text);
    }

    pub(super) fn pool(&self, pool: &Pool, text: &mut String) {
        let Pool { from, window, mean, to } = pool;
        let (format, member) = (self.format(*to), self.member(*to));
        let [rows, columns] = window.output;
        let sum = format!("{member}[((((channel * {rows}u) + row) * {columns}u) + column)]");
        let more = binary(Operator::Add, &sum, "number", format);
        let inner = format!(
            "          for (l = 0; l < {}u; l++) {{\n{}            {sum} = {more};\n          }}\n",
            window.kernel[1],
            place(1, ["column", "x", "l"], window, "            "),
        );
        self.sources((*from, *to), window, &inner, text);
        if let Some(mean) = mean {
            let [divisor, factor] = mean.map(|x| literal(format.round(x)));
            let mean = binary(Operator::Divide, &format!("{member}[i]"), &divisor, format);
            self.each(*to, &member, &binary(Operator::Multiply, &mean, &factor, format), text);
        }
    }
}

/// Finds the window that sees a pixel at a place of the kernel, along an axis.
pub(super) fn place(
    axis: usize,
    [out, pixel, element]: [&str; 3],
    window: &Window,
    indent: &str,
) -> String {
    let [stride, dilation, before, len] =
        [window.stride, window.dilation, window.before, window.output].map(|both| both[axis]);
    // What lies before the first window becomes a large number.
    let at = format!("(({pixel} + {before}u) - ({element} * {dilation}u))");
    match stride {
        1 => format!(
            "{indent}const uint32_t {out} = {at};\n{indent}if ({out} >= {len}u) {{ continue; }}\n"
        ),
        stride => format!(
            "{indent}const uint32_t {out} = ({at}) / {stride}u;\n{indent}\
             if ((({at} % {stride}u) != 0u) || ({out} >= {len}u)) {{ continue; }}\n"
        ),
    }
}

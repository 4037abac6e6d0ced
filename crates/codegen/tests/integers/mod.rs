//! Random programs of integers, with every operation.

use nirkit_step::{
    Absent, BufferId, CellBuilder, Comparison, Convolution, Deliver, Dense, Expr, Format, Input,
    Number, Numbers, Operation, Operator, Pool, Program, ProgramBuilder, Read, Register, Variable,
    When, Window,
};

/// Names that end comments and texts, are words of languages, or are the same but for a sign.
const NAMES: [&str; 12] = [
    "lif",
    "lif.v",
    "lif_v",
    "module",
    "*/ `include \"x",
    "// endmodule\n",
    "$finish;",
    "\\esc ",
    "ä ö",
    "%d%s\"",
    "",
    "reg",
];

/// Draws numbers, the same ones every time.
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most.max(1)
    }

    fn number(&mut self) -> i64 {
        let small = self.below(21) as i64 - 10;
        match self.below(12) {
            0 => (1 << self.below(20)) - 1,
            1 => 1 << self.below(16),
            2 => small * 1_000_003,
            3 if self.below(4) == 0 => i64::MIN,
            4 if self.below(4) == 0 => i64::MAX - self.below(3) as i64,
            _ => small,
        }
    }

    fn numbers(&mut self, len: usize) -> Numbers {
        let is_sparse = self.below(3) == 0;
        let is_uniform = self.below(6) == 0;
        let first = self.number();
        let mut number = || match (is_uniform, is_sparse && self.below(4) > 0) {
            (true, _) => first,
            (_, true) => 0,
            _ => self.number(),
        };
        Numbers::I64((0..len).map(|_| number()).collect())
    }

    fn small(&mut self, len: usize) -> Numbers {
        Numbers::I64((0..len).map(|_| self.below(31) as i64 - 15).collect())
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A program in the making, with its buffers.
struct Maker {
    draw: Draw,
    program: ProgramBuilder,
    buffers: Vec<(BufferId, usize)>,
    /// Buffers that nothing else may write.
    held: Vec<(BufferId, usize)>,
}

/// Makes a program.
pub(crate) fn program(seed: u64) -> Program {
    let mut maker = Maker {
        draw: Draw(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x4d),
        program: ProgramBuilder::new(None),
        buffers: Vec::new(),
        held: Vec::new(),
    };
    for _ in 0..=maker.draw.below(2) {
        let len = 1 + maker.draw.below(9);
        let name = maker.draw.pick(&NAMES).to_owned();
        let input = Input { name: name.clone(), shape: vec![len], format: Format::I64 };
        let input = maker.program.input(input);
        for _ in 0..=usize::from(maker.draw.below(5) == 0) {
            let to = maker.buffer(len);
            maker.program.push(Operation::Frame { input, to });
        }
    }
    for _ in 0..2 + maker.draw.below(7) {
        maker.operation();
    }
    for (at, (buffer, _)) in maker.sources().into_iter().enumerate() {
        let name = maker.draw.pick(&NAMES);
        maker.program.probe(format!("{at}{name}:spikes"), buffer);
    }
    maker.program.finish()
}

impl Maker {
    fn buffer(&mut self, len: usize) -> BufferId {
        let start = if self.draw.below(3) == 0 {
            self.draw.numbers(len)
        } else {
            Numbers::I64(vec![0; len])
        };
        let name = self.draw.pick(&NAMES);
        let buffer = self.program.buffer(name, &[len], start);
        self.buffers.push((buffer, len));
        buffer
    }

    fn any(&mut self) -> (BufferId, usize) {
        let buffers = self.sources();
        self.draw.pick(&buffers)
    }

    /// Every buffer with its length.
    fn sources(&self) -> Vec<(BufferId, usize)> {
        [self.buffers.as_slice(), &self.held].concat()
    }

    /// A buffer of this length: one that is there, or a new one.
    fn to(&mut self, len: usize) -> BufferId {
        let fitting: Vec<BufferId> =
            self.buffers.iter().filter(|(_, of)| *of == len).map(|(buffer, _)| *buffer).collect();
        if fitting.is_empty() || self.draw.below(2) == 0 {
            self.buffer(len)
        } else {
            self.draw.pick(&fitting)
        }
    }

    fn operation(&mut self) {
        let (from, len) = self.any();
        let rows = 1 + self.draw.below(6);
        match self.draw.below(12) {
            0 => {
                let weights = self.draw.numbers(rows * len);
                let bias = (self.draw.below(2) == 0).then(|| self.draw.numbers(rows));
                let to = self.to(rows);
                self.program.push(Operation::Dense(Dense { from, weights, bias, to }));
            }
            1 => self.deliver(from, len, rows),
            2 => self.convolution(),
            3 => self.pool(),
            4 => {
                let factors = self.draw.numbers(len);
                let to = self.to(len);
                self.program.push(Operation::Scale { from, factors, to });
            }
            5 => {
                let order = (0..rows).map(|_| self.draw.below(len)).collect();
                let to = self.to(rows);
                self.program.push(Operation::Permute { from, order, to });
            }
            6 => self.delay(from, len),
            7 => {
                let to = self.to(len);
                self.program.push(Operation::Truth { from, to });
            }
            8 => self.add(len),
            _ => self.cell(len),
        }
    }

    fn deliver(&mut self, from: BufferId, len: usize, rows: usize) {
        // Sums have to stay within 64 bits: what arrives is held first.
        let start = Numbers::I64(vec![0; len]);
        let held = self.program.buffer("limited", &[len], start);
        self.held.push((held, len));
        let mut cell = CellBuilder::new(len, When::Always);
        let limit = |number: i64| Expr::Constant(Number::I64(number));
        let above = Expr::binary(Operator::Max, Expr::of(Variable::Buffer(from)), limit(-9));
        cell.set(Variable::Buffer(held), Expr::binary(Operator::Min, above, limit(200)));
        self.program.push_cell(cell.finish());
        let register = match self.draw.below(4) {
            0 => Register { low: -128, high: 127, wraps: true },
            1 => Register { low: -20_000, high: 19_999, wraps: true },
            2 => Register { low: 0, high: 255, wraps: false },
            _ => Register { low: -1000, high: 30, wraps: false },
        };
        let start = self.draw.small(rows);
        let to = self.program.buffer("held", &[rows], start);
        self.held.push((to, rows));
        let weights = self.draw.small(rows * len);
        self.program.push(Operation::Deliver(Deliver { from: held, weights, register, to }));
    }

    fn window(&mut self) -> Window {
        let groups = 1 + self.draw.below(2);
        let mut pair = |most: usize| [1 + self.draw.below(most), 1 + self.draw.below(most)];
        let (kernel, stride, dilation, input) = (pair(3), pair(2), pair(2), pair(5));
        let before = [self.draw.below(3), self.draw.below(3)];
        let after = [self.draw.below(3), self.draw.below(3)];
        let output = [0, 1].map(|axis| {
            let seen = (kernel[axis] - 1) * dilation[axis] + 1;
            let whole = input[axis] + before[axis] + after[axis];
            whole.saturating_sub(seen) / stride[axis] + 1
        });
        let [channels_in, channels_out] =
            [groups * (1 + self.draw.below(2)), groups * (1 + self.draw.below(3))];
        Window {
            channels_in,
            channels_out,
            groups,
            kernel,
            stride,
            dilation,
            before,
            input,
            output,
        }
    }

    fn convolution(&mut self) {
        let window = self.window();
        let seen = window.channels_in / window.groups;
        let area = window.kernel[0] * window.kernel[1];
        let from = self.to(window.inputs());
        let to = self.to(window.outputs());
        let weights = self.draw.numbers(window.channels_out * seen * area);
        let bias = (self.draw.below(2) == 0).then(|| self.draw.numbers(window.outputs()));
        let found = Convolution { from, window, weights, bias, to };
        self.program.push(Operation::Convolution(found));
    }

    fn pool(&mut self) {
        let mut window = self.window();
        window.channels_out = window.channels_in;
        window.groups = window.channels_in;
        let (from, to) = (self.to(window.inputs()), self.to(window.outputs()));
        let mean = self.draw.pick(&[None, Some([4.0, 1.0]), Some([3.0, 2.0])]);
        self.program.push(Operation::Pool(Pool { from, window, mean, to }));
    }

    fn delay(&mut self, from: BufferId, len: usize) {
        let rows = 1 + self.draw.below(4);
        let start = self.draw.numbers(rows * len);
        let ring = self.program.buffer("ring", &[rows, len], start);
        self.buffers.push((ring, rows * len));
        let to = self.to(len);
        let uniform = self.draw.below(rows + 1);
        let is_uniform = self.draw.below(2) == 0;
        let mut delay = || if is_uniform { uniform } else { self.draw.below(rows + 1) };
        let delays = (0..len).map(|_| delay()).collect();
        let store = Operation::Store { from, ring };
        let recall = Operation::Recall { ring, delays, to };
        let both = if self.draw.below(2) == 0 { [store, recall] } else { [recall, store] };
        for operation in both {
            self.program.push(operation);
        }
    }

    fn add(&mut self, len: usize) {
        let to = self.to(len);
        let fitting: Vec<BufferId> =
            self.buffers.iter().filter(|(_, of)| *of == len).map(|(buffer, _)| *buffer).collect();
        let absent = [None, Some(Absent::Start), Some(Absent::Nothing)];
        let read =
            |draw: &mut Draw| Read { buffer: draw.pick(&fitting), before: draw.pick(&absent) };
        let from = (0..self.draw.below(4)).map(|_| read(&mut self.draw)).collect();
        self.program.push(Operation::Add { from, to });
    }

    fn cell(&mut self, len: usize) {
        let when = self.draw.pick(&[When::Always, When::Always, When::First, When::Later]);
        let mut cell = CellBuilder::new(len, when);
        let mut known: Vec<Expr> = self
            .sources()
            .iter()
            .filter(|(_, of)| *of == len)
            .map(|(buffer, _)| Expr::of(Variable::Buffer(*buffer)))
            .collect();
        let numbers = self.draw.numbers(len);
        known.push(cell.numbers("k", numbers));
        for _ in 0..self.draw.below(3) {
            let value = self.expression(&known, 2);
            known.push(Expr::of(cell.keep("a", value)));
        }
        for _ in 0..=self.draw.below(2) {
            let to = self.to(len);
            let value = self.expression(&known, 3);
            cell.set(Variable::Buffer(to), value);
            known.push(Expr::of(Variable::Buffer(to)));
        }
        self.program.push_cell(cell.finish());
    }

    fn expression(&mut self, known: &[Expr], depth: usize) -> Expr {
        if depth == 0 || self.draw.below(6) == 0 {
            return match self.draw.below(3) {
                0 => Expr::Constant(Number::I64(self.draw.number())),
                _ => known[self.draw.below(known.len())].clone(),
            };
        }
        let mut inner = || Box::new(self.expression(known, depth - 1));
        let (a, b, c, d) = (inner(), inner(), inner(), inner());
        let operators = [
            Operator::Add,
            Operator::Subtract,
            Operator::Multiply,
            Operator::Divide,
            Operator::Min,
            Operator::Max,
            Operator::Modulo,
            Operator::ShiftRight,
        ];
        let comparisons = [Comparison::Above, Comparison::AtLeast, Comparison::Equal];
        match self.draw.below(12) {
            0 => Expr::Floor(a),
            1 => Expr::Convert(Format::I64, a),
            2 | 3 => {
                let comparison = self.draw.pick(&comparisons);
                Expr::Select { comparison, held: [a, b], then: [c, d] }
            }
            4 => {
                // A power of two, as registers have it.
                let two = Expr::Constant(Number::I64(1 << self.draw.below(20)));
                let operator =
                    self.draw.pick(&[Operator::Divide, Operator::Modulo, Operator::Multiply]);
                Expr::Binary(operator, a, Box::new(two))
            }
            5 => {
                let bits = Expr::Constant(Number::I64(self.draw.below(70) as i64 - 2));
                Expr::Binary(Operator::ShiftRight, a, Box::new(bits))
            }
            6 => {
                let [low, high] =
                    [-100, 1000].map(|end| Box::new(Expr::Constant(Number::I64(end))));
                let above = Expr::Binary(Operator::Max, a, low);
                Expr::Binary(Operator::Min, Box::new(above), high)
            }
            _ => Expr::Binary(self.draw.pick(&operators), a, b),
        }
    }
}

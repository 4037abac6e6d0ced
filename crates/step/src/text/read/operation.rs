//! Operations other than cells.

use super::words::number;
use super::{Parsed, Parser};
use crate::number::{Format, Number, Numbers};
use crate::program::{
    Absent, Convolution, Deliver, Dense, Operation, Pool, Program, Read, Register, Window,
};
use crate::text::lexer::Token;

impl Parser {
    pub(super) fn operation(&mut self, program: &Program) -> Parsed<Operation> {
        let to = self.buffer()?;
        self.expect("=")?;
        let kind = self.name()?;
        self.expect("(")?;
        let operation = match kind.as_str() {
            "frame" => {
                let name = self.name()?;
                let input = program.inputs.iter().position(|input| input.name == name);
                let input = input.ok_or_else(|| format!("there is no input `{name}`"))?;
                Operation::Frame { input, to }
            }
            "add" => Operation::Add { from: self.reads()?, to },
            "truth" => Operation::Truth { from: self.buffer()?, to },
            "dense" => {
                let from = self.buffer()?;
                self.expect(";")?;
                let weights = self.typed()?;
                Operation::Dense(Dense { from, weights, bias: self.bias()?, to })
            }
            "deliver" => {
                let from = self.buffer()?;
                self.expect(";")?;
                let weights = self.typed()?;
                self.expect(";")?;
                let wraps = self.is_word("wrap");
                if !wraps {
                    self.expect_word("saturate")?;
                }
                let ends = self.list(Self::integer)?;
                let [low, high] = ends.try_into().map_err(|_| "a register has two ends")?;
                let register = Register { low, high, wraps };
                Operation::Deliver(Deliver { from, weights, register, to })
            }
            "convolution" => {
                let from = self.buffer()?;
                self.expect(";")?;
                let window = self.window()?;
                self.expect(";")?;
                let weights = self.typed()?;
                let bias = self.bias()?;
                Operation::Convolution(Convolution { from, window, weights, bias, to })
            }
            "pool" => {
                let from = self.buffer()?;
                self.expect(";")?;
                let window = self.window()?;
                let mean = if self.is(";") { Some(self.mean()?) } else { None };
                Operation::Pool(Pool { from, window, mean, to })
            }
            "scale" => {
                let from = self.buffer()?;
                self.expect(";")?;
                Operation::Scale { from, factors: self.typed()?, to }
            }
            "permute" => {
                let from = self.buffer()?;
                self.expect(";")?;
                Operation::Permute { from, order: self.list(Self::whole)?, to }
            }
            "store" => Operation::Store { from: self.buffer()?, ring: to },
            "recall" => {
                let ring = self.buffer()?;
                self.expect(";")?;
                let delays = self.delays(program.buffers[to.0].len())?;
                Operation::Recall { ring, delays, to }
            }
            other => return Err(format!("there is no operation `{other}`")),
        };
        self.expect(")")?;
        Ok(operation)
    }

    /// What a sum adds.
    pub(super) fn reads(&mut self) -> Parsed<Vec<Read>> {
        let mut reads = Vec::new();
        while self.peek() != Some(&Token::Sign(")")) {
            if !reads.is_empty() {
                self.expect(",")?;
            }
            reads.push(self.read()?);
        }
        Ok(reads)
    }

    /// A number of steps for each of so many elements, or one for all.
    pub(super) fn delays(&mut self, len: usize) -> Parsed<Vec<usize>> {
        if self.peek() == Some(&Token::Sign("[")) {
            return self.list(Self::whole);
        }
        Ok(vec![self.whole()?; len])
    }

    pub(super) fn mean(&mut self) -> Parsed<[f64; 2]> {
        self.expect_word("mean")?;
        let pair = self.list(|parser| number(&parser.literal()?, Format::F64))?;
        let pair: [Number; 2] = pair.try_into().map_err(|_| "`mean` has two numbers")?;
        Ok(pair.map(Number::to_f64))
    }

    pub(super) fn bias(&mut self) -> Parsed<Option<Numbers>> {
        if !self.is(";") {
            return Ok(None);
        }
        self.expect_word("bias")?;
        self.typed().map(Some)
    }

    pub(super) fn read(&mut self) -> Parsed<Read> {
        let before = match self.is_word("before") {
            false => None,
            true if self.is("?") => Some(Absent::Nothing),
            true => Some(Absent::Start),
        };
        Ok(Read { buffer: self.buffer()?, before })
    }

    pub(super) fn window(&mut self) -> Parsed<Window> {
        let [channels_in, channels_out] = self.pair("channels")?;
        self.expect_word("groups")?;
        Ok(Window {
            channels_in,
            channels_out,
            groups: self.whole()?,
            kernel: self.pair("kernel")?,
            stride: self.pair("stride")?,
            dilation: self.pair("dilation")?,
            before: self.pair("before")?,
            input: self.pair("input")?,
            output: self.pair("output")?,
        })
    }
}

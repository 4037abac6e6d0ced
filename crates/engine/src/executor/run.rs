//! Runs: what changes from step to step.

use nirkit_run::interrupt;

use super::buffer::{Buffers, Place, Rows};
use super::cell::Registers;
use super::frame::OutOfBounds;
use super::map::Scratch;
use super::number::List;
use super::port::{Frames, Row, Sink};
use super::prepare::{Code, Executor};

/// The state of a run of one sample. It takes its memory when it is made; no step takes any.
#[derive(Clone, Debug)]
pub struct State {
    lists: Vec<List>,
    registers: Vec<Vec<Option<Registers>>>,
    scratch: Scratch,
    /// The most steps of a block.
    block: usize,
    /// Steps that were taken.
    taken: usize,
}

impl Executor {
    /// Makes a state before the first step, with room for blocks of at most so many steps. Longer runs take more blocks.
    #[must_use]
    pub fn start(&self, steps: usize) -> State {
        let block = self.block.min(steps).max(1);
        let codes = || self.stages.iter().flatten();
        let maps =
            codes().filter_map(|code| if let Code::Map(map) = code { Some(map) } else { None });
        let registers = |code: &Code| match code {
            Code::Cell(cell) => Some(Registers::new(cell)),
            _ => None,
        };
        let list = |place: &Place| List::zeros(place.stored, place.count(block) * place.width());
        let registers = |stage: &Vec<Code>| stage.iter().map(registers).collect();
        let mut state = State {
            lists: self.places.iter().map(list).collect(),
            registers: self.stages.iter().map(registers).collect(),
            scratch: Scratch::new(maps, &self.places, block),
            block,
            taken: 0,
        };
        self.restart(&mut state);
        state
    }

    /// Puts a state before the first step again.
    pub fn restart(&self, state: &mut State) {
        state.taken = 0;
        for ((list, start), place) in state.lists.iter_mut().zip(&self.starts).zip(&self.places) {
            // A ring that starts so many rows before the first step.
            let at = match place.rows {
                Rows::Ring { .. } => state.block * place.width(),
                _ => 0,
            };
            list.write(at, start);
        }
    }

    /// Takes so many steps more.
    ///
    /// A run that is [interrupted](interrupt) ends early.
    ///
    /// # Errors
    ///
    /// A number enters that is beyond what was promised; the state is worth nothing then.
    pub fn run(
        &self,
        state: &mut State,
        steps: usize,
        frames: &impl Frames,
        sink: &mut impl Sink,
    ) -> Result<(), OutOfBounds> {
        let end = state.taken + steps;
        while state.taken < end && !interrupt::is_requested() {
            let len = state.block.min(end - state.taken);
            self.run_block(state, len, frames)?;
            for (record, buffer) in self.records.iter().enumerate() {
                let place = &self.places[buffer.0];
                let (list, width) = (&state.lists[buffer.0], place.width());
                for step in 0..len {
                    let row = if place.rows == Rows::One { 0 } else { step + 1 };
                    let (elements, layout) = (place.elements, place.layout);
                    let row = Row { list, start: row * width, elements, layout };
                    sink.take(record, state.taken + step, row);
                }
            }
            Buffers { places: &self.places, lists: &mut state.lists }.end_block(len);
            state.taken += len;
        }
        Ok(())
    }

    fn run_block(
        &self,
        state: &mut State,
        len: usize,
        frames: &impl Frames,
    ) -> Result<(), OutOfBounds> {
        let State { lists, registers, scratch, block, taken } = state;
        let mut buffers = Buffers { places: &self.places, lists };
        for (stage, registers) in self.stages.iter().zip(registers) {
            // One by one, or all at once.
            let stride = if stage.len() > 1 { 1 } else { len };
            for step in (0..len).step_by(stride) {
                let steps = step..step + stride;
                for (code, registers) in stage.iter().zip(&mut *registers) {
                    match (code, registers) {
                        (Code::Cell(cell), Some(registers)) => {
                            cell.run(&mut buffers, registers, *taken, steps.clone());
                        }
                        (Code::Map(map), _) => map.run(&mut buffers, scratch, steps.clone()),
                        (Code::Move(code), _) => {
                            code.run(&mut buffers, *taken, steps.clone(), *block, frames)?;
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }
}

impl List {
    /// Writes numbers of the same format from a place on.
    fn write(&mut self, at: usize, numbers: &Self) {
        match (self, numbers) {
            (Self::F32(to), Self::F32(from)) => to[at..at + from.len()].copy_from_slice(from),
            (Self::F64(to), Self::F64(from)) => to[at..at + from.len()].copy_from_slice(from),
            (Self::I64(to), Self::I64(from)) => to[at..at + from.len()].copy_from_slice(from),
            (Self::I32(to), Self::I32(from)) => to[at..at + from.len()].copy_from_slice(from),
            _ => {}
        }
    }
}

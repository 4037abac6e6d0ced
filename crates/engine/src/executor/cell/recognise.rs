//! Recognises the [leaky neuron](super::leaky) by the instructions of a cell.

use nirkit_step::{BufferId, Comparison, Operator};

use super::super::number::{Lane, Stored};
use super::instruction::{Binary, CellCode, Instruction, Kind, Load, Operand};
use super::leaky::Leaky;

const CONVERT: Kind = Kind::Convert(Stored::I32, Stored::F32);
const FIRES: Kind = Kind::Select(Comparison::Above, Stored::F32, Stored::I32);
const RESETS: Kind = Kind::Select(Comparison::Equal, Stored::I32, Stored::F32);
const ADD: Kind = Kind::Binary(Binary::Of(Operator::Add), Stored::F32);
const ADD_WHOLE: Kind = Kind::Binary(Binary::Of(Operator::Add), Stored::I32);
const SUBTRACT: Kind = Kind::Binary(Binary::Of(Operator::Subtract), Stored::F32);
const MULTIPLY_ADD: Kind = Kind::MultiplyAdd(Stored::F32);

impl Leaky {
    /// The parts of a cell that is one.
    pub(super) fn of(code: &CellCode) -> Option<Self> {
        let fire = code.fire()?;
        let charge = code.charge(&fire)?;
        let arrival = code.arrival(charge.current)?;
        let count = 5 + usize::from(arrival.kept.is_some()) + usize::from(fire.subtracts);
        let before = code.instructions.len().checked_sub(count)?;
        // What is computed before must not read what is taken out to be written.
        let current = arrival.current.map(|load| load.buffer);
        let own = [Some(fire.spikes), Some(fire.voltage), current];
        let is_apart = |operand: &Operand| {
            code.load(*operand).is_none_or(|load| !own.contains(&Some(load.buffer)))
        };
        let mut inputs = code.instructions[..before].iter().flat_map(|found| &found.inputs);
        let is_before = match arrival.sum {
            Operand::Register(at) => at < before,
            operand => is_apart(&operand),
        };
        // A sum of two is taken as it comes.
        let two = match code.instructions[..before] {
            [Instruction { kind: ADD_WHOLE, inputs: [a, b, ..] }]
                if arrival.sum == Operand::Register(0) =>
            {
                Some([a, b])
            }
            _ => None,
        };
        let (before, sum, more) = match two {
            Some([a, b]) => (0, a, Some(b)),
            None => (before, arrival.sum, None),
        };
        let is_all = code.writes.len() == 2 + usize::from(current.is_some());
        (is_all && is_before && inputs.all(is_apart)).then_some(Self {
            before,
            sum,
            more,
            kept: arrival.kept,
            membrane: charge.membrane,
            offset: charge.offset,
            threshold: fire.threshold,
            subtracts: fire.subtracts,
            current: arrival.current,
            voltage: charge.voltage,
            spikes: fire.spikes,
        })
    }
}

/// `spikes = v > threshold`, and the reset.
struct Fire {
    spikes: BufferId,
    voltage: BufferId,
    charged: Operand,
    threshold: Operand,
    subtracts: bool,
}

/// `v = membrane v + i + offset`.
struct Charge {
    voltage: Load,
    membrane: Operand,
    offset: Operand,
    current: Operand,
}

/// `i = kept i + sum`, or `i = sum`.
struct Arrival {
    kept: Option<Operand>,
    /// Where the current stays, if it does.
    current: Option<Load>,
    sum: Operand,
}

impl CellCode {
    fn instruction(&self, operand: Operand) -> Option<Instruction> {
        match operand {
            Operand::Register(at) => self.instructions.get(at).copied(),
            _ => None,
        }
    }

    /// An instruction of a kind.
    fn of_kind(&self, operand: Operand, kind: Kind) -> Option<[Operand; 4]> {
        self.instruction(operand).filter(|found| found.kind == kind).map(|found| found.inputs)
    }

    fn load(&self, operand: Operand) -> Option<Load> {
        match operand {
            Operand::Load(at) => Some(self.loads[at]),
            _ => None,
        }
    }

    /// A buffer that is written by an instruction of a kind, with that instruction.
    fn written(&self, kind: Kind) -> Option<(BufferId, Operand)> {
        let found = self.writes.iter().find(|write| self.of_kind(write.1, kind).is_some())?;
        Some((found.0, found.1))
    }

    fn is_constant(&self, operand: Operand, number: i32) -> bool {
        match operand {
            Operand::Constant(at) => i32::of(&self.constants[at]).first() == Some(&number),
            _ => false,
        }
    }

    fn fire(&self) -> Option<Fire> {
        let (spikes, fired) = self.written(FIRES)?;
        let [charged, threshold, one, zero] = self.of_kind(fired, FIRES)?;
        let (voltage, left) = self.written(RESETS)?;
        let [asked, none, silent, reset] = self.of_kind(left, RESETS)?;
        let is_whole =
            self.is_constant(one, 1) && self.is_constant(zero, 0) && self.is_constant(none, 0);
        if !is_whole || asked != fired || silent != charged || !is_given(threshold) {
            return None;
        }
        let subtracts = if let Operand::Constant(at) = reset {
            let zero = f32::of(&self.constants[at]).first()?.to_bits() == 0;
            zero.then_some(false)?
        } else {
            let [from, less, ..] = self.of_kind(reset, SUBTRACT)?;
            (from == charged && less == threshold).then_some(true)?
        };
        Some(Fire { spikes, voltage, charged, threshold, subtracts })
    }

    fn charge(&self, fire: &Fire) -> Option<Charge> {
        let [leaked, offset, ..] = self.of_kind(fire.charged, ADD)?;
        let [membrane, before, current, _] = self.of_kind(leaked, MULTIPLY_ADD)?;
        let voltage = self.load(before).filter(|load| load.buffer == fire.voltage)?;
        let is_sound = is_given(offset) && is_given(membrane);
        is_sound.then_some(Charge { voltage, membrane, offset, current })
    }

    fn arrival(&self, current: Operand) -> Option<Arrival> {
        let stays = self.writes.iter().find(|write| write.1 == current).map(|write| write.0);
        if let Some([sum, ..]) = self.of_kind(current, CONVERT) {
            let load = |buffer| Load { buffer, previous: false };
            return Some(Arrival { kept: None, current: stays.map(load), sum });
        }
        let [kept, before, sum, _] = self.of_kind(current, MULTIPLY_ADD)?;
        let load = self.load(before).filter(|load| Some(load.buffer) == stays)?;
        let [sum, ..] = self.of_kind(sum, CONVERT)?;
        is_given(kept).then_some(Arrival { kept: Some(kept), current: Some(load), sum })
    }
}

/// Whether an operand does not change.
fn is_given(operand: Operand) -> bool {
    matches!(operand, Operand::Parameter(_) | Operand::Constant(_))
}

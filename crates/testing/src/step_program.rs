//! Step programs out of bytes, run by the interpreter and by the executor: both give the same bits.

mod generate;

use std::sync::Mutex;

use nirkit_engine::executor::{Executor, Frame, Frames, Options, Row, Sink};
use nirkit_step::{BufferId, Format, Number, Program, Run};

use crate::Bytes;
use generate::number;

pub use generate::program;

/// Numbers that enter, by input and step.
#[derive(Debug)]
pub struct Entering(Vec<Vec<Vec<f64>>>);

impl Entering {
    /// Frames by step and input.
    pub fn of_frames(frames: &[Vec<Vec<f64>>]) -> Self {
        let inputs = frames.first().map_or(0, Vec::len);
        let of = |input: usize| frames.iter().map(|frames| frames[input].clone()).collect();
        Self((0..inputs).map(of).collect())
    }

    /// Frames for so many steps out of some bytes.
    pub fn new(bytes: &mut Bytes<'_>, program: &Program, steps: usize) -> Self {
        let frames = program.inputs.iter().map(|input| {
            let len: usize = input.shape.iter().product();
            let frame = |_| {
                // A frame may be short.
                let len = len - bytes.below(2);
                (0..len).map(|_| number(bytes, input.format).to_f64()).collect()
            };
            (0..steps).map(frame).collect()
        });
        Self(frames.collect())
    }
}

impl Frames for Entering {
    fn frame(&self, input: usize, step: usize) -> Frame<'_> {
        Frame::F64(&self.0[input][step])
    }
}

/// Every number of every record and step, as bits.
struct Kept<'a>(&'a Mutex<Vec<Vec<Vec<u64>>>>);

impl Sink for Kept<'_> {
    fn take(&mut self, record: usize, step: usize, row: Row<'_>) {
        let mut kept = self.0.lock().expect("no thread panicked");
        kept[record].resize(step, Vec::new());
        let mut wide = vec![0.0; row.len()];
        let mut whole = vec![0; row.len()];
        row.write_f64(&mut wide);
        row.write_i64(&mut whole);
        // Doubles hold every float, and integers that they do not hold differ as integers.
        let numbers = wide.iter().zip(whole).map(|(&wide, whole)| bits(wide) ^ whole as u64);
        kept[record].push(numbers.collect());
    }
}

/// The bits of a number; one NaN is as good as another.
fn bits(x: f64) -> u64 {
    if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() }
}

fn interpreted(program: &Program, entering: &Entering, steps: usize) -> Vec<Vec<Vec<u64>>> {
    let mut run = Run::new(program);
    let mut found = vec![Vec::new(); program.buffers.len()];
    for step in 0..steps {
        let frames: Vec<Vec<f64>> = entering.0.iter().map(|frames| frames[step].clone()).collect();
        run.step(&frames);
        for (at, found) in found.iter_mut().enumerate() {
            let numbers = run.buffer(BufferId(at)).iter().map(|number| {
                let Number::I64(whole) = number.convert(Format::I64) else { return 0 };
                bits(number.to_f64()) ^ whole as u64
            });
            found.push(numbers.collect::<Vec<u64>>());
        }
    }
    found
}

/// The executor gives the bits of the interpreter: of every buffer in every step, whatever else is recorded, however long blocks are,
/// alone or in a batch, and on any number of threads.
pub fn agrees(program: &Program, samples: &[Entering], steps: usize, choice: usize) {
    for way in 0..WAYS {
        agrees_in_one_way(program, samples, steps, choice, way);
    }
}

/// Ways in which a program is executed.
const WAYS: usize = 6;

/// The same, for one of the ways.
pub fn agrees_in_one_way(
    program: &Program,
    samples: &[Entering],
    steps: usize,
    choice: usize,
    way: usize,
) {
    assert_eq!(program.faults(), [], "{program}");
    let wanted: Vec<_> =
        samples.iter().map(|entering| interpreted(program, entering, steps)).collect();
    let all: Vec<BufferId> = (0..program.buffers.len()).map(BufferId).collect();
    let some: Vec<BufferId> = all.iter().copied().filter(|at| at.0 % 3 == choice % 3).collect();
    let largest = samples.iter().flat_map(|entering| &entering.0).flatten().flatten();
    let largest = largest.fold(0.0_f64, |largest, x| largest.max(x.abs()));
    let largest = vec![(largest < 1e15).then_some(largest as i64); program.inputs.len()];
    let one = all.get(choice % all.len().max(1)..).map_or(Vec::new(), |rest| rest[..1].to_vec());
    let (records, block, largest, threads) = match way % WAYS {
        0 => (&all, None, vec![], 1),
        1 => (&all, Some(1), largest, 2),
        2 => (&some, Some(3), largest, 8),
        3 => (&some, None, largest, 2),
        4 => (&one, Some(2), vec![], 1),
        _ => (&one, Some(1 + choice % 7), largest, 1),
    };
    let options = Options { records: records.clone(), largest, block };
    let executor = Executor::new(program, &options).expect("the program is sound");
    let empty = || Mutex::new(vec![Vec::new(); records.len()]);
    let kept: Vec<_> = samples.iter().map(|_| empty()).collect();
    let mut batch: Vec<_> =
        samples.iter().zip(&kept).map(|(entering, kept)| (Of(entering), Kept(kept))).collect();
    executor.run_batch(steps, &mut batch, threads).expect("what enters was promised");
    for (sample, (kept, wanted)) in kept.iter().zip(&wanted).enumerate() {
        let kept = kept.lock().expect("no thread panicked");
        for (record, buffer) in records.iter().enumerate() {
            for step in 0..steps {
                let (found, wanted) = (&kept[record][step], &wanted[buffer.0][step]);
                let at = found.iter().zip(wanted).position(|(found, wanted)| found != wanted);
                let name = &program.buffers[buffer.0].name;
                let place = (sample, step, name, at, records.len(), block, threads);
                assert!(at.is_none() && found.len() == wanted.len(), "{place:?}\n{program}");
            }
        }
    }
}

struct Of<'a>(&'a Entering);

impl Frames for Of<'_> {
    fn frame(&self, input: usize, step: usize) -> Frame<'_> {
        self.0.frame(input, step)
    }
}

/// A program out of some bytes, its samples, and the comparison.
pub fn run(bytes: &mut Bytes<'_>) {
    let program = program(bytes);
    let (steps, samples, choice) = (1 + bytes.below(9), 1 + bytes.below(4), bytes.below(21));
    let samples: Vec<Entering> =
        (0..samples).map(|_| Entering::new(bytes, &program, steps)).collect();
    agrees(&program, &samples, steps, choice);
}

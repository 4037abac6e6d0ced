//! Promise: a run takes its memory when it starts; no step takes any.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use nirkit_engine::clocked::{Dense, Frame, GridInput, Options, Run, prepare};
use nirkit_engine::executor::{self, Executor, Frames, Row, Sink};
use nirkit_ir::{Primitive, validate};
use nirkit_run::{Signal, SpikeReading, Stimulus};

/// The system's allocator, counting.
struct Counting;

thread_local! {
    /// What this thread has taken: the frame of the test takes memory when it likes.
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

#[allow(unsafe_code, reason = "the trait asks for it; every call is passed on unchanged")]
// SAFETY: the system's allocator keeps the promises of the trait, and nothing is changed on the way.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TAKEN.set(TAKEN.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A net with a membrane of each kind, a convolution, a pool, a Delay and a cycle.
const GRAPH: &str = "nirt 1
graph {
  input = Input { shape: i64[3] [1, 4, 4] }
  conv = Conv2d { weight: f64[1, 1, 2, 2] [[[[1, 2], [3, 4]]]] stride: i64[2] [1, 1]
    padding: i64[2] [0, 0] dilation: i64[2] [1, 1] groups: i64 1 bias: f64[1] [1] }
  if = IF { r: f64 100 v_threshold: f64 1 v_reset: f64 0 }
  pool = SumPool2d { kernel_size: i64[2] [3, 2] stride: i64[2] [1, 1] padding: i64[2] [0, 0] }
  flat = Flatten { start_dim: i64 0 end_dim: i64 -1 }
  lif = CubaLIF { tau_syn: f64 1e-2 tau_mem: f64 1e-2 r: f64 1 v_leak: f64 0 v_threshold: f64 1
    v_reset: f64 0 w_in: f64 1 }
  w = Affine { weight: f64[2, 2] [[1, 2], [3, 4]] bias: f64[2] [1, 2] }
  delay = Delay { delay: f64 3e-3 }
  li = LI { tau: f64 1e-2 r: f64 1 v_leak: f64 0 }
  output = Output { shape: i64[1] [2] }
  input -> conv -> if -> pool -> flat -> lif -> delay -> li -> output
  lif -> w -> lif
}";

#[test]
fn no_step_takes_memory() {
    let document = nirkit_ir::text::parse(GRAPH, &()).unwrap();
    let Primitive::Graph(graph) = document.root.primitive else { panic!("no graph") };
    let facts = validate(&graph).facts.unwrap();
    for spike in [SpikeReading::Pulse { width: 1e-3 }, SpikeReading::Impulse { area: 1e-3 }] {
        let program = prepare(&graph, &facts, &Options { spike, ..Options::new(1e-3) }).unwrap();
        let mut run: Run = program.start(2);
        let mut feed = |step: usize, _: usize, frame: &mut Frame<'_>| {
            frame.spikes[step % 32] = 1.0;
        };
        let before = TAKEN.get();
        run.advance(100, &mut feed, &mut ());
        assert_eq!(TAKEN.get(), before);
        // In blocks a run takes its memory with the first of them, however many follow.
        let taken = |steps: usize| {
            let values = (0..16 * steps).map(|at| f64::from(u8::from(at % 5 == 0))).collect();
            let signal = Signal::Frames { channels: 16, values, counts: true };
            let stimuli = [Stimulus { signals: [("input".to_owned(), signal)].into() }];
            let drive = GridInput::new(&program, &stimuli).unwrap();
            let mut dense = Dense::new(&program, &program.requests(), steps, 1).unwrap();
            let mut run = program.start(1);
            let before = TAKEN.get();
            run.record(steps, &drive, &mut dense, &mut |_| {});
            TAKEN.get() - before
        };
        assert_eq!(taken(1100), taken(5000));
    }
}

/// A step program with an operation of each kind.
const PROGRAM: &str = "\
step-program 1
input in: i64[8]
buffer in: i64[8] = 0
buffer late: i64[8] = 0
buffer ring: i64[2, 8] = 0
buffer picture: i64[1, 2, 4] = 0
buffer pool: i64[1, 1, 2] = 0
buffer held: i64[3] = 0
buffer sum: i64[3] = 0
buffer v: f32[3] = 0
buffer n: i64[3] = 0
probe n:spikes = n
in = frame(in)
late = recall(ring; [1, 2, 1, 2, 1, 2, 1, 2])
ring = store(in)
picture = permute(late; [7, 6, 5, 4, 3, 2, 1, 0])
pool = pool(picture; channels [1, 1] groups 1 kernel [2, 2] stride [1, 2] dilation [1, 1] before [0, 0] input [2, 4] \
output [1, 2])
held = deliver(pool; i64[6] [1, 2, 3, 4, 5, 6]; saturate [-128, 127])
sum = dense(n; i64[9] [0, 1, 0, 0, 0, 2, 1, 0, 0])
cell 3 {
  v = v * 0.5 + f32(sum + held)
  n = v > 2 ? 1 : 0
  v = n == 0 ? v : 0
}
";

/// Counts that enter in every step.
struct Counts;

impl Frames for Counts {
    fn frame(&self, _: usize, step: usize) -> executor::Frame<'_> {
        executor::Frame::I64(&[[1, 0, 2, 0, 0, 1, 0, 0], [0; 8]][step % 2])
    }
}

/// The number of spikes.
struct Sum(i64);

impl Sink for Sum {
    fn take(&mut self, _: usize, _: usize, row: Row<'_>) {
        let mut spikes = [0; 3];
        row.write_i64(&mut spikes);
        self.0 += spikes.iter().sum::<i64>();
    }
}

#[test]
fn an_executor_takes_its_memory_when_it_starts() {
    let program = nirkit_step::parse(PROGRAM).unwrap();
    let records = vec![program.probes[0].buffer];
    for block in [None, Some(1), Some(3)] {
        let options = executor::Options { records: records.clone(), largest: vec![Some(2)], block };
        let executor = Executor::new(&program, &options).unwrap();
        let (mut state, mut sum) = (executor.start(50), Sum(0));
        // The processor is asked once for what it can do.
        executor.run(&mut state, 1, &Counts, &mut sum).unwrap();
        let before = TAKEN.get();
        executor.run(&mut state, 50, &Counts, &mut sum).unwrap();
        assert_eq!(TAKEN.get(), before);
        assert!(sum.0 > 0);
    }
}

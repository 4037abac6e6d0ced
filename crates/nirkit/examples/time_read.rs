//! Times reading a graph in process: the median of several reads, in seconds.
//!
//! `cargo run --release --example time_read FILE [TIMES]`; `bench/files.py` sets it beside h5py.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use nirkit::io::{Limits, nir};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(file) = args.next() else { return ExitCode::from(2) };
    let times: usize = args.next().and_then(|times| times.parse().ok()).unwrap_or(9);
    let mut seconds = Vec::new();
    for _ in 0..times.max(1) {
        let begun = Instant::now();
        let document = nir::read(Path::new(&file), &Limits::default());
        seconds.push(begun.elapsed().as_secs_f64());
        if document.is_err() {
            return ExitCode::from(2);
        }
    }
    seconds.sort_by(f64::total_cmp);
    #[expect(clippy::print_stdout, reason = "this is the result")]
    {
        println!("{}", seconds[seconds.len() / 2]);
    }
    ExitCode::SUCCESS
}

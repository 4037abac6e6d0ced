//! Says what is in a recording of an event sensor: `cargo run --example events RECORDING`.

use std::path::Path;

use nirkit::events::ReadOptions;

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let Some(path) = std::env::args().nth(1) else {
        return Err(nirkit::Error::new("give RECORDING"));
    };
    let info = nirkit::events::info(Path::new(&path), &ReadOptions::default(), &|_, _| {})?;
    println!("{} events in {} s, {} of them ON", info.events, info.duration, info.on);
    for finding in &info.findings {
        println!("{finding}");
    }
    Ok(())
}

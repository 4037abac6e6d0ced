//! Brings a graph into the terms of a chip: `cargo run --example lower GRAPH CHIP OUTPUT`.

use nirkit::Choices;
use nirkit::lower::{lower, write};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [graph, chip, output] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give GRAPH CHIP OUTPUT"));
    };
    let lowered = lower(&nirkit::read(graph)?, chip, &Choices::new())?;
    for finding in lowered.lowering.report.diagnostics() {
        println!("{finding}");
    }
    if let Some(design) = &lowered.lowering.design {
        for usage in &design.usage {
            println!("{}: {} of {}", usage.what, usage.used, usage.available);
        }
        write(output, design)?;
    }
    Ok(())
}

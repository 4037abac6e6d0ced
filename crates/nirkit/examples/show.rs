//! Prints the equations that a platform computes in each step: `cargo run --example show GRAPH PLATFORM`.

use nirkit::{Choices, Model};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [graph, platform] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give GRAPH PLATFORM"));
    };
    let model = Model::new(&nirkit::read(graph)?, platform, &Choices::new())?;
    print!("{}", model.step_program()?);
    Ok(())
}

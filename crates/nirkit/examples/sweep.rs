//! Runs all combinations of a plan, and prints the table: `cargo run --example sweep PLAN FOLDER`.

use std::path::Path;

use nirkit::sweep::{Plan, Sweep, Table};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plan, folder] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give PLAN FOLDER"));
    };
    Sweep::new().threads(2).run(&Plan::read(plan)?, folder)?;
    print!("{}", Table::of(&[Path::new(folder)])?.to_csv());
    Ok(())
}

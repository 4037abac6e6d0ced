//! Says what differs between two graphs: `cargo run --example diff A B`.

use nirkit::ir::diff::diff;

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [a, b] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give A B"));
    };
    for difference in diff(&nirkit::read(a)?, &nirkit::read(b)?, 0.0) {
        let matters = if difference.matters { "differs" } else { "written otherwise" };
        println!("{matters}: {}: {}", difference.place, difference.what);
    }
    Ok(())
}

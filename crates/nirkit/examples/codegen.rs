//! Generates C99 that computes what a platform computes, bit for bit: `cargo run --example codegen GRAPH PLATFORM FOLDER`.

use nirkit::Choices;
use nirkit::codegen::{Target, codegen};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [graph, platform, folder] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give GRAPH PLATFORM FOLDER"));
    };
    let graph = nirkit::read(graph)?;
    let code = codegen(&graph, platform, &Choices::new(), Target::C99, "net", 100)?;
    code.write(folder)?;
    let summary = code.summary(folder);
    println!(
        "{} bytes of constants, {} bytes of state",
        summary.constant_bytes, summary.state_bytes
    );
    println!("check it with `{}`", summary.check);
    Ok(())
}

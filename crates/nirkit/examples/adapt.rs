//! Rewrites a graph so that a platform computes what another one computes on the original:
//! `cargo run --example adapt GRAPH PLATFORM REFERENCE OUTPUT`.

use nirkit::Choices;
use nirkit::adapt::{Adapt, adapt};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [graph, platform, reference, output] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give GRAPH PLATFORM REFERENCE OUTPUT"));
    };
    let how = Adapt::new().like(reference.as_str());
    let adapted = adapt(&nirkit::read(graph)?, platform, &Choices::new(), &how)?;
    for change in &adapted.changes {
        println!("{}: {}", change.node, change.what);
    }
    println!("verdict: {}", adapted.verdict);
    nirkit::write(output, &adapted.document)
}

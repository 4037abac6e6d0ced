//! Repairs a graph and rewrites it with the usual passes: `cargo run --example rewrite INPUT OUTPUT`.

use nirkit::passes::optimise::{PASSES, Pass, optimise};
use nirkit::passes::repair::repair;

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give INPUT OUTPUT"));
    };
    let mut document = nirkit::read(input)?;
    for change in repair(&mut document) {
        println!("repaired: {change}");
    }
    let usual: Vec<&Pass> = PASSES.iter().filter(|pass| pass.is_usual).collect();
    if let Some(graph) = document.graph_mut() {
        let rewrites = optimise(graph, &usual)
            .map_err(|findings| nirkit::Error::of_findings(nirkit::ErrorKind::Graph, findings))?;
        for rewrite in &rewrites {
            println!("{rewrite}");
        }
    }
    nirkit::write(output, &document)
}

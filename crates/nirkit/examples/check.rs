//! Says what is wrong with a graph, and what platforms do with it: `cargo run --example check GRAPH PLATFORM ...`.

use nirkit::Choices;
use nirkit::ir::valid::validate_document;
use nirkit::verdict::verdict;

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let mut arguments = std::env::args().skip(1);
    let graph = arguments.next().ok_or_else(|| nirkit::Error::new("give GRAPH PLATFORM ..."))?;
    let graph = nirkit::read(graph)?;
    let validation = validate_document(&graph);
    for finding in &validation.findings {
        println!("{finding}");
    }
    for title in arguments {
        let checked = verdict(&graph, &validation, &nirkit::platform(&title)?, &Choices::new())?;
        println!("{}: {}", checked.report.platform, checked.report.outcome().name());
        for finding in checked.report.diagnostics() {
            println!("  {finding}");
        }
    }
    Ok(())
}

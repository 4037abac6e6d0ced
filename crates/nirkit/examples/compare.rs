//! Says where platforms part, and why: `cargo run --example compare GRAPH STIMULUS PLATFORM PLATFORM ...`.

use nirkit::{Choices, Compare, Stimulus, compare_platforms};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [graph, stimulus, platforms @ ..] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give GRAPH STIMULUS PLATFORM PLATFORM ..."));
    };
    let (graph, stimulus) = (nirkit::read(graph)?, Stimulus::read(stimulus)?);
    let titles: Vec<&str> = platforms.iter().map(String::as_str).collect();
    let choices = Choices::new().of_stimulus(&stimulus);
    let compared = compare_platforms(&graph, &titles, &stimulus, &choices, &Compare::new())?;
    for pair in &compared.report.pairs {
        println!("{} and {}: equal: {}, distance {}", pair.a, pair.b, pair.equal, pair.distance);
        if let Some(first) = &pair.first {
            println!("  first at step {}, {}[{}]", first.step, first.node, first.neuron);
        }
    }
    for refusal in &compared.refused {
        println!("{} takes no part", refusal.platform);
    }
    Ok(())
}

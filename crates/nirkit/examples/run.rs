//! Runs a graph as a platform would: `cargo run --example run GRAPH STIMULUS PLATFORM [DT]`.

use nirkit::{Choices, Model, Stimulus};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [graph, stimulus, platform, rest @ ..] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give GRAPH STIMULUS PLATFORM [DT]"));
    };
    let stimulus = Stimulus::read(stimulus)?;
    let dt = rest.first().and_then(|dt| dt.parse::<f64>().ok());
    let choices = Choices::new().dt(dt).of_stimulus(&stimulus);
    let model = Model::new(&nirkit::read(graph)?, platform, &choices)?;
    for choice in model.choices() {
        println!("{} = {} ({})", choice.name, choice.value, choice.source);
    }
    let recording = model.run(&stimulus)?;
    for total in &recording.totals {
        println!("{}: {}", total.node, total.sum);
    }
    for note in &recording.notes {
        println!("note: {note}");
    }
    Ok(())
}

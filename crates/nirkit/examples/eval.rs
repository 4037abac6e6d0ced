//! Finds the accuracy on a labelled set: `cargo run --example eval GRAPH SET LABELS PLATFORM ...`.

use nirkit::{Choices, Eval, LabelledSet, Stimulus, eval, eval_platforms};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [graph, set, labels, platforms @ ..] = arguments.as_slice() else {
        return Err(nirkit::Error::new("give GRAPH SET LABELS PLATFORM ..."));
    };
    let graph = nirkit::read(graph)?;
    let labels = eval::read_labels(labels, &nirkit::io::Limits::default())?;
    let set = LabelledSet::new(Stimulus::read(set)?.batched(true), labels);
    let titles: Vec<&str> = platforms.iter().map(String::as_str).collect();
    let how = Eval::new().threads(2);
    for found in eval_platforms(&graph, &titles, &set, &Choices::new(), &how)? {
        match found.score {
            Some(score) => println!("{}: {:.2} %", found.platform, 100.0 * score.accuracy),
            None => println!("{}: {}", found.platform, found.errors[0].message),
        }
    }
    Ok(())
}

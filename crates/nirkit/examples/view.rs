//! Draws a graph as SVG: `cargo run --example view GRAPH OUT.svg`.

use nirkit::view::{ViewOptions, draw, layout};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), nirkit::Error> {
    let mut arguments = std::env::args().skip(1);
    let (Some(graph), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err(nirkit::Error::new("give GRAPH OUT.svg"));
    };
    let layout = layout(&nirkit::read(&graph)?, &ViewOptions::new())?;
    nirkit::io::text::write_text(&output, &draw(&layout, &graph))?;
    for note in layout.notes() {
        println!("{note}");
    }
    println!("{output}: {} boxes, {} edges", layout.nodes.len(), layout.edges.len());
    Ok(())
}

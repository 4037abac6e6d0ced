//! Writes networks of all primitives and shapes, drawn from seeds, for scripts that hold generated code against the engine:
//! `cargo run --example write_networks COUNT FOLDER`. Every fifth is one that chips take.

use nirkit_testing::chain::for_chips;
use nirkit_testing::recipe::{Bytes, Numbers, network};

#[expect(clippy::print_stdout, reason = "this is the result")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, folder] = arguments.as_slice() else { return Err("give COUNT FOLDER".into()) };
    let (count, folder) = (count.parse::<usize>()?, std::path::Path::new(folder));
    std::fs::create_dir_all(folder)?;
    let (mut written, mut seed) = (0, 0_u64);
    while written < count {
        seed += 1;
        let mut numbers = Numbers(seed * 7919);
        let graph = if written % 5 == 4 {
            for_chips(&mut numbers, written / 5 % 3)
        } else {
            network(&mut Bytes(&numbers.bytes(200)))
        };
        if nirkit::ir::validate(&graph).facts.is_none() {
            continue;
        }
        let name = if written % 5 == 4 { "chip" } else { "any" };
        let path = folder.join(format!("{written:03}_{name}.nir"));
        nirkit::write(&path, &nirkit::ir::Document::of_graph(graph))?;
        written += 1;
    }
    println!("{count} networks in {}", folder.display());
    Ok(())
}

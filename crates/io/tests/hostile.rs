//! Files that demand too much, lead in circles or hold what is not read end in an error that names
//! the place and the limit or the thing, soon, and without taking the memory that they ask for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::PathBuf;
use std::time::Duration;

use nirkit_io::{Limits, ReadFault, nir};
use nirkit_ir::value::{Fields, Value};
use nirkit_ir::{Document, Graph, Node, Primitive, primitive};
use nirkit_numerics::Tensor;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(format!("{name}.nir"))
}

/// The time of the processor that this thread has taken: other tests run beside it.
fn taken() -> Duration {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
    }
    #[cfg(not(unix))]
    {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }
}

/// What is said about a file of `tests/hostile`.
fn refusal(name: &str) -> String {
    let start = taken();
    let error = nir::read(path(name), &Limits::default()).unwrap_err();
    let took = taken().saturating_sub(start);
    assert!(took < Duration::from_secs(2), "{name}: {took:?}");
    assert!(error.help().is_some(), "{error}");
    let prefix = format!("{}: ", path(name).display());
    error.to_string().strip_prefix(&prefix).unwrap_or_else(|| panic!("{error}")).to_owned()
}

#[test]
fn every_hostile_file_is_refused_for_what_it_is() {
    for (name, place, reason) in [
        ("bomb", "/node/bomb: ", "the limit `expansion` allows 67108864"),
        ("shape", "/node/vast: ", "the limit `dataset_bytes` allows 4294967296"),
        ("overflow", "/node/vast: ", "the limit `dataset_bytes` allows 4294967296"),
        ("circle", "/node/nodes/again: ", "the group contains itself"),
        ("soft_circle", "/node: ", "more than 16 soft links"),
        ("laughs", "/level0/link0/link0/", "the limit `expansion` allows 67108864"),
        ("deep", "/node/g/g/g/g/g/g/g/g/", "the limit `depth` allows 128"),
        (
            "external_link",
            "/node: ",
            "the link `elsewhere` into the file \"/etc/passwd\" cannot be read",
        ),
        ("external_values", "/node/elsewhere: ", "values in another file cannot be read"),
        ("compound", "/node/pair: ", "a compound type of a, b cannot be read"),
        ("reference", "/node/reference: ", "a type of references cannot be read"),
        ("null", "/node/null: ", "null dataspace"),
        ("not_utf8", "/node/text: ", "not UTF-8"),
        ("lengths", "/node/type: ", "a file with addresses of 8 and lengths of 4 bytes"),
        (
            "virtual",
            "/node: ",
            "`: a virtual dataset, whose numbers lie in other datasets, cannot be read",
        ),
    ] {
        let message = refusal(name);
        assert!(message.starts_with(place), "{name}: {message}");
        assert!(message.contains(reason), "{name}: {message}");
    }
}

#[test]
fn a_name_with_a_separator_is_damage() {
    // The names of this file lie in the open, without a checksum.
    let file = path("../files/scalars_0d_none");
    let mut bytes = std::fs::read(file).unwrap();
    let places: Vec<usize> =
        (0..bytes.len() - 8).filter(|&at| bytes[at..].starts_with(b"version\0")).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at + 2] = b'/';
    }
    let error = nir::read_bytes(bytes, &Limits::default()).unwrap_err().to_string();
    assert!(error.contains("\"ve/sion\" is no name in HDF5"), "{error}");
}

/// Names that begin one byte after each other in one long string: megabytes for each kilobyte.
#[test]
fn names_that_overlap_are_damage() {
    let mut bytes = std::fs::read(path("../files/scalars_0d_none")).unwrap();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(4).position(|four| four == b"HEAP") {
        let heap = at + found;
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
        let (size, segment) = (number(heap + 8), number(heap + 24));
        // Every name reaches to the end of its heap now.
        bytes[segment + 1..segment + size - 1].fill(b'x');
        at = heap + 4;
    }
    let error = nir::read_bytes(bytes, &Limits::default()).unwrap_err().to_string();
    assert!(error.contains("the names of the group overlap"), "{error}");
}

#[test]
fn too_many_nodes_are_refused_and_a_raised_limit_lets_them_in() {
    let nodes = (0..300).map(|index| {
        let threshold = primitive::Threshold { threshold: Tensor::scalar(1.0_f32) };
        (format!("n{index}"), Node::new(Primitive::Threshold(threshold)))
    });
    let graph = Graph { nodes: nodes.collect(), edges: Vec::new() };
    let bytes = nir::to_bytes(&Document::of_graph(graph), &nir::WriteOptions::default()).unwrap();
    // The version, the node, its kind, `nodes` and `edges`; a group and two datasets each.
    let needed = 5 + 3 * 300;
    let few = Limits { objects: needed - 1, ..Limits::default() };
    let error = nir::read_bytes(bytes.clone(), &few).unwrap_err();
    let ReadFault::Limit { limit: "objects", allowed: 904, needed: 905, .. } = error.fault else {
        panic!("{error}")
    };
    nir::read_bytes(bytes, &Limits { objects: needed, ..few }).unwrap();
}

#[test]
fn what_is_written_can_be_read_however_well_it_compresses() {
    let zeros = Tensor::new(&[20 << 20], vec![0.0_f32; 20 << 20]).unwrap();
    let mut document = Document::of_graph(Graph::default());
    document.extra = Fields::from_iter([("zeros".to_owned(), Value::Tensor(zeros))]);
    let options = nir::WriteOptions { compression: nirkit_io::Compression::Gzip(9) };
    let bytes = nir::to_bytes(&document, &options).unwrap();
    // Compressed, these would be 80 kB that stand for 80 MB.
    assert!(bytes.len() > 80 << 20, "{}", bytes.len());
    let read = nir::read_bytes(bytes, &Limits::default());
    assert!(read.is_ok_and(|read| read == document));
}

//! A text and its tensors are replaced as one, whatever goes wrong; what cannot be read back is not
//! written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::Path;

use nirkit::document::{read_within as read, write_with as write};
use nirkit::io::nir::WriteOptions;
use nirkit::io::{Fault, Limits, during};
use nirkit::ir::value::{Fields, Value};
use nirkit::ir::{Document, Graph, Node, Primitive, primitive};
use nirkit::numerics::Tensor;

/// A graph with a tensor that does not fit into a text.
fn graph(value: f32) -> Document {
    let threshold = Tensor::vector((0..500).map(|at| value + at as f32).collect::<Vec<_>>());
    let node = Node::new(Primitive::Threshold(primitive::Threshold { threshold }));
    let nodes = [("t".to_owned(), node)];
    Document::of_graph(Graph { nodes: nodes.into_iter().collect(), edges: Vec::new() })
}

fn put(path: &Path, document: &Document) -> Result<(), nirkit::Error> {
    write(path, document, &WriteOptions::default())
}

fn get(path: &Path) -> Document {
    read(path, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// A disk that is full for one call, and a program that ends at one call, at every call; then the next
/// program writes.
#[test]
fn whatever_call_fails_the_old_or_the_new_graph_can_be_read() {
    let (old, new, last) = (graph(0.5), graph(1000.25), graph(2000.75));
    for name in ["x.nirt", "x.nir"] {
        let calls = {
            let folder = tempfile::tempdir().unwrap();
            put(&folder.path().join(name), &old).unwrap();
            during(Fault::Nothing, || put(&folder.path().join(name), &new).unwrap()).1
        };
        assert!(calls >= 8, "{name}: {calls}");
        for number in 0..calls {
            for fault in [Fault::At(number), Fault::From(number)] {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join(name);
                put(&path, &old).unwrap();
                let (outcome, _) = during(fault, || put(&path, &new));
                let found = get(&path);
                if outcome.is_ok() {
                    assert!(found == new, "{name}, {fault:?}");
                } else {
                    assert!(found == old || found == new, "{name}, {fault:?}");
                }
                put(&path, &last).unwrap();
                assert!(get(&path) == last, "{name}, {fault:?}");
            }
        }
    }
}

#[test]
fn tensors_that_nobody_needs_leave_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.nirt");
    let store = nirkit::document::tensor_file(&path);
    let size = || std::fs::metadata(&store).map_or(0, |metadata| metadata.len());
    put(&path, &graph(0.5)).unwrap();
    let first = size();
    put(&path, &graph(1.5)).unwrap();
    assert_eq!(size(), first);
    put(&path, &Document::of_graph(Graph::default())).unwrap();
    assert!(!store.exists());
    assert_eq!(get(&path), Document::of_graph(Graph::default()));
}

/// Through a link, the text and the tensors of what it leads to are written, and nothing else.
#[cfg(unix)]
#[test]
fn a_link_to_a_text_and_what_it_leads_to_are_the_same_graph() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let (file, link) = (inner.join("file.nirt"), folder.path().join("link.nirt"));
    std::os::unix::fs::symlink("inner/file.nirt", &link).unwrap();
    for (value, written) in [(0.5, &file), (1.5, &link), (2.5, &file)] {
        put(written, &graph(value)).unwrap();
        assert!(get(&file) == graph(value) && get(&link) == graph(value), "{value}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    // Both may be links, to two places that keep content under other names.
    std::fs::rename(&file, folder.path().join("a.nirt")).unwrap();
    let tensors = nirkit::document::tensor_file(&file);
    std::fs::rename(tensors, folder.path().join("b")).unwrap();
    std::os::unix::fs::symlink("../a.nirt", &file).unwrap();
    std::os::unix::fs::symlink("../b", nirkit::document::tensor_file(&file)).unwrap();
    assert!(get(&file) == graph(2.5));
    put(&file, &graph(3.5)).unwrap();
    assert!(get(&file) == graph(3.5) && get(&folder.path().join("a.nirt")) == graph(3.5));
}

/// A graph with metadata of so many groups inside each other.
fn deep(depth: usize) -> Document {
    let mut value = Value::from("end");
    for _ in 0..depth {
        value = Value::Group(Fields::from_iter([("a".to_owned(), value)]));
    }
    let mut document = graph(0.5);
    document.root.metadata = Fields::from_iter([("deep".to_owned(), value)]);
    document
}

#[test]
fn what_is_too_deep_to_be_read_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    for (name, fits, too_deep) in [("x.nirt", 55, 70), ("x.nir", 120, 130)] {
        let path = folder.path().join(name);
        put(&path, &deep(fits)).unwrap();
        assert!(put(&path, &deep(too_deep)).is_err(), "{name}");
        assert!(get(&path) == deep(fits), "{name}");
        // What is written can be read, however deep it is.
        for depth in fits..too_deep {
            if put(&path, &deep(depth)).is_ok() {
                assert!(get(&path) == deep(depth), "{name}, {depth}");
            }
        }
    }
}

#[test]
fn what_is_all_one_number_is_written_so_that_it_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    // 80 MB of zeros, and many layers of which each is small.
    let large = vec![Tensor::new(&[20 << 20], vec![0.0_f32; 20 << 20]).unwrap()];
    let many = (0..700).map(|_| Tensor::new(&[30_000], vec![1.0_f32; 30_000]).unwrap()).collect();
    for (number, tensors) in [large, many].into_iter().enumerate() {
        let node = |(at, threshold): (usize, Tensor)| {
            let primitive = Primitive::Threshold(primitive::Threshold { threshold });
            (format!("t{at}"), Node::new(primitive))
        };
        let nodes = tensors.into_iter().enumerate().map(node).collect();
        let document = Document::of_graph(Graph { nodes, edges: Vec::new() });
        for ending in ["nir", "nirt"] {
            let path = folder.path().join(format!("{number}.{ending}"));
            put(&path, &document).unwrap();
            assert!(get(&path) == document, "{}", path.display());
        }
    }
}

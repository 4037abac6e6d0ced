//! Reading and writing of many small nodes and of one large matrix.
//!
//! The benchmark leaves its files in the folder `nirkit-bench-files` below the folder of the system for
//! temporary files. `bench/files.py` sets nirkit beside h5py and the Python reference.

#![allow(missing_docs, reason = "the macro of the benchmark makes a public function")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use nirkit_io::nir::{self, WriteOptions};
use nirkit_io::{Compression, Limits};
use nirkit_ir::{Document, Edge, Graph, Node, Nodes, Primitive, primitive};
use nirkit_numerics::Tensor;

/// A chain of `count` nodes, LIF and Affine in turn, of four channels.
fn chain(count: usize) -> Document {
    let input = primitive::Input { shape: Tensor::vector(vec![4_i64]) };
    let output = primitive::Output { shape: Tensor::vector(vec![4_i64]) };
    let mut nodes = Nodes::default();
    nodes.insert("input", Node::new(Primitive::Input(input)));
    for index in 0..count {
        nodes.insert(format!("n{index}"), Node::new(link(index)));
    }
    nodes.insert("output", Node::new(Primitive::Output(output)));
    let names: Vec<String> = nodes.iter().map(|(_, name, _)| name.to_owned()).collect();
    let edges = names.windows(2).map(|pair| Edge::new(&*pair[0], &*pair[1])).collect();
    Document::of_graph(Graph { nodes, edges })
}

fn link(index: usize) -> Primitive {
    let four = |value: f32| Tensor::vector(vec![value, value + 0.25, value + 0.5, value + 0.75]);
    if index.is_multiple_of(2) {
        let weight = (0..16).map(|entry| (entry + index) as f32 / 7.0).collect();
        let weight = Tensor::new(&[4, 4], weight).expect("sixteen numbers");
        return Primitive::Affine(primitive::Affine { weight, bias: four(0.5) });
    }
    Primitive::Lif(primitive::Lif {
        tau: four(0.02),
        r: four(1.0),
        v_leak: four(0.0),
        v_threshold: four(1.0),
        v_reset: Some(four(0.0)),
    })
}

/// One Linear of 4096 x 4096 numbers.
fn matrix() -> Document {
    let size = 4096;
    let weight = (0..size * size).map(|index| (index as f32).sqrt()).collect();
    let weight = Tensor::new(&[size, size], weight).expect("as many numbers");
    let linear = Primitive::Linear(primitive::Linear { weight });
    let nodes = [("weights".to_owned(), Node::new(linear))].into_iter().collect();
    Document::of_graph(Graph { nodes, edges: Vec::new() })
}

fn both_ways(c: &mut Criterion, folder: &Path, name: &str, document: &Document) {
    for (kind, compression) in [("none", Compression::None), ("gzip", Compression::Gzip(4))] {
        let path = folder.join(format!("{name}_{kind}.nir"));
        let options = WriteOptions { compression };
        let write = || nir::write(&path, document, &options).expect("a file can be written");
        write();
        c.bench_function(&format!("write {name} {kind}"), |b| b.iter(write));
        let read = || nir::read(&path, &Limits::default()).expect("the file can be read");
        c.bench_function(&format!("read {name} {kind}"), |b| b.iter(read));
    }
}

fn files(c: &mut Criterion) {
    let folder: PathBuf = std::env::temp_dir().join("nirkit-bench-files");
    std::fs::create_dir_all(&folder).expect("a folder for the files");
    both_ways(c, &folder, "nodes", &chain(2000));
    both_ways(c, &folder, "matrix", &matrix());
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(3));
    targets = files
}
criterion_main!(benches);

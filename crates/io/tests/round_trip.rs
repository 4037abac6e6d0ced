//! Whatever a document holds is the same after writing and reading.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use nirkit_io::nir::{self, WriteOptions};
use nirkit_io::{Compression, Limits};
use nirkit_ir::value::{Charset, Fields, Text, TextLength, TextStorage, Value};
use nirkit_ir::{Document, Edge, Graph, Node, Primitive, primitive};
use nirkit_numerics::{ByteOrder, DType, Tensor};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A tensor of any element type, byte order and bits, of at most three short axes.
fn tensor() -> impl Strategy<Value = Tensor> {
    (select(DType::ALL.to_vec()), any::<bool>(), vec(0_usize..4, 0..4)).prop_flat_map(
        |(dtype, big, shape)| {
            let len = shape.iter().product::<usize>() * dtype.size();
            let order = if big && dtype.word() > 1 { ByteOrder::Big } else { ByteOrder::Little };
            vec(any::<u8>(), len).prop_map(move |mut bytes| {
                if dtype == DType::Bool {
                    for byte in &mut bytes {
                        *byte &= 1;
                    }
                }
                Tensor::from_bytes(dtype, order, &shape, &bytes).unwrap()
            })
        },
    )
}

/// Strings of any characters but the zero byte, stored in any way in which they fit.
fn text() -> impl Strategy<Value = Text> {
    let string = "[^\0]{0,6}";
    (vec(0_usize..3, 0..3), any::<bool>(), any::<bool>()).prop_flat_map(
        move |(shape, fixed, ascii)| {
            let len = shape.iter().product::<usize>();
            vec(string, len).prop_map(move |strings| {
                let longest = strings.iter().map(String::len).max().unwrap_or(0);
                let length = if fixed {
                    TextLength::Fixed(longest.max(1) + 2)
                } else {
                    TextLength::Variable
                };
                let ascii = ascii && strings.iter().all(|string| string.is_ascii());
                let charset = if ascii { Charset::Ascii } else { Charset::Utf8 };
                Text::new(&shape, strings, TextStorage { length, charset }).unwrap()
            })
        },
    )
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![tensor().prop_map(Value::Tensor), text().prop_map(Value::Text)];
    leaf.prop_recursive(3, 20, 4, |inner| fields(inner).prop_map(Value::Group))
}

/// Values under names that HDF5 has, sorted as a file sorts them.
fn fields(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Fields> {
    vec(("[^\0/.]{1,8}", value), 0..4).prop_map(|entries| {
        let mut fields: Fields = entries.into_iter().collect();
        fields.sort_keys();
        fields
    })
}

fn document() -> impl Strategy<Value = Document> {
    (fields(value()), fields(value()), tensor(), tensor()).prop_map(
        |(metadata, extra, threshold, other)| {
            // Complex numbers are for metadata only; a Threshold of them would be unknown.
            let threshold =
                if threshold.dtype().is_complex() { Tensor::scalar(1_u8) } else { threshold };
            let mut node = Node::new(Primitive::Threshold(primitive::Threshold { threshold }));
            node.metadata = metadata;
            node.extra = Fields::from_iter([("other".to_owned(), Value::Tensor(other))]);
            let nodes = [("a".to_owned(), node)].into_iter().collect();
            let mut document =
                Document::of_graph(Graph { nodes, edges: vec![Edge::new("a", "b c")] });
            let extra = extra.into_iter().filter(|(name, _)| name != "node" && name != "version");
            document.extra = extra.collect();
            document
        },
    )
}

proptest! {
    #[test]
    fn a_document_is_the_same_after_writing_and_reading(
        document in document(),
        compression in select(vec![Compression::None, Compression::Gzip(1), Compression::Lzf]),
    ) {
        let bytes = nir::to_bytes(&document, &WriteOptions { compression }).unwrap();
        prop_assert_eq!(nir::read_bytes(bytes, &Limits::default()).unwrap(), document);
    }
}

#[test]
fn a_long_tensor_in_many_pieces_is_the_same() {
    let values = (0..700 * 1001).map(|index| f64::from(index % 977)).collect();
    let tensor = Tensor::new(&[7, 100, 1001], values).unwrap();
    let mut document = Document::of_graph(Graph::default());
    document.extra = Fields::from_iter([("long".to_owned(), Value::Tensor(tensor))]);
    for compression in [Compression::Gzip(6), Compression::Lzf] {
        let bytes = nir::to_bytes(&document, &WriteOptions { compression }).unwrap();
        assert!(bytes.len() < 4 << 20, "{} bytes with {compression:?}", bytes.len());
        assert_eq!(nir::read_bytes(bytes, &Limits::default()).unwrap(), document);
    }
}

#[test]
fn two_things_of_one_name_are_refused() {
    let mut node = Node::new(Primitive::Threshold(primitive::Threshold {
        threshold: Tensor::scalar(1.0_f32),
    }));
    node.extra = Fields::from_iter([("threshold".to_owned(), Value::from("again"))]);
    let nodes = [("a".to_owned(), node)].into_iter().collect();
    let document = Document::of_graph(Graph { nodes, edges: Vec::new() });
    let error = nir::to_bytes(&document, &WriteOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "/node/nodes/a: there are two of the name \"threshold\"");
}

/// A reader takes the kind for a promise of `nodes`.
#[test]
fn a_node_that_is_called_a_graph_and_is_none_is_refused() {
    let unknown = primitive::Unknown { kind: "NIRGraph".to_owned(), fields: Fields::default() };
    let nodes = [("a".to_owned(), Node::new(Primitive::Unknown(unknown)))].into_iter().collect();
    let document = Document::of_graph(Graph { nodes, edges: Vec::new() });
    let error = nir::to_bytes(&document, &WriteOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/node/nodes/a: a node of kind `NIRGraph` that is no graph cannot be written"
    );
}

#[test]
fn what_a_file_holds_besides_a_graph_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/left_out");
    let attributes = ["/", "/node/nodes/input/shape", "/node/nodes/output"]
        .map(|place| format!("the attributes of `{place}`"));
    for (file, expected) in [
        ("attributes.nir", attributes.to_vec()),
        ("attributes_latest.nir", attributes.to_vec()),
        (
            "links.nir",
            vec![
                "the soft link `/node/lost`, which leads nowhere".to_owned(),
                "the named datatype `/node/nodes/kind`".to_owned(),
                "the named datatype `/types/pair`".to_owned(),
            ],
        ),
    ] {
        let document = nir::read(folder.join(file), &Limits::default()).unwrap();
        assert_eq!(document.left_out, expected, "{file}");
        assert_eq!(document.graph().unwrap().nodes.len(), 2, "{file}");
        let copy = nir::to_bytes(&document, &WriteOptions::default()).unwrap();
        let copy = nir::read_bytes(copy, &Limits::default()).unwrap();
        assert_eq!(copy, Document { left_out: Vec::new(), ..document }, "{file}");
    }
}

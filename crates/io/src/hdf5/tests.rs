//! Reading is held against what h5py finds in the same files, writing against reading.

use std::path::PathBuf;

use nirkit_ir::value::{Charset, Fields, Text, TextLength, Value};
use nirkit_numerics::{ByteOrder, DType, Tensor};
use serde_json::Value as Json;

use super::Tree;
use super::read::{With, read};
use super::source::Source;
use super::write::{Compression, to_bytes};
use crate::limits::Limits;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files")
}

fn tree(file: &str) -> Tree {
    let source = Source::open(&folder().join(file), &Limits::default()).unwrap();
    read(source, &Limits::default(), With::Attributes).unwrap_or_else(|error| panic!("{error}"))
}

/// What h5py finds, made by `tests/files/describe.py`.
fn manifest() -> serde_json::Map<String, Json> {
    let text = std::fs::read_to_string(folder().join("h5py.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The datasets below a group, by path.
fn leaves<'a>(fields: &'a Fields, place: &str, found: &mut Vec<(String, &'a Value)>) {
    for (name, value) in fields {
        let place = format!("{place}/{name}");
        match value {
            Value::Group(fields) => leaves(fields, &place, found),
            other => found.push((place, other)),
        }
    }
}

fn describe(value: &Value) -> Json {
    match value {
        Value::Tensor(tensor) => serde_json::json!({
            "shape": tensor.shape(),
            "dtype": numpy_name(tensor),
            "bytes": tensor.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        }),
        Value::Text(text) => serde_json::json!({
            "shape": text.shape(),
            "strings": text.strings(),
            "charset": match text.storage().charset {
                Charset::Ascii => "ascii",
                Charset::Utf8 => "utf-8",
            },
            "length": match text.storage().length {
                TextLength::Variable => None,
                TextLength::Fixed(len) => Some(len),
            },
        }),
        Value::Group(_) => Json::Null,
    }
}

fn numpy_name(tensor: &Tensor) -> String {
    let order = match (tensor.dtype().word(), tensor.byte_order()) {
        (1, _) => '|',
        (_, ByteOrder::Little) => '<',
        (_, ByteOrder::Big) => '>',
    };
    let kind = match tensor.dtype() {
        DType::Bool => 'b',
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => 'i',
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => 'u',
        DType::F16 | DType::F32 | DType::F64 => 'f',
        DType::C64 | DType::C128 => 'c',
    };
    format!("{order}{kind}{}", tensor.dtype().size())
}

#[test]
fn every_dataset_is_what_h5py_finds() {
    for (file, expected) in manifest() {
        let tree = tree(&file);
        let mut found = Vec::new();
        leaves(&tree.root, "", &mut found);
        let expected = expected.as_object().unwrap();
        let names: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(names.len(), expected.len(), "{file}: {names:?}");
        for (place, value) in found {
            assert_eq!(describe(value), expected[&place], "{file}: {place}");
        }
    }
}

#[test]
fn members_are_sorted_as_h5py_sorts_them() {
    let tree = tree("unicode_latest.nir");
    let Value::Group(node) = &tree.root["node"] else { panic!() };
    let Value::Group(nodes) = &node["nodes"] else { panic!() };
    assert!(nodes.keys().is_sorted(), "{:?}", nodes.keys());
}

#[test]
fn what_is_written_reads_back_with_every_compression() {
    for (file, _) in manifest() {
        let tree = tree(&file);
        for compression in [Compression::None, Compression::Gzip(9), Compression::Lzf] {
            let bytes = to_bytes(&tree, compression).unwrap_or_else(|error| panic!("{error}"));
            let source = Source::from_bytes(bytes);
            let again = read(source, &Limits::default(), With::Attributes).unwrap();
            assert_eq!(again.root, tree.root, "{file} with {compression:?}");
            assert_eq!(again.attributes, tree.attributes, "{file} with {compression:?}");
            assert!(again.left_out.is_empty(), "{:?}", again.left_out);
        }
    }
}

#[test]
fn names_that_hdf5_does_not_have_are_refused_with_their_place() {
    for name in ["", ".", "a/b", "a\0b"] {
        let inner = Fields::from_iter([(name.to_owned(), Value::from("text"))]);
        let root = Fields::from_iter([("group".to_owned(), Value::Group(inner))]);
        let tree = Tree { root, ..Tree::default() };
        let error = to_bytes(&tree, Compression::None).unwrap_err().to_string();
        assert_eq!(error, format!("/group: the name {name:?} is not possible in HDF5"));
    }
}

#[test]
fn a_zero_byte_in_a_string_is_refused_and_not_cut() {
    let root = Fields::from_iter([("text".to_owned(), Value::Text(Text::scalar("a\0b")))]);
    let error = to_bytes(&Tree { root, ..Tree::default() }, Compression::None).unwrap_err();
    assert_eq!(error.to_string(), r#"/text: the zero byte in "a\0b" cannot be written"#);
}

/// A tensor that is larger than what is read at once takes the way past the decoder.
#[test]
fn a_large_tensor_is_read_straight_from_the_file_behind_a_user_block_too() {
    let values: Vec<f32> = (0..9 << 20).map(|index| index as f32).collect();
    let tensor = Tensor::vector(values).with_byte_order(ByteOrder::Big);
    let root = Fields::from_iter([("large".to_owned(), Value::Tensor(tensor.clone()))]);
    let bytes = to_bytes(&Tree { root, ..Tree::default() }, Compression::None).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    for block in [0, 512] {
        std::fs::write(file.path(), [vec![0; block], bytes.clone()].concat()).unwrap();
        let source = Source::open(file.path(), &Limits::default()).unwrap();
        assert!(matches!(source, Source::File(..)));
        let tree = read(source, &Limits::default(), With::Values).unwrap();
        assert_eq!(tree.root["large"], Value::Tensor(tensor.clone()), "user block of {block}");
    }
}

/// Whatever was read before, the rest of a file that is cut is missed, in every way of reading.
#[test]
fn a_file_that_is_cut_while_it_is_being_read_is_an_error() {
    let values: Vec<f32> = (0..1 << 20).map(|index| (index % 1013) as f32).collect();
    let large = Tensor::new(&[1 << 10, 1 << 10], values).unwrap();
    let small = (0..20_000).map(|index| (format!("n{index}"), Value::from("text")));
    let root = Fields::from_iter([
        ("large".to_owned(), Value::Tensor(large)),
        ("small".to_owned(), Value::Group(small.collect())),
    ]);
    let tree = Tree { root, ..Tree::default() };
    for compression in [Compression::None, Compression::Gzip(1), Compression::Lzf] {
        let bytes = to_bytes(&tree, compression).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        for left in [0, 10, 1000, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1000] {
            std::fs::write(file.path(), &bytes).unwrap();
            let source = Source::open(file.path(), &Limits::default()).unwrap();
            assert!(matches!(source, Source::File(..)));
            file.as_file().set_len(left as u64).unwrap();
            let error = read(source, &Limits::default(), With::Values).unwrap_err().to_string();
            assert!(error.contains("the file was cut while it was being read"), "{left}: {error}");
        }
    }
}

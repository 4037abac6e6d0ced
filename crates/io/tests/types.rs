//! Element types of every layout have the values that h5py reads, or are refused by their name.
//!
//! `scripts/make_type_corpus.py` made the files and asked h5py.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::PathBuf;

use nirkit_io::{Limits, ReadFault, nir};
use nirkit_ir::Primitive;
use nirkit_ir::value::Value;
use nirkit_numerics::{ByteOrder, DType, Tensor};
use serde_json::Value as Json;

const NEVER_WRITTEN: &str = "a dataset with values that were never written";

/// Types and ways of storage that h5py reads and nirkit refuses, with what it says of them.
const REFUSED: &[(&str, &str)] = &[
    ("f64 bias 1000", "a floating-point type of 8 bytes that is not IEEE"),
    ("f64 bias 1100", "a floating-point type of 8 bytes that is not IEEE"),
    ("f64 exponent 15 mantissa 48", "a floating-point type of 8 bytes that is not IEEE"),
    ("f32 norm none", "a floating-point type of 4 bytes that is not IEEE"),
    ("f128", "a floating-point type of 16 bytes that is not IEEE"),
    ("f80", "a floating-point type of 16 bytes that is not IEEE"),
    ("bit field", "a bit field"),
    ("earliest: addresses of 4, lengths of 8", "a file with addresses of 4 and lengths of 8 bytes"),
    ("earliest: addresses of 8, lengths of 4", "a file with addresses of 8 and lengths of 4 bytes"),
    ("earliest: addresses of 4, lengths of 4", "a file with addresses of 4 and lengths of 4 bytes"),
    ("latest: addresses of 8, lengths of 4", "a file with addresses of 8 and lengths of 4 bytes"),
    ("latest: addresses of 4, lengths of 4", "a file with addresses of 4 and lengths of 4 bytes"),
    ("latest: raw chunks beyond 5 x 5", "chunks that go beyond the shape and are stored without"),
    ("earliest: a name in Latin-1", "the name \"na\\\\xefve\", which is not UTF-8"),
    ("latest: a name in Latin-1", "`node`: a name that is not UTF-8"),
    ("latest: grows along columns, whole", "a dataset in chunks that may grow"),
    ("latest: grows along columns, part", "a dataset in chunks that may grow"),
    ("earliest: fill value never in chunks, part", NEVER_WRITTEN),
    ("latest: fill value never in chunks, part", NEVER_WRITTEN),
    ("earliest: fill value never, nothing written", NEVER_WRITTEN),
    ("latest: fill value never, nothing written", NEVER_WRITTEN),
    ("earliest: fill value of netCDF, part", NEVER_WRITTEN),
    ("latest: fill value of netCDF, part", NEVER_WRITTEN),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/types")
}

/// Name, bytes, and what h5py reads, of each file.
fn files() -> Vec<(String, Vec<u8>, Json)> {
    let packed = std::fs::read(folder().join("types.zlib")).unwrap();
    let all = fdeflate::decompress_to_vec(&packed).unwrap();
    let text = std::fs::read_to_string(folder().join("types.json")).unwrap();
    let described: indexmap::IndexMap<String, Json> = serde_json::from_str(&text).unwrap();
    let mut begin = 0;
    let file = |(name, what): (String, Json)| {
        let length = what["length"].as_u64().unwrap() as usize;
        let bytes = all[begin..begin + length].to_vec();
        begin += length;
        (name, bytes, what["read"].clone())
    };
    described.into_iter().map(file).collect()
}

fn value(bytes: Vec<u8>) -> Result<Value, ReadFault> {
    let document = nir::read_bytes(bytes, &Limits::default()).map_err(|error| error.fault)?;
    let Primitive::Unknown(unknown) = document.root.primitive else { panic!() };
    // What is not there is what h5py does not find.
    unknown.fields.get("value").cloned().ok_or_else(|| ReadFault::Damaged("no value".to_owned()))
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

fn describe(value: &Value) -> Json {
    match value {
        Value::Tensor(tensor) => serde_json::json!({
            "dtype": numpy_name(tensor),
            "bytes": tensor.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        }),
        Value::Text(text) => serde_json::json!({ "strings": text.strings() }),
        Value::Group(_) => Json::Null,
    }
}

#[test]
fn every_type_is_read_as_h5py_reads_it_or_refused_by_its_name() {
    let files = files();
    assert!(files.len() >= 60);
    let mut read = 0;
    for (name, bytes, expected) in files {
        let refusal = REFUSED.iter().find(|(refused, _)| *refused == name);
        match (value(bytes), refusal) {
            (Ok(value), None) => {
                assert_eq!(describe(&value), expected, "{name}");
                read += 1;
            }
            (Err(ReadFault::Unsupported(what)), Some((_, reason))) => {
                assert!(what.starts_with(reason), "{name}: {what}");
            }
            (Err(fault), None) => assert!(expected.is_null(), "{name}: {fault}"),
            (found, _) => panic!("{name}: {found:?}"),
        }
    }
    assert!(read >= 60, "{read} types are read");
}

/// Files whose datatype has other properties than the machine's, and the values that h5py reads.
#[test]
fn fields_of_floats_and_precision_of_integers_count() {
    let folder = folder();
    for (file, expected) in [
        ("f32bias", "f64[2, 3] [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]]"),
        ("f32fields", "f64[2, 3] [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]]"),
        ("i12", "i16[2, 3] [[-5, 3, 100], [-2000, 7, 2000]]"),
        ("u12off", "u16[2, 3] [[5, 3, 100], [2000, 7, 2000]]"),
    ] {
        let document = nir::read(folder.join(format!("{file}.nir")), &Limits::default());
        let document = document.unwrap_or_else(|error| panic!("{error}"));
        let text = nirkit_ir::text::print(&document, &nirkit_ir::text::PrintOptions::default());
        assert!(text.text.contains(&format!("weight: {expected} ")), "{file}: {}", text.text);
    }
}

//! Says what HDF5 files hold, for `scripts/check_hdf5_mutants.py`: takes a path from each line of the
//! standard input, and answers each with a line of JSON.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::io::{self, BufRead};

use nirkit_io::{Limits, tree};
use nirkit_ir::value::{Fields, Value};
use nirkit_numerics::{ByteOrder, DType, Tensor};
use serde_json::{Map, Value as Json, json};

fn main() -> io::Result<()> {
    // The program answers for the panics of the decoder, which are caught.
    std::panic::set_hook(Box::new(|_| {}));
    for path in io::stdin().lock().lines() {
        let answer = match tree::read_tree(path?, &Limits::default()) {
            Ok(root) => {
                let mut datasets = Map::new();
                list(&root, "", &mut datasets);
                json!({ "datasets": datasets })
            }
            Err(error) => json!({ "place": error.place, "refused": error.fault.to_string() }),
        };
        println!("{answer}");
    }
    Ok(())
}

/// Adds every dataset under its path.
fn list(fields: &Fields, prefix: &str, datasets: &mut Map<String, Json>) {
    for (name, value) in fields {
        let path = format!("{prefix}/{name}");
        let described = match value {
            Value::Group(fields) => {
                list(fields, &path, datasets);
                json!("group")
            }
            Value::Tensor(tensor) => json!([
                numpy_name(tensor),
                tensor.shape(),
                tensor.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
            ]),
            Value::Text(text) => json!(["text", text.shape(), text.strings()]),
        };
        datasets.insert(path, described);
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

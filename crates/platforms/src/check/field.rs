//! Fields of a node as `NumPy` has them, and its class in Python.

use nirkit_ir::Value;
use nirkit_ir::field::Padding;
use nirkit_ir::primitive::Primitive;
use nirkit_numerics::{DType, Tensor, Width};

/// A field; `None` where the node does not have it, or as text.
pub(super) fn tensor(primitive: &Primitive, field: &str) -> Option<Tensor> {
    if let Some(padding) = padding(primitive).filter(|_| field == "padding") {
        return match padding {
            Padding::Amount(zeros) => Some(zeros.clone()),
            Padding::Rule(_) => None,
        };
    }
    let values = primitive.values();
    let (_, value) = values.iter().find(|(declared, _)| declared.name == field)?;
    match value {
        Value::Tensor(tensor) => Some((*tensor).clone()),
        _ => None,
    }
}

/// The numbers of a field; `None` where the node does not have it.
pub(super) fn numbers(primitive: &Primitive, field: &str) -> Option<Vec<f64>> {
    Some(tensor(primitive, field)?.to_f64()?.into_owned())
}

/// The precision in which `NumPy` computes with a field.
pub(super) fn width(primitive: &Primitive, field: &str) -> Width {
    tensor(primitive, field).map_or(Width::Half, |tensor| Width::of(tensor.dtype()))
}

/// The padding of a convolution.
pub(super) fn padding(primitive: &Primitive) -> Option<&Padding> {
    match primitive {
        Primitive::Conv1d(p) => Some(&p.padding),
        Primitive::Conv2d(p) => Some(&p.padding),
        _ => None,
    }
}

/// The type of an element in Python.
pub(super) fn element(tensor: &Tensor) -> &'static str {
    match tensor.dtype() {
        DType::Bool => "numpy.bool",
        DType::I8 => "numpy.int8",
        DType::I16 => "numpy.int16",
        DType::I32 => "numpy.int32",
        DType::I64 => "numpy.int64",
        DType::U8 => "numpy.uint8",
        DType::U16 => "numpy.uint16",
        DType::U32 => "numpy.uint32",
        DType::U64 => "numpy.uint64",
        DType::F16 => "numpy.float16",
        DType::F32 => "numpy.float32",
        DType::F64 => "numpy.float64",
        DType::C64 => "numpy.complex64",
        DType::C128 => "numpy.complex128",
    }
}

/// The type of an element once it is a number of Python itself.
pub(super) fn python(tensor: &Tensor) -> &'static str {
    match tensor.dtype() {
        DType::Bool => "bool",
        DType::F16 | DType::F32 | DType::F64 => "float",
        DType::C64 | DType::C128 => "complex",
        _ => "int",
    }
}

/// The module of the reference in which the class of a kind stands.
const MODULES: [(&str, &[&str]); 7] = [
    ("conv", &["Conv1d", "Conv2d"]),
    ("delay", &["Delay"]),
    ("flatten", &["Flatten"]),
    ("graph", &["Input", "NIRGraph", "Output"]),
    ("linear", &["Affine", "Linear", "Scale"]),
    ("neuron", &["CubaLI", "CubaLIF", "I", "IF", "LI", "LIF"]),
    ("pooling", &["AvgPool2d", "SumPool2d"]),
];

/// The class of a kind as Python shows it: `<class 'nir.ir.conv.Conv2d'>`.
pub(super) fn class(kind: &str) -> String {
    let module = MODULES.iter().find(|(_, kinds)| kinds.contains(&kind));
    let module = module.map_or("threshold", |(module, _)| module);
    format!("<class 'nir.ir.{module}.{kind}'>")
}

/// Whether two numbers are the same; 0 and -0 are, and an infinity is the same as itself.
pub(super) fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.0 || (a.is_infinite() && a.total_cmp(&b).is_eq())
}

//! Attributes of groups.

use hdf5_reader::Attribute;
use nirkit_ir::value::{Text, Value};
use nirkit_numerics::Tensor;

use super::element::Element;

/// The value of an attribute, if its type is one that we read. `datatype` is the message that
/// declares it.
pub(super) fn value(attribute: &Attribute, datatype: &[u8]) -> Option<Value> {
    let axes = attribute.shape.iter().map(|&axis| usize::try_from(axis).ok());
    let shape: Vec<usize> = axes.collect::<Option<_>>()?;
    match Element::of(datatype).ok()? {
        Element::Number(dtype, order) => {
            Tensor::from_bytes(dtype, order, &shape, &attribute.raw_data).ok().map(Value::Tensor)
        }
        Element::Converted(dtype, order, layout) => {
            let converted = layout.convert(&attribute.raw_data, dtype, order);
            Tensor::from_bytes(dtype, order, &shape, &converted).ok().map(Value::Tensor)
        }
        element => {
            let strings = attribute.read_strings().ok()?;
            Text::new(&shape, strings, element.text_storage()?).map(Value::Text)
        }
    }
}

//! One dataset: what it declares, whether that can be, and its values.

use bytemuck::Pod;
use half::f16;
use hdf5_reader::messages::HdfMessage;
use hdf5_reader::messages::dataspace::DataspaceType;
use hdf5_reader::messages::filter_pipeline::FilterPipelineMessage;
use hdf5_reader::messages::layout::DataLayout;
use hdf5_reader::object_header::ObjectHeader;
use hdf5_reader::{Dataset, Storage};
use nirkit_ir::value::{Text, Value};
use nirkit_numerics::tensor::Element as Number;
use nirkit_numerics::{ByteOrder, DType, Tensor};

use super::budget::Budget;
use super::element::{self, Element};
use super::source::Source;
use super::{filter, huge_pages, text};
use crate::error::ReadFault;

/// Tensors from this size on that lie in one piece are read from the file straight to where they
/// stay.
const DIRECT: u64 = 1 << 20;

const NATIVE: ByteOrder =
    if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };

/// A dataset whose declaration has been looked at, and whose values have not been read.
pub(super) struct StoredDataset<'a> {
    dataset: &'a Dataset,
    element: Element,
    shape: Vec<usize>,
    /// Bytes of the values by their declaration.
    pub(super) bytes: u64,
    /// Address and size of the values, if they lie in one piece and have been written.
    piece: Option<(u64, u64)>,
}

impl<'a> StoredDataset<'a> {
    /// Looks at the declaration; refuses what is known not to be read, with its name.
    pub(super) fn new(dataset: &'a Dataset, header: &ObjectHeader) -> Result<Self, ReadFault> {
        check_header(header)?;
        let element = Element::of(dataset.dtype()).map_err(ReadFault::Unsupported)?;
        let size = dataset.raw_element_size()? as u64;
        let bytes = dataset.shape().iter().try_fold(size, |bytes, &axis| bytes.checked_mul(axis));
        Ok(Self {
            dataset,
            element,
            shape: shape(dataset)?,
            bytes: bytes.unwrap_or(u64::MAX),
            piece: piece(header),
        })
    }

    /// Reads the values. `hdf5_bytes` is the length of the file without its user block.
    pub(super) fn read(
        &self,
        source: &Source,
        hdf5_bytes: u64,
        budget: &mut Budget,
    ) -> Result<Value, ReadFault> {
        self.check_piece(hdf5_bytes)?;
        match self.element {
            Element::Number(dtype, order) => {
                let user_block = Storage::len(source).saturating_sub(hdf5_bytes);
                self.tensor(dtype, order, source, user_block).map(Value::Tensor)
            }
            Element::Strings(_) => self.text(text::heap_strings(self.dataset, budget)?),
            Element::Bytes(len, _, terminated) => {
                self.text(text::byte_strings(self.dataset, len, terminated)?)
            }
        }
    }

    /// Values in one piece have to be as many as are declared, and to lie inside the file.
    fn check_piece(&self, hdf5_bytes: u64) -> Result<(), ReadFault> {
        let Some((address, size)) = self.piece else { return Ok(()) };
        let inside = address.checked_add(size).is_some_and(|end| end <= hdf5_bytes);
        if inside && size >= self.bytes {
            return Ok(());
        }
        let declared = self.bytes;
        Err(ReadFault::Damaged(format!(
            "{declared} bytes are declared, {size} are stored at {address}, and the file has {hdf5_bytes}"
        )))
    }

    fn text(&self, strings: Vec<String>) -> Result<Value, ReadFault> {
        let storage = self.element.text_storage().unwrap_or_default();
        Text::new(&self.shape, strings, storage)
            .map(Value::Text)
            .ok_or_else(|| ReadFault::Damaged("not as many strings as the shape has".to_owned()))
    }

    fn tensor(
        &self,
        dtype: DType,
        order: ByteOrder,
        source: &Source,
        user_block: u64,
    ) -> Result<Tensor, ReadFault> {
        let direct = self.piece.filter(|_| self.bytes >= DIRECT);
        let bytes = Elements {
            dataset: self.dataset,
            shape: &self.shape,
            direct: direct.map(|(address, _)| (source, user_block + address)),
        };
        match dtype {
            DType::Bool => bytes.truth_values(),
            DType::I8 => bytes.numbers::<i8>(order),
            DType::I16 => bytes.numbers::<i16>(order),
            DType::I32 => bytes.numbers::<i32>(order),
            DType::I64 => bytes.numbers::<i64>(order),
            DType::U8 => bytes.numbers::<u8>(order),
            DType::U16 => bytes.numbers::<u16>(order),
            DType::U32 => bytes.numbers::<u32>(order),
            DType::U64 => bytes.numbers::<u64>(order),
            DType::F16 => bytes.halves(order),
            DType::F32 => bytes.numbers::<f32>(order),
            DType::F64 => bytes.numbers::<f64>(order),
            DType::C64 => bytes.numbers::<[f32; 2]>(order),
            DType::C128 => bytes.numbers::<[f64; 2]>(order),
        }
    }
}

/// The elements of a dataset of numbers.
struct Elements<'a> {
    dataset: &'a Dataset,
    shape: &'a [usize],
    /// The file and the place in it, when reading straight from there is worth it.
    direct: Option<(&'a Source, u64)>,
}

impl Elements<'_> {
    fn numbers<T: Number + Pod>(&self, order: ByteOrder) -> Result<Tensor, ReadFault> {
        let mut values = self.stored::<T>()?;
        if order != NATIVE {
            let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut values);
            bytes.chunks_exact_mut(T::DTYPE.word()).for_each(<[u8]>::reverse);
        }
        tensor(self.shape, values).map(|tensor| tensor.with_byte_order(order))
    }

    fn halves(&self, order: ByteOrder) -> Result<Tensor, ReadFault> {
        if element::is_half(&self.dataset.raw_datatype()?) {
            return self.numbers::<f16>(order);
        }
        let what = "a floating-point type of 2 bytes that is not IEEE half precision";
        Err(ReadFault::Unsupported(what.to_owned()))
    }

    fn truth_values(&self) -> Result<Tensor, ReadFault> {
        let bytes = self.stored::<u8>()?;
        tensor(self.shape, bytes.into_iter().map(|byte| byte != 0).collect())
    }

    /// The elements in the byte order of the file.
    fn stored<T: Pod>(&self) -> Result<Vec<T>, ReadFault> {
        let mut values = huge_pages::zeroed::<T>(self.shape.iter().product())
            .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::OutOfMemory))?;
        let bytes = bytemuck::cast_slice_mut(&mut values);
        let direct = self.direct.and_then(|(source, at)| source.read_directly(at, bytes));
        match direct {
            Some(outcome) => outcome?,
            None => self.dataset.read_raw_bytes_into(bytes)?,
        }
        Ok(values)
    }
}

fn tensor<T: Number>(shape: &[usize], values: Vec<T>) -> Result<Tensor, ReadFault> {
    Tensor::new(shape, values).map_err(|error| ReadFault::Damaged(error.to_string()))
}

fn shape(dataset: &Dataset) -> Result<Vec<usize>, ReadFault> {
    let axes = dataset.shape().iter().map(|&axis| usize::try_from(axis));
    axes.collect::<Result<_, _>>().map_err(|_| ReadFault::Limit {
        limit: "dataset_bytes",
        unit: "elements along an axis",
        needed: dataset.shape().iter().copied().max().unwrap_or_default(),
        allowed: usize::MAX as u64,
    })
}

fn check_header(header: &ObjectHeader) -> Result<(), ReadFault> {
    let unsupported = |what: &str| Err(ReadFault::Unsupported(what.to_owned()));
    for message in &header.messages {
        match message {
            HdfMessage::ExternalFiles(_) => {
                return unsupported("a dataset with values in another file");
            }
            HdfMessage::Dataspace(space) if space.dataspace_type == DataspaceType::Null => {
                return unsupported("a dataset without a value (null dataspace)");
            }
            HdfMessage::FilterPipeline(pipeline) => check_filters(pipeline)?,
            _ => {}
        }
    }
    Ok(())
}

fn check_filters(pipeline: &FilterPipelineMessage) -> Result<(), ReadFault> {
    let Some(unknown) = pipeline.filters.iter().find(|filter| !filter::is_known(filter.id)) else {
        return Ok(());
    };
    let name = unknown.name.as_deref().unwrap_or("without a name");
    Err(ReadFault::Unsupported(format!("the filter {} ({name})", unknown.id)))
}

/// Address and size of the values, if they lie in one piece and have been written.
fn piece(header: &ObjectHeader) -> Option<(u64, u64)> {
    header.messages.iter().find_map(|message| match message {
        HdfMessage::DataLayout(layout) => match layout.layout {
            DataLayout::Contiguous { address, size } if size > 0 && !is_nowhere(address) => {
                Some((address, size))
            }
            _ => None,
        },
        _ => None,
    })
}

/// Whether an address is the one that stands for values which were never written, in files with 8
/// or 4 bytes an address. The fill value then stands for them.
fn is_nowhere(address: u64) -> bool {
    address == u64::MAX || address == u64::from(u32::MAX)
}

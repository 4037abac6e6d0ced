//! One dataset: what it declares, whether that can be, and its values.

use hdf5_reader::messages::HdfMessage;
use hdf5_reader::messages::dataspace::DataspaceType;
use hdf5_reader::messages::fill_value::FillTime;
use hdf5_reader::messages::filter_pipeline::FilterPipelineMessage;
use hdf5_reader::messages::layout::{ChunkIndexing, DataLayout};
use hdf5_reader::object_header::ObjectHeader;
use hdf5_reader::{Dataset, Storage};
use nirkit_ir::value::{Text, Value};
use nirkit_numerics::{ByteOrder, DType, Tensor};

use super::budget::Budget;
use super::element::{self, Element};
use super::layout::Layout;
use super::source::Source;
use super::{deflate, direct, filter, text, values};
use crate::error::ReadFault;

/// The numbers of a list: their type, their byte order, and their layout where that is not the machine's.
pub(super) type Numbers = (DType, ByteOrder, Option<Layout>);

/// A dataset whose declaration has been looked at, and whose values have not been read.
pub(super) struct StoredDataset<'a> {
    dataset: &'a Dataset,
    element: Element,
    shape: Vec<usize>,
    /// Bytes of the values by their declaration.
    bytes: u64,
    /// Address and size of the values, if they lie in one piece and have been written.
    piece: Option<(u64, u64)>,
}

impl<'a> StoredDataset<'a> {
    /// Looks at the declaration; refuses what is known not to be read, with its name.
    pub(super) fn new(dataset: &'a Dataset, header: &ObjectHeader) -> Result<Self, ReadFault> {
        check_header(header)?;
        check_grid(dataset, header)?;
        check_fill(dataset, header)?;
        let element = Element::of(&dataset.raw_datatype()?)?;
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

    /// Bytes that the values take in memory.
    pub(super) fn memory(&self) -> u64 {
        self.bytes.saturating_mul(self.element.growth())
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
            Element::Converted(dtype, order, layout) => {
                let converted = layout.convert(&self.dataset.read_raw_bytes()?, dtype, order);
                Tensor::from_bytes(dtype, order, &self.shape, &converted)
                    .map(Value::Tensor)
                    .map_err(|error| ReadFault::Damaged(error.to_string()))
            }
            Element::Strings(_) => {
                let user_block = Storage::len(source).saturating_sub(hdf5_bytes);
                let sound = |heap| direct::has_sound_heap(source, user_block, heap);
                self.text(text::heap_strings(self.dataset, budget, sound)?)
            }
            Element::Bytes(len, _, padding) => {
                self.text(text::byte_strings(&self.dataset.read_raw_bytes()?, len, padding)?)
            }
            Element::Lists(..) => Err(ReadFault::Unsupported(element::LISTS.to_owned())),
        }
    }

    /// Reads the references to lists on one axis, and says what numbers the lists hold. `hdf5_bytes` is as for [`Self::read`].
    pub(super) fn references(&self, hdf5_bytes: u64) -> Result<(Vec<u8>, Numbers), ReadFault> {
        let unexpected =
            |found: String| ReadFault::Unexpected { expected: "lists of numbers", found };
        let Element::Lists(dtype, order, layout) = self.element else {
            return Err(unexpected("elements of one size".to_owned()));
        };
        if self.shape.len() != 1 {
            return Err(unexpected(format!("lists of shape {:?}", self.shape)));
        }
        self.check_piece(hdf5_bytes)?;
        Ok((self.dataset.read_raw_bytes()?, (dtype, order, layout)))
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
        let direct = self.piece.filter(|_| self.bytes >= values::LARGE as u64);
        values::tensor(dtype, order, &self.shape, |target| {
            let direct =
                direct.and_then(|(address, _)| source.read_directly(user_block + address, target));
            match direct {
                Some(outcome) => Ok(outcome?),
                None => Ok(self.dataset.read_raw_bytes_into(target)?),
            }
        })
    }
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
            HdfMessage::Unknown { type_id, .. } => {
                let what = format!("a message of the unknown kind {type_id} in an object header");
                return Err(ReadFault::Damaged(what));
            }
            HdfMessage::Shared(_) => {
                let what = "a part of an object header that another object should have";
                return Err(ReadFault::Damaged(what.to_owned()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The index of a fixed array, and chunks behind one another, count by the largest shape that a dataset may have; the reader
/// counts by the present one, which is the same unless there are more chunks along an axis behind the first.
fn check_grid(dataset: &Dataset, header: &ObjectHeader) -> Result<(), ReadFault> {
    let layout = header.messages.iter().find_map(|message| match message {
        HdfMessage::DataLayout(layout) => Some(&layout.layout),
        _ => None,
    });
    let (Some(DataLayout::Chunked { chunk_indexing: Some(indexing), .. }), Some(most)) =
        (layout, dataset.max_dims())
    else {
        return Ok(());
    };
    if !matches!(indexing, ChunkIndexing::Implicit | ChunkIndexing::FixedArray { .. }) {
        return Ok(());
    }
    let chunks = dataset.chunks().unwrap_or_default();
    let counts = |shape: &[u64]| -> Vec<u64> {
        let axes = shape.iter().zip(&chunks).skip(1);
        axes.map(|(&axis, &chunk)| axis.div_ceil(u64::from(chunk.max(1)))).collect()
    };
    if counts(dataset.shape()) == counts(most) {
        return Ok(());
    }
    let what = "a dataset in chunks that may grow along an axis behind the first (a fixed array of chunks)";
    Err(ReadFault::Unsupported(what.to_owned()))
}

/// The reader takes a fill value that HDF5 does not write, and one that netCDF keeps in an attribute. That matters where
/// values were never written.
fn check_fill(dataset: &Dataset, header: &ObjectHeader) -> Result<(), ReadFault> {
    let stored = header.messages.iter().find_map(|message| match message {
        HdfMessage::FillValue(fill) => Some(fill),
        _ => None,
    });
    let is_zero =
        |value: Option<&Vec<u8>>| value.is_none_or(|value| value.iter().all(|&byte| byte == 0));
    // The number 1 stands for never; the reader calls it `Always`.
    let is_never = stored.is_some_and(|fill| fill.fill_time == FillTime::Always);
    let of_file = stored.and_then(|fill| fill.value.as_ref()).filter(|_| !is_never);
    let of_reader = dataset.fill_value().and_then(|fill| fill.value.as_ref());
    if of_file == of_reader
        || (is_zero(of_file) && is_zero(of_reader))
        || is_whole(dataset, header)?
    {
        return Ok(());
    }
    let what = "a dataset with values that were never written, and a fill value that does not stand for them";
    Err(ReadFault::Unsupported(what.to_owned()))
}

/// Whether all values of a dataset were written.
fn is_whole(dataset: &Dataset, header: &ObjectHeader) -> Result<bool, ReadFault> {
    let Some(chunks) = dataset.chunks() else { return Ok(piece(header).is_some()) };
    let axes = dataset.shape().iter().zip(&chunks);
    let mut expected = axes.map(|(&axis, &chunk)| axis.div_ceil(u64::from(chunk.max(1))));
    let expected = expected.try_fold(1_u64, u64::checked_mul);
    let mut found = 0_u64;
    for chunk in dataset.iter_chunks()? {
        chunk?;
        found += 1;
    }
    Ok(Some(found) == expected)
}

fn check_filters(pipeline: &FilterPipelineMessage) -> Result<(), ReadFault> {
    let deflate = |id| id == deflate::FILTER;
    let wrong = |data: &[u32]| !matches!(data, [level] if *level <= 9);
    if pipeline.filters.iter().any(|filter| deflate(filter.id) && wrong(&filter.client_data)) {
        let what = "a level of compression that deflate does not have";
        return Err(ReadFault::Damaged(what.to_owned()));
    }
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

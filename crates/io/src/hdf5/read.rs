//! Reads a whole HDF5 file into a tree of values.
//!
//! Every dataset is held against the limits and the size of the file before memory is taken for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytemuck::Pod;
use half::f16;
use hdf5_reader::error::Error as ReaderError;
use hdf5_reader::group::Group;
use hdf5_reader::messages::HdfMessage;
use hdf5_reader::messages::dataspace::DataspaceType;
use hdf5_reader::messages::layout::DataLayout;
use hdf5_reader::object_header::ObjectHeader;
use hdf5_reader::{Attribute, Dataset, ExternalLinkResolver, Hdf5File, OpenOptions, Storage};
use nirkit_ir::value::{Fields, Text, Value};
use nirkit_numerics::tensor::Element as Number;
use nirkit_numerics::{ByteOrder, DType, Tensor};

use super::budget::Budget;
use super::element::{self, Element};
use super::filter::{self, ChunkLimit};
use super::source::Source;
use super::{Tree, huge_pages};
use crate::error::{ReadError, ReadFault};
use crate::limits::Limits;

/// Contiguous tensors from this size on are read from the file straight to where they stay.
const DIRECT: u64 = 1 << 20;

/// What is to be read besides groups and datasets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum With {
    /// Nothing.
    Values,
    /// The attributes of groups.
    Attributes,
}

/// Reads a whole file.
pub(crate) fn read(source: Source, limits: &Limits, with: With) -> Result<Tree, ReadError> {
    let mut walker = Walker::open(source, limits, with).map_err(|fault| fault.at(""))?;
    // The decoder is not ours and works on what strangers made. It reports damage as errors; should
    // it panic nonetheless, that is one file that cannot be read and not the end of the program.
    let outcome = catch_unwind(AssertUnwindSafe(|| walker.root()));
    let attributes = std::mem::take(&mut walker.attributes);
    let place = std::mem::take(&mut walker.place);
    walker.dispose();
    match outcome {
        Ok(Ok(root)) => Ok(Tree { root, attributes }),
        Ok(Err(fault)) => Err(fault.at(place)),
        Err(_) => Err(ReadFault::Damaged("the HDF5 decoder gave up on it".to_owned()).at(place)),
    }
}

/// A walk through the groups of a file.
struct Walker {
    file: Hdf5File,
    source: Arc<Source>,
    chunk_limit: ChunkLimit,
    budget: Budget,
    with: With,
    attributes: super::Attributes,
    /// Path of the object that is being read; after an error, of the one that caused it.
    place: String,
    /// Addresses of the groups from the root to the one that is being read.
    ancestors: Vec<u64>,
}

impl Walker {
    fn open(source: Source, limits: &Limits, with: With) -> Result<Self, ReadFault> {
        let source = Arc::new(source);
        let budget = Budget::new(limits, Storage::len(&*source))?;
        let largest = usize::try_from(budget.largest()).unwrap_or(usize::MAX);
        let chunk_limit = ChunkLimit::default();
        let mut options = OpenOptions::default()
            .with_chunk_cache_bytes(0)
            .with_filter_registry(filter::registry(&chunk_limit))
            .with_external_link_resolver(Arc::new(NoExternalLinks))
            .with_max_chunk_bytes(largest)
            .with_max_read_bytes(largest);
        options.chunk_cache_slots = 1;
        let file = Hdf5File::from_storage_with_options(source.clone(), options)?;
        Ok(Self {
            file,
            source,
            chunk_limit,
            budget,
            with,
            attributes: super::Attributes::new(),
            place: String::new(),
            ancestors: Vec::new(),
        })
    }

    fn root(&mut self) -> Result<Fields, ReadFault> {
        let root = self.file.root_group()?;
        self.group(&root)
    }

    /// Gives back the memory of the decoder, which remembers every header that it has seen.
    ///
    /// For thousands of nodes this takes a third of the time of reading, so another thread does it.
    /// A file that is still open is closed at once, as the next step may be to replace it.
    fn dispose(self) {
        if matches!(*self.source, Source::Memory(_)) {
            // Without threads the closure comes back as an error, and is dropped here.
            let _ = std::thread::Builder::new().spawn(move || drop(self));
        }
    }

    /// Reads a group and everything below it.
    fn group(&mut self, group: &Group) -> Result<Fields, ReadFault> {
        if self.ancestors.contains(&group.address()) {
            return Err(ReadFault::Damaged("the group contains itself".to_owned()));
        }
        self.ancestors.push(group.address());
        if self.with == With::Attributes {
            self.read_attributes(group)?;
        }
        let mut fields = Fields::new();
        for (name, member) in members(group)? {
            let value = self.member(&name, &member)?;
            if fields.insert(name, value).is_some() {
                return Err(ReadFault::Damaged("two members have the same name".to_owned()));
            }
        }
        self.ancestors.pop();
        Ok(fields)
    }

    /// Reads one member of a group. On an error, [`Self::place`] stays at it.
    fn member(&mut self, name: &str, member: &Member) -> Result<Value, ReadFault> {
        let outer = self.place.len();
        self.place.push('/');
        self.place.push_str(name);
        if name.is_empty() || name == "." || name.contains('/') {
            return Err(ReadFault::Damaged(format!("{name:?} is no name in HDF5")));
        }
        self.budget.object(self.ancestors.len() as u64)?;
        let value = match member {
            Member::Group(group) => Value::Group(self.group(group)?),
            Member::Dataset(dataset) => self.dataset(dataset)?,
        };
        self.place.truncate(outer);
        Ok(value)
    }

    /// Reads the attributes of a group. One whose type is not read is left out, as it cannot be
    /// one of those that NIRData defines.
    fn read_attributes(&mut self, group: &Group) -> Result<(), ReadFault> {
        let attributes = group.attributes()?;
        let values = attributes.into_iter().filter_map(|attribute| {
            let value = attribute_value(&attribute)?;
            Some((attribute.name, value))
        });
        self.attributes.insert(self.place.clone(), values.collect());
        Ok(())
    }

    fn dataset(&mut self, dataset: &Dataset) -> Result<Value, ReadFault> {
        let header = self.file.get_or_parse_header(dataset.address())?;
        check_header(&header)?;
        let element = Element::of(dataset.dtype()).map_err(ReadFault::Unsupported)?;
        let shape = shape(dataset)?;
        let bytes = self.check_size(dataset, &header)?;
        match element {
            Element::Number(dtype, order) => {
                let place = contiguous(&header).filter(|_| bytes >= DIRECT);
                let reader =
                    Reader { dataset, source: &self.source, address: place, shape: &shape };
                self.numbers(&reader, dtype, order).map(Value::Tensor)
            }
            Element::Strings(_) => {
                self.text(&shape, element, |walker| walker.heap_strings(dataset))
            }
            Element::Bytes(len, _, terminated) => {
                self.text(&shape, element, |_| byte_strings(dataset, len, terminated))
            }
        }
    }

    /// Holds the declared size of a dataset against limits and file. Bytes of the dataset.
    fn check_size(&mut self, dataset: &Dataset, header: &ObjectHeader) -> Result<u64, ReadFault> {
        let bytes = dataset
            .shape()
            .iter()
            .try_fold(dataset.raw_element_size()? as u64, |bytes, &axis| bytes.checked_mul(axis))
            .unwrap_or(u64::MAX);
        self.budget.dataset(bytes)?;
        self.chunk_limit.set(dataset);
        if let Some((address, size)) = stored(header) {
            let end = address.checked_add(size);
            if end.is_none_or(|end| end > self.file.storage().len()) || size < bytes {
                let len = self.file.storage().len();
                return Err(ReadFault::Damaged(format!(
                    "{bytes} bytes are declared, {size} are stored at {address}, and the file has {len}"
                )));
            }
        }
        Ok(bytes)
    }

    fn numbers(
        &self,
        reader: &Reader<'_>,
        dtype: DType,
        order: ByteOrder,
    ) -> Result<Tensor, ReadFault> {
        let base = Storage::len(&*self.source) - self.file.storage().len();
        match dtype {
            DType::Bool => reader.truth_values(base),
            DType::I8 => reader.numbers::<i8>(base, order),
            DType::I16 => reader.numbers::<i16>(base, order),
            DType::I32 => reader.numbers::<i32>(base, order),
            DType::I64 => reader.numbers::<i64>(base, order),
            DType::U8 => reader.numbers::<u8>(base, order),
            DType::U16 => reader.numbers::<u16>(base, order),
            DType::U32 => reader.numbers::<u32>(base, order),
            DType::U64 => reader.numbers::<u64>(base, order),
            DType::F16 => {
                if !element::is_half(&reader.dataset.raw_datatype()?) {
                    let what = "a floating-point type of 2 bytes that is not IEEE half precision";
                    return Err(ReadFault::Unsupported(what.to_owned()));
                }
                reader.numbers::<f16>(base, order)
            }
            DType::F32 => reader.numbers::<f32>(base, order),
            DType::F64 => reader.numbers::<f64>(base, order),
            DType::C64 => reader.numbers::<[f32; 2]>(base, order),
            DType::C128 => reader.numbers::<[f64; 2]>(base, order),
        }
    }

    fn text(
        &mut self,
        shape: &[usize],
        element: Element,
        read: impl FnOnce(&mut Self) -> Result<Vec<String>, ReadFault>,
    ) -> Result<Value, ReadFault> {
        let strings = read(self)?;
        let storage = element.text_storage().unwrap_or_default();
        Text::new(shape, strings, storage)
            .map(Value::Text)
            .ok_or_else(|| ReadFault::Damaged("not as many strings as the shape has".to_owned()))
    }

    /// Strings of variable length. Many references can name one long string, so each is counted.
    fn heap_strings(&mut self, dataset: &Dataset) -> Result<Vec<String>, ReadFault> {
        let references = dataset.read_raw_bytes()?;
        let mut strings = Vec::new();
        for reference in references.chunks_exact(dataset.vlen_reference_size().max(1)) {
            let bytes = dataset.resolve_vlen_reference_bytes(reference, 1)?;
            self.budget.dataset(bytes.len() as u64)?;
            strings.push(string(until_zero(&bytes), strings.len())?);
        }
        Ok(strings)
    }
}

/// Where the numbers of one dataset come from.
struct Reader<'a> {
    dataset: &'a Dataset,
    source: &'a Source,
    /// Where they lie in one piece, if that is worth knowing.
    address: Option<u64>,
    shape: &'a [usize],
}

impl Reader<'_> {
    /// Numbers of one type. `base` is where HDF5 starts in the file.
    fn numbers<T: Number + Pod>(&self, base: u64, order: ByteOrder) -> Result<Tensor, ReadFault> {
        let mut values = self.raw::<T>(base)?;
        if order != NATIVE {
            for word in bytemuck::cast_slice_mut(&mut values).chunks_exact_mut(T::DTYPE.word()) {
                <[u8]>::reverse(word);
            }
        }
        tensor(self.shape, values).map(|tensor| tensor.with_byte_order(order))
    }

    fn truth_values(&self, base: u64) -> Result<Tensor, ReadFault> {
        let bytes = self.raw::<u8>(base)?;
        tensor(self.shape, bytes.into_iter().map(|byte| byte != 0).collect())
    }

    /// The elements as they lie in the file, in the file's byte order.
    fn raw<T: Pod>(&self, base: u64) -> Result<Vec<T>, ReadFault> {
        let len = self.shape.iter().product();
        let mut values = huge_pages::zeroed::<T>(len)
            .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::OutOfMemory))?;
        let bytes = bytemuck::cast_slice_mut(&mut values);
        let direct =
            self.address.and_then(|address| self.source.read_directly(base + address, bytes));
        match direct {
            Some(outcome) => outcome?,
            None => self.dataset.read_raw_bytes_into(bytes)?,
        }
        Ok(values)
    }
}

const NATIVE: ByteOrder =
    if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };

fn tensor<T: Number>(shape: &[usize], values: Vec<T>) -> Result<Tensor, ReadFault> {
    Tensor::new(shape, values).map_err(|error| ReadFault::Damaged(error.to_string()))
}

/// A member of a group.
enum Member {
    Group(Group),
    Dataset(Box<Dataset>),
}

/// The members of a group, sorted by name as h5py sorts them.
fn members(group: &Group) -> Result<Vec<(String, Member)>, ReadFault> {
    let (groups, datasets) = group.members()?;
    let groups = groups.into_iter().map(|group| (group.name().to_owned(), Member::Group(group)));
    let datasets = datasets
        .into_iter()
        .map(|dataset| (dataset.name().to_owned(), Member::Dataset(Box::new(dataset))));
    let mut members: Vec<_> = groups.chain(datasets).collect();
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(members)
}

/// Refuses what is known not to be read, with its name, before anything is read.
fn check_header(header: &ObjectHeader) -> Result<(), ReadFault> {
    for message in &header.messages {
        match message {
            HdfMessage::ExternalFiles(_) => {
                return Err(ReadFault::Unsupported(
                    "a dataset with values in another file".to_owned(),
                ));
            }
            HdfMessage::Dataspace(space) if space.dataspace_type == DataspaceType::Null => {
                return Err(ReadFault::Unsupported(
                    "a dataset without a value (null dataspace)".to_owned(),
                ));
            }
            HdfMessage::FilterPipeline(pipeline) => {
                for filter in &pipeline.filters {
                    if !filter::is_known(filter.id) {
                        let name = filter.name.as_deref().unwrap_or("without a name");
                        return Err(ReadFault::Unsupported(format!(
                            "the filter {} ({name})",
                            filter.id
                        )));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Address and size of the values, if they lie in one piece and have been written.
fn stored(header: &ObjectHeader) -> Option<(u64, u64)> {
    header.messages.iter().find_map(|message| match message {
        HdfMessage::DataLayout(layout) => match layout.layout {
            // An address of all ones means that nothing was written; the fill value stands for it.
            DataLayout::Contiguous { address, size } if size > 0 && !undefined(address) => {
                Some((address, size))
            }
            _ => None,
        },
        _ => None,
    })
}

fn contiguous(header: &ObjectHeader) -> Option<u64> {
    stored(header).map(|(address, _)| address)
}

/// Whether an address is the one that HDF5 uses for "nowhere", in files with 4 or 8 bytes a number.
fn undefined(address: u64) -> bool {
    address == u64::MAX || address == u64::from(u32::MAX)
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

/// Strings of `len` bytes each, filled up with zero bytes or ended by one.
fn byte_strings(dataset: &Dataset, len: usize, terminated: bool) -> Result<Vec<String>, ReadFault> {
    let bytes = dataset.read_raw_bytes()?;
    let strings = bytes.chunks_exact(len.max(1)).enumerate();
    strings
        .map(|(index, bytes)| {
            string(if terminated { until_zero(bytes) } else { without_padding(bytes) }, index)
        })
        .collect()
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

fn without_padding(bytes: &[u8]) -> &[u8] {
    let len = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    bytes.get(..len).unwrap_or(bytes)
}

fn string(bytes: &[u8], index: usize) -> Result<String, ReadFault> {
    std::str::from_utf8(bytes)
        .map(str::to_owned)
        .map_err(|_| ReadFault::Unsupported(format!("string {index}, which is not UTF-8,")))
}

/// The value of an attribute, if its type is one that we read.
fn attribute_value(attribute: &Attribute) -> Option<Value> {
    let shape: Vec<usize> =
        attribute.shape.iter().map(|&axis| usize::try_from(axis).ok()).collect::<Option<_>>()?;
    match Element::of(&attribute.datatype).ok()? {
        Element::Number(dtype, order) => {
            Tensor::from_bytes(dtype, order, &shape, &attribute.raw_data).ok().map(Value::Tensor)
        }
        element => {
            let strings = attribute.read_strings().ok()?;
            Text::new(&shape, strings, element.text_storage()?).map(Value::Text)
        }
    }
}

/// Links into other files are refused: a file must not make us open another one.
struct NoExternalLinks;

impl ExternalLinkResolver for NoExternalLinks {
    fn resolve_external_link(
        &self,
        filename: &str,
    ) -> hdf5_reader::error::Result<Option<Hdf5File>> {
        Err(ReaderError::UnsupportedEncoding(format!("a link into the file {filename:?}")))
    }
}

impl From<ReaderError> for ReadFault {
    fn from(error: ReaderError) -> Self {
        let message = error.to_string();
        match innermost(error) {
            ReaderError::Io(error) => Self::Io(error),
            ReaderError::InvalidMagic => Self::OtherFormat { expected: "an HDF5 file" },
            ReaderError::UnsupportedEncoding(what) | ReaderError::UnsupportedFilter(what) => {
                Self::Unsupported(what)
            }
            ReaderError::UnsupportedLayoutClass(class) => {
                Self::Unsupported(format!("storage layout {class} of HDF5"))
            }
            ReaderError::UnsupportedDatatypeClass(class) => {
                Self::Unsupported(format!("element type class {class} of HDF5"))
            }
            ReaderError::UnsupportedLinkType(kind) => {
                Self::Unsupported(format!("link type {kind} of HDF5"))
            }
            _ => Self::Damaged(message),
        }
    }
}

/// The cause of an error, without the path that the reader puts before it.
fn innermost(mut error: ReaderError) -> ReaderError {
    while let ReaderError::Context { source, .. } = error {
        error = *source;
    }
    error
}

//! Reads a whole HDF5 file into a tree of values.
//!
//! Every dataset is held against the limits before memory is taken for it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hdf5_reader::error::Error as ReaderError;
use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, ExternalLinkResolver, Hdf5File, OpenOptions, Storage};
use nirkit_ir::value::{Fields, Value};

use super::budget::Budget;
use super::dataset::{Numbers, StoredDataset};
use super::filter::{self, ChunkLimit};
use super::source::Source;
use super::{Attributes, Tree, attribute, attributes_of, direct, links};
use crate::error::{ReadError, ReadFault};
use crate::limits::Limits;

/// What is to be read besides groups and datasets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum With {
    /// Nothing.
    Values,
    /// The attributes of groups.
    Attributes,
}

/// Reads a whole file.
pub(crate) fn read(mut source: Source, limits: &Limits, with: With) -> Result<Tree, ReadError> {
    if let Some(end) = direct::end(&source).map_err(|fault| fault.at(""))? {
        source.shorten(end);
    }
    if with == With::Values {
        // It uses a few parts of the decoder, hence the same care as below.
        let read = || catch_unwind(AssertUnwindSafe(|| direct::read(&source, limits)));
        let tree = source.ahead(read);
        if let Ok(Some(tree)) = tree {
            return Ok(tree);
        }
    }
    let foreign = source.foreign();
    read_anything(source, limits, with).map_err(|error| named(error, foreign))
}

/// The error of a file that is not of HDF5, with what it is instead.
fn named(error: ReadError, foreign: ReadFault) -> ReadError {
    match error.fault {
        ReadFault::OtherFormat { .. } => ReadError { fault: foreign, ..error },
        _ => error,
    }
}

/// Reads a whole file of any kind, or says what is wrong with it.
pub(super) fn read_anything(
    source: Source,
    limits: &Limits,
    with: With,
) -> Result<Tree, ReadError> {
    let mut walker = Walker::new(source, limits, with).map_err(|fault| fault.at(""))?;
    // The decoder is not ours and works on what strangers made. It reports damage as errors; should
    // it panic nonetheless, that is one file that cannot be read and not the end of the program.
    let outcome = catch_unwind(AssertUnwindSafe(|| walker.root()));
    let attributes = std::mem::take(&mut walker.attributes);
    let left_out = std::mem::take(&mut walker.left_out);
    let place = std::mem::take(&mut walker.place);
    let (offsets, lengths) = {
        let superblock = walker.file.superblock();
        (superblock.offset_size, superblock.length_size)
    };
    walker.dispose();
    match outcome {
        Ok(Ok(root)) => Ok(Tree { root, attributes, left_out }),
        // The decoder takes some numbers of such a file for numbers of 8 bytes.
        Ok(Err(ReadFault::Damaged(what))) if (offsets, lengths) != (8, 8) => {
            let what = format!(
                "a file with addresses of {offsets} and lengths of {lengths} bytes ({what})"
            );
            Err(ReadFault::Unsupported(what).at(place))
        }
        Ok(Err(fault)) => Err(fault.at(place)),
        Err(_) => Err(ReadFault::Damaged("the HDF5 decoder gave up on it".to_owned()).at(place)),
    }
}

/// A walk through the groups of a file.
pub(super) struct Walker {
    pub(super) file: Hdf5File,
    pub(super) source: Arc<Source>,
    chunk_limit: ChunkLimit,
    budget: Budget,
    with: With,
    attributes: Attributes,
    /// Path of the object that is being read; after an error, of the one that caused it.
    place: String,
    /// Names from the root to the group that is being read, without soft links.
    path: Vec<String>,
    /// Addresses of the groups from the root to the one that is being read.
    ancestors: Vec<u64>,
    /// The groups whose links have been looked at, by their addresses, as many names may lead to one group.
    checked: BTreeMap<u64, links::Others>,
    /// What is not read, in words.
    left_out: Vec<String>,
}

impl Walker {
    pub(super) fn new(source: Source, limits: &Limits, with: With) -> Result<Self, ReadFault> {
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
            attributes: Attributes::new(),
            place: String::new(),
            path: Vec::new(),
            ancestors: Vec::new(),
            checked: BTreeMap::new(),
            left_out: Vec::new(),
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
            return Err(ReadFault::Circle);
        }
        if !self.checked.contains_key(&group.address()) {
            self.check_names(group)?;
            let others = links::check(&self.file, &self.source, group.address())?;
            self.checked.insert(group.address(), others);
        }
        self.ancestors.push(group.address());
        match self.with {
            With::Attributes => self.read_attributes(group)?,
            With::Values => self.tell_attributes(group.address())?,
        }
        let mut fields = Fields::default();
        let mut members = members(group)?;
        let others = &self.checked[&group.address()];
        let soft = if others.soft.is_empty() {
            BTreeMap::new()
        } else {
            links::soft(&self.file, group.address(), &self.path)?
        };
        for name in &others.types {
            self.left_out.push(format!("the named datatype `{}/{name}`", self.place));
        }
        for name in others.soft.iter().filter(|name| !soft.contains_key(*name)) {
            let place = &self.place;
            self.left_out.push(format!("the soft link `{place}/{name}`, which leads nowhere"));
        }
        for (name, path) in &soft {
            if members.iter().all(|(known, _)| known != name) {
                members.push((name.clone(), self.open(path)?));
            }
        }
        if !soft.is_empty() {
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
        for (name, member) in members {
            let path = match soft.get(&name) {
                Some(path) => path.clone(),
                None => self.path.iter().cloned().chain([name.clone()]).collect(),
            };
            let outer = std::mem::replace(&mut self.path, path);
            let value = self.member(&name, &member)?;
            self.path = outer;
            if fields.insert(name, value).is_some() {
                return Err(ReadFault::Damaged("two members have the same name".to_owned()));
            }
        }
        self.ancestors.pop();
        Ok(fields)
    }

    /// Opens the object of a path without soft links.
    fn open(&self, path: &[String]) -> Result<Member, ReadFault> {
        let path = format!("/{}", path.join("/"));
        match self.file.group(&path) {
            Ok(group) => Ok(Member::Group(group)),
            Err(_) => Ok(Member::Dataset(Box::new(self.file.dataset(&path)?))),
        }
    }

    /// Names are read all at once; those that overlap would take memory without bound.
    pub(super) fn check_names(&self, group: &Group) -> Result<(), ReadFault> {
        let user_block = Storage::len(&*self.source).saturating_sub(self.file.storage().len());
        if direct::has_overlapping_names(&self.source, user_block, group.address()) {
            return Err(ReadFault::Damaged("the names of the group overlap".to_owned()));
        }
        Ok(())
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
            Member::Dataset(dataset) => {
                if self.with == With::Values {
                    self.tell_attributes(dataset.address())?;
                }
                self.dataset(dataset)?
            }
        };
        self.place.truncate(outer);
        Ok(value)
    }

    /// Tells that an object has attributes.
    fn tell_attributes(&mut self, address: u64) -> Result<(), ReadFault> {
        if links::has_attributes(&self.file, address)? {
            self.left_out.push(attributes_of(&self.place));
        }
        Ok(())
    }

    /// Reads the attributes of a group. One whose type is not read is left out, as it cannot be
    /// one of those that NIRData defines.
    fn read_attributes(&mut self, group: &Group) -> Result<(), ReadFault> {
        let (attributes, declared) = (group.attributes()?, group.raw_attributes()?);
        let values = attributes.into_iter().filter_map(|attribute| {
            let declared = declared.iter().find(|declared| declared.name() == attribute.name)?;
            let value = attribute::value(&attribute, declared.raw_datatype())?;
            Some((attribute.name, value))
        });
        self.attributes.insert(self.place.clone(), values.collect());
        Ok(())
    }

    /// Reads a dataset of numbers or strings.
    pub(super) fn dataset(&mut self, dataset: &Dataset) -> Result<Value, ReadFault> {
        let header = self.file.get_or_parse_header(dataset.address())?;
        let place = StoredDataset::new(dataset, &header)?;
        self.budget.dataset(place.memory())?;
        self.chunk_limit.set(dataset);
        place.read(&self.source, self.bytes(), &mut self.budget)
    }

    /// Reads the references of a dataset of lists, and says what numbers these hold.
    pub(super) fn references(
        &mut self,
        dataset: &Dataset,
    ) -> Result<(Vec<u8>, Numbers), ReadFault> {
        let header = self.file.get_or_parse_header(dataset.address())?;
        let place = StoredDataset::new(dataset, &header)?;
        self.budget.dataset(place.memory())?;
        self.chunk_limit.set(dataset);
        place.references(self.bytes())
    }

    /// Returns the number of bytes of the file behind its user block.
    pub(super) fn bytes(&self) -> u64 {
        self.file.storage().len()
    }
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

/// The storage layout of virtual datasets.
const VIRTUAL: u8 = 3;

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
            ReaderError::UnsupportedLayoutClass(VIRTUAL) => Self::Unsupported(
                "a virtual dataset, whose numbers lie in other datasets,".to_owned(),
            ),
            ReaderError::UnsupportedLayoutClass(class) => {
                Self::Unsupported(format!("storage layout {class} of HDF5"))
            }
            ReaderError::UnsupportedDatatypeClass(class) => {
                Self::Unsupported(format!("element type class {class} of HDF5"))
            }
            ReaderError::UnsupportedLinkType(kind) => {
                Self::Unsupported(format!("link type {kind} of HDF5"))
            }
            ReaderError::UnsupportedOffsetSize(bytes)
            | ReaderError::UnsupportedLengthSize(bytes) => {
                Self::Unsupported(format!("a file with addresses or lengths of {bytes} bytes"))
            }
            _ if message.contains("invalid UTF-8") => {
                Self::Unsupported("a name that is not UTF-8".to_owned())
            }
            _ if message.contains("SOHM") => {
                Self::Unsupported(format!("the table of messages that objects share ({message})"))
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

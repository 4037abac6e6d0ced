//! Graphs from and to files: `.nir` (HDF5) and `.nirt` (text).

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use nirkit_io::content::Content;
use nirkit_io::ending::{self, ends_in};
use nirkit_io::nir::WriteOptions;
use nirkit_io::text::read_text;
use nirkit_io::{Limits, ReadError, ReadFault, nir, store};
use nirkit_ir::Document;
use nirkit_ir::text::{self, ParseError, ParseLimits, Parsed, PrintOptions, Printed, Spans};
use nirkit_numerics::Tensor;

use crate::error::{Error, ErrorKind};
use crate::suggest;

/// Tensors with more elements than this go to a file beside the text.
const INLINE: usize = 64;

/// A graph, with the text that it was read from if it was text.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The graph.
    pub document: Document,
    /// The text, and where each part of the graph stands in it.
    pub source: Option<(String, Spans)>,
}

/// Reads a graph from a file: HDF5 or text, whichever it is.
///
/// ```no_run
/// let graph = nirkit::read("net.nir")?;
/// # Ok::<(), nirkit::Error>(())
/// ```
pub fn read(path: impl AsRef<Path>) -> Result<Document, Error> {
    read_within(path, &Limits::default())
}

/// The same, within these limits.
pub fn read_within(path: impl AsRef<Path>, limits: &Limits) -> Result<Document, Error> {
    Ok(load(path.as_ref(), limits)?.document)
}

/// Reads a graph from a file, and keeps the text if it is one.
pub fn load(path: &Path, limits: &Limits) -> Result<Loaded, Error> {
    let loaded = if is_text(path) {
        load_text(path, limits)
    } else {
        nir::read(path, limits)
            .map(|document| Loaded { document, source: None })
            .map_err(Error::from)
    };
    loaded.map_err(|error| suggest::with_file(error, path, suggest::GRAPHS))
}

/// Reads a graph from the bytes of a file without a name, such as the standard input: HDF5 or text, by how they begin.
/// Messages call it `name`.
pub fn load_bytes(bytes: Vec<u8>, name: &Path, limits: &Limits) -> Result<Loaded, Error> {
    if !matches!(Content::of(&bytes), Ok(Content::Text)) {
        let document = nir::read_bytes(bytes, limits);
        let document = document.map_err(|error| Error::from(error).in_file(name))?;
        return Ok(Loaded { document, source: None });
    }
    let no_text = |_| Error::new("this is no text in UTF-8").of_kind(ErrorKind::Read).in_file(name);
    let source = String::from_utf8(bytes).map_err(no_text)?;
    let Parsed { document, spans } = parse(name, &source, &IndexMap::new(), limits)?;
    Ok(Loaded { document, source: Some((source, spans)) })
}

/// Writes a graph to a file: text if its name ends in `.nirt`, else HDF5.
///
/// Text refers to large tensors by the hash of their content; they go to a file of the same name
/// with `.tensors` behind it, beside what a link leads to. What was there before is replaced at once, or not
/// at all.
pub fn write(path: impl AsRef<Path>, document: &Document) -> Result<(), Error> {
    write_with(path, document, &WriteOptions::default())
}

/// The same, with these options for HDF5.
pub fn write_with(
    path: impl AsRef<Path>,
    document: &Document,
    options: &WriteOptions,
) -> Result<(), Error> {
    let path = path.as_ref();
    if is_text(path) {
        write_text(path, document)
    } else {
        Ok(nir::write(path, document, options)?)
    }
}

/// Whether the name of a file says that it holds text.
#[must_use]
pub fn is_text(path: &Path) -> bool {
    ends_in(path, ending::GRAPH_TEXT)
}

/// The file beside a text that holds its large tensors.
#[must_use]
pub fn tensor_file(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".tensors");
    PathBuf::from(name)
}

fn load_text(path: &Path, limits: &Limits) -> Result<Loaded, Error> {
    let mut source = read_text(path, limits)?;
    // What comes out of a pipe does not come again.
    let again = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    // Another program may replace the text and then its tensors in between.
    for _ in 0..ATTEMPTS {
        let found = parse_text(path, &source, limits);
        let now = match &found {
            Err(_) if again => read_text(path, limits).ok().filter(|now| *now != source),
            Ok(_) | Err(_) => None,
        };
        match (found, now) {
            (Err(_), Some(now)) => source = now,
            (Ok(Parsed { document, spans }), _) => {
                return Ok(Loaded { document, source: Some((source, spans)) });
            }
            (Err(error), None) => return Err(error),
        }
    }
    Err(Error::new("it is replaced again and again while it is being read").in_file(path))
}

/// Times that a text is read which another program is replacing.
const ATTEMPTS: usize = 100;

fn parse_text(path: &Path, source: &str, limits: &Limits) -> Result<Parsed, Error> {
    let mut tensors = tensors(path, limits)?;
    if let Ok(place) = fs::canonicalize(path)
        && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
    {
        tensors.extend(self::tensors(&place, limits)?);
    }
    parse(path, source, &tensors, limits)
}

fn parse(
    path: &Path,
    source: &str,
    tensors: &IndexMap<String, Tensor>,
    limits: &Limits,
) -> Result<Parsed, Error> {
    let limits = parse_limits(source.len() as u64, limits);
    text::parse_with(source, tensors, &limits).map_err(|errors| {
        Error::several(errors.iter().map(|error| parse_error(path, source, error)))
    })
}

/// The large tensors beside a text; none if there is no such file.
fn tensors(path: &Path, limits: &Limits) -> Result<IndexMap<String, Tensor>, Error> {
    match store::read_store(tensor_file(path), limits) {
        Err(ReadError { fault: ReadFault::Io(error), .. })
            if error.kind() == std::io::ErrorKind::NotFound =>
        {
            Ok(IndexMap::default())
        }
        read => Ok(read?),
    }
}

/// What a text of so many bytes may ask for: as much as a compressed file of that size, since one
/// number can stand for many.
fn parse_limits(bytes: u64, limits: &Limits) -> ParseLimits {
    let plausible = bytes.saturating_mul(limits.expansion).max(Limits::SMALL / 4);
    let most = plausible.min(limits.dataset_bytes).min(limits.total_bytes);
    ParseLimits {
        repeated_bytes: usize::try_from(most).unwrap_or(usize::MAX),
        ..ParseLimits::default()
    }
}

/// An error of the parser, with the line and column where it is.
fn parse_error(path: &Path, source: &str, error: &ParseError) -> Error {
    let (line, column) = position(source, error.span.start);
    let message = Error::new(format!("{}:{line}:{column}: {}", path.display(), error.message));
    match &error.help {
        Some(help) => message.help(help.as_str()),
        None => message,
    }
}

/// Line and column, counted from 1, of a byte of a text.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (line, column)
}

fn write_text(path: &Path, document: &Document) -> Result<(), Error> {
    // Whoever reads a pipe or a device does not look for a file beside it.
    if ending::is_special(path) {
        return Ok(nirkit_io::text::write_text(path, &to_text(document)?)?);
    }
    let printed = printed(document, INLINE).map_err(|error| error.in_file(path))?;
    let (text, tensors) = (&printed.text, &printed.tensors);
    let place =
        nirkit_io::place(path).map_err(|error| Error::new(error.to_string()).in_file(path))?;
    Ok(store::write_text_and_store(&place, text, tensor_file(&place), tensors)?)
}

/// Returns the text form of a graph with all its tensors, for where there is no place for a file beside it.
pub fn to_text(document: &Document) -> Result<String, Error> {
    printed(document, usize::MAX).map(|printed| printed.text)
}

fn printed(document: &Document, inline: usize) -> Result<Printed, Error> {
    let options = PrintOptions { inline, ..PrintOptions::default() };
    let printed = text::print(document, &options);
    let most = ParseLimits::default().nesting;
    if nesting(&printed.text) > most {
        let message = format!("blocks would nest deeper than {most}, which cannot be read back");
        return Err(Error::new(message).help("write a `.nir` file"));
    }
    Ok(printed)
}

/// How deep the blocks of a text nest.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

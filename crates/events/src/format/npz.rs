//! Archives of numpy arrays: one structured array, or an array for each of x, y, t and p.
//!
//! Source: the documentation of `numpy.savez`; the members are stored or deflated. Each is read from its own place, so that
//! columns are read side by side without being held.

use std::io::{self, BufReader, Read};

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::columns::{Columns, Maker, Number, Roles, likely_unit, role, unit};
use super::npy::{Table, structured};
use super::{Decode, Opened};
use crate::about::{LikelyUnit, TimeUnit};
use crate::error::ReadError;
use crate::finding::{Findings, Kind, Place};
use crate::input::{Input, Shared, Source};
use crate::reader::ReadOptions;
use crate::{About, Event};

/// Members that are looked at.
const MOST: usize = 64;
/// Events that are made at a time.
const STRIDE: usize = 1 << 12;

/// The bytes of a damaged member end where they are damaged.
struct Lenient<R>(R);

impl<R: Read> Read for Lenient<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Ok(0),
            read => read,
        }
    }
}

/// Where a member is.
struct Member {
    name: String,
    at: u64,
    bytes: u64,
    is_deflated: bool,
    /// How many bytes it has when it is decompressed.
    size: u64,
    /// Where its own header is.
    header: u64,
    /// Its name as the directory of the archive has it.
    listed: Vec<u8>,
    /// The checksum of its bytes, decompressed.
    checksum: u32,
}

/// Bytes of the header of a member before its name, and where they give the length of the name.
const HEADER: usize = 30;
const NAME_LENGTH: usize = 26;

impl Member {
    fn damaged(&self, what: &str, at: u64, length: u64) -> ReadError {
        let what = format!("the member {:?} of the archive {what}", self.name);
        ReadError::Damaged { what, at, length }
    }

    /// Holds the name in the member's own header against that of the directory.
    fn check_name(&self, source: &Shared, length: u64) -> Result<(), ReadError> {
        let mut header = vec![0; HEADER + self.listed.len()];
        let is_read = source.window(self.header, length).read_exact(&mut header).is_ok();
        let bytes = [header[NAME_LENGTH], header[NAME_LENGTH + 1]];
        let is_as_long = usize::from(u16::from_le_bytes(bytes)) == self.listed.len();
        if is_read && is_as_long && header[HEADER..] == self.listed {
            return Ok(());
        }
        Err(self.damaged("has another name in its own header", self.header, length))
    }

    /// Reads the member to its end, and holds its length and checksum against those of the directory.
    fn check_bytes(
        &self,
        source: &Shared,
        options: &ReadOptions,
        length: u64,
    ) -> Result<(), ReadError> {
        options.check_expansion(if self.is_deflated { self.size } else { 0 }, length)?;
        let window = BufReader::new(source.window(self.at, self.at + self.bytes));
        let stream: Box<dyn Read> =
            if self.is_deflated { Box::new(DeflateDecoder::new(window)) } else { Box::new(window) };
        let mut stream = CrcReader::new(stream.take(self.size.saturating_add(1)));
        let read = io::copy(&mut stream, &mut io::sink());
        if read.is_ok_and(|bytes| bytes == self.size) && stream.crc().sum() == self.checksum {
            return Ok(());
        }
        Err(self.damaged(
            "has not the length and the checksum that the archive gives",
            self.at,
            length,
        ))
    }
}

pub(crate) fn open(
    input: Input,
    mut about: About,
    options: &ReadOptions,
) -> Result<Opened, ReadError> {
    let length = input.length();
    let mut archive = ZipArchive::new(input.into_source()).map_err(|error| ReadError::Damaged {
        what: format!("the directory of the archive cannot be read ({error})"),
        at: length,
        length,
    })?;
    let members = members(&mut archive, length)?;
    let source = Shared::new(archive.into_inner());
    let begin = |member: &Member| {
        let window = source.window(member.at, member.at + member.bytes);
        let stream: Box<dyn Read + Send> = if member.is_deflated {
            Box::new(Lenient(DeflateDecoder::new(BufReader::new(window))))
        } else {
            Box::new(BufReader::new(window))
        };
        Table::begin(stream, length)
    };
    // The names say what the arrays are.
    members.iter().try_for_each(|member| member.check_name(&source, length))?;
    let (mut names, mut columns, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    for member in &members {
        let table = match begin(member) {
            Ok(table) => table,
            // Members of other kinds, such as settings, are no columns.
            Err(error) => {
                unread.push((member, error));
                continue;
            }
        };
        let decompressed = if member.is_deflated { table.stated_bytes() } else { 0 };
        if !table.names().is_empty() {
            options.check_expansion(decompressed, length)?;
            member.check_bytes(&source, options, length)?;
            about.choices.push(format!("of the archive, the array {:?} is read", member.name));
            return structured(about, options, || begin(member));
        }
        names.push(member.name.clone());
        columns.push((member, table, decompressed));
    }
    // What has the name of a column that nothing else is.
    let is_wanted = |member: &Member| {
        role(&member.name).is_some_and(|column| names.iter().all(|name| role(name) != Some(column)))
    };
    if let Some((member, error)) = unread.into_iter().find(|(member, _)| is_wanted(member)) {
        member.check_bytes(&source, options, length)?;
        return Err(error.about(&format!("the member {:?} of the archive", member.name)));
    }
    let roles = Roles::find(&names, &mut about)?;
    let mut order = [Some(roles.t), Some(roles.x), roles.y, roles.p];
    let decompressed = order.iter().flatten().map(|&column| columns[column].2);
    options.check_expansion(decompressed.fold(0, u64::saturating_add), length)?;
    for &column in order.iter().flatten() {
        columns[column].0.check_bytes(&source, options, length)?;
    }
    let (_, times, _) = &columns[roles.t];
    let rows = times.rows();
    let mut findings = Findings::default();
    let again = if times.is_real(0) {
        let begin = |at: Option<usize>| at.map(|at| begin(columns[at].0)).transpose();
        let [t, x, y, p] = order;
        Some([begin(t)?, begin(x)?, begin(y)?, begin(p)?])
    } else {
        None
    };
    let unit = unit(&mut about, options, &mut findings, || {
        let Some(columns) = again else { return Ok(LikelyUnit::default()) };
        let maker = Maker::of(TimeUnit::Microseconds);
        likely_unit(&mut Decoder { columns, maker, read: 0, rows })
    })?;
    let maker = Maker::of(unit);
    let mut columns: Vec<Option<Table>> =
        columns.into_iter().map(|(_, table, _)| Some(table)).collect();
    let columns = order.each_mut().map(|at| columns.get_mut((*at)?).and_then(Option::take));
    for other in columns.iter().flatten().filter(|column| column.rows() != rows) {
        let what = format!(
            "columns with {} and {rows} rows; the longer one is not read to its end",
            other.rows()
        );
        findings.add(Kind::Damaged, &what, Place::Event(0));
    }
    let decoder = Decoder { columns, maker, read: 0, rows };
    Ok(Opened { findings, ..Opened::new(about, decoder) })
}

/// The members, and where their bytes are.
fn members(
    archive: &mut ZipArchive<Box<dyn Source>>,
    length: u64,
) -> Result<Vec<Member>, ReadError> {
    let mut members = Vec::new();
    for index in 0..archive.len().min(MOST) {
        let damaged = |what: String| ReadError::Damaged { what, at: 0, length };
        let member = archive.by_index_raw(index).map_err(|error| {
            damaged(format!("a member of the archive cannot be read ({error})"))
        })?;
        let name = member.name().map_err(|error| {
            damaged(format!("the name of a member of the archive cannot be read ({error})"))
        })?;
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        let is_deflated = match member.compression() {
            CompressionMethod::Stored => false,
            method if method == CompressionMethod::DEFLATE => true,
            method => {
                let what = format!(
                    "the member {name:?} is compressed with {method}, which numpy does not write"
                );
                return Err(ReadError::unsupported(
                    what,
                    "save it with numpy.savez or numpy.savez_compressed",
                ));
            }
        };
        let at = member
            .data_start()
            .ok_or_else(|| damaged(format!("the place of the member {name:?} is not known")))?;
        let bytes = member.compressed_size().min(length.saturating_sub(at));
        let (header, listed) = (member.header_start(), member.name_raw().to_vec());
        let (size, checksum) = (member.size(), member.crc32());
        members.push(Member { name, at, bytes, is_deflated, size, header, listed, checksum });
    }
    Ok(members)
}

struct Decoder {
    columns: [Option<Table>; 4],
    maker: Maker,
    read: u64,
    rows: u64,
}

impl Decoder {
    /// The next number of a column; what stands for one that is not there.
    fn number(
        column: Option<&mut Table>,
        missing: i64,
        findings: &mut Findings,
    ) -> io::Result<Option<Number>> {
        column.map_or(Ok(Some(Number::Whole(missing))), |column| column.number(findings))
    }
}

impl Columns for Decoder {
    fn maker(&mut self) -> &mut Maker {
        &mut self.maker
    }
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let [t, x, y, p] = &mut self.columns;
        for _ in 0..STRIDE {
            let numbers = (
                Self::number(t.as_mut(), 0, findings)?,
                Self::number(x.as_mut(), 0, findings)?,
                Self::number(y.as_mut(), 0, findings)?,
                Self::number(p.as_mut(), 1, findings)?,
            );
            let (Some(t), Some(x), Some(y), Some(p)) = numbers else { return Ok(false) };
            out.extend(self.maker.event([t, x, y, p], Place::Event(self.read), findings));
            self.read += 1;
        }
        Ok(true)
    }

    fn progress(&self) -> (u64, u64) {
        (self.read, self.rows)
    }
}

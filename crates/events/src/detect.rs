//! Tells a format by what a file holds, never by its name.

use crate::Format;
use crate::error::ReadError;
use crate::format::percent::Header;
use crate::format::{aedat2, aedat4, event_stream, nmnist, npy};

/// The names of the formats, for messages.
fn names() -> String {
    Format::ALL.map(Format::name).join(", ")
}

fn unknown(what: impl Into<String>) -> ReadError {
    ReadError::Unknown { what: what.into(), help: format!("name the format: {}", names()) }
}

/// The first bytes of HDF5.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

/// Bytes that a format begins with, and its name. A file that ends within them is a part of such a file.
const MARKS: [(&[u8], &str); 5] = [
    (aedat4::MAGIC, "AEDAT"),
    (event_stream::MAGIC, "Event Stream"),
    (npy::MAGIC, "a numpy array"),
    (ZIP, "an archive of numpy arrays"),
    (HDF5, "HDF5"),
];

/// The first bytes of an archive.
const ZIP: &[u8] = b"PK\x03\x04";

/// The format of a file that begins so and has so many bytes, and what that was told by.
pub(crate) fn detect(head: &[u8], length: u64) -> Result<(Format, String), ReadError> {
    let first =
        |bytes: &[u8]| format!("it begins with {:?}", String::from_utf8_lossy(bytes.trim_ascii()));
    if head.is_empty() {
        return Err(unknown("the file is empty"));
    }
    if let Some((_, what)) =
        MARKS.iter().find(|(mark, _)| mark.len() > head.len() && mark.starts_with(head))
    {
        let found =
            format!("the file has {length} bytes, which are the beginning of the mark of {what}");
        return Err(ReadError::unsupported(
            found,
            "the file seems to be cut off: make or copy it again; `--from` names another format",
        ));
    }
    if head.starts_with(aedat4::MAGIC) {
        return Ok((Format::Aedat4, first(aedat4::MAGIC)));
    }
    if head.starts_with(event_stream::MAGIC) {
        return Ok((Format::Es, first(event_stream::MAGIC)));
    }
    if head.starts_with(npy::MAGIC) {
        return Ok((Format::Npy, "it begins as numpy's arrays do".to_owned()));
    }
    if head.starts_with(ZIP) {
        return Ok((Format::Npz, "it begins as archives do".to_owned()));
    }
    if head.starts_with(HDF5) {
        return Err(ReadError::unsupported(
            "HDF5 is not read as one recording",
            "files with a list of spikes for each sample (SHD, SSC) are read by `nir events`; NIRData is a stimulus of `nir run`",
        ));
    }
    if let Some(version) = head.strip_prefix(b"#!AER-DAT") {
        return aedat(version);
    }
    if head.starts_with(b"% ") {
        return prophesee(head);
    }
    if is_text(head) {
        return Ok((Format::Csv, "it is text".to_owned()));
    }
    if aedat2::is_header_line(head) {
        return Ok((
            Format::Aedat1,
            "it begins with lines of a header that state no version".to_owned(),
        ));
    }
    if is_nmnist(head, length) {
        let reason = "there is no mark of any format; it has a whole number of 5 bytes, whose times rise as those of N-MNIST";
        return Ok((Format::Nmnist, reason.to_owned()));
    }
    Err(unknown("no known format begins so"))
}

/// The version of AEDAT.
fn aedat(version: &[u8]) -> Result<(Format, String), ReadError> {
    let version = version.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let version = String::from_utf8_lossy(&version[..version.len().min(8)]).into_owned();
    let decided = format!("it begins with \"#!AER-DAT{version}\"");
    match version.as_str() {
        "1.0" => Ok((Format::Aedat1, decided)),
        "2.0" => Ok((Format::Aedat2, decided)),
        "3.1" => Ok((Format::Aedat3, decided)),
        _ => Err(ReadError::unsupported(
            format!("version {version:?} of AEDAT is not read"),
            "versions 1.0, 2.0, 3.1 and 4.0 are",
        )),
    }
}

/// Formats of Prophesee, which begin with lines of text.
fn prophesee(head: &[u8]) -> Result<(Format, String), ReadError> {
    let header = Header::of(head);
    let Some(encoding) = header.encoding() else {
        if header.get("data").is_some() || header.get("version").is_some() {
            return Ok((
                Format::Dat,
                "its header has the lines of DAT and names no encoding".to_owned(),
            ));
        }
        return Err(unknown("the header names no encoding (`% evt 3.0`) and is none of DAT"));
    };
    let decided = format!("its header names the encoding {encoding}");
    match encoding {
        "EVT2" | "2.0" => Ok((Format::Evt2, decided)),
        "EVT21" | "2.1" => Ok((Format::Evt21, decided)),
        "EVT3" | "3.0" => Ok((Format::Evt3, decided)),
        other => Err(ReadError::unsupported(
            format!("the encoding {other:?} is not read"),
            "EVT 2.0, 2.1 and 3.0 are; convert it with the tools of Prophesee",
        )),
    }
}

/// Whether bytes are text: no zeros and controls, and no half characters but the last.
fn is_text(head: &[u8]) -> bool {
    let is_control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\r' | b'\n');
    match std::str::from_utf8(head) {
        Ok(_) => !head.iter().any(is_control),
        Err(error) => error.error_len().is_none() && !head.iter().any(is_control),
    }
}

/// Whether bytes can be N-MNIST: a whole number of events, whose times never fall but at an overflow.
fn is_nmnist(head: &[u8], length: u64) -> bool {
    let (events, _) = head.as_chunks::<{ nmnist::BYTES }>();
    length.is_multiple_of(nmnist::BYTES as u64)
        && !events.is_empty()
        && events.iter().map(|event| nmnist::time(*event)).is_sorted()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(head: &[u8]) -> Result<Format, String> {
        detect(head, head.len() as u64).map(|(format, _)| format).map_err(|error| error.to_string())
    }

    #[test]
    fn a_format_is_told_by_its_content() {
        assert_eq!(of(b"#!AER-DAT4.0\r\n"), Ok(Format::Aedat4));
        assert_eq!(of(b"#!AER-DAT2.0\r\n# This is"), Ok(Format::Aedat2));
        assert_eq!(of(b"#!AER-DAT3.1\r\n#Format: RAW\r\n"), Ok(Format::Aedat3));
        assert_eq!(of(b"# a recording\r\n\0\x01\0\0\0\x05"), Ok(Format::Aedat1));
        assert_eq!(of(b"% evt 3.0\n% end\n\0\x80"), Ok(Format::Evt3));
        assert_eq!(of(b"% format EVT21;height=720;width=1280\n% end\n"), Ok(Format::Evt21));
        assert_eq!(of(b"% date 2020\n% evt 2.0\n"), Ok(Format::Evt2));
        assert_eq!(of(b"% Data file containing CD events\n% Version 2\n\x0c\x08"), Ok(Format::Dat));
        assert_eq!(of(b"Event Stream\x02\0\0\x01"), Ok(Format::Es));
        assert_eq!(of(b"x,y,t,p\n"), Ok(Format::Csv));
        assert_eq!(of(b"# a remark\nt x y p\n"), Ok(Format::Csv));
        assert_eq!(of(&[1, 2, 0x80, 0, 9, 3, 4, 0, 0, 10]), Ok(Format::Nmnist));
    }

    #[test]
    fn what_is_not_known_is_said() {
        assert!(of(b"").unwrap_err().contains("empty"));
        assert!(of(b"#!AER-DAT3.0\r\n").unwrap_err().contains("3.0"));
        assert!(of(b"% evt 4.0\n").unwrap_err().contains("4.0"));
        // Times that fall, or half an event.
        assert!(of(&[1, 2, 0x80, 0, 9, 3, 4, 0, 0, 8]).is_err());
        assert!(of(&[1, 2, 0x80, 0, 9, 3]).is_err());
        for cut in [&b"\x93NUMP"[..], b"\x89HDF\r", b"PK\x03", b"#!AER", b"Event"] {
            let said = of(cut).unwrap_err();
            assert!(said.contains("the beginning of the mark of"), "{said}");
        }
        assert!(of(b"\x89HDF\r\n\x1a\n").unwrap_err().contains("HDF5"));
    }
}

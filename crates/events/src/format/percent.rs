//! The header of Prophesee's files: lines that begin with `% `, a keyword and a value each.
//!
//! Source: Prophesee, "RAW File Format" and "DAT File Format". The lines end with `% end`, or where a line begins otherwise.

use crate::error::ReadError;
use crate::finding::{Findings, Kind, Place};
use crate::input::Input;
use crate::{About, Size};

/// Bytes of a line that are kept, and lines that are read.
const MOST_BYTES: usize = 4096;
const MOST_LINES: usize = 4096;

/// Keywords with their values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header(Vec<(String, String)>);

impl Header {
    /// Reads the header, and leaves the file at the first byte after it.
    pub(crate) fn read(input: &mut Input) -> Result<Self, ReadError> {
        let (mut entries, mut line) = (Vec::new(), Vec::new());
        while input.peek(2)?.starts_with(b"% ") && entries.len() < MOST_LINES {
            crate::input::whole_line(input, &mut line, MOST_BYTES)?;
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_start_matches('%').trim();
            if text == "end" {
                break;
            }
            let (keyword, value) = text.split_once(' ').unwrap_or((text, ""));
            entries.push((keyword.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Self(entries))
    }

    /// Reads the header from the first bytes of a file.
    pub(crate) fn of(head: &[u8]) -> Self {
        let lines = head.split(|&byte| byte == b'\n').take_while(|line| line.starts_with(b"% "));
        let entry = |line: &[u8]| {
            let text = String::from_utf8_lossy(line);
            let text = text.trim_start_matches('%').trim();
            let (keyword, value) = text.split_once(' ').unwrap_or((text, ""));
            (keyword.to_ascii_lowercase(), value.trim().to_owned())
        };
        Self(lines.take(MOST_LINES).map(entry).collect())
    }

    /// Returns the value of a keyword.
    pub(crate) fn get(&self, keyword: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == keyword).map(|(_, value)| value.as_str())
    }

    /// Returns an option of the line `% format EVT3;height=720;width=1280`.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        let options = self.get("format")?.split(';').skip(1);
        options
            .filter_map(|option| option.split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Returns the name of the encoding, and its version: `EVT3`, `3.0`.
    pub(crate) fn encoding(&self) -> Option<&str> {
        let format = self.get("format").map(|format| format.split(';').next().unwrap_or(format));
        format.or_else(|| self.get("evt"))
    }

    /// Returns the size of the sensor, as one of three keywords says it.
    pub(crate) fn size(&self) -> Option<Size> {
        let of_format = || self.option("width").zip(self.option("height"));
        let of_geometry = || self.get("geometry")?.split_once('x');
        let of_words = || self.get("width").zip(self.get("height"));
        let (width, height) = of_format().or_else(of_geometry).or_else(of_words)?;
        Some(Size { width: width.trim().parse().ok()?, height: height.trim().parse().ok()? })
    }

    /// Takes over what the header says.
    pub(crate) fn describe(&self, about: &mut About) {
        about.size = self.size();
        let name = ["camera_integrator_name", "integrator_name", "plugin_name", "system_id"];
        about.source = name.iter().find_map(|name| self.get(name)).map(str::to_owned);
    }

    /// Refuses an order of bytes that is not read.
    pub(crate) fn refuse_big_endian(&self) -> Result<(), ReadError> {
        if self.option("endianness") == Some("big") || self.get("endianness") == Some("big") {
            let help = "record with the camera set to little-endian, which is its default";
            return Err(ReadError::unsupported("words in big-endian order are not read", help));
        }
        Ok(())
    }
}

/// Notes bytes at the end that are no whole word.
pub(crate) fn cut(input: &mut Input, left: usize, word: usize, findings: &mut Findings) {
    let what = format!(
        "the file ends in the middle of a word of {word} bytes: {left} bytes are left over"
    );
    findings.add(Kind::Truncated, &what, Place::Byte(input.position()));
    input.consume(left);
}

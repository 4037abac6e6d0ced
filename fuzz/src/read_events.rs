//! Whatever the bytes are, reading a recording ends in order, in whatever format; what is read and fits a format comes back
//! from it.
//!
//! The first byte says the format; 255 lets the content say it.

use std::io::Cursor;

use nirkit::events::{Event, Format, Kind, ReadOptions, Reader, Size, WriteOptions, Writer};

/// Bytes that a packet may have.
const PACKET: u64 = 1 << 20;
/// Events that are kept to be written.
const MOST: usize = 4096;
/// Microseconds that EVT 3.0, which has a word for each 4 ms, is written for.
const LONGEST: i64 = 100_000_000;

/// Reads a recording, writes what it holds in every format that takes it, and reads that.
pub fn run(bytes: &[u8]) {
    let Some((&first, bytes)) = bytes.split_first() else { return };
    let format = (first != u8::MAX).then(|| Format::ALL[usize::from(first) % Format::ALL.len()]);
    let options = ReadOptions { format, packet_bytes: PACKET, ..ReadOptions::default() };
    let Ok(mut reader) = Reader::of_bytes(bytes.to_vec(), &options) else { return };
    let (mut all, mut events, mut count) = (Vec::new(), Vec::new(), 0);
    while reader.read(&mut events).expect("memory gives no errors") {
        count += events.len() as u64;
        all.extend_from_slice(&events[..events.len().min(MOST - all.len())]);
    }
    assert_eq!(reader.events(), count);
    assert!(reader.findings().iter().all(|finding| finding.count > 0));
    for format in Format::WRITTEN {
        write(&all, format);
    }
}

/// Writes events, if the format has room for them, and reads them back.
fn write(events: &[Event], format: Format) {
    if format == Format::Evt3 && events.iter().any(|event| event.t > LONGEST) {
        return;
    }
    let mut file = Cursor::new(Vec::new());
    let size = Some(Size { width: u16::MAX, height: u16::MAX });
    let options = WriteOptions { size, ..WriteOptions::default() };
    let mut writer = Writer::new(&mut file, format, &options).expect("a size is given");
    if writer.write(events).is_err() {
        return;
    }
    writer.finish().expect("memory takes everything");
    let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
    let mut reader =
        Reader::of_bytes(file.into_inner(), &options).expect("what was written can be read");
    let again = reader.read_all(MOST as u64).expect("there are no more events than before");
    assert_eq!(again, events, "{}", format.title());
    let is_sound = |kind: Kind| !matches!(kind, Kind::Truncated | Kind::Damaged | Kind::Unknown);
    assert!(
        reader.findings().iter().all(|finding| is_sound(finding.kind)),
        "{:?}",
        reader.findings()
    );
}

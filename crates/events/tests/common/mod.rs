//! Recordings of every format, made from the documents that describe them.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test uses some of it, and has failed where it cannot go on"
)]

use std::io::{Cursor, Write as _};

use nirkit_events::{Compression, Event, Format, Size, WriteOptions, Writer};

/// The sensor of the recordings.
pub(crate) const SIZE: Size = Size { width: 128, height: 96 };

/// A generator of numbers that are the same in every run (splitmix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// Events in order of time, some at the same time, some next to each other.
pub(crate) fn events(count: usize, seed: u64) -> Vec<Event> {
    let mut numbers = Numbers(seed);
    let (mut t, mut x, mut y) = (1000, 0_u16, 0_u16);
    let mut event = || {
        match numbers.below(4) {
            0 => t += numbers.below(400) as i64,
            1 => t += 1,
            _ => {}
        }
        if numbers.below(3) == 0 {
            (x, y) = (numbers.below(128) as u16, numbers.below(96) as u16);
        } else {
            x = (x + 1) % 128;
        }
        Event::new(t, x, y, numbers.below(3) > 0)
    };
    (0..count).map(|_| event()).collect()
}

/// A recording as this crate writes it.
pub(crate) fn written(events: &[Event], format: Format, compression: Compression) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let options = WriteOptions { size: Some(SIZE), compression };
    let mut writer = Writer::new(&mut file, format, &options).unwrap();
    for events in events.chunks(1000) {
        writer.write(events).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), events.len() as u64);
    file.into_inner()
}

/// A recording of any format.
pub(crate) fn recording(events: &[Event], format: Format) -> Vec<u8> {
    match format {
        Format::Aedat1 => aedat1(events),
        Format::Aedat2 => aedat2(events),
        Format::Aedat3 => aedat3(events),
        Format::Evt21 => evt21(events, false),
        Format::Es => event_stream(events),
        Format::Npz => npz(events),
        written_here => written(events, written_here, Compression::Lz4),
    }
}

/// The address of a DVS128.
fn dvs128(event: &Event) -> u16 {
    event.y << 8 | event.x << 1 | u16::from(event.on)
}

fn aedat1(events: &[Event]) -> Vec<u8> {
    let mut file = b"#!AER-DAT1.0\r\n# made by a test\r\n".to_vec();
    for event in events {
        file.extend(dvs128(event).to_be_bytes());
        file.extend((event.t as i32).to_be_bytes());
    }
    file
}

fn aedat2(events: &[Event]) -> Vec<u8> {
    let mut file = b"#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.Davis240C\r\n".to_vec();
    for event in events {
        let address =
            u32::from(event.y) << 22 | u32::from(event.x) << 12 | u32::from(event.on) << 11;
        file.extend(address.to_be_bytes());
        file.extend((event.t as i32).to_be_bytes());
    }
    file
}

fn aedat3(events: &[Event]) -> Vec<u8> {
    let mut file =
        b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n".to_vec();
    for (index, events) in events.chunks(300).enumerate() {
        // Between packets of changes, one of special events, as cameras send them.
        let count = events.len() as i32;
        for (kind, count) in [(1_i16, count), (0, i32::from(index.is_multiple_of(2)))] {
            file.extend(kind.to_le_bytes());
            file.extend(1_i16.to_le_bytes());
            for word in [8, 4, 0, count, count, count] {
                file.extend(i32::to_le_bytes(word));
            }
            let special = Event::default();
            for event in if kind == 1 { events } else { std::slice::from_ref(&special) }
                .iter()
                .take(count as usize)
            {
                let data = u32::from(event.x) << 17
                    | u32::from(event.y) << 2
                    | u32::from(event.on) << 1
                    | 1;
                file.extend(data.to_le_bytes());
                file.extend((event.t as i32).to_le_bytes());
            }
        }
    }
    file
}

/// EVT 2.1 with one pixel in a word; with the halves of words swapped, as the IMX636 sends them.
pub(crate) fn evt21(events: &[Event], is_swapped: bool) -> Vec<u8> {
    let mut file = b"% evt 2.1\n% format EVT21;height=96;width=128\n% end\n".to_vec();
    let mut word = |word: u64| {
        file.extend(if is_swapped { word.rotate_left(32) } else { word }.to_le_bytes());
    };
    let mut high = None;
    for event in events {
        if high != Some(event.t >> 6) {
            high = Some(event.t >> 6);
            word(8 << 60 | (event.t as u64 >> 6) << 32);
        }
        let x = u64::from(event.x);
        word(
            u64::from(event.on) << 60
                | (event.t as u64 & 63) << 54
                | (x & !31) << 43
                | u64::from(event.y) << 32
                | 1 << (x & 31),
        );
    }
    file
}

fn event_stream(events: &[Event]) -> Vec<u8> {
    let mut file = b"Event Stream\x02\0\0\x01".to_vec();
    file.extend(SIZE.width.to_le_bytes());
    file.extend(SIZE.height.to_le_bytes());
    let mut t = 0;
    for event in events {
        while event.t - t >= 127 {
            file.push(0xFF);
            t += 127;
        }
        file.push(((event.t - t) << 1) as u8 | u8::from(event.on));
        file.extend(event.x.to_le_bytes());
        file.extend(event.y.to_le_bytes());
        t = event.t;
    }
    file
}

/// An archive with a member for each column, two of them deflated, as `numpy.savez_compressed` does it.
fn npz(events: &[Event]) -> Vec<u8> {
    npz_stating(events, events.len())
}

/// The same, whose headers state so many rows.
pub(crate) fn npz_stating(events: &[Event], rows: usize) -> Vec<u8> {
    let column = |name: &str, descr: &str, bytes: Vec<u8>| {
        let text =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows},), }}\n");
        let length = (text.len() as u16).to_le_bytes();
        let array = [b"\x93NUMPY\x01\0", &length[..], text.as_bytes(), &bytes].concat();
        (format!("{name}.npy"), array)
    };
    let members = [
        column("x", "<u2", events.iter().flat_map(|event| event.x.to_le_bytes()).collect()),
        column(
            "y",
            ">i4",
            events.iter().flat_map(|event| i32::from(event.y).to_be_bytes()).collect(),
        ),
        column("t", "<i8", events.iter().flat_map(|event| event.t.to_le_bytes()).collect()),
        column("p", "|b1", events.iter().map(|event| u8::from(event.on)).collect()),
    ];
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (index, (name, array)) in members.iter().enumerate() {
        let mut crc = flate2::Crc::new();
        crc.update(array);
        let is_deflated = index % 2 == 1;
        let packed = if is_deflated {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(array).unwrap();
            encoder.finish().unwrap()
        } else {
            array.clone()
        };
        let at = file.len() as u32;
        let mut middle = Vec::new();
        middle.extend([20, 0, 0, 0, if is_deflated { 8 } else { 0 }, 0, 0, 0, 0, 0]);
        middle.extend(crc.sum().to_le_bytes());
        middle.extend((packed.len() as u32).to_le_bytes());
        middle.extend((array.len() as u32).to_le_bytes());
        middle.extend((name.len() as u16).to_le_bytes());
        middle.extend([0, 0]);
        file.extend([b"PK\x03\x04", &middle[..], name.as_bytes(), &packed].concat());
        directory.extend(
            [b"PK\x01\x02\x14\0", &middle[..], &[0; 10], &at.to_le_bytes(), name.as_bytes()]
                .concat(),
        );
    }
    let at = file.len() as u32;
    let size = directory.len() as u32;
    file.extend(directory);
    file.extend(
        [b"PK\x05\x06\0\0\0\0\x04\0\x04\0", &size.to_le_bytes()[..], &at.to_le_bytes(), &[0, 0]]
            .concat(),
    );
    file
}

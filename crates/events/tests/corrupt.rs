//! Damaged recordings end in a finding or an error, with little memory, whatever is damaged.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use common::{Numbers, events, recording};
use nirkit_events::{Event, Finding, Format, Kind, ReadError, ReadOptions, Reader};

/// The system's allocator, counting what this thread holds, and the most it held.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    HELD.set(HELD.get() + bytes);
    MOST.set(MOST.get().max(HELD.get()));
}

#[allow(unsafe_code, reason = "the trait asks for it; every call is passed on unchanged")]
// SAFETY: the system's allocator keeps the promises of the trait, and nothing is changed on the way.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Mutants of each format.
const MUTANTS: usize = 1000;
/// Bytes that reading a file of some kilobytes may hold at a time: a stretch of input, the events of it (each two bytes
/// of EVT 3.0 can be twelve), and the buffers of the decoders.
const MEMORY: isize = 32 << 20;

/// What reading a file gave.
struct Outcome {
    events: Vec<Event>,
    is_told: bool,
}

/// Reads a file a stretch at a time; panics where it takes too much.
fn read(bytes: Vec<u8>, format: Option<Format>) -> Outcome {
    let length = bytes.len();
    let start = HELD.get();
    MOST.set(start);
    let mut all = Vec::new();
    let options = ReadOptions { format, packet_bytes: 16 << 20, ..ReadOptions::default() };
    let mut is_told = false;
    match Reader::of_bytes(bytes, &options) {
        Err(error) => {
            is_told = true;
            assert!(!error.to_string().is_empty());
            // Damage is told with its place.
            if matches!(error, ReadError::Damaged { .. }) {
                assert!(error.to_string().contains("at byte"), "{error}");
            }
        }
        Ok(mut reader) => {
            let mut events = Vec::new();
            let mut stretches = 0;
            while reader.read(&mut events).unwrap() {
                stretches += 1;
                assert!(stretches <= length + 2, "it does not end");
                let room = 1_000_000 - all.len().min(1_000_000);
                all.extend_from_slice(&events[..events.len().min(room)]);
            }
            is_told |= !reader.findings().is_empty();
            // How much was read is known: everything, or a finding says where reading ended.
            let (read, all) = reader.progress();
            let ends_early =
                |finding: &Finding| matches!(finding.kind, Kind::Truncated | Kind::Damaged);
            assert!(
                read >= all || reader.findings().iter().any(ends_early),
                "{read} of {all} read, and nothing is said"
            );
        }
    }
    let most = MOST.get() - start - (all.capacity() * size_of::<Event>()) as isize * 2;
    assert!(most < MEMORY, "{most} bytes held for a file of {length}");
    Outcome { events: all, is_told }
}

/// Damages a file: cuts it, flips bits, puts large numbers into it, repeats or removes a part.
fn damage(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(3) {
        let length = bytes.len();
        if length == 0 {
            return;
        }
        // Half of the damage is where the headers are.
        let at = if numbers.below(2) == 0 {
            numbers.below(length.min(400))
        } else {
            numbers.below(length)
        };
        match numbers.below(5) {
            0 => bytes.truncate(numbers.below(length)),
            1 => bytes[at] ^= 1 << numbers.below(8),
            2 => {
                let size = [1, 2, 4, 8][numbers.below(4)].min(length - at);
                let value = [0, 0x7F, 0x80, 0xFF][numbers.below(4)];
                bytes[at..at + size].fill(value);
            }
            3 => {
                let part = bytes[at..(at + numbers.below(64)).min(length)].to_vec();
                bytes.splice(at..at, part);
            }
            _ => drop(bytes.drain(at..(at + numbers.below(64)).min(length))),
        }
    }
}

fn mutants(format: Format) {
    let whole = events(400, 7);
    let sound = recording(&whole, format);
    let mut numbers = Numbers(format as u64);
    for _ in 0..MUTANTS {
        let mut bytes = sound.clone();
        damage(&mut bytes, &mut numbers);
        let named = (numbers.below(2) == 0).then_some(format);
        read(bytes, named);
    }
}

/// Cuts a file after every byte: either it says so, or the events that are left are a sound file.
fn cuts(format: Format) {
    let whole = events(60, 8);
    let sound = recording(&whole, format);
    for length in 0..sound.len() {
        let outcome = read(sound[..length].to_vec(), Some(format));
        if format != Format::Csv {
            assert!(whole.starts_with(&outcome.events), "{} cut after {length}", format.title());
        }
        // The last four bytes of LZ4 are a mark of the end; without it nothing is missing.
        let is_whole = format == Format::Aedat4 && length + 4 >= sound.len();
        // Formats of fixed words and of lines have no end but that of the file.
        let can_end_anywhere = !matches!(format, Format::Aedat4 | Format::Npy | Format::Npz);
        assert!(
            outcome.is_told || can_end_anywhere || is_whole,
            "{} cut after {length} of {} bytes says nothing",
            format.title(),
            sound.len()
        );
    }
}

macro_rules! formats {
    ($($name:ident: $format:ident,)*) => {
        mod mutants_of {
            $(#[test] fn $name() { super::mutants(super::Format::$format); })*
        }
        mod cuts_of {
            $(#[test] fn $name() { super::cuts(super::Format::$format); })*
        }
    };
}

formats! {
    aedat1: Aedat1,
    aedat2: Aedat2,
    aedat3: Aedat3,
    aedat4: Aedat4,
    evt2: Evt2,
    evt21: Evt21,
    evt3: Evt3,
    dat: Dat,
    nmnist: Nmnist,
    event_stream: Es,
    npy: Npy,
    npz: Npz,
    csv: Csv,
}

#[test]
fn a_file_that_ends_in_its_header_is_refused() {
    for header in [
        "% evt 3.0\n% format EVT3;height=72",
        "% evt 3.0",
        "% evt 2.0\n% end",
        "% format EVT21;height=72;width=72\n% end",
        "#!AER-DAT3.1\r\n#Format: RAW\r\n#!END-HEADER\r",
    ] {
        let outcome = Reader::of_bytes(header.into(), &ReadOptions::default());
        let told = outcome.err().unwrap().to_string();
        assert!(told.starts_with("the file ends in its header, at byte"), "{header:?}: {told}");
    }
    let whole = Reader::of_bytes("% evt 3.0\n% end\n".into(), &ReadOptions::default());
    assert!(!whole.unwrap().read(&mut Vec::new()).unwrap());
}

#[test]
fn memory_does_not_grow_with_the_length_of_a_file() {
    let held = |count: usize, format| {
        let bytes = recording(&events(count, 9), format);
        let start = HELD.get();
        MOST.set(start);
        let mut reader = Reader::of_bytes(bytes, &ReadOptions::default()).unwrap();
        let mut events = Vec::new();
        while reader.read(&mut events).unwrap() {}
        assert_eq!(reader.events(), count as u64);
        MOST.get() - start
    };
    for format in Format::ALL {
        let (short, long) = (held(20_000, format), held(160_000, format));
        assert!(long < short + (1 << 20), "{}: {short} and {long} bytes", format.title());
    }
}

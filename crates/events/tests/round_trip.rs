//! What is written is read back, event for event; every format is read as its document says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{SIZE, events, evt21, npz_stating, recording, written};
use nirkit_events::{
    Camera, Compression, Event, Format, Kind, Place, ReadOptions, Reader, Size, TimeUnit,
    WriteOptions, Writer, YOrigin,
};
use proptest::prelude::*;

/// Reads a recording; nothing may be noticed but data of other kinds.
fn read(bytes: Vec<u8>) -> (Reader, Vec<Event>) {
    let mut reader = Reader::of_bytes(bytes, &ReadOptions::default()).unwrap();
    let events = reader.read_all(10_000_000).unwrap();
    (reader, events)
}

#[test]
fn every_format_is_told_by_its_content_and_read() {
    let events = events(5000, 1);
    for format in Format::ALL {
        let (reader, found) = read(recording(&events, format));
        assert_eq!(reader.about().format, format);
        assert!(found == events, "{}: other events", format.title());
        let findings = reader.findings();
        let expected = usize::from(format == Format::Aedat3);
        assert_eq!(findings.len(), expected, "{}: {findings:?}", format.title());
        assert!(findings.iter().all(|finding| !finding.kind.is_warning()));
        let (bytes, all) = reader.progress();
        assert_eq!(bytes, all, "{}", format.title());
    }
}

#[test]
fn no_events_are_a_recording_too() {
    for format in Format::ALL {
        // A file of N-MNIST without events has no byte that shows what it is.
        let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
        let mut reader = Reader::of_bytes(recording(&[], format), &options).unwrap();
        assert_eq!(reader.read_all(0).unwrap(), [], "{}", format.title());
        assert_eq!(reader.findings(), [], "{}", format.title());
    }
}

#[test]
fn what_a_file_states_is_told() {
    let events = events(50, 2);
    let about = |format| read(recording(&events, format)).0.about().clone();
    for format in
        [Format::Aedat4, Format::Evt2, Format::Evt21, Format::Evt3, Format::Dat, Format::Es]
    {
        assert_eq!(about(format).size, Some(SIZE), "{}", format.title());
    }
    assert_eq!(about(Format::Aedat2).size, Some(Camera::Davis240.size()));
    assert_eq!(about(Format::Aedat3).size, Some(Camera::Dvs128.size()));
    assert_eq!(about(Format::Csv).size, None);
    assert_eq!(about(Format::Aedat2).y_origin, YOrigin::Bottom);
    assert_eq!(about(Format::Aedat4).y_origin, YOrigin::Top);
    assert_eq!(about(Format::Npy).y_origin, YOrigin::Unstated);
    assert_eq!(about(Format::Evt3).time_bits, Some(24));
}

#[test]
fn all_compressions_of_aedat4_hold_the_same() {
    let events = events(30_000, 3);
    for compression in [Compression::None, Compression::Lz4, Compression::Zstd] {
        let (reader, found) = read(written(&events, Format::Aedat4, compression));
        assert!(found == events && reader.findings().is_empty(), "{}", compression.name());
    }
}

#[test]
fn both_orders_of_evt21_are_read() {
    let events = events(3000, 4);
    let swapped = evt21(&events, true);
    let (reader, found) = read(swapped);
    assert!(found == events);
    assert!(
        reader.about().choices[0].contains("the halves of a word are swapped"),
        "{:?}",
        reader.about().choices
    );
}

#[test]
fn counters_go_on_where_they_wrap_around() {
    // Every 5 s for a minute: EVT 3.0 counts to 16.8 s.
    let slow: Vec<Event> = (0..12).map(|index| Event::new(index * 5_000_000, 1, 2, true)).collect();
    let (reader, found) = read(written(&slow, Format::Evt3, Compression::None));
    assert_eq!(found, slow);
    let findings = reader.findings();
    assert_eq!((findings[0].kind, findings[0].count), (Kind::Wrapped, 3), "{findings:?}");

    // DAT counts to 4295 s.
    let mut dat = written(&[], Format::Dat, Compression::None);
    for t in [u32::MAX - 1, u32::MAX, 0, 1] {
        dat.extend(t.to_le_bytes());
        dat.extend([0; 4]);
    }
    let (reader, found) = read(dat);
    let times: Vec<i64> = found.iter().map(|event| event.t).collect();
    let turn = 1_i64 << 32;
    assert_eq!(times, [turn - 2, turn - 1, turn, turn + 1]);
    assert_eq!(reader.findings()[0].kind, Kind::Wrapped);
}

#[test]
fn events_are_checked_whatever_their_format() {
    let odd = [
        Event::new(10, 3, 3, true),
        Event::new(9, 3, 3, true),
        Event::new(-4, 3, 3, true),
        Event::new(20, 500, 3, true),
    ];
    let (reader, found) = read(written(&odd, Format::Aedat4, Compression::Lz4));
    assert_eq!(found, odd);
    let found: Vec<(Kind, u64)> =
        reader.findings().iter().map(|finding| (finding.kind, finding.count)).collect();
    assert_eq!(found, [(Kind::Backwards, 2), (Kind::Negative, 1), (Kind::OutOfRange, 1)]);
}

#[test]
fn words_that_are_passed_over_are_counted_by_their_names() {
    let mut file = b"% evt 3.0\n% end\n".to_vec();
    // An event before the clock is known; the clock; an event without a row; a vector without a column; a trigger;
    // a type that is not defined; an event.
    for word in [0x2001_u16, 0x8000, 0x2001, 0x4001, 0xA001, 0x9000, 0x6005, 0x0007, 0x2801] {
        file.extend(word.to_le_bytes());
    }
    let (reader, found) = read(file);
    assert_eq!(found, [Event::new(5, 1, 7, true)]);
    let said: Vec<String> = reader.findings().iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 5, "{said:?}");
    for what in [
        "before the first EVT_TIME_HIGH",
        "before the first EVT_ADDR_Y",
        "VECT_BASE_X",
        "EXT_TRIGGER",
        "0x9",
    ] {
        assert!(said.iter().any(|line| line.contains(what)), "{what}: {said:?}");
    }
}

#[test]
fn an_overflow_of_nmnist_moves_what_follows() {
    let event = |x: u8, y: u8, t: u16| [x, y, 0x80, (t >> 8) as u8, t as u8];
    let file = [event(1, 2, 5), event(0, 240, 6), event(3, 4, 7)].concat();
    let (reader, found) = read(file);
    assert_eq!(found, [Event::new(5, 1, 2, true), Event::new(7 + 8192, 3, 4, true)]);
    assert_eq!(reader.findings()[0].kind, Kind::Wrapped);
}

#[test]
fn a_cut_file_says_how_much_was_read() {
    let events = events(2000, 5);
    for format in Format::ALL {
        let mut bytes = recording(&events, format);
        if format == Format::Npz {
            // Its directory is at the end; without it nothing is read.
            bytes.truncate(bytes.len() - 3);
            let error = Reader::of_bytes(bytes, &ReadOptions::default()).unwrap_err();
            assert!(error.to_string().contains("directory of the archive"), "{error}");
            continue;
        }
        let start = bytes.len() * 2 / 3;
        let mut told = 0;
        for length in start..start + 60 {
            let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
            let mut reader = Reader::of_bytes(bytes[..length].to_vec(), &options).unwrap();
            let found = reader.read_all(10_000).unwrap();
            assert!(found.len() < events.len() && reader.events() == found.len() as u64);
            // A text may end anywhere; its last line has another number of cells, or a shorter number.
            assert!(format == Format::Csv || events.starts_with(&found), "{}", format.title());
            let is_cut = |kind| matches!(kind, Kind::Truncated | Kind::Damaged);
            told += usize::from(reader.findings().iter().any(|finding| is_cut(finding.kind)));
        }
        // Between two whole words nothing shows that there were more; EVT 3.0 has words of two bytes.
        assert!(told >= 29, "{}: {told} of 60 cuts are told", format.title());
    }
}

#[test]
fn columns_of_text_have_names_units_and_gaps() {
    let text = "# from a converter\n# timestamp x y polarity\n0.000001 1 2 1\n\n0.0000025 3 4 -1\nnonsense\n9 1\n-1 70000 2 1\n";
    let (reader, found) = read(text.as_bytes().to_vec());
    assert_eq!(found, [Event::new(1, 1, 2, true), Event::new(3, 3, 4, false)]);
    assert_eq!(reader.about().time_unit, TimeUnit::Seconds);
    let kinds: Vec<Kind> = reader.findings().iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [Kind::Damaged, Kind::OutOfRange, Kind::Rounded]);

    let options = ReadOptions { time_unit: Some(TimeUnit::Milliseconds), ..ReadOptions::default() };
    let mut reader = Reader::of_bytes(b"t;channel\n5;699\n".to_vec(), &options).unwrap();
    assert_eq!(reader.read_all(9).unwrap(), [Event::new(5000, 699, 0, true)]);
    assert_eq!(reader.about().y_origin, YOrigin::NoRows);
}

#[test]
fn two_columns_with_times_are_refused() {
    for names in ["t,t,x", "t,time,x"] {
        let text = format!("{names}\n1,2,3\n").into_bytes();
        let error = Reader::of_bytes(text, &ReadOptions::default()).unwrap_err().to_string();
        assert!(error.contains("2 columns have times"), "{error}");
    }
}

#[test]
fn lines_of_text_end_in_a_line_feed_a_carriage_return_or_both() {
    let lines = ["t,x,y,p", "1,2,3,1", "two,2,3,1", "", "2,3,4,0"];
    let mut damaged = Vec::new();
    for end in ["\n", "\r", "\r\n"] {
        let (reader, found) = read(lines.join(end).into_bytes());
        assert_eq!(found, [Event::new(1, 2, 3, true), Event::new(2, 3, 4, false)], "{end:?}");
        damaged.extend(reader.findings());
    }
    assert!(damaged.iter().all(|finding| finding.first == Place::Line(3)), "{damaged:?}");
    assert_eq!(damaged.len(), 3);
}

#[test]
fn an_archive_that_states_more_than_its_size_makes_plausible_is_refused_before_it_is_read() {
    let bomb = npz_stating(&events(10, 1), 1 << 28);
    let error = Reader::of_bytes(bomb.clone(), &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("1342177280 bytes when they are decompressed"), "{error}");
    assert!(error.contains("`--limit expansion=N`"), "{error}");
    let options = ReadOptions { expansion: 10_000_000, ..ReadOptions::default() };
    let mut reader = Reader::of_bytes(bomb, &options).unwrap();
    let error = reader.read_all(1000).unwrap_err().to_string();
    assert!(error.contains("268435456 rows"), "{error}");
}

#[test]
fn rows_that_are_no_events_do_not_decide_the_unit_of_times() {
    let text = "t,x,y,p\n1000,1,2,1\n3000.5,1,2,7\n4000.5,70000,2,1\n5000,1,2,0\n";
    let (reader, found) = read(text.as_bytes().to_vec());
    assert_eq!(found, [Event::new(1000, 1, 2, true), Event::new(5000, 1, 2, false)]);
    assert_eq!(reader.about().time_unit_from, "the times, which are whole numbers");
    let (_, found) = read(text.replace(",7\n", ",0\n").into_bytes());
    assert_eq!(found[0].t, 1_000_000_000);
}

#[test]
fn a_member_of_an_archive_with_another_checksum_or_name_is_damaged() {
    let whole = npz_stating(&events(10, 1), 10);
    Reader::of_bytes(whole.clone(), &ReadOptions::default()).unwrap();
    let find = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).position(|here| here == part);
    let name = find(&whole, b".npy").unwrap();
    let values = find(&whole, b"(10,), }\n").unwrap() + 9;
    // A bit of the name in the header of the first member, and one of its values.
    for (at, said) in [(name - 1, "another name"), (values + 2, "the checksum")] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        let error = Reader::of_bytes(damaged, &ReadOptions::default()).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

/// A structured array of `numpy.save` with the fields x, y, t (a double) and p.
fn array_with_seconds(times: &[f64]) -> Vec<u8> {
    let text = format!(
        "{{'descr': [('x', '<u2'), ('y', '<u2'), ('t', '<f8'), ('p', '|b1')], 'fortran_order': False, 'shape': ({},), }}\n",
        times.len()
    );
    let length = u16::try_from(text.len()).unwrap().to_le_bytes();
    let mut bytes = [b"\x93NUMPY\x01\0", &length[..], text.as_bytes()].concat();
    for time in times {
        bytes.extend([[1, 0, 2, 0].as_slice(), &time.to_le_bytes(), &[1]].concat());
    }
    bytes
}

#[test]
fn the_unit_of_times_follows_from_the_whole_file() {
    let mut times = vec![0.0; 10_000];
    times.push(0.5);
    let text = |times: &[f64]| -> Vec<u8> {
        let lines = times.iter().map(|time| format!("{time},1,2,1\n"));
        ["t,x,y,p\n".to_owned()].into_iter().chain(lines).collect::<String>().into_bytes()
    };
    let named = |name: &str, text: Vec<u8>| {
        let path = std::env::temp_dir().join(format!("nirkit-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let read = Reader::open(&path, &ReadOptions::default());
        std::fs::remove_file(path).unwrap();
        read.unwrap()
    };
    for mut reader in
        [named("late.npy", array_with_seconds(&times)), named("late.csv", text(&times))]
    {
        let events = reader.read_all(20_000).unwrap();
        assert_eq!(reader.about().time_unit, TimeUnit::Seconds);
        assert_eq!((events.len(), events.last().unwrap().t), (10_001, 500_000));
        assert!(reader.findings().is_empty(), "{:?}", reader.findings());
    }

    let (reader, found) = read(array_with_seconds(&[1.0, 2.0]));
    assert_eq!(found.last().unwrap().t, 2);
    let findings = reader.findings();
    assert_eq!(findings[0].kind, Kind::DoubtfulUnit);
    assert!(findings[0].what.contains("`--time-unit s`"), "{}", findings[0].what);
    let (reader, _) = read(b"t,x,y,p\n1.0,1,2,1\n".to_vec());
    assert_eq!(reader.findings()[0].kind, Kind::DoubtfulUnit);
    let options = ReadOptions { time_unit: Some(TimeUnit::Seconds), ..ReadOptions::default() };
    let mut reader = Reader::of_bytes(array_with_seconds(&[1.0, 2.0]), &options).unwrap();
    assert_eq!(reader.read_all(9).unwrap()[1].t, 2_000_000);
    assert!(reader.findings().is_empty());
}

#[test]
fn what_a_format_has_no_room_for_is_an_error() {
    let refuse = |format, event: Event| {
        let mut file = std::io::Cursor::new(Vec::new());
        let options = WriteOptions { size: Some(SIZE), ..WriteOptions::default() };
        let mut writer = Writer::new(&mut file, format, &options).unwrap();
        writer.write(&[event]).unwrap_err().to_string()
    };
    let late = Event::new(1 << 40, 0, 0, true);
    let far = Event::new(0, 40_000, 0, true);
    for format in [Format::Evt2, Format::Evt3, Format::Dat, Format::Nmnist] {
        assert!(refuse(format, late).contains("event 0"), "{}", format.title());
        assert!(refuse(format, Event::new(-1, 0, 0, true)).contains("-1 us"), "{}", format.title());
    }
    for format in Format::WRITTEN.into_iter().filter(|&format| format != Format::Csv) {
        assert!(refuse(format, far).contains("40000"), "{}", format.title());
    }
    assert!(refuse(Format::Nmnist, Event::new(0, 0, 240, true)).contains("240 rows"));
    let mut file = std::io::Cursor::new(Vec::new());
    assert!(Writer::new(&mut file, Format::Es, &WriteOptions::default()).is_err());
    let error = Writer::new(&mut file, Format::Aedat4, &WriteOptions::default()).unwrap_err();
    assert!(error.help().unwrap().contains("--size"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Any events that a format has room for come back, in any number of stretches.
    #[test]
    fn what_is_written_is_read_back(
        steps in prop::collection::vec((0_i64..50_000, 0_u16..128, 0_u16..96, any::<bool>()), 0..300),
        stride in 1_usize..50,
    ) {
        let mut t = 0;
        let mut event = |&(step, x, y, on): &(i64, u16, u16, bool)| {
            // Half of the steps are 0, so that vectors form.
            t += if step < 25_000 { 0 } else { step - 25_000 };
            Event::new(t.min((1 << 23) - 1), x, y, on)
        };
        let events: Vec<Event> = steps.iter().map(&mut event).collect();
        for format in Format::WRITTEN {
            let mut file = std::io::Cursor::new(Vec::new());
            let options = WriteOptions { size: Some(SIZE), compression: Compression::Lz4 };
            let mut writer = Writer::new(&mut file, format, &options).unwrap();
            events.chunks(stride).for_each(|events| writer.write(events).unwrap());
            writer.finish().unwrap();
            let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
            let mut reader = Reader::of_bytes(file.into_inner(), &options).unwrap();
            prop_assert_eq!(&reader.read_all(1000).unwrap(), &events, "{}", format.title());
            prop_assert!(reader.findings().iter().all(|finding| !finding.kind.is_warning()));
        }
    }

    /// Any times and places that AEDAT 4.0 and text can hold come back, in any order.
    #[test]
    fn any_order_of_times_comes_back(
        events in prop::collection::vec((any::<i64>(), 0_u16..32_768, 0_u16..32_768, any::<bool>()), 1..100),
    ) {
        let events: Vec<Event> = events.iter().map(|&(t, x, y, on)| Event::new(t, x, y, on)).collect();
        for format in [Format::Aedat4, Format::Csv, Format::Npy] {
            let bytes = written(&events, format, Compression::Zstd);
            let options = ReadOptions { size: Some(Size { width: 32_768, height: 32_768 }), ..ReadOptions::default() };
            let mut reader = Reader::of_bytes(bytes, &options).unwrap();
            prop_assert_eq!(reader.read_all(1000).unwrap(), events.clone(), "{}", format.title());
        }
    }
}

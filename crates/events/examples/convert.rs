//! Converts a recording: `convert IN OUT FORMAT [WIDTHxHEIGHT [FROM [COMPRESSION]]]`, the shortest program that reads and writes
//! a stretch at a time. `nir events convert` can do more.
#![allow(clippy::print_stderr, reason = "a program for the terminal")]

use std::error::Error;
use std::fs::File;

use nirkit_events::{Compression, Format, ReadOptions, Reader, Size, WriteOptions, Writer};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let arg = |at: usize| args.get(at).map(String::as_str).filter(|arg| *arg != "-");
    let (Some(input), Some(output), Some(to)) = (arg(0), arg(1), arg(2)) else {
        return Err("convert IN OUT FORMAT [WIDTHxHEIGHT [FROM [COMPRESSION]]]".into());
    };
    let to = Format::of_name(to).ok_or("there is no such format")?;
    let size = arg(3).and_then(|size| size.split_once('x'));
    let size = match size {
        Some((width, height)) => Some(Size { width: width.parse()?, height: height.parse()? }),
        None => None,
    };
    let options =
        ReadOptions { format: arg(4).and_then(Format::of_name), size, ..ReadOptions::default() };
    let compression = match arg(5) {
        Some("none") => Compression::None,
        Some("zstd") => Compression::Zstd,
        _ => Compression::Lz4,
    };
    let mut reader = Reader::open(input, &options)?;
    let mut file = File::create(output)?;
    let options = WriteOptions { size: reader.about().size, compression };
    let mut writer = Writer::new(&mut file, to, &options)?;
    let mut events = Vec::new();
    while reader.read(&mut events)? {
        writer.write(&events)?;
    }
    writer.finish()?;
    for finding in reader.findings() {
        eprintln!("{finding}");
    }
    Ok(())
}

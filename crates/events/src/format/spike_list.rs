//! The spikes of one sample: a list of times and a list of channels, as SHD and SSC have them in HDF5.

use std::io;

use nirkit_numerics::Tensor;

use super::columns::{Maker, Number};
use super::{Decode, Format, Opened};
use crate::about::{TimeUnit, YOrigin};
use crate::error::ReadError;
use crate::finding::{Findings, Place};
use crate::reader::ReadOptions;
use crate::{About, Event};

/// Events that are made at a time.
const STRIDE: usize = 1 << 12;

/// Begins to read lists of times and channels.
pub(crate) fn open(
    times: &Tensor,
    units: &Tensor,
    options: &ReadOptions,
) -> Result<Opened, ReadError> {
    let decided = "it is HDF5 and has the lists `/spikes/times` and `/spikes/units`";
    let mut about = About::new(Format::Shd, decided);
    about.y_origin = YOrigin::NoRows;
    about.polarity = "there is none; every event is ON";
    (about.time_unit, about.time_unit_from) = match options.time_unit {
        Some(unit) => (unit, "what you say"),
        None if times.dtype().is_float() => (TimeUnit::Seconds, "the format"),
        None => (TimeUnit::Microseconds, "the times, which are whole numbers"),
    };
    if times.len() != units.len() {
        let what = format!("there are {} times and {} channels", times.len(), units.len());
        return Err(ReadError::unsupported(what, "give a channel for each time"));
    }
    let maker = Maker::of(about.time_unit);
    let decoder = Decoder { maker, times: numbers(times)?, units: numbers(units)?, read: 0 };
    Ok(Opened::new(about, decoder))
}

/// The numbers of a list.
fn numbers(list: &Tensor) -> Result<Vec<Number>, ReadError> {
    if let Some(whole) = list.to_i64() {
        return Ok(whole.into_iter().map(Number::Whole).collect());
    }
    let real = list.to_decimals().map(|real| real.iter().map(|&real| Number::Real(real)).collect());
    real.ok_or_else(|| {
        let what = format!("a list has numbers of the type {}", list.dtype());
        ReadError::unsupported(what, "store times as floats, and channels as whole numbers")
    })
}

struct Decoder {
    maker: Maker,
    times: Vec<Number>,
    units: Vec<Number>,
    read: usize,
}

impl Decode for Decoder {
    fn decode(&mut self, out: &mut Vec<Event>, findings: &mut Findings) -> io::Result<bool> {
        let (first, end) = (self.read, self.times.len().min(self.read + STRIDE));
        for at in first..end {
            let numbers = [self.times[at], self.units[at], Number::Whole(0), Number::Whole(1)];
            out.extend(self.maker.event(numbers, Place::Event(at as u64), findings));
        }
        self.read = end;
        Ok(end < self.times.len())
    }

    fn progress(&self) -> (u64, u64) {
        (self.read as u64, self.times.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Reader};

    fn read(times: &Tensor, units: &Tensor, options: &ReadOptions) -> Reader {
        Reader::of_spike_list(times, units, options).unwrap()
    }

    #[test]
    fn whole_times_are_microseconds_and_others_seconds() {
        let units = Tensor::vector(vec![1_u8]);
        let time = |times: &Tensor, options: &ReadOptions| {
            read(times, &units, options).read_all(1).unwrap()[0].t
        };
        let usual = ReadOptions::default();
        assert_eq!(time(&Tensor::vector(vec![1.0_f32]), &usual), 1_000_000);
        assert_eq!(time(&Tensor::vector(vec![1_i32]), &usual), 1);
        let milliseconds = ReadOptions { time_unit: Some(TimeUnit::Milliseconds), ..usual };
        assert_eq!(time(&Tensor::vector(vec![1_i32]), &milliseconds), 1000);
    }

    #[test]
    fn what_is_no_event_is_counted() {
        let times = Tensor::vector(vec![0.5, f64::NAN, 0.25, 0.1]);
        let units = Tensor::vector(vec![1_i64, 2, 3, 70_000]);
        let mut reader = read(&times, &units, &ReadOptions::default());
        assert_eq!(reader.read_all(10).unwrap().len(), 2);
        let kinds: Vec<Kind> = reader.findings().iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [Kind::Damaged, Kind::Backwards, Kind::OutOfRange]);
    }

    #[test]
    fn lists_of_different_lengths_are_refused() {
        let (times, units) = (Tensor::vector(vec![0.5]), Tensor::vector(vec![1_i64, 2]));
        let error = Reader::of_spike_list(&times, &units, &ReadOptions::default());
        assert!(error.unwrap_err().to_string().contains("1 times and 2 channels"));
    }
}

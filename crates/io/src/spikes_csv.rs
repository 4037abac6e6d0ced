//! Spikes as a table: a line `time,channel` for each, in order of time, then of channel.

use std::path::Path;

use crate::atomic;
use crate::data::Event;
use crate::error::{WriteError, WriteFault};

/// Writes spikes as CSV. Times are in seconds, with the 17 significant digits that give back the
/// same double. The file appears complete under its name, or not at all.
pub fn write_spikes_csv(path: impl AsRef<Path>, spikes: &[Event]) -> Result<(), WriteError> {
    let path = path.as_ref();
    let mut spikes = spikes.to_vec();
    spikes
        .sort_by(|one, other| one.time.total_cmp(&other.time).then(one.neuron.cmp(&other.neuron)));
    let written = atomic::write::<WriteFault>(path, |out| {
        writeln!(out, "time,channel")?;
        for spike in &spikes {
            writeln!(out, "{:.16e},{}", spike.time, spike.neuron)?;
        }
        Ok(())
    });
    written.map_err(|fault| fault.at("").of_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_in_order_and_times_keep_every_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spikes.csv");
        let spike = |time, neuron| Event { time, neuron };
        write_spikes_csv(&path, &[spike(0.3, 1), spike(0.1 + 0.2, 0), spike(0.3, 0)]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let expected = "time,channel\n\
            2.9999999999999999e-1,0\n\
            2.9999999999999999e-1,1\n\
            3.0000000000000004e-1,0\n";
        assert_eq!(text, expected);
    }
}

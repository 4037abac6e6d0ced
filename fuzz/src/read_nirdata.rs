//! Whatever the bytes are, reading `NIRData` ends in order; what is read can be written, and the copy is
//! the same; taking it for stimuli ends in order. So does reading the same bytes as lists of spikes.

use nirkit::Stimulus;
use nirkit::events::{ReadOptions, Reader};
use nirkit::io::data::{GraphData, Member, Observable, data_to_bytes, read_data_bytes};
use nirkit::io::spike_lists::SpikeLists;
use nirkit::io::{Compression, Limits};

use super::read_nir::LIMITS;

/// Channels of an Input, at most.
const MOST_CHANNELS: u64 = 4096;

/// Reads, writes, reads again, and takes what is there for stimuli.
pub fn run(bytes: &[u8]) {
    lists(bytes);
    let Ok(data) = read_data_bytes(bytes.to_vec(), &LIMITS()) else { return };
    take(&data);
    let bytes = |data| data_to_bytes(data, Compression::None);
    // A damaged file can hold a zero byte in a name, which is not written.
    let Ok(copy) = bytes(&data) else { return };
    let again = read_data_bytes(copy.clone(), &Limits::NONE).expect("what was written can be read");
    // Times that are no numbers are not equal to themselves; their bytes are.
    assert_eq!(bytes(&again).expect("what was written once"), copy);
}

/// Reads every sample of a file with lists of spikes.
fn lists(bytes: &[u8]) {
    let Ok(Some(file)) = SpikeLists::of_bytes(bytes.to_vec(), &LIMITS()) else { return };
    for sample in 0..file.len() {
        let Ok(list) = file.sample(sample) else { continue };
        assert_eq!(
            (list.times.len() as u64, list.units.len()),
            (file.spikes(sample), list.times.len())
        );
        let reader = Reader::of_spike_list(&list.times, &list.units, &ReadOptions::default());
        if let Ok(mut reader) = reader {
            let events = reader.read_all(u64::MAX).expect("memory gives no errors");
            assert!(events.len() as u64 <= file.spikes(sample));
        }
    }
}

/// Takes data for the stimuli of a graph whose Inputs have the names of the nodes.
fn take(data: &GraphData) {
    let channels = |member: &Member| {
        let Member::Node(node) = member else { return None };
        let (_, first) = node.observables.first()?;
        match first {
            Observable::Gridded(data) => data.data.shape().last().map(|&last| last as u64),
            Observable::Events(data) => Some(data.n_neurons),
        }
    };
    let input = |(name, member): (&String, &Member)| {
        let channels = channels(member).filter(|&channels| channels <= MOST_CHANNELS)?;
        Some((name.clone(), vec![channels as usize]))
    };
    let inputs: Vec<_> = data.nodes.iter().filter_map(input).collect();
    let stimulus = Stimulus::new().data(None, data.clone());
    let _ = (stimulus.dt(), stimulus.for_inputs(&inputs));
    let _ = stimulus.batched(true).for_inputs(&inputs);
}

//! A voltage that decays faster than two neighbouring instants are apart passes a Threshold once for each impulse.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io;

use nirkit_exact::{Event, Options, Recorder, prepare};
use nirkit_ir::validate;
use nirkit_run::stimulus::Spike;
use nirkit_run::{Signal, Stimulus};

/// Counts events of one node and those of the Output.
struct Count {
    node: usize,
    spikes: usize,
    arrived: usize,
}

impl Recorder for Count {
    fn spike(&mut self, event: Event) -> io::Result<()> {
        *(if event.node == self.node { &mut self.spikes } else { &mut self.arrived }) += 1;
        Ok(())
    }
}

#[test]
fn each_impulse_passes_the_level_once_however_fast_it_decays() {
    for tau in ["1e-15", "2e-17", "1e-17", "3e-18", "1e-18", "1e-20", "1e-100", "1e-300"] {
        let text = format!(
            "nirt 1\n\ngraph {{\n  i = Input {{ shape: i64[1] [1] }}\n  \
            l = LI {{ tau: f64[1] [{tau}], r: f64[1] [1], v_leak: f64[1] [0] }}\n  \
            t = Threshold {{ threshold: f64[1] [0.5] }}\n  o = Output {{ shape: i64[1] [1] }}\n\n  \
            i -> l -> t -> o\n}}\n"
        );
        let document = nirkit_ir::text::parse(&text, &()).unwrap();
        let graph = document.graph().unwrap();
        let options = Options::default();
        let facts = validate(graph).facts.unwrap();
        let program = prepare(graph, &facts, &options).unwrap();
        let spikes = [0.01, 0.013, 0.05].map(|time| Spike { time, channel: 0, value: 1.0 });
        let signal = Signal::Spikes { channels: 1, spikes: spikes.to_vec() };
        let stimulus = Stimulus { signals: [("i".to_owned(), signal)].into() };
        let mut run = program.start(&stimulus).unwrap();
        let mut count = Count { node: facts.find("t").unwrap().index(), spikes: 0, arrived: 0 };
        run.advance(0.1, &mut count).unwrap();
        assert_eq!((count.spikes, count.arrived), (3, 3), "tau = {tau}");
    }
}

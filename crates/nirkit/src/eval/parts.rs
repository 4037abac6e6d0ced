//! Sets that are read part by part: few samples are in memory at a time.

use std::ops::Range;
use std::sync::mpsc::sync_channel;

use super::LabelledSet;
use super::differs::differs;
use super::set::Samples;
use crate::error::{Error, ErrorKind};
use crate::model::{Bound, Model};

/// Samples that are read before they are run together, at most.
const CHUNK: usize = 256;
/// Numbers of frames and spikes that end a part with fewer samples: some 100 MB.
const NUMBERS: usize = 1 << 22;

impl LabelledSet {
    /// Returns a range of the samples of a set whose samples are read one by one.
    ///
    /// # Errors
    ///
    /// Samples that are not there.
    pub(crate) fn part(&self, range: Range<usize>) -> Result<Self, Error> {
        let labels = self.labels.get(range.clone()).map(<[i64]>::to_vec);
        let labels = labels.ok_or_else(|| {
            let what =
                format!("the samples {}:{} of {}", range.start, range.end, self.labels.len());
            Error::new(what).of_kind(ErrorKind::Stimulus).help("give samples that are there")
        })?;
        let mut part = self.clone();
        part.labels = labels;
        match &mut part.samples {
            Samples::Batch(_) => {}
            Samples::Files { files, .. } => *files = files[range].to_vec(),
            Samples::Lists { chosen, .. } => {
                *chosen = chosen.start + range.start..chosen.start + range.end;
            }
        }
        Ok(part)
    }

    /// Reads the set in parts, each matched with the Inputs of a model. The next part is read while one is taken: two are in memory.
    pub(crate) fn each(
        &self,
        model: &Model,
        mut take: impl FnMut(&[Bound]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if let Samples::Batch(stimulus) = &self.samples {
            return take(&[model.bind(stimulus)?]);
        }
        std::thread::scope(|scope| {
            // A part that nobody waits for is not handed over, and the next one is not begun.
            let (send, receive) = sync_channel(0);
            scope.spawn(move || self.read(model, |part| send.send(part).is_ok()));
            for part in receive {
                take(&part?)?;
            }
            Ok(())
        })
    }

    /// Reads the set in parts, and hands over each, or the errors of its samples, behind which nothing is read; `hand` says whether
    /// to go on.
    fn read(&self, model: &Model, hand: impl Fn(Result<Vec<Bound>, Error>) -> bool) {
        let mut first: Option<(Option<f64>, Bound)> = None;
        let (mut bounds, mut errors, mut held) = (Vec::new(), Vec::new(), 0);
        let all = self.samples.len();
        for at in 0..all {
            let (name, read) = self.samples.stimulus(at);
            let read = read.and_then(|stimulus| Ok((stimulus.dt(), model.bind(&stimulus)?)));
            match read {
                Ok((dt, bound)) => {
                    let (first_dt, first) = first.get_or_insert_with(|| (dt, bound.clone()));
                    if let Some(error) = differs((first, *first_dt), (&bound, dt), model.voice()) {
                        errors.push(error.of_kind(ErrorKind::Stimulus).in_file(&name));
                    }
                    held += bound.stimulus.numbers();
                    bounds.push(bound);
                }
                Err(error) => errors.push(error),
            }
            let is_full = bounds.len() + errors.len() == CHUNK || held >= NUMBERS;
            if !is_full && at + 1 < all {
                continue;
            }
            if !errors.is_empty() {
                hand(Err(Error::several(errors).of_kind(ErrorKind::Stimulus)));
                return;
            }
            if !hand(Ok(std::mem::take(&mut bounds))) {
                return;
            }
            held = 0;
        }
    }
}

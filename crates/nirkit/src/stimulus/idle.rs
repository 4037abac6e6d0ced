//! Options of how a stimulus is read that have no effect on it.

use super::{Content, Frames, Stimulus};
use crate::error::Error;

impl Stimulus {
    /// Options of which no part has any use, as errors.
    pub(super) fn idle(&self) -> Vec<Error> {
        if self.parts.is_empty() {
            return Vec::new();
        }
        let has = |is: &dyn Fn(&Content) -> bool| self.parts.iter().any(|part| is(&part.content));
        let has_events = has(&|content| match content {
            Content::Events(_) | Content::EventSamples(_) | Content::Lists(_) => true,
            Content::Recording(_, told) => told.takes_unit,
            _ => false,
        });
        let has_lists = has(&|content| matches!(content, Content::Lists(_)));
        let has_any_events = has(&|content| {
            matches!(
                content,
                Content::Events(_)
                    | Content::EventSamples(_)
                    | Content::Recording(..)
                    | Content::Lists(_)
            )
        });
        let has_timed = |content: &Content| {
            matches!(
                content,
                Content::Events(_)
                    | Content::EventSamples(_)
                    | Content::Recording(..)
                    | Content::Lists(_)
                    | Content::Courses(_)
                    | Content::Spikes(_)
            )
        };
        let has_arrays = has(&|content| !has_timed(content));
        let has_samples = has(&|content| {
            !matches!(content, Content::Events(_) | Content::Recording(..) | Content::Courses(_))
        });
        let options = [
            (self.event_times.is_some() && !has_events, "event_times", "tables of events"),
            (self.frames != Frames::Auto && !has_arrays, "frames", "arrays and NIRData"),
            (self.batch && !has_samples, "batch", "arrays, NIRData and files with many samples"),
            (self.window.is_some() && !has_any_events, "window", "events of sensors"),
            (
                self.samples.is_some() && !has_lists,
                "samples",
                "files with a list of spikes for each of many samples",
            ),
        ];
        let error = |(is_idle, option, owner): (bool, &str, &str)| {
            let option = self.voice.option(option);
            let message = format!("{option} has no effect: it is a choice of {owner}");
            is_idle.then(|| Error::new(message).help("leave it out"))
        };
        options.into_iter().filter_map(error).collect()
    }
}

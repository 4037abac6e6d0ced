//! Lets times begin at 0.

use super::Filter;
use crate::{Event, ReadError};

/// Takes the time of the first event from all times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebase {
    first: Option<i64>,
}

impl Filter for Rebase {
    fn apply(&mut self, events: &mut Vec<Event>) -> Result<(), ReadError> {
        let Some(event) = events.first() else { return Ok(()) };
        let first = *self.first.get_or_insert(event.t);
        for event in events {
            event.t = event.t.checked_sub(first).ok_or_else(|| {
                let what =
                    format!("a time of {} us is too far from the first one, {first} us", event.t);
                ReadError::unsupported(
                    what,
                    "leave `--rebase` out, or take a part (`--time-window`)",
                )
            })?;
        }
        Ok(())
    }

    fn words(&self) -> String {
        match self.first {
            Some(first) => format!("rebase: {first} us are taken from all times"),
            None => "rebase: times begin at 0".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_beyond_64_bits_is_an_error() {
        let event = |t| Event { t, x: 0, y: 0, on: true };
        let mut near = vec![event(-5), event(3)];
        Rebase::default().apply(&mut near).unwrap();
        assert_eq!(near.iter().map(|event| event.t).collect::<Vec<_>>(), [0, 8]);
        let mut far = vec![event(i64::MIN), event(i64::MAX)];
        assert!(Rebase::default().apply(&mut far).is_err());
    }
}

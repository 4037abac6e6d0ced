//! Reads the output of a process in threads of its own, within bounds.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Lines that wait to be read; a driver that writes more waits.
const WAITING: usize = 4;

/// Bytes of the standard error that are kept.
const KEPT: usize = 2048;

/// What comes from the standard output.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// A line without its end.
    Text(Vec<u8>),
    /// More bytes than a line may have.
    TooLong,
    /// The end, or an error of the system.
    End,
    /// Nothing in time.
    Late,
}

/// The lines that a process writes.
#[derive(Debug)]
pub(super) struct Lines(Receiver<Line>);

impl Lines {
    /// Reads lines of at most so many bytes.
    pub(super) fn of(output: impl Read + Send + 'static, most: usize) -> Self {
        let (sender, receiver) = sync_channel(WAITING);
        thread::spawn(move || forward(output, most, &sender));
        Self(receiver)
    }

    /// Returns the next line.
    pub(super) fn next(&self, patience: Duration) -> Line {
        match self.0.recv_timeout(patience) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => Line::Late,
            Err(RecvTimeoutError::Disconnected) => Line::End,
        }
    }
}

fn forward(output: impl Read, most: usize, sender: &SyncSender<Line>) {
    let mut reader = BufReader::new(output);
    loop {
        let mut line = Vec::new();
        // One more than a line may have tells that it is too long.
        let read = (&mut reader).take(most as u64 + 1).read_until(b'\n', &mut line);
        let found = match read {
            Ok(0) | Err(_) => Line::End,
            Ok(_) if line.last() == Some(&b'\n') => {
                line.pop();
                Line::Text(line)
            }
            Ok(_) if line.len() > most => Line::TooLong,
            // The last line may lack its end.
            Ok(_) => Line::Text(line),
        };
        let is_last = matches!(found, Line::End | Line::TooLong);
        if sender.send(found).is_err() || is_last {
            return;
        }
    }
}

/// The end of what a process writes to its standard error.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail(Arc<Mutex<Vec<u8>>>);

impl Tail {
    /// Reads everything, and keeps the end.
    pub(super) fn of(mut output: impl Read + Send + 'static) -> Self {
        let tail = Self::default();
        let kept = tail.clone();
        thread::spawn(move || {
            let mut block = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut block) {
                let mut kept = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(block.get(..count).unwrap_or_default());
                let surplus = kept.len().saturating_sub(KEPT);
                kept.drain(..surplus);
            }
        });
        tail
    }

    /// Returns the last lines, for the end of a message; nothing if there are none.
    pub(super) fn said(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept);
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        match lines.get(lines.len().saturating_sub(2)..) {
            Some(last @ [_, ..]) => format!("; it said: {}", last.join(" / ")),
            _ => String::new(),
        }
    }
}

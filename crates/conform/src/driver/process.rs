//! A process as a driver: questions to its standard input, answers from its standard output.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use nirkit::io::array::write_array;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use super::reader::{Line, Lines, Tail};
use super::words::words;
use super::{Driver, DriverError, Hello, Question, Reply};
use crate::protocol::{AnswerLine, PROTOCOL, Request, RunRequest};

/// What a driver may take.
#[derive(Clone, Copy, Debug)]
pub struct ProcessLimits {
    /// Time until it says who it is: it may have a large package to import.
    pub start: Duration,
    /// Time for an answer.
    pub answer: Duration,
    /// Bytes of an answer.
    pub bytes: usize,
}

impl Default for ProcessLimits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { start: seconds(120), answer: seconds(60), bytes: 64 << 20 }
    }
}

/// A process that speaks the protocol. It is started when it is first asked, and started anew after it ended or was
/// ended.
#[derive(Debug)]
pub struct Process {
    command: Vec<String>,
    limits: ProcessLimits,
    running: Option<Running>,
    questions: u64,
}

/// A process that runs.
#[derive(Debug)]
struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Lines,
    tail: Tail,
    hello: Hello,
}

/// So many characters of an answer are shown where it cannot be read.
const SHOWN: usize = 80;

impl Process {
    /// Makes a driver of a command line, whose words are separated by blanks; quotes keep blanks together.
    ///
    /// # Errors
    ///
    /// The command line is empty, or a quote is not closed.
    pub fn new(command: &str, limits: ProcessLimits) -> Result<Self, DriverError> {
        let start = |reason: String| DriverError::Start { command: command.to_owned(), reason };
        let command = words(command).map_err(start)?;
        if command.is_empty() {
            return Err(start("the command is empty".to_owned()));
        }
        Ok(Self { command, limits, running: None, questions: 0 })
    }

    /// Starts the process if it does not run, and returns who it is.
    fn start(&mut self) -> Result<&mut Running, DriverError> {
        if self.running.is_none() {
            let running = self.spawn()?;
            self.running = Some(running);
            let hello = self.exchange(&Request::Hello { protocol: PROTOCOL }, self.limits.start)?;
            if let Some(running) = &mut self.running {
                running.hello = hello;
            }
        }
        self.running.as_mut().ok_or_else(|| DriverError::Ended {
            status: "it does not run".to_owned(),
            said: String::new(),
        })
    }

    fn spawn(&self) -> Result<Running, DriverError> {
        let failed =
            |reason: String| DriverError::Start { command: self.command.join(" "), reason };
        let (program, arguments) =
            self.command.split_first().ok_or_else(|| failed("the command is empty".to_owned()))?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Its own group, so that what it starts ends with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        let (Some(output), Some(error)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(failed("it has no standard output".to_owned()));
        };
        let (lines, tail) = (Lines::of(output, self.limits.bytes), Tail::of(error));
        let input = child.stdin.take();
        Ok(Running { child, input, lines, tail, hello: Hello::default() })
    }

    /// Sends a question and reads a line. Whatever goes wrong ends the process.
    fn exchange<T: DeserializeOwned>(
        &mut self,
        request: &Request,
        patience: Duration,
    ) -> Result<T, DriverError> {
        let Some(running) = &mut self.running else {
            let status = "it does not run".to_owned();
            return Err(DriverError::Ended { status, said: String::new() });
        };
        let found = running.exchange(request, patience, self.limits.bytes);
        if found.is_err() {
            self.end();
        }
        found
    }

    /// Ends the process and what it started.
    fn end(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.kill();
        }
    }
}

impl Running {
    fn exchange<T: DeserializeOwned>(
        &mut self,
        request: &Request,
        patience: Duration,
        most: usize,
    ) -> Result<T, DriverError> {
        let line = serde_json::to_string(request)
            .map_err(|error| DriverError::Files(error.to_string()))?;
        // A process that ended does not read; that it ended is seen where its answer is missing.
        if let Some(input) = &mut self.input {
            let sent = writeln!(input, "{line}").and_then(|()| input.flush());
            if sent.is_err() {
                return Err(self.ended());
            }
        }
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = match self.lines.next(left) {
                Line::Text(line) => line,
                Line::TooLong => return Err(DriverError::Flood { most }),
                Line::End => return Err(self.ended()),
                Line::Late => {
                    let (seconds, said) = (patience.as_secs(), self.tail.said());
                    return Err(DriverError::Silent { seconds, said });
                }
            };
            // Empty lines are nobody's.
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return serde_json::from_slice(&line)
                .map_err(|error| unreadable(&error.to_string(), &line));
        }
    }

    /// The error for a process that ended by itself.
    fn ended(&mut self) -> DriverError {
        // Its last words may still be on their way.
        let deadline = Instant::now() + Duration::from_millis(500);
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status.to_string(),
                Ok(None) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Ok(None) => break "its standard output is closed".to_owned(),
                Err(error) => break error.to_string(),
            }
        };
        std::thread::sleep(Duration::from_millis(20));
        DriverError::Ended { status, said: self.tail.said() }
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = rustix::process::Pid::from_raw(self.child.id() as i32) {
            // What ended already cannot be ended.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The error for a line that is no answer.
fn unreadable(reason: &str, line: &[u8]) -> DriverError {
    let text = String::from_utf8_lossy(line);
    let begins: String = text.chars().take(SHOWN).collect();
    DriverError::Unreadable {
        reason: reason.to_owned(),
        begins: nirkit::escape::line(&begins).into_owned(),
    }
}

impl Driver for Process {
    fn hello(&mut self) -> Result<Hello, DriverError> {
        self.start().map(|running| running.hello.clone())
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Reply, DriverError> {
        self.start()?;
        let files = |error: &dyn std::fmt::Display| DriverError::Question(error.to_string());
        let folder = TempDir::new().map_err(|error| files(&error))?;
        let graph = folder.path().join("graph.nir");
        nirkit::write(&graph, question.graph).map_err(|error| files(&error))?;
        let mut inputs = BTreeMap::new();
        for (at, (name, frames)) in question.inputs.iter().enumerate() {
            // The names of nodes can be what no file can be called.
            let path = folder.path().join(format!("input.{at}.npy"));
            write_array(&path, frames).map_err(|error| files(&error))?;
            inputs.insert(name.clone(), path);
        }
        self.questions += 1;
        let id = self.questions;
        let (dt, steps) = (question.dt, question.steps);
        let request = Request::Run(RunRequest { id, graph, inputs, dt, steps });
        let line: AnswerLine = self.exchange(&request, self.limits.answer)?;
        let begins = format!("{{\"id\": {}, ...", line.id);
        let unreadable =
            |reason: String| DriverError::Unreadable { reason, begins: begins.clone() };
        if line.id != id {
            let reason =
                format!("it answers the question {}, and this is the question {id}", line.id);
            // What follows would answer the wrong questions too.
            self.end();
            return Err(unreadable(reason));
        }
        line.reply(&question.outputs()).map_err(unreadable)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

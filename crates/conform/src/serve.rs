//! The other end of the protocol: a driver that answers lines of JSON, so that what nirkit has can be asked as a black
//! box.

use std::io::{BufRead, Write};

use nirkit::io::Limits;

use crate::driver::{Driver, Question, Reply};
use crate::protocol::{AnswerLine, Request, RunRequest};

/// Answers questions until there are no more.
///
/// # Errors
///
/// A line that is no question, and what cannot be read or written.
pub fn serve(
    driver: &mut dyn Driver,
    questions: impl BufRead,
    mut answers: impl Write,
) -> Result<(), nirkit::Error> {
    let failed = |error: &dyn std::fmt::Display| nirkit::Error::new(error.to_string());
    for line in questions.lines() {
        let line = line.map_err(|error| failed(&error))?;
        if line.trim().is_empty() {
            continue;
        }
        let request: Request = serde_json::from_str(&line).map_err(|error| {
            let help =
                "a question is {\"do\": \"hello\", ...} or {\"do\": \"run\", ...} in one line";
            nirkit::Error::new(format!("this is no question: {error}")).help(help)
        })?;
        let answer = match request {
            Request::Hello { .. } => {
                serde_json::to_string(&driver.hello().map_err(|error| failed(&error))?)
            }
            Request::Run(request) => {
                let reply = answer(driver, &request)
                    .unwrap_or_else(|error| Reply::Refused(error.to_string()));
                serde_json::to_string(&AnswerLine::of(request.id, &reply))
            }
        };
        let answer = answer.map_err(|error| failed(&error))?;
        writeln!(answers, "{answer}")
            .and_then(|()| answers.flush())
            .map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn answer(driver: &mut dyn Driver, request: &RunRequest) -> Result<Reply, nirkit::Error> {
    let graph = nirkit::document::load(&request.graph, &Limits::default())?.document;
    let inputs = crate::driver::inputs_of(&graph, &request.inputs)?;
    let question =
        Question { graph: &graph, inputs: &inputs, dt: request.dt, steps: request.steps };
    driver.ask(&question).map_err(|error| nirkit::Error::new(error.to_string()))
}

//! A driver whose failures at single probes count as refusals.

use crate::driver::{Driver, DriverError, Hello, Question, Reply};

/// Probes that may stay without an answer.
const MOST: usize = 8;

/// Asks a driver, and takes a probe at which it ends or stays silent for one that it refuses. A driver that has answered nothing
/// yet, or fails again and again, is an error.
pub(super) struct Patient<'a> {
    driver: &'a mut dyn Driver,
    has_answered: bool,
    failures: usize,
}

impl<'a> Patient<'a> {
    pub(super) fn new(driver: &'a mut dyn Driver) -> Self {
        Self { driver, has_answered: false, failures: 0 }
    }
}

impl Driver for Patient<'_> {
    fn hello(&mut self) -> Result<Hello, DriverError> {
        self.driver.hello()
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Reply, DriverError> {
        match self.driver.ask(question) {
            Ok(reply) => {
                self.has_answered = true;
                Ok(reply)
            }
            Err(error @ (DriverError::Silent { .. } | DriverError::Ended { .. })) => {
                self.failures += 1;
                if !self.has_answered || self.failures > MOST {
                    return Err(error);
                }
                Ok(Reply::Refused(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Answers, or stays silent, as it is told.
    struct Told(Vec<bool>);

    impl Driver for Told {
        fn hello(&mut self) -> Result<Hello, DriverError> {
            Ok(Hello { name: "told".to_owned(), version: String::new() })
        }

        fn ask(&mut self, _: &Question<'_>) -> Result<Reply, DriverError> {
            let silent = DriverError::Silent { seconds: 1, said: String::new() };
            if self.0.remove(0) { Ok(Reply::Refused("no".to_owned())) } else { Err(silent) }
        }
    }

    fn outcomes(answers: Vec<bool>) -> Vec<bool> {
        let count = answers.len();
        let mut driver = Told(answers);
        let mut patient = Patient::new(&mut driver);
        let graph = nirkit::ir::Document::of_graph(nirkit::ir::Graph::default());
        let inputs = BTreeMap::new();
        let question = Question { graph: &graph, inputs: &inputs, dt: 1e-3, steps: 1 };
        (0..count).map(|_| patient.ask(&question).is_ok()).collect()
    }

    #[test]
    fn a_probe_without_an_answer_is_refused_unless_there_are_many() {
        assert_eq!(outcomes(vec![false]), [false]);
        assert_eq!(outcomes(vec![true, false, true]), [true; 3]);
        let mut many = outcomes([&[true][..], &[false; 9]].concat());
        assert_eq!(many.pop(), Some(false));
        assert_eq!(many, [true; 9]);
    }
}

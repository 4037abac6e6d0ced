//! A function as a driver.

use super::{Driver, DriverError, Hello, Question, Reply};

/// What a function does with a question.
type Answering<'a> = dyn FnMut(&Question<'_>) -> Result<Reply, DriverError> + 'a;

/// A function that answers questions, in the same process.
pub struct Function<'a> {
    hello: Hello,
    function: Box<Answering<'a>>,
}

impl<'a> Function<'a> {
    /// Makes a driver of a function.
    pub fn new(
        name: &str,
        function: impl FnMut(&Question<'_>) -> Result<Reply, DriverError> + 'a,
    ) -> Self {
        let hello = Hello { name: name.to_owned(), version: String::new() };
        Self { hello, function: Box::new(function) }
    }
}

impl Driver for Function<'_> {
    fn hello(&mut self) -> Result<Hello, DriverError> {
        Ok(self.hello.clone())
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Reply, DriverError> {
        (self.function)(question)
    }
}

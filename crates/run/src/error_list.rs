//! Everything that is wrong with one thing, said at once.

use std::error::Error;
use std::fmt::{self, Display};

/// Errors that were found together; shown with a line for each.
///
/// ```
/// let errors = nirkit_run::ErrorList(vec!["no time step", "no input"]);
/// assert_eq!(errors.to_string(), "no time step\nno input");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorList<E>(pub Vec<E>);

impl<E: Display> Display for ErrorList<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.0.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl<E: Error> Error for ErrorList<E> {}

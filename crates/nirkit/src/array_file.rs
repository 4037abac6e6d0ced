//! Numpy arrays that are read by their names: labels, instants.

use std::path::Path;

use nirkit_io::ending::{self, ends_in};
use nirkit_io::{Limits, array};
use nirkit_numerics::Tensor;

use crate::error::{Error, ErrorKind};
use crate::suggest;

/// Reads the array with the `what` of a call. Its name ends in `.npy`, or is that of a device or a pipe.
pub(crate) fn read_named_array(path: &Path, what: &str, limits: &Limits) -> Result<Tensor, Error> {
    if ends_in(path, ending::ARRAY) || ending::is_special(path) {
        let read = array::read_array(path, limits).map_err(Error::from);
        return read.map_err(|error| suggest::with_file(error, path, &[ending::ARRAY]));
    }
    let message = format!("the {what} are read from a numpy array, whose name ends in `.npy`");
    let error = Error::new(message).of_kind(ErrorKind::Choice).in_file(path);
    Err(error.help(format!("give a file that ends in `.npy`, with the {what} as an array")))
}

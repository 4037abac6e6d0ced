//! `nir conform serve`: a platform as a driver.

use std::io;

use nirkit_conform::{PlatformDriver, serve};

use super::args::ServeArgs;
use crate::exit::Exit;
use crate::failure::Failure;

pub(super) fn run(args: &ServeArgs) -> Result<Exit, Failure> {
    let mut driver = PlatformDriver::new(&args.platform, args.reset)?;
    serve(&mut driver, io::stdin().lock(), io::stdout().lock())?;
    Ok(Exit::Fine)
}

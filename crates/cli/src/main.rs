//! The program `nir`.

mod memory;

use std::process::ExitCode;
use std::thread::{Builder, JoinHandle};

/// Bytes of stack that graphs nested as deep as the limits allow are known to need, with much to spare.
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    let run = || nirkit_cli::main_with(std::env::args_os());
    if has_stack() {
        return run().into();
    }
    match Builder::new().stack_size(STACK).spawn(run).map(JoinHandle::join) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        // Without another thread, the stack of this one has to do.
        Err(_) => run().into(),
    }
}

/// Whether the system gives the first thread enough (`ulimit -s`).
fn has_stack() -> bool {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        getrlimit(Resource::Stack).current.is_none_or(|bytes| bytes >= STACK as u64)
    }
    #[cfg(not(unix))]
    true
}

//! Options of `nir completions`.

use clap::Args as ClapArgs;

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  nir completions bash > ~/.local/share/bash-completion/completions/nir"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

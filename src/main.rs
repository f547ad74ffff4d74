//! The program: everything happens in the library, see [`plainsail::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    plainsail::cli::run(std::env::args_os())
}

//! The command `newsgen`.

use std::process::ExitCode;

/// A build makes many small values on several threads, which this allocator does in less time than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    newsgen::cli::run()
}

//! The command `newsgen`.

use std::process::ExitCode;

/// A build makes many small values on several threads, which this allocator does in less time than the system's.
/// Without transparent huge pages: a build is over before they pay, and most of what is in them would not be used.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    newsgen::cli::run()
}

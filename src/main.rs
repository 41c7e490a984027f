//! The command `newsgen`.

use std::process::ExitCode;

/// A build makes many small allocations on several threads, at which this allocator is faster than
/// the system's. Transparent huge pages would not pay off in a build's short time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    newsgen::cli::run()
}

//! The `citygauge` command: chooses a command and gives its exit status.

use std::process::ExitCode;

use citygauge_api::commands;

/// Polars makes and drops many columns from several threads at once; the system's allocator returns their memory to the
/// system in between, and takes longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    commands::main()
}

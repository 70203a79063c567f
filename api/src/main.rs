//! The `citygauge` command: chooses a command and gives its exit status.

use std::process::ExitCode;

use citygauge_api::commands;

fn main() -> ExitCode {
    commands::main()
}

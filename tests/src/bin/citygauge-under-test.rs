//! The `citygauge` command once more: cargo tells a test where the binaries of its own package are, and no others.

fn main() -> std::process::ExitCode {
    citygauge_api::commands::main()
}

//! Benchmarks of the service from outside, beside the tools they are measured against; `docs/benchmarks.md` has the figures.

#![expect(clippy::disallowed_methods, reason = "a benchmark asks the service that it has started itself")]

mod import;
mod reads;
mod scale;

use std::path::Path;
use std::time::Duration;

/// The release build of the command.
fn binary() -> String {
    built("CITYGAUGE_BENCH_BINARY", "the release build of the command")
}

/// A program that was built before, by the variable that names it.
fn built(variable: &str, what: &str) -> String {
    let path = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names {what}"));
    assert!(Path::new(&path).is_file(), "{path} is no file");
    path
}

fn median<T: Copy + PartialOrd>(mut figures: Vec<T>) -> T {
    figures.sort_by(|one, other| one.partial_cmp(other).expect("figures are numbers"));
    figures[figures.len() / 2]
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

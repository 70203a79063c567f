//! The service as those who run it see it: where it keeps its files, what it says when a part of it is away, how it is copied
//! and brought back, and how it stops.

mod backup;
mod objects;
mod stopping;
mod traces;

use citygauge_openapi::Problem;
use citygauge_openapi::client::ClientError;

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");

/// The problem of an answer that says that the service cannot do it now.
fn unavailable<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> Problem {
    match answer {
        Err(ClientError::Problem(problem)) if problem.status == 503 => *problem,
        other => panic!("503 was expected, found {other:?}"),
    }
}

/// The codes of its faults.
fn codes(problem: &Problem) -> Vec<&str> {
    problem.errors.iter().map(|fault| fault.code.as_str()).collect()
}

//! What takes bytes from outside, each with what must hold whatever the bytes are; one file is one target.
//!
//! A target asserts more than that nothing panics: what is refused is refused with a clear fault, and what is accepted survives being written and
//! read again. It answers whether the bytes were accepted. The same functions are called by the targets of cargo-fuzz (`tests/fuzz`), which look for
//! new inputs for as long as they are let, and by the short run of the pipeline (`tests/tests/fuzz.rs`), which mutates the kept ones ([`mutate`]).
//! `docs/fuzzing.md` tells how to run both. To add a target: a file here, its line in [`TARGETS`], its three lines in `tests/fuzz/fuzz_targets`, and
//! a corpus.

mod accept;
mod bundle;
mod cells;
mod csv;
mod cursor;
mod evaluation;
mod formula;
mod headers;
mod json;
mod map;
mod mapping;
pub mod mutate;
mod schedule;
mod sdmx;
mod set;
mod tokens;
mod workbook;
mod xlsx;

use std::path::PathBuf;

use citygauge_indicators::{Fault, Faults};

pub use accept::accept;
pub use bundle::bundle;
pub use csv::csv;
pub use cursor::cursor;
pub use evaluation::evaluation;
pub use formula::formula;
pub use headers::headers;
pub use json::json;
pub use map::map;
pub use mapping::mapping;
pub use schedule::schedule;
pub use sdmx::sdmx;
pub use set::set;
pub use tokens::tokens;
pub use workbook::workbook;
pub use xlsx::xlsx;

/// A reader of bytes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, and that of its folder of inputs.
    pub name: &'static str,
    /// Reads bytes, asserts what must hold, and answers whether they were accepted.
    pub read: fn(&[u8]) -> bool,
    /// Words that mean something to it; a mutation may insert them.
    pub words: &'static [&'static str],
    /// Whether it reads ZIP archives, whose members are mutated rather than their compressed bytes.
    pub is_archive: bool,
    /// How many mutations the short run tries for each hundred of the usual number: fewer where one takes long.
    pub share: usize,
}

const fn text(name: &'static str, read: fn(&[u8]) -> bool, words: &'static [&'static str]) -> Target {
    Target { name, read, words, is_archive: false, share: 100 }
}

const fn archive(name: &'static str, read: fn(&[u8]) -> bool, words: &'static [&'static str]) -> Target {
    Target { name, read, words, is_archive: true, share: 15 }
}

/// Every target.
pub const TARGETS: [Target; 16] = [
    text("accept", accept, accept::WORDS),
    archive("bundle", bundle, bundle::WORDS),
    text("csv", csv, cells::WORDS),
    text("cursor", cursor, cursor::WORDS),
    Target { share: 10, ..text("evaluation", evaluation, formula::WORDS) },
    text("formula", formula, formula::WORDS),
    text("headers", headers, headers::WORDS),
    text("json", json, json::WORDS),
    text("map", map, map::WORDS),
    text("mapping", mapping, mapping::WORDS),
    Target { share: 10, ..text("schedule", schedule, schedule::WORDS) },
    text("sdmx", sdmx, sdmx::WORDS),
    Target { share: 50, ..text("set", set, set::WORDS) },
    text("tokens", tokens, tokens::WORDS),
    archive("workbook", workbook, xlsx::WORDS),
    archive("xlsx", xlsx, xlsx::WORDS),
];

impl Target {
    /// The kept inputs, by name: those that the target begins with, and every one that ever failed.
    ///
    /// # Panics
    /// Where the folder cannot be read.
    #[must_use]
    pub fn corpus(&self) -> Vec<(String, Vec<u8>)> {
        let folder: PathBuf = crate::workspace().join("tests/fuzz/corpus").join(self.name);
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut inputs: Vec<(String, Vec<u8>)> = entries
            .map(|entry| {
                let entry = entry.expect("the folder is listed");
                (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("an input is read"))
            })
            .collect();
        inputs.sort();
        inputs
    }
}

/// Asserts that a refusal can be acted upon: there is a fault, and each has a code, a sentence in both languages and how to mend it.
fn refused(faults: &Faults) {
    assert!(faults.0.iter().any(Fault::is_error), "it was refused without a fault");
    faults.0.iter().for_each(told);
    for fault in &faults.0 {
        assert!(fault.hint.is_some() || fault.expected.is_some(), "nobody knows how to mend {fault:?}");
    }
}

/// Asserts that a finding is told in both languages, under a stable code.
fn told(fault: &Fault) {
    let is_code = |text: &str| {
        text.split('.')
            .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
    };
    assert!(fault.code.contains('.') && is_code(fault.code), "{fault:?}");
    let is_told = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    assert!(is_told(&fault.message.zh) && is_told(&fault.message.en), "{fault:?}");
}

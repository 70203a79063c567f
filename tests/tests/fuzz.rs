//! The short run of the targets that take bytes from outside: each over its kept inputs and over mutations of them. `docs/fuzzing.md` tells of the
//! long one, which looks for new inputs by what they reach.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use citygauge_indicators::canonical::hex;
use citygauge_tests::fuzz::mutate::Mutator;
use citygauge_tests::fuzz::{TARGETS, Target};
use citygauge_tests::{number, workspace};
use sha2::{Digest, Sha256};

/// How many mutations of a target are tried unless `CITYGAUGE_FUZZ_MUTATIONS` says otherwise.
const MUTATIONS: usize = 1_500;

/// No input takes longer, in a build that is not optimised and on a machine that does other work.
const PATIENCE: Duration = Duration::from_secs(30);

/// The kept inputs of all targets together, in bytes.
const MOST_KEPT: usize = 300_000;

macro_rules! each_target {
    ($($name:ident),+ $(,)?) => {
        $(#[test]
        fn $name() {
            run(TARGETS.iter().find(|target| target.name == stringify!($name)).expect("it is listed"));
        })+

        const NAMED: &[&str] = &[$(stringify!($name)),+];
    };
}

each_target!(
    accept, bundle, csv, cursor, evaluation, formula, headers, json, map, mapping, schedule, sdmx, set, tokens, workbook, xlsx,
);

/// Every target has its kept inputs, its test here and its three lines for cargo-fuzz.
#[test]
fn every_target_is_run_here_and_by_cargo_fuzz() {
    let named: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(named, NAMED.iter().copied().collect());
    let fuzz = workspace().join("tests/fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).expect("the manifest");
    let mut kept = 0;
    for target in TARGETS {
        let lines = fs::read_to_string(fuzz.join(format!("fuzz_targets/{}.rs", target.name))).expect("its file");
        assert!(lines.contains(&format!("fuzz::{}(bytes)", target.name)), "{}", target.name);
        assert!(manifest.contains(&format!("name = \"{}\"", target.name)), "{}", target.name);
        let corpus = target.corpus();
        assert!(!corpus.is_empty(), "{} has nothing to begin with", target.name);
        kept += corpus.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    }
    assert!(kept < MOST_KEPT, "{kept} bytes are kept");
}

/// Runs a target over its kept inputs and over mutations of them.
fn run(target: &Target) {
    let corpus = target.corpus();
    let (mut accepted, mut slowest) = (0, Duration::ZERO);
    let mut of = |name: &str, bytes: &[u8]| {
        let begun = Instant::now();
        let read = catch_unwind(AssertUnwindSafe(|| (target.read)(bytes)));
        let took = begun.elapsed();
        slowest = slowest.max(took);
        match read {
            Ok(is_accepted) if took < PATIENCE => accepted += usize::from(is_accepted),
            Ok(_) => panic!("{name} took {took:?}\n{}", kept(target, bytes)),
            Err(_) => panic!("{name} failed\n{}", kept(target, bytes)),
        }
    };
    for (name, bytes) in &corpus {
        of(name, bytes);
    }
    let mutations = number("CITYGAUGE_FUZZ_MUTATIONS", MUTATIONS) * target.share / 100;
    let mut mutator = Mutator::new(target, number("CITYGAUGE_FUZZ_SEED", 1) as u64);
    let mut grown = corpus[0].1.clone();
    for round in 0..mutations {
        let (name, input) = &corpus[round % corpus.len()];
        // Every third one is a mutation of a mutation.
        let input = if round % 3 == 2 && !grown.is_empty() { &grown } else { input };
        let mutated = mutator.mutate(input, &corpus[(round / corpus.len() + 1) % corpus.len()].1);
        of(&format!("a mutation of {name}"), &mutated);
        grown = mutated;
    }
    let inputs = corpus.len();
    println!("{}: {inputs} kept inputs and {mutations} mutations, {accepted} accepted, the slowest {slowest:?}", target.name);
    assert!(accepted > 0, "nothing is ever accepted, so that nothing beyond refusals is tried");
}

/// Keeps an input that failed and says where, so that it can join the corpus.
fn kept(target: &Target, bytes: &[u8]) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz").join(target.name);
    let file = folder.join(format!("found-{}", &hex(&Sha256::digest(bytes))[..12]));
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, bytes));
    let name = target.name;
    let place = written.map_or_else(|error| format!("it could not be written: {error}"), |()| file.display().to_string());
    format!("in hexadecimal: {}\nas a file, to be put into tests/fuzz/corpus/{name}: {place}", hex(bytes))
}

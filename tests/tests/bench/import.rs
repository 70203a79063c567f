//! A million observations from CSV, validated and committed, beside the bulk loaders of the databases.
//!
//! The service is a process of its own and gets the file over HTTP; its time ends when the import's job is over. SQLite's
//! `.import` and PostgreSQL's `\copy` get the same rows as they end up in the table, already with every column that the
//! service adds. The two sides take turns, each time in a new database with the same settings. Besides the command's
//! release build this needs `sqlite3` and, where `CITYGAUGE_TEST_DATABASE_URL` is set, `psql`:
//!
//! ```text
//! cargo build --release -p citygauge-api
//! CITYGAUGE_BENCH_BINARY=$PWD/target/release/citygauge \
//!     cargo test -p citygauge-tests --test bench -- --ignored --nocapture --test-threads 1 import
//! ```
//!
//! `CITYGAUGE_BENCH_ROWS` (1,000,000), `CITYGAUGE_BENCH_RUNS` (3) and `CITYGAUGE_BENCH_SEED` (1) may say otherwise. The test
//! fails where the service takes more than twice as long or needs 512 MiB or more.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use citygauge_tests::steps::{cities_csv, import, observations_csv, plain_set, publish};
use citygauge_tests::{Place, Process, number};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

use crate::{binary, median};

const ITEMS: usize = 100;
const PERIODS: usize = 20;

/// The least part of a bulk loader's speed.
const SPEED: f64 = 0.5;

/// The peak memory that the whole process stays below.
const MEMORY: u64 = 512 << 20;

/// The columns of the loaders' file, in its order. What is NULL in every row is left out.
const COLUMNS: &str = "id, city, period, item, number, status, quality, source, import_id, recorded_at_ms, recorded_by, method, \
                       provider, original_unit";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a benchmark; it needs a release build and takes minutes"]
async fn an_import_is_at_least_half_as_fast_as_dot_import_of_sqlite() {
    let rows = Rows::drawn();
    compare(&rows, "sqlite3 .import", async || Place::folder(), load_into_sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a benchmark; it needs a release build and takes minutes"]
async fn an_import_is_at_least_half_as_fast_as_copy_of_postgres() {
    if std::env::var_os("CITYGAUGE_TEST_DATABASE_URL").is_none() {
        eprintln!("skipped: CITYGAUGE_TEST_DATABASE_URL is not set");
        return;
    }
    let rows = Rows::drawn();
    compare(&rows, "psql \\copy", async || Place::schema().await.expect("the URL is set"), load_into_postgres).await;
}

/// The two sides in turn, their medians, and the memory.
async fn compare(rows: &Rows, loader: &str, place: impl AsyncFn() -> Place, load: fn(&Place, &Rows) -> Duration) {
    let (mut service, mut beside, mut peak) = (Vec::new(), Vec::new(), 0);
    for run in 1..=number("CITYGAUGE_BENCH_RUNS", 3) {
        let (took, memory) = imported(rows, place().await).await;
        let other = place().await;
        drop(Process::start(&binary(), &other));
        let loaded = load(&other, rows);
        other.clear().await;
        println!("run {run}: citygauge {took:.2?} (peak {} MiB), {loader} {loaded:.2?}", memory >> 20);
        service.push(took);
        beside.push(loaded);
        peak = peak.max(memory);
    }
    let (took, loaded) = (median(service), median(beside));
    let speed = loaded.as_secs_f64() / took.as_secs_f64();
    println!(
        "{} rows, medians: citygauge {took:.2?}, {loader} {loaded:.2?}; citygauge takes {:.2} times as long, {speed:.2} of the speed; \
         peak memory {} MiB",
        rows.count,
        1.0 / speed,
        peak >> 20,
    );
    assert!(speed >= SPEED, "{speed:.2} of the speed of {loader}, at least {SPEED} was expected");
    assert!(peak < MEMORY, "a peak of {} MiB, less than {} MiB was expected", peak >> 20, MEMORY >> 20);
}

/// How long the service takes, from the first byte of the upload to the end of the job, and the most memory it had.
async fn imported(rows: &Rows, place: Place) -> (Duration, u64) {
    let process = Process::start(&binary(), &place);
    let client = process.client(process.first_key().expect("the first start issues a key"));
    let items: Vec<String> = (0..ITEMS).map(item).collect();
    let set = publish(&client, &plain_set("speed", &items.iter().map(String::as_str).collect::<Vec<_>>())).await;
    let register = (0..rows.cities()).fold("code,name\n".to_owned(), |mut register, number| {
        writeln!(register, "{0},{0}", city(number)).expect("a text takes everything");
        register
    });
    import(&client, &cities_csv(), register).await;
    let file = std::fs::read(&rows.file).expect("the file was written");
    let start = Instant::now();
    let import = import(&client, &observations_csv(&set), file).await;
    let took = start.elapsed();
    assert_eq!((import.accepted, import.unchanged), (rows.count as u64, 0));
    let peak = process.peak_memory().expect("this system tells the peak of a process");
    process.kill();
    place.clear().await;
    (took, peak)
}

/// Into the table that the service's migrations have made; its indexes and checks are the same.
fn load_into_postgres(place: &Place, rows: &Rows) -> Duration {
    let (url, schema) = place.postgres().expect("a place on PostgreSQL");
    let path = format!("SET search_path TO {schema}");
    let psql = |command: &str| {
        let mut psql = Command::new("psql");
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "-v",
            "ON_ERROR_STOP=1",
            url,
            "-c",
            &path,
            "-c",
            command,
        ]);
        output(&mut psql)
    };
    let start = Instant::now();
    psql(&format!("\\copy observations ({COLUMNS}) FROM '{}' CSV", rows.table.display()));
    let took = start.elapsed();
    assert_eq!(psql("SELECT count(*) FROM observations").trim(), rows.count.to_string());
    took
}

/// Into a table beside the service's: `.import` fills every column of a table and writes no NULL. So the table has the
/// columns of the file and no others, which spares SQLite six NULLs per row and the check of number against choice.
fn load_into_sqlite(place: &Place, rows: &Rows) -> Duration {
    let database = place.sqlite().expect("a place on SQLite");
    let sqlite = |script: &str| {
        let mut sqlite = Command::new("sqlite3");
        sqlite.args(["-batch", "-bail"]).arg(&database).arg(script);
        output(&mut sqlite)
    };
    sqlite(
        "DROP TABLE observations;
         CREATE TABLE observations (
             id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, city TEXT NOT NULL, period TEXT NOT NULL, item TEXT NOT NULL,
             number REAL, status TEXT NOT NULL, quality TEXT NOT NULL, source TEXT NOT NULL, import_id TEXT,
             recorded_at_ms INTEGER NOT NULL, recorded_by TEXT NOT NULL, method TEXT NOT NULL, provider TEXT NOT NULL,
             original_unit TEXT NOT NULL);
         CREATE UNIQUE INDEX ux_observations_current ON observations (city, period, item);",
    );
    let mut import = Command::new("sqlite3");
    import.args(["-batch", "-bail", "-csv", "-cmd", "PRAGMA synchronous = FULL", "-cmd", "PRAGMA cache_size = -32768"]);
    import.arg(&database).arg(format!(".import {} observations", rows.table.display()));
    let start = Instant::now();
    output(&mut import);
    let took = start.elapsed();
    assert_eq!(sqlite("SELECT count(*) FROM observations").trim(), rows.count.to_string());
    took
}

/// What a command prints, which must end well.
fn output(command: &mut Command) -> String {
    let ended = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(ended.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).expect("it prints text")
}

/// The same rows twice: as a person sends them, and as the table holds them.
struct Rows {
    count: usize,
    file: PathBuf,
    table: PathBuf,
    _folder: TempDir,
}

impl Rows {
    fn drawn() -> Self {
        let mut random = StdRng::seed_from_u64(number("CITYGAUGE_BENCH_SEED", 1) as u64);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let count = number("CITYGAUGE_BENCH_ROWS", 1_000_000);
        let (mut file, mut table) = ("city,period,item,value\n".to_owned(), String::new());
        let id = "01936f5e-7a3c-7d2e-8f10-5b6c7d8e9f00";
        for row in 0..count {
            let (city, period) = (city(row / (ITEMS * PERIODS)), 2001 + row / ITEMS % PERIODS);
            let (item, value) = (item(row % ITEMS), f64::from(random.random_range(0..=1_000_000)) / 10_000.0);
            writeln!(file, "{city},{period},{item},{value}").expect("a text takes everything");
            writeln!(
                table,
                "{},{city},{period},{item},{value},reported,\"\",\"\",{id},1764288000000,{id},\"\",\"\",\"\"",
                row + 1
            )
            .expect("a text takes everything");
        }
        let write = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("the folder can be written to");
            path
        };
        Self { count, file: write("file.csv", file), table: write("table.csv", table), _folder: folder }
    }

    fn cities(&self) -> usize {
        self.count.div_ceil(ITEMS * PERIODS)
    }
}

fn city(number: usize) -> String {
    format!("{}", 110_000 + number)
}

fn item(number: usize) -> String {
    format!("item_{number:03}")
}

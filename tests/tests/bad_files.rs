//! Files that are hostile, damaged or meant otherwise: each gets a clear fault within seconds and within bounded memory, in
//! a service of its own process, which answers others meanwhile.

use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use citygauge_openapi::client::{Client, Upload};
use citygauge_openapi::{API_ROOT, CityPage, WorkState};
use citygauge_tests::steps::{count_observations, observations_csv, plain_set, publish, register, upload};
use citygauge_tests::{Place, Process};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");

/// How long a file may take, from its first byte to the end of its import; the build under test is not optimised.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much more memory than an idle service a file may need at its peak.
const MEMORY_MIB: u64 = 256;

/// How long anybody else waits for an answer meanwhile.
const OTHERS_WAIT: Duration = Duration::from_secs(5);

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV: &str = "text/csv";

const HEADER: [&str; 4] = ["city", "period", "item", "value"];

/// Makes the bytes of a file.
type Made = fn() -> Vec<u8>;

/// A file, and what its report must say.
struct Bad {
    what: &'static str,
    kind: &'static str,
    made: Made,
    code: &'static str,
    row: Option<u64>,
    /// How its import ends: what is only warned of is imported.
    ended: WorkState,
}

const fn refused(what: &'static str, kind: &'static str, made: Made, code: &'static str, row: Option<u64>) -> Bad {
    Bad { what, kind, made, code, row, ended: WorkState::Failed }
}

const FILES: [Bad; 13] = [
    refused("a zip bomb", XLSX, zip_bomb, "file.archive", None),
    refused("a cell in the farthest corner", XLSX, farthest_corner, "file.ragged_row", Some(1_048_576)),
    refused("2,000,000 rows", CSV, two_million_rows, "file.too_many_rows", None),
    refused("a torn quote", CSV, torn_quote, "file.unclosed_quote", Some(3)),
    refused("mixed encodings", CSV, mixed_encodings, "file.mixed_encodings", Some(3)),
    refused("a formula instead of a value", XLSX, formula, "cell.error", Some(2)),
    refused("a formula as text", CSV, formula_as_text, "observation.not_a_number", Some(2)),
    refused("merged cells", XLSX, merged_cells, "file.merged_cells", Some(2)),
    Bad {
        what: "a hidden sheet",
        kind: XLSX,
        made: hidden_sheet,
        code: "file.hidden_sheet",
        row: None,
        ended: WorkState::Succeeded,
    },
    refused("a date where a number belongs", XLSX, date, "observation.not_a_number", Some(2)),
    refused("a file with a password", XLSX, password, "file.password", None),
    refused("a workbook that is called .csv", CSV, formula, "file.format", None),
    refused("a text that is called .xlsx", XLSX, torn_quote, "file.unreadable", None),
];

/// Each file meets a service that has just started, so that its memory is measured above an idle one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_bad_file_gets_a_clear_fault_in_bounded_time_and_memory_while_others_are_answered() {
    let place = Place::folder();
    let mut process = Process::start(BINARY, &place);
    let key = process.first_key().expect("the first start issues a key").to_owned();
    let client = process.client(&key);
    let set = publish(&client, &plain_set("bad", &["gdp"])).await;
    register(&client, "hz").await;
    upload(&client, &observations_csv(&set), b"city,period,item,value\nhz,2020,gdp,1\n".to_vec()).await;

    let mut wrong = String::new();
    for Bad { what, kind, made, code, row, ended } in FILES {
        let bytes = made();
        drop(process);
        process = Process::start(BINARY, &place);
        let client = process.client(&key);
        let idle = memory_mib(process.pid(), "VmRSS");
        let others = Others::ask(client.clone());
        let begun = Instant::now();
        let import = upload(&client, &Upload { content_type: kind.into(), ..observations_csv(&set) }, bytes).await;
        let (took, peak) = (begun.elapsed(), memory_mib(process.pid(), "VmHWM").saturating_sub(idle));
        let waited = others.stop().await;
        eprintln!(
            "{what}: {:.1} s, {peak} MiB above {idle} MiB, others waited {:.2} s",
            took.as_secs_f64(),
            waited.as_secs_f64()
        );
        let mut found = import.faults.items.iter().chain(&import.warnings.items);
        let told = found.clone().any(|fault| (fault.code.as_str(), fault.row) == (code, row)) && import.state == ended;
        let clear = found.all(|fault| fault.hint.is_some());
        if !told || !clear || took > PATIENCE || peak > MEMORY_MIB || waited > OTHERS_WAIT {
            writeln!(
                wrong,
                "{what}: {import:#?} in {took:?} with {peak} MiB while others waited {waited:?}, expected {code} in row {row:?}"
            )
            .expect("text takes text");
        }
        let kept = count_observations(&client, "").await;
        assert_eq!(kept, 1, "{what} has changed nothing");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Somebody who reads all the while.
struct Others {
    stop: Arc<AtomicBool>,
    asking: tokio::task::JoinHandle<Duration>,
}

impl Others {
    fn ask(client: Client) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let asking = tokio::spawn(async move {
            let mut longest = Duration::ZERO;
            while !stopped.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let page: CityPage = client.get(&format!("{API_ROOT}/cities")).await.expect("others are answered");
                assert_eq!(page.items.len(), 1);
                longest = longest.max(begun.elapsed());
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            longest
        });
        Self { stop, asking }
    }

    /// The longest that an answer took.
    async fn stop(self) -> Duration {
        self.stop.store(true, Ordering::Relaxed);
        self.asking.await.expect("the reader has not failed")
    }
}

/// A figure of the process's memory, in MiB.
fn memory_mib(pid: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find(|line| line.starts_with(name)).expect("the kernel counts it");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number of KiB") / 1024
}

fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, HEADER).expect("a header");
    fill(sheet);
    workbook.save_to_buffer().expect("a workbook")
}

/// A sheet that unpacks to a gibibyte.
fn zip_bomb() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, text) in [
        ("[Content_Types].xml", "<Types/>"),
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"),
    ] {
        zip.start_file(name, options).expect("a member");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.start_file("xl/worksheets/sheet1.xml", options).expect("a member");
    let blank = vec![b' '; 1 << 20];
    for _ in 0..1024 {
        zip.write_all(&blank).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

fn farthest_corner() -> Vec<u8> {
    workbook(|sheet| {
        sheet.write_row(1, 0, ["hz", "2021", "gdp", "1"]).expect("a row");
        sheet.write_number(1_048_575, 16_383, 1.0).expect("the last cell of a sheet");
    })
}

fn two_million_rows() -> Vec<u8> {
    let mut text = String::from("city,period,item,value\n");
    for row in 0..2_000_000 {
        writeln!(text, "hz,{:04}-{:02},gdp,{row}", 1_000 + row / 12 % 9_000, row % 12 + 1).expect("text takes text");
    }
    text.into_bytes()
}

fn torn_quote() -> Vec<u8> {
    let mut text = String::from("city,period,item,value\nhz,2021,gdp,1\nhz,\"2022,gdp,1\n");
    for row in 0..50_000 {
        writeln!(text, "hz,{},gdp,1", 3_000 + row).expect("text takes text");
    }
    text.into_bytes()
}

fn mixed_encodings() -> Vec<u8> {
    // 杭州 in GB18030, then in UTF-8.
    [b"city,period,item,value,note\nhz,2021,gdp,1,\xBA\xBC\xD6\xDD\n".as_slice(), "hz,2022,gdp,1,杭州\n".as_bytes()].concat()
}

/// A formula that was saved without its result, as some programs do.
fn formula() -> Vec<u8> {
    let sound = workbook(|sheet| {
        sheet.write_row(1, 0, ["hz", "2021", "gdp"]).expect("a row");
        sheet.write_formula(1, 3, Formula::new("=1+1").set_result("7")).expect("a formula");
    });
    let mut archive = ZipArchive::new(Cursor::new(sound)).expect("an archive");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let mut member = archive.by_index(place).expect("a member");
        let mut text = String::new();
        member.read_to_string(&mut text).expect("XML");
        zip.start_file(member.name().expect("a name"), SimpleFileOptions::default()).expect("a member");
        zip.write_all(text.replace("<v>7</v>", "").as_bytes()).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

fn formula_as_text() -> Vec<u8> {
    b"city,period,item,value\nhz,2021,gdp,=1+1\n".to_vec()
}

/// A city that stands once beside two rows.
fn merged_cells() -> Vec<u8> {
    workbook(|sheet| {
        sheet.merge_range(1, 0, 2, 0, "hz", &Format::new()).expect("a range");
        sheet.write_row(1, 1, ["2021", "gdp", "1"]).expect("a row");
        sheet.write_row(2, 1, ["2022", "gdp", "1"]).expect("a row");
    })
}

/// What is known already, and a sheet with more that nobody sees.
fn hidden_sheet() -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, period) in [("observations", "2020"), ("drafts", "2021")] {
        let sheet = workbook.add_worksheet().set_name(name).expect("a name");
        sheet.write_row(0, 0, HEADER).expect("a header");
        sheet.write_row(1, 0, ["hz", period, "gdp", "1"]).expect("a row");
        sheet.set_hidden(name == "drafts");
    }
    workbook.save_to_buffer().expect("a workbook")
}

fn date() -> Vec<u8> {
    workbook(|sheet| {
        sheet.write_row(1, 0, ["hz", "2021", "gdp"]).expect("a row");
        let day = ExcelDateTime::from_ymd(2021, 3, 4).expect("a day");
        sheet.write_datetime_with_format(1, 3, &day, &Format::new().set_num_format("yyyy-mm-dd")).expect("a date");
    })
}

/// An OLE compound file as Excel writes one for a workbook with a password: header, sector table, directory, streams.
fn password() -> Vec<u8> {
    const SECTOR: usize = 512;
    const FREE: u32 = 0xFFFF_FFFF;
    const END: u32 = 0xFFFF_FFFE;
    let mut header = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    header.extend([0; 16]);
    for half in [0x3E_u16, 3, 0xFFFE, 9, 6] {
        header.extend(half.to_le_bytes());
    }
    header.extend([0; 6]);
    for word in [0, 1, 1, 0, 4_096, END, 0, END, 0] {
        header.extend(word.to_le_bytes());
    }
    header.extend(0_u32.to_le_bytes());
    header.extend(std::iter::repeat_n(FREE.to_le_bytes(), 108).flatten());
    assert_eq!(header.len(), SECTOR);

    // The table of sectors, the directory, then a stream of 4,096 bytes for each of the two.
    let mut table = vec![0xFFFF_FFFD, END];
    for first in [2, 10] {
        table.extend((first + 1..first + 8).chain([END]));
    }
    table.resize(SECTOR / 4, FREE);
    let entry = |name: &str, kind: u8, child: u32, right: u32, start: u32, size: u64| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(entry.len() + 2).expect("a short name");
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        for word in [FREE, right, child] {
            entry.extend(word.to_le_bytes());
        }
        entry.extend([0; 36]);
        entry.extend(start.to_le_bytes());
        entry.extend(size.to_le_bytes());
        entry
    };
    let mut file = header;
    file.extend(table.into_iter().flat_map(u32::to_le_bytes));
    file.extend(entry("Root Entry", 5, 1, FREE, END, 0));
    file.extend(entry("EncryptionInfo", 2, FREE, 2, 2, 4_096));
    file.extend(entry("EncryptedPackage", 2, FREE, FREE, 10, 4_096));
    file.extend([0; 128]);
    file.extend((0..2 * 4_096_u32).map(|byte| u8::try_from(byte % 251).expect("below 251")));
    file
}

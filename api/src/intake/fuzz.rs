//! Damaged files of every format: whatever the bytes, a reading comes out and nothing panics.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::observations::tests::{read_as, set};
use super::{Format, cities};
use crate::export::{self, Column, Options, Table, write};

fn seeds() -> Vec<(Format, Vec<u8>)> {
    let columns = vec![Column::text("city"), Column::text("period"), Column::text("item"), Column::number("value")];
    let rows =
        (0..20).map(|i| vec!["hz".into(), (2000 + i).to_string().into(), "gdp".into(), (f64::from(i) / 3.0).into()]).collect();
    let table = Table::new("observations", columns, rows);
    let written = |format: Format| {
        let mut bytes = Vec::new();
        let written = export::Format::from_word(format.extension()).expect("what is read is also written");
        write(std::slice::from_ref(&table), written, &Options::default(), &mut bytes).expect("written");
        (format, bytes)
    };
    Format::ALL.map(written).into()
}

fn damage(bytes: &mut Vec<u8>, random: &mut StdRng) {
    const TOKENS: [&[u8]; 12] =
        [b"\"", b",", b"\n", b"\r", b"\0", b"{", b"]", b"\\u", b"1e999", "中".as_bytes(), b"\xFF", b"<c r=\"XFD9\">"];
    for _ in 0..random.random_range(1..6) {
        let at = random.random_range(0..=bytes.len());
        match random.random_range(0..5) {
            0 if at < bytes.len() => bytes[at] = random.random(),
            1 => bytes.truncate(at),
            2 => {
                let token = TOKENS[random.random_range(0..TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
            3 if at < bytes.len() => {
                let end = random.random_range(at..=bytes.len());
                bytes.drain(at..end.min(at + 40));
            }
            _ => {
                let end = (at + random.random_range(0..60)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
}

#[test]
fn sound_files_of_every_format_are_read_alike() {
    let first = read_as(&seeds()[0].1, Format::Csv);
    assert_eq!(first.rows.len(), 20);
    for (format, bytes) in seeds() {
        let read = read_as(&bytes, format);
        assert_eq!(read.faults.0, [], "{format:?}");
        let values = |rows: &[super::observations::ReadObservation]| {
            rows.iter().map(|row| (row.period, row.value.clone())).collect::<Vec<_>>()
        };
        assert_eq!(values(&read.rows), values(&first.rows), "{format:?}");
    }
}

#[test]
fn damaged_files_never_panic_and_count_right() {
    let mut random = StdRng::seed_from_u64(2018);
    assert_eq!(set().items().len(), 4);
    for (format, sound) in seeds() {
        let rounds = if format == Format::Parquet || format == Format::Xlsx { 300 } else { 1_500 };
        for _ in 0..rounds {
            let mut bytes = sound.clone();
            damage(&mut bytes, &mut random);
            let read = read_as(&bytes, format);
            assert!(read.rows_faulty <= read.rows_total);
            assert!(!read.refused || read.rows.is_empty());
            assert_eq!(read.faults_total, read.faults.0.len() as u64);
            let cities = cities::read(&bytes, format, &Default::default());
            assert!(!cities.refused || cities.rows.is_empty());
        }
    }
}

#[test]
fn a_damaged_sheet_within_a_sound_archive_never_panics() {
    let mut random = StdRng::seed_from_u64(7);
    let sheet = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>city</t></is></c><c r=\"B1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\"><v>1e5</v></c><c r=\"B2\" t=\"e\"><v>#N/A</v></c></row>";
    for _ in 0..1_000 {
        let mut bytes = sheet.as_bytes().to_vec();
        damage(&mut bytes, &mut random);
        let text = String::from_utf8_lossy(&bytes);
        let read = read_as(&super::xlsx::tests::workbook_of(&text, "<sst><si><t>gdp</t></si></sst>"), Format::Xlsx);
        assert!(!read.refused || read.rows.is_empty());
    }
}

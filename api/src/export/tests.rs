//! What each format says of the same table.

use citygauge_indicators::{Fault, Faults, Language};
use citygauge_openapi as wire;

use super::*;

fn table() -> Table<'static> {
    let columns = vec![Column::text("city"), Column::number("score").places(Some(2)), Column::integer("rank")];
    let rows = vec![
        vec!["a,\"b\"".into(), 4.7.into(), 1_i64.into()],
        vec!["=1+1".into(), (-0.5).into(), Cell::Empty],
        vec!["中".into(), Cell::Empty, 2_i64.into()],
    ];
    Table::new("scores", columns, rows)
}

fn text(tables: &[Table<'_>], format: Format, options: Options) -> String {
    let mut bytes = Vec::new();
    write(tables, format, &options, &mut bytes).expect("written");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn csv_quotes_what_needs_it_and_guards_text_but_not_numbers() {
    let csv = text(&[table()], Format::Csv, Options::default());
    assert_eq!(csv, "city,score,rank\n\"a,\"\"b\"\"\",4.7,1\n'=1+1,-0.5,\n中,,2\n");
    assert!(text(&[table()], Format::Csv, Options { csv_mark: true, ..Options::default() }).starts_with("\u{FEFF}city"));
}

#[test]
fn json_is_an_array_for_one_table_and_an_object_for_several() {
    let json = text(&[table()], Format::Json, Options::default());
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(read[1], serde_json::json!({"city": "=1+1", "score": -0.5, "rank": null}));
    let json = text(&[table(), Table::new("empty", vec![Column::text("x")], Vec::new())], Format::Json, Options::default());
    let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((read["scores"].as_array().map(Vec::len), read["empty"].as_array().map(Vec::len)), (Some(3), Some(0)));
    assert_eq!(text(&[], Format::Json, Options::default()), "{}\n");
    let lines = text(&[table()], Format::NdJson, Options::default());
    assert_eq!(lines.lines().nth(2), Some(r#"{"city":"中","score":null,"rank":2}"#));
}

#[test]
fn a_workbook_and_a_parquet_file_read_back_as_they_were_written() {
    use calamine::{Data, Reader, Xlsx};
    let mut bytes = Vec::new();
    write(&[table(), Table::new("b", vec![Column::text("x")], Vec::new())], Format::Xlsx, &Options::default(), &mut bytes)
        .expect("written");
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
    assert_eq!(workbook.sheet_names(), ["scores", "b"]);
    let sheet = workbook.worksheet_range("scores").expect("a sheet");
    assert_eq!(sheet.get_value((2, 0)), Some(&Data::String("=1+1".into())));
    assert_eq!(sheet.get_value((1, 1)), Some(&Data::Float(4.7)));

    use polars::prelude::{ParquetReader, SerReader};
    let mut bytes = Vec::new();
    write(&[table()], Format::Parquet, &Options::default(), &mut bytes).expect("written");
    let frame = ParquetReader::new(std::io::Cursor::new(bytes)).finish().expect("Parquet");
    assert_eq!(
        (frame.height(), frame.get_column_names().iter().map(|name| name.as_str()).collect::<Vec<_>>()),
        (3, vec!["city", "score", "rank"])
    );
    assert_eq!(frame.column("score").expect("a column").f64().expect("numbers").to_vec(), [Some(4.7), Some(-0.5), None]);
    assert_eq!(frame.column("rank").expect("a column").i64().expect("integers").to_vec(), [Some(1), None, Some(2)]);
}

#[test]
fn a_table_is_streamed_in_blocks_and_a_sheet_that_overflows_names_the_number() {
    let table = |rows: i64| {
        Table::streamed("long", vec![Column::integer("n")], move |emit| (0..rows).try_for_each(|n| emit(&[n.into()])))
    };
    let mut bytes = Vec::new();
    write(&[table(300_000)], Format::Parquet, &Options::default(), &mut bytes).expect("written");
    use polars::prelude::{ParquetReader, SerReader};
    assert_eq!(ParquetReader::new(std::io::Cursor::new(bytes)).finish().expect("Parquet").height(), 300_000);
    let error = write(&[table(1_200_000)], Format::Xlsx, &Options::default(), std::io::sink()).expect_err("too many");
    assert!(error.to_string().contains("1200000") && error.to_string().contains("1048575"), "{error}");
}

#[test]
fn what_does_not_fit_a_table_is_an_error_not_a_file() {
    let fails = |row: Vec<Cell<'static>>| {
        let table = Table::new("t", vec![Column::number("x")], vec![row]);
        write(&[table], Format::Csv, &Options::default(), std::io::sink()).expect_err("it does not fit")
    };
    assert!(matches!(fails(vec![f64::NAN.into()]), ExportError::WrongCell { row: 1, .. }));
    assert!(matches!(fails(vec!["a".into()]), ExportError::WrongCell { .. }));
    assert!(matches!(fails(vec![]), ExportError::RaggedRow { found: 0, columns: 1, .. }));
    let two = write(&[table(), table()], Format::Csv, &Options::default(), std::io::sink());
    assert!(matches!(two, Err(ExportError::OneTable { tables: 2, .. })));
    let long = Table::new("t", vec![Column::text("x")], vec![vec!["x".repeat(40_000).into()]]);
    let long = write(&[long], Format::Xlsx, &Options::default(), std::io::sink());
    assert!(matches!(long, Err(ExportError::CellTooLong { characters: 40_000, .. })));
}

#[test]
fn faults_are_a_table_in_the_language_asked_for() {
    let fault = Fault::error("observation.unknown_city", "没有城市 x", "no city x").row(3).city("x").hint("核对", "check");
    let faults = Faults(vec![fault]);
    let csv = text(&[super::faults(&wire::Fault::list(&faults, Language::En))], Format::Csv, Options::default());
    assert_eq!(
        csv,
        "severity,code,file,sheet,row,column,pointer,city,period,node_or_item,value,expected,hint,message\n\
         error,observation.unknown_city,,,3,,,x,,,,,check,no city x\n"
    );
    let json = text(&[super::faults(&wire::Fault::list(&faults, Language::Zh))], Format::NdJson, Options::default());
    assert_eq!(
        json,
        "{\"severity\":\"error\",\"code\":\"observation.unknown_city\",\"row\":3,\"city\":\"x\",\"hint\":\"核对\",\"message\":\"没有城市 x\"}\n"
    );
}

#[test]
fn every_format_with_room_for_it_says_that_a_reconstruction_is_one() {
    use calamine::{Reader, Xlsx};
    use polars::prelude::{ParquetReader, SerReader};
    let set = crate::commands::offline::set("gbt-33356-2016").expect("in the catalog");
    let about = About::new(&set, "1", Language::En);
    let options = Options { about: Some(&about), ..Options::default() };
    let json: serde_json::Value = serde_json::from_str(&text(&[table()], Format::Json, options)).expect("JSON");
    assert!(json["set"]["title"]["en"].as_str().expect("a title").contains("reconstruction"));
    assert!(json["set"]["title"]["zh"].as_str().expect("a title").contains("重构"));
    assert_eq!((&json["set"]["digest"], json["scores"].as_array().map(Vec::len)), (&set.digest().into(), Some(3)));
    assert_eq!(text(&[table()], Format::Csv, options), text(&[table()], Format::Csv, Options::default()));

    let mut bytes = Vec::new();
    write(&[table()], Format::Xlsx, &options, &mut bytes).expect("written");
    let workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
    assert_eq!(workbook.sheet_names(), ["scores", "about"]);

    let mut bytes = Vec::new();
    write(&[table()], Format::Parquet, &options, &mut bytes).expect("written");
    let mut reader = ParquetReader::new(std::io::Cursor::new(bytes));
    let metadata = reader.get_metadata().expect("Parquet").key_value_metadata().clone().expect("ours");
    let title = metadata.iter().find(|line| line.key == "citygauge.title").and_then(|line| line.value.as_deref());
    assert!(title.expect("a title").contains("reconstruction"));

    assert!(about.header().starts_with("gbt-33356-2016@") && about.header().contains("reconstruction"));
    assert!(About::new(&set, "1", Language::Zh).header().is_ascii());
}

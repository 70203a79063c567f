use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use citygauge_indicators::Language;

use super::*;

fn node(code: &str, parent: Option<usize>, share: f64, points: Option<f64>) -> Node {
    Node {
        code: code.into(),
        title: format!("=cmd|'{code}'"),
        parent,
        share,
        value: None,
        unit: None,
        score: points.map(|points| points / share),
        points,
        coverage: Some(1.0),
        low: None,
        high: None,
        rank: None,
        level: None,
    }
}

fn open(tables: &Tables, language: Language) -> Xlsx<Cursor<Vec<u8>>> {
    let bytes = write(tables, language).expect("a workbook");
    assert_eq!(bytes, write(tables, language).expect("a workbook"), "the same numbers give the same bytes");
    Xlsx::new(Cursor::new(bytes)).expect("a workbook")
}

#[test]
fn the_total_of_a_city_is_a_live_sum_of_points_and_no_title_is_a_formula() {
    let nodes =
        vec![node("TOTAL", None, 1.0, Some(70.0)), node("A", Some(0), 0.5, Some(30.0)), node("B", Some(0), 0.5, Some(39.99))];
    let tables = Tables::City(Box::new(City { nodes, gaps: Vec::new(), sources: vec![("assessment".into(), "1".into())] }));
    for language in [Language::Zh, Language::En] {
        let mut workbook = open(&tables, language);
        let name = workbook.sheet_names()[0].clone();
        let formulas = workbook.worksheet_formula(&name).expect("formulas");
        assert_eq!(formulas.get_value((1, 13)).map(String::as_str), Some("H3+H4"));
        assert_eq!(formulas.get_value((1, 14)).map(String::as_str), Some("H2-N2"));
        assert_eq!(formulas.get_value((2, 13)).map(String::as_str), Some("D3*G3"));
        assert!(formulas.get_value((1, 1)).is_none_or(String::is_empty), "a title is text");
        let cells = workbook.worksheet_range(&name).expect("cells");
        let result = cells.get_value((1, 13)).and_then(Data::get_float).expect("its result stands beside it");
        assert!((result - 69.99).abs() < 1e-9, "{result}");
        assert_eq!(workbook.sheet_names().len(), 3);
    }
}

#[test]
fn ranks_and_statistics_of_a_round_are_formulas_over_its_scores() {
    let city = |code: &str, rank: Option<u64>, score: Option<f64>| Ranked {
        code: code.into(),
        name: code.into(),
        rank,
        level: None,
        coverage: None,
        scores: vec![score, None],
    };
    let cities = vec![city("a", Some(1), Some(80.0)), city("b", Some(2), Some(60.0)), city("c", None, None)];
    let tables = Tables::Round(Box::new(Round { nodes: vec!["Total".into(), "D".into()], cities, sources: Vec::new() }));
    let mut workbook = open(&tables, Language::En);
    let ranks = workbook.worksheet_formula("scores").expect("formulas");
    assert_eq!(ranks.get_value((1, 1)).map(String::as_str), Some("RANK(G2,$G$2:$G$4)"));
    let statistics = workbook.worksheet_formula("statistics").expect("formulas");
    assert_eq!(statistics.get_value((1, 2)).map(String::as_str), Some("AVERAGE('scores'!G2:G4)"));
    let cells = workbook.worksheet_range("statistics").expect("cells");
    assert_eq!(cells.get_value((1, 2)), Some(&Data::Float(70.0)));
    assert!(matches!(cells.get_value((2, 2)), None | Some(Data::Empty)), "a node without scores has no mean");
}

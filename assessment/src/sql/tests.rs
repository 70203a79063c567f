//! The query: its refusals, and that nothing of a set ends a literal. That it gives the engine's scores is tested in
//! engines (`tests/sql/mod.rs`).

use citygauge_indicators::{SetDocument, catalog};
use serde_json::{Value, json};

use super::*;

fn set(document: &Value) -> IndicatorSet {
    SetDocument::check_value(document).unwrap_or_else(|faults| panic!("{faults}"))
}

fn written(set: &IndicatorSet, dialect: Dialect) -> String {
    query(set, dialect, &Relation::usual(dialect)).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn every_dialect_reads_its_usual_relation() {
    let set = catalog::find("gbt-33356-2016").expect("in the catalog").check().expect("checked");
    let starts = ["FROM read_parquet('release.parquet')", "FROM parquet.`release.parquet`", "FROM \"observations\""];
    for (dialect, from) in Dialect::ALL.into_iter().zip(starts) {
        assert!(written(&set, dialect).contains(from), "{}", dialect.word());
    }
}

#[test]
fn everything_that_sql_does_not_express_is_named_at_once() {
    let document = json!({
        "code": "s", "version": "1", "title": {"en": "S"}, "aggregation": "copeland", "missing": {"rule": "peer_mean", "group": "region"},
        "items": [{"code": "a"}, {"code": "b"}],
        "nodes": [
            {"code": "G", "title": {"en": "G"}, "weighting": {"method": "entropy"}},
            {"code": "A", "parent": "G", "title": {"en": "A"}, "indicator": {"formula": "a ^ b", "scoring": {"rule": "ratio"}}},
            {"code": "B", "parent": "G", "title": {"en": "B"}, "indicator": {
                "formula": "b", "scoring": {"rule": "min_max"}, "treatment": [{"method": "log"}], "imputation": {"method": "mean"}
            }}
        ],
        "levels": {"staged": [{"code": "1", "title": {"en": "1"}, "require": [{"node": "A", "at_least": 1}]}]}
    });
    let faults = query(&set(&document), Dialect::DuckDb, &Relation::usual(Dialect::DuckDb)).expect_err("it is refused");
    let mut found: Vec<(&str, &str)> =
        faults.0.iter().map(|fault| (fault.pointer.as_deref().unwrap_or(""), fault.value.as_deref().unwrap_or(""))).collect();
    found.sort_unstable();
    let expected = [
        ("/aggregation", "copeland"),
        ("/aggregation", "copeland"),
        ("/levels/staged", "staged"),
        ("/missing", "peer_mean"),
        ("/missing", "peer_mean"),
        ("/missing", "peer_mean"),
        ("/nodes/0/weighting", "entropy"),
        ("/nodes/1/indicator/formula", "a ^ b"),
        ("/nodes/2/indicator/imputation", "mean"),
        ("/nodes/2/indicator/scoring", "min_max"),
        ("/nodes/2/indicator/treatment", "log"),
    ];
    assert_eq!(found, expected);
    let is_told = |fault: &citygauge_indicators::Fault| {
        let texts = [Some(&fault.message), fault.hint.as_ref()];
        fault.code == "sql.unsupported"
            && texts.iter().all(|text| text.is_some_and(|text| text.zh.is_some() && text.en.is_some()))
    };
    assert!(faults.0.iter().all(is_told), "{faults}");
}

/// A literal, a name and a comment end where they are meant to, whatever stands in them.
#[test]
fn hostile_texts_stay_inside_their_literals() {
    let hostile = "a'); DROP TABLE x; --\\' ${env:HOME} \"";
    let document = json!({
        "code": hostile, "version": "1", "title": {"en": format!("{hostile} SELECT 1")},
        "items": [{"code": hostile}, {"code": "c", "kind": "choice", "options": [hostile]}],
        "nodes": [
            {"code": hostile, "title": {"en": "A"}, "indicator": {"scoring": {"rule": "choice", "scores": {hostile: 1}}, "formula": "c"}}
        ],
        "levels": {"bands": [{"code": hostile, "from": 0}]}
    });
    let set = set(&document);
    for dialect in Dialect::ALL {
        let query = written(&set, dialect);
        let literal = match dialect {
            Dialect::Spark => "'a\\'); DROP TABLE x; --\\\\\\' \\u0024{env:HOME} \"'",
            _ => "'a''); DROP TABLE x; --\\'' ${env:HOME} \"'",
        };
        assert!(query.contains(literal), "{query}");
        let rest = query.replace(literal, "");
        for line in rest.lines().filter(|line| !line.starts_with("-- ")) {
            assert!(!line.contains("DROP") && !line.contains("SELECT 1"), "{line}");
        }
        assert!(dialect != Dialect::Spark || !rest.contains("${"), "{rest}");
    }
    let quoted = |text: &str, dialect| Relation::read(text, dialect).map(|from| from.sql(dialect)).ok();
    assert_eq!(quoted("s.t\"; DROP", Dialect::Postgres).as_deref(), Some("\"s\".\"t\"\"; DROP\""));
    assert_eq!(quoted("a`b/c", Dialect::Spark).as_deref(), Some("parquet.`a``b/c`"));
    assert_eq!(quoted("a'b.parquet", Dialect::DuckDb).as_deref(), Some("read_parquet('a''b.parquet')"));
    for (text, dialect) in
        [("", Dialect::DuckDb), ("a..b", Dialect::Spark), ("a\nb", Dialect::DuckDb), ("a/b", Dialect::Postgres)]
    {
        assert_eq!(quoted(text, dialect), None, "{text}");
    }
}

use std::fs;

use super::*;

/// Inputs in a folder of their own: a set of one indicator, and the given tables.
struct Case(tempfile::TempDir);

const SET: &str = r#"{"code": "s", "version": "1", "title": {"en": "S"},
    "items": [{"code": "x", "min": 0, "max": 100}],
    "nodes": [{"code": "X", "title": {"en": "X"},
               "indicator": {"formula": "x", "scoring": {"rule": "goalposts", "worst": 0, "best": 100}}}]}"#;

impl Case {
    fn new(set: &str, data: &str, cities: Option<&str>) -> (Self, Inputs) {
        let case = Self(tempfile::tempdir().expect("a folder"));
        let file = |name: &str, text: &str| {
            let path = case.0.path().join(name);
            fs::write(&path, text).expect("the folder is ours");
            path
        };
        let inputs = Inputs {
            set: file("set.json", set).display().to_string(),
            data: file("data.csv", data),
            cities: cities.map(|cities| file("cities.csv", cities)),
            mapping: None,
            period: None,
        };
        (case, inputs)
    }
}

fn codes(failed: Result<Loaded, Failed>) -> Vec<&'static str> {
    match failed {
        Err(Failed::Input(faults)) => faults.0.iter().map(|fault| fault.code).collect(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("the input was accepted"),
    }
}

#[test]
fn wide_data_without_a_period_column_take_the_period_of_the_flag() {
    let (_case, mut inputs) = Case::new(SET, "city,x\na,50\nb,\n", None);
    assert!(inputs.load(Language::En).is_err());
    inputs.period = Some("2026".into());
    let assessment = inputs.load(Language::En).expect("sound").assess(None).expect("assessed");
    let totals: Vec<Option<f64>> = assessment.long().filter(|row| row.node == "TOTAL").map(|row| row.score).collect();
    assert_eq!(totals, [Some(50.0), None], "a row without a value is a row of the result");
}

#[test]
fn the_flag_restricts_data_that_have_periods() {
    let (_case, mut inputs) = Case::new(SET, "city,period,x\na,2025,1\na,2026,2\n", None);
    inputs.period = Some("2026".into());
    let assessment = inputs.load(Language::En).expect("sound").assess(None).expect("assessed");
    assert_eq!(assessment.periods().map(|period| period.to_string()).collect::<Vec<_>>(), ["2026"]);
    inputs.period = Some("2024".into());
    assert_eq!(codes(inputs.load(Language::En)), ["period.absent"]);
    inputs.period = Some("next year".into());
    assert!(matches!(inputs.load(Language::En), Err(Failed::Usage(_))));
}

#[test]
fn the_faults_of_all_files_are_reported_at_once() {
    let (_case, inputs) = Case::new(SET, "city,period,x\na,2026,101\nc,2026,5\n", Some("code,name\na,A\nb,\n"));
    let found = codes(inputs.load(Language::En));
    assert!(found.len() >= 2, "{found:?}");
    let (_case, inputs) = Case::new("{}", "city,period,x\na,2026,1\n", Some("code,name\na,A\na,A\n"));
    let found = codes(inputs.load(Language::En));
    assert!(found.iter().any(|code| code.starts_with("set.")) && found.iter().any(|code| !code.starts_with("set.")), "{found:?}");
}

#[test]
fn a_city_that_the_file_of_cities_does_not_name_is_a_fault_of_its_row() {
    let (_case, inputs) = Case::new(SET, "city,period,x\nc,2026,5\n", Some("code,name\na,A\n"));
    let Err(Failed::Input(faults)) = inputs.load(Language::En) else { panic!("accepted") };
    assert_eq!(faults.0.len(), 1);
    assert_eq!(faults.0[0].row, Some(2));
}

#[test]
fn an_unknown_set_names_those_of_the_catalog() {
    let faults = set("no-such-set").expect_err("there is none");
    assert!(faults.0[0].line(Language::En).contains("es-sdg-cities-2018"));
    assert!(set("gbt-33356-2016").is_ok());
}

#[test]
fn what_is_read_is_not_written_over() {
    let (case, inputs) = Case::new(SET, "city,period,x\na,2026,1\n", None);
    let data = case.0.path().join("data.csv");
    let beside = case.0.path().join(".").join("set.json");
    assert!(matches!(inputs.spare("--out", Some(&data), Language::Zh), Err(Failed::Usage(_))));
    assert!(matches!(inputs.spare("--out", Some(&beside), Language::En), Err(Failed::Usage(_))));
    assert!(inputs.spare("--out", Some(&case.0.path().join("scores.csv")), Language::En).is_ok());
    assert!(inputs.spare("--out", None, Language::En).is_ok());
}

#[test]
fn a_mapping_says_how_the_data_are_to_be_understood_and_its_faults_are_told_alone() {
    let (case, mut inputs) = Case::new(SET, "where,when,share\na,2026年,\"５０％\"\n", None);
    assert!(inputs.load(Language::En).is_err(), "without a mapping nobody knows these columns");
    let mapping = case.0.path().join("mapping.json");
    let write = |document: &str| fs::write(&mapping, document).expect("the folder is ours");
    inputs.mapping = Some(mapping.display().to_string());
    write(
        r#"{"kind": "observations", "columns": {"where": "city", "when": "period"}, "items": {"share": "x"},
            "period": {"patterns": ["{year}年"]}, "numbers": {"full_width": true, "percent": "as_is"}}"#,
    );
    let assessment = inputs.load(Language::En).expect("sound").assess(None).expect("assessed");
    let totals: Vec<_> =
        assessment.long().filter(|row| row.node == "TOTAL").map(|row| (row.period.to_string(), row.score)).collect();
    assert_eq!(totals, [("2026".to_owned(), Some(50.0))]);
    write(r#"{"kind": "observations", "columns": {"where": "town"}}"#);
    let told = codes(inputs.load(Language::En));
    assert!(!told.is_empty() && told.iter().all(|code| code.starts_with("mapping.")), "{told:?}");
}

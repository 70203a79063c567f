use std::fs;

use clap::Parser;

use super::*;
use crate::commands::trends::Trends;

/// A command with its arguments.
#[derive(Parser)]
enum Words {
    Diff(Box<Diff>),
    Trends(Box<Trends>),
}

const SET: &str = r#"{"code": "s", "version": "1", "title": {"en": "S"}, "items": [{"code": "x"}, {"code": "y"}],
    "nodes": [{"code": "X", "title": {"en": "X"}, "indicator": {"formula": "x", "scoring": {"rule": "scaled", "range": [0, 100]}}},
              {"code": "Y", "title": {"en": "Y"}, "indicator": {"formula": "y", "scoring": {"rule": "scaled", "range": [0, 100]}}}]}"#;

const DATA: &str = "city,period,x,y\na,2024,40,\na,2025,50,80\na,2026,60,80\n";

/// Runs a command in a folder with the set, the data and a set with other weights; gives what it wrote.
fn run(words: &[&str]) -> Result<String, Failed> {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let heavier =
        SET.replace(r#""version": "1""#, r#""version": "2""#).replace(r#""code": "Y","#, r#""code": "Y", "weight": 3,"#);
    for (name, text) in [("s.json", SET), ("t.json", heavier.as_str()), ("d.csv", DATA)] {
        fs::write(place(name), text).expect("the folder is ours");
    }
    let words = words.iter().map(|word| match *word {
        "s.json" | "t.json" | "d.csv" => place(word),
        other => other.to_owned(),
    });
    let out = place("out.csv");
    let words: Vec<String> = ["citygauge".to_owned()].into_iter().chain(words).chain(["--out".to_owned(), out.clone()]).collect();
    match Words::try_parse_from(words).map_err(|error| Failed::Usage(error.to_string()))? {
        Words::Diff(diff) => diff.run(Language::En)?,
        Words::Trends(trends) => trends.run(Language::En)?,
    }
    Ok(fs::read_to_string(out).expect("written"))
}

#[test]
fn two_periods_of_one_file_are_compared() {
    let table =
        run(&["diff", "--set", "s.json", "--data", "d.csv", "--period", "2025", "--to-period", "2026", "--node", "TOTAL"]);
    assert_eq!(
        table.expect("compared"),
        "city,node,score_before,score_after,change,data,set,cohort,coverage,rank_before,rank_after,rest,note\n\
         a,TOTAL,65,70,5,5,0,0,0,1,1,0,\n"
    );
}

#[test]
fn another_set_and_another_period_share_the_change() {
    let table = run(&["diff", "--set", "s.json", "--data", "d.csv", "--period", "2024", "--to-set", "t.json"]).expect("compared");
    let total = table.lines().nth(1).expect("a row");
    // 40; y seen 60; x at 60 60; both 70; under the later set 40, 70, 60, 75.
    let cells: Vec<f64> = total.split(',').skip(4).take(5).map(|cell| cell.parse().expect("a number")).collect();
    assert!((cells[0] - cells[1..].iter().sum::<f64>()).abs() < 1e-12, "{total}");
    assert_eq!((cells[0], cells[3]), (35.0, 0.0));
    assert!(table.contains("the earlier assessment has no score"));
    let children = run(&["diff", "--set", "s.json", "--data", "d.csv", "--period", "2024", "--to-set", "t.json", "--children"])
        .expect("compared");
    assert_eq!(children, "city,node,child,change\na,TOTAL,X,-25\na,TOTAL,Y,60\n");
}

#[test]
fn what_is_not_there_is_named() {
    for (words, code) in [(["--node", "Q"], "node.unknown"), (["--city", "q"], "diff.unknown_city")] {
        let Err(Failed::Input(faults)) = run(&[&["diff", "--set", "s.json", "--data", "d.csv"][..], &words].concat()) else {
            panic!("accepted")
        };
        assert_eq!(faults.0[0].code, code);
    }
    let unknown = run(&["diff", "--set", "none", "--data", "d.csv", "--to-set", "nothing"]);
    let Err(Failed::Input(faults)) = unknown else { panic!("accepted") };
    assert_eq!(faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["set.unknown", "set.unknown"]);
}

#[test]
fn trends_are_a_row_per_city_and_node() {
    let words = ["trends", "--set", "s.json", "--data", "d.csv", "--node", "X", "--of", "value", "--target", "90"];
    let table = run(&words).expect("followed");
    let (header, row) = table.split_once('\n').expect("a row");
    assert_eq!(
        header,
        "city,node,frequency,periods,points,first,first_value,latest,latest_value,change,growth_rate,percent_per_year,slope,p_value,\
         progress,reached_in,note"
    );
    let mut cells: Vec<&str> = row.trim_end().split(',').collect();
    let growth: f64 = cells.remove(10).parse().expect("a number");
    assert!((growth - (1.5_f64.sqrt() - 1.0)).abs() < 1e-15);
    let p_value: f64 = cells.remove(12).parse().expect("a number");
    assert!((p_value - 1.0 / 3.0).abs() < 1e-15);
    assert_eq!(cells.join(","), "a,X,year,3,3,2024,40,2026,60,20,25,10,0.4,2029,");
    assert!(run(&["trends", "--set", "s.json", "--data", "d.csv", "--city", "q"]).is_err());
    assert!(matches!(run(&["trends", "--set", "s.json", "--data", "d.csv", "--target", "NaN"]), Err(Failed::Usage(_))));
    assert!(matches!(run(&["trends", "--set", "s.json", "--data", "d.csv", "--base", "1"]), Err(Failed::Usage(_))));
}

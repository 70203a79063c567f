//! How far a ranking rests on its choices, from the command line: the same seed gives the same file on any number of
//! threads, and a run comes out again from the parameters that it wrote.

use std::process::Command;

use serde_json::json;

fn command() -> Command {
    citygauge_tests::command(env!("CARGO_BIN_EXE_citygauge-under-test"))
}

const DATA: &str = "city,period,item,value
P,2026,x,80
P,2026,y,40
Q,2026,x,50
Q,2026,y,60
R,2026,x,20
R,2026,y,90
";

#[test]
fn a_run_comes_out_again_from_its_seed_and_from_its_parameters() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let leaf = |code: &str| {
        json!({"code": code, "title": {"en": code},
               "indicator": {"formula": code.to_lowercase(), "scoring": {"rule": "min_max", "range": [1, 100]}}})
    };
    let set = json!({"code": "small", "version": "1", "title": {"en": "Small"}, "items": [{"code": "x"}, {"code": "y"}],
                     "nodes": [leaf("X"), leaf("Y")]});
    let choices = json!({"sobol": true, "choices": [
        {"kind": "weights", "plus_minus": 0.5},
        {"kind": "scoring", "alternatives": [{"name": "published"}, {"scoring": {"rule": "z_score", "mean": 10, "sd": 2}}]},
        {"kind": "leave_out", "nodes": ["X"]},
    ]});
    std::fs::write(path("set.json"), set.to_string()).expect("it is written");
    std::fs::write(path("choices.json"), choices.to_string()).expect("it is written");
    std::fs::write(path("data.csv"), DATA).expect("it is written");
    let run = |arguments: &[&str]| {
        let common = ["assess", "--set", "set.json", "--data", "data.csv", "--uncertainty", "20", "--choices", "choices.json"];
        let output = command().args(common).args(arguments).current_dir(folder.path()).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let read = |name: &str| std::fs::read_to_string(path(name)).expect("it was written");
    run(&["--seed", "7", "--out", "a.csv", "--parameters", "p.csv", "--sensitivity", "s.csv", "--threads", "1"]);
    run(&["--seed", "7", "--out", "b.csv"]);
    assert_eq!(read("a.csv"), read("b.csv"));
    run(&["--seed", "7", "--replay", "p.csv", "--out", "c.csv", "--parameters", "q.csv"]);
    assert_eq!((read("a.csv"), read("p.csv")), (read("c.csv"), read("q.csv")));
    assert_eq!(read("a.csv").lines().count(), 1 + 3);
    assert_eq!(read("p.csv").lines().count(), 1 + 20 * 5);
    assert_eq!(
        read("s.csv").lines().map(|line| line.split(',').next().unwrap_or_default()).collect::<Vec<_>>(),
        ["choice", "weights", "scoring", "leave_out"]
    );
}

#[test]
fn what_does_not_fit_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("choices.json"), r#"{"choices": [{"kind": "weights", "plus_minus": 2}]}"#)
        .expect("written");
    let arguments =
        ["assess", "--set", "es-sdg-cities-2018", "--data", "absent.csv", "--uncertainty", "5", "--choices", "choices.json"];
    let output = command().args(arguments).current_dir(folder.path()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("uncertainty.out_of_range") && told.contains("/choices/0/plus_minus"), "{told}");
}

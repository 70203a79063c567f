//! Which crate may import which: arrows point one way.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use citygauge_tests::workspace;
use serde_json::Value;

/// What a crate of ours may import of ours, for its tests as well.
const ARROWS: [(&str, &[&str]); 6] = [
    ("citygauge-indicators", &[]),
    ("citygauge-assessment", &["citygauge-indicators"]),
    ("citygauge-migrations", &[]),
    ("citygauge-openapi", &["citygauge-indicators"]),
    ("citygauge-api", &["citygauge-indicators", "citygauge-assessment", "citygauge-migrations", "citygauge-openapi"]),
    (
        "citygauge-tests",
        &["citygauge-indicators", "citygauge-assessment", "citygauge-migrations", "citygauge-openapi", "citygauge-api"],
    ),
];

#[test]
fn imports_between_crates_point_one_way() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ARROWS.into_iter().map(|(from, to)| (from, to.iter().copied().collect())).collect();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    let names: BTreeSet<&str> = packages.iter().map(|package| text(&package["name"])).collect();
    assert_eq!(names, allowed.keys().copied().collect(), "every crate has its line in the table");
    for package in packages {
        let from = text(&package["name"]);
        let dependencies = package["dependencies"].as_array().expect("cargo lists dependencies");
        for to in dependencies.iter().map(|dependency| text(&dependency["name"])).filter(|to| names.contains(to)) {
            assert!(allowed[from].contains(to), "{from} imports {to}: that arrow points the wrong way");
        }
    }
}

#[test]
fn a_client_of_the_contract_does_not_build_the_engine() {
    let reached = reached_from("citygauge-openapi");
    assert!(reached.contains("citygauge-indicators"), "the walk through the lock file goes somewhere");
    let engine = reached.iter().find(|name| *name == "citygauge-assessment" || name.starts_with("polars"));
    assert_eq!(engine, None);
}

/// What cargo says of the members, with dependencies of every kind and for every target.
fn metadata() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(workspace());
    let output = cargo.output().expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Every package that one needs by the lock file, whatever the feature, the target or the purpose.
fn reached_from(start: &str) -> BTreeSet<String> {
    let lock = std::fs::read_to_string(workspace().join("Cargo.lock")).expect("the lock file is there");
    let lock: toml::Table = lock.parse().expect("the lock file is TOML");
    let packages = lock["package"].as_array().expect("it lists packages");
    let mut needed_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        let dependencies = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
        // A dependency is its name, followed by its version where several are locked.
        let names = dependencies.filter_map(|dependency| dependency.as_str()?.split(' ').next());
        needed_by.entry(package["name"].as_str().expect("a name")).or_default().extend(names);
    }
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        if reached.insert(name.to_owned()) {
            open.extend(&needed_by[name]);
        }
    }
    reached
}

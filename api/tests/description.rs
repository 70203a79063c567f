//! The description of the interface that stands in the repository is the one that the command gives.

use std::process::Command;

#[test]
fn the_description_in_the_repository_is_that_of_the_command() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let made = folder.path().join("openapi.json");
    let told =
        Command::new(env!("CARGO_BIN_EXE_citygauge")).args(["openapi", "--out"]).arg(&made).output().expect("the command runs");
    assert!(told.status.success(), "{told:?}");

    let made = std::fs::read_to_string(made).expect("the description was written");
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json"))
        .expect("the description is kept");
    let differs = made.lines().zip(kept.lines()).enumerate().find(|(_, (made, kept))| made != kept);
    assert!(
        made == kept,
        "citygauge openapi --out openapi/openapi.json has not been called since; the first line that differs: {differs:?}"
    );
}

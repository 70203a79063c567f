//! The page that follows one city from data to roadmap: every command runs as it stands there and ends as it says.

use std::path::Path;

use citygauge_tests::command;

const PAGE: &str = include_str!("../../../docs/from-data-to-roadmap.md");

/// The blocks of the page in a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    PAGE.split(fence.as_str()).skip(1).map(|rest| rest.split("```").next().expect("a block ends")).collect()
}

#[test]
fn every_command_of_the_page_runs() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checkout");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("api/demo")).expect("ours");
    let data = "api/demo/observations.csv";
    std::fs::copy(checkout.join(data), folder.path().join(data)).expect("the sample is there");
    std::fs::write(folder.path().join("roadmap.json"), blocks("json")[0]).expect("ours");
    let mut ran = 0;
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        let (asked, ending) = line.split_once('#').unwrap_or((line, "exit 0"));
        let mut words = asked.split_whitespace();
        assert_eq!(words.next(), Some("citygauge"), "{line}");
        let mut command = command(env!("CARGO_BIN_EXE_citygauge-under-test"));
        let done = command.args(words).current_dir(folder.path()).output().expect("the command can be run");
        let expected = ending.trim().strip_prefix("exit ").and_then(|code| code.parse::<i32>().ok());
        assert_eq!(done.status.code(), expected, "{line}\n{}", String::from_utf8_lossy(&done.stderr));
        ran += 1;
    }
    assert_eq!(ran, 8, "the page has as many commands");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let total = |file: &str, start: &str| read(file).lines().any(|line| line.starts_with(start));
    assert!(total("what-if.csv", "DEMO-02,2026,TOTAL,,,64.69,65.16,"), "{}", read("what-if.csv"));
    assert_eq!(read("path.csv").lines().count(), 1 + 12, "twelve changes");
    assert_eq!(read("mature.csv").lines().count(), 1, "out of reach");
    assert!(
        total("schedule.csv", "CARD,One card,2027,2027,8,") && total("schedule.csv", "SURVEY,Citizen experience,2028,2029,10,")
    );
}

//! The table of the page on rounds is the one that is applied.

use super::*;

fn words(part: Part) -> &'static str {
    match part {
        Part::All => "all",
        Part::Anonymised => "anonymised",
        Part::Own => "own",
        Part::Nothing => "–",
    }
}

fn path(operation: Operation) -> &'static str {
    match operation {
        Operation::RoundRanking => "/rounds/{code}/ranking",
        Operation::Ranking => "/assessments/{id}/ranking",
        Operation::Scores => "/assessments/{id}/scores",
        Operation::Structure => "/assessments/{id}/structure",
        Operation::ScoreCard => "/assessments/{id}/cities/{city}",
        Operation::Explanation => "/assessments/{id}/cities/{city}/explain",
        Operation::Diff => "/assessments/{id}/diff",
        Operation::Trends => "/assessments/{id}/trends",
        Operation::Statistics => "/assessments/{id}/statistics",
        Operation::Weights => "/assessments/{id}/weights",
        Operation::Uncertainty => "/assessments/{id}/uncertainty/…",
        Operation::Bundle => "/assessments/{id}/bundle",
        Operation::Series => "/benchmarks/{code}/series",
        Operation::Comparison => "/benchmarks/{code}/comparison",
        Operation::Distribution => "/benchmarks/{code}/distribution",
        Operation::Movers => "/benchmarks/{code}/movers",
    }
}

#[test]
fn the_page_on_rounds_shows_the_table_as_it_is() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rounds.md")).expect("the page is there");
    let mut table = String::from(
        "| `GET` | `private` | `participants` | public | public, without a key |\n| --- | --- | --- | --- | --- |\n",
    );
    for (operation, [private, participants, public, anybody]) in TABLE {
        let cells = [private, participants, public, anybody].map(words);
        table.push_str(&format!("| `{}` | {} |\n", path(operation), cells.join(" | ")));
    }
    assert!(page.contains(&table), "docs/rounds.md should hold:\n{table}");
}

#[test]
fn what_is_reached_without_a_key_is_what_the_table_gives_to_anybody() {
    let mut given: Vec<&str> =
        TABLE.iter().filter(|(_, cells)| cells[3] != Part::Nothing).map(|(operation, _)| path(*operation)).collect();
    // Charts show what some of these give out, and each asks by the operation that gives out its numbers.
    given.push("/assessments/{id}/charts/{name}.svg");
    assert_eq!(given, auth::PUBLIC);
    assert!(TABLE.iter().all(|(_, cells)| matches!(cells[3], Part::All | Part::Nothing)), "anybody has no own cities");
}

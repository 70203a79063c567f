//! Who may do what: every operation of the description, asked for by every role about something of its own and about something else,
//! answers as the table of `docs/authorisation.md` says.

mod documents;
mod requests;
mod stage;
mod table;
mod who;

use citygauge_api::config::Config;
use citygauge_openapi::API_ROOT;
use citygauge_tests::{Place, Site, workspace};
use requests::{Operation, Request};
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use stage::Stage;
use table::{COLUMNS, Column, Row, Word};
use who::{Side, Who};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_lets_in_whom_the_table_says_on_sqlite() {
    check(Place::folder(), "SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_lets_in_whom_the_table_says_on_postgresql() {
    let Some(place) = Place::schema().await else { return };
    check(place, "PostgreSQL").await;
}

#[test]
fn the_table_has_a_row_for_every_operation_in_the_order_of_the_description() {
    let expected: Vec<String> = operations().iter().map(|operation| format!("{} {}", operation.id, operation.place())).collect();
    let rows = rows();
    let found: Vec<String> = rows.iter().map(|row| format!("{} {}", row.operation, row.place)).collect();
    let missing: Vec<&String> = expected.iter().filter(|row| !found.contains(row)).collect();
    let beyond: Vec<&String> = found.iter().filter(|row| !expected.contains(row)).collect();
    assert!(missing.is_empty() && beyond.is_empty(), "without a row: {missing:#?}; of no operation: {beyond:#?}");
    assert_eq!(found, expected, "the rows stand in the order of the description");
}

fn operations() -> Vec<Operation> {
    let description = std::fs::read_to_string(workspace().join("openapi/openapi.json")).expect("the description");
    requests::described(&serde_json::from_str(&description).expect("JSON"))
}

fn rows() -> Vec<Row> {
    let page = std::fs::read_to_string(workspace().join("docs/authorisation.md")).expect("the table");
    table::read(&page).unwrap_or_else(|faults| panic!("docs/authorisation.md:\n{}", faults.join("\n")))
}

/// Sources and webhooks that reach this machine, where nobody answers; and room for what is thrown away.
fn configure(config: &mut Config) {
    config.sources.hosts = vec!["127.0.0.1:*".into()];
    config.sources.allow_loopback = true;
    config.webhooks.allow_loopback = true;
    config.webhooks.allow_http = true;
    config.jobs.attempts = 1;
    config.limits.evidence_files = 100;
}

async fn check(place: Place, database: &str) {
    let (operations, rows) = (operations(), rows());
    let site = Site::open_with(place, configure).await;
    let stage = Stage::new(&site).await;
    let mut found = Found::default();
    for operation in &operations {
        let Some(row) = rows.iter().find(|row| row.operation == operation.id) else {
            found.wrong.push(format!("{}: no row", operation.id));
            continue;
        };
        for (column, expected) in COLUMNS.iter().zip(&row.cells) {
            found.cells += 1;
            compare(&stage, operation, column, expected, &mut found).await;
        }
        refusals(&stage, operation, row, &mut found).await;
    }
    lists(&stage, &mut found).await;
    println!(
        "authorisation on {database}: {} operations, {} cells, {} requests; {} refusals asked for again with nothing to find",
        operations.len(),
        found.cells,
        found.requests,
        found.bare
    );
    assert!(
        found.wrong.is_empty(),
        "{} answers differ from docs/authorisation.md:\n{}",
        found.wrong.len(),
        found.wrong.join("\n")
    );
    site.close().await;
}

/// What was found so far.
#[derive(Default)]
struct Found {
    cells: usize,
    requests: usize,
    bare: usize,
    wrong: Vec<String>,
}

/// Sends the requests of a cell.
async fn compare(stage: &Stage, operation: &Operation, column: &Column, expected: &[Word; 2], found: &mut Found) {
    let mut before: Option<Request> = None;
    for &side in column.sides {
        let expected = expected[side as usize];
        let away = match expected {
            Word::Yes => stage.to_throw_away(&operation.id, column.who, side).await,
            _ => None,
        };
        let wrong = |told: String| format!("{:32} {:15} {side:?}: {told}", operation.id, column.name);
        let request = match operation.request(stage, (column.who, side), away.as_ref()) {
            Ok(request) => request,
            Err(fault) => return found.wrong.push(wrong(fault)),
        };
        if before.as_ref() == Some(&request) {
            continue;
        }
        let (status, problem) = send(stage, operation, column.who, &request).await;
        found.requests += 1;
        if word(operation, status) != Some(expected) {
            found
                .wrong
                .push(wrong(format!("expected {expected}, got {status} {problem} of {} {}", operation.method, request.target)));
        }
        before = Some(request);
    }
}

/// Whoever an operation never lets in is refused before anybody looks at the body, at preconditions, and for what is named.
async fn refusals(stage: &Stage, operation: &Operation, row: &Row, found: &mut Found) {
    for who in Who::ALL {
        let cells = COLUMNS.iter().zip(&row.cells).filter(|(column, _)| column.who == who);
        let words: Vec<Word> = cells.flat_map(|(column, cell)| column.sides.iter().map(|&side| cell[side as usize])).collect();
        let expected = words[0];
        let never = matches!(expected, Word::No | Word::Key) && words.iter().all(|word| *word == expected);
        if !never || is_told(operation, who) {
            continue;
        }
        let (status, problem) = match operation.bare(stage) {
            Ok(request) => send(stage, operation, who, &request).await,
            Err(fault) => return found.wrong.push(format!("{}: {fault}", operation.id)),
        };
        found.bare += 1;
        if word(operation, status) != Some(expected) {
            let about = "of what does not exist, without a body";
            found.wrong.push(format!("{:32} {who:?} {about}: expected {expected}, got {status} {problem}", operation.id));
        }
    }
}

/// Whether somebody who is refused results is told what there is all the same: who may list assessments and benchmarks.
fn is_told(operation: &Operation, who: Who) -> bool {
    let of_results = ["/assessments/{id}/", "/benchmarks/{code}/"].iter().any(|place| operation.path.contains(place));
    matches!(who, Who::Reporter | Who::Province) && of_results
}

/// What a status says.
fn word(operation: &Operation, status: u16) -> Option<Word> {
    match status {
        401 => Some(Word::Key),
        403 => Some(Word::No),
        404 => Some(Word::Absent),
        200..300 => Some(Word::Yes),
        428 if operation.needs_tag() => Some(Word::Yes),
        _ if requests::passes(&operation.id).contains(&status) => Some(Word::Yes),
        _ => None,
    }
}

/// Sends a request; the status, and what the problem says.
async fn send(stage: &Stage, operation: &Operation, who: Who, request: &Request) -> (u16, String) {
    let asked = stage.client(who).request(operation.method.clone(), &request.target);
    let asked = match &request.body {
        Some(body) => asked.header(CONTENT_TYPE, request.media_type).body(body.clone()),
        None => asked,
    };
    let answer = asked.send().await.unwrap_or_else(|error| panic!("{} {}: {error}", operation.method, request.target));
    let status = answer.status().as_u16();
    let body = answer.bytes().await.expect("a whole answer");
    let problem: Value = if status < 400 { Value::Null } else { serde_json::from_slice(&body).unwrap_or_default() };
    let words = ["/title", "/detail", "/errors/0/message"].map(|place| problem.pointer(place).and_then(Value::as_str));
    (status, format!("({})", words.into_iter().flatten().collect::<Vec<_>>().join(": ")))
}

/// Lists whose callers see a part, and under which member the names stand.
const LISTS: [(&str, &str, &str); 13] = [
    ("designs", "designs/id", "id"),
    ("gap-analyses", "gap-analyses/id", "id"),
    ("goal-plans", "goal-plans/plan", "code"),
    ("observations", "observations/city", "city"),
    ("paths", "paths/id", "id"),
    ("reports", "reports/id", "id"),
    ("roadmaps", "roadmaps/id", "id"),
    ("rounds/past/submissions", "submissions/id", "id"),
    ("waivers", "waivers/id", "id"),
    ("exports", "exports/id", "id"),
    ("imports", "imports/id", "id"),
    ("jobs", "jobs/id", "id"),
    ("panels", "panels/code", "code"),
];

/// Lists show what is their own to whom the table tells apart, and nothing else.
async fn lists(stage: &Stage, found: &mut Found) {
    for (list, name, member) in LISTS {
        let callers: &[Who] = if list == "panels" { &[Who::Expert] } else { &[Who::Reporter, Who::Province] };
        for &who in callers {
            let page: Value = match stage.client(who).get(&format!("{API_ROOT}/{list}?limit=1000")).await {
                Ok(page) => page,
                Err(error) => panic!("{list} as {who:?}: {error:?}"),
            };
            found.requests += 1;
            let named: Vec<&str> =
                page["items"].as_array().into_iter().flatten().filter_map(|item| item[member].as_str()).collect();
            let [own, other] = Side::BOTH.map(|side| stage.named(name, who, side).expect("it is there"));
            if !named.contains(&own.as_str()) || named.contains(&other.as_str()) {
                found.wrong.push(format!("GET /{list} as {who:?} shows {named:?}, with {own} and without {other} expected"));
            }
        }
    }
}

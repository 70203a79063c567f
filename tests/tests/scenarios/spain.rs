//! Published numbers, from files to scores, through the service and through the command: 100 Spanish cities, 2018.

use std::collections::BTreeMap;
use std::path::Path;

use citygauge_indicators::catalog;
use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Explanation, GapAnalysis, GapRow, Id, WhatIf, WhatIfFits};
use citygauge_tests::steps::{assess, cities_csv, import, observations_csv, publish};
use citygauge_tests::{command, on_each_database, shared};
use serde_json::json;

/// The folder of the published data, which is not part of the repository.
const FOLDER: &str = "data/es-100-cities-sdg-2018";

/// The set of the catalog.
const SET: &str = "es-sdg-cities-2018";

/// How far a score may lie from the published one.
const TOLERANCE: f64 = 1e-9;

on_each_database! {
    async fn the_service_gives_the_published_scores(site: Site) {
        let Some(folder) = shared(FOLDER) else { return };
        let client = site.client();
        let document = catalog::find(SET).expect("it is in the catalog");
        let set = publish(&client, &json!(document)).await;
        import(&client, &cities_csv(), read(&folder, "cities.csv")).await;
        let observations = import(&client, &observations_csv(&set), read(&folder, "observations.csv")).await;
        assert_eq!((observations.rejected, observations.faults.total), (0, 0));

        let assessment = assess(&client, &set).await;
        assert_eq!(assessment.set_digest.as_str(), document.check().expect("a sound set").digest());
        let scores = client.scores_csv(&assessment.id, &[]).await.expect("the scores");
        let without_own = compare(&folder, scores.as_bytes());
        for city in &without_own {
            filling_is_explained(&client, assessment.id.as_str(), city).await;
        }
        gaps_that_are_closed_bring_the_promised_scores(&client, &assessment.id, "Albacete").await;
    }
}

/// Every gap of a city to the top quartile of its peers in raw units, applied through what-if, alone and all at once.
async fn gaps_that_are_closed_bring_the_promised_scores(client: &Client, assessment: &Id, city: &str) {
    let new = json!({"assessment": assessment, "city": city, "against": "peer_top_quartile"});
    let analysis: GapAnalysis = client.post(&format!("{API_ROOT}/gap-analyses"), &new).await.expect("an analysis");
    let behind: Vec<_> = analysis.gaps.iter().filter(|gap| gap.gap_value.is_some()).collect();
    assert!(behind.len() > 20, "{} gaps", behind.len());
    assert!(behind.iter().any(|gap| gap.gap_value > Some(0.0)) && behind.iter().any(|gap| gap.gap_value < Some(0.0)));
    let change = |gap: &GapRow| json!({"city": city, "indicator": gap.node, "value": gap.target_value});
    let path = format!("{API_ROOT}/assessments/{assessment}/what-if");
    let holds = |found: &WhatIf, gap: &GapRow| {
        let row = found.results.iter().find(|row| row.node == gap.node).expect("it moves");
        assert_eq!((row.score_before, row.score_after), (gap.score, gap.target_score), "{gap:?}");
        assert!(gap.target_score >= gap.reference, "{gap:?}");
    };
    for gap in &behind {
        let found: WhatIf = client.post(&path, &json!({"changes": [change(gap)]})).await.expect("an answer");
        assert_eq!(found.fits, WhatIfFits::Kept);
        holds(&found, gap);
    }
    let changes: Vec<_> = behind.iter().map(|gap| change(gap)).collect();
    let found: WhatIf = client.post(&path, &json!({"changes": changes})).await.expect("an answer");
    behind.iter().for_each(|gap| holds(&found, gap));
    let total = found.results.iter().find(|row| row.node.as_str() == "TOTAL").expect("TOTAL is always there");
    assert!(total.score_after > total.score_before && total.rank_after < total.rank_before, "{total:?}");
}

#[test]
fn the_command_gives_the_published_scores() {
    let Some(folder) = shared(FOLDER) else { return };
    let mut assess = command(env!("CARGO_BIN_EXE_citygauge-under-test"));
    assess.args(["assess", "--set", SET, "--data"]).arg(folder.join("observations.csv"));
    assess.arg("--cities").arg(folder.join("cities.csv")).args(["--out", "-"]);
    let output = assess.output().expect("the command can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    compare(&folder, &output.stdout);
}

/// Compares every published number, and gives the cities whose goal 14 was filled.
fn compare(folder: &Path, scores: &[u8]) -> Vec<String> {
    let scores: BTreeMap<(String, String), Option<f64>> = table(scores)
        .into_iter()
        .map(|row| {
            assert_eq!(row["period"], "2018");
            let score = Some(&row["score"]).filter(|text| !text.is_empty()).map(|text| number(text));
            ((row["city"].clone(), row["node"].clone()), score)
        })
        .collect();
    let close = |city: &str, node: &str, published: f64| {
        let score = scores[&(city.to_owned(), node.to_owned())].unwrap_or_else(|| panic!("{city} has no score of {node}"));
        assert!((score - published).abs() <= TOLERANCE, "{city} {node}: {score}, published {published}");
    };
    let (mut indicators, mut goals, mut indices, mut without_own) = (0, 0, 0, Vec::new());
    for row in table(&read(folder, "normalised_0_100.csv")) {
        for (indicator, published) in row.iter().filter(|(column, text)| is_indicator(column) && !text.is_empty()) {
            close(&row["city_id"], indicator, number(published));
            indicators += 1;
        }
    }
    for row in table(&read(folder, "goal_and_index_scores.csv")) {
        let city = &row["city_id"];
        for (goal, published) in row.iter().filter(|(column, text)| is_goal(column) && !text.is_empty()) {
            if goal == "sdg14" && scores[&(city.clone(), goal.clone())].is_none() {
                without_own.push(city.clone());
                continue;
            }
            close(city, goal, number(published));
            goals += 1;
        }
        close(city, "TOTAL", number(&row["index_avg"]));
        indices += 1;
    }
    assert_eq!((indicators, goals, without_own.len(), indices), (7_906, 1_642, 57, 100));
    let published = |(_, node): &&(String, String)| is_indicator(node) || is_goal(node) || node == "TOTAL";
    let scored = scores.iter().filter(|(place, score)| published(place) && score.is_some()).count();
    assert_eq!(scored, 7_906 + 1_642 + 100, "there is no score that was not published");
    without_own
}

fn is_goal(code: &str) -> bool {
    code.starts_with("sdg") && code.len() == "sdg14".len()
}

fn is_indicator(code: &str) -> bool {
    code.starts_with("sdg") && code.contains('_')
}

/// Goal 14 of a city without a coast counts with the mean of the others, and the explanation of the index says so.
async fn filling_is_explained(client: &Client, assessment: &str, city: &str) {
    let path = format!("{API_ROOT}/assessments/{assessment}/cities/{city}/explain?node=TOTAL");
    let explained: Explanation = client.get(&path).await.expect("an explanation");
    let oceans = explained.node.children.iter().find(|node| node.result.node.as_str() == "sdg14").expect("goal 14 is listed");
    assert_eq!(oceans.result.score, None);
    let filling = oceans.filling.as_ref().expect("goal 14 was filled");
    assert_eq!(filling.rule, "peer_mean");
    let mean = 64.443_401_115_347_91;
    assert!((filling.score.expect("a score was filled in") - mean).abs() <= TOLERANCE, "{filling:?}");
    assert_eq!((filling.of, &filling.period), (Some(43), &None), "the mean of the cities with a coast");
}

fn read(folder: &Path, file: &str) -> Vec<u8> {
    std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn table(csv: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv);
    reader.deserialize().map(|row| row.expect("a row with its header")).collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("'{text}' is not a number"))
}

//! What each of the clients does again and again, always with things of its own.

use citygauge_openapi::API_ROOT;
use rand::RngExt;
use serde_json::{Value, json};
use std::fmt::Write as _;

use super::ledger::{BrokenOff, Hand};
use super::write::{Rows, Write};
use super::{CITIES, ITEMS, Mixed, PERIOD, ROWS};

/// A client's work, told as a story that begins anew with every number.
#[derive(Debug, Clone, Copy)]
pub enum Story {
    /// Files of observations, some with a fault.
    Imports,
    /// One observation reported, corrected, disputed and rejected.
    Observation,
    /// An observation with evidence that is attached and withdrawn.
    Evidence,
    /// An assessment and its scores.
    Assessment,
    /// An assessment, and its scores as a file.
    Export,
    /// A release as of a moment that is past.
    Release,
    /// A set drafted, published and retired.
    Set,
    /// A round made, opened, closed and published twice.
    Round,
    /// A city registered, renamed and taken out.
    City,
}

impl Story {
    /// One client each, but two that correct.
    pub const ALL: [Self; 9] = [
        Self::Imports,
        Self::Observation,
        Self::Observation,
        Self::Evidence,
        Self::Export,
        Self::Release,
        Self::Set,
        Self::Round,
        Self::City,
    ];

    /// Tells the story once; it breaks off where the service does not answer.
    pub(super) async fn told(self, hand: &mut Hand<'_>, mixed: &Mixed, number: usize) -> Result<(), BrokenOff> {
        match self {
            Self::Imports => imports(hand, mixed, number).await,
            Self::Observation => observation(hand, mixed, number).await,
            Self::Evidence => evidence(hand, mixed, number).await,
            Self::Assessment => assessment(hand, mixed).await.map(drop),
            Self::Export => export(hand, mixed).await,
            Self::Release => release(hand, mixed).await,
            Self::Set => set(hand, number).await,
            Self::Round => round(hand, mixed, number).await,
            Self::City => city(hand, number).await,
        }
    }
}

/// A period that belongs to one story: a month of a year from 1000 on.
fn period(number: usize) -> String {
    format!("{}-{:02}", 1000 + number / 12, number % 12 + 1)
}

async fn imports(hand: &mut Hand<'_>, mixed: &Mixed, number: usize) -> Result<(), BrokenOff> {
    let (period, is_faulty) = (period(number), hand.random.random_ratio(1, 5));
    let most = if hand.random.random_ratio(1, 4) { CITIES * ROWS } else { 100 };
    let count = hand.random.random_range(10..=most);
    let (mut file, mut sum) = ("city,period,item,value\n".to_owned(), 0);
    for row in 0..count {
        let value = (row * 7 + number) % 100;
        sum += value as u64;
        writeln!(file, "c{:02},{period},r{},{value}", row / ROWS, row % ROWS).expect("a text takes everything");
    }
    if is_faulty {
        writeln!(file, "c00,{period},nothing,1").expect("a text takes everything");
    }
    let (state, kept) = if is_faulty { ("failed", 0) } else { ("succeeded", count) };
    let (code, version) = (&mixed.rows.code, &mixed.rows.version);
    let path = format!("{API_ROOT}/imports?kind=observations&set_code={code}&set_version={version}&file_name=f{number}.csv");
    let write = Write::make("create_import", "imports", &Value::Null)
        .file(path, "text/csv", file.into_bytes())
        .leaves(json!({"file_name": format!("f{number}.csv"), "state": state, "accepted": kept}))
        .brings(Rows { period, count: kept, sum: if is_faulty { 0 } else { sum } });
    let told = hand.write(write).await?;
    hand.wait(&told).await.map(drop)
}

async fn observation(hand: &mut Hand<'_>, mixed: &Mixed, number: usize) -> Result<(), BrokenOff> {
    let (item, row) = (ITEMS[number % ITEMS.len()], number % CITIES);
    let path = format!("{API_ROOT}/observations/c{row:02}/{}/{item}", period(number));
    let mut values: Vec<Value> = Vec::new();
    let mut tag: Option<String> = None;
    for turn in 0..hand.random.random_range(2..=5) {
        let value = (number * 31 + turn) % 100;
        let report = json!({"set": mixed.set, "value": value, "note": format!("turn {turn}")});
        values.insert(0, json!({"value": value, "status": "reported", "note": format!("turn {turn}")}));
        let action = if turn == 0 { "report_observation" } else { "correct_observation" };
        let write = Write::put(action, &path, &report).read_at(format!("{path}/history")).leaves(json!({"items": values}));
        let write = if let Some(tag) = &tag { write.seen(tag) } else { write };
        tag = Some(hand.write(write.clone()).await?.tag);
        if turn > 0 {
            // It is stale now; and a value beyond the range is refused whatever was seen.
            hand.refused(write, 412).await?;
            let beyond = json!({"set": mixed.set, "value": 101});
            hand.refused(Write::put(action, &path, &beyond).seen(tag.as_deref().unwrap_or_default()), 422).await?;
        }
    }
    let newest = values[0].clone();
    values.insert(0, json!({"value": newest["value"], "status": "rejected", "note": "not credible"}));
    let reject = Write::act("reject_observation", &path, "reject", &json!({"reason": "not credible"}))
        .seen(tag.as_deref().unwrap_or_default())
        .read_at(format!("{path}/history"))
        .leaves(json!({"items": values}));
    hand.write(reject).await.map(drop)
}

async fn evidence(hand: &mut Hand<'_>, mixed: &Mixed, number: usize) -> Result<(), BrokenOff> {
    let observation = format!("{API_ROOT}/observations/c{:02}/{}/a", number % CITIES, period(number));
    let report = Write::put("report_observation", &observation, &json!({"set": mixed.set, "value": number % 100}));
    let history = json!({"items": [{"value": number % 100, "status": "reported"}]});
    hand.write(report.read_at(format!("{observation}/history")).leaves(history)).await?;
    let list = format!("{observation}/evidence");
    let text = format!("As the yearbook says, {number}.\n");
    let attach = Write::make("attach_evidence", "evidence", &Value::Null)
        .file(format!("{list}?file_name=e{number}.txt"), "text/plain", text.into_bytes())
        .read_at(list.clone())
        .leaves(json!({"items": [{"file_name": format!("e{number}.txt"), "withdrawn_at": null}]}));
    let told = hand.write(attach).await?;
    let id = told.document["id"].as_str().unwrap_or_default().to_owned();
    let withdraw = Write::act("withdraw_evidence", &format!("{API_ROOT}/evidence/{id}"), "withdraw", &json!({}))
        .read_at(list)
        .leaves(json!({"items": [{"id": id, "withdrawn_by": told.document["created_by"]}]}));
    hand.write(withdraw).await.map(drop)
}

/// Gives the path of the scores.
async fn assessment(hand: &mut Hand<'_>, mixed: &Mixed) -> Result<String, BrokenOff> {
    let new = json!({"set": mixed.set, "periods": [PERIOD]});
    let scored = json!({"state": "succeeded", "summary": {"cities": CITIES, "scored": CITIES}});
    let told = hand.write(Write::make("create_assessment", "assessments", &new).leaves(scored)).await?;
    hand.wait(&told).await?;
    let table = format!("{API_ROOT}/assessments/{}/scores", told.document["id"].as_str().unwrap_or_default());
    hand.read::<Value>(&table).await?;
    Ok(table)
}

async fn export(hand: &mut Hand<'_>, mixed: &Mixed) -> Result<(), BrokenOff> {
    let table = assessment(hand, mixed).await?;
    let export = Write::make("create_export", "exports", &json!({"table": table, "format": "csv"}));
    let told = hand.write(export.leaves(json!({"state": "succeeded"}))).await?;
    hand.wait(&told).await.map(drop)
}

async fn release(hand: &mut Hand<'_>, mixed: &Mixed) -> Result<(), BrokenOff> {
    // As of a moment at which there was little, so that it stays small.
    let release = Write::make("request_release", "releases", &json!({"as_of": mixed.prepared_at}));
    let told = hand.write(release.made_in("jobs").leaves(json!({"state": "succeeded"}))).await?;
    hand.wait(&told).await.map(drop)
}

async fn set(hand: &mut Hand<'_>, number: usize) -> Result<(), BrokenOff> {
    let document = crate::steps::plain_set(&format!("set-{number}"), &["a", "b"]);
    let subject = format!("{API_ROOT}/indicator-sets/set-{number}/versions/1");
    let draft = Write::make("create_indicator_set", "indicator-sets", &document).about(&subject);
    hand.write(draft.leaves(json!({"state": "draft"}))).await?;
    let step = |action, verb, state: &str| Write::act(action, &subject, verb, &json!({})).leaves(json!({"state": state}));
    hand.write(step("publish_indicator_set", "publish", "published")).await?;
    if hand.random.random_ratio(1, 2) {
        hand.write(step("retire_indicator_set", "retire", "retired")).await?;
    }
    Ok(())
}

async fn round(hand: &mut Hand<'_>, mixed: &Mixed, number: usize) -> Result<(), BrokenOff> {
    let path = format!("{API_ROOT}/rounds/round-{number}");
    let profile = json!({"title_en": "A round", "set": mixed.set, "periods": [PERIOD], "cohort": ["c00", "c01", "c02"]});
    let draft = Write::put("create_round", &path, &profile).leaves(json!({"state": "draft"}));
    let mut tag = hand.write(draft).await?.tag;
    for (action, verb, state) in [("open_round", "open", "open"), ("close_round", "close", "closed")] {
        let step = Write::act(action, &path, verb, &json!({})).seen(&tag).leaves(json!({"state": state, "assessments": []}));
        tag = hand.write(step).await?.tag;
    }
    let said = json!({"incomplete": true, "comment": "as things stand"});
    for _ in 0..2 {
        let publish = Write::act("publish_round", &path, "publish", &said).seen(&tag).leaves(json!({"state": "published"}));
        let told = hand.write(publish.keeps(&["assessment", "assessments"])).await?;
        hand.wait(&told).await?;
        tag = hand.tag(&path).await?;
    }
    Ok(())
}

async fn city(hand: &mut Hand<'_>, number: usize) -> Result<(), BrokenOff> {
    let path = format!("{API_ROOT}/cities/city-{number}");
    let named = |name: &str| json!({"name": name});
    let tag = hand.write(Write::put("create_city", &path, &named("first")).leaves(named("first"))).await?.tag;
    let renamed = Write::put("replace_city", &path, &named("second")).seen(&tag).leaves(named("second"));
    let tag = hand.write(renamed.clone()).await?.tag;
    hand.refused(renamed, 412).await?;
    if hand.random.random_ratio(1, 2) {
        hand.write(Write::remove("remove_city", &path).seen(&tag)).await?;
    }
    Ok(())
}

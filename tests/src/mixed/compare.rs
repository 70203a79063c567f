//! What is there, compared with what clients were told.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use citygauge_openapi::client::{Client, ClientError};
use citygauge_openapi::{API_ROOT, Id, Job, ObservationPage, ObservationValue, WorkState};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::figures::{Figures, Wrong};
use super::ledger::Noted;
use super::trail::Said;
use super::write::{Answer, Rows, Told, Write, holds};
use super::{CITIES, ITEMS, Mixed, PAUSE};
use crate::steps::{PATIENCE, count_observations, finished};

/// The collections whose newest members must all be known.
const COLLECTIONS: [&str; 5] = ["imports", "assessments", "exports", "releases", "jobs"];

/// A write that was acknowledged, at last.
struct Standing {
    write: Write,
    told: Told,
}

impl Mixed {
    /// Looks at once after the service is back whether an import is there in part.
    pub async fn look_at_once(&self, client: &Client, figures: &mut Figures) {
        for rows in self.ledger.acknowledged_imports() {
            let found = count_observations(client, &format!("period={}", rows.period)).await;
            if found != 0 && found != rows.count {
                figures.wrong(Wrong::Half, format!("{found} rows of {rows:?} at the restart"));
            }
        }
    }

    /// Compares what was written since the last time, once the service is back.
    pub async fn settle(&mut self, client: &Client, figures: &mut Figures) {
        for surprise in self.ledger.surprises() {
            figures.wrong(Wrong::Other, surprise);
        }
        let standing = self.repeated(client, figures).await;
        let mut lines = Vec::new();
        for Standing { write, told } in &standing {
            *figures.acknowledged.entry(write.action).or_default() += 1;
            self.ended(client, write, told, &mut lines, figures).await;
        }
        let mut places: BTreeMap<String, Value> = BTreeMap::new();
        for Standing { write, told } in &standing {
            let place = write.place(Some(told)).expect("what was acknowledged has a place");
            places.insert(place, write.expected(Some(told)));
        }
        for (place, expected) in &places {
            compare(client, place, expected, figures).await;
        }
        for rows in standing.iter().filter_map(|it| it.write.rows.as_ref()) {
            compare_rows(client, rows, figures).await;
            self.brought.push(rows.clone());
        }
        self.files(client, &standing, &mut lines, figures).await;
        self.trail.compare(client, lines, figures).await;
        self.places.extend(places);
        self.strangers(client, figures).await;
    }

    /// Reads again all that was ever written, and counts what there is.
    pub async fn settle_all(&self, client: &Client, figures: &mut Figures) {
        for (place, expected) in &self.places {
            compare(client, place, expected, figures).await;
        }
        let of_imports: usize = self.brought.iter().map(|rows| rows.count).sum();
        let single = self.places.keys().filter(|place| place.ends_with("/history")).count();
        let (found, expected) = (count_observations(client, "").await, of_imports + single + CITIES * ITEMS.len());
        if found != expected {
            let what = if found < expected { Wrong::Lost } else { Wrong::Ghost };
            figures.wrong(what, format!("observations: {expected} expected, {found} found"));
        }
    }

    /// What was acknowledged, with what had no answer and is found to be there, or was done when it was sent again.
    async fn repeated(&mut self, client: &Client, figures: &mut Figures) -> Vec<Standing> {
        let mut standing: Vec<Standing> = Vec::new();
        let mut unsure = Vec::new();
        for Noted { write, answer } in self.ledger.take() {
            match answer {
                Answer::Acknowledged(told) => standing.push(Standing { write, told }),
                Answer::Refused(_) => figures.refused += 1,
                Answer::Unanswered(_) => unsure.push(write),
            }
        }
        figures.unanswered += unsure.len() as u64;
        for write in unsure {
            let told = match &write.key {
                Some(_) => again(client, &write, figures).await,
                None => self.found(client, &write, &standing, figures).await,
            };
            standing.extend(told.map(|told| Standing { write, told }));
        }
        standing
    }

    /// Whether a write without an answer, which cannot be repeated, was done.
    async fn found(&self, client: &Client, write: &Write, before: &[Standing], figures: &mut Figures) -> Option<Told> {
        let place = write.place(None).expect("it was put at a place");
        let former = before.iter().rev().find(|it| it.write.place(Some(&it.told)).as_ref() == Some(&place));
        let former = former.map_or(Value::Null, |it| it.write.expected(Some(&it.told)));
        let found = read(client, &place).await;
        if holds(&found, &write.expected(None)) {
            figures.unanswered_done += 1;
            return Some(Told::default());
        }
        if !holds(&found, &former) {
            figures.wrong(Wrong::Half, format!("{place} is neither {former} nor {}, but {found}", write.expected(None)));
        }
        None
    }

    /// Waits for the job of a write; what the trail says of the write and of its job.
    async fn ended(&mut self, client: &Client, write: &Write, told: &Told, lines: &mut Vec<Said>, figures: &mut Figures) {
        let subject = write.subject(Some(told)).expect("what was acknowledged has a subject");
        lines.push((write.action.to_owned(), subject.clone()));
        self.ids.extend(told.document["id"].as_str().map(str::to_owned));
        let Some(job) = told.job.as_deref().and_then(|path| path.rsplit('/').next()) else { return };
        self.ids.insert(job.to_owned());
        let Job { state, attempts, error, result, .. } = finished(client, &Id::trusted(job)).await;
        figures.jobs += 1;
        figures.taken_up += u64::from(attempts > 1);
        let is_faulty = write.rows.as_ref().is_some_and(|rows| rows.count == 0);
        if state != if is_faulty { WorkState::Failed } else { WorkState::Succeeded } {
            figures.wrong(Wrong::Other, format!("the job of {subject} ended as {state:?}: {error:?}"));
        }
        let of = |action: &str, subject: String| (action.to_owned(), subject);
        match write.action {
            "create_import" => lines.push(of("finish_import", subject)),
            "create_export" => lines.push(of("write_export", subject)),
            "request_release" => {
                let release = result.unwrap_or_default();
                self.ids.extend(release.rsplit('/').next().map(str::to_owned));
                lines.push(of("create_release", release));
            }
            "create_assessment" => self.assessed(client, subject, lines).await,
            "publish_round" => {
                let assessment = told.document["assessment"].as_str().unwrap_or_default();
                self.ids.insert(assessment.to_owned());
                let assessment = format!("{API_ROOT}/assessments/{assessment}");
                lines.push(of("create_assessment", assessment.clone()));
                self.assessed(client, assessment, lines).await;
            }
            _ => {}
        }
    }

    async fn assessed(&mut self, client: &Client, assessment: String, lines: &mut Vec<Said>) {
        let release = read(client, &assessment).await["release"].as_str().unwrap_or_default().to_owned();
        lines.push(("create_release".to_owned(), format!("{API_ROOT}/releases/{release}")));
        lines.push(("compute_assessment".to_owned(), assessment));
        self.ids.insert(release);
    }

    /// Reads the files that were made: they are what their digests say.
    async fn files(&self, client: &Client, standing: &[Standing], lines: &mut Vec<Said>, figures: &mut Figures) {
        for Standing { write, told } in standing {
            let Some(subject) = write.subject(Some(told)) else { continue };
            let (path, digest) = match write.action {
                "create_assessment" => (format!("{subject}/scores?limit=1000"), None),
                "attach_evidence" => (subject, Some(told.document["digest"].clone())),
                "create_export" => {
                    lines.push(("download_export".to_owned(), subject.clone()));
                    (format!("{subject}/file"), Some(read(client, &subject).await["sha256"].clone()))
                }
                _ => continue,
            };
            match client.bytes(&path).await {
                Ok(bytes) if digest.as_ref().is_none_or(|digest| *digest == sha256(&bytes)) => {}
                Ok(bytes) => {
                    figures.wrong(Wrong::Half, format!("{path} has {} bytes and not the digest {digest:?}", bytes.len()))
                }
                Err(error) => figures.wrong(Wrong::Lost, format!("{path}: {error}")),
            }
        }
    }

    /// Things that nobody was told of.
    async fn strangers(&self, client: &Client, figures: &mut Figures) {
        for collection in COLLECTIONS {
            let page = read(client, &format!("{API_ROOT}/{collection}?limit=300")).await;
            for id in page["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str()) {
                if !self.ids.contains(id) {
                    figures.wrong(Wrong::Ghost, format!("{collection}/{id} is there and nobody was told of it"));
                }
            }
        }
    }
}

/// Sends a write without an answer once more, under its key.
async fn again(client: &Client, write: &Write, figures: &mut Figures) -> Option<Told> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match write.send(client).await {
            Some(Answer::Acknowledged(told)) => {
                figures.unanswered_done += u64::from(told.is_replayed);
                return Some(told);
            }
            Some(Answer::Refused(status)) => {
                figures.wrong(
                    Wrong::Half,
                    format!("{} {} had no answer, and {status} when it was sent again", write.action, write.path),
                );
                return None;
            }
            Some(Answer::Unanswered(_)) | None if Instant::now() < deadline => tokio::time::sleep(PAUSE).await,
            Some(Answer::Unanswered(_)) | None => {
                figures.wrong(Wrong::Other, format!("{} {} gets no answer", write.action, write.path));
                return None;
            }
        }
    }
}

/// The document at a place; null where there is nothing.
async fn read(client: &Client, place: &str) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match client.get(place).await {
            Ok(found) => return found,
            Err(ClientError::Problem(problem)) if problem.status == 404 => return Value::Null,
            Err(error) => assert!(Instant::now() < deadline, "{place}: {error} ({error:?})"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn compare(client: &Client, place: &str, expected: &Value, figures: &mut Figures) {
    let found = read(client, place).await;
    if holds(&found, expected) {
        return;
    }
    let what = if found.is_null() {
        Wrong::Lost
    } else if expected.is_null() {
        Wrong::Ghost
    } else {
        Wrong::Half
    };
    figures.wrong(what, format!("{place}: {expected} expected, {found} found"));
}

async fn compare_rows(client: &Client, rows: &Rows, figures: &mut Figures) {
    let path = format!("{API_ROOT}/observations?limit=1000&period={}", rows.period);
    let page: ObservationPage = client.get(&path).await.expect("a page");
    let value = |value: &Option<ObservationValue>| match value {
        Some(ObservationValue::Number(number)) => *number,
        _ => f64::NAN,
    };
    let sum: f64 = page.items.iter().map(|row| value(&row.value)).sum();
    let found = page.items.len();
    if found == rows.count && (sum - rows.sum as f64).abs() < 0.5 {
        return;
    }
    let what = match found {
        0 => Wrong::Lost,
        _ if rows.count == 0 => Wrong::Ghost,
        _ => Wrong::Half,
    };
    figures.wrong(what, format!("{rows:?} expected, {found} rows with the sum {sum} found"));
}

/// The digest of bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

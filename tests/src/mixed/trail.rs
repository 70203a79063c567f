//! The trail as it goes on: each new line is chained to the one before, and tells of one write.

use std::collections::BTreeMap;

use citygauge_api::audit::{Line, digest};
use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, AuditEvent, AuditEventPage};

use super::figures::{Figures, Wrong};

/// A line by what it says: the action, and what it was done to.
pub type Said = (String, String);

/// How far the trail was read.
#[derive(Debug)]
pub struct Trail {
    place: i64,
    digest: String,
}

impl Trail {
    /// The trail from its present end on.
    pub async fn from_now(client: &Client) -> Self {
        let page: AuditEventPage = client.get(&format!("{API_ROOT}/audit-events?limit=1")).await.expect("the trail");
        let end = page.items.into_iter().next().expect("something was written");
        Self { place: end.place.expect("it has a place"), digest: end.digest.expect("it has a digest") }
    }

    /// Reads the lines that have come, and compares them with those that are expected.
    pub async fn compare(&mut self, client: &Client, expected: Vec<Said>, figures: &mut Figures) {
        let lines = self.since(client).await;
        figures.lines += lines.len() as u64;
        let mut counts: BTreeMap<Said, (i64, i64)> = BTreeMap::new();
        for said in expected {
            counts.entry(said).or_default().0 += 1;
        }
        for line in lines {
            self.chain(&line, figures);
            counts.entry((line.action, line.subject)).or_default().1 += 1;
        }
        for ((action, subject), (expected, found)) in counts {
            let what = match (expected, found) {
                (expected, found) if expected == found => continue,
                (0, _) => Wrong::Ghost,
                (expected, found) if found > expected => Wrong::Twice,
                _ => Wrong::Lost,
            };
            figures.wrong(what, format!("lines of the trail with {action} {subject}: {expected} expected, {found} found"));
        }
    }

    fn chain(&mut self, line: &AuditEvent, figures: &mut Figures) {
        let AuditEvent { at, actor, action, subject, detail, .. } = line;
        let own = digest(Line { at_ms: at.as_ms(), actor, action, subject, detail }, self.place + 1, &self.digest);
        let is_sound = line.place == Some(self.place + 1)
            && line.previous.as_ref() == Some(&self.digest)
            && line.digest.as_ref() == Some(&own);
        if !is_sound {
            figures.wrong(Wrong::Other, format!("the chain is broken at {line:?}, after line {}", self.place));
        }
        self.place = line.place.unwrap_or(self.place);
        self.digest = line.digest.clone().unwrap_or(own);
    }

    /// The lines after the place that was reached, in their order.
    async fn since(&self, client: &Client) -> Vec<AuditEvent> {
        let (mut lines, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("{API_ROOT}/audit-events?limit=1000{cursor}");
            let page: AuditEventPage = client.get(&path).await.expect("the trail");
            let is_end = page.items.iter().any(|line| line.place.is_some_and(|place| place <= self.place));
            lines.extend(page.items.into_iter().filter(|line| line.place.is_none_or(|place| place > self.place)));
            match page.next {
                Some(next) if !is_end => cursor = format!("&cursor={next}"),
                _ => break,
            }
        }
        lines.sort_by_key(|line| line.place);
        lines
    }
}

//! The digests of the lines, and what is wrong with a chain of them.

use citygauge_indicators::canonical::hex;
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{AuditCheckpoint, AuditEvent, Moment};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What stands for the digest of the line before the first one.
pub const BEFORE_THE_FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// So many faults are told one by one; a trail that was made anew has as many as lines.
const TOLD: usize = 100;

/// What a line says.
#[derive(Debug, Clone, Copy)]
pub struct Line<'l> {
    /// When it happened.
    pub at_ms: i64,
    /// Who did it.
    pub actor: &'l str,
    /// What was done.
    pub action: &'l str,
    /// What it was done to.
    pub subject: &'l str,
    /// What else is worth knowing.
    pub detail: &'l Value,
}

/// What the digest of a line is over.
#[derive(Serialize)]
struct Content<'l> {
    place: i64,
    at: Moment,
    actor: &'l str,
    action: &'l str,
    subject: &'l str,
    detail: &'l Value,
    previous: &'l str,
}

/// The digest of a line at a place, after the line with the digest `previous`: SHA-256 over the canonical JSON (RFC 8785) of all that.
#[must_use]
pub fn digest(line: Line<'_>, place: i64, previous: &str) -> String {
    let Line { at_ms, actor, action, subject, detail } = line;
    let content = Content { place, at: Moment::from_ms(at_ms), actor, action, subject, detail, previous };
    let bytes = serde_json_canonicalizer::to_vec(&content).expect("texts, whole numbers and JSON have a canonical form");
    hex(&Sha256::digest(bytes))
}

fn said(line: &AuditEvent) -> Line<'_> {
    let AuditEvent { at, actor, action, subject, detail, .. } = line;
    Line { at_ms: at.as_ms(), actor, action, subject, detail }
}

/// A chain as far as it was read, and what is wrong with it.
#[derive(Debug)]
pub struct Chain<'c> {
    place: i64,
    digest: String,
    known: Option<&'c AuditCheckpoint>,
    reached: bool,
    faults: Faults,
    more: u64,
}

impl<'c> Chain<'c> {
    /// A chain before its first line, which is to agree with what is known of it.
    #[must_use]
    pub fn new(known: Option<&'c AuditCheckpoint>) -> Self {
        let reached = known.is_some_and(|known| known.place == 0 && known.digest == BEFORE_THE_FIRST);
        let digest = BEFORE_THE_FIRST.to_owned();
        Self { place: 0, digest, known, reached, faults: Faults::default(), more: 0 }
    }

    /// Reads on. After a fault the line's own word is taken, so that each fault is told once.
    pub fn read(&mut self, line: &AuditEvent) {
        let (Some(place), Some(previous), Some(stated)) = (line.place, &line.previous, &line.digest) else {
            let (zh, en) =
                (format!("编号 {} 的行没有摘要", line.id), format!("the line with the number {} has no digest", line.id));
            self.tell(Fault::error("audit.loose", zh, en), self.place + 1, "此行不在链中", "the line is no part of the chain");
            return;
        };
        if place != self.place + 1 {
            let (zh, en) = if place > self.place + 1 {
                let (first, last) = (self.place + 1, place - 1);
                (format!("缺少第 {first} 至 {last} 行"), format!("the lines from {first} to {last} are missing"))
            } else {
                (format!("第 {place} 行出现在第 {} 行之后", self.place), format!("line {place} comes after line {}", self.place))
            };
            self.tell(Fault::error("audit.place", zh, en), place, "轨迹缺失或被重排", "lines were removed or moved");
        } else if *previous != self.digest {
            let fault = Fault::error(
                "audit.previous",
                format!("第 {place} 行不接续前一行"),
                format!("line {place} does not follow the line before it"),
            );
            self.tell(fault, place, "此行或前一行被替换", "this line or the one before it was replaced");
        }
        if digest(said(line), place, previous) != *stated {
            let fault = Fault::error(
                "audit.changed",
                format!("第 {place} 行的内容与其摘要不符"),
                format!("the content of line {place} is not that of its digest"),
            );
            self.tell(fault, place, "此行在写入后被更改", "the line was changed after it was written");
        }
        if let Some(known) = self.known.filter(|known| known.place == place) {
            self.reached = true;
            if known.digest != *stated {
                let fault = Fault::error(
                    "audit.checkpoint",
                    format!("第 {place} 行的摘要与检查点不同"),
                    format!("line {place} has another digest than the checkpoint"),
                );
                self.tell(
                    fault,
                    place,
                    "检查点之前的轨迹被改写",
                    "the trail up to here was written anew after the checkpoint was made",
                );
            }
        }
        (self.place, self.digest) = (place, stated.clone());
    }

    /// How long it is, with its last digest; all that is wrong with it.
    ///
    /// # Errors
    /// Every fault, the first hundred one by one.
    pub fn end(mut self) -> Result<(i64, String), Faults> {
        if let Some(known) = self.known.filter(|_| !self.reached) {
            let fault = Fault::error(
                "audit.cut",
                format!("轨迹止于第 {} 行，而检查点已有 {} 行", self.place, known.place),
                format!("the trail ends with line {}, and the checkpoint knows {}", self.place, known.place),
            );
            self.tell(
                fault,
                self.place,
                "末尾的行被删除，或数据库取自较早的备份",
                "lines at the end were removed, or the database is an older copy",
            );
        }
        if self.more > 0 {
            let more = self.more;
            self.faults.push(Fault::error("audit.more", format!("另有 {more} 处"), format!("and {more} more")));
        }
        if self.faults.is_empty() { Ok((self.place, self.digest)) } else { Err(self.faults) }
    }

    fn tell(&mut self, fault: Fault, place: i64, zh: &str, en: &str) {
        if self.faults.0.len() < TOLD {
            self.faults.push(fault.at(format!("/{place}")).hint(zh, en));
        } else {
            self.more += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(number: i64) -> AuditEvent {
        AuditEvent {
            id: number,
            at: Moment::from_ms(1_750_000_000_000 + number),
            actor: "k1".into(),
            action: "create_city".into(),
            subject: format!("/api/v1/cities/{number}"),
            detail: json!({"n": number, "share": 0.1}),
            place: None,
            previous: None,
            digest: None,
        }
    }

    fn trail(length: i64) -> Vec<AuditEvent> {
        let mut last = BEFORE_THE_FIRST.to_owned();
        let chained = |number| {
            let line = line(number);
            let digest = digest(said(&line), number, &last);
            let previous = std::mem::replace(&mut last, digest.clone());
            AuditEvent { place: Some(number), previous: Some(previous), digest: Some(digest), ..line }
        };
        (1..=length).map(chained).collect()
    }

    fn codes(lines: &[AuditEvent], known: Option<&AuditCheckpoint>) -> Vec<String> {
        let mut chain = Chain::new(known);
        lines.iter().for_each(|line| chain.read(line));
        match chain.end() {
            Ok(_) => Vec::new(),
            Err(faults) => {
                faults.0.iter().map(|fault| format!("{} {}", fault.code, fault.pointer.clone().unwrap_or_default())).collect()
            }
        }
    }

    /// As Python has it: `hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())`.
    #[test]
    fn a_known_line_has_the_known_digest() {
        assert_eq!(
            digest(said(&line(1)), 1, BEFORE_THE_FIRST),
            "1a7fb302c3ea617b0d04982d4a6d31e88bdb26785f19c17582b3e2f0427fcaaa"
        );
    }

    #[test]
    fn whatever_is_done_to_a_line_shows_at_that_line() {
        let sound = trail(9);
        assert!(codes(&sound, None).is_empty());
        let changes: [fn(&mut AuditEvent); 5] = [
            |line| line.actor = "k2".into(),
            |line| line.action = "remove_city".into(),
            |line| line.subject = "/api/v1/cities/x".into(),
            |line| line.detail = json!({"n": 5, "share": 0.2}),
            |line| line.at = Moment::from_ms(0),
        ];
        for change in changes {
            let mut lines = sound.clone();
            change(&mut lines[4]);
            assert_eq!(codes(&lines, None), ["audit.changed /5"]);
            // Whoever mends the digest of the line has the next one against them.
            let previous = lines[4].previous.clone().expect("it has one");
            lines[4].digest = Some(digest(said(&lines[4]), 5, &previous));
            assert_eq!(codes(&lines, None), ["audit.previous /6"]);
        }
        let mut without = sound.clone();
        without.remove(4);
        assert_eq!(codes(&without, None), ["audit.place /6"]);
        let mut swapped = sound.clone();
        swapped.swap(3, 4);
        assert!(codes(&swapped, None).len() >= 2);
    }

    #[test]
    fn a_checkpoint_knows_what_was_cut_off_or_made_anew() {
        let sound = trail(9);
        let known = AuditCheckpoint {
            place: 7,
            digest: sound[6].digest.clone().expect("it has one"),
            at: Moment::from_ms(0),
            signature: String::new(),
            public_key: String::new(),
        };
        assert!(codes(&sound, Some(&known)).is_empty());
        assert_eq!(codes(&sound[..6], Some(&known)), ["audit.cut /6"]);
        let mut other = trail(9);
        other[1].actor = "k2".into();
        let mut last = BEFORE_THE_FIRST.to_owned();
        for line in &mut other {
            let own = digest(said(line), line.place.expect("it has one"), &last);
            line.previous = Some(std::mem::replace(&mut last, own.clone()));
            line.digest = Some(own);
        }
        assert!(codes(&other, None).is_empty(), "nobody can see it from inside");
        assert_eq!(codes(&other, Some(&known)), ["audit.checkpoint /7"]);
    }
}

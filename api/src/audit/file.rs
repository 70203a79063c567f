//! The whole trail: as a file of lines with a checkpoint at its end, and checked from one end to the other.

use std::io::{BufRead, Read};

use actix_web::web::Bytes;
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{AuditCheckpoint, AuditEvent, Moment};
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};

use super::chain::Chain;
use super::is_signed;
use crate::signing::PublicKey;
use crate::store::{Store, StoreError, audit};

/// No line of a file is longer, in bytes.
const LONGEST: u64 = 16 << 20;

/// The last line of a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    checkpoint: AuditCheckpoint,
}

/// A trail that is sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// The place of its last line.
    pub place: i64,
    /// The digest of its last line.
    pub digest: String,
    /// Lines of a former version of the service, which get their place with the next write.
    pub loose: u64,
}

/// A line as it is given out.
#[must_use]
pub fn shown(event: audit::AuditEvent) -> AuditEvent {
    let audit::AuditEvent { id, at_ms, actor, action, subject, detail, place, previous, digest } = event;
    AuditEvent { id, at: Moment::from_ms(at_ms), actor, action, subject, detail, place, previous, digest }
}

/// The lines up to a checkpoint as JSON, one per line, and the checkpoint after them; a thousand lines at a time.
pub fn lines(store: Store, checkpoint: AuditCheckpoint) -> impl Stream<Item = Result<Bytes, StoreError>> {
    stream::try_unfold(Some(0), move |after: Option<i64>| {
        let (store, checkpoint) = (store.clone(), checkpoint.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let mut text = Vec::new();
            let mut next = Some(after);
            for event in audit::after(store.db(), after).await? {
                if event.place.is_some_and(|place| place > checkpoint.place) {
                    break;
                }
                next = event.place;
                push(&mut text, &shown(event))?;
            }
            if next == Some(after) {
                next = None;
                push(&mut text, &Ending { checkpoint })?;
            }
            Ok(Some((Bytes::from(text), next)))
        }
    })
}

fn push(text: &mut Vec<u8>, line: &impl Serialize) -> Result<(), StoreError> {
    serde_json::to_writer(&mut *text, line).map_err(|error| StoreError::Internal(Box::new(error)))?;
    text.push(b'\n');
    Ok(())
}

/// Checks the trail of a database, as of one moment.
///
/// # Errors
/// What is wrong with it is in the inner result, all of it.
pub async fn check_store(store: &Store, known: Option<&AuditCheckpoint>) -> Result<Result<Sound, Faults>, StoreError> {
    let moment = store.begin_reading().await?;
    let mut chain = Chain::new(known);
    let mut place = 0;
    loop {
        let events = audit::after(&moment, place).await?;
        let Some(last) = events.last().and_then(|event| event.place) else { break };
        events.into_iter().for_each(|event| chain.read(&shown(event)));
        place = last;
    }
    let loose = audit::count_loose(&moment).await?;
    moment.rollback().await?;
    Ok(chain.end().map(|(place, digest)| Sound { place, digest, loose }))
}

/// Checks a file of the trail, up to the checkpoint at its end. The signature is to be that of `signer`, where it is given.
///
/// # Errors
/// All that is wrong with it; a line that cannot be read ends the check.
pub fn check_file(mut file: impl BufRead, known: Option<&AuditCheckpoint>, signer: Option<&PublicKey>) -> Result<Sound, Faults> {
    let mut chain = Chain::new(known);
    let mut ending: Option<AuditCheckpoint> = None;
    let mut text = Vec::new();
    for row in 1.. {
        text.clear();
        let length = (&mut file).take(LONGEST).read_until(b'\n', &mut text).map_err(|error| unreadable(row, &error))?;
        if length == 0 {
            break;
        }
        if ending.is_some() {
            return Err(unreadable(row, &"text after the checkpoint"));
        }
        match serde_json::from_slice::<Ending>(&text) {
            Ok(Ending { checkpoint }) => ending = Some(checkpoint),
            Err(_) => chain.read(&serde_json::from_slice(&text).map_err(|error| unreadable(row, &error))?),
        }
    }
    let Some(ending) = ending else {
        let fault = Fault::error("audit.no_end", "文件末尾没有检查点", "the file has no checkpoint at its end");
        return Err(fault.hint("文件不完整，请重新导出", "the file is not whole: export it again").into());
    };
    let found = chain.end();
    let mut faults = Faults::default();
    if !is_signed(&ending, signer) {
        faults.push(Fault::error(
            "audit.signature",
            "末尾检查点的签名无效，或不是所给密钥的签名",
            "the checkpoint at the end is not signed, or not with the key that was given",
        ));
    }
    match found {
        Ok((place, digest)) if (place, &digest) == (ending.place, &ending.digest) && faults.is_empty() => {
            Ok(Sound { place, digest, loose: 0 })
        }
        Ok((place, digest)) => {
            if (place, &digest) != (ending.place, &ending.digest) {
                faults.push(Fault::error(
                    "audit.end",
                    format!("文件止于第 {place} 行，与末尾检查点（第 {} 行）不符", ending.place),
                    format!(
                        "the file ends with line {place}, which is not the end that its checkpoint states (line {})",
                        ending.place
                    ),
                ));
            }
            Err(faults)
        }
        Err(mut others) => {
            others.0.extend(faults.0);
            Err(others)
        }
    }
}

fn unreadable(row: u64, reason: &dyn std::fmt::Display) -> Faults {
    let fault = Fault::error(
        "audit.unreadable",
        format!("第 {row} 行无法读取：{reason}"),
        format!("line {row} cannot be read: {reason}"),
    );
    fault
        .hint(
            "此文件须由 citygauge audit export 或 /audit-events/file 得到",
            "the file is one of citygauge audit export or /audit-events/file",
        )
        .into()
}

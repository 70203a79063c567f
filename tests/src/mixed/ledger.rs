//! What clients have sent, and what they were told.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use citygauge_openapi::client::{Client, ClientError};
use citygauge_openapi::{Id, Job};
use rand::rngs::StdRng;
use reqwest::Method;
use reqwest::header::ETAG;
use serde::de::DeserializeOwned;

use super::write::{Answer, Rows, Told, Write};

/// What is answered while something that the service needs is away.
const UNAVAILABLE: u16 = 503;

/// A write, and what its client was told.
#[derive(Debug, Clone)]
pub struct Noted {
    /// What was sent.
    pub write: Write,
    /// What came of it.
    pub answer: Answer,
}

/// What clients have sent since it was last looked at.
#[derive(Debug, Default)]
pub struct Ledger {
    noted: Mutex<Vec<Noted>>,
    surprises: Mutex<Vec<String>>,
}

/// The service does not answer, or not as it should: what was being told ends here.
#[derive(Debug)]
pub struct BrokenOff;

/// One client among several, with the ledger that it writes to.
#[derive(Debug)]
pub struct Hand<'l> {
    pub(super) client: Client,
    pub(super) ledger: &'l Ledger,
    pub(super) random: StdRng,
}

impl Ledger {
    /// What was sent, in the order of the answers; the ledger is empty afterwards.
    pub fn take(&self) -> Vec<Noted> {
        std::mem::take(&mut *locked(&self.noted))
    }

    /// The rows of the imports that were acknowledged.
    pub(super) fn acknowledged_imports(&self) -> Vec<Rows> {
        let noted = locked(&self.noted);
        let acknowledged = noted.iter().filter(|it| matches!(it.answer, Answer::Acknowledged(_)));
        acknowledged.filter_map(|it| it.write.rows.clone()).collect()
    }

    /// Answers that no write should get, whatever happens to the service; there are none afterwards.
    pub fn surprises(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.surprises))
    }

    fn note(&self, write: Write, answer: Answer) {
        locked(&self.noted).push(Noted { write, answer });
    }

    fn wonder(&self, surprise: String) {
        locked(&self.surprises).push(surprise);
    }
}

fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hand<'_> {
    /// Sends a sound write.
    pub(super) async fn write(&self, write: Write) -> Result<Told, BrokenOff> {
        let Some(answer) = write.send(&self.client).await else { return Err(BrokenOff) };
        if let Answer::Refused(status) | Answer::Unanswered(Some(status)) = &answer
            && *status != UNAVAILABLE
        {
            self.ledger.wonder(format!("{} {} is sound and was answered {status}", write.action, write.path));
        }
        self.ledger.note(write, answer.clone());
        match answer {
            Answer::Acknowledged(told) => Ok(told),
            Answer::Refused(_) | Answer::Unanswered(_) => Err(BrokenOff),
        }
    }

    /// Sends a write that has to be refused.
    pub(super) async fn refused(&self, write: Write, expected: u16) -> Result<(), BrokenOff> {
        let Some(answer) = write.send(&self.client).await else { return Err(BrokenOff) };
        match answer {
            Answer::Acknowledged(_) => self.ledger.wonder(format!("{} was to be refused: {:?}", write.path, write.if_match)),
            Answer::Refused(status) if status != expected => {
                self.ledger.wonder(format!("{} was to be answered {expected}, found {status}", write.path));
            }
            Answer::Refused(_) => {}
            Answer::Unanswered(status) => {
                if let Some(status) = status.filter(|status| *status != UNAVAILABLE) {
                    self.ledger.wonder(format!("{} was to be answered {expected}, found {status}", write.path));
                }
                return Err(BrokenOff);
            }
        }
        self.ledger.note(write, answer);
        Ok(())
    }

    /// Reads something.
    pub(super) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, BrokenOff> {
        let found = self.client.get(path).await;
        if let Err(ClientError::Problem(problem)) = &found
            && problem.status != UNAVAILABLE
        {
            self.ledger.wonder(format!("{path} is there and was answered {}", problem.status));
        }
        found.map_err(|_| BrokenOff)
    }

    /// The tag of something as it is now.
    pub(super) async fn tag(&self, path: &str) -> Result<String, BrokenOff> {
        let answer = self.client.request(Method::GET, path).send().await.map_err(|_| BrokenOff)?;
        let tag = answer.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
        tag.filter(|_| answer.status().is_success()).map(str::to_owned).ok_or(BrokenOff)
    }

    /// Waits for the job of a write.
    pub(super) async fn wait(&self, told: &Told) -> Result<Job, BrokenOff> {
        let Some(id) = told.job.as_deref().and_then(|path| path.rsplit('/').next()) else { return Err(BrokenOff) };
        let id = Id::trusted(id);
        let waiting = self.client.wait_for_job(&id, |_| ());
        tokio::time::timeout(Duration::from_secs(60), waiting).await.map_err(|_| BrokenOff)?.map_err(|_| BrokenOff)
    }
}

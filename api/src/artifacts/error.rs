//! What goes wrong with artifacts.

use std::time::Duration;

use citygauge_indicators::Fault;

/// Why an artifact could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// No artifact has this digest.
    #[error("there is no artifact {0}")]
    Absent(String),
    /// What is kept under a digest has another one.
    #[error("the artifact {0} is damaged")]
    Damaged(String),
    /// What was to be kept exceeds the limit.
    #[error("more than {0} bytes")]
    TooLarge(u64),
    /// The store does not do its work now: it is away, full, or refuses us.
    #[error("the artifact store failed: {0}")]
    Failed(String),
    /// The store cannot be opened as it is configured.
    #[error("{key}: {reason}")]
    Misconfigured {
        /// The setting.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// An artifact that is gone, or is not what its digest says.
#[must_use]
pub fn at_fault(digest: &str, is_lost: bool) -> Fault {
    let fault = if is_lost {
        Fault::error("artifact.lost", format!("产物 {digest} 已丢失"), format!("the artifact {digest} is lost"))
    } else {
        let en = format!("the artifact {digest} is damaged: it is not what its digest says");
        Fault::error("artifact.damaged", format!("产物 {digest} 已损坏：内容与摘要不符"), en)
    };
    fault.of(digest).hint(
        "从备份取回该文件；citygauge artifacts verify 会列出全部此类产物",
        "take the file out of a backup; citygauge artifacts verify lists all that are at fault",
    )
}

/// The longest that is told of what a store has said, in characters.
const LONGEST: usize = 600;

impl ArtifactError {
    pub(super) fn silent(patience: Duration) -> Self {
        Self::Failed(format!("no answer within {patience:?}"))
    }
}

impl From<object_store::Error> for ArtifactError {
    fn from(error: object_store::Error) -> Self {
        Self::Failed(told(&error))
    }
}

impl From<std::io::Error> for ArtifactError {
    /// An error of a file, or the one of an artifact that was passed on as such.
    fn from(error: std::io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(|error| Self::Failed(error.to_string()))
    }
}

/// An error with its causes for the log, without the document that the store has sent: that one may name the key that was used.
/// The store's own code, such as `AccessDenied`, stays.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = next.source();
    }
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code.to_owned());
    let before = text.split('<').next().unwrap_or_default().trim();
    before
        .chars()
        .take(LONGEST)
        .chain(code.into_iter().flat_map(|code| format!(" {code}").into_bytes()).map(char::from))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_has_sent_is_told_by_its_code_alone() {
        let body = "Server returned 403: <?xml version=\"1.0\"?><Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>AKIA1</AWSAccessKeyId>";
        let error = object_store::Error::PermissionDenied { path: "x".into(), source: body.into() };
        let ArtifactError::Failed(told) = error.into() else { panic!("a failure") };
        assert!(told.ends_with("Server returned 403: InvalidAccessKeyId") && !told.contains("AKIA1"), "{told}");
    }

    #[test]
    fn an_artifact_error_survives_being_passed_on_as_one_of_a_file() {
        let passed = std::io::Error::other(ArtifactError::Damaged("d".into()));
        assert!(matches!(passed.into(), ArtifactError::Damaged(digest) if digest == "d"));
        assert!(matches!(std::io::Error::from(std::io::ErrorKind::StorageFull).into(), ArtifactError::Failed(_)));
    }
}

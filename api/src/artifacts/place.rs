//! Where artifacts are: a folder, or a bucket behind the S3 protocol.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::SpawnedReqwestConnector;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use tokio::runtime::Handle;

use super::ArtifactError;
use crate::config::Objects;

/// How long it may take to connect, and how long the store may be silent.
const CONNECT: Duration = Duration::from_secs(3);
const SILENCE: Duration = Duration::from_secs(30);

/// A request is tried again at once and briefly: a person waits for its answer, and a job has its own pauses.
const TRIES: usize = 2;
const TRYING: Duration = Duration::from_secs(5);

/// What the environment may say: who we are, and the region.
const VARIABLES: [&str; 11] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// What a file of credentials may say.
const MEMBERS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

/// No file of credentials is longer, in bytes.
const LONGEST: u64 = 64 << 10;

/// A folder, made where it is missing; what was written to it is on the disk.
pub(super) fn folder(folder: &Path) -> Result<Arc<dyn ObjectStore>, ArtifactError> {
    std::fs::create_dir_all(folder)?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)))
}

/// A bucket. Its sockets belong to the runtime that calls: those of the threads that answer requests are not always served.
pub(super) fn bucket(objects: &Objects) -> Result<Arc<dyn ObjectStore>, ArtifactError> {
    let (bucket, prefix) = objects.bucket().map_err(|reason| ArtifactError::Misconfigured { key: "objects.url", reason })?;
    let client = ClientOptions::new()
        .with_allow_http(objects.allow_http)
        .with_connect_timeout(CONNECT)
        .with_read_timeout(SILENCE)
        .with_timeout_disabled();
    let backoff = BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(1), base: 2.0 };
    let mut builder = AmazonS3Builder::new()
        .with_client_options(client)
        .with_retry(RetryConfig { backoff, max_retries: TRIES, retry_timeout: TRYING })
        .with_http_connector(SpawnedReqwestConnector::new(Handle::current()))
        .with_bucket_name(&bucket)
        .with_virtual_hosted_style_request(!objects.is_path_style());
    let from_environment = VARIABLES.iter().filter_map(|name| Some((*name, std::env::var(name).ok()?)));
    for (name, value) in from_environment
        .filter(|(name, value)| !value.is_empty() && (objects.credentials_file.is_none() || name.ends_with("REGION")))
    {
        builder = with(builder, name, value);
    }
    if let Some(file) = &objects.credentials_file {
        for (name, value) in credentials(file)? {
            builder = with(builder, name, value);
        }
    }
    if let Some(region) = &objects.region {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = objects.endpoint_of(&bucket) {
        builder = builder.with_endpoint(endpoint);
    }
    Ok(Arc::new(PrefixStore::new(builder.build()?, prefix)))
}

fn with(builder: AmazonS3Builder, name: &str, value: String) -> AmazonS3Builder {
    let key: AmazonS3ConfigKey = name.to_ascii_lowercase().parse().expect("the library knows the names of the lists");
    builder.with_config(key, value)
}

/// The credentials in a file as the AWS tools write it: `name = value`, in the section `[default]` where there are sections.
fn credentials(file: &Path) -> Result<Vec<(&'static str, String)>, ArtifactError> {
    let failed = |reason: String| ArtifactError::Misconfigured {
        key: "objects.credentials_file",
        reason: format!("{}: {reason}", file.display()),
    };
    let mut text = String::new();
    let read = File::open(file).and_then(|opened| opened.take(LONGEST).read_to_string(&mut text));
    read.map_err(|error| failed(error.to_string()))?;
    let (mut is_ours, mut found) = (true, Vec::new());
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            is_ours = line == "[default]";
        } else if let Some((name, value)) = line.split_once('=').filter(|_| is_ours) {
            let name = MEMBERS.into_iter().find(|known| *known == name.trim());
            found.extend(name.map(|name| (name, value.trim().to_owned())));
        }
    }
    let lacking = MEMBERS[..2].iter().find(|member| !found.iter().any(|(name, value)| name == *member && !value.is_empty()));
    match lacking {
        None => Ok(found),
        Some(member) => Err(failed(format!("has no line `{member} = ...`; it is a file as the AWS tools write it"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_credentials_is_read_as_the_aws_tools_write_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("credentials");
        let of = |text: &str| {
            std::fs::write(&file, text).expect("the folder is ours");
            credentials(&file)
        };
        let found = of("[other]\naws_access_key_id=x\n[default]\naws_access_key_id = a\naws_secret_access_key=b=c\nregion=r\n");
        assert_eq!(found.expect("whole"), [("aws_access_key_id", "a".to_owned()), ("aws_secret_access_key", "b=c".to_owned())]);
        let refused = of("[default]\naws_access_key_id = secret-looking\n").expect_err("half").to_string();
        assert!(refused.contains("aws_secret_access_key") && !refused.contains("secret-looking"), "{refused}");
        assert!(credentials(Path::new("/nowhere")).is_err());
    }
}

//! The section `objects`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use super::ConfigError;

/// Where the service keeps uploads, releases and results: a folder, or a bucket behind the S3 protocol.
///
/// Who the service is to the bucket stands in the environment under the names that the AWS tools use (`AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, those of a role) or in a file of its own, never here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Objects {
    /// The folder; `objects` in the data folder unless given.
    pub dir: Option<PathBuf>,
    /// `s3://bucket` or `s3://bucket/prefix`, instead of a folder.
    pub url: Option<String>,
    /// The server of the bucket, such as `https://minio.example:9000`; that of AWS in the region unless given.
    pub endpoint: Option<String>,
    /// The region of the bucket; `AWS_REGION` or `us-east-1` unless given.
    pub region: Option<String>,
    /// Whether the bucket stands in the path of an address and not in the name of the host; so it does at an `endpoint`
    /// unless this says otherwise.
    pub path_style: Option<bool>,
    /// Lets the endpoint be asked without TLS: whoever is on the way reads everything, and may change it.
    pub allow_http: bool,
    /// A file with `aws_access_key_id`, `aws_secret_access_key` and, where there is one, `aws_session_token`, as the AWS tools
    /// write it (section `[default]`); instead of the environment. It is read at start.
    pub credentials_file: Option<PathBuf>,
}

impl Objects {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refused = |key, reason: &str| Err(ConfigError::senseless(key, reason));
        let Some(url) = &self.url else {
            let Some(key) = self.key_of_a_bucket() else { return Ok(()) };
            return refused(key, "is of a bucket, and objects.url names none");
        };
        if self.dir.is_some() {
            return refused("objects.dir", "excludes objects.url: artifacts are in a folder or in a bucket");
        }
        split(url).map_err(|reason| ConfigError::senseless("objects.url", reason))?;
        let Some(endpoint) = &self.endpoint else { return Ok(()) };
        match Url::parse(endpoint) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") || url.host().is_none() => {
                refused("objects.endpoint", "is no address; write https://minio.example:9000")
            }
            Ok(url) if has_user(&url) => refused("objects.endpoint", "holds a user or a password; see objects.credentials_file"),
            Ok(url) if url.path() != "/" || url.query().is_some() => {
                refused("objects.endpoint", "has a path; bucket and prefix stand in objects.url")
            }
            Ok(url) if url.scheme() == "http" && !self.allow_http => refused(
                "objects.endpoint",
                "is without TLS; use https://, or set objects.allow_http where nobody else is on the way",
            ),
            Ok(_) => Ok(()),
            Err(_) => refused("objects.endpoint", "is no address; write https://minio.example:9000"),
        }
    }

    /// The first setting that only a bucket has.
    fn key_of_a_bucket(&self) -> Option<&'static str> {
        let set = [
            ("objects.endpoint", self.endpoint.is_some()),
            ("objects.region", self.region.is_some()),
            ("objects.path_style", self.path_style.is_some()),
            ("objects.allow_http", self.allow_http),
            ("objects.credentials_file", self.credentials_file.is_some()),
        ];
        set.into_iter().find_map(|(key, is_set)| is_set.then_some(key))
    }

    /// Bucket and prefix, or what is wrong with the URL.
    pub(crate) fn bucket(&self) -> Result<(String, String), String> {
        split(self.url.as_deref().unwrap_or_default())
    }

    pub(crate) fn is_path_style(&self) -> bool {
        self.path_style.unwrap_or(self.endpoint.is_some())
    }

    /// The server to ask, in whose name the bucket stands unless it stands in the path.
    pub(crate) fn endpoint_of(&self, bucket: &str) -> Option<String> {
        let mut url = Url::parse(self.endpoint.as_ref()?).ok()?;
        if !self.is_path_style() {
            let host = format!("{bucket}.{}", url.host_str()?);
            url.set_host(Some(&host)).ok()?;
        }
        Some(url.as_str().trim_end_matches('/').to_owned())
    }
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn split(url: &str) -> Result<(String, String), String> {
    let expected = || "is not s3://bucket or s3://bucket/prefix".to_owned();
    let url = Url::parse(url).map_err(|_| expected())?;
    if has_user(&url) {
        return Err("holds a user or a password; they stand in the environment or in objects.credentials_file".to_owned());
    }
    let bucket = url.host_str().unwrap_or_default();
    let is_name = bucket.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '.' | '_'));
    if url.scheme() != "s3"
        || !is_name
        || bucket.len() < 3
        || url.port().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(expected());
    }
    Ok((bucket.to_owned(), url.path().trim_matches('/').to_owned()))
}

//! What the commands that speak to a service have in common: its faults on a terminal, its problems as exit statuses.

use std::path::Path;

use citygauge_indicators::canonical::hex;
use citygauge_indicators::{Faults, Language, found_and_expected};
use citygauge_openapi as wire;
use citygauge_openapi::client::{Client, ClientError};
use clap::Args;
use sha2::{Digest as _, Sha256};

use super::Failed;
use super::output::{Growing, tell};

/// The service that a command speaks to, and with which key.
#[derive(Debug, Args)]
pub struct Service {
    /// The service, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL", env = "CITYGAUGE_URL")]
    server: String,
    /// The key; better given in the variable, which other users of the machine do not see.
    #[arg(long, value_name = "KEY", env = "CITYGAUGE_KEY", hide_env_values = true)]
    key: Option<String>,
}

impl Service {
    /// A client of it.
    pub fn client(&self, language: Language) -> Result<Client, Failed> {
        server(&self.server, language)?;
        Client::new(&self.server, self.key.clone(), language).map_err(|error| refused(error, language))
    }
}

/// Downloads what is at a path, makes sure that its digest is the one that the service says, and puts it in its place; gives its size
/// in bytes.
pub async fn download(client: &Client, path: &str, sha256: &wire::Digest, out: &Path, language: Language) -> Result<u64, Failed> {
    let mut answer = client.open(path).await.map_err(|error| refused(error, language))?;
    let (mut growing, mut digest, mut bytes) = (Growing::beside(out)?, Sha256::new(), 0_u64);
    while let Some(piece) = answer.chunk().await.map_err(|error| refused(error.into(), language))? {
        growing.push(&piece)?;
        digest.update(&piece);
        bytes += piece.len() as u64;
    }
    if hex(&digest.finalize()) != sha256.as_str() {
        return Err(Failed::other(language.pick(
            "收到的文件与服务上的不同（SHA-256 不符），请重新下载",
            "what came is not what the service has (its SHA-256 differs): download it again",
        )));
    }
    growing.keep()?;
    Ok(bytes)
}

/// What a failed call means for the command; faults that the service found are printed here, one line each.
pub fn refused(error: ClientError, language: Language) -> Failed {
    match error {
        ClientError::Problem(problem) if !problem.errors.is_empty() => {
            print(&problem.errors, language);
            Failed::Input(Faults::default())
        }
        // What was sent is at fault, although no place in it is; without a key that works it is not.
        ClientError::Problem(problem) if matches!(problem.status, 400 | 404 | 409..=422) => {
            tell(format_args!("citygauge: {}: {}", problem.title, problem.detail));
            Failed::Input(Faults::default())
        }
        ClientError::Unreachable(_) => Failed::Other(
            match language {
                Language::Zh => "无法连接服务，或连接中断：请检查 --server，并确认服务正在运行",
                Language::En => {
                    "the service cannot be reached, or the connection broke: check --server, and that the service runs"
                }
            }
            .to_owned(),
        ),
        ClientError::NotTheService(_) => Failed::Other(
            match language {
                Language::Zh => "--server 所指的不是 CityGauge 服务，或其版本不同",
                Language::En => "what answers at --server is not CityGauge, or another version of it",
            }
            .to_owned(),
        ),
        other @ ClientError::Problem(_) => Failed::other(other),
    }
}

/// Refuses what is no address of a service.
pub fn server(address: &str, language: Language) -> Result<(), Failed> {
    let known = reqwest::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if known {
        return Ok(());
    }
    Err(Failed::Usage(match language {
        Language::Zh => format!("--server {address}：应为 http:// 或 https:// 开头的地址，如 http://127.0.0.1:8080"),
        Language::En => format!("--server {address}: expected an address such as http://127.0.0.1:8080, with http or https"),
    }))
}

/// Prints faults that came over the wire, as [`citygauge_indicators::Fault::line`] prints those found here.
pub fn print(faults: &[wire::Fault], language: Language) {
    for fault in faults {
        tell(line(fault, language));
    }
}

/// One fault as one line: where, what, how to mend it.
fn line(fault: &wire::Fault, language: Language) -> String {
    let zh = language == Language::Zh;
    let severity = match fault.severity {
        wire::Severity::Warning => "warning",
        wire::Severity::Error => "error",
    };
    let mut place: Vec<String> = Vec::new();
    place.extend(fault.file.clone());
    place.extend(fault.sheet.clone());
    place.extend(fault.row.map(|row| if zh { format!("第{row}行") } else { format!("row {row}") }));
    place.extend(fault.column.as_ref().map(|name| format!("{}{name}", if zh { "列 " } else { "column " })));
    place.extend(fault.pointer.as_ref().map(|pointer| if pointer.is_empty() { "/".into() } else { pointer.clone() }));
    if fault.row.is_none() {
        place.extend(fault.city.clone());
        place.extend(fault.period.clone());
    }
    if fault.column.is_none() && fault.pointer.is_none() {
        place.extend(fault.node_or_item.clone());
    }
    let place = if place.is_empty() { String::new() } else { format!(" {}", place.join(", ")) };
    let hint = fault.hint.as_ref().map(|hint| format!("{}{hint}", if zh { "　建议：" } else { "  Mend: " }));
    let (value, expected) = (fault.value.as_deref(), fault.expected.as_deref());
    let more = found_and_expected(&fault.message, fault.hint.as_deref(), value, expected, language);
    format!("{severity}[{}]{place}: {}{more}{}", fault.code, fault.message, hint.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::Fault;

    use super::*;

    #[tokio::test]
    async fn a_service_that_is_not_there_is_told_in_both_languages() {
        for (language, words) in [(Language::Zh, "无法连接服务"), (Language::En, "the service cannot be reached")] {
            let client = wire::client::Client::new("http://127.0.0.1:1", None, language).expect("a client");
            let error = client.get::<wire::Health>("/livez").await.expect_err("nobody listens");
            assert!(matches!(refused(error, language), Failed::Other(message) if message.starts_with(words)));
        }
    }

    #[test]
    fn an_address_that_is_none_is_wrong_usage() {
        for address in ["ftp://x", "x", "127.0.0.1:8080", "http://", ""] {
            assert!(matches!(server(address, Language::En), Err(Failed::Usage(_))), "{address}");
        }
        assert!(server("https://gauge.example/x", Language::En).is_ok());
    }

    #[test]
    fn what_was_sent_is_at_fault_unless_the_key_or_the_service_is() {
        let refused = |status| {
            let (title, detail) = ("t".to_owned(), "d".to_owned());
            let (kind, instance, code) = (String::new(), String::new(), String::new());
            let problem = wire::Problem { kind, title, status, detail, instance, code, errors: Vec::new() };
            refused(ClientError::Problem(Box::new(problem)), Language::En)
        };
        assert!(matches!(refused(404), Failed::Input(_)));
        for status in [401, 403, 500, 503] {
            assert!(matches!(refused(status), Failed::Other(_)), "{status}");
        }
    }

    #[test]
    fn a_fault_of_the_service_reads_like_one_found_here() {
        let faults = [
            Fault::error("a.b", "错", "wrong").row(7).column("item").of("x").city("c").hint("改", "mend"),
            Fault::warning("a.b", "错", "wrong").at("").city("c").period("2026"),
            Fault::error("a.b", "错", "wrong").of("x"),
            Fault::error("a.b", "错", "wrong").value("red").expected("yes | no").hint("改", "mend"),
        ];
        for language in [Language::Zh, Language::En] {
            for fault in &faults {
                assert_eq!(line(&wire::Fault::new(fault, language), language), fault.line(language));
            }
        }
    }
}

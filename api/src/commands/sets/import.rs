//! `citygauge sets import`: a workbook or JSON becomes a checked document, in a file or as a draft of a service.

use std::path::PathBuf;

use citygauge_indicators::{IndicatorSet, Language, canonical};
use citygauge_openapi::client::Client;
use clap::Args;

use super::export::write_document;
use crate::commands::output::tell;
use crate::commands::{Failed, offline, remote};

#[derive(Debug, Args)]
pub(in crate::commands) struct Import {
    /// The set: a workbook (.xlsx) or JSON.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file to write, JSON or .xlsx; stdout unless given, or with `-`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The service that keeps the set as a draft, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The key; better given in the variable, which other users of the machine do not see.
    #[arg(long, value_name = "KEY", env = "CITYGAUGE_KEY", hide_env_values = true)]
    key: Option<String>,
}

impl Import {
    pub(super) async fn run(self, language: Language) -> Result<(), Failed> {
        if let Some(server) = &self.server {
            remote::server(server, language)?;
        }
        let name = self.file.display().to_string();
        if !self.file.exists() {
            offline::bytes_of(&self.file)?;
        }
        let set = offline::set(&name)?;
        for warning in &set.warnings().clone().in_file(&name).0 {
            tell(warning.line(language));
        }
        if self.out.is_some() || self.server.is_none() {
            write_document(&set, self.out.as_deref(), language)?;
        }
        match self.server {
            Some(server) => send(&set, &server, self.key, language).await,
            None => Ok(()),
        }
    }
}

/// Sends a set to a service, which keeps it as a draft.
async fn send(set: &IndicatorSet, server: &str, key: Option<String>, language: Language) -> Result<(), Failed> {
    let failed = |error| remote::refused(error, language);
    let client = Client::new(server, key, language).map_err(failed)?;
    let kept = client.create_set(canonical::canonical(set.document())).await.map_err(failed)?;
    let kept = kept.summary;
    // The answer goes to stderr, because stdout may carry the document.
    tell(match language {
        Language::Zh => format!("已存为草稿：{}@{}　摘要 {}", kept.code, kept.version, kept.digest),
        Language::En => format!("kept as a draft: {}@{}  digest {}", kept.code, kept.version, kept.digest),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authoring;

    fn import(file: PathBuf, out: PathBuf) -> Import {
        Import { file, out: Some(out), server: None, key: None }
    }

    #[tokio::test]
    async fn a_workbook_becomes_the_document_that_it_was_made_of_and_the_other_way_round() {
        let folder = tempfile::tempdir().expect("a folder");
        let set = offline::set("gbt-33356-2016").expect("in the catalog");
        let [book, json, again] = ["a.xlsx", "b.json", "c.xlsx"].map(|name| folder.path().join(name));
        std::fs::write(&book, authoring::workbook(set.document(), Language::En).expect("written")).expect("ours");
        import(book, json.clone()).run(Language::En).await.expect("in order");
        import(json, again.clone()).run(Language::En).await.expect("in order");
        assert_eq!(offline::set(&again.display().to_string()).expect("in order").digest(), set.digest());
    }

    #[tokio::test]
    async fn a_faulty_workbook_is_refused_by_cell_and_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut document = offline::set("gbt-33356-2016").expect("in the catalog").document().clone();
        document.nodes[2].weight = -1.0;
        let [book, json] = ["a.xlsx", "b.json"].map(|name| folder.path().join(name));
        std::fs::write(&book, authoring::workbook(&document, Language::Zh).expect("written")).expect("ours");
        let Err(Failed::Input(faults)) = import(book.clone(), json.clone()).run(Language::Zh).await else { panic!("accepted") };
        let at = faults.0.iter().find(|fault| fault.row == Some(4)).expect("the third node stands in the fourth row");
        assert_eq!((at.sheet.as_deref(), at.column.as_deref()), (Some("nodes"), Some("权重")));
        assert_eq!(at.file, Some(book.display().to_string()));
        assert!(!json.exists());
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_at_fault() {
        let import = import("absent.xlsx".into(), "x.json".into());
        assert!(matches!(import.run(Language::En).await, Err(Failed::Input(_))));
    }
}

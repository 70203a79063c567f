//! `citygauge sets`: look at indicator sets and check them, without a service.

mod check;
mod show;

use std::path::PathBuf;

use citygauge_indicators::{Language, SetDocument, canonical, catalog};
use citygauge_openapi::set_json_schema;
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::output::{chain, say, write_file};
use super::{Failed, offline};

/// Check, list, show and export indicator sets.
#[derive(Debug, Subcommand)]
pub(super) enum Sets {
    /// Check set documents: every fault of every file, or what each of them is.
    Check(check::Check),
    /// List the sets of the catalog, which ship with the command.
    List,
    /// Show a set: what it is based on, how well that is known, and its tree.
    Show(Named),
    /// Write the document of a set as JSON.
    Export(Export),
    /// Print the JSON Schema of a set document.
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// A file, or the code of a set of the catalog.
    #[arg(value_name = "SET")]
    set: String,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    named: Named,
    /// The file to write; stdout unless given, or with `-`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Sets {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Check(check) => check.run(language),
            Self::List => say(list(language)),
            Self::Show(named) => say(show::render(&offline::set(&named.set)?, language)),
            Self::Export(export) => export.run(),
            Self::Schema => say(pretty(&set_json_schema())?),
        }
    }
}

impl Export {
    /// A set that is exported has passed the check, so that it can be imported wherever it goes.
    fn run(self) -> Result<(), Failed> {
        let set = offline::set(&self.named.set)?;
        let json = pretty(set.document())?;
        match self.out.filter(|file| file.as_os_str() != "-") {
            Some(file) => write_file(&file, format!("{json}\n").as_bytes()),
            None => say(json),
        }
    }
}

fn pretty(value: &impl serde::Serialize) -> Result<String, Failed> {
    serde_json::to_string_pretty(value).map_err(|error| Failed::Other(chain(&error)))
}

fn list(language: Language) -> String {
    let header = match language {
        Language::Zh => ["代码", "版本", "节点（含 TOTAL）", "数据项", "摘要", "名称"],
        Language::En => ["code", "version", "nodes with TOTAL", "items", "digest", "title"],
    };
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header);
    for document in catalog::ENTRIES.iter().filter_map(|entry| catalog::find(entry.code)) {
        table.add_row(row(&document, language));
    }
    table.trim_fmt()
}

fn row(document: &SetDocument, language: Language) -> [String; 6] {
    [
        document.code.clone(),
        document.version.clone(),
        document.node_count().to_string(),
        document.items.len().to_string(),
        canonical::digest(document).chars().take(12).collect(),
        document.title.get(language).to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_says_which_set_is_a_reconstruction() {
        assert!(list(Language::En).contains("reconstruction"));
        assert!(list(Language::Zh).contains("重构"));
    }

    #[test]
    fn what_is_exported_is_the_set_that_was_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("set.json");
        let named = Named { set: "gbt-33356-2016".into() };
        Export { named, out: Some(out.clone()) }.run().expect("exported");
        let exported = offline::set(&out.display().to_string()).expect("it passes the check");
        assert_eq!(exported.digest(), offline::set("gbt-33356-2016").expect("in the catalog").digest());
    }
}

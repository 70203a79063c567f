//! `citygauge sets`: look at indicator sets, check and compare them, and take them in and out of workbooks.

mod check;
mod diff;
mod export;
mod import;
mod overlay;
mod show;
mod template;

use citygauge_indicators::{Language, SetDocument, canonical, catalog};
use citygauge_openapi::set_json_schema;
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::output::{chain, say};
use super::{Failed, offline};

/// Check, list, show, import, export, derive and compare indicator sets.
#[derive(Debug, Subcommand)]
pub(super) enum Sets {
    /// Check set documents: every fault of every file, or what each of them is.
    Check(check::Check),
    /// List the sets of the catalog, which ship with the command.
    List,
    /// Show a set: what it is based on, how well that is known, and its tree.
    Show(Named),
    /// Write the document of a set as JSON or as a workbook, or the SQL that recomputes its scores.
    Export(export::Export),
    /// Read a set from a workbook or JSON, and write it as JSON or send it to a service as a draft.
    Import(import::Import),
    /// Derive a set from another one by stated changes; it keeps its lineage.
    Overlay(overlay::Overlay),
    /// Show what differs between two sets.
    Diff(diff::Diff),
    /// Write the workbook that a city's departments fill in.
    Template(template::Template),
    /// Print the JSON Schema of a set document.
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// A file, or the code of a set of the catalog.
    #[arg(value_name = "SET")]
    set: String,
}

impl Sets {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Check(check) => check.run(language),
            Self::List => say(list(language)),
            Self::Show(named) => say(show::render(&offline::set(&named.set)?, language)),
            Self::Export(export) => export.run(language),
            Self::Import(import) => import.run(language).await,
            Self::Overlay(overlay) => overlay.run(language),
            Self::Diff(diff) => diff.run(language),
            Self::Template(template) => template.run(language),
            Self::Schema => say(pretty(&set_json_schema())?),
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
}

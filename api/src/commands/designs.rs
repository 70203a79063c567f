//! `citygauge designs`: the designs of a service, their dossiers, and how far they do what a standard asks.

use std::path::PathBuf;

use citygauge_indicators::planning::conformance::ClauseStatus;
use citygauge_indicators::planning::{Document, Dossier, ElementKind};
use citygauge_indicators::{Faults, Language, parse_strict};
use citygauge_openapi::{API_ROOT, Code, Conformance, Design, DesignImport, DesignPage, DesignRecheck, Id, path_segment};
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::offline::bytes_of;
use super::output::{Target, say, write_file};
use super::{Failed, remote};
use crate::export::Format;

/// List and show designs, check, import and export their dossiers, and show how far they do what a standard asks.
#[derive(Debug, Subcommand)]
pub(super) enum Designs {
    /// List the designs.
    List(remote::Service),
    /// Show a design, and what is to be re-checked in it.
    Show(One),
    /// Check a file with a dossier, without a service: every fault, or how many elements of which kind it holds.
    Check(Check),
    /// Put a dossier in place of that of a design, or begin a design with it.
    Import(Import),
    /// Write the dossier of a design as JSON or as a workbook.
    Export(Export),
    /// Show how far a design does what a standard asks.
    Conformance(Judge),
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The design.
    #[arg(value_name = "DESIGN")]
    design: Id,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The dossier, as JSON.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The dossier, as JSON.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The design whose dossier it replaces; a new one is begun unless given.
    #[arg(long, value_name = "DESIGN")]
    design: Option<Id>,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    one: One,
    /// The file to write: JSON or XLSX, by extension; JSON on stdout unless given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Judge {
    #[command(flatten)]
    one: One,
    /// The standard.
    #[arg(long, value_name = "CODE", default_value = "gbt36333-2018")]
    standard: Code,
    /// Show what is satisfied too, not only what is open.
    #[arg(long)]
    all: bool,
    /// The file to write: CSV, JSON or XLSX, by extension.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Designs {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::List(service) => list(&service, language).await,
            Self::Show(one) => one.show(language).await,
            Self::Check(check) => check.run(language),
            Self::Import(import) => import.run(language).await,
            Self::Export(export) => export.run(language).await,
            Self::Conformance(judge) => judge.run(language).await,
        }
    }
}

impl One {
    fn path(&self) -> String {
        format!("{API_ROOT}/designs/{}", self.design)
    }

    async fn show(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let refused = |error| remote::refused(error, language);
        let design: Design = client.get(&self.path()).await.map_err(refused)?;
        let open: DesignRecheck = client.get(&format!("{}/recheck", self.path())).await.map_err(refused)?;
        say(line(&design, language))?;
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(match language {
            Language::Zh => ["待复核", "类型", "已变化", "经由"],
            Language::En => ["to be re-checked", "kind", "changed", "through"],
        });
        for item in open.items {
            let through: Vec<&str> = item.mark.through.iter().map(Code::as_str).collect();
            let (code, kind) = (item.code.to_string(), item.kind.title().get(language).to_owned());
            table.add_row([code, kind, item.mark.changed.join(", "), through.join(", ")]);
        }
        say(table)
    }
}

impl Check {
    fn run(&self, language: Language) -> Result<(), Failed> {
        let dossier = read(&self.file)?;
        let count = dossier.elements.len();
        say(language.pick(format!("没有错误：{count} 个要素"), format!("in order: {count} elements")))?;
        for kind in ElementKind::ALL {
            let count = dossier.elements.iter().filter(|element| element.kind() == *kind).count();
            if count > 0 {
                say(format!("{count:>5}  {}", kind.title().get(language)))?;
            }
        }
        Ok(())
    }
}

impl Import {
    async fn run(&self, language: Language) -> Result<(), Failed> {
        let dossier = read(&self.file)?;
        let client = self.service.client(language)?;
        let refused = |error| remote::refused(error, language);
        let id = match &self.design {
            Some(id) => id.clone(),
            None => {
                // An adopted design takes no elements, so it becomes what the file says with them.
                let mut header = dossier.header.clone();
                header.state = citygauge_indicators::planning::DesignState::Draft;
                let made: Design = client.post(&format!("{API_ROOT}/designs"), &header).await.map_err(refused)?;
                say(line(&made, language))?;
                made.id
            }
        };
        let path = format!("{API_ROOT}/designs/{id}/dossier");
        let put: DesignImport = client.put_as_seen(&path, &dossier).await.map_err(refused)?;
        let (changed, unchanged, removed) = (put.put, put.unchanged, put.removed);
        say(language.pick(
            format!("{id}：写入 {changed} 个要素，{unchanged} 个未变，移除 {removed} 个"),
            format!("{id}: {changed} elements put, {unchanged} unchanged, {removed} removed"),
        ))
    }
}

impl Export {
    async fn run(&self, language: Language) -> Result<(), Failed> {
        let target = Target::new("--out", self.out.as_deref(), &[Format::Json, Format::Xlsx], language)?;
        let client = self.one.service.client(language)?;
        let format = match &target {
            Target::File(_, Format::Xlsx) => "xlsx",
            _ => "json",
        };
        let path = format!("{}/dossier?format={format}", self.one.path());
        let bytes = client.bytes(&path).await.map_err(|error| remote::refused(error, language))?;
        put(&target, &bytes)
    }
}

impl Judge {
    async fn run(&self, language: Language) -> Result<(), Failed> {
        let formats = [Format::Csv, Format::Json, Format::Xlsx];
        let target = Target::new("--out", self.out.as_deref(), &formats, language)?;
        let client = self.one.service.client(language)?;
        let refused = |error| remote::refused(error, language);
        let path = format!("{}/conformance?standard={}", self.one.path(), path_segment(self.standard.as_str()));
        if let Target::File(_, format) = &target {
            let bytes = client.bytes(&format!("{path}&format={}", format.extension())).await.map_err(refused)?;
            return put(&target, &bytes);
        }
        let found: Conformance = client.get(&path).await.map_err(refused)?;
        let counts = found.counts;
        say(language.pick(
            format!(
                "{}：满足 {}，部分 {}，缺失 {}，范围外 {}",
                found.number, counts.satisfied, counts.partial, counts.missing, counts.out_of_scope
            ),
            format!(
                "{}: {} satisfied, {} partial, {} missing, {} out of scope",
                found.number, counts.satisfied, counts.partial, counts.missing, counts.out_of_scope
            ),
        ))?;
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(match language {
            Language::Zh => ["条款", "状态", "内容", "缺少"],
            Language::En => ["clause", "status", "asks for", "missing"],
        });
        for clause in found.clauses.iter().filter(|clause| self.all || clause.status != ClauseStatus::Satisfied) {
            table.add_row([clause.clause.as_str(), clause.status.word(), clause.text.as_str(), &clause.lacks.join("; ")]);
        }
        say(table)
    }
}

/// The dossier in a file, checked as far as that goes without a service.
fn read(file: &std::path::Path) -> Result<Dossier, Failed> {
    let name = file.display().to_string();
    let named = |faults: Faults| Failed::Input(faults.in_file(&name));
    let dossier = Dossier::read_at(&parse_strict(&bytes_of(file)?).map_err(named)?, "").map_err(named)?;
    let faults = dossier.faults();
    if faults.has_errors() { Err(named(faults)) } else { Ok(dossier) }
}

fn put(target: &Target, bytes: &[u8]) -> Result<(), Failed> {
    match target {
        Target::File(file, _) => write_file(file, bytes),
        Target::Stdout => say(String::from_utf8_lossy(bytes)),
    }
}

async fn list(service: &remote::Service, language: Language) -> Result<(), Failed> {
    let client = service.client(language)?;
    let mut cursor = String::new();
    loop {
        let page: DesignPage = client
            .get(&format!("{API_ROOT}/designs?limit=100{cursor}"))
            .await
            .map_err(|error| remote::refused(error, language))?;
        for design in &page.items {
            say(line(design, language))?;
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}

/// A design in a line: identifier, city, period, state, title.
fn line(design: &Design, language: Language) -> String {
    let Design { id, city, from, to, state, title, .. } = design;
    format!("{id}  {city}  {from}..{to}  {}  {}", state.word(), title.get(language))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::{Value, json};

    use super::*;

    fn checked(dossier: &Value) -> Result<Dossier, Failed> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(dossier.to_string().as_bytes()).expect("it is written");
        read(file.path())
    }

    #[test]
    fn a_file_is_checked_without_a_service_and_every_fault_is_told() {
        let mut dossier = json!({"title": {"en": "A"}, "city": "a", "from": "2026", "to": "2030", "elements": [
            {"kind": "task", "document": {"code": "T", "title": {"en": "t"}, "priority": 1}},
        ]});
        assert_eq!(checked(&dossier).expect("in order").elements.len(), 1);
        dossier["elements"][0]["links"] = json!([
            {"relation": "realises", "to": {"element": "R"}}, {"relation": "realises", "to": {"element": "S"}},
        ]);
        let Err(Failed::Input(faults)) = checked(&dossier) else { panic!("two links dangle") };
        assert_eq!(faults.0.len(), 2);
        assert!(faults.0.iter().all(|fault| fault.code == "design.dangling" && fault.file.is_some()));
    }
}

//! `citygauge sets overlay`: a set that derives from another one by stated changes.

use std::path::PathBuf;

use citygauge_indicators::Language;
use citygauge_indicators::overlay::Overlay as Changes;
use clap::Args;

use super::export::write_document;
use crate::commands::{Failed, offline};

#[derive(Debug, Args)]
pub(in crate::commands) struct Overlay {
    /// The base: a file, or the code of a set of the catalog.
    #[arg(value_name = "SET")]
    set: String,
    /// What differs from it, as JSON.
    #[arg(value_name = "CHANGES")]
    changes: PathBuf,
    /// The file to write, JSON or .xlsx; stdout unless given, or with `-`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Overlay {
    pub(super) fn run(self, language: Language) -> Result<(), Failed> {
        let base = offline::set(&self.set)?;
        let name = self.changes.display().to_string();
        let changes = Changes::parse(&offline::bytes_of(&self.changes)?).map_err(|faults| faults.in_file(&name))?;
        let set = changes.apply(&base).map_err(|faults| faults.in_file(&name))?;
        write_document(&set, self.out.as_deref(), language)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::sets::show;

    #[test]
    fn an_overlay_of_an_overlay_shows_both_its_ancestors() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| folder.path().join(name);
        let overlay = |set: String, version: &str, out: &str| {
            let changes = json!({"code": "local", "version": version, "title": {"en": "Local"},
                                 "changes": {"set": {"rounding": {"places": version.len()}}}});
            std::fs::write(file("changes.json"), changes.to_string()).expect("ours");
            let overlay = Overlay { set, changes: file("changes.json"), out: Some(file(out)) };
            overlay.run(Language::En).expect("in order");
            offline::set(&file(out).display().to_string()).expect("in order")
        };
        let first = overlay("gbt-33356-2016".into(), "1", "first.json");
        let second = overlay(file("first.json").display().to_string(), "20", "second.xlsx");
        let page = show::render(&second, Language::En);
        let base = offline::set("gbt-33356-2016").expect("in the catalog");
        let line = page.lines().find(|line| line.starts_with("derived from")).expect("it says so");
        assert!(line.contains(&format!("local@1 ({})", first.digest())), "{line}");
        assert!(line.contains(&format!("gbt-33356-2016@1 ({})", base.digest())), "{line}");
    }

    #[test]
    fn a_faulty_overlay_is_refused_with_the_place_in_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let changes = folder.path().join("changes.json");
        let faulty = json!({"code": "local", "version": "1", "changes": {"nodes": {"NONE": {"weight": 1}}}});
        std::fs::write(&changes, faulty.to_string()).expect("ours");
        let overlay = Overlay { set: "gbt-33356-2016".into(), changes: changes.clone(), out: None };
        let Err(Failed::Input(faults)) = overlay.run(Language::En) else { panic!("accepted") };
        assert_eq!(faults.0[0].pointer.as_deref(), Some("/changes/nodes/NONE"));
        assert_eq!(faults.0[0].file, Some(changes.display().to_string()));
    }
}

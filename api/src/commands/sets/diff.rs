//! `citygauge sets diff`: what differs between two sets.

use std::path::PathBuf;

use citygauge_indicators::{Faults, Language};
use citygauge_openapi::SetDiff;
use clap::Args;

use super::pretty;
use crate::commands::output::{Target, say, write_file};
use crate::commands::{Failed, offline};
use crate::export::{Format, changes, differences};

#[derive(Debug, Args)]
pub(in crate::commands) struct Diff {
    /// The earlier set: a file, or the code of a set of the catalog.
    #[arg(value_name = "BEFORE")]
    before: String,
    /// The later set.
    #[arg(value_name = "AFTER")]
    after: String,
    /// The file to write: CSV, JSON or XLSX, by extension; `-` is CSV on stdout. Lines for people on stdout unless given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Diff {
    pub(super) fn run(self, language: Language) -> Result<(), Failed> {
        let target = self.out.as_deref();
        let target = target.map(|out| Target::new("--out", Some(out), &[Format::Csv, Format::Json, Format::Xlsx], language));
        let target = target.transpose()?;
        // The faults of both are told together.
        let (before, after) = match (offline::set(&self.before), offline::set(&self.after)) {
            (Ok(before), Ok(after)) => (before, after),
            (before, after) => {
                let faults = [before.err(), after.err()].into_iter().flatten().flat_map(|faults| faults.0);
                return Err(Failed::Input(Faults(faults.collect())));
            }
        };
        let diff = SetDiff::new(&before, &after);
        match target {
            None => say(differences(&diff, language)),
            Some(Target::File(file, Format::Json)) => write_file(&file, format!("{}\n", pretty(&diff)?).as_bytes()),
            Some(target) => target.write(changes(&diff, language), None)?.keep(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sets(folder: &std::path::Path) -> [String; 2] {
        let base = offline::set("gbt-33356-2016").expect("in the catalog");
        let overlay = json!({"code": "local", "version": "1", "changes": {"nodes": {"L1P1": {"note": {"en": "ours"}}}}});
        let overlay = citygauge_indicators::overlay::Overlay::parse(overlay.to_string().as_bytes()).expect("in order");
        let local = folder.join("local.json");
        std::fs::write(&local, json!(overlay.apply(&base).expect("in order").document()).to_string()).expect("ours");
        ["gbt-33356-2016".to_owned(), local.display().to_string()]
    }

    #[test]
    fn the_difference_is_written_for_people_and_for_programs() {
        let folder = tempfile::tempdir().expect("a folder");
        let [before, after] = sets(folder.path());
        for name in ["diff.csv", "diff.json", "diff.xlsx"] {
            let out = Some(folder.path().join(name));
            Diff { before: before.clone(), after: after.clone(), out }.run(Language::En).expect("in order");
        }
        let csv = std::fs::read_to_string(folder.path().join("diff.csv")).expect("written");
        assert!(csv.starts_with("of,code,title,change,member,before,after,share_before,share_after\n"), "{csv}");
        assert!(csv.lines().any(|line| line.starts_with("node,L1P1,") && line.contains(",changed,note.en,,ours,")), "{csv}");
        let json: Value =
            serde_json::from_slice(&std::fs::read(folder.path().join("diff.json")).expect("written")).expect("JSON");
        assert_eq!((&json["before"]["code"], &json["after"]["code"]), (&json!("gbt-33356-2016"), &json!("local")));
        assert_eq!(json["after"]["lineage"][0]["digest"], json["before"]["digest"]);
        let pair = (offline::set(&before).expect("in order"), offline::set(&after).expect("in order"));
        let diff = SetDiff::new(&pair.0, &pair.1);
        assert!(differences(&diff, Language::En).contains("~ node L1P1 note.en: - -> ours"));
        assert!(differences(&diff, Language::Zh).contains("~ 节点 L1P1 note.en"));
        assert!(differences(&SetDiff::new(&pair.0, &pair.0), Language::Zh).ends_with("没有差异"));
    }

    #[test]
    fn the_faults_of_both_sets_are_told_together() {
        let diff = Diff { before: "absent-a".into(), after: "absent-b".into(), out: None };
        let Err(Failed::Input(faults)) = diff.run(Language::En) else { panic!("accepted") };
        assert_eq!(faults.0.len(), 2);
    }
}

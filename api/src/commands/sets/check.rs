//! `citygauge sets check`: every fault of a set document, for people or as JSON.

use citygauge_indicators::{Faults, IndicatorSet, Language};
use citygauge_openapi as wire;
use clap::Args;

use super::pretty;
use crate::commands::output::{say, tell};
use crate::commands::{Failed, offline};

#[derive(Debug, Args)]
pub(in crate::commands) struct Check {
    /// Files, or codes of sets of the catalog.
    #[arg(value_name = "SET", required = true)]
    sets: Vec<String>,
    /// Print every fault and warning as one JSON array on stdout, instead of lines on stderr.
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self, language: Language) -> Result<(), Failed> {
        let mut faults = Faults::default();
        for name in &self.sets {
            match offline::set(name) {
                Ok(set) => {
                    if !self.json {
                        say(in_order(name, &set, language))?;
                    }
                    faults.0.extend(set.warnings().clone().in_file(name).0);
                }
                Err(found) => faults.0.extend(found.0),
            }
        }
        if self.json {
            say(pretty(&wire::Fault::list(&faults, language))?)?;
            return if faults.has_errors() { Err(Failed::Input(Faults::default())) } else { Ok(()) };
        }
        if faults.has_errors() {
            return Err(Failed::Input(faults));
        }
        for warning in &faults.0 {
            tell(warning.line(language));
        }
        Ok(())
    }
}

fn in_order(name: &str, set: &IndicatorSet, language: Language) -> String {
    let document = set.document();
    let (nodes, leaves, items) = (set.nodes().len(), set.leaves().count(), set.items().len());
    let (code, version, digest) = (&document.code, &document.version, set.digest());
    match language {
        Language::Zh => {
            format!(
                "{name}：通过　{code}@{version}　摘要 {digest}　{nodes} 个节点（含 TOTAL），{leaves} 个指标分项，{items} 个数据项"
            )
        }
        Language::En => {
            format!(
                "{name}: ok  {code}@{version}  digest {digest}  {nodes} nodes with TOTAL, {leaves} indicators, {items} data items"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_list_and_show_count_the_same_nodes() {
        let set = offline::set("gbt-33356-2016").expect("in the catalog");
        let count = set.nodes().len().to_string();
        let listed = super::super::list(Language::En);
        let row = listed.lines().find(|line| line.contains("gbt-33356-2016")).expect("listed");
        assert_eq!(row.split_whitespace().nth(2), Some(count.as_str()));
        for text in [in_order("x", &set, Language::En), super::super::show::render(&set, Language::En)] {
            assert!(text.contains(&format!("{count} nodes with TOTAL")), "{text}");
        }
        assert!(in_order("x", &set, Language::Zh).contains(&format!("{count} 个节点（含 TOTAL）")));
    }

    #[test]
    fn a_faulty_set_is_refused_with_all_its_faults_and_their_places() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("set.json");
        std::fs::write(&file, r#"{"code": "s", "version": "1", "title": {"en": "S"}, "items": [], "nodes": [], "colour": 1}"#)
            .expect("ours");
        let check = Check { sets: vec![file.display().to_string(), "gbt-33356-2016".into()], json: false };
        let Err(Failed::Input(faults)) = check.run(Language::En) else { panic!("accepted") };
        assert!(faults.0.iter().any(|fault| fault.pointer.as_deref() == Some("/colour")), "{faults}");
        assert!(faults.0.iter().all(|fault| fault.file.is_some()));
    }
}

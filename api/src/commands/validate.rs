//! `citygauge validate`: what the validation rules of a set find in a file, without a service.

use citygauge_assessment::validation::{Panel, validate};
use citygauge_indicators::{Fault, Faults, Language};
use clap::Args;

use super::Failed;
use super::offline::Inputs;
use super::output::{say, tell};

/// List what the validation rules of a set find in a file of observations, without a service: a line per finding.
#[derive(Debug, Args)]
pub(super) struct Validate {
    #[command(flatten)]
    inputs: Inputs,
}

impl Validate {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let findings = self.findings(language)?;
        for finding in &findings.0 {
            say(finding.line(language))?;
        }
        let errors = findings.0.iter().filter(|finding| finding.is_error()).count();
        let warnings = findings.0.len() - errors;
        tell(match language {
            Language::Zh => format!("{errors} 处错误，{warnings} 处警告"),
            Language::En => format!("errors: {errors}, warnings: {warnings}"),
        });
        // Each error stands on stdout already.
        if errors > 0 { Err(Failed::Input(Faults::default())) } else { Ok(()) }
    }

    /// The findings in the wanted period, or in all.
    fn findings(&self, language: Language) -> Result<Faults, Failed> {
        let loaded = self.inputs.load(language)?;
        let found = validate(&loaded.set, &Panel::of(&loaded.observations));
        let wanted = found.iter().filter(|finding| loaded.period.is_none_or(|period| finding.period == period));
        let faults: Vec<Fault> = wanted.map(|finding| finding.to_fault()).collect();
        Ok(Faults(faults))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: &str = r#"{"code": "s", "version": "1", "title": {"en": "S"}, "items": [{"code": "x"}, {"code": "y"}],
        "nodes": [{"code": "X", "title": {"en": "X"}, "indicator": {"formula": "x", "scoring": {"rule": "min_max"}}}],
        "rules": [{"code": "PART", "severity": "SEVERITY", "check": {"rule": "formula", "holds": "x <= y"}}]}"#;

    fn validated(severity: &str, period: Option<&str>) -> (Result<Faults, Failed>, Result<(), Failed>) {
        let folder = tempfile::tempdir().expect("a folder");
        let (set, data) = (folder.path().join("set.json"), folder.path().join("data.csv"));
        std::fs::write(&set, SET.replace("SEVERITY", severity)).expect("the folder is ours");
        std::fs::write(&data, "city,period,x,y\na,2025,1,2\na,2026,3,2\n").expect("the folder is ours");
        let inputs =
            Inputs { set: set.display().to_string(), data, cities: None, mapping: None, period: period.map(str::to_owned) };
        let validate = Validate { inputs };
        (validate.findings(Language::En), validate.run(Language::En))
    }

    #[test]
    fn an_error_is_the_fault_of_the_input_and_a_warning_is_not() {
        let (found, ended) = validated("error", None);
        let found = found.expect("the files are sound");
        assert_eq!(found.0.len(), 1);
        let line = "error[rule.violated] a, 2026, x: rule PART: x, y do not satisfy x <= y (found: x = 3, y = 2)  Mend: check it against \
                    the source; if it is true, say why";
        assert_eq!(found.0[0].line(Language::En), line);
        assert!(matches!(ended, Err(Failed::Input(_))));
        let (found, ended) = validated("warning", None);
        assert_eq!((found.expect("sound").has_errors(), ended.is_ok()), (false, true));
    }

    #[test]
    fn only_the_wanted_period_is_told_of() {
        let (found, ended) = validated("error", Some("2025"));
        assert!(found.expect("sound").is_empty() && ended.is_ok());
    }
}

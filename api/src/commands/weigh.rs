//! `citygauge weigh`: the weights of a set on a cohort, given and derived, from files, without a service.

use std::path::PathBuf;

use citygauge_indicators::{Language, TOTAL, Weighting};
use clap::Args;
use serde_json::{Value, json};

use super::Failed;
use super::offline::Inputs;
use super::output::{Target, about, note, tell};
use crate::assessments::weights::Weights;
use crate::export::Format;
use crate::results;

const FORMATS: [Format; 6] = Format::TABLES;

/// Show the weight of every node, given or derived, from files, without a service.
#[derive(Debug, Args)]
pub(super) struct Weigh {
    #[command(flatten)]
    inputs: Inputs,
    /// Try a method on the node, whatever the set says: a word such as entropy or critic, or the JSON of the document, such
    /// as '{"method": "entropy", "shift": 0.01}'.
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,
    /// The node whose children the method weighs; TOTAL unless given.
    #[arg(long, value_name = "NODE", requires = "method")]
    node: Option<String>,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension; CSV on stdout unless given, or with `-`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Weigh {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        let tried = self.method.as_deref().map(|method| tried(method, language)).transpose()?;
        let mut loaded = self.inputs.load(language)?;
        loaded.tell_warnings(language);
        if let Some(weighting) = tried {
            loaded.set = loaded.set.with_weighting(self.node.as_deref().unwrap_or(TOTAL), weighting)?;
        }
        let assessment = loaded.assess(None)?;
        for warning in assessment.warnings().iter().filter(|warning| warning.code.starts_with("weighting.")) {
            tell(warning.line(language));
        }
        let weights = Weights::of(&assessment);
        out.write(results::weights(&weights), Some(&about(&loaded.set, language)))?.keep()?;
        note(&loaded.set, language);
        Ok(())
    }
}

/// The method that was asked for: a word, or what a document would say.
fn tried(method: &str, language: Language) -> Result<Weighting, Failed> {
    let value = match method.trim_start().starts_with('{') {
        true => serde_json::from_str::<Value>(method).map_err(|error| Failed::Usage(format!("--method: {error}")))?,
        false => json!({ "method": method }),
    };
    Weighting::from_value(&value).map_err(|faults| {
        let lines: Vec<String> = faults.0.iter().map(|fault| fault.line(language)).collect();
        Failed::Usage(format!("--method: {}", lines.join("; ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_a_word_or_what_a_document_says() {
        assert_eq!(tried("equal", Language::En).expect("a word"), Weighting::Equal);
        assert!(matches!(tried(r#"{"method": "entropy", "shift": 0.01}"#, Language::En), Ok(Weighting::Entropy { .. })));
        for wrong in ["wish", "ahp", "{", r#"{"method": "critic", "shift": 1}"#] {
            assert!(matches!(tried(wrong, Language::Zh), Err(Failed::Usage(_))), "{wrong}");
        }
    }
}

//! `citygauge what-if`: scores, levels and ranks before and after supposed changes, from files, without a service.

use std::path::PathBuf;

use citygauge_assessment::{AssessmentError, Observations};
use citygauge_indicators::{Fault, Faults, IndicatorSet, Language};
use citygauge_openapi::{Code, Line, NewWhatIf, ObservationValue, WhatIfChange, WhatIfFits};
use clap::Args;
use serde::de::DeserializeOwned;

use super::Failed;
use super::offline::{self, Inputs};
use super::output::{Target, about, note, tell};
use crate::export::Format;
use crate::results::places;
use crate::what_if::{Asked, Base, answer, table};

const FORMATS: [Format; 6] = Format::TABLES;

/// Show scores, levels and ranks before and after changes that are only supposed, from files, without a service.
#[derive(Debug, Args)]
pub(super) struct WhatIf {
    #[command(flatten)]
    inputs: Inputs,
    /// The city whose items and indicators change; every city unless given.
    #[arg(long, value_name = "CODE")]
    city: Option<String>,
    /// A data item and its value; without a value it is missing. May be repeated.
    #[arg(long, value_name = "ITEM=VALUE")]
    item: Vec<String>,
    /// An indicator and its raw value. May be repeated.
    #[arg(long, value_name = "INDICATOR=VALUE")]
    indicator: Vec<String>,
    /// A node and its weight; its sisters keep theirs. May be repeated.
    #[arg(long, value_name = "NODE=WEIGHT")]
    weight: Vec<String>,
    /// Another set: a file, or the code of a set of the catalog.
    #[arg(long, value_name = "SET")]
    other_set: Option<String>,
    /// An overlay of the set, as JSON.
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
    /// Changes as the interface takes them (POST /what-if, `what_if`), as JSON; in addition to the flags.
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
    /// Compute the whole cohort again even where only values of one city change.
    #[arg(long)]
    refit: bool,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension. Without it, and with `-`, CSV on stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl WhatIf {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        let new = self.asked()?;
        let loaded = self.inputs.load(language)?;
        loaded.tell_warnings(language);
        let assessment = loaded.assess(None)?;
        let other = self.other_set.as_deref().map(offline::set).transpose()?.map(std::sync::Arc::new);
        let asked = Asked::of(&new, &assessment, other, "")?;
        let read = |set: &IndicatorSet| -> Result<Observations, AssessmentError> {
            if set.digest() == loaded.set.digest() || set.items() == loaded.set.items() {
                return Ok(loaded.observations.clone());
            }
            Ok(self.inputs.observations_for(set)?)
        };
        let base = Base {
            assessment: &assessment,
            read: &read,
            periods: loaded.period.map(|period| vec![period]),
            cities: None,
            language,
        };
        let found = answer(&base, &asked).map_err(|error| match error {
            AssessmentError::Refused(faults) => Failed::Input(faults),
            other => Failed::other(other),
        })?;
        out.write(table(&found.results, places(&loaded.set)), Some(&about(&loaded.set, language)))?.keep()?;
        let kept = found.fits == WhatIfFits::Kept;
        let summary = &found.summary;
        tell(match language {
            Language::Zh => format!(
                "{} 个城市，{} 个得分有变；名次上升 {}、下降 {}；{}",
                summary.cities,
                summary.cities_moved,
                summary.risen,
                summary.fallen,
                if kept { "保留了参评城市的拟合" } else { "已对全部参评城市重新计算" }
            ),
            Language::En => format!(
                "{} cities, {} with other scores; {} rise and {} fall in rank; {}",
                summary.cities,
                summary.cities_moved,
                summary.risen,
                summary.fallen,
                if kept { "what was fitted on the cohort was kept" } else { "the whole cohort was computed again" }
            ),
        });
        note(&loaded.set, language);
        Ok(())
    }

    /// The changes of the file and of the flags.
    fn asked(&self) -> Result<NewWhatIf, Faults> {
        let mut faults = Faults::default();
        let mut new: NewWhatIf = match &self.changes {
            Some(file) => json_file(file)?,
            None => NewWhatIf::default(),
        };
        let city = self.city.clone().map(Code::trusted);
        for flag in &self.item {
            let Some((code, value)) = pair("--item", flag, &mut faults) else { continue };
            let value = (!value.is_empty()).then(|| match value.parse::<f64>() {
                Ok(number) => ObservationValue::Number(number),
                Err(_) => ObservationValue::Text(Line::trusted(value)),
            });
            let item = Some(Code::trusted(code));
            new.changes.push(WhatIfChange { city: city.clone(), period: None, item, indicator: None, value });
        }
        for flag in &self.indicator {
            let Some((code, value)) = number("--indicator", flag, &mut faults) else { continue };
            let (indicator, value) = (Some(Code::trusted(code)), Some(ObservationValue::Number(value)));
            new.changes.push(WhatIfChange { city: city.clone(), period: None, item: None, indicator, value });
        }
        for flag in &self.weight {
            let Some((code, weight)) = number("--weight", flag, &mut faults) else { continue };
            new.weights.insert(Code::trusted(code), weight);
        }
        if let Some(file) = &self.overlay {
            new.overlay = Some(json_file(file)?);
        }
        if self.other_set.is_some() && (new.overlay.is_some() || new.set.is_some() || new.set_ref.is_some()) {
            faults.push(
                Fault::error("what_if.set", "另一个指标体系只能给出一次", "another set is given more than once")
                    .hint("只保留其中一个", "keep one of them"),
            );
        }
        if let Some(key) = &new.set_ref {
            faults.push(
                Fault::error("what_if.set_ref", "命令行不能读取服务上的版本", "the command cannot read a version of a service")
                    .value(format!("{}@{}", key.code, key.version))
                    .hint("用 --other-set 给出文件或目录代码", "name a file or a set of the catalog with --other-set"),
            );
        }
        if self.refit {
            new.fits = Some(WhatIfFits::Refitted);
        }
        if faults.is_empty() { Ok(new) } else { Err(faults) }
    }
}

fn pair<'f>(flag: &str, given: &'f str, faults: &mut Faults) -> Option<(&'f str, &'f str)> {
    let found = given.split_once('=').filter(|(code, _)| !code.is_empty());
    if found.is_none() {
        faults.push(wrong(flag, given, "CODE=VALUE"));
    }
    found
}

fn number<'f>(flag: &str, given: &'f str, faults: &mut Faults) -> Option<(&'f str, f64)> {
    let (code, value) = pair(flag, given, faults)?;
    let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
    if number.is_none() {
        faults.push(wrong(flag, given, "CODE=NUMBER"));
    }
    Some((code, number?))
}

fn wrong(flag: &str, given: &str, expected: &str) -> Fault {
    Fault::error("what_if.flag", format!("{flag} {given}：不能识别"), format!("{flag} {given}: it cannot be read"))
        .value(given)
        .expected(expected)
        .hint(format!("写成 {flag} {expected}"), format!("write {flag} {expected}"))
}

/// A file of JSON, read as the contract says.
fn json_file<T: DeserializeOwned>(file: &std::path::Path) -> Result<T, Faults> {
    let name = file.display().to_string();
    let bytes = offline::bytes_of(file)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let fault = Fault::error("file.json", format!("不能读取 JSON：{error}"), format!("the JSON cannot be read: {error}"));
        Faults::from(fault.hint("请对照 docs/methods/uncertainty.md", "compare it with docs/methods/uncertainty.md"))
            .in_file(&name)
    })
}

//! `citygauge sets template`: the workbook that the departments of a city fill in.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use citygauge_indicators::{IndicatorSet, Item, Language, Period, Provider, Status, Value};
use clap::Args;

use super::Named;
use crate::commands::output::write_file;
use crate::commands::{Failed, offline};
use crate::intake::Format;
use crate::templates::{PreviousValue, TemplateInput, render};

#[derive(Debug, Args)]
pub(in crate::commands) struct Template {
    #[command(flatten)]
    named: Named,
    /// The code of the city.
    #[arg(long, value_name = "CODE")]
    city: String,
    /// The period that is reported.
    #[arg(long, value_name = "PERIOD")]
    period: String,
    /// Only the sheet of this department; may be given more than once.
    #[arg(long, value_name = "NAME")]
    department: Vec<String>,
    /// Observations of the period before, which are shown beside the cells to be filled in.
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
    /// The workbook to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Template {
    pub(super) fn run(self, language: Language) -> Result<(), Failed> {
        if Format::from_file_name(&self.out.display().to_string()) != Some(Format::Xlsx) {
            let out = self.out.display();
            return Err(Failed::Usage(match language {
                Language::Zh => format!("--out {out}：扩展名应为 xlsx"),
                Language::En => format!("--out {out}: the extension must be xlsx"),
            }));
        }
        let set = offline::set(&self.named.set)?;
        let period = offline::period(Some(&self.period), language)?.ok_or_else(|| Failed::other(&self.period))?;
        let departments = self.departments(&set, language)?;
        let previous = self.previous_values(&set, period)?;
        let bytes = render(&TemplateInput {
            set: &set,
            city: &self.city,
            city_name: None,
            period,
            departments: departments.as_ref(),
            items: None,
            previous: &previous,
            language,
        });
        write_file(&self.out, &bytes.map_err(Failed::other)?)
    }

    fn departments(&self, set: &IndicatorSet, language: Language) -> Result<Option<HashSet<String>>, Failed> {
        let known: HashSet<&str> =
            set.items().iter().filter(|item| item.provider == Provider::City).filter_map(Item::department_name).collect();
        if let Some(unknown) = self.department.iter().find(|name| !known.contains(name.as_str())) {
            let mut known: Vec<&str> = known.into_iter().collect();
            known.sort_unstable();
            let known = known.join(language.pick("、", ", "));
            return Err(Failed::Usage(match language {
                Language::Zh => format!("--department {unknown}：指标体系中的部门为：{known}"),
                Language::En => format!("--department {unknown}: the departments of the set are {known}"),
            }));
        }
        Ok((!self.department.is_empty()).then(|| self.department.iter().cloned().collect()))
    }

    fn previous_values(&self, set: &IndicatorSet, period: Period) -> Result<HashMap<String, PreviousValue>, Failed> {
        let Some(file) = &self.previous else { return Ok(HashMap::new()) };
        let before = period.earlier(1);
        let observed = offline::observations(file, set, Some(before))?;
        let of_the_city = observed.into_iter().filter(|observed| observed.city == self.city && observed.period == before);
        let value = |status: Status, value: Option<Value>| match (status, value) {
            (Status::Reported, Some(Value::Number(number))) => Some(PreviousValue::Number(number)),
            (Status::Reported, Some(Value::Choice(choice))) => Some(PreviousValue::Choice(choice)),
            (Status::NotApplicable, _) => Some(PreviousValue::NotApplicable),
            _ => None,
        };
        Ok(of_the_city.filter_map(|observed| Some((observed.item, value(observed.status, observed.value)?))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(out: PathBuf) -> Template {
        let named = Named { set: "gbt-33356-2016".into() };
        Template { named, city: "330100".into(), period: "2026".into(), department: Vec::new(), previous: None, out }
    }

    #[test]
    fn a_template_is_written_for_a_set_of_the_catalog() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("t.xlsx");
        template(out.clone()).run(Language::Zh).expect("written");
        let bytes = std::fs::read(&out).expect("there");
        let set = offline::set("gbt-33356-2016").expect("in the catalog");
        let read = crate::intake::observations::read(&bytes, Format::Xlsx, &set, &Default::default());
        let codes: Vec<_> = read.faults.0.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, ["file.no_rows"]);
    }

    #[test]
    fn another_extension_or_a_department_that_is_none_is_wrong_usage() {
        assert!(matches!(template("t.csv".into()).run(Language::En), Err(Failed::Usage(_))));
        let unknown = Template { department: vec!["nobody".into()], ..template("t.xlsx".into()) };
        assert!(matches!(unknown.run(Language::En), Err(Failed::Usage(_))));
        let period = Template { period: "soon".into(), ..template("t.xlsx".into()) };
        assert!(matches!(period.run(Language::En), Err(Failed::Usage(_))));
    }
}

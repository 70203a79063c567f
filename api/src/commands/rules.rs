//! `citygauge rules`: the validation rules that a service keeps beside those of its sets.

use std::path::PathBuf;

use citygauge_indicators::{Fault, Faults, Language, parse_strict};
use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Code, ServiceRule, ServiceRulePage, path_segment};
use clap::{Args, Subcommand};

use super::offline::bytes_of;
use super::output::say;
use super::{Failed, remote};

/// List, put and remove the validation rules that a service keeps beside those of its sets.
#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// List the rules.
    List(remote::Service),
    /// Keep a rule, or change it, whatever it was before.
    Put(Put),
    /// Remove a rule.
    Remove(Remove),
}

#[derive(Debug, Args)]
pub(super) struct Put {
    /// The rule: JSON with `rule` as in a set document and, where wanted, `set` and `enabled`.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The code of the rule.
    #[arg(value_name = "RULE")]
    rule: Code,
    #[command(flatten)]
    service: remote::Service,
}

impl Rules {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::List(service) => list(&service.client(language)?, language).await,
            Self::Put(put) => put.run(language).await,
            Self::Remove(remove) => {
                let client = remove.service.client(language)?;
                client.delete_as_seen(&path(remove.rule.as_str())).await.map_err(|error| remote::refused(error, language))
            }
        }
    }
}

fn path(code: &str) -> String {
    format!("{API_ROOT}/validation-rules/{}", path_segment(code))
}

impl Put {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let name = self.file.display().to_string();
        let document = parse_strict(&bytes_of(&self.file)?).map_err(|faults| Failed::Input(faults.in_file(&name)))?;
        let Some(code) = document.pointer("/rule/code").and_then(serde_json::Value::as_str) else {
            let fault = Fault::error("validation_rule.code", "没有规则代码", "the rule has no code").at("/rule/code");
            let fault = fault.hint("请填写 rule.code", "give rule.code");
            return Err(Failed::Input(Faults::from(fault).in_file(&name)));
        };
        let client = self.service.client(language)?;
        let kept: ServiceRule =
            client.put_as_seen(&path(code), &document).await.map_err(|error| remote::refused(error, language))?;
        say(line(&kept, language))
    }
}

async fn list(client: &Client, language: Language) -> Result<(), Failed> {
    let mut cursor = String::new();
    loop {
        let page: ServiceRulePage = client
            .get(&format!("{API_ROOT}/validation-rules?limit=1000{cursor}"))
            .await
            .map_err(|error| remote::refused(error, language))?;
        for rule in &page.items {
            say(line(rule, language))?;
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}

/// A rule in a line: code, severity, kind, set, whether it is evaluated, title.
fn line(rule: &ServiceRule, language: Language) -> String {
    let text = |pointer: &str| rule.rule.pointer(pointer).and_then(serde_json::Value::as_str);
    let (every, off) = language.pick(("所有指标体系", "  停用"), ("every set", "  switched off"));
    let titles = language.pick(["/title/zh", "/title/en"], ["/title/en", "/title/zh"]);
    let title = titles.into_iter().find_map(text).map(|title| format!("  {title}")).unwrap_or_default();
    let severity = text("/severity").unwrap_or("warning");
    let kind = text("/check/rule").unwrap_or_default();
    let set = rule.set.as_ref().map_or(every, Code::as_str);
    let off = if rule.enabled { "" } else { off };
    format!("{}  {severity}  {kind}  {set}{off}{title}", rule.code)
}

#[cfg(test)]
mod tests {
    use citygauge_openapi::{Digest, Moment};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_is_a_line_in_either_language() {
        let mut rule = ServiceRule {
            code: Code::trusted("R"),
            set: None,
            enabled: false,
            rule: json!({"code": "R", "title": {"en": "Jump"}, "check": {"rule": "change", "items": ["x"], "at_most": 2}}),
            digest: Digest::trusted("d"),
            created_at: Moment::from_ms(0),
            created_by: "k".into(),
            updated_at: Moment::from_ms(0),
        };
        assert_eq!(line(&rule, Language::En), "R  warning  change  every set  switched off  Jump");
        (rule.enabled, rule.set) = (true, Some(Code::trusted("s")));
        assert_eq!(line(&rule, Language::Zh), "R  warning  change  s  Jump");
    }
}

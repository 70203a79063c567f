//! What is wrong with a rule that somebody wants to keep.

use citygauge_indicators::{Fault, Faults, Rule};
use citygauge_openapi::{self as wire, Code};
use serde_json::Value;

use crate::error::Failure;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::{self, SetEntry, SetFilter, SetKey, SetState};
use crate::store::validation_rules;
use crate::store::{ConnectionTrait, StoreError};
use crate::validation::rules::is_own;

/// The rule of a document, with its code; every fault at once.
pub(super) async fn checked(state: &State, code: &Code, document: &wire::ServiceRuleDocument) -> Result<Rule, Failure> {
    let mut faults = Faults::default();
    // The code stands in the path already.
    let mut value = document.rule.clone();
    if let Value::Object(members) = &mut value {
        members.entry("code").or_insert_with(|| Value::from(code.as_str()));
    }
    let rule = Rule::read_alone(&value, "/rule").map_err(|found| faults.0.extend(found.0)).ok();
    if let Some(other) = value.get("code").and_then(Value::as_str).filter(|given| *given != code.as_str()) {
        faults.push(
            Fault::error("validation_rule.code", "规则代码与路径不符", "the code of the rule is not that of the path")
                .at("/rule/code")
                .value(other)
                .expected(code.as_str())
                .hint("二者须相同，或省略 rule.code", "make them the same, or leave rule.code out"),
        );
    }
    let published = published(state, document.set.as_ref()).await?;
    if let (Some(set), true) = (&document.set, published.is_empty()) {
        faults.push(
            Fault::error(
                "validation_rule.unknown_set",
                format!("指标体系“{set}”没有已发布的版本"),
                format!("the set '{set}' has no published version"),
            )
            .at("/set")
            .value(set.as_str())
            .hint("请先发布该指标体系，或核对代码", "publish the set first, or check its code"),
        );
    }
    faults.0.extend(against(state, code, rule.as_ref(), document.set.is_some(), &published).await?.0);
    match rule {
        Some(rule) if faults.is_empty() => Ok(rule),
        _ => Err(Failure::Invalid(faults)),
    }
}

/// What the published versions say against a rule: a rule of their own with its code; and where it is bound to their set
/// and fits none of them, what is wrong with it in the one that was published last.
async fn against(
    state: &State,
    code: &Code,
    rule: Option<&Rule>,
    is_bound: bool,
    published: &[SetEntry],
) -> Result<Faults, Failure> {
    let (mut faults, mut misfits, mut fits) = (Faults::default(), Faults::default(), published.is_empty());
    for entry in published {
        let (_, set) = sets::find(state, &entry.key).await?;
        if is_own(&set, code.as_str()) {
            let SetKey { code: of, version } = &entry.key;
            faults.push(
                Fault::error(
                    "validation_rule.code_taken",
                    format!("指标体系“{of}”版本 {version} 自身已有规则“{code}”"),
                    format!("version {version} of the set '{of}' has a rule '{code}' of its own"),
                )
                .at("/rule/code")
                .value(code.as_str())
                .hint("请换一个代码", "choose another code"),
            );
        }
        match rule.map(|rule| set.check_rule(rule, "/rule")) {
            Some(Ok(_)) => fits = true,
            Some(Err(found)) => misfits = found,
            None => {}
        }
    }
    if is_bound && !fits {
        faults.0.extend(misfits.0);
    }
    Ok(faults)
}

/// The published versions of a set, or of every one, the latest last.
async fn published(state: &State, set: Option<&Code>) -> Result<Vec<SetEntry>, StoreError> {
    let filter = SetFilter { code: set.map(ToString::to_string), state: Some(SetState::Published) };
    let (mut published, mut after) = (Vec::new(), None);
    loop {
        let page = indicator_sets::page(state.db(), &filter, after.as_ref(), 1_000).await?;
        published.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    published.sort_by(|one, other| (one.published_at_ms, &one.key).cmp(&(other.published_at_ms, &other.key)));
    Ok(published)
}

/// What is wrong with a set that is to be published: rules whose codes rules of the service have.
pub async fn taken(conn: &impl ConnectionTrait, set: &citygauge_indicators::IndicatorSet) -> Result<Faults, StoreError> {
    let mut faults = Faults::default();
    if set.rules().is_empty() {
        return Ok(faults);
    }
    for kept in validation_rules::of_set(conn, &set.document().code).await? {
        let Some(place) = set.rules().iter().position(|rule| rule.rule.code == kept.said.code) else { continue };
        let code = kept.said.code;
        faults.push(
            Fault::error(
                "validation_rule.code_taken",
                format!("服务中已有校验规则“{code}”"),
                format!("the service keeps a validation rule '{code}' already"),
            )
            .at(format!("/rules/{place}/code"))
            .value(&code)
            .hint("请给规则改名，或先删除服务中的规则", "rename the rule, or remove that of the service first"),
        );
    }
    Ok(faults)
}

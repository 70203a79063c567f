//! What is asked for, checked, and how it is computed: the fast way for values of one city, the whole cohort for anything else.

use std::borrow::Cow;
use std::sync::Arc;

use citygauge_assessment::{Assessment, AssessmentError, Change, Observations, Options, Supposition, assess, suppose};
use citygauge_indicators::overlay::Overlay;
use citygauge_indicators::{Fault, Faults, IndicatorSet, Item, ItemKind, Language, NodeIndex, Period, SetDocument, Value};
use citygauge_openapi::{self as wire, Code, PeriodCode, SetRef};
use serde_json::json;

use super::rows::{self, Before};
use crate::intake::observations::value_of as read_value;

/// The most changes of a request.
pub const MOST_CHANGES: usize = 10_000;

/// The most rows of an answer.
const MOST_ROWS: usize = 100_000;

/// Another set that a request names, found by whoever can look.
pub type OtherSet = Option<Arc<IndicatorSet>>;

/// Where the observations come from when the whole cohort is assessed again: read for a set.
pub type Read<'r> = dyn Fn(&IndicatorSet) -> Result<Observations, AssessmentError> + 'r;

/// What is supposed, with its codes resolved.
#[derive(Debug, Clone)]
pub struct Asked {
    period: Period,
    suppositions: Vec<Supposition>,
    set: Option<Arc<IndicatorSet>>,
    fits: wire::WhatIfFits,
    nodes: Vec<String>,
}

/// What an answer rests on.
pub struct Base<'b> {
    /// The assessment before.
    pub assessment: &'b Assessment,
    /// Reads the observations for a set.
    pub read: &'b Read<'b>,
    /// The periods whose results are wanted.
    pub periods: Option<Vec<Period>>,
    /// The cities that the caller sees; all unless given.
    pub cities: Option<&'b [String]>,
    /// The language of warnings.
    pub language: Language,
}

impl Asked {
    /// Checks what is asked of an assessment; `at` is where it stands in the request.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn of(new: &wire::NewWhatIf, assessment: &Assessment, other: OtherSet, at: &str) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let period = match &new.period {
            None => assessment.periods().last(),
            Some(period) => period.as_str().parse().map_err(|fault: Fault| faults.push(fault.at(format!("{at}/period")))).ok(),
        };
        let known: Vec<Period> = assessment.periods().collect();
        let period = period.filter(|period| {
            known.contains(period) || {
                faults.push(citygauge_assessment::absent_period(*period, &known).at(format!("{at}/period")));
                false
            }
        });
        if new.changes.len() > MOST_CHANGES {
            faults.push(
                Fault::error("what_if.too_many_changes", "更改过多", "too many changes")
                    .at(format!("{at}/changes"))
                    .value(new.changes.len().to_string())
                    .expected(format!("..{MOST_CHANGES}"))
                    .hint("请分批假设", "suppose fewer at a time"),
            );
            return Err(faults);
        }
        let set = another(new, assessment.set(), other, at, &mut faults);
        let after = set.as_deref().unwrap_or_else(|| assessment.set());
        let mut suppositions = Vec::with_capacity(new.changes.len());
        for (place, change) in new.changes.iter().enumerate() {
            match supposition(change, period, after) {
                Ok(supposition) => suppositions.push(supposition),
                Err(found) => faults.0.extend(found.0.into_iter().map(|fault| fault.at(format!("{at}/changes/{place}")))),
            }
        }
        if new.changes.is_empty() && set.is_none() && faults.is_empty() {
            faults.push(
                Fault::error("what_if.nothing", "没有任何更改", "nothing is supposed")
                    .at(at)
                    .hint("给出 changes、weights、set_ref、set 或 overlay", "give changes, weights, set_ref, set or overlay"),
            );
        }
        for (place, node) in new.nodes.iter().enumerate() {
            if assessment.set().node_index(node.as_str()).or_else(|| after.node_index(node.as_str())).is_none() {
                faults.push(unknown_node(node.as_str()).at(format!("{at}/nodes/{place}")));
            }
        }
        let first = suppositions.first();
        let is_alone = set.is_none()
            && first.is_some_and(|first| {
                first.city.is_some() && suppositions.iter().all(|other| other.city == first.city && Some(other.period) == period)
            });
        if new.fits == Some(wire::WhatIfFits::Kept) && !is_alone && faults.is_empty() {
            faults.push(
                Fault::error(
                    "what_if.fits",
                    "只有在更改限于所答时期的一个城市的数值时，才能保留拟合",
                    "fits can be kept only where all that changes are values of one city in the period of the answer",
                )
                .at(format!("{at}/fits"))
                .expected("refitted")
                .hint("去掉 fits，或改为 refitted", "leave fits out, or give refitted"),
            );
        }
        let Some(period) = period.filter(|_| faults.is_empty()) else { return Err(faults) };
        let kept = if is_alone { wire::WhatIfFits::Kept } else { wire::WhatIfFits::Refitted };
        let nodes = new.nodes.iter().map(ToString::to_string).collect();
        Ok(Self { period, suppositions, set, fits: new.fits.unwrap_or(kept), nodes })
    }
}

/// A change, with the period of the answer where it names none.
fn supposition(change: &wire::WhatIfChange, period: Option<Period>, set: &IndicatorSet) -> Result<Supposition, Faults> {
    let mut faults = Faults::default();
    let own = change.period.as_ref().map(|period| period.as_str().parse::<Period>()).transpose().unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });
    let item = change.item.as_ref().and_then(|item| set.item_index(item.as_str())).map(|item| &set.items()[item]);
    let value = change.value.as_ref().map(|value| value_of(value, item)).transpose().unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });
    let value = value.flatten();
    let found = match (&change.item, &change.indicator, value) {
        (Some(item), None, value) => Some(Change::Item(item.to_string(), value)),
        (None, Some(node), Some(Value::Number(value))) => Some(Change::Leaf(node.to_string(), value)),
        (None, Some(node), _) => {
            faults.push(
                Fault::error("what_if.needs_number", "指标的原始值须为数字", "the raw value of an indicator is a number")
                    .of(node.as_str())
                    .hint("给出数字；要使其缺失，请更改其数据项", "give a number; to leave it missing, change its items"),
            );
            None
        }
        _ => {
            faults.push(
                Fault::error(
                    "what_if.change",
                    "item 与 indicator 必须且只能给出一个",
                    "exactly one of item and indicator is given",
                )
                .hint("给出数据项或指标的代码", "give the code of an item or of an indicator"),
            );
            None
        }
    };
    let city = change.city.as_ref().map(ToString::to_string);
    match (found, own.or(period)) {
        (Some(change), Some(period)) if faults.is_empty() => Ok(Supposition { city, period, change }),
        _ => Err(faults),
    }
}

/// What is said of an item; text is read as it is in a file.
fn value_of(value: &wire::ObservationValue, item: Option<&Item>) -> Result<Option<Value>, Fault> {
    match (value, item) {
        (wire::ObservationValue::Text(text), Some(item)) => read_value(text.as_str(), item),
        (wire::ObservationValue::Number(number), Some(item)) if item.kind == ItemKind::Choice => {
            read_value(&number.to_string(), item)
        }
        (wire::ObservationValue::Text(text), None) => Ok(Some(Value::Choice(text.to_string()))),
        (wire::ObservationValue::Number(number), _) => Ok(Some(Value::Number(*number))),
        (wire::ObservationValue::Flag(flag), _) => Ok(Some(Value::Number(f64::from(u8::from(*flag))))),
    }
}

fn unknown_node(code: &str) -> Fault {
    Fault::error("what_if.unknown_node", format!("没有节点“{code}”"), format!("there is no node '{code}'"))
        .of(code)
        .hint("请核对节点代码", "check the code of the node")
}

/// The set after, where it is another one.
fn another(
    new: &wire::NewWhatIf,
    base: &IndicatorSet,
    other: OtherSet,
    at: &str,
    faults: &mut Faults,
) -> Option<Arc<IndicatorSet>> {
    let given = [new.set_ref.is_some(), new.set.is_some(), new.overlay.is_some()];
    if given.into_iter().filter(|given| *given).count() > 1 {
        faults.push(
            Fault::error(
                "what_if.set",
                "set_ref、set 与 overlay 至多给出一个",
                "at most one of set_ref, set and overlay is given",
            )
            .at(at)
            .hint("只保留其中一个", "keep one of them"),
        );
        return None;
    }
    let below = |member: &str, found: Faults, faults: &mut Faults| {
        faults.0.extend(found.0.into_iter().map(|fault| {
            let pointer = format!("{at}/{member}{}", fault.pointer.as_deref().unwrap_or_default());
            fault.at(pointer)
        }));
    };
    let changed = match (&new.set, &new.overlay) {
        (Some(document), _) => SetDocument::check_value(document).map_err(|found| below("set", found, faults)).ok().map(Arc::new),
        (_, Some(overlay)) => Overlay::parse(overlay.to_string().as_bytes())
            .and_then(|overlay| overlay.apply(base))
            .map_err(|found| below("overlay", found, faults))
            .ok()
            .map(Arc::new),
        _ => other,
    };
    if new.weights.is_empty() || !faults.is_empty() {
        return changed;
    }
    let from = changed.as_deref().unwrap_or(base);
    match reweighted(from, &new.weights) {
        Ok(set) => Some(Arc::new(set)),
        Err(found) => {
            faults.0.extend(found.0.into_iter().map(|fault| fault.at(format!("{at}/weights"))));
            None
        }
    }
}

/// A set with other weights of some nodes, checked as any set.
fn reweighted(set: &IndicatorSet, weights: &std::collections::BTreeMap<Code, f64>) -> Result<IndicatorSet, Faults> {
    let mut faults = Faults::default();
    let mut document = json!(set.document());
    for (code, weight) in weights {
        if !(weight.is_finite() && *weight >= 0.0) {
            faults.push(
                Fault::error("weight.negative", "权重应为不小于 0 的有限数", "a weight is finite and not below 0")
                    .of(code.as_str())
                    .value(weight.to_string())
                    .expected("0..")
                    .hint("改正权重", "correct the weight"),
            );
        }
        let nodes = document.get_mut("nodes").and_then(serde_json::Value::as_array_mut);
        let node = nodes.and_then(|nodes| nodes.iter_mut().find(|node| node["code"] == code.as_str()));
        match node {
            Some(node) => node["weight"] = json!(weight),
            None => faults.push(unknown_node(code.as_str())),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    SetDocument::check_value(&document)
}

/// Computes what would be.
///
/// # Errors
/// Everything about the changes that keeps them from being assessed.
pub fn answer(base: &Base<'_>, asked: &Asked) -> Result<wire::WhatIf, AssessmentError> {
    let before = base.assessment;
    let sees = |city: &str| base.cities.is_none_or(|cities| cities.iter().any(|own| own == city));
    let wants = |node: &str| asked.nodes.is_empty() || asked.nodes.iter().any(|wanted| wanted == node);
    let mut found = rows::Found::default();
    let mut set_after: Cow<'_, IndicatorSet> = Cow::Borrowed(before.set());
    let mut warnings = Vec::new();
    match asked.fits {
        wire::WhatIfFits::Kept => {
            let city = asked.suppositions.first().and_then(|first| first.city.clone()).unwrap_or_default();
            let changes: Vec<Change> = asked.suppositions.iter().map(|supposition| supposition.change.clone()).collect();
            let after = suppose(before, &city, asked.period, &changes)?;
            let own = before.city(&city, asked.period).unwrap_or_default();
            let after: Vec<rows::After> = after.iter().map(rows::After::from).collect();
            found.city(&city, asked.period, &Before { set: before.set(), rows: &own }, before.set(), &after, wants);
        }
        wire::WhatIfFits::Refitted => {
            let set = asked.set.as_deref().unwrap_or_else(|| before.set());
            let observations = (base.read)(set)?.supposing(set, &asked.suppositions)?;
            let after = assess(set, &observations, &Options { periods: base.periods.clone(), ..Options::default() })?;
            for city in after.cities_of(asked.period).filter(|city| sees(city)) {
                let own = before.city(city, asked.period).unwrap_or_default();
                let rows = after.city(city, asked.period).unwrap_or_default();
                let rows: Vec<rows::After> = rows.iter().map(rows::After::from).collect();
                found.city(city, asked.period, &Before { set: before.set(), rows: &own }, set, &rows, wants);
                if found.rows.len() > MOST_ROWS {
                    return Err(too_large().into());
                }
            }
            let own = after.warnings().iter().filter(|warning| warning.city.as_deref().is_none_or(sees));
            warnings.extend(own.map(|warning| wire::Fault::new(warning, base.language)));
            set_after = Cow::Owned(set.clone());
        }
    }
    let key = |set: &IndicatorSet| SetRef {
        code: Code::trusted(set.document().code.clone()),
        version: Code::trusted(set.document().version.clone()),
    };
    Ok(wire::WhatIf {
        set: key(before.set()),
        set_after: key(&set_after),
        set_digest_after: set_after.digest().to_owned(),
        period: PeriodCode::trusted(asked.period.to_string()),
        fits: asked.fits,
        summary: found.summary,
        results: found.rows,
        warnings,
    })
}

fn too_large() -> Fault {
    Fault::error("what_if.too_large", "结果过多", "the answer has too many rows")
        .expected(format!("..{MOST_ROWS}"))
        .hint("用 nodes 限定节点，例如 TOTAL", "name the nodes that are wanted in nodes, TOTAL for one")
}

/// The place of a node of a code.
pub(super) fn place(set: &IndicatorSet, code: &str) -> Option<NodeIndex> {
    set.node_index(code)
}

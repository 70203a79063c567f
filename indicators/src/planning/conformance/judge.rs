//! From facts to verdicts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::rule::{Rule, Select, Share, Want};
use super::{ElementFact, Facts, Standard};
use crate::text::Text;

/// Whether a dossier does what a clause asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClauseStatus {
    /// It does.
    Satisfied,
    /// It does in part.
    Partial,
    /// It does not.
    Missing,
    /// A dossier cannot show it.
    OutOfScope,
}

impl ClauseStatus {
    /// The word as answers write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::Partial => "partial",
            Self::Missing => "missing",
            Self::OutOfScope => "out_of_scope",
        }
    }
}

/// What bears a verdict out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// An element, by its code.
    Element(String),
    /// Something outside the dossier, by its place.
    Place(String),
}

/// What can be said of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the dossier does what it asks.
    pub status: ClauseStatus,
    /// What is missing, or why it is out of scope.
    pub lacks: Vec<Text>,
    /// What bears it out, at most twenty.
    pub proof: Vec<Proof>,
}

/// The most proofs, and the most codes in a sentence, of one clause.
const MOST: usize = 20;

pub(super) fn judge(standard: &Standard, facts: &Facts) -> Vec<Judgement> {
    let judged: Vec<Option<Judgement>> = standard
        .clauses
        .iter()
        .map(|clause| (!matches!(clause.rule, Rule::Clauses(_))).then(|| bounded(rule(&clause.rule, facts))))
        .collect();
    let short = |id: &str| id.strip_prefix(&format!("{}:", standard.code)).unwrap_or(id).to_owned();
    let named: Vec<(String, &Judgement)> =
        standard.clauses.iter().zip(&judged).filter_map(|(clause, judged)| Some((short(&clause.id), judged.as_ref()?))).collect();
    standard
        .clauses
        .iter()
        .zip(&judged)
        .map(|(clause, judged)| match (&clause.rule, judged) {
            (_, Some(judged)) => judged.clone(),
            (Rule::Clauses(wanted), None) => bounded(summary(wanted, &named)),
            (_, None) => Judgement { status: ClauseStatus::Missing, lacks: Vec::new(), proof: Vec::new() },
        })
        .collect()
}

fn bounded(mut judged: Judgement) -> Judgement {
    judged.proof.sort();
    judged.proof.dedup();
    judged.proof.truncate(MOST);
    judged.lacks.truncate(MOST);
    judged
}

fn summary(wanted: &[String], named: &[(String, &Judgement)]) -> Judgement {
    let is_meant =
        |id: &str| wanted.iter().any(|wanted| if wanted.ends_with('.') { id.starts_with(wanted.as_str()) } else { id == wanted });
    let meant: Vec<&(String, &Judgement)> =
        named.iter().filter(|(id, judged)| is_meant(id) && judged.status != ClauseStatus::OutOfScope).collect();
    let open: Vec<&str> =
        meant.iter().filter(|(_, judged)| judged.status != ClauseStatus::Satisfied).map(|(id, _)| id.as_str()).collect();
    let lacks = if open.is_empty() {
        Vec::new()
    } else {
        let codes = listed(&open);
        vec![Text::both(format!("尚未满足：{codes}"), format!("not yet satisfied: {codes}"))]
    };
    let proof = meant.iter().flat_map(|(_, judged)| judged.proof.iter().cloned()).collect();
    Judgement { status: together(meant.iter().map(|(_, judged)| judged.status)), lacks, proof }
}

/// The status of all of these: one that is out of scope says nothing.
fn together(parts: impl Iterator<Item = ClauseStatus>) -> ClauseStatus {
    let parts: Vec<ClauseStatus> = parts.filter(|status| *status != ClauseStatus::OutOfScope).collect();
    if parts.iter().all(|status| *status == ClauseStatus::Satisfied) && !parts.is_empty() {
        ClauseStatus::Satisfied
    } else if parts.iter().all(|status| *status == ClauseStatus::Missing) {
        ClauseStatus::Missing
    } else {
        ClauseStatus::Partial
    }
}

fn rule(asked: &Rule, facts: &Facts) -> Judgement {
    match asked {
        Rule::Elements { select, at_least } => elements(select, *at_least, facts),
        Rule::Covers { select, member, words } => covers(select, member, words, facts),
        Rule::Complete { select, members } => complete(select, members, facts),
        Rule::Linked { select, to, to_where, share } => linked(select, to, to_where, *share, facts),
        Rule::Fact { name, at_least, at_most } => fact(name, *at_least, *at_most, facts),
        Rule::Years { at_least, at_most } => years(*at_least, *at_most, facts),
        Rule::AllOf(rules) => {
            let parts: Vec<Judgement> = rules.iter().map(|each| rule(each, facts)).collect();
            Judgement {
                status: together(parts.iter().map(|part| part.status)),
                lacks: parts.iter().flat_map(|part| part.lacks.iter().cloned()).collect(),
                proof: parts.into_iter().flat_map(|part| part.proof).collect(),
            }
        }
        Rule::AnyOf(rules) => {
            let best = rules.iter().map(|each| rule(each, facts)).min_by_key(|part| part.status);
            best.unwrap_or(Judgement { status: ClauseStatus::Missing, lacks: Vec::new(), proof: Vec::new() })
        }
        // Only the whole of a clause is made of others; a test sees to it.
        Rule::Clauses(_) => Judgement { status: ClauseStatus::Missing, lacks: Vec::new(), proof: Vec::new() },
        Rule::OutOfScope(why) => Judgement { status: ClauseStatus::OutOfScope, lacks: vec![why.clone()], proof: Vec::new() },
    }
}

fn chosen<'f>(select: &'f Select, facts: &'f Facts) -> impl Iterator<Item = &'f ElementFact> {
    facts.elements.iter().filter(|element| {
        let is_kind = select.kinds.is_empty() || select.kinds.iter().any(|kind| kind.0 == element.kind);
        is_kind && select.members.iter().all(|(member, want)| is_wanted(&element.document, member, want))
    })
}

fn is_wanted(document: &Value, member: &str, want: &Want) -> bool {
    let found = values(document, member);
    match want {
        Want::Filled(wanted) => found.is_empty() != *wanted,
        Want::Number(number) => found.iter().any(|value| value.as_u64() == Some(*number)),
        Want::Word(word) => found.iter().any(|value| value.as_str() == Some(word)),
        Want::OneOf(words) => {
            found.iter().any(|value| value.as_str().is_some_and(|found| words.iter().any(|word| word == found)))
        }
    }
}

/// What stands in a member: nothing where it is left out, the entries of a list, or the value itself. `a/b` is `b` in `a`.
fn values<'v>(document: &'v Value, member: &str) -> Vec<&'v Value> {
    let mut found = vec![document];
    for name in member.split('/') {
        found = found
            .into_iter()
            .filter_map(|value| value.get(name))
            .flat_map(|value| value.as_array().map_or_else(|| vec![value], |entries| entries.iter().collect()))
            .collect();
    }
    found.retain(|value| !value.is_null() && **value != Value::Bool(false));
    found
}

/// What these elements bear out; those that are to be re-checked bear it out in part only.
fn borne_out(found: &[&ElementFact], is_enough: bool, mut lacks: Vec<Text>) -> Judgement {
    let doubtful: Vec<&str> = found.iter().filter(|element| element.recheck).map(|element| element.code.as_str()).collect();
    if !doubtful.is_empty() {
        let codes = listed(&doubtful);
        lacks.push(Text::both(format!("待复核：{codes}"), format!("to be re-checked: {codes}")));
    }
    let status = match (found.is_empty(), is_enough && doubtful.is_empty()) {
        (true, _) => ClauseStatus::Missing,
        (false, true) => ClauseStatus::Satisfied,
        (false, false) => ClauseStatus::Partial,
    };
    Judgement { status, lacks, proof: found.iter().map(|element| Proof::Element(element.code.clone())).collect() }
}

fn elements(select: &Select, at_least: u64, facts: &Facts) -> Judgement {
    let found: Vec<&ElementFact> = chosen(select, facts).collect();
    let is_enough = found.len() as u64 >= at_least;
    let lacks = if is_enough { Vec::new() } else { vec![wanting(select, at_least)] };
    borne_out(&found, is_enough, lacks)
}

fn covers(select: &Select, member: &str, words: &[String], facts: &Facts) -> Judgement {
    let found: Vec<&ElementFact> = chosen(select, facts)
        .filter(|element| values(&element.document, member).iter().any(|value| words.iter().any(|word| *value == word)))
        .collect();
    let named: BTreeSet<&str> =
        found.iter().flat_map(|element| values(&element.document, member)).filter_map(Value::as_str).collect();
    let absent: Vec<&str> = words.iter().map(String::as_str).filter(|word| !named.contains(word)).collect();
    let lacks = if absent.is_empty() {
        Vec::new()
    } else {
        let (title, codes) = (title(select), listed(&absent));
        vec![Text::both(
            format!("{}缺少 {member}：{codes}", title.zh.unwrap_or_default()),
            format!("no {} with {member}: {codes}", title.en.unwrap_or_default()),
        )]
    };
    borne_out(&found, absent.is_empty(), lacks)
}

fn complete(select: &Select, members: &[String], facts: &Facts) -> Judgement {
    let found: Vec<&ElementFact> = chosen(select, facts).collect();
    if found.is_empty() {
        return borne_out(&found, false, vec![wanting(select, 1)]);
    }
    let mut lacks = Vec::new();
    for element in &found {
        let absent: Vec<&str> =
            members.iter().map(String::as_str).filter(|member| values(&element.document, member).is_empty()).collect();
        if !absent.is_empty() {
            let (code, members) = (&element.code, listed(&absent));
            lacks.push(Text::both(format!("“{code}”缺少：{members}"), format!("'{code}' lacks {members}")));
        }
    }
    let is_enough = lacks.is_empty();
    borne_out(&found, is_enough, lacks)
}

fn linked(select: &Select, to: &[String], to_where: &BTreeMap<String, Want>, share: Share, facts: &Facts) -> Judgement {
    let all: Vec<&ElementFact> = chosen(select, facts).collect();
    let by_code = |code: &str| facts.elements.iter().find(|element| element.code == code);
    let is_linked = |element: &&&ElementFact| {
        element.links.iter().any(|link| match &link.element {
            Some(code) => by_code(code).is_some_and(|target| {
                to.iter().any(|kind| kind == target.kind.word())
                    && to_where.iter().all(|(member, want)| is_wanted(&target.document, member, want))
            }),
            None => to.iter().any(|kind| kind == link.to),
        })
    };
    let found: Vec<&ElementFact> = all.iter().filter(is_linked).copied().collect();
    let (is_enough, open) = match share {
        Share::Any => (!found.is_empty(), Vec::new()),
        Share::Every => {
            let open = all.iter().filter(|element| !found.iter().any(|linked| linked.code == element.code));
            let open: Vec<&str> = open.map(|element| element.code.as_str()).collect();
            (open.is_empty() && !all.is_empty(), open)
        }
    };
    let targets = to.join(" | ");
    let lacks = if is_enough {
        Vec::new()
    } else if all.is_empty() {
        vec![wanting(select, 1)]
    } else if open.is_empty() || found.is_empty() {
        let title = title(select);
        vec![Text::both(
            format!("没有{}链接到 {targets}", title.zh.unwrap_or_default()),
            format!("no {} links to {targets}", title.en.unwrap_or_default()),
        )]
    } else {
        let codes = listed(&open);
        vec![Text::both(format!("未链接到 {targets}：{codes}"), format!("not linked to {targets}: {codes}"))]
    };
    borne_out(&found, is_enough, lacks)
}

fn fact(name: &str, at_least: Option<u64>, at_most: Option<u64>, facts: &Facts) -> Judgement {
    let Some(known) = facts.measured(name) else {
        let lacks = vec![Text::both(format!("没有 {name}"), format!("there is no {name}"))];
        return Judgement { status: ClauseStatus::Missing, lacks, proof: Vec::new() };
    };
    let proof = known.proof.into_iter().map(Proof::Place).collect();
    let too_few = at_least.is_some_and(|least| known.count < least);
    let too_many = at_most.is_some_and(|most| known.count > most);
    let (status, lacks) = match (too_few, too_many) {
        (false, false) => (ClauseStatus::Satisfied, Vec::new()),
        (true, _) => {
            let least = at_least.unwrap_or_default();
            let status = if known.count == 0 { ClauseStatus::Missing } else { ClauseStatus::Partial };
            let (zh, en) = (
                format!("{name}：{} 项，应至少 {least} 项", known.count),
                format!("{name}: {}, at least {least} wanted", known.count),
            );
            (status, vec![Text::both(zh, en)])
        }
        (false, true) => (ClauseStatus::Partial, known.says),
    };
    Judgement { status, lacks, proof }
}

fn years(at_least: f64, at_most: f64, facts: &Facts) -> Judgement {
    // A month is a twelfth, which no double is.
    let is_within = facts.years >= at_least - 1e-9 && facts.years <= at_most + 1e-9;
    let lacks = if is_within {
        Vec::new()
    } else {
        let years = (facts.years * 100.0).round() / 100.0;
        vec![Text::both(
            format!("规划期为 {years} 年，一般为 {at_least} 至 {at_most} 年"),
            format!("{years} years are planned; {at_least} to {at_most} are usual"),
        )]
    };
    let status = if is_within { ClauseStatus::Satisfied } else { ClauseStatus::Partial };
    Judgement { status, lacks, proof: Vec::new() }
}

/// That elements are wanting.
fn wanting(select: &Select, at_least: u64) -> Text {
    let title = title(select);
    let (zh, en) = (title.zh.unwrap_or_default(), title.en.unwrap_or_default());
    if at_least == 1 {
        return Text::both(format!("没有{zh}"), format!("there is no {en}"));
    }
    Text::both(format!("{zh}不足 {at_least} 项"), format!("fewer than {at_least} of: {en}"))
}

/// What the elements are called, with the members that they are chosen by.
fn title(select: &Select) -> Text {
    let titles: Vec<Text> = select.kinds.iter().map(|kind| kind.0.title()).collect();
    let joined = |pick: fn(&Text) -> &str, or: &str, else_: &str| {
        if titles.is_empty() { else_.to_owned() } else { titles.iter().map(pick).collect::<Vec<_>>().join(or) }
    };
    let by: Vec<String> = select
        .members
        .iter()
        .map(|(member, want)| match want {
            Want::Filled(true) => member.clone(),
            Want::Filled(false) => format!("{member} -"),
            Want::Number(number) => format!("{member}={number}"),
            Want::Word(word) => format!("{member}={word}"),
            Want::OneOf(words) => format!("{member}={}", words.join("|")),
        })
        .collect();
    let (zh, en) = (
        joined(|title| title.zh.as_deref().unwrap_or_default(), "或", "要素"),
        joined(|title| title.en.as_deref().unwrap_or_default(), " or ", "element"),
    );
    if by.is_empty() {
        Text::both(zh, en)
    } else {
        Text::both(format!("{zh}（{}）", by.join("，")), format!("{en} ({})", by.join(", ")))
    }
}

/// The first of these, and how many more.
fn listed(words: &[&str]) -> String {
    let shown = words.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if words.len() > MOST { format!("{shown}, … (+{})", words.len() - MOST) } else { shown }
}

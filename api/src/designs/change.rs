//! Elements are put into a design, one or many: checked together with those that are there, all or none.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::planning::dossier::{Placed, check};
use citygauge_indicators::planning::{DesignHeader, DesignState, Element, LinkTarget};
use citygauge_indicators::{Fault, Faults};

use super::fingerprint;
use super::outside::{Now, look};
use crate::auth::Caller;
use crate::error::Failure;
use crate::state::State;
use crate::store::Transaction;
use crate::store::designs::{self, Design, EventAction, NewEvent, StoredElement};

/// The most things outside a dossier that its elements link to.
const MOST_OUTSIDE: usize = 2_000;

/// An element with the pointer to it in what was sent.
#[derive(Debug, Clone)]
pub struct Given {
    /// The pointer.
    pub at: String,
    /// The element.
    pub element: Element,
}

/// What becomes of the elements that are not named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They stay.
    Kept,
    /// They are removed.
    Removed,
}

/// What is to be put into a draft.
#[derive(Debug)]
pub struct Wanted<'w> {
    /// What the design is to say of itself; as it says now unless given.
    pub header: Option<DesignHeader>,
    /// The elements.
    pub given: &'w [Given],
    /// What becomes of the others.
    pub others: Others,
    /// What their links point to outside the dossier, as [`looked_up`] found it.
    pub outside: &'w BTreeMap<LinkTarget, Now>,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The design as it is now.
    pub design: Design,
    /// How many elements are new or have changed.
    pub put: u64,
    /// How many are as they were.
    pub unchanged: u64,
    /// How many were removed.
    pub removed: u64,
}

/// What the links of these elements point to outside the dossier, looked up before a transaction begins.
pub async fn looked_up(
    state: &State,
    caller: &Caller,
    city: &str,
    given: &[Given],
) -> Result<BTreeMap<LinkTarget, Now>, Failure> {
    let links = given.iter().flat_map(|given| &given.element.links);
    let targets: BTreeSet<&LinkTarget> = links.map(|link| &link.to).filter(|target| target.element().is_none()).collect();
    if targets.len() > MOST_OUTSIDE {
        let fault = Fault::error("design.too_many_links", "链接过多", "there are too many links to what is outside the dossier");
        let fault = fault.value(targets.len().to_string()).expected(format!("..{MOST_OUTSIDE}"));
        return Err(Failure::invalid(fault.hint("请减少链接", "link to fewer things")));
    }
    look(state, city, Some(caller), targets).await
}

/// Refuses a change of a design that is no draft.
pub fn require_draft(design: &Design) -> Result<(), Failure> {
    if design.header.state == DesignState::Draft {
        return Ok(());
    }
    Err(Failure::conflict(
        "该设计不是草稿，其要素不再更改；请先将其状态改回 draft",
        "the design is no draft, so its elements do not change; make it a draft again first",
    ))
}

/// Puts elements into a draft. Whoever calls holds the design ([`designs::find_to_change`]).
pub async fn put(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    design: Design,
    wanted: Wanted<'_>,
) -> Result<Changed, Failure> {
    let Wanted { header, given, others, outside } = wanted;
    let stored = designs::elements(transaction, &design.id).await?;
    let known: BTreeMap<&str, &StoredElement> = stored.iter().map(|stored| (stored.element.code(), stored)).collect();
    let header = header.unwrap_or_else(|| design.header.clone());
    let all = checked(&stored, given, others, &header, &known, outside)?;
    let mut put = Vec::new();
    for given in given {
        let former = known.get(given.element.code()).copied();
        let seen = seen(&given.element, former, &all, outside)?;
        if former.is_some_and(|former| former.element == given.element && former.seen == seen) {
            continue;
        }
        put.push(StoredElement {
            element: given.element.clone(),
            seen,
            revision: former.map_or(1, |former| former.revision + 1),
            created_at_ms: former.map_or(state.now_ms(), |former| former.created_at_ms),
            updated_at_ms: state.now_ms(),
            updated_by: caller.id().to_owned(),
        });
    }
    let removed: Vec<&str> = stored.iter().map(|stored| stored.element.code()).filter(|code| !all.contains_key(code)).collect();
    designs::put_elements(transaction, &design.id, &put).await?;
    designs::remove_elements(transaction, &design.id, &removed).await?;
    let events: Vec<NewEvent> = put
        .iter()
        .map(|stored| event(state, caller, stored.element.code(), EventAction::Put, Some(stored)))
        .chain(removed.iter().map(|code| event(state, caller, code, EventAction::Removed, None)))
        .collect();
    designs::note(transaction, &design.id, &events).await?;
    let (put, removed) = (put.len() as u64, removed.len() as u64);
    let unchanged = given.len() as u64 - put;
    let design = if put + removed > 0 || header != design.header {
        designs::replace(transaction, &Design { header, ..design }, state.now_ms()).await?
    } else {
        design
    };
    Ok(Changed { design, put, unchanged, removed })
}

/// Something that becomes of an element now.
pub fn event(state: &State, caller: &Caller, code: &str, action: EventAction, stored: Option<&StoredElement>) -> NewEvent {
    NewEvent {
        code: code.to_owned(),
        action,
        document: stored.map(StoredElement::document),
        reason: None,
        at_ms: state.now_ms(),
        by: caller.id().to_owned(),
    }
}

/// All elements as they would stand, by code; or every fault among them.
fn checked<'e>(
    stored: &'e [StoredElement],
    given: &'e [Given],
    others: Others,
    header: &DesignHeader,
    known: &BTreeMap<&str, &StoredElement>,
    outside: &BTreeMap<LinkTarget, Now>,
) -> Result<BTreeMap<&'e str, &'e Element>, Failure> {
    let named: BTreeSet<&str> = given.iter().map(|given| given.element.code()).collect();
    let kept = stored.iter().map(|stored| &stored.element).filter(|element| !named.contains(element.code()));
    let kept = kept.filter(|_| others == Others::Kept).map(|element| Placed { at: String::new(), element });
    let given_places = given.iter().map(|given| Placed { at: given.at.clone(), element: &given.element });
    // Those that were sent stand first, so that what runs through both is told at theirs.
    let all: Vec<Placed<'e>> = given_places.chain(kept).collect();
    let mut faults = check(&all, (header.from, header.to));
    for given in given {
        let former = known.get(given.element.code());
        for (place, link) in given.element.links.iter().enumerate() {
            let at = format!("{}/links/{place}/to", given.at);
            match outside.get(&link.to) {
                None | Some(Now::Is(_)) => {}
                // What an element linked to already may have gone since: that is for the re-check to say.
                Some(Now::Absent) if former.is_some_and(|former| former.seen.contains_key(&key(&link.to))) => {}
                Some(Now::Absent) => faults.push(unknown(&link.to).at(at).of(given.element.code())),
            }
        }
    }
    refused_if_any(faults)?;
    Ok(all.into_iter().map(|placed| (placed.element.code(), placed.element)).collect())
}

fn refused_if_any(faults: Faults) -> Result<(), Failure> {
    if faults.has_errors() { Err(Failure::Invalid(faults)) } else { Ok(()) }
}

fn unknown(target: &LinkTarget) -> Fault {
    Fault::error(
        "design.unknown_target",
        format!("链接的目标“{target}”不存在，或不属于该城市"),
        format!("there is no '{target}' for this city to link to"),
    )
    .value(target.to_string())
    .hint(
        "请核对标识；评估须已完成，佐证材料须未撤回",
        "check it; an assessment must have its result, evidence must not be withdrawn",
    )
}

/// The key of a target among what an element has seen.
pub fn key(target: &LinkTarget) -> String {
    serde_json::to_string(target).expect("a target is made of text")
}

/// What an element has seen: what it knew of a target stays, so that a change of the element confirms nothing by itself.
fn seen(
    element: &Element,
    former: Option<&StoredElement>,
    all: &BTreeMap<&str, &Element>,
    outside: &BTreeMap<LinkTarget, Now>,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut seen = BTreeMap::new();
    for link in &element.links {
        let key = key(&link.to);
        let known = former.and_then(|former| former.seen.get(&key).cloned());
        let now = match (known, link.to.element()) {
            (Some(known), _) => Some(known),
            (None, Some(code)) => all.get(code).map(|target| fingerprint(&target.document)).transpose()?,
            (None, None) => match outside.get(&link.to) {
                Some(Now::Is(now)) => Some(now.clone()),
                _ => None,
            },
        };
        seen.extend(now.map(|now| (key, now)));
    }
    Ok(seen)
}

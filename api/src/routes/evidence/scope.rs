//! Whose item a file is about: who may not report an item may not say what supports it.

use citygauge_indicators::Fault;

use crate::auth::Caller;
use crate::error::Failure;
use crate::sets;
use crate::state::State;
use crate::store::imports;
use crate::store::indicator_sets::{self, SetFilter, SetKey};
use crate::store::observations::Observation;

/// Versions of sets that are looked at in one query.
const PAGE: u64 = 100;

/// Refuses an item beyond the caller's departments and items, and one that cities do not deliver. The set of the
/// observation's import says whose item it is; where there was no import, the first version of a set that knows the item
/// and lets the caller report it.
pub(super) async fn require_item(state: &State, caller: &Caller, observation: &Observation) -> Result<(), Failure> {
    if caller.scope().is_unlimited() {
        return Ok(());
    }
    let item = &observation.value.item;
    if let Some(import) = &observation.import_id
        && let Some(set) = imports::find(state.db(), import).await?.request.set
        && let Some(verdict) = verdict(state, caller, &set, item).await?
    {
        return verdict.map_err(refused);
    }
    let (mut after, mut first) = (None::<SetKey>, None);
    loop {
        let page = indicator_sets::page(state.db(), &SetFilter::default(), after.as_ref(), PAGE).await?;
        for entry in page.items {
            match verdict(state, caller, &entry.key, item).await? {
                Some(Ok(())) => return Ok(()),
                Some(Err(fault)) => first = first.or(Some(fault)),
                None => {}
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    match first {
        Some(fault) => Err(refused(fault)),
        // An item of no set belongs to no department.
        None if caller.scope().has_whole_cities() => Ok(()),
        None => Err(refused(of_no_department(item))),
    }
}

/// Whether the caller may report the item as a set describes it; nothing where the set does not know it.
async fn verdict(state: &State, caller: &Caller, set: &SetKey, item: &str) -> Result<Option<Result<(), Box<Fault>>>, Failure> {
    // A draft may have been removed since.
    let Some(stored) = indicator_sets::find_by_key(state.db(), set).await? else { return Ok(None) };
    let set = sets::checked(state, &stored).await?;
    let known = set.item_index(item).map(|place| &set.items()[place]);
    Ok(known.map(|item| caller.scope().item_fault(item).map_or(Ok(()), |fault| Err(Box::new(fault)))))
}

fn refused(fault: impl Into<Box<Fault>>) -> Failure {
    Failure::invalid(fault.into().at(""))
}

fn of_no_department(item: &str) -> Fault {
    Fault::error(
        "observation.department_out_of_scope",
        format!("没有指标体系说明数据项“{item}”属于哪个部门"),
        format!("no indicator set says to which department the item '{item}' belongs"),
    )
    .of(item)
    .value(item)
    .hint("请由负责整个城市的密钥提交", "let a key of the whole city do it")
}

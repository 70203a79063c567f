//! Panels of experts: what makes one sound, what makes a score one, what comes out, and how that becomes observations.
//!
//! While a panel is open nobody sees another's score, neither the experts nor those who run it; counts are all there is.

pub mod check;
pub mod closing;
pub mod results;
pub mod scoring;

use std::collections::{BTreeMap, BTreeSet};

use crate::auth::Caller;
use crate::error::Failure;
use crate::store::keys::{Key, Role};
use crate::store::panels::{self, Panel, PanelState};
use crate::store::{ConnectionTrait, StoreError};

/// The most cities and items, multiplied, of a panel.
pub const CELLS_LIMIT: usize = 20_000;

/// An expert with its key and the cities that it does not score: those the panel names and those of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The key.
    pub key: Key,
    /// Its own cities.
    pub own_cities: BTreeSet<String>,
}

impl Member {
    /// How many scores a panel asks of it.
    pub fn asked(&self, panel: &Panel) -> u64 {
        let cities = panel.profile.cities.iter().filter(|city| !self.own_cities.contains(*city)).count();
        (cities * panel.profile.items.len()) as u64
    }
}

/// The experts of some panels by panel and key.
pub async fn members(
    conn: &impl ConnectionTrait,
    of: &[Panel],
) -> Result<BTreeMap<String, BTreeMap<String, Member>>, StoreError> {
    let ids: BTreeSet<&str> = of.iter().flat_map(|panel| &panel.profile.experts).map(|expert| expert.key.as_str()).collect();
    let keys = panels::keys_of(conn, ids).await?;
    let of_panel = |panel: &Panel| {
        let members = panel.profile.experts.iter().map(|expert| {
            let key = keys.get(&expert.key).cloned();
            let key = key.ok_or_else(|| StoreError::Internal(format!("the expert {} has no key", expert.key).into()))?;
            let own_cities = expert.own_cities.iter().chain(&key.scope.cities).cloned().collect();
            Ok((expert.key.clone(), Member { key, own_cities }))
        });
        Ok((panel.profile.code.clone(), members.collect::<Result<_, StoreError>>()?))
    };
    of.iter().map(of_panel).collect()
}

/// The experts of one panel by key.
pub async fn members_of(conn: &impl ConnectionTrait, panel: &Panel) -> Result<BTreeMap<String, Member>, StoreError> {
    let mut found = members(conn, std::slice::from_ref(panel)).await?;
    Ok(found.remove(&panel.profile.code).unwrap_or_default())
}

/// The key of the expert who looks at a panel; none where it is somebody who runs it. To an expert who is no member the panel
/// is not there.
pub fn looking<'c>(caller: &'c Caller, panel: &Panel) -> Result<Option<&'c str>, Failure> {
    if caller.role() != Role::Expert {
        return Ok(None);
    }
    match panel.expert(caller.id()) {
        Some(_) => Ok(Some(caller.id())),
        None => {
            let code = &panel.profile.code;
            Err(Failure::absent(format!("没有专家组“{code}”"), format!("there is no panel '{code}'")))
        }
    }
}

/// A state in Chinese and English.
pub fn state_words(state: PanelState) -> (&'static str, &'static str) {
    match state {
        PanelState::Open => ("评分中", "open"),
        PanelState::Closed => ("已结束", "closed"),
    }
}

/// The refusal of something that a panel in its state does not allow.
pub fn wrong_state(panel: &Panel, zh: &str, en: &str) -> Failure {
    let now = state_words(panel.state);
    Failure::conflict(format!("专家组处于“{}”状态，不能{zh}", now.0), format!("the panel is {}: {en}", now.1))
}

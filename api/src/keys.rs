//! Issuing and revoking keys: what the operations and the command have in common.

use std::net::IpAddr;

use citygauge_indicators::{Fault, Faults};
use ipnet::IpNet;
use serde_json::{Value, json};

use crate::auth::{Caller, Right, Token};
use crate::state::State;
use crate::store::keys::{self, Key, KeyScope, Role};
use crate::store::{StoreError, Transaction};
use crate::write::trail;

/// What a new key is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Who or what will use it.
    pub name: String,
    /// The role.
    pub role: Role,
    /// What it is limited to.
    pub scope: KeyScope,
    /// When it ends to be valid.
    pub expires_at_ms: Option<i64>,
}

impl Issue {
    /// What the trail says of it.
    pub fn detail(&self) -> Value {
        json!({
            "name": self.name, "role": self.role.to_string(), "cities": self.scope.cities,
            "departments": self.scope.departments, "items": self.scope.items,
            "rights": self.scope.rights, "addresses": self.scope.addresses,
        })
    }
}

/// The most networks of a key.
const ADDRESS_LIMIT: usize = 100;

/// The most entries of each list of a scope.
const SCOPE_LIMIT: usize = 1_000;

/// What of a scope does not suit a role: a reporter has cities and may be limited further, an evaluator may be limited to
/// cities (a province's reviewer), an expert may name its own cities, other roles are not limited.
pub fn scope_faults(role: Role, scope: &KeyScope) -> Faults {
    let mut faults = Faults::default();
    let cities = match role {
        Role::Reporter => 1..=SCOPE_LIMIT,
        Role::Evaluator | Role::Expert => 0..=SCOPE_LIMIT,
        _ => 0..=0,
    };
    if !cities.contains(&scope.cities.len()) {
        let fault = Fault::error("key.cities", "城市范围与角色不符", "the cities do not suit the role").at("/cities");
        faults.push(fault.hint(
            "reporter 需要 1 到 1000 个城市，evaluator 和 expert 可有至多 1000 个，其他角色不填",
            "a reporter needs 1 to 1000 cities, an evaluator and an expert may have up to 1000, other roles take none",
        ));
    }
    let further = if role == Role::Reporter { SCOPE_LIMIT } else { 0 };
    for (list, code, at, zh, en) in [
        (&scope.departments, "key.departments", "/departments", "部门", "departments"),
        (&scope.items, "key.items", "/items", "数据项", "items"),
    ] {
        if list.len() > further {
            let fault = Fault::error(code, format!("{zh}范围与角色不符"), format!("the {en} do not suit the role")).at(at);
            faults.push(fault.hint(
                format!("只有 reporter 可限定{zh}，至多 1000 个"),
                format!("only a reporter is limited to {en}, to 1000 at most"),
            ));
        }
    }
    faults.0.extend(right_faults(role, scope).0);
    faults.0.extend(address_faults(scope).0);
    faults
}

/// Names of rights that there are not, or that the role has not.
fn right_faults(role: Role, scope: &KeyScope) -> Faults {
    let mut faults = Faults::default();
    for (place, name) in scope.rights.iter().enumerate() {
        let limited = !scope.cities.is_empty();
        if Right::of_name(name).is_some_and(|right| right.is_granted_to(role, limited)) {
            continue;
        }
        let known: Vec<String> = Right::all().filter(|right| right.is_granted_to(role, limited)).map(Right::name).collect();
        let fault = Fault::error(
            "key.rights",
            format!("角色 {role} 没有名为“{name}”的权利"),
            format!("the role {role} has no right '{name}'"),
        );
        let fault = fault.at(format!("/rights/{place}")).value(name).expected(known.join(", "));
        faults.push(
            fault.hint("请从该角色的权利中选取，或不填以取得全部", "take some of those of the role, or none for all of them"),
        );
    }
    faults
}

/// What is no network.
fn address_faults(scope: &KeyScope) -> Faults {
    let mut faults = Faults::default();
    if scope.addresses.len() > ADDRESS_LIMIT {
        let fault = Fault::error("key.addresses", "网络过多", "these are too many networks").at("/addresses");
        faults.push(fault.value(scope.addresses.len().to_string()).expected(format!("0..{ADDRESS_LIMIT}")));
    }
    for (place, text) in scope.addresses.iter().enumerate().take(ADDRESS_LIMIT) {
        if network(text).is_none() {
            let fault = Fault::error("key.address", format!("“{text}”不是网络"), format!("'{text}' is no network"));
            let fault = fault.at(format!("/addresses/{place}")).value(text).expected("10.1.0.0/16, 192.0.2.7, 2001:db8::/32");
            faults
                .push(fault.hint("请给出地址，或地址与前缀长度", "give an address, or an address and the length of its prefix"));
        }
    }
    faults
}

/// What a new key would have beyond the one that asks for it: whoever has some rights, or works from some networks, gives no more.
pub fn beyond_faults(caller: &Caller, scope: &KeyScope) -> Faults {
    let mut faults = Faults::default();
    let own = caller.key_scope();
    let has_more = scope.rights.is_empty() || scope.rights.iter().any(|right| !own.rights.contains(right));
    if !own.rights.is_empty() && has_more {
        let fault =
            Fault::error("key.beyond_rights", "超出签发者的权利", "these are more rights than your own key has").at("/rights");
        faults
            .push(fault.expected(own.rights.join(", ")).hint("请从所用密钥的权利中选取", "take some of those of the key in use"));
    }
    let networks: Vec<IpNet> = own.addresses.iter().filter_map(|text| network(text)).collect();
    let is_inside = |text: &String| network(text).is_some_and(|new| networks.iter().any(|known| known.contains(&new)));
    if !networks.is_empty() && (scope.addresses.is_empty() || !scope.addresses.iter().all(is_inside)) {
        let fault =
            Fault::error("key.beyond_addresses", "超出签发者的网络", "these are more networks than those of your own key");
        let fault = fault.at("/addresses").expected(own.addresses.join(", "));
        faults.push(fault.hint("请从所用密钥的网络中选取", "take some of those of the key in use, or parts of them"));
    }
    faults
}

/// The network of a text: an address stands for itself.
pub fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Keeps a new key and gives its token, which is kept nowhere.
pub async fn issue(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    issue: Issue,
    detail: Value,
) -> Result<(Key, Token), StoreError> {
    let token = Token::generate(state.sources());
    let key = Key {
        id: state.sources().id(),
        name: issue.name,
        role: issue.role,
        scope: issue.scope,
        prefix: token.prefix().to_owned(),
        hash: token.hash().to_owned(),
        created_at_ms: state.now_ms(),
        created_by: caller.id().to_owned(),
        expires_at_ms: issue.expires_at_ms,
        revoked_at_ms: None,
        last_used_at_ms: None,
    };
    keys::insert(transaction, &key).await?;
    trail(transaction, state, caller, "create_key", &format!("keys/{}", key.id), detail).await?;
    Ok((key, token))
}

/// Revokes a key. After the commit the keyring is to forget it, and it stops working here at once and
/// elsewhere within a second.
pub async fn revoke(transaction: &Transaction, state: &State, caller: &Caller, id: &str) -> Result<Key, StoreError> {
    let key = keys::revoke(transaction, id, state.now_ms()).await?;
    trail(transaction, state, caller, "revoke_key", &format!("keys/{id}"), json!({})).await?;
    Ok(key)
}

//! Issuing and revoking keys: what the operations and the command have in common.

use serde_json::{Value, json};

use crate::auth::{Caller, Token};
use crate::state::State;
use crate::store::keys::{self, Key, Role};
use crate::store::{StoreError, Transaction};
use crate::write::trail;

/// What a new key is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Who or what will use it.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The cities it is limited to.
    pub cities: Vec<String>,
    /// When it ends to be valid.
    pub expires_at_ms: Option<i64>,
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
        cities: issue.cities,
        prefix: token.prefix().to_owned(),
        hash: token.hash(),
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

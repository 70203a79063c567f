//! The one who calls.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use citygauge_indicators::Text;
use serde_json::{Value, json};

use super::{Right, Scope};
use crate::error::Failure;
use crate::store::Word;
use crate::store::keys::{KeyScope, Role};

/// A caller who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    id: String,
    role: Role,
    scope: KeyScope,
    shows_token: bool,
}

impl Caller {
    /// The holder of a key.
    pub fn new(id: String, role: Role, scope: KeyScope) -> Self {
        Self { id, role, scope, shows_token: false }
    }

    /// The holder of a token of the identity provider. No key has an identifier with a `#`, and no issuer.
    pub fn of_token(issuer: &str, subject: &str, role: Role, scope: KeyScope) -> Self {
        Self { id: format!("{issuer}#{subject}"), role, scope, shows_token: true }
    }

    /// Anyone on this machine, where the service is open to it.
    pub fn anyone_here() -> Self {
        Self::new("open".into(), Role::Admin, KeyScope::default())
    }

    /// The same caller, limited to this city.
    #[must_use]
    pub fn limited_to(mut self, city: &str) -> Self {
        self.scope.cities = vec![city.to_owned()];
        self
    }

    /// Somebody with access to the service's files: the command line.
    pub fn command() -> Self {
        Self::new("command".into(), Role::Admin, KeyScope::default())
    }

    /// The service itself.
    pub fn service() -> Self {
        Self::new("service".into(), Role::Admin, KeyScope::default())
    }

    /// The caller as work that outlives the request keeps it: role and limits.
    pub fn to_kept(&self) -> Value {
        let KeyScope { cities, departments, items, rights, addresses: _ } = &self.scope;
        json!({ "role": self.role.as_str(), "cities": cities, "departments": departments, "items": items, "rights": rights })
    }

    /// The caller whose work was kept; `None` where that is not what was kept.
    pub fn from_kept(id: String, kept: &Value) -> Option<Self> {
        let codes = |name: &str| serde_json::from_value(kept.get(name)?.clone()).ok();
        let scope = KeyScope {
            cities: codes("cities")?,
            departments: codes("departments")?,
            items: codes("items")?,
            // What an earlier version kept says nothing of rights.
            rights: if kept.get("rights").is_some() { codes("rights")? } else { Vec::new() },
            addresses: Vec::new(),
        };
        Some(Self::new(id, Role::parse(kept.get("role")?.as_str()?)?, scope))
    }

    /// Who it is: the identifier of a key, or issuer and subject of a token with a `#` between them, as the trail and `created_by` name it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether the caller has this right.
    pub fn may(&self, right: Right) -> bool {
        let named = &self.scope.rights;
        right.is_granted_to(self.role, self.is_limited()) && (named.is_empty() || named.contains(&right.name()))
    }

    /// Refuses a caller without this right.
    pub fn require(&self, right: Right) -> Result<(), Failure> {
        if self.may(right) {
            return Ok(());
        }
        let role = self.role;
        if right.is_granted_to(role, self.is_limited()) {
            let name = right.name();
            let (zh, en) = (format!("此密钥不含权利 {name}"), format!("the key does not include the right {name}"));
            return Err(Failure::Forbidden(Text::both(zh, en)));
        }
        Err(Failure::Forbidden(Text::both(format!("角色 {role} 无权这样做"), format!("the role {role} does not allow this"))))
    }

    /// Refuses the holder of a token for what lasts as long as the key that asked for it: a token says nothing of what its holder may do
    /// when it is over.
    pub fn require_key(&self) -> Result<(), Failure> {
        if !self.shows_token {
            return Ok(());
        }
        Err(Failure::Forbidden(Text::both(
            "这项操作的结果与密钥同存续，请改用密钥，不要用身份提供方的令牌",
            "what this makes lasts as long as the key that asks for it: use a key, not a token of the identity provider",
        )))
    }

    /// The cities whose data the caller is limited to; `None` where there is no limit.
    pub fn cities(&self) -> Option<&[String]> {
        self.is_limited().then_some(self.scope.cities.as_slice())
    }

    /// Whether the caller is limited to cities, as reporters and the reviewers of a province are. The cities of an expert
    /// are those that it does not score, and limit nothing else.
    pub fn is_limited(&self) -> bool {
        match self.role {
            Role::Reporter => true,
            Role::Expert => false,
            _ => !self.scope.cities.is_empty(),
        }
    }

    /// What the key is limited to.
    pub fn key_scope(&self) -> &KeyScope {
        &self.scope
    }

    /// What the caller may report.
    pub fn scope(&self) -> Scope {
        Scope::new(self.role, &self.scope)
    }

    /// Whether the caller may see and change the data of this city.
    pub fn may_touch(&self, city: &str) -> bool {
        self.cities().is_none_or(|cities| cities.iter().any(|own| own == city))
    }

    /// Refuses a caller who may not touch this city.
    pub fn require_city(&self, city: &str) -> Result<(), Failure> {
        if self.may_touch(city) {
            return Ok(());
        }
        Err(Failure::Forbidden(Text::both(
            format!("此密钥不含城市“{city}”"),
            format!("the key does not include the city '{city}'"),
        )))
    }

    /// Refuses somebody limited to cities who looks at somebody else's work.
    pub fn require_own(&self, created_by: &str) -> Result<(), Failure> {
        if !self.is_limited() || created_by == self.id {
            return Ok(());
        }
        Err(Failure::Forbidden(Text::both("这是他人提交的内容", "this was submitted by somebody else")))
    }
}

impl FromRequest for Caller {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| Failure::internal("the operation stands outside the scope that authenticates")))
    }
}

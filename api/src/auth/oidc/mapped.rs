//! What the holder of a token may do: the provider's words as a role, its claims as limits.

use citygauge_openapi::{Code, Line};
use serde_json::Value;

use super::Refusal;
use crate::config::{Granted, Oidc as Settings};
use crate::keys::scope_faults;
use crate::store::keys::{KeyScope, Role};

/// Of several roles the first of these counts; an evaluator before one that is limited to cities.
const ORDER: [Role; 5] = [Role::Admin, Role::Evaluator, Role::Methodologist, Role::Reporter, Role::Viewer];

/// The role and the limits of the holder.
pub(super) fn mapped(claims: &Value, settings: &Settings) -> Result<(Role, KeyScope), Refusal> {
    let names = &settings.claims;
    let words = claim(claims, &names.roles).map(|claim| words(claim, &names.roles)).unwrap_or_default();
    let granted = words.iter().filter_map(|word| settings.granted(word)).min_by_key(place);
    let Granted { role, needs_cities } = granted.ok_or_else(|| Refusal::NoRole(names.roles.clone()))?;
    let scope = KeyScope {
        cities: limits::<Code>(claims, names.cities.as_deref())?,
        departments: limits::<Line>(claims, names.departments.as_deref())?,
        items: limits::<Code>(claims, names.items.as_deref())?,
        ..KeyScope::default()
    };
    if needs_cities && scope.cities.is_empty() {
        return Err(Refusal::NoCities);
    }
    let faults = scope_faults(role, &scope);
    if faults.is_empty() { Ok((role, scope)) } else { Err(Refusal::Unsuited(faults)) }
}

fn place(granted: &Granted) -> (usize, bool) {
    (ORDER.iter().position(|role| *role == granted.role).unwrap_or(ORDER.len()), granted.needs_cities)
}

/// The claim at a path: names with dots between them, or a JSON pointer.
fn claim<'c>(claims: &'c Value, path: &str) -> Option<&'c Value> {
    if path.starts_with('/') {
        return claims.pointer(path);
    }
    path.split('.').try_fold(claims, |value, name| value.get(name))
}

/// The words of a claim: those of a list, or the one that stands there alone. The scopes of OAuth are one text with blanks.
fn words<'c>(claim: &'c Value, path: &str) -> Vec<&'c str> {
    match claim {
        Value::String(text) if matches!(path, "scope" | "scp") => text.split(' ').collect(),
        Value::String(word) => vec![word],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The entries of a claim that limits. What is there and cannot be read is never taken for no limit, and neither is an empty list.
fn limits<T: std::str::FromStr + Into<String>>(claims: &Value, path: Option<&str>) -> Result<Vec<String>, Refusal> {
    let Some((path, claim)) = path.and_then(|path| Some((path, claim(claims, path)?))) else { return Ok(Vec::new()) };
    let refused = || Refusal::Limits(path.to_owned());
    let entries = match claim {
        Value::Array(entries) if !entries.is_empty() => entries.as_slice(),
        Value::String(_) => std::slice::from_ref(claim),
        _ => return Err(refused()),
    };
    let read = |entry: &Value| entry.as_str()?.parse::<T>().ok().map(Into::into);
    entries.iter().map(|entry| read(entry).ok_or_else(refused)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::OidcClaims;

    fn settings(roles: &str) -> Settings {
        let words =
            [("a", "admin"), ("e", "evaluator"), ("p", "province"), ("m", "methodologist"), ("r", "reporter"), ("v", "viewer")];
        let named = |name: &str| Some(name.to_owned());
        Settings {
            claims: OidcClaims {
                roles: roles.into(),
                cities: named("cities"),
                departments: named("departments"),
                items: named("limits.items"),
            },
            roles: words.map(|(word, role)| (word.to_owned(), role.to_owned())).into(),
            ..Settings::default()
        }
    }

    #[test]
    fn of_several_roles_the_one_that_may_change_the_most_counts() {
        let cities = json!(["330100"]);
        for (words, role) in [
            (json!(["v", "a", "e"]), Role::Admin),
            (json!(["m", "e"]), Role::Evaluator),
            (json!(["v", "m"]), Role::Methodologist),
            (json!(["unknown", "v"]), Role::Viewer),
            (json!("v"), Role::Viewer),
            (json!([1, null, "v"]), Role::Viewer),
        ] {
            assert_eq!(mapped(&json!({"roles": words}), &settings("roles")).map(|found| found.0), Ok(role), "{words}");
        }
        let found = mapped(&json!({"roles": ["v", "r", "p"], "cities": cities}), &settings("roles"));
        assert_eq!(found.map(|(role, scope)| (role, scope.cities)), Ok((Role::Evaluator, vec!["330100".to_owned()])));
    }

    #[test]
    fn a_claim_is_found_by_its_path() {
        for (path, claims) in [
            ("realm_access.roles", json!({"realm_access": {"roles": ["v"]}})),
            ("/https:~1~1gauge.example~1roles", json!({"https://gauge.example/roles": ["v"]})),
            ("scope", json!({"scope": "openid v"})),
        ] {
            assert_eq!(mapped(&claims, &settings(path)).map(|found| found.0), Ok(Role::Viewer), "{path}");
            assert_eq!(mapped(&json!({}), &settings(path)), Err(Refusal::NoRole(path.into())), "{path}");
        }
        // Elsewhere a text is one word, whatever is in it.
        assert!(mapped(&json!({"groups": "openid v"}), &settings("groups")).is_err());
        assert!(mapped(&json!({"realm_access.roles": ["v"]}), &settings("realm_access.roles")).is_err());
    }

    #[test]
    fn what_limits_is_never_taken_for_no_limit() {
        let of = |claims: Value| mapped(&claims, &settings("roles"));
        for bad in [json!([]), json!(null), json!(7), json!([330_100]), json!(["330100", ""]), json!({"a": 1}), json!(["a\nb"])] {
            assert_eq!(of(json!({"roles": "e", "cities": bad})), Err(Refusal::Limits("cities".into())), "{bad}");
        }
        assert_eq!(of(json!({"roles": "p"})), Err(Refusal::NoCities));
        for claims in [
            json!({"roles": "r"}),
            json!({"roles": "v", "cities": "330100"}),
            json!({"roles": "a", "cities": "330100"}),
            json!({"roles": "e", "departments": ["x"]}),
        ] {
            assert!(matches!(of(claims.clone()), Err(Refusal::Unsuited(_))), "{claims}");
        }
        let found = of(json!({"roles": "r", "cities": "a", "departments": ["公安局"], "limits": {"items": ["x", "y"]}}));
        let (role, scope) = found.expect("a reporter");
        assert_eq!((role, scope.cities, scope.departments), (Role::Reporter, vec!["a".to_owned()], vec!["公安局".to_owned()]));
        assert_eq!(scope.items, ["x", "y"]);
    }
}

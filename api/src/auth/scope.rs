//! What a caller may report: cities, departments, data items, and who delivers them.

use citygauge_indicators::{Fault, Item, Provider};
use serde::{Deserialize, Serialize};

use crate::store::keys::{KeyScope, Role};

/// The limits of whoever sends observations. A job keeps them as JSON beside its own members, so that its work is limited
/// as the request was; what an earlier version kept has `cities` only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// The cities; none means no limit.
    #[serde(default)]
    cities: Option<Vec<String>>,
    /// The names of departments; empty means no limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    departments: Vec<String>,
    /// The codes of data items; empty means no limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<String>,
    /// Whether it is a reporter. Where nothing is said, only reporters were limited to cities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reports: Option<bool>,
}

impl Scope {
    /// The scope of a key of this role.
    pub fn new(role: Role, key: &KeyScope) -> Self {
        let reports = role == Role::Reporter;
        Self {
            cities: (reports || !key.cities.is_empty()).then(|| key.cities.clone()),
            departments: key.departments.clone(),
            items: key.items.clone(),
            reports: Some(reports),
        }
    }

    /// Whether it is a reporter's, who delivers what cities deliver and nothing that is locked.
    pub fn is_reporter(&self) -> bool {
        self.reports.unwrap_or(self.cities.is_some())
    }

    /// Whether there is nothing that it keeps out.
    pub fn is_unlimited(&self) -> bool {
        self.cities.is_none() && self.has_whole_cities() && !self.is_reporter()
    }

    /// Whether it holds every department and item of its cities.
    pub fn has_whole_cities(&self) -> bool {
        self.departments.is_empty() && self.items.is_empty()
    }

    /// Whether it holds all that a department of a city reports. Items without a department have the empty name, and
    /// belong to whoever has the whole city.
    pub fn has_department(&self, city: &str, department: &str) -> bool {
        let departments = &self.departments;
        self.has_city(city)
            && self.items.is_empty()
            && (departments.is_empty() || departments.iter().any(|own| own == department))
    }

    /// Whether it holds a city, at least in part.
    pub fn has_city(&self, city: &str) -> bool {
        self.cities.as_ref().is_none_or(|cities| cities.iter().any(|own| own == city))
    }

    /// What keeps it from reporting for a city.
    pub fn city_fault(&self, city: &str) -> Option<Fault> {
        if self.has_city(city) {
            return None;
        }
        let fault = Fault::error(
            "observation.city_out_of_scope",
            format!("此密钥不含城市“{city}”"),
            format!("the key does not include the city '{city}'"),
        );
        let fault = fault.city(city).value(city);
        Some(if self.is_reporter() {
            fault.hint("只提交本市的数据", "send the data of your own cities only")
        } else {
            fault.hint("只处理本省城市的数据", "change the data of the cities of your province only")
        })
    }

    /// What keeps it from reporting a data item, whatever the city.
    pub fn item_fault(&self, item: &Item) -> Option<Fault> {
        let code = &item.code;
        if self.is_reporter() && item.provider != Provider::City {
            let (zh, en) = provider_words(item.provider);
            let fault = Fault::error(
                "observation.provider_out_of_scope",
                format!("数据项“{code}”由{zh}提供，城市不能填报"),
                format!("the item '{code}' comes from {en} and is not reported by cities"),
            );
            let fault = fault.of(code.clone()).value(code).expected("provider: city");
            return Some(fault.hint("请删去该数据项", "leave this item out"));
        }
        if !self.items.is_empty() && !self.items.contains(code) {
            let fault = Fault::error(
                "observation.item_out_of_scope",
                format!("此密钥不含数据项“{code}”"),
                format!("the key does not include the item '{code}'"),
            );
            let fault = fault.of(code.clone()).value(code);
            return Some(fault.hint("只提交分配给您的数据项", "send the items that are assigned to you only"));
        }
        let department = item.department_name().unwrap_or_default();
        if !self.departments.is_empty() && !self.departments.iter().any(|own| own == department) {
            let fault = Fault::error(
                "observation.department_out_of_scope",
                format!("数据项“{code}”属于部门“{department}”，不在此密钥范围内"),
                format!("the item '{code}' belongs to the department '{department}', which the key does not include"),
            );
            let fault = fault.of(code.clone()).value(code).expected(self.departments.join(" | "));
            return Some(fault.hint("只提交本部门的数据项", "send the items of your own department only"));
        }
        None
    }
}

fn provider_words(provider: Provider) -> (&'static str, &'static str) {
    match provider {
        Provider::City => ("城市", "the city"),
        Provider::ThirdParty => ("第三方", "a third party"),
        Provider::Central => ("中央机构", "a central body"),
        Provider::Citizen => ("市民调查", "a survey of citizens"),
        Provider::Expert => ("专家组", "a panel of experts"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_scope_of_an_earlier_version_reads_as_what_it_was() {
        let reporter: Scope = serde_json::from_value(json!({"cities": ["a"]})).expect("an earlier form");
        assert!(reporter.is_reporter() && reporter.has_whole_cities() && reporter.has_city("a") && !reporter.has_city("b"));
        let evaluator: Scope = serde_json::from_value(json!({"cities": null})).expect("an earlier form");
        assert!(!evaluator.is_reporter() && evaluator.has_city("b"));
    }

    #[test]
    fn a_scope_survives_being_kept() {
        let key = KeyScope {
            cities: vec!["a".into()],
            departments: vec!["公安局".into()],
            items: vec!["x".into()],
            ..Default::default()
        };
        for role in [Role::Reporter, Role::Evaluator] {
            let scope = Scope::new(role, &key);
            let kept = serde_json::to_value(&scope).expect("text and lists");
            assert_eq!(serde_json::from_value::<Scope>(kept).expect("what was kept"), scope);
        }
    }
}

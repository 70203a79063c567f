//! Key projects (9.1.3, 9.1.4): what they are to change, what they cost, and on what they depend.

use serde::Serialize;
use serde_json::Value;

use super::{check_amount, outside};
use crate::fault::Faults;
use crate::read::{Object, Read, read_words};
use crate::text::Text;

/// Who invests and who operates: the four models that clause 9.2.1 names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OperatingModel {
    /// The government invests, builds and operates (政府投资建设政府运营).
    GovernmentBuiltGovernmentOperated,
    /// The government invests and builds, an enterprise operates (政府投资建设企业运营).
    GovernmentBuiltEnterpriseOperated,
    /// An enterprise invests, builds and operates (企业投资建设企业运营).
    EnterpriseBuiltEnterpriseOperated,
    /// Partners invest and build, an enterprise operates (合伙投资建设企业运营).
    PartnershipBuiltEnterpriseOperated,
}

read_words!(OperatingModel {
    "government_built_government_operated" => Self::GovernmentBuiltGovernmentOperated,
    "government_built_enterprise_operated" => Self::GovernmentBuiltEnterpriseOperated,
    "enterprise_built_enterprise_operated" => Self::EnterpriseBuiltEnterpriseOperated,
    "partnership_built_enterprise_operated" => Self::PartnershipBuiltEnterpriseOperated,
});

/// What a project is to change once it is finished.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProjectEffect {
    /// The code of the indicator (a leaf of the set).
    pub node: String,
    /// The change of its raw value, signed, in the indicator's unit.
    pub change: f64,
}

/// A key project.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Project {
    /// Unique among the projects.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// What is built, and at which scale (建设内容及规模).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub content: Text,
    /// Who answers for it (负责单位).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub owner: Text,
    /// Who invests and who operates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<OperatingModel>,
    /// How many years it takes, 1 to 10.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 10))]
    pub duration_years: u32,
    /// What it costs in all, in the unit of the budgets, from 0 to 1e15; spread evenly over its years unless `cost_by_year` says otherwise.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1e15))]
    pub cost: f64,
    /// What it costs in each of its years; as many numbers as years, with the sum `cost`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub cost_by_year: Vec<f64>,
    /// What it is to change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub effects: Vec<ProjectEffect>,
    /// The codes of the projects that have to be finished before it begins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub depends_on: Vec<String>,
    /// How urgent it is (紧迫程度), 1 to 5, 5 the most urgent; 3 unless given.
    #[cfg_attr(feature = "schema", schema(required = false, minimum = 1, maximum = 5, default = 3))]
    pub urgency: u32,
    /// How difficult it is (难易程度), 1 to 5, 5 the most difficult; 3 unless given.
    #[cfg_attr(feature = "schema", schema(required = false, minimum = 1, maximum = 5, default = 3))]
    pub difficulty: u32,
}

impl Read for ProjectEffect {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (node, change) = (object.required("node", faults), object.required("change", faults));
        object.close(faults).then_some(Self { node: node?, change: change? })
    }
}

impl Read for Project {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (code, title) = (object.required("code", faults), object.required("title", faults));
        let content = object.optional("content", faults).unwrap_or_default();
        let owner = object.optional("owner", faults).unwrap_or_default();
        let (mode, duration_years) = (object.optional("mode", faults), object.required("duration_years", faults));
        let (cost, cost_by_year) = (object.required("cost", faults), object.or("cost_by_year", Vec::new(), faults));
        let (effects, depends_on) = (object.or("effects", Vec::new(), faults), object.or("depends_on", Vec::new(), faults));
        let (urgency, difficulty) = (object.or("urgency", 3, faults), object.or("difficulty", 3, faults));
        for (key, value, limits) in [
            ("duration_years", duration_years.unwrap_or(1), 1..=10),
            ("urgency", urgency, 1..=5),
            ("difficulty", difficulty, 1..=5),
        ] {
            if !limits.contains(&value) {
                outside(&object.pointer(key), value, &format!("{}..{}", limits.start(), limits.end()), faults);
            }
        }
        let costs = [("cost".to_owned(), cost.unwrap_or(0.0))].into_iter();
        let by_year = cost_by_year.iter().enumerate().map(|(year, cost)| (format!("cost_by_year/{year}"), *cost));
        for (key, cost) in costs.chain(by_year) {
            check_amount(&format!("{at}/{key}"), cost, faults);
        }
        object.close(faults).then_some(Self {
            code: code?,
            title: title?,
            content,
            owner,
            mode,
            duration_years: duration_years?,
            cost: cost?,
            cost_by_year,
            effects,
            depends_on,
            urgency,
            difficulty,
        })
    }
}

//! Requirements of an analysis as elements of a dossier, which a design takes as they are.

use citygauge_indicators::Text;
use citygauge_indicators::planning::{
    DesignRequirement, Element, ElementDocument, ElementLink, GapTarget, Grade, IndicatorTarget, LinkRelation, LinkTarget,
    RequirementKind,
};
use citygauge_openapi::{GapRequirement, GapRequirementOrigin};

/// One element per requirement: it originates in its gap and is based on its indicator.
#[must_use]
pub fn elements(requirements: &[GapRequirement]) -> Vec<Element> {
    requirements.iter().filter_map(element).collect()
}

fn element(requirement: &GapRequirement) -> Option<Element> {
    let document = DesignRequirement {
        code: requirement.code.to_string(),
        kind: RequirementKind::Goal,
        text: requirement.text.clone(),
        status: Text::default(),
        parties: Vec::new(),
        urgency: Grade::new(requirement.urgency)?,
        reason: Text::both("由差距分析的重点提升方向得出", "from the priority directions of a gap analysis"),
    };
    let link = |origin: &GapRequirementOrigin| match origin {
        GapRequirementOrigin::Gap { analysis, node } => ElementLink {
            relation: LinkRelation::Origin,
            to: LinkTarget::Gap(GapTarget { analysis: analysis.to_string(), node: node.to_string() }),
        },
        GapRequirementOrigin::Indicator { set, version, node } => ElementLink {
            relation: LinkRelation::BasedOn,
            to: LinkTarget::Indicator(IndicatorTarget {
                set: set.to_string(),
                version: version.to_string(),
                node: node.to_string(),
            }),
        },
    };
    Some(Element { document: ElementDocument::Requirement(document), links: requirement.origins.iter().map(link).collect() })
}

//! What is wrong among the elements of a dossier: every fault at once, with the place of the element that it is in.

use std::collections::{BTreeMap, BTreeSet};

use super::{MOST_ELEMENTS, in_order, years_between};
use crate::fault::{Fault, Faults};
use crate::period::Period;
use crate::planning::architecture::ArchitecturePart;
use crate::planning::element::{Element, ElementDocument, ElementKind};
use crate::planning::link::{LinkRelation, LinkTarget};
use crate::planning::{ActivityFeedback, ArchitectureElement, DesignActivity, ImplementationStage};

/// An element, and the pointer to it in the document that holds it.
#[derive(Debug, Clone)]
pub struct Placed<'e> {
    /// The pointer to the element.
    pub at: String,
    /// The element.
    pub element: &'e Element,
}

/// What is wrong among these elements, which are all of a dossier for these periods.
#[must_use]
pub fn check(elements: &[Placed<'_>], period: (Period, Period)) -> Faults {
    let mut faults = Faults::default();
    let mut known: BTreeMap<&str, &Placed<'_>> = BTreeMap::new();
    for placed in elements {
        if known.insert(placed.element.code(), placed).is_some() {
            let code = placed.element.code();
            let fault = Fault::error("design.duplicate", format!("代码“{code}”重复"), format!("the code '{code}' stands twice"));
            faults.push(of(placed, "/document/code", fault).hint("请改用另一个代码", "use another code"));
        }
    }
    if elements.len() > MOST_ELEMENTS {
        faults.push(
            Fault::error("design.too_many_elements", "要素过多", "there are too many elements")
                .at("/elements")
                .value(elements.len().to_string())
                .expected(format!("..{MOST_ELEMENTS}"))
                .hint("请拆分设计", "split the design"),
        );
    }
    for placed in elements {
        links(placed, &known, &mut faults);
        match &placed.element.document {
            ElementDocument::Architecture(element) => architecture(placed, element, &known, &mut faults),
            ElementDocument::Project(project) => {
                for (place, code) in project.depends_on.iter().enumerate() {
                    let at = format!("/document/depends_on/{place}");
                    expect(placed, &at, code, ElementKind::Project, &known, &mut faults);
                }
            }
            ElementDocument::Stage(stage) => self::stage(placed, stage, period, &mut faults),
            ElementDocument::Feedback(feedback) => self::feedback(placed, feedback, &mut faults),
            ElementDocument::Requirement(_) => origin(placed, &mut faults),
            _ => {}
        }
    }
    circles(elements, &known, "design.business_cycle", ("业务架构", "the business architecture"), &mut faults, |element| {
        match &element.document {
            ElementDocument::Architecture(element) => element.parent.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    });
    circles(elements, &known, "design.project_cycle", ("工程依赖", "the order of projects"), &mut faults, |element| {
        match &element.document {
            ElementDocument::Project(project) => project.depends_on.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    });
    faults
}

fn of(placed: &Placed<'_>, member: &str, fault: Fault) -> Fault {
    fault.at(format!("{}{member}", placed.at)).of(placed.element.code())
}

fn links(placed: &Placed<'_>, known: &BTreeMap<&str, &Placed<'_>>, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for (place, link) in placed.element.links.iter().enumerate() {
        let at = format!("/links/{place}");
        if !seen.insert(link) {
            let fault = Fault::error("design.link_twice", "链接重复", "the link stands twice").value(link.to.to_string());
            faults.push(of(placed, &at, fault).hint("请删除其一", "take one of them out"));
        }
        let Some(code) = link.to.element() else { continue };
        if code == placed.element.code() {
            let fault = Fault::error("design.link_to_itself", "要素链接到自身", "the element links to itself").value(code);
            faults.push(of(placed, &at, fault).hint("请删除该链接", "take the link out"));
        } else if !known.contains_key(code) {
            faults.push(of(placed, &format!("{at}/to/element"), absent(code)));
        }
    }
}

fn absent(code: &str) -> Fault {
    Fault::error("design.dangling", format!("没有要素“{code}”"), format!("there is no element '{code}'"))
        .value(code)
        .hint("请核对代码，或先添加该要素", "check the code, or add the element")
}

/// Notes a code that names no element of a kind.
fn expect(
    placed: &Placed<'_>,
    at: &str,
    code: &str,
    kind: ElementKind,
    known: &BTreeMap<&str, &Placed<'_>>,
    faults: &mut Faults,
) {
    match known.get(code) {
        None => faults.push(of(placed, at, absent(code))),
        Some(found) if found.element.kind() != kind => {
            let title = kind.title();
            let fault = Fault::error(
                "design.wrong_kind",
                format!("“{code}”不是{}", title.zh.as_deref().unwrap_or_default()),
                format!("'{code}' is no {}", title.en.as_deref().unwrap_or_default()),
            );
            let fault = fault.value(found.element.kind().word()).expected(kind.word());
            faults.push(of(placed, at, fault).hint("请核对代码", "check the code"));
        }
        Some(_) => {}
    }
}

fn architecture(placed: &Placed<'_>, element: &ArchitectureElement, known: &BTreeMap<&str, &Placed<'_>>, faults: &mut Faults) {
    for (place, aspect) in element.aspects.iter().enumerate().filter(|(_, aspect)| aspect.part() != element.part) {
        let (aspect, part) = (aspect.word(), element.part.word());
        let fault = Fault::error(
            "design.aspect_of_another_part",
            format!("“{aspect}”不属于“{part}”"),
            format!("'{aspect}' is no aspect of '{part}'"),
        );
        let expected = crate::planning::ArchitectureAspect::ALL.iter().filter(|aspect| aspect.part() == element.part);
        let expected: Vec<&str> = expected.map(|aspect| aspect.word()).collect();
        let fault = fault.value(aspect).expected(expected.join(" | "));
        faults.push(of(placed, &format!("/document/aspects/{place}"), fault).hint("请改用该部分的词", "use a word of the part"));
    }
    let level = element.level.map(|level| level.get());
    if element.part != ArchitecturePart::Business {
        for (member, given) in [("level", level.is_some()), ("parent", element.parent.is_some())] {
            if given {
                let fault = Fault::error("design.not_business", "只有业务架构分级", "only the business architecture has levels");
                faults.push(of(placed, &format!("/document/{member}"), fault).hint("请删除它", "take it out"));
            }
        }
        return;
    }
    let wrong = |zh: &str, en: &str| {
        let fault = Fault::error("design.business_level", zh, en).expected("1 | 2 | 3");
        fault.hint("一级无上级；二级在一级之下；三级在二级之下", "1 has no parent, 2 stands below 1, 3 below 2")
    };
    match (level, &element.parent) {
        (None, _) => {
            faults.push(of(
                placed,
                "/document",
                wrong("业务架构须写明级别", "an element of the business architecture has a level"),
            ));
        }
        (Some(1), Some(_)) => {
            faults.push(of(placed, "/document/parent", wrong("一级业务没有上级", "level 1 has no parent")));
        }
        (Some(2..), None) => {
            faults.push(of(placed, "/document", wrong("二、三级业务须有上级", "levels 2 and 3 have a parent")));
        }
        (Some(level), Some(parent)) => match known.get(parent.as_str()).map(|found| &found.element.document) {
            None => faults.push(of(placed, "/document/parent", absent(parent))),
            Some(ElementDocument::Architecture(above)) if above.level.map(|above| above.get() + 1) == Some(level) => {}
            Some(_) => {
                let fault = wrong("上级须是高一级的业务", "the parent is a business one level above").value(parent);
                faults.push(of(placed, "/document/parent", fault));
            }
        },
        (Some(_), None) => {}
    }
}

fn stage(placed: &Placed<'_>, stage: &ImplementationStage, (from, to): (Period, Period), faults: &mut Faults) {
    in_order(stage.from, stage.to, &format!("{}/document/to", placed.at), faults);
    // Whole spans are compared by where they begin and end, so that a quarter lies within its year.
    let begins_before = stage.from.in_years() < from.in_years();
    let ends_after = years_between(from, stage.to) > years_between(from, to) + 1e-9;
    for (member, period, outside) in [("from", stage.from, begins_before), ("to", stage.to, ends_after)] {
        if outside {
            let fault = Fault::error("design.stage_outside", "阶段超出规划期", "the stage lies outside the planning period");
            let fault = fault.value(period.to_string()).expected(format!("{from}..{to}"));
            faults.push(
                of(placed, &format!("/document/{member}"), fault).hint("请改到规划期之内", "move it into the planning period"),
            );
        }
    }
}

fn feedback(placed: &Placed<'_>, feedback: &ActivityFeedback, faults: &mut Faults) {
    let place = |activity: DesignActivity| DesignActivity::ALL.iter().position(|known| *known == activity);
    if place(feedback.from) <= place(feedback.to) {
        let fault = Fault::error("design.feedback_order", "反馈只针对在前的活动", "feedback looks back to an earlier activity");
        let words: Vec<&str> = DesignActivity::ALL.iter().map(|activity| activity.word()).collect();
        let fault = fault.value(feedback.to.word()).expected(words.join(" < "));
        faults.push(of(placed, "/document/to", fault).hint("请核对两项活动", "check the two activities"));
    }
}

fn origin(placed: &Placed<'_>, faults: &mut Faults) {
    if !placed.element.links.iter().any(|link| link.relation == LinkRelation::Origin) {
        let fault = Fault::error("design.no_origin", "建设需求没有来源", "the requirement has no origin");
        let fault = fault.expected(LinkTarget::KINDS.join(" | "));
        faults.push(of(placed, "/links", fault).hint(
            "请用 relation=origin 链接到战略陈述、调研结论、评估差距或相关规划（6.5.1）",
            "link it with the relation origin to a statement, a finding, a gap or another plan (6.5.1)",
        ));
    }
}

/// Notes each circle among the elements once, with the codes that are in it.
fn circles<'e>(
    elements: &[Placed<'e>],
    known: &BTreeMap<&str, &Placed<'e>>,
    code: &'static str,
    what: (&str, &str),
    faults: &mut Faults,
    above: impl Fn(&'e Element) -> Vec<&'e str>,
) {
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    for start in elements {
        // A depth-first walk without recursion: the path, and how far each of its elements is.
        let mut path: Vec<(&Placed<'e>, usize)> = vec![(start, 0)];
        while let Some((placed, next)) = path.last().copied() {
            let current = placed.element.code();
            let targets = if settled.contains(current) { Vec::new() } else { above(placed.element) };
            let Some(target) = targets.get(next) else {
                settled.insert(current);
                path.pop();
                continue;
            };
            if let Some(last) = path.last_mut() {
                last.1 += 1;
            }
            if let Some(begin) = path.iter().position(|(placed, _)| placed.element.code() == *target) {
                let codes: Vec<&str> = path[begin..].iter().map(|(placed, _)| placed.element.code()).chain([*target]).collect();
                let circle = codes.join(" → ");
                let (zh, en) = what;
                let fault = Fault::error(code, format!("{zh}循环：{circle}"), format!("{en} runs in a circle: {circle}"));
                faults.push(of(path[begin].0, "", fault).hint("请断开其中一处", "break it at one place"));
            } else if let Some(placed) = known.get(target).filter(|_| !settled.contains(target)) {
                path.push((placed, 0));
            }
        }
    }
}

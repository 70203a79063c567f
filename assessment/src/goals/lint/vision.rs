//! Goals are in line with the city's own vision (7.3.3 d).

use citygauge_indicators::planning::{GoalLevel, StatementKind};

use super::rule::{DANGLING, NO_SERVICE, NO_VISION};
use super::{Finding, Linter, Report};

pub(super) fn look(linter: &Linter, report: &mut Report) {
    let statements = &linter.plan.statements;
    let is_vision = |code: &String| statements.iter().any(|known| known.code == *code && known.kind == StatementKind::Vision);
    let has_vision = statements.iter().any(|statement| statement.kind == StatementKind::Vision);
    if !has_vision {
        let said = ("没有智慧化愿景的表述".to_owned(), "no statement says the vision of the city".to_owned());
        report.findings.push(Finding::of_plan(
            NO_VISION,
            "/statements",
            said,
            ("在 statements 中写明愿景", "say the vision in statements"),
        ));
    }
    for looked in &linter.goals {
        for (place, code) in looked.goal.serves.iter().enumerate() {
            if !statements.iter().any(|known| known.code == *code) {
                let said = (format!("所对应的表述“{code}”不存在"), format!("the statement '{code}' that it serves is not there"));
                let finding = looked.finding(
                    DANGLING,
                    &format!("serves/{place}"),
                    said,
                    ("改正代码，或补充表述", "correct the code, or add the statement"),
                );
                report.findings.push(finding);
            }
        }
        // A stage serves what the goals serve of which it is a part.
        let serving = if looked.goal.level == GoalLevel::Stage { linter.upwards(looked) } else { vec![looked.goal] };
        if has_vision && !serving.iter().any(|goal| goal.serves.iter().any(is_vision)) {
            let said = ("未对应任何愿景".to_owned(), "it serves no statement of the vision".to_owned());
            report.findings.push(looked.finding(
                NO_SERVICE,
                "serves",
                said,
                ("在 serves 中注明所服务的愿景", "name the vision that it serves"),
            ));
        }
    }
}

//! How the score of a cohort rule is told to people: the formula with the numbers that were fitted.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Constant, Text};
use dashu_ratio::RBig;

use super::line::Line;
use super::standing::{ByStanding, Place};
use super::z_score::ZScore;
use super::{Rule, Shape};

impl Rule<'_> {
    /// The arithmetic that scores a value.
    pub(crate) fn told(&self, value: &RBig) -> Text {
        let x = nearest_double(value);
        if self.is_degenerate() {
            let (zh, en) = match self.constant {
                Constant::Half => ("满分的一半", "half of the full mark"),
                Constant::Full => ("满分", "the full mark"),
                Constant::Missing | Constant::Refuse => ("无得分", "no score"),
            };
            return Text::both(format!("除数为零，按 constant 的约定：{zh}"), format!("the divisor is zero; constant says {en}"));
        }
        match &self.shape {
            Shape::Line(line) => alike(line_of(line, x)),
            Shape::ZScore(z_score) => alike(z_score_of(z_score, x)),
            Shape::Standing(standing) => place_of(standing, value),
        }
    }
}

/// Arithmetic reads the same in every language.
fn alike(formula: String) -> Text {
    Text::both(formula.clone(), formula)
}

fn line_of(line: &Line, x: f64) -> String {
    let [from, to] = [&line.from, &line.to].map(|end| end.value);
    let cap = if line.cap { format!(" <= {}", line.high) } else { String::new() };
    format!("({x} - {from}) / ({to} - {from}) x ({} - {low}) + {low}{cap}", line.high, low = line.low)
}

fn z_score_of(z_score: &ZScore, x: f64) -> String {
    let exact = z_score.spread.exact();
    let [mean, sd] = [&exact.mean, &exact.sd].map(nearest_double);
    let deviation = if z_score.rising { format!("({x} - {mean})") } else { format!("({mean} - {x})") };
    format!("{deviation} / {sd} x {} + {}", z_score.sd, z_score.mean)
}

fn place_of(standing: &ByStanding, value: &RBig) -> Text {
    let Place { worse, equal, count } = standing.place(value);
    // Of a frozen cohort the value is none.
    let (zh, en) = if standing.is_frozen { ("", "") } else { ("（含自身）", ", itself among them") };
    Text::both(
        format!("参评值 {count} 个，较差 {worse} 个，相同{zh} {equal} 个"),
        format!("of {count} values {worse} are worse and {equal} equal{en}"),
    )
}

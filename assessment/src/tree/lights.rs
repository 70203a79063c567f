//! Nodes that show every city in its best light: one linear programme per city, beside the plan.

use citygauge_indicators::{Fault, NodeIndex, NodeKind};
use polars::prelude::*;

use super::build::Step;
use super::child::Child;
use super::{Tree, counted_children};
use crate::error::Result;
use crate::exact::leaf::Cells;
use crate::parallel::in_parallel;
use crate::plan;
use crate::quantity::EPSILON;
use crate::weigh::best_light::{Light, Shade};

/// What became of every city of a slice.
#[derive(Debug, Clone)]
pub(crate) struct Lights {
    /// What entered, row by row: the children's scores, own or filled.
    entered: Vec<Vec<Option<f64>>>,
    /// `None` where no child entered.
    lights: Vec<Option<std::result::Result<Light, Shade>>>,
    children: Vec<NodeIndex>,
}

impl Lights {
    /// The score of a row, a decimal of ten places.
    pub(crate) fn score(&self, row: usize) -> Option<f64> {
        self.light(row).map(|light| light.score)
    }

    /// The part of a child in the score of a row.
    pub(crate) fn share(&self, child: NodeIndex, row: usize) -> Option<f64> {
        let place = self.children.iter().position(|known| *known == child)?;
        self.light(row).map(|light| light.shares[place])
    }

    fn light(&self, row: usize) -> Option<&Light> {
        self.lights[row].as_ref()?.as_ref().ok()
    }

    /// Why a row has no score although children entered.
    pub(crate) fn warning(&self, cells: &Cells, node: NodeIndex, row: usize) -> Option<Fault> {
        let Some(Err(shade)) = &self.lights[row] else { return None };
        let code = &cells.set.nodes()[node].code;
        let fault = match shade {
            Shade::NotPositive(place) => {
                let child = self.children.get(*place).map_or("", |&child| &cells.set.nodes()[child].code);
                Fault::warning(
                    "weighting.not_positive",
                    format!("“{code}”的下级“{child}”得分不为正，无法取得规定的占比，该节点无得分"),
                    format!("the score of '{child}' is not positive and cannot have its share, so '{code}' has no score"),
                )
                .hint("把占比下限改为 0，或使下级得分为正", "let the least share be 0, or keep the scores above 0")
            }
            Shade::Shares => Fault::warning(
                "weighting.shares_infeasible",
                format!("“{code}”现有得分的下级过少，占比不可能都在规定范围内，该节点无得分"),
                format!("too few children of '{code}' have a score to share it within the bounds, so it has none"),
            )
            .hint("放宽 shares，或为缺失的下级规定填补", "widen the shares, or fill the missing children"),
            Shade::Unsolved => Fault::warning(
                "weighting.unsolved",
                format!("“{code}”的线性规划没有求得解，该节点无得分"),
                format!("the linear programme of '{code}' was not solved, so it has no score"),
            )
            .hint("检查下级得分的量级是否悬殊", "see whether the scores of the children differ by many orders of magnitude"),
        };
        Some(cells.located(fault, code, row))
    }
}

impl Step<'_> {
    /// The scores of a node under benefit of the doubt in the place of the mean that was made, where one was; any other
    /// node's mean as it is.
    pub(super) fn in_best_light(
        &self,
        node: NodeIndex,
        mean: Float64Chunked,
        tree: &mut Tree,
        warnings: &mut Vec<Fault>,
    ) -> Result<Float64Chunked> {
        let Some(frontier) = self.inputs.weighed.frontier(self.inputs.at, node) else { return Ok(mean) };
        let set = self.inputs.set;
        let NodeKind::Inner { aggregation, .. } = &set.nodes()[node].kind else { return Ok(mean) };
        let children: Vec<NodeIndex> = counted_children(set, &set.nodes()[node]).collect();
        let terms = children.iter().map(|&child| Child::of(self, child, aggregation, tree).term.value.cast(DataType::Float64));
        let terms = terms.enumerate().map(|(place, term)| term.alias(format!("entered {place}"))).collect();
        let columns = plan::numbers(self.frame(&[node], tree)?, terms)?;
        let entered: Vec<Vec<Option<f64>>> =
            (0..self.height()).map(|row| columns.iter().map(|column| column.get(row)).collect()).collect();
        // A city that misses nothing is the same in every scenario.
        let known = self.actual.and_then(|actual| actual.lights.get(&node));
        let lights = in_parallel(None, entered.len(), |row| {
            let same = known.filter(|known| known.entered[row] == entered[row]);
            Ok(same.map_or_else(|| frontier.light(&entered[row], set.full_mark()), |known| known.lights[row].clone()))
        })?;
        let lights = Lights { entered, lights, children };
        let scores: Float64Chunked = mean.iter().enumerate().map(|(row, mean)| mean.and_then(|_| lights.score(row))).collect();
        let cells = Cells::new(set, self.inputs.observations, self.inputs.at);
        let without = mean.iter().enumerate().filter(|(row, mean)| mean.is_some() && scores.get(*row).is_none());
        warnings.extend(without.filter_map(|(row, _)| lights.warning(&cells, node, row)));
        tree.largest[node] = set.full_mark();
        tree.bounds[node] = set.full_mark() * EPSILON;
        tree.lights.insert(node, lights);
        Ok(scores)
    }
}

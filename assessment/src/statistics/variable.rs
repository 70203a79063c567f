//! A column of numbers as statistics read it, and the pairs of two of them.

use polars::prelude::Float64Chunked;

/// Numbers, a row per city; some may be missing.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    /// 0 where there is none.
    values: Vec<f64>,
    /// Where there is a number; `None` where there is one everywhere.
    present: Option<Vec<bool>>,
    /// The rows with a number, by rising number.
    order: Vec<u32>,
}

/// Two columns over the rows in which both have a number.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
}

impl Variable {
    pub(super) fn new(column: &Float64Chunked) -> Self {
        let values: Vec<f64> = column.iter().map(|value| value.unwrap_or(0.0)).collect();
        let present = (column.null_count() > 0).then(|| column.iter().map(|value| value.is_some()).collect::<Vec<bool>>());
        let rows = 0..values.len() as u32;
        let has = |row: &u32| present.as_ref().is_none_or(|present| present[*row as usize]);
        let mut order: Vec<u32> = rows.filter(has).collect();
        order.sort_by(|&one, &other| values[one as usize].total_cmp(&values[other as usize]));
        Self { values, present, order }
    }

    pub(super) fn has(&self, row: usize) -> bool {
        self.present.as_ref().is_none_or(|present| present[row])
    }

    pub(super) fn get(&self, row: usize) -> Option<f64> {
        self.has(row).then(|| self.values[row])
    }

    /// The numbers, rising.
    pub(super) fn sorted(&self) -> Vec<f64> {
        self.order.iter().map(|&row| self.values[row as usize]).collect()
    }

    /// How many rows have a number.
    pub(super) fn count(&self) -> usize {
        self.order.len()
    }

    /// Whether no two numbers differ.
    pub(super) fn is_constant(&self) -> bool {
        let end = |row: Option<&u32>| row.map(|&row| self.values[row as usize]);
        end(self.order.first()) == end(self.order.last())
    }

    /// The numbers of both over the rows in which both have one, in the order of the rows.
    pub(super) fn pairs(&self, other: &Self, pairs: &mut Pairs) {
        pairs.x.clear();
        pairs.y.clear();
        if self.present.is_none() && other.present.is_none() {
            pairs.x.extend_from_slice(&self.values);
            pairs.y.extend_from_slice(&other.values);
            return;
        }
        for row in (0..self.values.len()).filter(|&row| self.has(row) && other.has(row)) {
            pairs.x.push(self.values[row]);
            pairs.y.push(other.values[row]);
        }
    }

    /// The mean ranks of both over the rows in which both have a number. Each column is ordered once, not once per pair.
    pub(super) fn rank_pairs(&self, other: &Self, pairs: &mut Pairs) {
        let (x, y) = (self.ranks_beside(other), other.ranks_beside(self));
        pairs.x.clear();
        pairs.y.clear();
        for row in (0..self.values.len()).filter(|&row| self.has(row) && other.has(row)) {
            pairs.x.push(x[row]);
            pairs.y.push(y[row]);
        }
    }

    /// The mean ranks of the numbers beside which the other column has one, by row.
    fn ranks_beside(&self, other: &Self) -> Vec<f64> {
        let mut ranks = vec![0.0; self.values.len()];
        let rows: Vec<u32> = self.order.iter().copied().filter(|&row| other.has(row as usize)).collect();
        let mut before = 0;
        for tied in rows.chunk_by(|&one, &other| self.values[one as usize] == self.values[other as usize]) {
            let rank = (2 * before + tied.len() + 1) as f64 / 2.0;
            tied.iter().for_each(|&row| ranks[row as usize] = rank);
            before += tied.len();
        }
        ranks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_a_pair_are_those_of_what_both_have() {
        let (x, y) = ([Some(5.0), None, Some(1.0), Some(5.0), Some(9.0)], [Some(2.0), Some(1.0), Some(2.0), Some(7.0), None]);
        let [one, other] = [x, y].map(|column| Variable::new(&column.into_iter().collect()));
        let (mut plain, mut ranked) = (Pairs::default(), Pairs::default());
        one.pairs(&other, &mut plain);
        one.rank_pairs(&other, &mut ranked);
        assert_eq!((plain.x.as_slice(), plain.y.as_slice()), (&[5.0, 1.0, 5.0][..], &[2.0, 2.0, 7.0][..]));
        assert_eq!((ranked.x, ranked.y), (vec![2.5, 1.0, 2.5], vec![1.5, 1.5, 3.0]));
    }
}

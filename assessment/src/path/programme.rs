//! A linear or mixed-integer programme: columns between limits, rows that bound sums of them, an objective to be made small.

use std::collections::BTreeMap;

use good_lp::{Expression, ProblemVariables, ResolutionError, Solution, SolverModel, Variable, constraint, microlp, variable};

/// A constant and multiples of columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Affine {
    pub constant: f64,
    pub terms: BTreeMap<usize, f64>,
}

impl Affine {
    pub(super) fn constant(constant: f64) -> Self {
        Self { constant, terms: BTreeMap::new() }
    }

    pub(super) fn column(column: usize) -> Self {
        Self { constant: 0.0, terms: BTreeMap::from([(column, 1.0)]) }
    }

    /// Adds a multiple of another.
    pub(super) fn add(&mut self, factor: f64, other: &Self) {
        self.constant += factor * other.constant;
        for (&column, coefficient) in &other.terms {
            *self.terms.entry(column).or_default() += factor * coefficient;
        }
    }

    pub(super) fn is_constant(&self) -> bool {
        self.terms.values().all(|coefficient| *coefficient == 0.0)
    }

    pub(super) fn at(&self, values: &[f64]) -> f64 {
        self.constant + self.terms.iter().map(|(&column, coefficient)| coefficient * values[column]).sum::<f64>()
    }
}

/// A column.
#[derive(Debug, Clone, Copy)]
struct Column {
    low: f64,
    high: f64,
    is_whole: bool,
}

/// The programme.
#[derive(Debug, Clone, Default)]
pub(super) struct Programme {
    columns: Vec<Column>,
    /// Sums that are at least 0.
    rows: Vec<Affine>,
}

/// Why a programme has no solution.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Unsolved {
    /// No point keeps all rows.
    Infeasible,
    /// The solver failed.
    Failed(String),
}

impl Programme {
    /// A column between two limits.
    pub(super) fn column(&mut self, low: f64, high: f64) -> usize {
        self.columns.push(Column { low, high, is_whole: false });
        self.columns.len() - 1
    }

    /// A column that is 0 or 1.
    pub(super) fn choice(&mut self) -> usize {
        self.columns.push(Column { low: 0.0, high: 1.0, is_whole: true });
        self.columns.len() - 1
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Demands that a sum is at least 0; gives the place of the demand.
    pub(super) fn demand(&mut self, sum: Affine) -> usize {
        self.rows.push(sum);
        self.rows.len() - 1
    }

    /// The sums that are at least 0, in the order of their places.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Affine> {
        self.rows.iter()
    }

    /// Takes back a demand.
    pub(super) fn release(&mut self, place: usize) {
        self.rows[place] = Affine::default();
    }

    /// Whether some column has to be whole.
    pub(super) fn chooses(&self) -> bool {
        self.columns.iter().any(|column| column.is_whole && column.low < column.high)
    }

    /// The values of the columns that make the objective least. With whole columns, the programme is solved again with those as
    /// they were found, so that what is left is a corner of a linear programme.
    pub(super) fn least(&self, objective: &Affine) -> Result<Vec<f64>, Unsolved> {
        let found = self.solved(objective)?;
        if !self.chooses() {
            return Ok(found);
        }
        let mut settled = self.clone();
        for (column, value) in settled.columns.iter_mut().zip(&found).filter(|(column, _)| column.is_whole) {
            let whole = value.round().clamp(column.low, column.high);
            *column = Column { low: whole, high: whole, is_whole: false };
        }
        settled.solved(objective)
    }

    fn solved(&self, objective: &Affine) -> Result<Vec<f64>, Unsolved> {
        let mut problem = ProblemVariables::new();
        let columns: Vec<Variable> = self
            .columns
            .iter()
            .map(|column| {
                let described = variable().min(column.low).max(column.high);
                problem.add(if column.is_whole { described.integer() } else { described })
            })
            .collect();
        let expression = |affine: &Affine| -> Expression {
            let terms = affine.terms.iter().filter(|(_, coefficient)| **coefficient != 0.0);
            terms.map(|(&column, &coefficient)| coefficient * columns[column]).sum()
        };
        let mut model = problem.minimise(expression(objective)).using(microlp);
        for row in &self.rows {
            // Rows of a like size are kept with a like precision.
            let largest = row.terms.values().fold(0.0_f64, |largest, coefficient| largest.max(coefficient.abs()));
            if largest == 0.0 {
                if row.constant < 0.0 {
                    return Err(Unsolved::Infeasible);
                }
                continue;
            }
            let mut scaled = Affine::default();
            scaled.add(1.0 / largest, row);
            let least = -scaled.constant;
            model.add_constraint(constraint!(expression(&scaled) >= least));
        }
        let solution = model.solve().map_err(|error| match error {
            ResolutionError::Infeasible => Unsolved::Infeasible,
            other => Unsolved::Failed(other.to_string()),
        })?;
        Ok(columns
            .iter()
            .zip(&self.columns)
            .map(|(&variable, column)| solution.value(variable).clamp(column.low, column.high))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_a_programme_with_and_without_choices() {
        let mut programme = Programme::default();
        let (x, y) = (programme.column(0.0, 4.0), programme.column(0.0, 4.0));
        let mut row = Affine::constant(-5.0);
        row.add(1.0, &Affine::column(x));
        row.add(2.0, &Affine::column(y));
        programme.demand(row);
        let mut objective = Affine::default();
        objective.add(1.0, &Affine::column(x));
        objective.add(3.0, &Affine::column(y));
        // A unit of x costs 1, of y 1.5.
        assert_eq!(programme.least(&objective).expect("it can be kept"), [4.0, 0.5]);
        let whole = programme.choice();
        let mut row = Affine::constant(-4.0);
        row.add(1.0, &Affine::column(x));
        row.add(4.0, &Affine::column(whole));
        programme.demand(row);
        objective.add(2.0, &Affine::column(whole));
        assert_eq!(programme.least(&objective).expect("it can be kept"), [4.0, 0.5, 0.0]);
        programme.demand(Affine::constant(-1.0));
        assert_eq!(programme.least(&objective), Err(Unsolved::Infeasible));
    }
}

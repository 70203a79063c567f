//! Shapley values of the factors of a change.
//!
//! The part of a factor is the mean, over all orders in which the factors can be swapped one at a time, of what its own
//! swap changes. Every order adds up to the whole change, and so does the mean.
//!
//! Sources: L. S. Shapley, A value for n-person games, 1953; J. X. Sun, Changes in energy consumption and energy
//! intensity: a complete decomposition model, Energy Economics 20, 1998.

use dashu_ratio::RBig;

/// A set of factors that have been swapped: bit `i` is factor `i`.
pub(super) type Swapped = usize;

/// The parts of `factors` factors. `value` is the score after some have been swapped; where it has none, the orders that
/// pass through that state are left out. `None` where no order is left.
pub(super) fn parts(factors: usize, value: impl Fn(Swapped) -> Option<RBig>) -> Option<Vec<RBig>> {
    let values: Vec<Option<RBig>> = (0..1 << factors).map(value).collect();
    let mut sums = vec![RBig::ZERO; factors];
    let mut orders = 0u32;
    each_order(factors, &mut Vec::new(), &mut |order| {
        let mut swapped: Swapped = 0;
        let mut steps = Vec::with_capacity(factors);
        for &factor in order {
            let next = swapped | (1 << factor);
            let (Some(before), Some(after)) = (&values[swapped], &values[next]) else { return };
            steps.push((factor, after - before));
            swapped = next;
        }
        orders += 1;
        for (factor, step) in steps {
            sums[factor] = &sums[factor] + step;
        }
    });
    (orders > 0).then(|| sums.into_iter().map(|sum| sum / RBig::from(orders)).collect())
}

fn each_order(factors: usize, begun: &mut Vec<usize>, take: &mut impl FnMut(&[usize])) {
    if begun.len() == factors {
        return take(begun);
    }
    for factor in 0..factors {
        if !begun.contains(&factor) {
            begun.push(factor);
            each_order(factors, begun, take);
            begun.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(number: i64) -> RBig {
        RBig::from(number)
    }

    #[test]
    fn a_product_of_two_factors_shares_its_joint_effect_equally() {
        // 2 x 3 = 6 becomes 5 x 7 = 35: (5 - 2)(3 + 7)/2 = 15 and (7 - 3)(2 + 5)/2 = 14, as in Sun's model.
        let value = |swapped: Swapped| Some(whole([2, 5][swapped & 1] * [3, 7][swapped >> 1]));
        assert_eq!(parts(2, value), Some(vec![whole(15), whole(14)]));
    }

    #[test]
    fn orders_that_pass_through_a_state_without_a_score_are_left_out() {
        let value = |swapped: Swapped| [Some(whole(1)), None, Some(whole(4)), Some(whole(9))][swapped].clone();
        assert_eq!(parts(2, value), Some(vec![whole(5), whole(3)]));
        let none = |swapped: Swapped| [Some(whole(1)), None, None, Some(whole(9))][swapped].clone();
        assert_eq!(parts(2, none), None);
        assert_eq!(parts(0, |_| Some(whole(1))), Some(Vec::new()));
    }
}

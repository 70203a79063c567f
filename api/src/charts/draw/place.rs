//! Room for labels: boxes that must not overlap, and places along a line that keep their distance.

/// An upright box that something takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    /// A box around a point.
    pub fn around((x, y): (f64, f64), half_width: f64, half_height: f64) -> Self {
        Self { left: x - half_width, top: y - half_height, right: x + half_width, bottom: y + half_height }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn holds(&self, other: &Self) -> bool {
        self.left <= other.left && self.right >= other.right && self.top <= other.top && self.bottom >= other.bottom
    }

    pub fn middle(self) -> (f64, f64) {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }
}

/// What is taken within a plot.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    within: Area,
    boxes: Vec<Area>,
}

impl Taken {
    pub fn new(within: Area) -> Self {
        Self { within, boxes: Vec::new() }
    }

    pub fn take(&mut self, area: Area) {
        self.boxes.push(area);
    }

    /// Takes the first of the places that is free.
    pub fn first_free(&mut self, candidates: impl IntoIterator<Item = Area>) -> Option<Area> {
        let found = candidates.into_iter().find(|area| self.within.holds(area) && !self.boxes.iter().any(|it| it.meets(area)))?;
        self.boxes.push(found);
        Some(found)
    }

    /// Takes a box of that size beside a mark: right, left, above, below, then the corners, then further out.
    pub fn beside(&mut self, (x, y): (f64, f64), radius: f64, width: f64, height: f64) -> Option<Area> {
        let (half_width, half_height) = (width / 2.0, height / 2.0);
        let candidates = [1.0, 2.2, 3.6].into_iter().flat_map(move |far| {
            let (dx, dy) = (radius * far + half_width, radius * far + half_height);
            [(dx, 0.0), (-dx, 0.0), (0.0, -dy), (0.0, dy), (dx, -dy), (-dx, -dy), (dx, dy), (-dx, dy)]
                .map(|(dx, dy)| Area::around((x + dx, y + dy), half_width, half_height))
        });
        self.first_free(candidates)
    }
}

/// Moves places apart until neighbours are `gap` from one another, as little as that needs and within the bounds.
/// The order is kept; `None` when there are too many of them.
///
/// With the n-th place moved back by n gaps, "a gap apart" becomes "not decreasing": the nearest such sequence is found by
/// pooling neighbours that are out of order (R. E. Barlow and others, *Statistical Inference under Order Restrictions*,
/// 1972, section 1.2).
pub(super) fn spread(wanted: &[f64], gap: f64, from: f64, to: f64) -> Option<Vec<f64>> {
    let room = to - from - gap * wanted.len().saturating_sub(1) as f64;
    if room < -1e-9 {
        return wanted.is_empty().then(Vec::new);
    }
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]).then(a.cmp(&b)));
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, &place) in order.iter().enumerate() {
        pools.push((wanted[place] - gap * rank as f64, 1));
        while let [.., (above, many), (below, few)] = pools[..] {
            if below >= above {
                break;
            }
            pools.truncate(pools.len() - 2);
            pools.push(((above * many as f64 + below * few as f64) / (many + few) as f64, many + few));
        }
    }
    let pooled = pools.into_iter().flat_map(|(mean, many)| std::iter::repeat_n(mean.clamp(from, from + room.max(0.0)), many));
    let mut placed = vec![0.0; wanted.len()];
    for ((rank, place), mean) in order.into_iter().enumerate().zip(pooled) {
        placed[place] = mean + gap * rank as f64;
    }
    Some(placed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_keep_their_distance_order_and_bounds() {
        let placed = spread(&[10.0, 10.0, 11.0, 90.0, 99.0], 15.0, 0.0, 100.0).expect("there is room");
        assert!(placed.windows(2).all(|two| two[1] - two[0] >= 15.0 - 1e-6), "{placed:?}");
        assert!(placed[0] >= 0.0 && placed[4] <= 100.0);
        assert_eq!(spread(&[5.0, 80.0], 10.0, 0.0, 100.0), Some(vec![5.0, 80.0]), "what has room stays");
    }

    #[test]
    fn too_many_places_are_refused() {
        assert_eq!(spread(&[1.0; 12], 10.0, 0.0, 100.0), None);
        assert_eq!(spread(&[], 10.0, 0.0, 100.0), Some(Vec::new()));
    }

    #[test]
    fn a_label_goes_where_nothing_lies_and_nowhere_else() {
        let mut taken = Taken::new(Area { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 });
        let first = taken.beside((50.0, 50.0), 5.0, 20.0, 10.0).expect("there is room");
        let second = taken.beside((50.0, 50.0), 5.0, 20.0, 10.0).expect("there is room");
        assert!(!first.meets(&second));
        assert_eq!(taken.beside((50.0, 50.0), 5.0, 200.0, 10.0), None);
    }
}

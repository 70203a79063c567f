//! The geometry of a segment of a ring.

use std::f64::consts::{PI, TAU};

use super::super::number::N;

/// A segment of a ring; angles run clockwise from the top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sector {
    pub centre: (f64, f64),
    pub from: f64,
    pub to: f64,
    pub inner: f64,
    pub outer: f64,
    /// 0 for the innermost ring.
    pub depth: usize,
}

impl Sector {
    fn point(&self, angle: f64, radius: f64) -> (f64, f64) {
        (self.centre.0 + radius * angle.sin(), self.centre.1 - radius * angle.cos())
    }

    /// The outline. A full circle is drawn in two halves, for an arc cannot end where it begins.
    pub fn path(&self) -> String {
        if self.to - self.from > TAU - 1e-4 {
            let ring = |radius: f64, turn: u8| {
                let (top, bottom) = (self.point(0.0, radius), self.point(PI, radius));
                let arc = |to: (f64, f64)| format!("A{r} {r} 0 1 {turn} {} {}", N(to.0), N(to.1), r = N(radius));
                format!("M{} {}{}{}Z", N(top.0), N(top.1), arc(bottom), arc(top))
            };
            return ring(self.outer, 1) + &ring(self.inner, 0);
        }
        let large = u8::from(self.to - self.from > PI);
        let [a, b, c, d] = [
            self.point(self.from, self.outer),
            self.point(self.to, self.outer),
            self.point(self.to, self.inner),
            self.point(self.from, self.inner),
        ];
        format!(
            "M{} {}A{outer} {outer} 0 {large} 1 {} {}L{} {}A{inner} {inner} 0 {large} 0 {} {}Z",
            N(a.0),
            N(a.1),
            N(b.0),
            N(b.1),
            N(c.0),
            N(c.1),
            N(d.0),
            N(d.1),
            outer = N(self.outer),
            inner = N(self.inner),
        )
    }

    /// The width of the line that parts it from its neighbours: thin where the segments are.
    pub fn rim(&self) -> f64 {
        ((self.to - self.from) * self.inner * 0.15).clamp(0.1, 1.0)
    }

    /// Where a label is centred.
    pub fn middle(&self) -> (f64, f64) {
        self.point((self.from + self.to) / 2.0, (self.inner + self.outer) / 2.0)
    }

    /// The widest upright box of that height around the middle that stays within the segment.
    pub fn room(&self, height: f64) -> f64 {
        let (mut fits, mut too_wide) = (0.0, 2.0 * self.outer);
        if !self.holds(0.0, height) {
            return 0.0;
        }
        while too_wide - fits > 0.5 {
            let width = (fits + too_wide) / 2.0;
            if self.holds(width, height) { fits = width } else { too_wide = width }
        }
        (fits - 4.0).max(0.0)
    }

    /// Whether a box around the middle lies within the segment: its rim is followed in small steps.
    fn holds(&self, width: f64, height: f64) -> bool {
        let (x, y) = self.middle();
        const STEPS: usize = 8;
        (0..=STEPS).all(|step| {
            let part = step as f64 / STEPS as f64 - 0.5;
            [
                (part * width, height / 2.0),
                (part * width, -height / 2.0),
                (width / 2.0, part * height),
                (-width / 2.0, part * height),
            ]
            .into_iter()
            .all(|(dx, dy)| self.contains((x + dx, y + dy)))
        })
    }

    fn contains(&self, (x, y): (f64, f64)) -> bool {
        let (dx, dy) = (x - self.centre.0, self.centre.1 - y);
        let radius = dx.hypot(dy);
        let angle = dx.atan2(dy).rem_euclid(TAU);
        let is_within = self.to - self.from > TAU - 1e-4 || (self.from..=self.to).contains(&angle);
        is_within && (self.inner..=self.outer).contains(&radius)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_room_in_a_quarter_and_none_in_a_sliver() {
        let sector = |to| Sector { centre: (0.0, 0.0), from: 0.0, to, inner: 50.0, outer: 100.0, depth: 0 };
        assert!(sector(TAU / 4.0).room(12.0) > 30.0);
        assert_eq!(sector(0.01).room(12.0), 0.0);
    }

    #[test]
    fn a_full_circle_is_drawn() {
        let ring = Sector { centre: (0.0, 0.0), from: 0.0, to: TAU, inner: 50.0, outer: 100.0, depth: 0 };
        assert_eq!(ring.path().matches('A').count(), 4);
    }
}

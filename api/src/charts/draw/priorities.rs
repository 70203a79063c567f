//! What to do first: how far behind, how much it counts, how hard it is.

mod plot;

use maud::{Markup, html};

use super::Style;
use super::legend::Entry;
use super::number::{finite, short};
use super::page::Page;
use super::palette::Palette;
use super::shapes::Shape;
use plot::{ALONE, BESIDE, BOTTOM, Plot};

/// The width of the picture with a list beside it.
const PAGE: f64 = 960.0;

/// Nodes by their gap and their share.
#[derive(Debug, Clone, PartialEq)]
pub struct Priorities {
    /// What it is about.
    pub title: String,
    /// The nodes, in any order.
    pub items: Vec<Priority>,
}

/// One node.
#[derive(Debug, Clone, PartialEq)]
pub struct Priority {
    /// Its title.
    pub title: String,
    /// How far its score is behind.
    pub gap: f64,
    /// Its share of the whole, from 0 to 1.
    pub share: f64,
    /// The points of the total that are lost: gap times share.
    pub points: f64,
    /// How hard closing the gap is.
    pub difficulty: Difficulty,
}

/// How hard closing a gap is, by what the city and its peers have done before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difficulty {
    /// There is no gap.
    Reached,
    /// The city's own rate is enough.
    OnTrack,
    /// A rate that a quarter of the peers reach.
    Attainable,
    /// A rate that a tenth of the peers reach.
    Stretch,
    /// Fewer than a tenth of the peers have moved that fast.
    Unprecedented,
    /// Too few histories to tell.
    NoEvidence,
}

impl Difficulty {
    const ALL: [Self; 6] = [Self::Reached, Self::OnTrack, Self::Attainable, Self::Stretch, Self::Unprecedented, Self::NoEvidence];

    fn title(self, style: Style) -> &'static str {
        match self {
            Self::Reached => style.say("已达到", "reached"),
            Self::OnTrack => style.say("按现有速度可达", "on track"),
            Self::Attainable => style.say("可达", "attainable"),
            Self::Stretch => style.say("有挑战", "stretch"),
            Self::Unprecedented => style.say("尚无先例", "unprecedented"),
            Self::NoEvidence => style.say("缺少依据", "no evidence"),
        }
    }

    fn look(self, palette: &'static Palette) -> (Shape, &'static str) {
        match self {
            Self::Reached => (Shape::Cross, palette.series[6]),
            Self::OnTrack => (Shape::Circle, palette.series[0]),
            Self::Attainable => (Shape::Square, palette.series[2]),
            Self::Stretch => (Shape::Triangle, palette.series[4]),
            Self::Unprecedented => (Shape::Diamond, palette.series[1]),
            Self::NoEvidence => (Shape::Ring, palette.edge),
        }
    }
}

impl Priorities {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let palette = style.palette();
        let note = style.say(
            "横轴为差距，纵轴为占比；虚线上各点所失的总分分值相同",
            "Gap against share; along a dashed line the same points of the total are lost",
        );
        let mut page = Page::new("priorities", &self.title, note, style);
        if self.items.is_empty() {
            return page.empty(style, style.say("没有可显示的差距", "There are no gaps to show"));
        }
        for difficulty in Difficulty::ALL.into_iter().filter(|it| self.items.iter().any(|item| item.difficulty == *it)) {
            let (shape, colour) = difficulty.look(palette);
            page.legend.push(Entry::marker(shape, colour, style, difficulty.title(style)));
        }
        // The most points first; equal ones as given.
        let mut order: Vec<&Priority> = self.items.iter().collect();
        order.sort_by(|one, other| finite(other.points).total_cmp(&finite(one.points)));
        let alone = Plot::new(self, ALONE);
        if let Some(marks) = alone.named(&order, style) {
            return page.document(style, BOTTOM + 48.0, marks);
        }
        let plot = Plot::new(self, BESIDE);
        let mut taken = plot.taken(&order);
        let lines = plot.lines_of_equal_points(&order, &mut taken, style);
        let (labels, list, list_height) = plot.numbers(&order, taken, &mut page, style);
        let page = page.wide(PAGE);
        page.document(
            style,
            (BOTTOM + 48.0).max(list_height),
            html! {
                (plot.axes(style))
                (lines)
                @for item in order.iter().rev() { (plot.mark(item, style)) }
                (labels)
                (list)
            },
        )
    }
}

fn lost(item: &Priority, style: Style) -> String {
    style.say(format!("失 {} 分", short(item.points)), format!("{} points lost", short(item.points)))
}

//! A chart that is ready to be given out, as a picture or as its numbers.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::{HttpRequest, HttpResponse};
use citygauge_indicators::Language;
use maud::Markup;
use serde::Deserialize;
use utoipa::ToSchema;

use super::draw::{self, Style};
use crate::answer::{Tag, is_known};
use crate::error::Failure;
use crate::export::{Cell, Column, Table};
use crate::negotiate::{ChartForm, ChartFormat, chart_form};
use crate::state::State;
use crate::tables::Prepared;
use crate::tables::answer::not_modified;

/// The media type of a picture.
const SVG: &str = "image/svg+xml; charset=utf-8";

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Dark on white, for paper and light pages.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// The language of the words of a chart, where it is not the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

impl From<Words> for Language {
    fn from(words: Words) -> Self {
        match words {
            Words::Zh => Self::Zh,
            Words::En => Self::En,
        }
    }
}

/// A whole number as a cell.
pub(super) fn whole(number: u64) -> Cell<'static> {
    i64::try_from(number).ok().into()
}

/// How a chart is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    /// The language of its words.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// The picture, or its numbers.
    pub form: ChartForm,
}

/// What a request says of the looks of a chart.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish {
    /// `lang`; that of the caller unless given.
    pub lang: Option<Words>,
    /// `theme`; light unless given.
    pub theme: Option<Theme>,
    /// `format`; as `Accept` says unless given.
    pub format: Option<ChartFormat>,
    /// `bom`; none unless given.
    pub bom: Option<bool>,
}

impl Looks {
    /// How a request wants a chart; `language` is that of the caller.
    pub fn of(request: &HttpRequest, wish: Wish, language: Language) -> Result<Self, Failure> {
        let Wish { lang, theme, format, bom } = wish;
        let form = chart_form(request, format, bom)?;
        Ok(Self { language: lang.map_or(language, Language::from), theme: theme.unwrap_or_default(), form })
    }

    /// How it is drawn.
    fn style(self) -> Style {
        let theme = match self.theme {
            Theme::Light => draw::Theme::Light,
            Theme::Dark => draw::Theme::Dark,
        };
        Style { language: self.language, theme }
    }
}

type Draw = Box<dyn FnOnce(Style) -> Markup + Send>;

/// A chart: what draws it, and its numbers.
pub struct Chart {
    name: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell<'static>>>,
    draw: Draw,
}

impl Chart {
    /// A chart with its numbers. `name` is that of its file, without extension and in ASCII.
    pub fn new(
        name: impl Into<String>,
        (columns, rows): (Vec<Column>, Vec<Vec<Cell<'static>>>),
        draw: impl FnOnce(Style) -> Markup + Send + 'static,
    ) -> Self {
        Self { name: name.into(), columns, rows, draw: Box::new(draw) }
    }

    /// The picture, a document of its own.
    #[must_use]
    pub fn svg(self, style: Style) -> String {
        (self.draw)(style).into_string()
    }

    /// Its numbers.
    pub fn table(self, language: Language) -> Result<Prepared, Failure> {
        let held = (self.columns, self.rows);
        Ok(Prepared::at_hand(self.name, language, held, |(columns, rows)| Table::new("chart", columns.clone(), rows.clone()))?)
    }

    /// The answer to whoever asked for it in this form.
    pub async fn answer(self, state: &State, looks: Looks, request: &HttpRequest) -> Result<HttpResponse, Failure> {
        if let ChartForm::Table(form) = looks.form {
            return self.table(looks.language)?.answer(state, form, request).await;
        }
        let name = self.name.clone();
        let svg = state.engine(move || self.svg(looks.style())).await?;
        let tag = Tag::of_bytes(svg.as_bytes());
        if is_known(&tag, request) {
            return Ok(not_modified(&tag));
        }
        Ok(HttpResponse::Ok()
            .insert_header((ETAG, tag.as_str()))
            .insert_header((CONTENT_TYPE, SVG))
            .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{name}.svg\"")))
            .body(svg))
    }
}

impl std::fmt::Debug for Chart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chart").field("name", &self.name).field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

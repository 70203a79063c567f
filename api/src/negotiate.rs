//! In which form an answer leaves: by `?format=`, else by `Accept`.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT;
use citygauge_indicators::Fault;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::Failure;
use crate::export::Format;

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Its format.
    pub format: Format,
    /// Whether CSV begins with a byte order mark.
    pub bom: bool,
}

impl Form {
    /// Whether it is the document, or a page, that programs read: all else is the whole table as a file.
    pub fn is_document(self) -> bool {
        self.format == Format::Json
    }
}

macro_rules! formats {
    ($($(#[$about:meta])* $name:ident { $($(#[$each:meta])* $variant:ident,)+ })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$each])* $variant,)+ }

        impl From<$name> for Format {
            fn from(format: $name) -> Self {
                match format { $($name::$variant => formats!(@ $variant),)+ }
            }
        }

        impl Offered for $name {
            const FORMATS: &'static [Format] = &[$(formats!(@ $variant)),+];
        }
    )+};
    (@ Ndjson) => { Format::NdJson };
    (@ $variant:ident) => { Format::$variant };
}

/// The words of `format=` of an operation, and with them all that it offers; the first is for whoever has no wish.
pub trait Offered: Into<Format> {
    /// What is offered.
    const FORMATS: &'static [Format];
}

formats! {
    /// The forms of a table.
    TableFormat {
        /// The document, or a page of it.
        Json,
        /// All of it as CSV.
        Csv,
        /// All of it, a JSON object per line.
        Ndjson,
        /// All of it as an Arrow IPC file.
        Arrow,
        /// All of it as Parquet.
        Parquet,
        /// All of it as a workbook.
        Xlsx,
    }

    /// The forms of data: those of a table, and those that come with a structure.
    DataFormat {
        /// A page.
        Json,
        /// All of them as CSV.
        Csv,
        /// All of them, a JSON object per line.
        Ndjson,
        /// All of them as an Arrow IPC file.
        Arrow,
        /// All of them as Parquet.
        Parquet,
        /// All of them as a workbook.
        Xlsx,
        /// All of them as SDMX-CSV 2.0.
        SdmxCsv,
        /// All of them as SDMX-JSON 2.0.
        SdmxJson,
        /// Those that have a value as NGSI-LD entities of the type KeyPerformanceIndicator.
        NgsiLd,
    }

    /// The forms of a document that is also given out as a workbook.
    DocumentFormat {
        /// The document.
        Json,
        /// A workbook.
        Xlsx,
    }
}

/// The form that is wanted of an operation; `asked` is what `?format=` names, `bom` what `?bom=` says.
pub fn form<F: Offered>(request: &HttpRequest, asked: Option<F>, bom: Option<bool>) -> Result<Form, Failure> {
    with_mark(wanted(request, asked.map(Into::into), F::FORMATS)?, bom)
}

/// The forms of a chart: the picture, and its numbers as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartFormat {
    /// The picture.
    Svg,
    /// Its numbers as CSV.
    Csv,
    /// Its numbers as JSON.
    Json,
    /// Its numbers, a JSON object per line.
    Ndjson,
    /// Its numbers as an Arrow IPC file.
    Arrow,
    /// Its numbers as Parquet.
    Parquet,
    /// Its numbers as a workbook.
    Xlsx,
}

/// In which form a chart is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartForm {
    /// The picture.
    Svg,
    /// Its numbers.
    Table(Form),
}

/// A picture, or a format of its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Svg,
    Table(Format),
}

impl Shape {
    const ALL: [Self; 7] = [
        Self::Svg,
        Self::Table(Format::Csv),
        Self::Table(Format::Json),
        Self::Table(Format::NdJson),
        Self::Table(Format::Arrow),
        Self::Table(Format::Parquet),
        Self::Table(Format::Xlsx),
    ];
}

impl From<ChartFormat> for Shape {
    fn from(format: ChartFormat) -> Self {
        match format {
            ChartFormat::Svg => Self::Svg,
            ChartFormat::Csv => Self::Table(Format::Csv),
            ChartFormat::Json => Self::Table(Format::Json),
            ChartFormat::Ndjson => Self::Table(Format::NdJson),
            ChartFormat::Arrow => Self::Table(Format::Arrow),
            ChartFormat::Parquet => Self::Table(Format::Parquet),
            ChartFormat::Xlsx => Self::Table(Format::Xlsx),
        }
    }
}

impl Media for Shape {
    fn media_type(&self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Table(format) => format.media_type(),
        }
    }

    fn is_named_by(&self, range: &str) -> bool {
        match self {
            Self::Svg => range.split(';').next() == Some("image/svg+xml"),
            Self::Table(format) => format.is_named_by(range),
        }
    }
}

/// The form that is wanted of a chart; the picture for whoever has no wish.
pub fn chart_form(request: &HttpRequest, asked: Option<ChartFormat>, bom: Option<bool>) -> Result<ChartForm, Failure> {
    match wanted(request, asked.map(Shape::from), &Shape::ALL)? {
        Shape::Table(format) => with_mark(format, bom).map(ChartForm::Table),
        Shape::Svg if bom == Some(true) => Err(no_mark("svg")),
        Shape::Svg => Ok(ChartForm::Svg),
    }
}

/// A form that has a media type.
pub trait Media: Copy + PartialEq {
    /// The media type under which it is served.
    fn media_type(&self) -> &'static str;

    /// Whether a media range of `Accept`, in lower case and without blanks, names exactly this form.
    fn is_named_by(&self, range: &str) -> bool;
}

impl Media for Format {
    fn media_type(&self) -> &'static str {
        Self::media_type(*self)
    }

    fn is_named_by(&self, range: &str) -> bool {
        Self::is_named_by(*self, range)
    }
}

/// A format with or without the mark that only CSV has.
pub fn with_mark(format: Format, bom: Option<bool>) -> Result<Form, Failure> {
    let bom = bom.unwrap_or(false);
    if bom && format != Format::Csv {
        return Err(no_mark(format.word()));
    }
    Ok(Form { format, bom })
}

fn no_mark(word: &str) -> Failure {
    Failure::malformed(
        Fault::error("query.bom", format!("{word} 没有字节顺序标记"), format!("{word} has no byte order mark"))
            .value(word)
            .expected("format=csv")
            .hint("bom=true 只用于 CSV，请去掉它或改用 format=csv", "bom=true is for CSV: leave it out, or ask for format=csv"),
    )
}

/// The format the caller wants most among those `offered`, of which the first is for whoever has no wish.
///
/// `asked` is what `?format=` names; it overrules the header ([`liked`]).
pub fn wanted<M: Media>(request: &HttpRequest, asked: Option<M>, offered: &[M]) -> Result<M, Failure> {
    if let Some(format) = asked {
        return if offered.contains(&format) { Ok(format) } else { Err(not_acceptable(offered)) };
    }
    // Several fields are one list (RFC 9110, 5.3).
    let fields: Vec<&str> = request.headers().get_all(ACCEPT).filter_map(|field| field.to_str().ok()).collect();
    if fields.is_empty() {
        return Ok(offered[0]);
    }
    liked(&fields.join(","), offered).ok_or_else(|| not_acceptable(offered))
}

/// The format that a header `Accept` likes most among those `offered`; none where it likes none of them. Public so that tests can try any header.
///
/// Of its ranges the most exact one that fits a format says how much the format is liked (RFC 9110, 12.5.1); of those liked equally the one that
/// is named first is taken.
pub fn liked<M: Media>(accept: &str, offered: &[M]) -> Option<M> {
    let ranges: Vec<Range> = accept.split(',').map(Range::read).collect();
    let mut best: Option<(M, f32, usize)> = None;
    for format in offered {
        let fitting =
            ranges.iter().enumerate().filter_map(|(place, range)| Some((range.exactness(*format)?, place, range.quality)));
        // Of equally exact ranges the first counts.
        let Some((_, place, quality)) = fitting.reduce(|one, other| if other.0 > one.0 { other } else { one }) else { continue };
        let is_better = best.is_none_or(|(_, most, first)| quality > most || (quality == most && place < first));
        if quality > 0.0 && is_better {
            best = Some((*format, quality, place));
        }
    }
    best.map(|(format, ..)| format)
}

/// A media range of `Accept`.
struct Range {
    /// In lower case, without blanks and without `q`.
    text: String,
    quality: f32,
}

impl Range {
    fn read(text: &str) -> Self {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        let (parameters, qualities): (Vec<&str>, Vec<&str>) = text.split(';').partition(|part| !part.starts_with("q="));
        // What is no weight between 0 and 1 likes nothing.
        let weight = |quality: &str| quality.parse().ok().filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(0.0);
        let quality = qualities.first().map_or(1.0, |quality| weight(&quality[2..]));
        Self { text: parameters.join(";"), quality }
    }

    /// How exactly it names a format; `None` where it does not.
    fn exactness(&self, format: impl Media) -> Option<u8> {
        match self.text.as_str() {
            "*/*" => Some(0),
            "text/*" => format.media_type().starts_with("text/").then_some(1),
            "application/*" => format.media_type().starts_with("application/").then_some(1),
            "image/*" => format.media_type().starts_with("image/").then_some(1),
            exact => format.is_named_by(exact).then_some(2),
        }
    }
}

fn not_acceptable(offered: &[impl Media]) -> Failure {
    let offered: Vec<&str> = offered.iter().map(Media::media_type).collect();
    Failure::NotAcceptable { offered: offered.join(", ") }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const OFFERED: [Format; 2] = [Format::Json, Format::Csv];

    fn by(accept: &str) -> Option<Format> {
        of(accept, &OFFERED)
    }

    fn of(accept: &str, offered: &[Format]) -> Option<Format> {
        wanted(&TestRequest::get().insert_header((ACCEPT, accept)).to_http_request(), None, offered).ok()
    }

    #[test]
    fn the_form_that_is_liked_most_is_chosen() {
        assert_eq!(by("text/csv"), Some(Format::Csv));
        assert_eq!(by("text/*, application/json;q=0.5"), Some(Format::Csv));
        assert_eq!(by("*/*"), Some(Format::Json));
        assert_eq!(by("text/html"), None);
        assert_eq!(by("text/csv;q=0"), None);
        assert_eq!(by("*/*, application/json;q=0"), Some(Format::Csv), "the exact range counts");
        assert_eq!(by("application/json;q=0.5, text/csv; q=0.5"), Some(Format::Json), "the first of equals");
        assert_eq!(by("text/csv;q=9, application/json"), Some(Format::Json), "no weight is above 1");
        assert_eq!(by("text/csv;q=inf"), None);
        assert_eq!(by("Text/CSV; charset=gbk, application/json;q=0.9"), Some(Format::Csv));
        assert_eq!(wanted(&TestRequest::get().to_http_request(), None, &OFFERED).ok(), Some(Format::Json));
        let several = TestRequest::get().append_header((ACCEPT, "text/html")).append_header((ACCEPT, "text/csv"));
        assert_eq!(wanted(&several.to_http_request(), None, &OFFERED).ok(), Some(Format::Csv), "several fields are one list");
    }

    #[test]
    fn every_format_is_reached_by_its_media_type_and_sdmx_by_its_version() {
        for format in Format::ALL {
            assert_eq!(of(format.media_type(), &Format::ALL), Some(format));
        }
        assert_eq!(of("application/vnd.sdmx.data+csv; version=2.0.0", &Format::ALL), Some(Format::SdmxCsv));
        assert_eq!(of("application/vnd.sdmx.data+csv;version=1.0.0", &Format::ALL), None);
        assert_eq!(of("application/vnd.apache.arrow.stream", &Format::ALL), None);
    }

    #[test]
    fn the_query_overrules_the_header() {
        let request = TestRequest::get().insert_header((ACCEPT, "text/html")).to_http_request();
        assert_eq!(wanted(&request, Some(Format::Csv), &OFFERED).ok(), Some(Format::Csv));
        assert!(wanted(&request, Some(Format::Xlsx), &OFFERED).is_err());
    }

    #[test]
    fn a_chart_is_a_picture_unless_its_numbers_are_asked_for() {
        let of = |accept: &str| {
            let request = TestRequest::get().insert_header((ACCEPT, accept)).to_http_request();
            chart_form(&request, None, None).ok()
        };
        let csv = Some(ChartForm::Table(Form { format: Format::Csv, bom: false }));
        assert_eq!(of("image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8"), Some(ChartForm::Svg));
        assert_eq!(of("*/*"), Some(ChartForm::Svg));
        assert_eq!(of("image/*"), Some(ChartForm::Svg));
        assert_eq!(of("text/csv"), csv);
        assert_eq!(of("text/html"), None);
        let request = TestRequest::get().to_http_request();
        assert_eq!(chart_form(&request, None, None).ok(), Some(ChartForm::Svg));
        assert_eq!(chart_form(&request, Some(ChartFormat::Csv), None).ok(), csv);
        assert!(chart_form(&request, None, Some(true)).is_err(), "a picture has no mark");
    }

    #[test]
    fn only_csv_has_a_mark() {
        let request = TestRequest::get().to_http_request();
        assert_eq!(form(&request, Some(TableFormat::Csv), Some(true)).ok(), Some(Form { format: Format::Csv, bom: true }));
        assert!(form(&request, Some(TableFormat::Arrow), Some(true)).is_err());
        assert!(form::<TableFormat>(&request, None, Some(false)).is_ok());
    }
}

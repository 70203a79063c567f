//! The views that can be shown elsewhere, and the reads that each of them needs.

use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::http::Method;
use citygauge_openapi::API_ROOT;
use percent_encoding::percent_decode_str;

/// A kind of view: its path in the dashboard, the reads that need it to be named in full, and those that are about what it belongs to.
#[derive(Debug, PartialEq, Eq)]
struct Kind {
    path: &'static str,
    /// Each part of the view that has a name in braces is named by the request too, in its path or in its query.
    reads: &'static [&'static str],
    /// These name what they have in their path only.
    about: &'static [&'static str],
    /// What is asked with a body and keeps nothing; it is answered as to somebody who is limited to the city of the view.
    asks: &'static [&'static str],
}

/// What most views have none of.
const NOTHING: Kind = Kind { path: "", reads: &[], about: &[], asks: &[] };

/// What the overview of an assessment shows of it.
const OVERVIEW: [&str; 8] = [
    "/assessments/{id}",
    "/assessments/{id}/ranking",
    "/assessments/{id}/scores",
    "/assessments/{id}/statistics",
    "/assessments/{id}/uncertainty",
    "/assessments/{id}/uncertainty/{n}/{table}",
    "/assessments/{id}/cities/{city}",
    "/assessments/{id}/charts/{name}.svg",
];

/// What the page of a city shows of the others: its rank, the median and the best of each dimension, how scores are distributed.
const OTHERS: [&str; 5] = [
    "/assessments/{id}",
    "/assessments/{id}/ranking",
    "/assessments/{id}/scores",
    "/assessments/{id}/uncertainty",
    "/assessments/{id}/uncertainty/{n}/{table}",
];

/// What cities are called, for views whose answers carry their codes only.
const NAMES: [&str; 1] = ["/cities"];

/// Every view that can be shown elsewhere: all that show something. What changes something, such as the editor of sets, is no view for readers.
const KINDS: [Kind; 17] = [
    // It shows whichever assessment is the newest when it is opened, so it reads any of them.
    Kind { path: "/", reads: &OVERVIEW, about: &["/assessments", "/maps", "/maps/{code}/geojson", "/cities"], ..NOTHING },
    Kind { path: "/assessments/{id}", reads: &OVERVIEW, about: &["/maps", "/maps/{code}/geojson", "/cities"], ..NOTHING },
    Kind {
        path: "/assessments/{id}/compare",
        reads: &[
            "/assessments/{id}",
            "/assessments/{id}/ranking",
            "/assessments/{id}/scores",
            "/assessments/{id}/cities/{city}",
            "/assessments/{id}/charts/{name}.svg",
        ],
        ..NOTHING
    },
    Kind {
        path: "/assessments/{id}/cities/{city}",
        reads: &[
            "/assessments/{id}/cities/{city}",
            "/assessments/{id}/cities/{city}/explain",
            "/assessments/{id}/trends",
            "/assessments/{id}/statistics",
            "/assessments/{id}/charts/{name}.svg",
        ],
        about: &OTHERS,
        ..NOTHING
    },
    Kind {
        path: "/assessments/{id}/cities/{city}/what-if",
        reads: &["/assessments/{id}/cities/{city}", "/assessments/{id}/cities/{city}/explain"],
        about: &OTHERS,
        asks: &["/assessments/{id}/what-if"],
    },
    Kind {
        path: "/assessments/{id}/nodes/{node}",
        reads: &[
            "/assessments/{id}/ranking",
            "/assessments/{id}/scores",
            "/assessments/{id}/trends",
            "/assessments/{id}/statistics",
            "/assessments/{id}/charts/{name}.svg",
        ],
        about: &["/assessments/{id}", "/assessments/{id}/weights"],
        ..NOTHING
    },
    Kind { path: "/rounds", reads: &["/rounds"], ..NOTHING },
    Kind {
        path: "/rounds/{code}",
        reads: &["/rounds/{code}", "/rounds/{code}/ranking", "/rounds/{code}/completeness"],
        about: &NAMES,
        ..NOTHING
    },
    Kind { path: "/goal-plans", reads: &["/goal-plans"], about: &NAMES, ..NOTHING },
    Kind {
        path: "/goal-plans/{plan}",
        reads: &["/goal-plans/{plan}", "/goal-plans/{plan}/monitoring", "/goal-plans/{plan}/charts/{name}.svg"],
        about: &NAMES,
        ..NOTHING
    },
    Kind {
        path: "/gap-analyses/{id}",
        reads: &["/gap-analyses/{id}", "/gap-analyses/{id}/charts/{name}.svg"],
        about: &NAMES,
        ..NOTHING
    },
    Kind {
        path: "/roadmaps/{id}",
        reads: &["/roadmaps/{id}", "/roadmaps/{id}/tables/{table}", "/roadmaps/{id}/charts/{name}.svg"],
        about: &NAMES,
        ..NOTHING
    },
    Kind { path: "/imports", reads: &["/imports"], ..NOTHING },
    Kind { path: "/imports/{id}", reads: &["/imports/{id}", "/imports/{id}/faults", "/imports/{id}/annotated.xlsx"], ..NOTHING },
    Kind { path: "/sets", reads: &["/indicator-sets", "/indicator-sets/catalog"], ..NOTHING },
    Kind { path: "/sets/{code}/{version}", reads: &["/indicator-sets/{code}/versions/{version}/sql"], ..NOTHING },
    Kind { path: "/maps", reads: &["/maps"], ..NOTHING },
];

/// What every view may read: sets are facts that every role sees.
const ALWAYS: [&str; 2] = ["/indicator-sets/{code}/versions/{version}", "/indicator-sets/{code}/versions/{version}/document"];

/// One view: its kind, and what stands in the braces of its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    kind: &'static Kind,
    named: Vec<(&'static str, String)>,
}

/// With which rights a request of a view is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant<'v> {
    /// With those of the key that asked for the view.
    Whole,
    /// With those, limited to this city.
    OfCity(&'v str),
}

/// That a path is no view that can be shown elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoView;

impl FromStr for View {
    type Err = NoView;

    /// Reads the path of a view as it stands in the address of the dashboard behind `#`. What follows a question mark, such as a period,
    /// says how the page is to begin, and opens nothing.
    fn from_str(path: &str) -> Result<Self, NoView> {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        KINDS.iter().find_map(|kind| Some(Self { kind, named: fit(kind.path, path)? })).ok_or(NoView)
    }
}

/// What stands in the braces of a pattern, where a path fits it. A part may go on after its braces, as `{name}.svg` does.
fn fit<'p>(pattern: &'p str, path: &str) -> Option<Vec<(&'p str, String)>> {
    let (patterns, given): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    if patterns.len() != given.len() {
        return None;
    }
    let mut named = Vec::new();
    for (pattern, given) in patterns.into_iter().zip(given) {
        match pattern.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((name, after)) => {
                let given = given.strip_suffix(after)?;
                let text = percent_decode_str(given).decode_utf8().ok().filter(|text| !text.is_empty())?;
                named.push((name, text.into_owned()));
            }
            None if pattern == given => {}
            None => return None,
        }
    }
    Some(named)
}

impl View {
    /// The patterns of the views, for whoever asks for another.
    pub fn patterns() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|kind| kind.path)
    }

    /// What stands in the braces of its path, by name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&str> {
        self.named.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }

    /// The first word of its path: the resource.
    #[must_use]
    pub fn resource(&self) -> &'static str {
        self.kind.path.split('/').nth(1).unwrap_or_default()
    }

    /// What a request may have, where it is one that the view needs.
    #[must_use]
    pub fn grant(&self, request: &HttpRequest) -> Option<Grant<'_>> {
        let pattern = request.match_pattern()?;
        let pattern = pattern.strip_prefix(API_ROOT)?;
        // The router has not read the path yet where this is asked.
        let in_path = request.path().strip_prefix(API_ROOT).and_then(|path| fit(pattern, path))?;
        match *request.method() {
            Method::GET | Method::HEAD => self.reads(request, pattern, &in_path).then_some(Grant::Whole),
            Method::POST if self.kind.asks.contains(&pattern) => {
                let is_own = in_path.iter().all(|(name, given)| self.named(name) == Some(given));
                self.named("city").filter(|_| is_own).map(Grant::OfCity)
            }
            _ => None,
        }
    }

    fn reads(&self, request: &HttpRequest, pattern: &str, in_path: &[(&str, String)]) -> bool {
        if ALWAYS.contains(&pattern) {
            return true;
        }
        let in_path = |name: &str| in_path.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone());
        let in_query = |name: &str| {
            let pairs = form_urlencoded::parse(request.query_string().as_bytes());
            let mut values = pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            // Named twice, it would be read as either.
            values.next().filter(|_| values.next().is_none())
        };
        let is_about = self.kind.about.contains(&pattern);
        if !is_about && !self.kind.reads.contains(&pattern) {
            return false;
        }
        self.named.iter().all(|(name, text)| match in_path(name) {
            Some(given) => given == *text,
            None => is_about || in_query(name).is_some_and(|given| given == *text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_dashboard_are_views_and_others_are_not() {
        let view: View = "/assessments/a%20b/cities/%E6%9D%AD".parse().expect("a view");
        assert_eq!((view.named("id"), view.named("city")), (Some("a b"), Some("杭")));
        assert_eq!(view.resource(), "assessments");
        let view: View = "/assessments/a/compare?cities=x,y&period=2026".parse().expect("a view and how it begins");
        assert_eq!((view.named("id"), view.kind.path), (Some("a"), "/assessments/{id}/compare"));
        assert_eq!("/".parse::<View>().map(|view| view.resource()), Ok(""));
        assert_eq!(fit("/a/{name}.svg", "/a/x.svg"), Some(vec![("name", "x".to_owned())]));
        assert_eq!(fit("/a/{name}.svg", "/a/x.png"), None);
        for no in [
            "",
            "/assessments",
            "/assessments/",
            "/assessments/a/cities/",
            "/keys",
            "/assessments/a/bundle",
            "/sets/a/1/edit",
            "?view=tiles",
            "assessments/a",
        ] {
            assert_eq!(no.parse::<View>(), Err(NoView), "{no}");
        }
    }
}

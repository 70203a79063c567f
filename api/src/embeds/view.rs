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
}

/// Every view that can be shown elsewhere.
const KINDS: [Kind; 8] = [
    Kind {
        path: "/assessments/{id}",
        reads: &[
            "/assessments/{id}",
            "/assessments/{id}/ranking",
            "/assessments/{id}/scores",
            "/assessments/{id}/statistics",
            "/assessments/{id}/uncertainty",
            "/assessments/{id}/uncertainty/{n}/{table}",
            "/assessments/{id}/cities/{city}",
            "/assessments/{id}/charts/{name}.svg",
        ],
        about: &[],
    },
    Kind {
        path: "/assessments/{id}/compare",
        reads: &[
            "/assessments/{id}",
            "/assessments/{id}/ranking",
            "/assessments/{id}/scores",
            "/assessments/{id}/cities/{city}",
            "/assessments/{id}/charts/{name}.svg",
        ],
        about: &[],
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
        // The view shows the city among the others: its rank, the median and the best of each dimension, how scores are distributed.
        about: &[
            "/assessments/{id}",
            "/assessments/{id}/ranking",
            "/assessments/{id}/scores",
            "/assessments/{id}/uncertainty",
            "/assessments/{id}/uncertainty/{n}/{table}",
        ],
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
    },
    Kind {
        path: "/goal-plans/{plan}",
        reads: &["/goal-plans/{plan}", "/goal-plans/{plan}/monitoring", "/goal-plans/{plan}/charts/{name}.svg"],
        about: &[],
    },
    Kind { path: "/gap-analyses/{id}", reads: &["/gap-analyses/{id}", "/gap-analyses/{id}/charts/{name}.svg"], about: &[] },
    Kind { path: "/roadmaps/{id}", reads: &["/roadmaps/{id}", "/roadmaps/{id}/charts/{name}.svg"], about: &[] },
    Kind {
        path: "/rounds/{code}",
        reads: &["/rounds/{code}", "/rounds/{code}/ranking", "/rounds/{code}/completeness"],
        about: &[],
    },
];

/// What every view may read: sets are facts that every role sees.
const ALWAYS: [&str; 2] = ["/indicator-sets/{code}/versions/{version}", "/indicator-sets/{code}/versions/{version}/document"];

/// One view: its kind, and what stands in the braces of its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    kind: &'static Kind,
    named: Vec<(&'static str, String)>,
}

/// That a path is no view that can be shown elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoView;

impl FromStr for View {
    type Err = NoView;

    fn from_str(path: &str) -> Result<Self, NoView> {
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

    /// Whether a request reads what the view shows.
    #[must_use]
    pub fn permits(&self, request: &HttpRequest) -> bool {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return false;
        }
        let pattern = request.match_pattern().unwrap_or_default();
        let Some(pattern) = pattern.strip_prefix(API_ROOT) else { return false };
        if ALWAYS.contains(&pattern) {
            return true;
        }
        // The router has not read the path yet where this is asked.
        let Some(in_path) = request.path().strip_prefix(API_ROOT).and_then(|path| fit(pattern, path)) else { return false };
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
        assert_eq!(fit("/a/{name}.svg", "/a/x.svg"), Some(vec![("name", "x".to_owned())]));
        assert_eq!(fit("/a/{name}.svg", "/a/x.png"), None);
        for no in [
            "",
            "/",
            "/assessments",
            "/assessments/",
            "/assessments/a/cities/",
            "/keys",
            "/assessments/a/bundle",
            "assessments/a",
        ] {
            assert_eq!(no.parse::<View>(), Err(NoView), "{no}");
        }
    }
}

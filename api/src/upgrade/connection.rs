//! Where PostgreSQL is and as whom to ask it, as its own programs are told: by their environment, which nobody else on the machine reads.

use percent_encoding::percent_decode_str;
use url::Url;

/// The variables that tell `pg_dump` what the URL says. What the URL leaves open, the process has in its environment or in a password
/// file already, where the service looks too.
pub(super) fn variables(url: &str) -> Result<Vec<(&'static str, String)>, url::ParseError> {
    let url = Url::parse(url)?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut told: Vec<(&'static str, String)> = Vec::new();
    let mut tell = |name, value: String| {
        told.retain(|(before, _)| *before != name);
        told.push((name, value));
    };
    if let Some(host) = url.host_str().filter(|host| !host.is_empty()) {
        tell("PGHOST", decoded(host.trim_start_matches('[').trim_end_matches(']')));
    }
    if let Some(port) = url.port() {
        tell("PGPORT", port.to_string());
    }
    if !url.username().is_empty() {
        tell("PGUSER", decoded(url.username()));
    }
    if let Some(password) = url.password() {
        tell("PGPASSWORD", decoded(password));
    }
    let database = url.path().trim_start_matches('/');
    if !database.is_empty() {
        tell("PGDATABASE", decoded(database));
    }
    let mut options = Vec::new();
    for (key, value) in url.query_pairs() {
        match &*key {
            "host" | "hostaddr" => tell("PGHOST", value.into_owned()),
            "port" => tell("PGPORT", value.into_owned()),
            "user" => tell("PGUSER", value.into_owned()),
            "password" => tell("PGPASSWORD", value.into_owned()),
            "dbname" => tell("PGDATABASE", value.into_owned()),
            "sslmode" | "ssl-mode" => tell("PGSSLMODE", value.to_lowercase()),
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => tell("PGSSLROOTCERT", value.into_owned()),
            "sslcert" | "ssl-cert" => tell("PGSSLCERT", value.into_owned()),
            "sslkey" | "ssl-key" => tell("PGSSLKEY", value.into_owned()),
            "options" => options.push(value.into_owned()),
            key => {
                let option = key.strip_prefix("options[").and_then(|key| key.strip_suffix(']'));
                options.extend(option.map(|option| format!("-c {option}={value}")));
            }
        }
    }
    if !options.is_empty() {
        tell("PGOPTIONS", options.join(" "));
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(url: &str) -> Vec<(&'static str, String)> {
        variables(url).expect("a URL")
    }

    fn pairs(expected: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        expected.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    }

    #[test]
    fn every_part_of_a_url_is_told_decoded() {
        assert_eq!(
            told(
                "postgres://us%40er:p%3Aw%2F@[::1]:5433/data%20base?sslmode=VERIFY-FULL&sslrootcert=/ca.pem&options[search_path]=s"
            ),
            pairs(&[
                ("PGHOST", "::1"),
                ("PGPORT", "5433"),
                ("PGUSER", "us@er"),
                ("PGPASSWORD", "p:w/"),
                ("PGDATABASE", "data base"),
                ("PGSSLMODE", "verify-full"),
                ("PGSSLROOTCERT", "/ca.pem"),
                ("PGOPTIONS", "-c search_path=s"),
            ])
        );
    }

    #[test]
    fn the_query_goes_before_the_rest_and_what_is_left_open_is_not_told() {
        assert_eq!(
            told("postgres://host/x?host=/run/postgresql&dbname=y&password=p&statement-cache-capacity=1"),
            pairs(&[("PGHOST", "/run/postgresql"), ("PGDATABASE", "y"), ("PGPASSWORD", "p")])
        );
        assert_eq!(told("postgres://%2Frun%2Fpostgresql/x"), pairs(&[("PGHOST", "/run/postgresql"), ("PGDATABASE", "x")]));
        assert_eq!(told("postgres:///"), pairs(&[]));
    }
}

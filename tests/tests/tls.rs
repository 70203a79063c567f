//! A service with a certificate of an authority of one's own, and the command that speaks to it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use citygauge_tests::{Place, command};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // An error says that it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_commands_trust_an_authority_of_ones_own_where_they_are_told_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "An authority of our own");
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names).expect("names").signed_by(&key, &authority).expect("a certificate");
    fs::write(file("authority.pem"), authority.pem()).expect("the folder is ours");
    fs::write(file("cert.pem"), certificate.pem()).expect("the folder is ours");
    fs::write(file("key.pem"), key.serialize_pem()).expect("the folder is ours");

    let place = Place::folder();
    let mut serve = command(BINARY);
    serve.args(["serve", "--port", "0", "--data-dir"]).arg(place.data_dir()).stdout(Stdio::piped());
    serve.env("CITYGAUGE_TLS_CERTIFICATE_FILE", file("cert.pem")).env("CITYGAUGE_TLS_KEY_FILE", file("key.pem"));
    let mut running = Running(serve.spawn().expect("the command can be run"));
    // Held to the end, since the service goes on to write.
    let mut lines = BufReader::new(running.0.stdout.take().expect("its output is piped")).lines();
    let said = lines.next().expect("it says where it listens").expect("text");
    let server = said.split_whitespace().find(|word| word.starts_with("https://")).unwrap_or_else(|| panic!("{said}"));

    let ready = |trusted: Option<&str>| {
        let mut ready = command(BINARY);
        ready.args(["ready", "--server", server]);
        if let Some(name) = trusted {
            ready.env("SSL_CERT_FILE", file(name));
        }
        ready.output().expect("the command can be run").status.code()
    };
    // The workers may still be starting.
    assert!((0..100).any(|_| ready(Some("authority.pem")) == Some(0)), "it trusts whom it is told to");
    assert_eq!(ready(None), Some(3), "and nobody else");
}

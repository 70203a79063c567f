use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;

use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use tempfile::TempDir;

use super::*;
use crate::config::{Config, Server};
use crate::service::Service;

/// An authority of our own, and a folder with a certificate that it has issued.
struct Issued {
    folder: TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Issued {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let issued = Self { folder: tempfile::tempdir().expect("a folder"), authority };
        issued.issue(|_| ());
        issued
    }

    /// Writes a new certificate and its key over those that are there.
    fn issue(&self, change: fn(&mut CertificateParams)) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.authority).expect("a certificate");
        fs::write(self.file("cert.pem"), certificate.pem()).expect("the folder is ours");
        fs::write(self.file("key.pem"), key.serialize_pem()).expect("the folder is ours");
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> Tls {
        Tls { certificate_file: Some(self.file("cert.pem")), key_file: Some(self.file("key.pem")), check_s: 1 }
    }

    fn refused(&self) -> String {
        match Certificate::read(&self.config(), &Sources::system()) {
            Ok(_) => panic!("taken"),
            Err(error) => error.to_string(),
        }
    }

    /// Connects as a client that trusts the authority.
    fn connect(&self, address: SocketAddr, version: &'static SupportedProtocolVersion, protocols: &[&str]) -> Connected {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).expect("an authority");
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_protocol_versions(&[version]).expect("a version");
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let name = ServerName::try_from("localhost").expect("a name");
        let client = ClientConnection::new(Arc::new(config), name).expect("a client");
        let socket = TcpStream::connect(address).expect("it listens");
        socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        let mut connected = StreamOwned::new(client, socket);
        connected.flush().expect("hands are shaken");
        connected
    }
}

type Connected = StreamOwned<ClientConnection, TcpStream>;

fn shown(connected: &Connected) -> Vec<u8> {
    connected.conn.peer_certificates().expect("shown")[0].to_vec()
}

/// Runs a service over TLS while `ask` speaks to it.
async fn while_it_runs(issued: &Issued, ask: impl FnOnce(SocketAddr) + Send + 'static) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server {
        port: 0,
        data_dir: folder.path().to_owned(),
        threads: 1,
        shutdown_timeout_s: 1,
        stall_timeout_s: 1,
        ..Server::default()
    };
    let service = Service::build(Config { server, tls: issued.config(), ..Config::default() }).await.expect("it starts");
    let address = service.address();
    assert!(service.url().starts_with("https://"), "{}", service.url());
    let asked = tokio::task::spawn_blocking(move || ask(address));
    let running = service.run_until(async {
        asked.await.expect("what was asked was answered");
    });
    running.await.expect("it ends in order");
}

fn asked(mut connected: Connected) -> String {
    connected.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    // The end of the connection may come without a farewell.
    let _ = connected.read_to_string(&mut answer);
    answer
}

#[actix_web::test]
async fn it_speaks_tls_1_2_and_1_3_and_says_that_it_always_will() {
    let issued = Arc::new(Issued::new());
    let client = issued.clone();
    while_it_runs(&issued, move |address| {
        for version in [&TLS12, &TLS13] {
            let connected = client.connect(address, version, &["http/1.1"]);
            assert_eq!(connected.conn.protocol_version(), Some(version.version));
            let answer = asked(connected);
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");
        }
    })
    .await;
}

#[actix_web::test]
async fn it_speaks_http_2_where_the_client_does() {
    let issued = Arc::new(Issued::new());
    let client = issued.clone();
    while_it_runs(&issued, move |address| {
        let mut connected = client.connect(address, &TLS13, &["h2", "http/1.1"]);
        assert_eq!(connected.conn.alpn_protocol(), Some(b"h2".as_slice()));
        connected.write_all(&http_2("/livez")).expect("sent");
        // Settings and window updates come first; the head of the answer begins with `:status 200`, the eighth of HPACK's table.
        loop {
            let mut frame = [0; 9];
            connected.read_exact(&mut frame).expect("a frame");
            let length = usize::from(frame[1]) << 8 | usize::from(frame[2]);
            let mut content = vec![0; length];
            connected.read_exact(&mut content).expect("its content");
            if frame[3] == 1 {
                assert_eq!(content[0], 0x88, "{content:?}");
                break;
            }
        }
    })
    .await;
}

/// The preface of HTTP/2, empty settings, and a stream with `GET https` of a path, `:authority localhost`, in HPACK.
fn http_2(path: &str) -> Vec<u8> {
    let short = |length: usize| u8::try_from(length).expect("a short text");
    let head = [b"\x82\x87\x04".as_slice(), &[short(path.len())], path.as_bytes(), b"\x01\x09localhost"].concat();
    let frames = [&[0, 0, 0, 4, 0, 0, 0, 0, 0], [0, 0, short(head.len()), 1, 5, 0, 0, 0, 1].as_slice(), &head].concat();
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frames].concat()
}

#[actix_web::test]
async fn an_answer_that_nobody_reads_is_let_go_over_tls_too() {
    let issued = Arc::new(Issued::new());
    let client = issued.clone();
    while_it_runs(&issued, move |address| {
        // More than the buffers of a connection hold, and over HTTP/2 more than a client is sent unasked.
        let many = b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(32);
        for (protocol, asked, whole) in [("http/1.1", many, 32 << 20), ("h2", http_2("/openapi.json"), 1 << 20)] {
            let mut connected = client.connect(address, &TLS13, &[protocol]);
            connected.write_all(&asked).expect("sent");
            std::thread::sleep(Duration::from_secs(6));
            let mut came = Vec::new();
            let ended = connected.read_to_end(&mut came);
            let is_cut = ended.as_ref().is_err_and(|error| {
                matches!(error.kind(), std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset)
            });
            assert!(is_cut, "{protocol}: the connection was closed, found {ended:?}");
            assert!(!came.is_empty() && came.len() < whole, "{protocol}: {} bytes came", came.len());
        }
    })
    .await;
}

#[actix_web::test]
async fn a_new_certificate_is_shown_without_a_restart_and_a_broken_one_is_not() {
    let issued = Arc::new(Issued::new());
    let client = issued.clone();
    while_it_runs(&issued, move |address| {
        let now = || shown(&client.connect(address, &TLS13, &["http/1.1"]));
        let first = now();
        fs::write(client.file("cert.pem"), "-----BEGIN CERTIFICATE-----\nbroken\n").expect("the folder is ours");
        std::thread::sleep(Duration::from_millis(2_500));
        assert_eq!(now(), first, "the one before stays");
        client.issue(|_| ());
        let second = (0..100).map(|_| {
            std::thread::sleep(Duration::from_millis(100));
            now()
        });
        assert!(second.into_iter().any(|shown| shown != first), "the new one is shown");
    })
    .await;
}

#[actix_web::test]
async fn who_does_not_speak_tls_is_let_go_and_others_are_answered() {
    let issued = Arc::new(Issued::new());
    let client = issued.clone();
    while_it_runs(&issued, move |address| {
        let mut plain = TcpStream::connect(address).expect("it listens");
        plain.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        plain.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").expect("sent");
        let mut answer = Vec::new();
        let ended = plain.read_to_end(&mut answer);
        assert!(ended.is_ok() || ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset));
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{answer:?}");
        assert!(asked(client.connect(address, &TLS13, &["http/1.1"])).starts_with("HTTP/1.1 200"));
    })
    .await;
}

#[test]
fn what_is_wrong_with_the_files_is_said_and_nothing_of_them_is() {
    let issued = Issued::new();
    let (certificate, key) = (fs::read(issued.file("cert.pem")).expect("ours"), fs::read(issued.file("key.pem")).expect("ours"));
    let write = |file: &str, content: &[u8]| fs::write(issued.file(file), content).expect("ours");
    write("cert.pem", &key);
    assert!(issued.refused().contains("tls.certificate_file: holds no certificate"), "{}", issued.refused());
    write("cert.pem", &certificate);
    write("key.pem", &certificate);
    assert!(issued.refused().contains("tls.key_file: holds no private key"), "{}", issued.refused());
    let secret = String::from_utf8(key.clone()).expect("PEM").lines().nth(1).expect("a line").to_owned();
    write("key.pem", format!("-----BEGIN PRIVATE KEY-----\n{secret}\n").as_bytes());
    assert!(issued.refused().starts_with("tls.key_file") && !issued.refused().contains(&secret), "{}", issued.refused());
    write("key.pem", KeyPair::generate().expect("a key").serialize_pem().as_bytes());
    assert!(issued.refused().contains("is not the key of the first certificate"), "{}", issued.refused());
    fs::remove_file(issued.file("key.pem")).expect("ours");
    assert!(issued.refused().starts_with("tls.key_file") && issued.refused().contains("key.pem"), "{}", issued.refused());
    let half = Tls { key_file: None, ..issued.config() };
    let config = Config { tls: half, ..Config::default() };
    assert!(config.check().expect_err("half").to_string().starts_with("tls.key_file"));
}

#[test]
fn a_certificate_that_is_not_valid_now_is_known() {
    let issued = Issued::new();
    let why = || {
        let pem = Files::of(&issued.config()).expect("files").read().expect("ours");
        files::not_valid(&pem.certified().expect("a certificate"), Sources::system().now_ms())
    };
    assert_eq!(why(), None);
    issued.issue(|params| params.not_after = date_time_ymd(2020, 1, 1));
    assert_eq!(why(), Some("has expired"));
    issued.issue(|params| params.not_before = date_time_ymd(2200, 1, 1));
    assert_eq!(why(), Some("is not valid yet"));
}

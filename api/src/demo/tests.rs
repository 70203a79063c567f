use citygauge_indicators::Language;
use citygauge_openapi::client::Client;

use super::{Sample, page, tour};
use crate::config::{Config, Server};
use crate::service::Service;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_sample_goes_through_the_service_and_the_page_says_that_it_is_invented() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().to_owned();
    let server = Server { port: 0, open: true, data_dir, shutdown_timeout_s: 1, is_invented: true, ..Server::default() };
    let service = Service::build(Config { server, ..Config::default() }).await.expect("it starts");
    let base = format!("http://{}", service.address());
    let client = Client::new(&base, None, Language::En).expect("a client");
    let sample = Sample::shipped().expect("in order");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = service.run_until(async {
        let _ = stopped.await;
    });
    let touring = async {
        let home = async |path: &str| {
            let answer = client.request(reqwest::Method::GET, path).send().await.expect("it answers");
            assert_eq!(answer.status(), 200);
            answer.text().await.expect("a page")
        };
        assert!(home("/").await.contains("data-invented=\"true\""), "the page is told that the data are invented");
        let story = tour::take(&client, &sample).await.expect("nothing stands in its way");
        assert_eq!(story.ranking.items.len(), 30);
        let words = home("/assets/js/text.js").await;
        assert!(words.contains("纯属虚构") && words.contains("are invented"), "and has the words for it");
        drop(stop);
        story
    };
    let (ended, story) = tokio::join!(running, touring);
    ended.expect("it stops when told to");
    for (language, word) in [(Language::En, "reconstruction"), (Language::Zh, "重构")] {
        let page = page::render(&story, &sample, &base, language);
        assert!(page.contains(word), "{page}");
        assert!(!page.contains('\u{1b}'), "no colours: it may be read in a file");
    }
}

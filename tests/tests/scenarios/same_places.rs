//! Two imports that write the same places at the same time.

use std::fmt::Write as _;

use citygauge_openapi::ObservationHistory;
use citygauge_tests::steps::{cities_csv, count_observations, import, observations_csv, plain_set, publish};
use citygauge_tests::{Place, Site};

const CITIES: usize = 3_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_imports_of_the_same_places_both_end_well_on_sqlite() {
    two_imports_of_the_same_places_both_end_well(Place::folder()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_imports_of_the_same_places_both_end_well_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    two_imports_of_the_same_places_both_end_well(place).await;
}

async fn two_imports_of_the_same_places_both_end_well(place: Place) {
    let site = Site::open_with(place, |config| config.jobs.workers = 2).await;
    let client = &site.client();
    let set = publish(client, &plain_set("same", &["a", "b"])).await;
    let register = (0..CITIES).fold("code,name\n".to_owned(), |mut register, city| {
        writeln!(register, "{city},{city}").expect("a text takes everything");
        register
    });
    import(client, &cities_csv(), register).await;
    let file = |value: usize| {
        (0..CITIES).fold("city,period,a,b\n".to_owned(), |mut file, city| {
            writeln!(file, "{city},2026,{value},{value}").expect("a text takes everything");
            file
        })
    };
    let kind = observations_csv(&set);
    let (one, other) = tokio::join!(import(client, &kind, file(1)), import(client, &kind, file(2)));
    for import in [one, other] {
        assert_eq!((import.accepted, import.unchanged), (2 * CITIES as u64, 0), "each says something new at every place");
    }
    assert_eq!(count_observations(client, "period=2026").await, 2 * CITIES);
    let history: ObservationHistory = client.get("/api/v1/observations/7/2026/a/history").await.expect("the place is known");
    assert_eq!(history.items.len(), 2);
    assert_eq!(history.items.iter().filter(|observation| observation.superseded_at.is_none()).count(), 1);
    site.close().await;
}

use futures_util::TryStreamExt;
use sea_orm::{ConnectionTrait, DbBackend};

use super::harness::on_both_databases;
use super::registers::city;
use crate::store::observations::{self, Counts, Filter, NewObservation, Observation, Place, Provider, Reading, Recorded, Status};
use crate::store::{Clash, Store, StoreError, cities};

fn value(city: &str, period: &str, item: &str, number: f64) -> NewObservation {
    NewObservation {
        city: city.into(),
        period: period.into(),
        item: item.into(),
        number: Some(number),
        choice: None,
        status: Status::Reported,
        quality: String::new(),
        source: "yearbook".into(),
        note: None,
        method: String::new(),
        provider: None,
        as_of: None,
        original_unit: String::new(),
        sample_size: None,
        margin: None,
    }
}

fn at(at_ms: i64) -> Recorded<'static> {
    Recorded { at_ms, by: "test", import_id: None }
}

fn place(city: &str, period: &str, item: &str) -> Place {
    Place { city: city.into(), period: period.into(), item: item.into() }
}

fn as_of(as_of_ms: i64) -> Filter {
    Filter { as_of_ms: Some(as_of_ms), ..Filter::default() }
}

async fn numbers(store: &Store, filter: &Filter) -> Vec<Option<f64>> {
    readings(store, filter).await.into_iter().map(|reading| reading.number).collect()
}

async fn readings(store: &Store, filter: &Filter) -> Vec<Reading> {
    let reading = store.begin_reading().await.unwrap();
    observations::read_as_of(&reading, filter).await.unwrap().try_collect().await.unwrap()
}

on_both_databases! {
    async fn the_periods_that_have_a_current_value_are_known(store: Store) {
        let db = store.db();
        let values = [value("a", "2026", "x", 1.0), value("a", "2025", "x", 1.0), value("b", "2024", "y", 1.0)];
        observations::insert_batch(db, &values, at(10)).await.unwrap();
        observations::insert_batch(db, &[value("a", "2026", "x", 2.0)], at(20)).await.unwrap();
        let of = |cities: &[&str], periods: &[&str]| Filter {
            cities: cities.iter().map(|code| (*code).to_owned()).collect(),
            periods: periods.iter().map(|code| (*code).to_owned()).collect(),
            ..Filter::default()
        };
        assert_eq!(observations::periods(db, &of(&[], &[])).await.unwrap(), ["2024", "2025", "2026"]);
        assert_eq!(observations::periods(db, &of(&["a"], &[])).await.unwrap(), ["2025", "2026"]);
        assert!(observations::any(db, &of(&[], &["2024"])).await.unwrap());
        assert!(!observations::any(db, &of(&["a"], &["2024"])).await.unwrap());
    }

    async fn a_correction_keeps_the_former_value(store: Store) {
        let db = store.db();
        let first = value("a", "2026", "x", 1.5);
        let counts = observations::insert_batch(db, std::slice::from_ref(&first), at(10)).await.unwrap();
        assert_eq!(counts, Counts { accepted: 1, unchanged: 0 });
        let second = NewObservation { note: Some("typo".into()), ..value("a", "2026", "x", 15.0) };
        let import = Recorded { at_ms: 20, by: "you", import_id: Some("i1") };
        observations::insert_batch(db, std::slice::from_ref(&second), import).await.unwrap();

        let history = observations::history(db, &place("a", "2026", "x")).await.unwrap();
        let [former, current] = history.as_slice() else { panic!("expected two rows") };
        assert_eq!((&former.value, former.recorded_at_ms), (&first, 10));
        assert_eq!(former.superseded_at_ms, Some(20));
        assert_eq!((&current.value, current.recorded_at_ms), (&second, 20));
        assert_eq!((current.superseded_at_ms, current.import_id.as_deref()), (None, Some("i1")));
        assert_eq!(current.recorded_by, "you");
        assert_eq!(&observations::find(db, former.id).await.unwrap(), former);
        let absent = observations::find(db, current.id + 1).await.unwrap_err();
        assert!(matches!(absent, StoreError::Absent { .. }), "{absent}");
    }

    async fn a_row_that_says_what_is_known_writes_nothing(store: Store) {
        let db = store.db();
        let option = NewObservation { number: None, choice: Some("b".into()), ..value("a", "2026", "y", 0.0) };
        let absent = NewObservation { number: None, status: Status::NotApplicable,
            note: Some("inland".into()), ..value("a", "2026", "z", 0.0) };
        let batch = [value("a", "2026", "x", 0.1), option, absent];
        observations::insert_batch(db, &batch, at(1)).await.unwrap();
        let again = observations::insert_batch(db, &batch, at(2)).await.unwrap();
        assert_eq!(again, Counts { accepted: 0, unchanged: 3 });

        let changes: [fn(&mut NewObservation); 12] = [
            |row| row.number = Some(0.2),
            |row| { row.number = None; row.choice = Some("b".into()) },
            |row| { row.choice = None; row.status = Status::Missing },
            |row| row.quality = "estimated".into(),
            |row| row.source = "survey".into(),
            |row| row.note = Some("late".into()),
            |row| row.method = "census".into(),
            |row| row.provider = Some(Provider::Central),
            |row| row.as_of = Some("2026-10-31".into()),
            |row| row.original_unit = "10^4 CNY".into(),
            |row| row.sample_size = Some(1200),
            |row| row.margin = Some(0.5),
        ];
        let mut row = batch[0].clone();
        for (n, change) in changes.iter().enumerate() {
            change(&mut row);
            let counts = observations::insert_batch(db, &[row.clone()], at(3 + n as i64)).await.unwrap();
            assert_eq!(counts, Counts { accepted: 1, unchanged: 0 }, "change {n}");
        }
        let nothing_said = NewObservation { note: Some(String::new()), ..value("b", "2026", "x", 1.0) };
        observations::insert_batch(db, std::slice::from_ref(&nothing_said), at(20)).await.unwrap();
        let again = observations::insert_batch(db, &[value("b", "2026", "x", 1.0)], at(21)).await.unwrap();
        assert_eq!(again, Counts { accepted: 0, unchanged: 1 });
        assert_eq!(observations::history(db, &place("a", "2026", "x")).await.unwrap().len(), 13);
    }

    async fn provenance_comes_back_as_it_was_recorded_alone_and_beside_rows_without_any(store: Store) {
        let db = store.db();
        let full = |city: &str| NewObservation {
            quality: "survey_extrapolation".into(), note: Some("late".into()), method: "interviews".into(),
            provider: Some(Provider::Citizen), as_of: Some("2026-10-31".into()), original_unit: "分".into(),
            sample_size: Some(1_200), margin: Some(0.25), ..value(city, "2026", "x", 4.5)
        };
        let alone = [full("a")];
        observations::insert_batch(db, &alone, at(1)).await.unwrap();
        let absent = NewObservation { number: None, status: Status::Missing, ..value("c", "2026", "x", 0.0) };
        let option = NewObservation { number: None, choice: Some("b".into()), ..value("d", "2026", "x", 0.0) };
        let other = NewObservation { sample_size: Some(1), margin: Some(0.0), provider: Some(Provider::City), ..full("e") };
        let mixed = [full("b"), absent, option, other, value("f", "2026", "x", 1.0)];
        observations::insert_batch(db, &mixed, at(1)).await.unwrap();
        let read = |page: crate::store::Page<Observation, Place>| -> Vec<_> { page.items.into_iter().map(|row| row.value).collect() };
        let page = observations::page(db, &Filter::default(), None, 99).await.unwrap();
        assert_eq!(read(page), [&alone[..], &mixed[..]].concat());
        let again = observations::insert_batch(db, &mixed, at(2)).await.unwrap();
        assert_eq!(again, Counts { accepted: 0, unchanged: 5 });

        let citizen = Filter { providers: vec![Provider::Citizen], ..Filter::default() };
        assert_eq!(read(observations::page(db, &citizen, None, 99).await.unwrap()), [full("a"), full("b")]);
        let graded = Filter { qualities: vec!["survey_extrapolation".into()], ..Filter::default() };
        assert_eq!(observations::page(db, &graded, None, 99).await.unwrap().items.len(), 3);
    }

    async fn a_row_of_before_there_was_provenance_stays_readable(store: Store) {
        let db = store.db();
        let old = "INSERT INTO observations (city, period, item, number, status, quality, source, recorded_at_ms, recorded_by)
                   VALUES ('a', '2020', 'x', 1, 'reported', 'quite good', '', 1, 'test')";
        db.execute_unprepared(old).await.unwrap();
        let [row] = &observations::history(db, &place("a", "2020", "x")).await.unwrap()[..] else { panic!("one row") };
        let before = NewObservation { quality: "quite good".into(), source: String::new(), ..value("a", "2020", "x", 1.0) };
        assert_eq!(row.value, before);
        for nonsense in ["sample_size = 0", "margin = -1", "provider = 'nobody'"] {
            assert!(db.execute_unprepared(&format!("UPDATE observations SET {nonsense}")).await.is_err(), "{nonsense}");
        }
        db.execute_unprepared("UPDATE observations SET as_of = '2020-13-01'").await.unwrap();
        let corrupt = observations::history(db, &place("a", "2020", "x")).await.unwrap_err();
        assert!(matches!(corrupt, StoreError::Corrupt { column: "as_of", .. }), "{corrupt}");
    }

    async fn a_batch_may_mix_new_changed_and_equal_rows(store: Store) {
        let db = store.db();
        let rows: Vec<_> = (0..2_000).map(|n| value(&format!("c{n:05}"), "2026", "x", n as f64)).collect();
        observations::insert_batch(db, &rows, at(1)).await.unwrap();
        let mut mixed: Vec<_> = (1_000..3_000).map(|n| value(&format!("c{n:05}"), "2026", "x", n as f64)).collect();
        for row in mixed.iter_mut().step_by(4) {
            row.number = Some(-1.0);
        }
        mixed.reverse();
        let counts = observations::insert_batch(db, &mixed, at(2)).await.unwrap();
        assert_eq!(counts, Counts { accepted: 250 + 1_000, unchanged: 750 });
        let now = numbers(&store, &Filter::default()).await;
        assert_eq!(now.len(), 3_000);
        assert_eq!(now.iter().filter(|number| **number == Some(-1.0)).count(), 500);
        let then: Vec<_> = rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers(&store, &as_of(1)).await, then);
    }

    async fn a_value_has_one_row_at_every_moment_although_the_clock_goes_back(store: Store) {
        let db = store.db();
        let other = value("b", "2026", "x", 9.0);
        for (number, moment) in [(1.0, 10), (2.0, 400), (3.0, 11), (4.0, 12), (5.0, 500)] {
            let counts = observations::insert_batch(db, &[value("a", "2026", "x", number), other.clone()], at(moment)).await.unwrap();
            assert_eq!(counts.accepted, if moment == 10 { 2 } else { 1 });
        }
        for (moment, known) in [(10, 1.0), (11, 1.0), (399, 1.0), (400, 4.0), (499, 4.0), (500, 5.0)] {
            assert_eq!(numbers(&store, &as_of(moment)).await, [Some(known), Some(9.0)], "{moment}");
        }
        assert_eq!(observations::history(db, &place("a", "2026", "x")).await.unwrap().len(), 5);
    }

    async fn who_writes_alone_records_the_same(store: Store) {
        let db = store.db();
        let rows: Vec<_> = (0..6_000).map(|n| value(&format!("c{n:05}"), "2026", "x", f64::from(n))).collect();
        let counts = observations::insert_batch_alone(db, &rows, at(1)).await.unwrap();
        assert_eq!(counts, Counts { accepted: 6_000, unchanged: 0 });
        let mut mixed: Vec<_> = (1_000..8_000).map(|n| value(&format!("c{n:05}"), "2026", "x", f64::from(n))).collect();
        for row in mixed.iter_mut().step_by(4) {
            row.number = Some(-1.0);
        }
        let counts = observations::insert_batch_alone(db, &mixed, at(2)).await.unwrap();
        assert_eq!(counts, Counts { accepted: 1_250 + 2_000, unchanged: 3_750 });
        let now = numbers(&store, &Filter::default()).await;
        assert_eq!((now.len(), now.iter().filter(|number| **number == Some(-1.0)).count()), (8_000, 1_750));
        let then: Vec<_> = rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers(&store, &as_of(1)).await, then);
        // What was superseded and is new again has a free place.
        let back = observations::insert_batch_alone(db, &rows[1_000..1_001], at(3)).await.unwrap();
        assert_eq!(back, Counts { accepted: 1, unchanged: 0 });
        assert_eq!(observations::history(db, &place("c01000", "2026", "x")).await.unwrap().len(), 3);
    }

    async fn who_writes_alone_and_meets_another_is_told_or_corrects_what_that_wrote(store: Store) {
        let first = store.begin().await.unwrap();
        observations::insert_batch_alone(&first, &[value("a", "2026", "x", 1.0)], at(1)).await.unwrap();
        let second = tokio::spawn({
            let store = store.clone();
            async move {
                let transaction = store.begin().await?;
                let counts = observations::insert_batch_alone(&transaction, &[value("a", "2026", "x", 2.0)], at(2)).await?;
                transaction.commit().await?;
                Ok::<_, StoreError>(counts)
            }
        });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        first.commit().await.unwrap();
        match (second.await.unwrap(), store.backend()) {
            // On SQLite the second waits for its turn, and sees what the first has written.
            (Ok(counts), DbBackend::Sqlite) => assert_eq!(counts, Counts { accepted: 1, unchanged: 0 }),
            (Err(StoreError::Conflict { clash: Clash::Exists, .. }), DbBackend::Postgres) => {}
            other => panic!("{other:?}"),
        }
        let history = observations::history(store.db(), &place("a", "2026", "x")).await.unwrap();
        assert_eq!(history.iter().filter(|row| row.superseded_at_ms.is_none()).count(), 1);
    }

    async fn a_batch_that_waits_for_the_current_row_writes_over_what_took_its_place(store: Store) {
        let (db, at_a) = (store.db(), place("a", "2026", "x"));
        observations::insert_batch(db, &[value("a", "2026", "x", 1.0)], at(1)).await.unwrap();
        let first = store.begin().await.unwrap();
        if store.backend() == DbBackend::Postgres {
            // The batch meets a row that is held and still current, and not one that is being written.
            first.execute_unprepared("SELECT id FROM observations FOR UPDATE").await.unwrap();
        }
        let second = tokio::spawn({
            let store = store.clone();
            async move {
                let transaction = store.begin().await?;
                let counts = observations::insert_batch(&transaction, &[value("a", "2026", "x", 3.0)], at(3)).await?;
                transaction.commit().await?;
                Ok::<_, StoreError>(counts)
            }
        });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        observations::insert_batch(&first, &[value("a", "2026", "x", 2.0)], at(2)).await.unwrap();
        first.commit().await.unwrap();
        assert_eq!(second.await.unwrap().unwrap(), Counts { accepted: 1, unchanged: 0 });
        let history: Vec<Option<f64>> =
            observations::history(db, &at_a).await.unwrap().into_iter().map(|row| row.value.number).collect();
        assert_eq!(history, [Some(1.0), Some(2.0), Some(3.0)]);
    }

    async fn doubles_and_any_text_come_back_unchanged(store: Store) {
        let db = store.db();
        let tricky = [0.1, -0.0, 1e-310, f64::MAX, f64::MIN_POSITIVE, 1.0 / 3.0, 9_007_199_254_740_993.0];
        let mut batch: Vec<_> =
            tricky.iter().enumerate().map(|(n, number)| value("a", "2026", &n.to_string(), *number)).collect();
        batch[0].note = Some("逗号, \"引号\", {括号}, \\ and NaN".into());
        batch[1].item = "NaN".into();
        batch[2].source = "NULL".into();
        observations::insert_batch(db, &batch, at(1)).await.unwrap();
        let mut read: Vec<_> = observations::page(db, &Filter::default(), None, 99).await.unwrap()
            .items.into_iter().map(|row| row.value).collect();
        read.sort_by(|a, b| a.item.cmp(&b.item));
        batch.sort_by(|a, b| a.item.cmp(&b.item));
        assert_eq!(read, batch);
        batch.iter_mut().for_each(|row| row.number = row.number.map(|number| number + 0.0));
        let bits = |rows: &[NewObservation]| -> Vec<_> { rows.iter().map(|row| row.number.map(f64::to_bits)).collect() };
        assert_eq!(bits(&read), bits(&batch));
    }

    async fn what_was_current_at_a_moment_stays_readable(store: Store) {
        let db = store.db();
        for (at_ms, x, y) in [(10, 1.0, 1.0), (20, 2.0, 1.0), (30, 3.0, 4.0)] {
            let batch = [value("a", "2026", "x", x), value("a", "2026", "y", y)];
            observations::insert_batch(db, &batch, at(at_ms)).await.unwrap();
        }
        let (one, two, three, four) = (Some(1.0), Some(2.0), Some(3.0), Some(4.0));
        assert!(numbers(&store, &as_of(9)).await.is_empty());
        assert_eq!(numbers(&store, &as_of(10)).await, [one, one]);
        assert_eq!(numbers(&store, &as_of(19)).await, [one, one]);
        assert_eq!(numbers(&store, &as_of(20)).await, [two, one]);
        assert_eq!(numbers(&store, &as_of(30)).await, [three, four]);
        assert_eq!(numbers(&store, &Filter::default()).await, [three, four]);
    }

    async fn pages_join_to_the_whole_in_the_order_of_places(store: Store) {
        let db = store.db();
        let batch: Vec<_> = ["a", "b", "c"].iter().flat_map(|city| {
            ["2025", "2026"].iter().flat_map(move |period| {
                ["x", "y"].iter().map(move |item| value(city, period, item, 1.0))
            })
        }).collect();
        observations::insert_batch(db, &batch, at(1)).await.unwrap();
        let corrected: Vec<_> = batch.iter().step_by(3)
            .map(|row| NewObservation { number: Some(2.0), ..row.clone() }).collect();
        observations::insert_batch(db, &corrected, at(2)).await.unwrap();

        for (filter, expected) in [(as_of(1), 0), (as_of(2), 4), (Filter::default(), 4)] {
            let (mut joined, mut after): (Vec<Observation>, Option<Place>) = (vec![], None);
            loop {
                let page = observations::page(db, &filter, after.as_ref(), 5).await.unwrap();
                joined.extend(page.items);
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            let places: Vec<_> = joined.iter().map(|row| (&row.value.city, &row.value.period, &row.value.item)).collect();
            let all: Vec<_> = batch.iter().map(|row| (&row.city, &row.period, &row.item)).collect();
            assert_eq!(places, all);
            assert_eq!(joined.iter().filter(|row| row.value.number == Some(2.0)).count(), expected);
        }
    }

    async fn a_filter_lets_through_what_it_names(store: Store) {
        let db = store.db();
        let batch = [value("a", "2025", "x", 1.0), value("a", "2026", "x", 2.0),
            value("a", "2026", "y", 3.0), value("b", "2026", "x", 4.0)];
        observations::insert_batch(db, &batch, at(1)).await.unwrap();
        let one = |text: &str| vec![text.to_owned()];
        let of_city = Filter { cities: one("a"), ..Filter::default() };
        assert_eq!(numbers(&store, &of_city).await, [Some(1.0), Some(2.0), Some(3.0)]);
        let of_all = Filter { cities: vec!["a".into(), "b".into()], items: one("x"), periods: one("2026"), as_of_ms: Some(1), ..Filter::default() };
        assert_eq!(numbers(&store, &of_all).await, [Some(2.0), Some(4.0)]);
        let page = observations::page(db, &of_all, Some(&place("a", "2026", "x")), 9).await.unwrap();
        assert_eq!(page.items.len(), 1);

        let readings = readings(&store, &Filter::default()).await;
        let places: Vec<_> = readings.iter().map(|row| [&row.city, &row.period, &row.item].map(String::as_str)).collect();
        assert_eq!(places, [["a", "2025", "x"], ["a", "2026", "x"], ["a", "2026", "y"], ["b", "2026", "x"]]);
        assert!(readings.iter().all(|row| row.choice.is_none() && row.status == Status::Reported));
    }

    async fn a_place_named_twice_in_a_batch_is_a_conflict(store: Store) {
        let batch = [value("a", "2026", "x", 1.0), value("b", "2026", "x", 1.0), value("a", "2026", "x", 2.0)];
        let refused = observations::insert_batch(store.db(), &batch, at(1)).await.unwrap_err();
        let StoreError::Conflict { key, clash: Clash::Exists, .. } = refused else { panic!("{refused}") };
        assert_eq!(key, "a/2026/x");
        assert!(numbers(&store, &Filter::default()).await.is_empty());
    }

    async fn a_number_that_is_none_is_refused(store: Store) {
        for number in [f64::NAN, f64::INFINITY] {
            let refused = observations::insert_batch(store.db(), &[value("a", "2026", "x", number)], at(1)).await;
            assert!(matches!(refused, Err(StoreError::Internal(_))));
        }
    }

    async fn two_batches_at_the_same_time_leave_one_current_row_per_place(store: Store) {
        let rows: Vec<_> = (0..300).map(|n| value(&format!("c{n:03}"), "2026", "x", 0.0)).collect();
        observations::insert_batch(store.db(), &rows, at(1)).await.unwrap();
        let writers: Vec<_> = (1..=4).map(|writer| {
            let (store, rows) = (store.clone(), rows.clone());
            tokio::spawn(async move {
                let batch: Vec<_> = rows.into_iter()
                    .map(|row| NewObservation { number: Some(f64::from(writer)), ..row }).collect();
                let transaction = store.begin().await?;
                observations::insert_batch(&transaction, &batch, at(1 + i64::from(writer))).await?;
                transaction.commit().await
            })
        }).collect();
        for writer in writers {
            match writer.await.unwrap() {
                Ok(()) | Err(StoreError::Conflict { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        let current = numbers(&store, &Filter::default()).await;
        assert_eq!(current.len(), 300);
        assert!(current.iter().all(|number| *number == current[0] && *number != Some(0.0)));
    }

    async fn a_city_with_observations_stays_registered(store: Store) {
        cities::insert(store.db(), &city("a"), 1).await.unwrap();
        observations::insert_batch(store.db(), &[value("a", "2026", "x", 1.0)], at(1)).await.unwrap();
        let refused = cities::remove(store.db(), "a", 1).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { clash: Clash::Referenced, .. }), "{refused}");
    }
}

//! What batches of reads and of writes have in common.

use super::*;

#[tokio::test]
async fn a_thousand_items_there_and_back_in_order() {
    for_each_engine(async |sandbox| {
        let Bench { client, recorder, .. } = &Bench::new(&sandbox).await;
        let puts: Vec<_> = (0..1_000).map(|at| reading(at).put()).collect();
        let done =
            batch_write((puts, sensor(1.5).put(), Some(sensor(2.0).put()))).send(client).await.unwrap();
        assert_eq!((done.written, done.requests), (1_002, 41));
        assert!(done.consumed_capacity.unwrap().units() >= 1_002.0);
        assert!(recorder.requests().iter().all(|request| request.len() <= 25));

        recorder.take();
        let gets: Vec<_> = (0..1_001).rev().map(get).collect();
        let read = batch_get((gets, Sensor::get(2.0), Sensor::get(3.0)));
        let response = read.send_response(client).await.unwrap();
        assert_eq!(response.requests, 11);
        assert!(response.consumed_capacity.unwrap().units() >= 500.0);
        let (readings, two, three) = response.output;
        assert_eq!(readings[0], None);
        let expected: Vec<_> = (0..1_000).rev().map(reading).collect();
        assert_eq!(readings.into_iter().flatten().collect::<Vec<_>>(), expected);
        assert_eq!((two, three), (Some(sensor(2.0)), None));
        assert!(recorder.requests().iter().all(|request| request.len() <= 100));

        let deletes: Vec<_> = (0..999).map(|at| Reading::delete(key(at).0, at)).collect();
        assert_eq!(batch_write(deletes).send(client).await.unwrap().written, 999);
        let left = batch_get(vec![get(998), get(999)]).send(client).await.unwrap();
        assert_eq!(left, [None, Some(reading(999))]);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_a_batch_without_a_request() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let none = Vec::<theory::op::Put<Reading>>::new();
        assert_eq!(batch_write(none).send(&bench.client).await.unwrap().written, 0);
        let none = Vec::<theory::op::Get<Reading>>::new();
        assert_eq!(batch_get(none).send(&bench.client).await.unwrap(), []);
        assert!(bench.recorder.requests().is_empty());
    })
    .await;
}

#[tokio::test]
async fn no_number_of_requests_at_once_is_too_many() {
    for_each_engine(async |sandbox| {
        let Bench { client, .. } = &Bench::new(&sandbox).await;
        for most in [0, 1, usize::MAX / 2, usize::MAX / 2 + 1, usize::MAX] {
            let puts = || (0..60).map(|at| reading(at).put());
            let done = batch_write(puts().collect::<Vec<_>>()).concurrency(most).send(client).await.unwrap();
            assert_eq!(done.written, 60, "{most}");
            let done = batch_write_iter(puts()).concurrency(most).send(client).await.unwrap();
            assert_eq!(done.written, 60, "{most}");
            let gets = (0..300).map(get);
            let read =
                batch_get(gets.clone().collect::<Vec<_>>()).concurrency(most).send(client).await.unwrap();
            assert_eq!(read.iter().flatten().count(), 60, "{most}");
            let read = batch_get_iter(gets).concurrency(most).stream(client);
            assert_eq!(read.try_collect::<Vec<_>>().await.unwrap().len(), 300, "{most}");
        }
    })
    .await;
}

/// What is kept for the answers is as much as there are reads, however these are nested.
#[tokio::test]
async fn one_long_list_among_many_short_ones_takes_no_memory_for_the_others() {
    for_each_engine(async |sandbox| {
        let Bench { client, .. } = &Bench::new(&sandbox).await;
        let mut lists = vec![(0..20_000).map(|_| get(1)).collect::<Vec<_>>()];
        lists.resize_with(1_000_000, Vec::new);
        let read = batch_get(lists).send(client).await.unwrap();
        assert_eq!((read.len(), read[0].len(), read[1].len()), (1_000_000, 20_000, 0));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_in_a_batch_is_refused_before_anything_is_sent() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let many = || (0..30).map(|at| reading(at).put()).collect::<Vec<_>>();
        let gone = Reading::delete("s1", 8);
        let condition = Reading::delete("s1", 1).condition(Reading::TEXT.eq("x"));
        for (batch, says) in [
            (batch_write((many(), gone)), "number 8 and number 30 (from 0)"),
            (batch_write((sensor(1.0).put(), Sensor::delete(1.0))), "number 0 and number 1 (from 0)"),
            (batch_write((many(), sensor(1.0).create())), "write number 30 (from 0)"),
            (batch_write(sensor(1.0).replace()), "has no conditions"),
            (batch_write((many(), condition)), "has no conditions"),
        ] {
            let count = batch.len();
            let error = batch.send(&bench.client).await.unwrap_err();
            assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
            assert!(error.to_string().contains(says), "{error}");
            assert_eq!(positions(&error), (0..count).collect::<Vec<_>>());
            assert!(matches!(error.unwritten()[0].reason(), Reason::NotSent));
            // What was refused for its conditions does not lose them on the way.
            assert!(error.into_batch().send(&bench.client).await.is_err());
        }
        let error = batch_get((get(1), Reading::get("", 1))).send(&bench.client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Encode);
        assert_eq!(error.unread().len(), 2);
        assert!(bench.recorder.requests().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_unprocessed_is_sent_again_with_growing_pauses() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        for operation in [Operation::BatchWriteItem, Operation::BatchGetItem] {
            bench
                .faults
                .on(operation)
                .when(|request| request.len() > 3)
                .inject(Fault::PartialBatchLeaving(3));
            bench.faults.on(operation).times(3).inject(Fault::Throttle(Throttle::KeyRange));
        }
        let puts: Vec<_> = (0..25).map(|at| reading(at).put()).collect();
        let batch = batch_write(puts).sleep(bench.naps.clone());
        let done =
            batch.pauses(Duration::from_secs(1), Duration::from_secs(3)).send(&bench.client).await.unwrap();
        assert_eq!((done.written, done.requests), (25, 5));
        assert_eq!(bench.sizes(), [25, 3, 3, 3, 3]);
        let naps = std::mem::take(&mut *bench.naps.0.lock().unwrap());
        assert_eq!(naps.len(), 4);
        for (nap, longest) in naps.iter().zip([1, 2, 3, 3]) {
            assert!(*nap <= Duration::from_secs(longest), "{naps:?}");
        }

        let gets: Vec<_> = (0..25).map(get).collect();
        let response = batch_get(gets).sleep(bench.naps.clone()).send_response(&bench.client).await.unwrap();
        assert_eq!(response.requests, 5);
        assert!(response.output.into_iter().flatten().eq((0..25).map(reading)));
    })
    .await;
}

#[tokio::test]
async fn random_partial_batches_lose_nothing() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        bench
            .faults
            .on_any_of([Operation::BatchWriteItem, Operation::BatchGetItem])
            .probability(0.6)
            .inject_one_of([Fault::PartialBatch, Fault::Throttle(Throttle::Provisioned)]);
        let (naps, client) = (&bench.naps, &bench.client);
        let puts = (0..500).map(|at| reading(at).put());
        let written = batch_write_iter(puts).attempts(100).sleep(naps.clone()).send(client).await.unwrap();
        assert_eq!(written.written, 500);
        let gets: Vec<_> = (0..500).map(get).collect();
        let read = batch_get(gets).attempts(100).sleep(naps.clone()).send(client).await.unwrap();
        assert!(read.into_iter().flatten().eq((0..500).map(reading)));
        assert!(!bench.faults.injected().is_empty());
    })
    .await;
}

#[tokio::test]
async fn when_the_attempts_are_used_up_the_rest_comes_back() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let (naps, client) = (&bench.naps, &bench.client);
        bench
            .faults
            .on_any_of([Operation::BatchWriteItem, Operation::BatchGetItem])
            .when(|request| request.len() > 2)
            .inject(Fault::PartialBatchLeaving(2));
        // Two of what is left is throttled as a whole.
        bench
            .faults
            .on_any_of([Operation::BatchWriteItem, Operation::BatchGetItem])
            .inject(Fault::Throttle(Throttle::Account));
        let puts: Vec<_> = (0..20).map(|at| reading(at).put()).collect();
        let error = batch_write(puts).attempts(3).sleep(naps.clone()).send(client).await.unwrap_err();
        assert_eq!((error.written().written, error.written().requests), (18, 3));
        assert_eq!(positions(&error), [18, 19]);
        assert_eq!(error.error().kind(), ErrorKind::Throttled);
        assert!(!error.error().is_ambiguous());
        let Reason::Failed(cause) = error.unwritten()[0].reason() else { panic!("{error:?}") };
        assert!(cause.is_throttled());

        // What was given back by the last attempt has no error of its own.
        let puts: Vec<_> = (20..40).map(|at| reading(at).put()).collect();
        let unprocessed = batch_write(puts).attempts(1).send(client).await.unwrap_err();
        assert!(matches!(unprocessed.unwritten()[1].reason(), Reason::Unprocessed));
        assert_eq!(unprocessed.error().kind(), ErrorKind::Throttled);

        let gets: Vec<_> = (0..18).map(get).collect();
        let failed =
            batch_get((gets, get(1))).attempts(2).sleep(naps.clone()).send(client).await.unwrap_err();
        assert_eq!(failed.error().kind(), ErrorKind::Throttled);
        assert_eq!(failed.unread().iter().map(|left| left.position()).collect::<Vec<_>>(), [16, 17]);
        let (readings, one) = failed.into_answers();
        assert!(
            readings[..16]
                .iter()
                .zip(0..)
                .all(|(answer, at)| { matches!(answer, Answer::Found(item) if *item == reading(at)) })
        );
        assert!(readings[16..].iter().all(|answer| matches!(answer, Answer::Unread(_))));
        assert_eq!(one.found(), Some(reading(1)));

        // The rest, when the storm is over.
        bench.faults.stop();
        let rest: theory::Error = batch_write(reading(0).create()).send(client).await.unwrap_err().into();
        assert_eq!(rest.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.into_batch().send(client).await.unwrap().written, 2);
        assert_eq!(batch_get(vec![get(18), get(19)]).send(client).await.unwrap().iter().flatten().count(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_fails_loses_nothing_of_the_others() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        bench.faults.on(Operation::BatchWriteItem).nth(2).inject(Fault::ServerErrorAfterEffect);
        bench.faults.on(Operation::BatchGetItem).nth(2).inject(Fault::AccessDenied);
        let puts: Vec<_> = (0..125).map(|at| reading(at).put()).collect();
        let error = batch_write(puts).concurrency(3).send(client).await.unwrap_err();
        // Of five requests one failed, and what was under way beside it came to its end.
        let written = error.written().written;
        assert!([25, 50, 75, 100].contains(&written), "{written}");
        assert_eq!(error.error().kind(), ErrorKind::Service);
        assert!(error.error().is_ambiguous());
        let ambiguous: Vec<_> =
            error.unwritten().iter().filter(|left| left.is_ambiguous()).map(|left| left.position()).collect();
        assert_eq!(ambiguous, (ambiguous[0]..ambiguous[0] + 25).collect::<Vec<_>>());
        assert_eq!(ambiguous[0] % 25, 0);
        assert_eq!(positions(&error).len(), 125 - written);
        let mut others = error.unwritten().iter().filter(|left| !left.is_ambiguous());
        assert!(others.all(|left| matches!(left.reason(), Reason::NotSent)));
        // It is the same done twice.
        let rest = error.into_batch().send(client).await.unwrap().written;
        assert_eq!(written + rest, 125);

        let gets: Vec<_> = (0..500).map(get).collect();
        let error = batch_get(gets).concurrency(2).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::AccessDenied);
        let unread = error.unread().len();
        let found = error.into_answers().into_iter().filter_map(Answer::found).count();
        assert!(found > 0 || unread == 500);
        // Of 500 keys 125 items exist, in the first two requests; what is not read is not called missing.
        assert!(unread >= 100 && found <= 125, "{unread} {found}");
    })
    .await;
}

#[tokio::test]
async fn the_deadline_ends_it_and_what_was_done_is_known() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        bench.faults.on(Operation::BatchWriteItem).nth(2).inject(Fault::HangAfterEffect);
        bench.faults.on(Operation::BatchGetItem).nth(2).inject(Fault::HangBeforeEffect);
        let patient =
            Overrides::new().timeout(Duration::from_secs(600)).attempt_timeout(Duration::from_secs(600));
        let puts: Vec<_> = (0..75).map(|at| reading(at).put()).collect();
        let batch = batch_write(puts).concurrency(1).overrides(patient.clone());
        let error = batch.deadline(Duration::from_secs(3)).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Deadline);
        assert!(error.error().is_ambiguous());
        assert_eq!(error.written().written, 25);
        assert_eq!(positions(&error), (25..75).collect::<Vec<_>>());
        let ambiguous = error.unwritten().iter().filter(|left| left.is_ambiguous()).count();
        assert_eq!(ambiguous, 25);

        let gets: Vec<_> = (0..300).map(get).collect();
        let batch = batch_get(gets).concurrency(1).overrides(patient);
        let error = batch.deadline(Duration::from_secs(3)).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Deadline);
        assert_eq!(error.unread().len(), 200);
        assert_eq!(error.into_answers().into_iter().filter_map(Answer::found).count(), 50);
    })
    .await;
}

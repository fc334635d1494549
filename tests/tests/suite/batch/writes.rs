//! Batches of writes.

use super::*;

#[tokio::test]
async fn a_request_has_at_most_16_megabytes() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        // A control character takes six bytes in JSON: seven such items are more than 16 MB.
        let large = |at| Reading { text: "\u{1}".repeat(390_000), ..reading(at) };
        let puts: Vec<_> = (0..16).map(|at| large(at).put()).collect();
        assert_eq!(batch_write(puts).concurrency(1).send(&bench.client).await.unwrap().written, 16);
        let sizes = bench.sizes();
        assert_eq!(sizes.iter().sum::<usize>(), 16);
        assert!(sizes.iter().all(|size| *size <= 7), "{sizes:?}");

        // And so has an answer: the rest is unprocessed, and asked for again.
        let plain = |at: i64| Reading { text: "x".repeat(390_000), ..reading(at) };
        let puts = (0..50).map(|at| plain(at).put());
        assert_eq!(batch_write_iter(puts).send(&bench.client).await.unwrap().written, 50);
        let gets: Vec<_> = (0..50).map(get).collect();
        let response = batch_get(gets).sleep(bench.naps.clone()).send_response(&bench.client).await.unwrap();
        assert!(response.output.into_iter().flatten().eq((0..50).map(plain)));
        assert!(response.requests >= 2, "{}", response.requests);
    })
    .await;
}

#[tokio::test]
async fn a_later_write_of_an_item_in_a_stream_waits_and_wins() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let (naps, client) = (&bench.naps, &bench.client);
        bench.faults.on(Operation::BatchWriteItem).probability(0.5).inject(Fault::PartialBatch);
        let writes = |round: i64| {
            (0..40).map(move |at| Reading { text: format!("round {round}"), ..reading(at) }.put())
        };
        // Every item five times, then one of them gone, and one put again.
        let all = (0..5).flat_map(writes).map(|put| (Some(put), None));
        let last = [
            (None, Some(Reading::delete("s3", 3))),
            (None, Some(Reading::delete("s4", 4))),
            (Some(reading(4).put()), None),
        ];
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        let done = batch_write_iter(all.chain(last))
            .attempts(100)
            .sleep(naps.clone())
            .on_progress(move |progress| tell.lock().unwrap().push(progress.written))
            .send(client)
            .await
            .unwrap();
        assert_eq!(done.written, 203);
        let told = told.lock().unwrap().clone();
        assert!(told.is_sorted());
        assert_eq!(told.last(), Some(&203));
        for request in bench.recorder.requests() {
            let writes = request.body["RequestItems"].as_object().unwrap().values().next().unwrap();
            let keys: std::collections::HashSet<_> = writes
                .as_array()
                .unwrap()
                .iter()
                .map(|write| {
                    let put = &write["PutRequest"]["Item"]["at"]["N"];
                    let delete = &write["DeleteRequest"]["Key"]["at"]["N"];
                    put.as_str().or(delete.as_str()).unwrap().to_owned()
                })
                .collect();
            assert_eq!(keys.len(), request.len(), "an item is in a request once");
        }
        let read = batch_get((0..40).map(get).collect::<Vec<_>>()).send(client).await.unwrap();
        for (at, item) in (0..40).zip(read) {
            let text = match at {
                3 => None,
                4 => Some("reading 4".to_owned()),
                _ => Some("round 4".to_owned()),
            };
            assert_eq!(item.map(|item| item.text), text, "{at}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_source_is_read_no_further_than_it_is_written() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        bench.faults.on(Operation::BatchWriteItem).nth(4).inject(Fault::AccessDenied);
        let taken = Arc::new(Mutex::new(0));
        let count = Arc::clone(&taken);
        let endless = (0..).map(move |at| {
            *count.lock().unwrap() += 1;
            reading(at).put()
        });
        let error = batch_write_iter(endless).concurrency(2).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::AccessDenied);
        let taken = *taken.lock().unwrap();
        assert_eq!(error.taken(), taken);
        assert_eq!(error.written().written + error.unwritten().len(), taken);
        assert!(taken <= 25 * 7, "{taken}");
    })
    .await;
}

#[tokio::test]
async fn what_a_slow_stream_gave_does_not_wait_for_more() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        // The second write comes when the first is done, and never otherwise.
        let (done, first_done) = tokio::sync::oneshot::channel();
        let mut done = Some(done);
        let later = futures_util::stream::once(async move {
            first_done.await.unwrap();
            reading(2).put()
        });
        let source = futures_util::stream::iter([reading(1).put()]).chain(later);
        let written = batch_write_stream(source)
            .on_progress(move |_| {
                done.take().map(|done| done.send(()));
            })
            .send(&bench.client)
            .await
            .unwrap();
        assert_eq!(written.written, 2);
        assert_eq!(bench.sizes(), [1, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_refused_write_in_a_stream_ends_it() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let writes = (0..60).map(|at| if at == 55 { reading(at).create() } else { reading(at).put() });
        let error = batch_write_iter(writes).send(&bench.client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.taken(), 56);
        assert_eq!(error.written().written, 50);
        assert_eq!(positions(&error), (50..56).collect::<Vec<_>>());
        assert!(error.into_batch().send(&bench.client).await.unwrap_err().error().is_invalid());
    })
    .await;
}

#[tokio::test]
async fn an_invalid_write_is_found_and_the_others_are_done() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        let bad = [7, 30, 31, 74];
        let notes: Vec<_> = (0..100).map(|id| note(id, bad.contains(&id))).collect();
        let error = batch_write(notes).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Validation, "{error}");
        assert_eq!(positions(&error), [7, 30, 31, 74]);
        for left in error.unwritten() {
            assert_eq!(left.entity(), "Unindexed");
            let Reason::Failed(cause) = left.reason() else { panic!("{left:?}") };
            assert_eq!((cause.kind(), left.is_ambiguous()), (ErrorKind::Validation, false));
        }
        assert_eq!(error.written().written, 96);
        let requests = error.written().requests;
        assert_eq!(requests, bench.sizes().len() as u64);
        // One of 25 takes ten more requests, or up to a step less; two take at most eighteen.
        assert!((4 + 3 * 8..=4 + 10 + 18 + 10).contains(&requests), "{requests}");
        let gets: Vec<_> = (0..100).map(Note::get).collect();
        let stored = batch_get(gets).send(client).await.unwrap();
        for (id, note) in (0..100).zip(stored) {
            assert_eq!(note.is_none(), bad.contains(&id), "{id}");
        }
        // It is the same again: nothing was wrong with the others.
        assert_eq!(positions(&error.into_batch().send(client).await.unwrap_err()), [0, 1, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn where_every_write_is_invalid_few_requests_tell() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let notes: Vec<_> = (0..100).map(|id| note(id, true)).collect();
        let error = batch_write(notes).concurrency(1).send(&bench.client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Validation);
        assert_eq!(positions(&error), (0..100).collect::<Vec<_>>());
        assert!(bench.sizes().len() <= 9, "{:?}", bench.sizes());
        let sent = error.unwritten().iter().filter(|left| matches!(left.reason(), Reason::Failed(_)));
        assert_eq!(sent.count(), 25);
        // One by itself is no more than that.
        bench.recorder.take();
        let error = batch_write(note(1, true)).send(&bench.client).await.unwrap_err();
        assert_eq!((positions(&error), bench.sizes()), (vec![0], vec![1]));
    })
    .await;
}

#[tokio::test]
async fn what_comes_behind_an_invalid_write_on_one_item_waits_for_it() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        // Number 3 is invalid, and a later write is on its item.
        let writes = (0..30).map(|id| note(id, id == 3)).chain([note(3, false), note(40, false)]);
        let error = batch_write_iter(writes).send(client).await.unwrap_err();
        assert_eq!(positions(&error), [3, 30]);
        assert!(matches!(error.unwritten()[1].reason(), Reason::NotSent));
        assert_eq!((error.written().written, error.taken()), (30, 32));
        assert_eq!(Note::get(3).send(client).await.unwrap(), None);

        // All that an endless source gives waits for it: there is no end to that but this.
        let mut first = true;
        let endless = (0..).map(move |_| note(3, std::mem::take(&mut first)));
        let error = batch_write_iter(endless).concurrency(1).send(client).await.unwrap_err();
        assert_eq!((error.written().written, error.taken()), (0, error.unwritten().len()));
        assert!(error.taken() <= 60, "{}", error.taken());

        // So many are invalid that the rest of the source is left where it is.
        let endless = (0..).map(|id| note(id, id % 5 == 0));
        let error = batch_write_iter(endless).concurrency(2).send(client).await.unwrap_err();
        let invalid = error.unwritten().iter().filter(|left| left.entity() == "Unindexed").count();
        assert!((101..200).contains(&invalid), "{invalid}");
        assert_eq!(error.written().written + error.unwritten().len(), error.taken());
    })
    .await;
}

#[tokio::test]
async fn an_element_of_several_writes_is_done_or_left_as_a_whole() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        bench.faults.on(Operation::BatchWriteItem).nth(1).inject(Fault::AccessDenied);
        // The first request ends within the 13th pair.
        let pairs = (0..20).map(|at| (reading(2 * at).put(), reading(2 * at + 1).put()));
        let error = batch_write_iter(pairs).concurrency(1).send(&bench.client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::AccessDenied);
        assert_eq!(error.taken() % 2, 0, "{}", error.taken());
        assert!(error.taken() >= 26, "{}", error.taken());
        assert_eq!(positions(&error), (0..error.taken()).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn what_is_left_of_a_stream_keeps_its_order() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        bench.faults.on(Operation::BatchWriteItem).nth(1).inject(Fault::AccessDenied);
        let round =
            |round| (0..30).map(move |at| Reading { text: format!("round {round}"), ..reading(at) }.put());
        let error = batch_write_iter(round(1).chain(round(2)).chain(round(3)))
            .concurrency(4)
            .send(&bench.client)
            .await
            .unwrap_err();
        let left = error.unwritten().len();
        assert_eq!(left + error.written().written, error.taken());
        let taken = error.taken();
        let rest = round(1).chain(round(2)).chain(round(3)).skip(taken).collect::<Vec<_>>();
        let done = error.into_batch().push(rest).send(&bench.client).await.unwrap();
        assert_eq!(done.written, left + 90 - taken);
        let read = batch_get((0..30).map(get).collect::<Vec<_>>()).send(&bench.client).await.unwrap();
        assert!(read.into_iter().flatten().all(|reading| reading.text == "round 3"));

        let twice = vec![reading(1).put(), reading(1).put()];
        let refused = batch_write(twice).send(&bench.client).await.unwrap_err().into_batch();
        assert!(refused.send(&bench.client).await.unwrap_err().error().is_invalid(), "it has no order");
    })
    .await;
}

#[tokio::test]
async fn a_loaded_item_whose_key_was_changed_is_not_put_beside_the_old_one() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        reading(1).put().send(&bench.client).await.unwrap();
        let mut loaded = get(1).loaded().send(&bench.client).await.unwrap().unwrap();
        loaded.at = 2;
        let error = batch_write(loaded.put()).send(&bench.client).await.unwrap_err();
        assert_eq!(
            (error.error().kind(), error.error().attribute()),
            (ErrorKind::InvalidRequest, Some("at"))
        );
        assert_eq!(get(2).send(&bench.client).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_source_that_was_not_read_for_want_of_time_is_not_written() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let late = bench.client.with_deadline(theory::client::Deadline::after(Duration::ZERO));
        let error = batch_write_iter((0..).map(|at| reading(at).put())).send(&late).await.unwrap_err();
        assert!(error.error().is_out_of_time(), "{error}");
        assert_eq!(error.written().written + error.unwritten().len(), error.taken());
        assert!(error.to_string().contains("not read to its end"), "{error}");
        assert_eq!(
            batch_write_iter((0..0).map(|at| reading(at).put())).send(&late).await.unwrap().written,
            0
        );
    })
    .await;
}

/// Of a source that is not there any more, nobody knows what stood at a position.
#[tokio::test]
async fn what_is_left_can_be_read() {
    #[derive(Debug, Clone, PartialEq, Table)]
    #[table(name = "readings")]
    struct Stamped {
        #[table(pk)]
        sensor: String,
        #[table(sk)]
        at: i64,
        text: String,
        #[table(version)]
        version: u64,
        #[table(created_at)]
        created_at: theory::Timestamp,
        #[table(updated_at)]
        updated_at: theory::Timestamp,
    }
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        bench.faults.on(Operation::BatchWriteItem).nth(1).inject(Fault::AccessDenied);
        let moment: theory::Timestamp = "2026-01-16T09:30:00Z".parse().unwrap();
        let client = bench.client.with_clock(move || moment);
        let never = theory::Timestamp::default();
        let stamped = |at| Stamped {
            sensor: "stamped".into(),
            at,
            text: format!("\u{1} \"text\" {at}"),
            version: 0,
            created_at: never,
            updated_at: never,
        };
        let writes = (0..40).map(|at| match at % 2 {
            0 => (Some(stamped(at).put()), None),
            _ => (None, Some(Reading::delete("s1", at))),
        });
        let writes = batch_write(writes.collect::<Vec<_>>()).concurrency(1);
        let error = writes.send(&client).await.unwrap_err();
        assert_eq!(error.unwritten().len(), 40);
        for left in error.unwritten() {
            let at = i64::try_from(left.position()).unwrap();
            assert_eq!(left.is_delete(), at % 2 == 1);
            if left.is_delete() {
                let key: theory::Item = left.item().unwrap();
                assert_eq!((key.len(), key.get("at")), (2, Some(&at.into())));
                assert_eq!(left.item::<Reading>().unwrap_err().kind(), ErrorKind::MissingAttribute);
                continue;
            }
            // Those that were sent have the moment at which they were.
            let stamp = if matches!(left.reason(), Reason::NotSent) { never } else { moment };
            let expected = Stamped { version: 1, created_at: stamp, updated_at: stamp, ..stamped(at) };
            assert_eq!(left.item::<Stamped>().unwrap(), expected);
        }
        assert!(error.unwritten().iter().any(|left| matches!(left.reason(), Reason::NotSent)));
        // What cannot be stored says so.
        let error = batch_write(sensor(f64::NAN).put()).send(&client).await.unwrap_err();
        assert_eq!(error.unwritten()[0].item::<Sensor>().unwrap_err().kind(), ErrorKind::Encode);
    })
    .await;
}

//! Batches of reads.

use super::*;

#[tokio::test]
async fn a_key_is_asked_for_once_and_answered_in_every_place() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        // An escape in the key, which the engine may write in another way.
        let odd = Reading { sensor: "é/\u{1f600}\"\\\n".into(), at: -5, text: "odd".into() };
        batch_write((reading(1).put(), odd.put(), sensor(100.0).put())).send(&bench.client).await.unwrap();
        bench.recorder.take();
        let read = batch_get((
            vec![get(1), get(2), get(1), Reading::get(&odd.sensor, -5)],
            get(1),
            vec![get(2)],
            vec![Sensor::get(1e2), Sensor::get(100.0)],
        ));
        let (first, second, third, sensors) = read.send(&bench.client).await.unwrap();
        assert_eq!(first, [Some(reading(1)), None, Some(reading(1)), Some(odd)]);
        assert_eq!((second, third), (Some(reading(1)), vec![None]));
        assert_eq!(sensors, [Some(sensor(100.0)), Some(sensor(100.0))]);
        assert_eq!(bench.sizes(), [4]);
    })
    .await;
}

#[tokio::test]
async fn projections_and_consistent_reads_are_each_a_request() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let puts: Vec<_> = (0..3).map(|at| reading(at).put()).collect();
        batch_write((puts, sensor(1.0).put())).send(&bench.client).await.unwrap();
        bench.recorder.take();
        let read = batch_get((
            vec![get(0), get(1)],
            vec![get(1).project::<Text>(), get(9).project::<Text>(), get(2).project::<Text>()],
            get(1).consistent_read(),
            Sensor::get(1.0).consistent_read(),
        ));
        let (whole, texts, consistent, sensor) = read.send(&bench.client).await.unwrap();
        assert_eq!(whole, [Some(reading(0)), Some(reading(1))]);
        let text = |at| Some(Text { text: format!("reading {at}") });
        assert_eq!(texts, [text(1), None, text(2)]);
        assert_eq!((consistent, sensor.map(|sensor| sensor.id)), (Some(reading(1)), Some(1.0)));
        // Three ways to ask `readings`; `sensors` goes with the first.
        let mut sizes = bench.sizes();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 3, 3]);
    })
    .await;
}

#[tokio::test]
async fn an_item_that_does_not_fit_is_left_and_the_others_are_not() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let good = Strict { sensor: "s3".into(), at: 3, missing: 1 };
        batch_write((reading(1).put(), good.put())).send(&bench.client).await.unwrap();
        let gets = vec![Strict::get("s1", 1), Strict::get("s3", 3), Strict::get("s4", 4)];
        let error = batch_get(gets).send(&bench.client).await.unwrap_err();
        assert!(error.error().is_decode(), "{error}");
        assert_eq!(error.unread().len(), 1);
        assert_eq!((error.unread()[0].position(), error.unread()[0].entity()), (0, "Strict"));
        let answers = error.into_answers();
        assert!(matches!(&answers[1], Answer::Found(item) if *item == good));
        assert!(matches!(answers[2], Answer::NotFound));
    })
    .await;
}

#[tokio::test]
async fn a_source_of_keys_is_answered_in_its_order() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        batch_write_iter((0..1_000).map(|at| reading(at).put())).send(client).await.unwrap();
        bench.recorder.take();
        bench.faults.on(Operation::BatchGetItem).probability(0.3).inject(Fault::PartialBatch);
        // Every third does not exist, some stand there twice, and the last request is not full.
        let at = |number: i64| if number % 3 == 0 { -number - 1 } else { number / 2 };
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        let answers: Vec<_> = batch_get_iter((0..1_950).map(|number| get(at(number))))
            .attempts(100)
            .sleep(bench.naps.clone())
            .on_progress(move |progress| tell.lock().unwrap().push(progress))
            .stream(client)
            .try_collect()
            .await
            .unwrap();
        assert_eq!(answers.len(), 1_950);
        for (number, answer) in (0..).zip(answers) {
            assert_eq!(answer, (number % 3 != 0).then(|| reading(at(number))), "{number}");
        }
        let told = told.lock().unwrap().clone();
        assert!(told.is_sorted_by_key(|progress| progress.read));
        let last = told.last().unwrap();
        assert_eq!((last.read, last.taken), (1_950, 1_950));
        assert_eq!(last.requests, bench.sizes().len() as u64);
        assert!(bench.sizes().iter().all(|size| *size <= 100));

        bench.faults.stop();
        bench.recorder.take();
        // Three reads at a time: 33 of them are a request, for two tables in one.
        batch_write((sensor(1.0).put(), sensor(2.0).put())).send(client).await.unwrap();
        bench.recorder.take();
        let three = |at: i64| (get(at), get(at + 1).project::<Text>(), Sensor::get(at as f64));
        let answers: Vec<_> = batch_get_iter((0..40).map(three)).stream(client).try_collect().await.unwrap();
        assert_eq!(answers.len(), 40);
        let (one, text, sensor) = &answers[2];
        assert_eq!(*one, Some(reading(2)));
        assert_eq!(text.as_ref().map(|text| &*text.text), Some("reading 3"));
        assert_eq!(sensor.as_ref().map(|sensor| sensor.id), Some(2.0));
        assert_eq!(answers[3].2, None);
        // The same table in two ways is two requests.
        assert_eq!(bench.sizes().len(), 4);
        let none = batch_get_iter(Vec::<theory::op::Get<Reading>>::new());
        assert_eq!(none.stream(client).count().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_source_of_keys_is_read_no_further_than_it_is_answered() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        batch_write_iter((0..500).map(|at| reading(at).put())).send(client).await.unwrap();
        let taken = Arc::new(Mutex::new(0));
        let count = Arc::clone(&taken);
        let endless = (0..).map(move |at| {
            *count.lock().unwrap() += 1;
            get(at)
        });
        let mut answers = batch_get_iter(endless).concurrency(3).stream(client);
        assert_eq!(answers.try_next().await.unwrap(), Some(Some(reading(0))));
        assert_eq!(answers.try_next().await.unwrap(), Some(Some(reading(1))));
        let taken = *taken.lock().unwrap();
        assert!((100..=1_000).contains(&taken), "{taken}");
        drop(answers);

        // A source that waits for the answer before it gives more.
        let (answered, first) = tokio::sync::oneshot::channel();
        let later = futures_util::stream::once(async move {
            first.await.unwrap();
            get(2)
        });
        let source = futures_util::stream::iter([get(1)]).chain(later);
        let mut answers = batch_get_stream(source).stream(client);
        assert_eq!(answers.try_next().await.unwrap(), Some(Some(reading(1))));
        answered.send(()).unwrap();
        assert_eq!(answers.try_next().await.unwrap(), Some(Some(reading(2))));
        assert_eq!(answers.try_next().await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_fails_in_a_stream_of_answers_stands_in_its_place() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        batch_write_iter((0..500).map(|at| reading(at).put())).send(client).await.unwrap();
        let good = Strict { sensor: "s3".into(), at: -3, missing: 1 };
        batch_write(good.put()).send(client).await.unwrap();

        // One that does not fit does not end it.
        let gets = [("s1", 1), ("s3", -3), ("s4", -4)].map(|(sensor, at)| Strict::get(sensor, at));
        let answers: Vec<_> = batch_get_iter(gets).stream(client).collect().await;
        let [Err(error), Ok(Some(fits)), Ok(None)] = &answers[..] else { panic!("{answers:?}") };
        assert!(error.is_decode() && error.to_string().contains("number 0"), "{error}");
        assert_eq!(*fits, good);

        // A request that fails does, and what was given before it is all there is before it.
        bench.faults.on(Operation::BatchGetItem).nth(4).inject(Fault::AccessDenied);
        let mut answers: Vec<_> =
            batch_get_iter((0..).map(get)).concurrency(2).stream(client).collect().await;
        let error = answers.pop().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert!(error.to_string().contains(&format!("number {}", answers.len())), "{error}");
        assert!([200, 300].contains(&answers.len()), "{}", answers.len());
        for (at, answer) in (0..).zip(answers) {
            assert_eq!(answer.unwrap(), Some(reading(at)));
        }

        // So does a key that is not one.
        let gets = (0..150).map(get).chain([Reading::get("", 1), get(1)]);
        let mut answers: Vec<_> = batch_get_iter(gets).stream(client).collect().await;
        assert_eq!(answers.pop().unwrap().unwrap_err().kind(), ErrorKind::Encode);
        assert!(answers.len() == 150 && answers.iter().all(|answer| matches!(answer, Ok(Some(_)))));

        // And the deadline.
        bench.faults.on(Operation::BatchGetItem).nth(7).inject(Fault::HangBeforeEffect);
        let late = batch_get_iter((0..).map(get)).concurrency(1).deadline(Duration::from_secs(2));
        let mut answers: Vec<_> = late.stream(client).take(2_000_000).collect().await;
        assert_eq!(answers.pop().unwrap().unwrap_err().kind(), ErrorKind::Deadline);
        assert_eq!(answers.len() % 100, 0);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_refused_is_found_and_the_others_are_read() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        batch_write_iter((0..300).map(|at| reading(at).put())).send(client).await.unwrap();
        bench.recorder.take();
        let gets = (
            (0..30).map(get).collect::<Vec<_>>(),
            Numbered::get(1, 1),
            (30..180).map(get).collect::<Vec<_>>(),
            vec![Numbered::get(2, 2), Numbered::get(2, 3)],
            (-5..0).map(get).collect::<Vec<_>>(),
        );
        let error = batch_get(gets).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Validation, "{error}");
        let positions: Vec<_> = error.unread().iter().map(|unread| unread.position()).collect();
        assert_eq!(positions, [30, 181, 182]);
        for unread in error.unread() {
            assert_eq!(unread.entity(), "Numbered");
            let Reason::Failed(cause) = unread.reason() else { panic!("{unread:?}") };
            assert_eq!((cause.kind(), cause.is_ambiguous()), (ErrorKind::Validation, false));
        }
        // One of 100 takes fourteen more requests, or a step less; two neighbours of 88 a few more.
        let requests = bench.sizes().len();
        assert!((2 + 12 + 12..=2 + 14 + 28).contains(&requests), "{requests}");
        let (first, _, second, _, none) = error.into_answers();
        let found: Vec<_> = first.into_iter().chain(second).filter_map(Answer::found).collect();
        assert_eq!(found, (0..180).map(reading).collect::<Vec<_>>());
        assert!(none.iter().all(|answer| matches!(answer, Answer::NotFound)));

        // In a stream it stands in its place, and what is behind it follows.
        let pairs = (0..250).map(|at| {
            (get(at), (at % 120 == 60).then(|| Numbered::get(1, at)).into_iter().collect::<Vec<_>>())
        });
        let answers: Vec<_> = batch_get_iter(pairs).stream(client).collect().await;
        assert_eq!(answers.len(), 250);
        for (at, answer) in (0..).zip(answers) {
            match answer {
                Ok((read, _)) => assert_eq!(read, Some(reading(at))),
                Err(error) => {
                    assert_eq!((at % 120, error.kind()), (60, ErrorKind::Validation));
                    assert!(error.to_string().contains(&format!("number {at} (from 0)")), "{error}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn where_every_key_is_refused_few_requests_tell() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let gets = || (0..1_000).map(|at| Numbered::get(1, at));
        let error =
            batch_get(gets().collect::<Vec<_>>()).concurrency(1).send(&bench.client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::Validation);
        assert_eq!(error.unread().len(), 1_000);
        assert!(bench.sizes().len() <= 11, "{:?}", bench.sizes());
        let sent = error.unread().iter().filter(|unread| matches!(unread.reason(), Reason::Failed(_)));
        assert_eq!(sent.count(), 100);

        // Nor does half of them let it go on for long.
        bench.recorder.take();
        let half: Vec<_> = gets().enumerate().map(|(at, bad)| (get(at as i64), vec![bad])).collect();
        let error = batch_get(half).concurrency(1).send(&bench.client).await.unwrap_err();
        let failed = error.unread().iter().filter(|unread| matches!(unread.reason(), Reason::Failed(_)));
        assert!((101..=150).contains(&failed.count()));
        assert!(bench.sizes().len() <= 3 * 200, "{}", bench.sizes().len());

        bench.recorder.take();
        let answers: Vec<_> = batch_get_iter(gets()).concurrency(1).stream(&bench.client).collect().await;
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].as_ref().unwrap_err().kind(), ErrorKind::Validation);
    })
    .await;
}

#[tokio::test]
async fn what_dynamodb_would_refuse_of_a_key_is_never_sent() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let client = &bench.client;
        let (long, longer) = ("x".repeat(1_024), "x".repeat(2_048));
        for (site, path) in [("", "a"), ("a", ""), (&*format!("{longer}x"), "a"), ("a", &*format!("{long}x"))]
        {
            let error = batch_get((get(1), Page::get(site, path), get(2))).send(client).await.unwrap_err();
            assert_eq!(error.error().kind(), ErrorKind::Encode, "{error}");
            assert_eq!(error.unread().len(), 3);
            let mut answers = batch_get_iter([Page::get(site, path)]).stream(client);
            assert_eq!(answers.try_next().await.unwrap_err().kind(), ErrorKind::Encode);
        }
        assert!(bench.recorder.requests().is_empty());
        // As long as they may be, they go out, to a table that does not exist.
        let error = batch_get(Page::get(&*longer, &*long)).send(client).await.unwrap_err();
        assert_eq!(error.error().kind(), ErrorKind::TableNotFound, "{error}");
        assert_eq!(bench.sizes(), [1]);
    })
    .await;
}

#[tokio::test]
async fn one_item_is_read_as_several_types() {
    for_each_engine(async |sandbox| {
        let bench = Bench::new(&sandbox).await;
        let good = Strict { sensor: "s3".into(), at: 3, missing: 1 };
        batch_write((reading(1).put(), good.put())).send(&bench.client).await.unwrap();
        bench.recorder.take();
        // Neither is `Clone` asked of them, nor that all of them fit.
        let gets = (vec![Strict::get("s1", 1), Strict::get("s3", 3)], vec![get(1), get(3), get(1)]);
        let error = batch_get(gets).send(&bench.client).await.unwrap_err();
        assert_eq!(bench.sizes(), [2]);
        let unread: Vec<_> =
            error.unread().iter().map(|unread| (unread.position(), unread.entity())).collect();
        assert_eq!(unread, [(0, "Strict"), (3, "Reading")]);
        let (strict, readings) = error.into_answers();
        assert!(matches!(&strict[1], Answer::Found(item) if *item == good));
        for place in [0, 2] {
            assert!(matches!(&readings[place], Answer::Found(item) if *item == reading(1)));
        }
    })
    .await;
}

//! Whatever goes wrong with a record.

use std::sync::Mutex;

use theory::stream::{Change, FromRecord, Keys};

use super::*;

/// Which record fails in which way.
#[derive(Debug, Clone, Copy)]
enum Way {
    Error,
    Panic,
    PanicAtOnce,
}

fn handler(
    failing: usize,
    way: Way,
) -> StreamHandler<
    Record,
    HandleFn<impl Fn(Record) -> futures_util::future::BoxFuture<'static, Result<(), String>>>,
> {
    stream_handler(move |record: Record| {
        let fails = record.sequence_number() == Some(&sequence_number(failing));
        match way {
            Way::PanicAtOnce if fails => panic!("as planned, at once"),
            _ => {}
        }
        let future = async move {
            tokio::task::yield_now().await;
            match way {
                Way::Error if fails => Err("no".to_owned()),
                Way::Panic if fails => panic!("as planned"),
                _ => Ok(()),
            }
        };
        Box::pin(future) as futures_util::future::BoxFuture<'static, _>
    })
}

#[tokio::test]
async fn a_failure_is_told_in_the_way_that_was_chosen() {
    let records: Vec<_> = (0..10).map(inserted).collect();
    for way in [Way::Error, Way::Panic, Way::PanicAtOnce] {
        for concurrency in [1, 4, 100] {
            for place in 0..10 {
                let mut whole = handler(place, way).concurrency(concurrency);
                let error = call(&mut whole, &records).await.unwrap_err();
                assert_eq!((error.place(), error.sequence_number()), (place, Some(&*sequence_number(place))));
                let is_panic = error.kind() == StreamErrorKind::Panic;
                assert_eq!(is_panic, !matches!(way, Way::Error), "{error}");

                let mut partial = handler(place, way).concurrency(concurrency).report_batch_item_failures();
                let answer = call(&mut partial, &records).await.unwrap();
                assert_eq!(answer.first_failure(), Some(&*sequence_number(place)));
            }
            assert_eq!(call(&mut handler(10, way), &records).await.unwrap(), StreamResponse::default());
        }
    }
    assert_eq!(call(&mut handler(0, Way::Error), &[]).await.unwrap(), StreamResponse::default());
}

#[tokio::test]
async fn the_error_says_why_and_where() {
    let records: Vec<_> = (0..3).map(inserted).collect();
    let error = call(&mut handler(1, Way::Error), &records).await.unwrap_err();
    let diagnostic = lambda_runtime::Diagnostic::from(error);
    assert_eq!(diagnostic.error_type, "Stream.Handler");
    assert_eq!(diagnostic.error_message, "record 2 of 3 failed: no");
}

#[tokio::test]
async fn nothing_is_begun_behind_a_failure() {
    let begun = Mutex::new(Vec::new());
    let mut handler = stream_handler(|change: Change<Order>| {
        let total = change.into_images().0.unwrap().total;
        begun.lock().unwrap().push(total);
        async move { if total == 3 { Err("no") } else { Ok(()) } }
    });
    call(&mut handler, &(0..10).map(inserted).collect::<Vec<_>>()).await.unwrap_err();
    drop(handler);
    assert_eq!(begun.into_inner().unwrap(), [0, 1, 2, 3]);
}

#[tokio::test]
async fn what_cannot_be_read_fails_or_is_put_aside() {
    let mut unreadable = inserted(1);
    unreadable["dynamodb"]["NewImage"]["total"] = json!({"S": "ten"});
    let mut damaged = inserted(2);
    damaged["eventName"] = json!("RENAME");
    let mut unnumbered = json!({"dynamodb": []});
    let records = [inserted(0), unreadable.clone(), damaged.clone(), unnumbered.take(), inserted(4)];

    let handler = || stream_handler(async |_: Change<Order>| Ok::<_, theory::Error>(()));
    for (bad, number) in [(&records[1], Some(1)), (&records[2], Some(2)), (&records[3], None)] {
        let records = [inserted(0), bad.clone(), inserted(4)];
        let error = call(&mut handler(), &records).await.unwrap_err();
        assert_eq!((error.kind(), error.place()), (StreamErrorKind::Undecodable, 1));
        assert_eq!(error.sequence_number(), number.map(sequence_number).as_deref());
        // What has no number is reported by that of the record before it, which comes again too.
        let answer = call(&mut handler().report_batch_item_failures(), &records).await.unwrap();
        assert_eq!(answer.first_failure(), Some(&*sequence_number(number.unwrap_or(0))));
        // Where there is none, the invocation fails.
        let alone = call(&mut handler().report_batch_item_failures(), &records[1..]).await;
        assert_eq!(alone.is_err(), number.is_none());
    }

    let aside = Mutex::new(Vec::new());
    let put_aside = |record: Undecodable| {
        aside.lock().unwrap().push((record.sequence_number().map(str::to_owned), record.record.is_ok()));
        async { Ok::<_, theory::Error>(()) }
    };
    let mut patient = handler().on_undecodable(put_aside).report_batch_item_failures();
    assert_eq!(call(&mut patient, &records).await.unwrap(), StreamResponse::default());
    let expected = [(Some(sequence_number(1)), true), (Some(sequence_number(2)), false), (None, false)];
    assert_eq!(*aside.lock().unwrap(), expected);

    let refuses = |_: Undecodable| async { Err("the queue is full") };
    let error = call(&mut handler().on_undecodable(refuses), &records).await.unwrap_err();
    assert_eq!((error.kind(), error.place()), (StreamErrorKind::Handler, 1));
    let panics = |_: Undecodable| -> std::future::Ready<Result<(), String>> { panic!("as planned") };
    let error = call(&mut handler().on_undecodable(panics), &records).await.unwrap_err();
    assert_eq!((error.kind(), error.place()), (StreamErrorKind::Panic, 1));
}

#[tokio::test]
async fn a_stream_without_the_images_is_nobodys_dead_letter() {
    let mut keys_only = inserted(1);
    keys_only["dynamodb"]["NewImage"].take();
    let aside = |_: Undecodable| async { Ok::<_, theory::Error>(()) };
    let mut handler =
        stream_handler(async |_: Change<Order>| Ok::<_, theory::Error>(())).on_undecodable(aside);
    let error = call(&mut handler, &[keys_only.clone()]).await.unwrap_err();
    assert_eq!(error.kind(), StreamErrorKind::Undecodable);
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<theory::Error>().unwrap();
    assert_eq!(source.kind(), theory::ErrorKind::MissingImage);

    let mut handler = stream_handler(async |change: Change<Keys<Order>>| {
        assert_eq!(change.new_image().unwrap().0, ("o-1".to_owned(),));
        Ok::<_, theory::Error>(())
    });
    call(&mut handler, &[keys_only]).await.unwrap();
}

#[tokio::test]
async fn records_of_others_are_passed_over() {
    let mut other = inserted(1);
    other["dynamodb"]["Keys"] = json!({"customer": {"S": "ada"}});
    let seen = Mutex::new(0);
    let mut handler = stream_handler(|_: Change<Order>| {
        *seen.lock().unwrap() += 1;
        async { Ok::<_, theory::Error>(()) }
    });
    call(&mut handler, &[inserted(0), other, inserted(2)]).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), 2);
}

/// Reading runs code of the user's.
#[tokio::test]
async fn a_panic_while_reading_is_a_failure() {
    struct Explosive;
    impl FromRecord for Explosive {
        fn from_record(_: &Record) -> theory::Result<Option<Self>> {
            panic!("as planned")
        }
    }
    let mut handler =
        stream_handler(async |_: Explosive| Ok::<_, theory::Error>(())).report_batch_item_failures();
    let answer = call(&mut handler, &[inserted(0)]).await.unwrap();
    assert_eq!(answer.first_failure(), Some(&*sequence_number(0)));
}

/// The answer to it is a state, which would be lost.
#[tokio::test]
async fn an_event_of_a_tumbling_window_is_refused_and_says_what_to_do() {
    let whole = json!({
        "Records": [inserted(1)], "window": {"start": "2026-11-21T00:00:00Z", "end": "2026-11-21T00:05:00Z"}, "state": {},
        "shardId": "s", "isFinalInvokeForWindow": false, "isWindowTerminatedEarly": false,
    });
    let mut last = whole.clone();
    last["Records"] = json!([]);
    for event in [whole, last] {
        let mut handler = stream_handler(|_: Change<Order>| async { Err::<(), _>("it must not run") })
            .report_batch_item_failures();
        let mut context = Context::default();
        context.deadline = invocation(&[], LONG).context.deadline;
        let event = StreamEvent::from_json(event.to_string()).unwrap();
        let error = handler.call(LambdaEvent::new(event, context)).await.unwrap_err();
        assert_eq!(error.kind(), StreamErrorKind::Window);
        assert!(error.to_string().contains("remove `TumblingWindowInSeconds`"), "{error}");
    }
    let event = StreamEvent::from_json(r#"{"Records":[],"window":null}"#).unwrap();
    assert!(!event.is_windowed());
}

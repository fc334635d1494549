//! Deadlines, and how many are at work at once.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use theory::stream::Change;
use tokio::time::sleep;

use super::*;

#[tokio::test(start_paused = true)]
async fn it_stops_before_the_deadline() {
    let records: Vec<_> = (0..10).map(inserted).collect();
    let of_seconds = Duration::from_secs;
    // Each takes 100 s. A clock that goes on while the test is prepared makes no difference.
    for (concurrency, seconds, buffer, done) in [
        (1, 450, 10, 4),
        (1, 450, 90, 3),
        (3, 250, 10, 6),
        (10, 150, 10, 10),
        (10, 150, 90, 0),
        (4, 50, 0, 0),
    ] {
        let handler = || {
            stream_handler(move |_: Change<Order>| async move {
                sleep(of_seconds(100)).await;
                Ok::<_, theory::Error>(())
            })
            .concurrency(concurrency)
            .buffer(of_seconds(buffer))
        };
        let event = || invocation(&records, of_seconds(seconds));
        let answer = handler().report_batch_item_failures().call(event()).await.unwrap();
        let expected = (done < 10).then(|| sequence_number(done));
        assert_eq!(answer.first_failure(), expected.as_deref(), "{concurrency} at once, {seconds} s");

        let answer = handler().call(event()).await;
        assert_eq!(answer.is_ok(), done == 10);
        if let Err(error) = answer {
            assert_eq!((error.kind(), error.place()), (StreamErrorKind::Deadline, done));
        }
    }
}

/// What is at work when the time is up has a quarter of the buffer for its end.
#[tokio::test(start_paused = true)]
async fn what_ends_soon_after_the_time_is_up_is_done() {
    for (millis, done) in [(100, 1), (240, 1), (260, 0)] {
        let mut handler = stream_handler(move |_: Change<Order>| async move {
            sleep(Duration::from_secs(9) + Duration::from_millis(millis)).await;
            Ok::<_, theory::Error>(())
        });
        let error =
            handler.call(invocation(&[inserted(0), inserted(1)], Duration::from_secs(10))).await.unwrap_err();
        assert_eq!((error.kind(), error.place()), (StreamErrorKind::Deadline, done), "{millis} ms");
    }
}

/// An alarm cannot ring while the thread is busy.
#[tokio::test]
async fn a_handler_that_never_waits_is_stopped_between_records() {
    let begun = Cell::new(0);
    let mut handler = stream_handler(|_: Change<Order>| async {
        begun.set(begun.get() + 1);
        std::thread::sleep(Duration::from_millis(30));
        Ok::<_, theory::Error>(())
    })
    .buffer(Duration::ZERO);
    let records: Vec<_> = (0..1000).map(inserted).collect();
    let error = handler.call(invocation(&records, Duration::from_millis(100))).await.unwrap_err();
    drop(handler);
    assert_eq!((error.kind(), error.place()), (StreamErrorKind::Deadline, begun.get()));
    assert!(begun.get() < 1000);
}

#[tokio::test(start_paused = true)]
async fn a_failure_behind_the_deadlines_cut_is_not_what_is_reported() {
    let mut handler = stream_handler(|change: Change<Order>| async move {
        let total = change.into_images().0.unwrap().total;
        sleep(Duration::from_secs(if total == 0 { 60 } else { 1 })).await;
        if total == 1 { Err("no") } else { Ok(()) }
    })
    .concurrency(2);
    let error =
        handler.call(invocation(&[inserted(0), inserted(1)], Duration::from_secs(30))).await.unwrap_err();
    assert_eq!((error.kind(), error.place()), (StreamErrorKind::Deadline, 0));
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_of_the_batch_is_reported_and_not_the_earliest() {
    let dropped = Cell::new(0);
    struct Count<'c>(&'c Cell<u32>);
    impl Drop for Count<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let mut handler = stream_handler(|change: Change<Order>| {
        let dropped = Count(&dropped);
        async move {
            let place = change.into_images().0.unwrap().total;
            sleep(Duration::from_secs(10 - place)).await;
            if place < 4 {
                return Err(place.to_string());
            }
            std::future::pending::<()>().await;
            drop(dropped);
            Ok(())
        }
    })
    .concurrency(6);
    let error = call(&mut handler, &(0..9).map(inserted).collect::<Vec<_>>()).await.unwrap_err();
    assert_eq!((error.kind(), error.place()), (StreamErrorKind::Handler, 0));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "0");
    drop(handler);
    assert_eq!(dropped.get(), 6, "those behind it, which would never end");
}

#[tokio::test(start_paused = true)]
async fn so_many_at_once_and_one_of_each_item() {
    for concurrency in [1, 2, 5, 50] {
        let (at_work, most) = (RefCell::new(HashMap::<String, u64>::new()), Cell::new(0));
        let (at_work, most) = (&at_work, &most);
        let last = &RefCell::new(HashMap::<String, u64>::new());
        let mut handler = stream_handler(|change: Change<Order>| async move {
            let order = change.into_images().0.unwrap();
            let before = at_work.borrow_mut().insert(order.id.clone(), order.total);
            assert_eq!(before, None, "two changes of an item at once");
            most.set(most.get().max(at_work.borrow().len()));
            sleep(Duration::from_millis(1 + order.total * 7919 % 13)).await;
            at_work.borrow_mut().remove(&order.id);
            let before = last.borrow_mut().insert(order.id, order.total);
            assert!(before.is_none_or(|before| before < order.total), "an item's changes in their order");
            Ok::<_, theory::Error>(())
        })
        .concurrency(concurrency);
        let records: Vec<_> =
            (0..200).map(|n| record(n, &format!("o-{}", n * 31 % 20), Some(0), Some(n as u64))).collect();
        call(&mut handler, &records).await.unwrap();
        assert_eq!(most.get(), concurrency.min(20));
    }
}

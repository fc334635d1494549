//! The function that the tests run: it does what its event says, or follows a stream.

use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value as Json, json};
use theory::client::Overrides;
use theory::stream::Change;
use theory::{Client, Table as _};
use theory_lambda::{BUFFER, Chunk, Chunks, IdempotencyError, Roots};
use theory_lambda_tests::work::{JOB, STEPS, Work, end_of};
use theory_lambda_tests::{Operation, Overrun, Part, Progress, Steps, Sum, SumSegments, Task};

const STEP: u32 = 20;

fn main() -> Result<(), Error> {
    run()
}

#[tokio::main(flavor = "current_thread")]
async fn run() -> Result<(), Error> {
    let millis = |name, default| {
        let millis = std::env::var(name).ok().and_then(|millis| millis.parse().ok());
        millis.map_or(default, Duration::from_millis)
    };
    let buffer = millis("TEST_BUFFER", BUFFER);
    let mut builder = theory_lambda::builder().max_idle(millis("TEST_MAX_IDLE", Duration::from_secs(10)));
    if let Ok(authority) = std::env::var("TEST_AUTHORITY") {
        builder = builder.roots(Roots::Pem(authority.into_bytes()));
    }
    if std::env::var_os("TEST_LOGS").is_some() {
        theory_lambda::logs().init()?;
    }
    let client = &builder.init().await?;
    let attempt = millis("TEST_ATTEMPT", Duration::from_secs(5));
    let client = &client.with_overrides(Overrides::new().attempt_timeout(attempt));
    if std::env::var_os("TEST_STREAM").is_some() {
        let handler = theory_lambda::stream_handler_with(client, follow).buffer(buffer).concurrency(4);
        return lambda_runtime::run(handler.report_batch_item_failures()).await;
    }
    if std::env::var_os("AWS_LAMBDA_MAX_CONCURRENCY").is_some() {
        let client = client.clone();
        let handler = service_fn(move |event: LambdaEvent<Task>| {
            let client = client.clone();
            async move { handle(&client, buffer, event).await }
        });
        return lambda_runtime::run_concurrent(handler).await;
    }
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Task>| handle(client, buffer, event).await))
        .await
}

async fn handle(client: &Client, buffer: Duration, event: LambdaEvent<Task>) -> Result<Json, Error> {
    let LambdaEvent { payload, context } = event;
    let with_init = matches!(payload, Task::Once { with_init: true, .. });
    let work = &Work::of(client, &context, buffer, with_init);
    let client = &work.client;
    let chunks = Chunks::of(&context).buffer(buffer);
    Ok(match payload {
        Task::Get => json!(Part::get(JOB, 0).send(client).await?.map(|part| part.number)),
        Task::Increment { exactly_once } => {
            let add = Part::update(JOB, 0).add(Part::WORKED, 1);
            let added = match exactly_once {
                true => add.exactly_once().send(client).await,
                false => add.send(client).await,
            };
            match added {
                Ok(()) => json!("done"),
                Err(error) => {
                    json!({"kind": format!("{:?}", error.kind()), "ambiguous": error.is_ambiguous()})
                }
            }
        }
        Task::Single { operation, number } => {
            let done = work.once(operation, 0, number, 30).await?;
            tracing::info!(number, "done");
            json!({"number": number, "done": done, "left": client.time_left()})
        }
        Task::Hang => std::future::pending().await,
        Task::Exit => std::process::exit(3),
        Task::Overrun { operation, run } => serde_json::to_value(overrun(work, operation, run).await)?,
        Task::Steps { operation, state } => {
            serde_json::to_value(chunks.run(state, |state| step(work, operation, state)).await?)?
        }
        Task::Once { number, fails, .. } => once(work, number, fails).await?,
        Task::Sum(state) => serde_json::to_value(chunks.run(state, |state| sum(client, state)).await?)?,
        Task::SumSegments(state) => {
            serde_json::to_value(chunks.run(state, |state| sum_segments(client, state)).await?)?
        }
        Task::Work => serde_json::to_value(chunks.run((), |()| work_on(client)).await?)?,
    })
}

/// Never ends by itself.
async fn overrun(work: &Work, operation: Operation, run: u32) -> Overrun {
    let mut done = 0;
    loop {
        match work.once(operation, run, done, 1000).await {
            Ok(_) => done += 1,
            Err(error) => match end_of(&error) {
                Some((kind, ambiguous)) => return Overrun { done, kind, ambiguous },
                // It does not heed what else there is. It is shown in the log of the test that fails.
                None => eprintln!("{error:?}"),
            },
        }
    }
}

/// One operation.
async fn step(work: &Work, operation: Operation, state: Steps) -> Result<Chunk<Steps, Steps>, Error> {
    let sum = state.sum + work.once(operation, 0, state.done, 30).await?;
    let state = Steps { sum, done: state.done + 1 };
    Ok(if state.done == STEPS { Chunk::Done { result: state } } else { Chunk::Continue { state } })
}

/// Works as long as there is time, and then has an effect that cannot be had twice.
async fn once(work: &Work, number: u64, fails: bool) -> Result<Json, Error> {
    let effect = async || {
        loop {
            match Part::get(JOB, number).send(&work.client).await {
                Err(error) if error.is_out_of_time() => break,
                read => drop(read?),
            }
        }
        if fails {
            return Err(Error::from("it fails"));
        }
        // Not cut off by the deadline, which is far: nobody could know whether it was done.
        Part::update(JOB, number).add(Part::WORKED, 1).send(&work.init).await?;
        Ok(number)
    };
    Ok(match work.idempotency.run(&number.to_string(), &(), effect).await {
        Ok(number) => json!({"done": number}),
        Err(IdempotencyError::TooLate) => json!("too late"),
        Err(IdempotencyError::Store(error)) if error.is_out_of_time() => json!("too late"),
        Err(IdempotencyError::Operation(_)) => json!("failed"),
        Err(other) => json!(other.to_string()),
    })
}

/// One page.
async fn sum(client: &Client, state: Sum) -> theory::Result<Chunk<Sum, Sum>> {
    let page = Part::query(JOB).page_size(STEP).start_after(state.after).page(client).await?;
    let sum = state.sum + page.items.iter().map(|part| part.number).sum::<u64>();
    let state = Sum { sum, parts: state.parts + page.items.len() as u64, after: page.next_cursor().cloned() };
    Ok(if state.after.is_some() { Chunk::Continue { state } } else { Chunk::Done { result: state } })
}

/// One page of each of some segments.
async fn sum_segments(
    client: &Client,
    state: SumSegments,
) -> theory::Result<Chunk<SumSegments, SumSegments>> {
    let mut scan = Part::scan().page_size(STEP).segments(5).concurrency(2).resume(state.from).stream(client);
    let (mut sum, mut parts, mut pages) = (state.sum, state.parts, 0);
    while let Some(page) = scan.next_page().await? {
        sum += page.items.iter().map(|part| part.number).sum::<u64>();
        parts += page.items.len() as u64;
        pages += 1;
        if pages == 2 {
            return Ok(Chunk::Continue { state: SumSegments { sum, parts, from: Some(scan.checkpoint()) } });
        }
    }
    Ok(Chunk::Done { result: SumSegments { sum, parts, from: None } })
}

/// One page of parts is worked on, and the progress moves with it, or not at all: a step that was cut off is found done, or not begun.
async fn work_on(client: &Client) -> theory::Result<Chunk<()>> {
    let before = Progress::get(JOB).consistent_read().send(client).await?.and_then(|progress| progress.last);
    let parts = Part::query(JOB).consistent_read().page_size(STEP);
    let page = match before {
        Some(last) => parts.sort_key(last + 1..).page(client).await?,
        None => parts.page(client).await?,
    };
    let Some(last) = page.items.last() else { return Ok(Chunk::Done { result: () }) };
    let add = |part: &Part| Part::update(JOB, part.number).add(Part::WORKED, 1);
    let moved = Progress { job: JOB.to_owned(), last: Some(last.number) }.put();
    let moved = match before {
        Some(last) => moved.condition(Progress::LAST.eq(last)),
        None => moved.condition(!Progress::JOB.exists()),
    };
    theory::transaction((page.items.iter().map(add).collect::<Vec<_>>(), moved)).send(client).await?;
    Ok(Chunk::Continue { state: () })
}

/// Keeps a copy of each part.
async fn follow(client: Client, change: Change<Part>) -> theory::Result<()> {
    let copy = |part: &Part| format!("copy of {}", part.job);
    match change {
        Change::Inserted { new } | Change::Modified { new, .. } => {
            Part { job: copy(&new), ..new }.put().send(&client).await.map(drop)
        }
        Change::Removed { old } => Part::delete(copy(&old), old.number).send(&client).await.map(drop),
    }
}

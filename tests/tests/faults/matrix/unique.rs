//! Writes that touch unique values, under every fault: an item and its guards are never without each other, and the rules are those of
//! every other write.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use theory::{Client, ErrorKind, Loaded, Result, Table as _, transaction};
use theory_testing::{EmbeddedDynamoDb, Fault, Injected, Operation};

use super::dice::Dice;
use super::{Broken, Schedule, Trouble, ensure, seeds};
use crate::unique::{User, engine, stored};

/// How many writes there are in a run.
const STEPS: u64 = 8;

/// Who is stored, by their keys.
type Users = BTreeMap<String, User>;

/// What a write makes of them; `None` where it is refused.
type Effect = Option<Users>;

async fn users(engine: &EmbeddedDynamoDb, context: &str) -> Users {
    let client = engine.client();
    // This looks at the guards.
    let items = stored(&client, context).await;
    let users = User::scan().consistent_read().all(&client).await.expect("this client has no faults");
    assert_eq!(items.len(), users.len(), "{context}");
    users.into_iter().map(|user| (user.id.clone(), user)).collect()
}

/// These users and another one; `None` where somebody has the address.
fn with(mut users: Users, user: User) -> Effect {
    let is_taken = users.values().any(|other| other.email == user.email && other.id != user.id);
    users.insert(user.id.clone(), user);
    (!is_taken).then_some(users)
}

/// Sends one, of some user.
async fn step(client: &Client, before: &Users, dice: &mut Dice) -> (&'static str, Result<()>, Effect) {
    let id = format!("user {}", dice.below(3));
    let email = format!("{}", dice.below(4));
    let user = User { id: id.clone(), email: email.clone(), visits: dice.below(100) };
    let stored = before.get(&id).cloned();
    let changed = |change: &dyn Fn(&mut User)| {
        let mut user = stored.clone()?;
        change(&mut user);
        with(before.clone(), user)
    };
    match dice.below(7) {
        0 => {
            let effect = if stored.is_none() { with(before.clone(), user.clone()) } else { None };
            ("create", user.create().send(client).await, effect)
        }
        1 => {
            let effect = with(before.clone(), user.clone());
            ("put", user.put().reading_old().send(client).await, effect)
        }
        2 => {
            let update = User::update(&id).set(User::EMAIL, &email).add(User::VISITS, 1).reading_old();
            let effect = changed(&|user| {
                user.email.clone_from(&email);
                user.visits += 1;
            });
            ("update", update.send(client).await, effect)
        }
        3 => {
            let update = User::update(&id).add(User::VISITS, 1).exactly_once();
            ("update of something else", update.send(client).await, changed(&|user| user.visits += 1))
        }
        4 => {
            let mut without = before.clone();
            without.remove(&id);
            ("delete", User::delete(&id).reading_old().send(client).await, Some(without))
        }
        5 => {
            // Now and then it is not as it was read any more.
            let is_stale = dice.once_in(4);
            let mut read = stored.clone().unwrap_or_else(|| user.clone());
            if is_stale {
                read.email.push_str(" as it was");
            }
            let mut loaded = Loaded::new(read);
            loaded.email.clone_from(&email);
            loaded.visits += 1;
            let change = |user: &mut User| {
                user.email.clone_from(&email);
                user.visits += 1;
            };
            let effect = if is_stale { None } else { changed(&change) };
            ("save", loaded.save().send(client).await, effect)
        }
        _ => {
            // A value changes hands within a transaction.
            let next = User { id: "heir".to_owned(), ..user.clone() };
            let writes = (User::delete(&id).reading_old(), next.put().reading_old());
            let mut without = before.clone();
            without.remove(&id);
            ("transaction", transaction(writes).send(client).await, with(without, next))
        }
    }
}

/// What came of one write is what the library says of it.
fn judge(
    schedule: Schedule,
    injected: &[Injected],
    (before, after): (&Users, &Users),
    result: &Result<()>,
    effect: &Effect,
) -> std::result::Result<(), Broken> {
    let is_done = effect.as_ref() == Some(after);
    let is_unchanged = before == after;
    let refuses = |fault: &Fault| {
        matches!(fault, Fault::Canceled(_) | Fault::CanceledAt(..) | Fault::AccessDenied | Fault::ClockSkew)
    };
    let is_refused = injected.iter().any(|injected| refuses(&injected.fault));
    match result {
        Ok(()) => ensure(is_done, "it was reported done, and is not what it would be if done once")?,
        Err(error) if error.is_ambiguous() => {
            ensure(is_unchanged || is_done, "it may have happened, but not like this")?;
            let doubt = injected.iter().any(|injected| injected.fault.leaves_doubt());
            ensure(doubt, "it is called ambiguous, and nothing left a doubt")?;
            let is_verdict = error.is_version_conflict() || error.is_unique_violation();
            ensure(!is_verdict, "what may have met its own work is called a conflict")?;
        }
        Err(error) => {
            ensure(is_unchanged, "it was reported as failed, and something changed")?;
            let is_verdict = matches!(
                error.kind(),
                ErrorKind::ConditionFailed | ErrorKind::UniqueViolation | ErrorKind::VersionConflict
            );
            ensure(!is_verdict || effect.is_none() || is_refused, "it is possible, and was refused")?;
        }
    }
    // The token makes a repetition harmless, so the first attempt's misfortune makes no difference.
    if schedule == Schedule::First && !is_refused {
        ensure(result.is_ok() == effect.is_some(), "the repetition should have decided it")?;
    }
    Ok(())
}

async fn run(trouble: &Trouble, seed: u64) -> std::result::Result<usize, Broken> {
    let schedule = match seed % 3 {
        0 => Schedule::First,
        1 => Schedule::Always,
        _ => Schedule::Sometimes,
    };
    let engine = engine().await;
    let mut before = Users::new();
    for number in 0..2 {
        let user = User { id: format!("user {number}"), email: format!("{number}"), visits: 0 };
        user.create().send(&engine.client()).await.expect("nothing goes wrong yet");
        before.insert(user.id.clone(), user);
    }
    let faults = trouble.plan(seed, schedule);
    let client = engine.through(&faults).client();
    let mut dice = trouble.dice(seed);
    let mut injected = 0;
    for number in 0..STEPS {
        let (what, result, effect) = step(&client, &before, &mut dice).await;
        let context = format!("{what} under {trouble}, {schedule:?}, seed {seed}, step {number}: {result:?}");
        let after = users(&engine, &context).await;
        let befell = faults.take_injected();
        injected += befell.len();
        judge(schedule, &befell, (&before, &after), &result, &effect)
            .map_err(|broken| format!("{context}: {broken}"))?;
        before = after;
    }
    Ok(injected)
}

#[test]
fn unique_values_under_every_fault() {
    let applies = |trouble: &Trouble| match trouble {
        Trouble::One(fault) => fault.applies_to(Operation::TransactWriteItems),
        Trouble::Nothing | Trouble::Any => true,
    };
    let troubles: Vec<_> = Trouble::all().into_iter().filter(applies).collect();
    let (next, injected) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let worker = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.expect("a runtime");
        let mut broken = Vec::new();
        while let Some(trouble) = troubles.get(next.fetch_add(1, Ordering::Relaxed)) {
            for seed in 0..seeds() {
                match runtime.block_on(run(trouble, seed)) {
                    Ok(befell) => drop(injected.fetch_add(befell, Ordering::Relaxed)),
                    Err(rule) => broken.push(rule),
                }
            }
        }
        broken
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let broken: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no guard is lost")).collect()
    });
    let (faults, injected) = (troubles.len(), injected.into_inner());
    let writes = faults as u64 * seeds() * STEPS;
    println!(
        "unique values: {faults} faults, {} seeds, {writes} writes, {injected} faults befell them",
        seeds()
    );
    assert!(injected > 0, "nothing was tried");
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

//! Many at once.

use futures_util::future::join_all;

use super::*;
use crate::support::with_tables;

#[tokio::test]
async fn of_many_creators_one_wins_each_value() {
    const TASKS: usize = 32;
    const VALUES: usize = 20;
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        let tasks = (0..TASKS).map(|task| {
            let client = client.clone();
            async move {
                let mut won = Vec::new();
                for value in 0..VALUES {
                    // Each begins elsewhere.
                    let value = (value + task) % VALUES;
                    let user = user(&format!("{task}/{value}"), &format!("value {value}"));
                    loop {
                        match user.create().send(&client).await {
                            Ok(()) => won.push(value),
                            Err(error) if error.is_retryable() => continue,
                            Err(error) => assert_eq!(error.constraint(), Some("User.email"), "{error:?}"),
                        }
                        break;
                    }
                }
                won
            }
        });
        let mut won: Vec<usize> =
            join_all(tasks.map(tokio::spawn)).await.into_iter().flat_map(Result::unwrap).collect();
        won.sort_unstable();
        assert_eq!(won, (0..VALUES).collect::<Vec<_>>());
        assert_eq!(User::scan().consistent_read().count(&client).await.unwrap(), VALUES as u64);
    })
    .await;
}

#[tokio::test]
async fn whoever_changes_a_value_leaves_no_guard_behind() {
    const TASKS: usize = 8;
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        user("ada", "0").create().send(&client).await.unwrap();
        let tasks = (0..TASKS).map(|task| {
            let client = client.clone();
            async move {
                for round in 0..10 {
                    let email = format!("{task}/{round}");
                    loop {
                        let update = User::update("ada").set(User::EMAIL, &*email).reading_old();
                        match update.send(&client).await {
                            Ok(()) => break,
                            Err(error) if error.is_retryable() || error.is_version_conflict() => continue,
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                }
            }
        });
        join_all(tasks.map(tokio::spawn)).await.into_iter().for_each(Result::unwrap);
        let last = read(&client, "ada").await.unwrap().email;
        // The item and one guard.
        let request = serde_json::json!({"TableName": bench.sandbox.table("users"), "Select": "COUNT"});
        let answer = bench.sandbox.call("Scan", &request).await.unwrap();
        assert_eq!(answer["Count"], 2);
        assert_violates(user("bob", &last).create().send(&client).await, "User.email");
    })
    .await;
}

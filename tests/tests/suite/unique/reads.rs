//! What never sees a guard.

use futures_util::TryStreamExt as _;
use theory::batch_get;

use super::*;
use crate::support::with_tables;

#[tokio::test]
async fn scans_and_queries_leave_guards_out() {
    with_tables(theory::schema![User], async |bench| {
        let client = bench.client.clone();
        let ids: Vec<String> = (0..20).map(|n| format!("user {n:02}")).collect();
        for id in &ids {
            named(id, id, 1, id).create().send(&client).await.unwrap();
        }
        let sorted = |users: Vec<User>| {
            let mut found: Vec<String> = users.into_iter().map(|user| user.id).collect();
            found.sort();
            found
        };
        assert_eq!(sorted(User::scan().all(&client).await.unwrap()), ids);
        assert_eq!(User::scan().count(&client).await.unwrap(), 20);
        let paged = User::scan().page_size(3).stream(&client).try_collect().await.unwrap();
        assert_eq!(sorted(paged), ids);
        let filtered = User::scan().filter(User::EMAIL.ge("user 10")).all(&client).await.unwrap();
        assert_eq!(sorted(filtered), ids[10..]);
        assert_eq!(User::scan().take(5).all(&client).await.unwrap().len(), 5);
        let parallel = User::scan().segments(3).stream(&client).try_collect().await.unwrap();
        assert_eq!(sorted(parallel), ids);
        assert_eq!(sorted(User::query("user 07").all(&client).await.unwrap()), ["user 07"]);
        let got = batch_get(ids.iter().map(User::get).collect::<Vec<_>>()).send(&client).await.unwrap();
        assert_eq!(got.iter().flatten().count(), 20);
    })
    .await;
}

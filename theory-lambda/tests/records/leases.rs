//! Leases, on every engine.

use std::time::Duration;

use serde_json::json;
use theory::Table;
use theory::client::CreateTables;
use theory_lambda::{LeaseError, Leases};

use crate::support::{FixedClock, at, on_each_engine};

const TABLE: &str = "leases";
const LENGTH: Duration = Duration::from_secs(30);

#[tokio::test]
async fn what_is_written_is_what_the_others_write() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let leases = Leases::new(&bench.client).clock(clock.read());
        let leases = leases.buffer(Duration::from_secs(10)).tokens(|| "tok".into());
        let mut lease = leases.acquire("CACHE#A", LENGTH).await.unwrap();
        assert_eq!((lease.partition(), lease.token(), lease.expires_at()), ("CACHE#A", "tok", at(1030)));
        let vector = json!({
            "pk": {"S": "CACHE#A"}, "sk": {"S": "LOCK"}, "lease_token": {"S": "tok"},
            "lease_expires_at": {"N": "1030"}, "ttl": {"N": "1040"},
        });
        assert_eq!(bench.get_json(TABLE, "CACHE#A", "LOCK").await, vector);

        clock.set(1029);
        lease.refresh(LENGTH).await.unwrap();
        let mut refreshed = vector.clone();
        refreshed["lease_expires_at"] = json!({"N": "1059"});
        refreshed["ttl"] = json!({"N": "1069"});
        assert_eq!(bench.get_json(TABLE, "CACHE#A", "LOCK").await, refreshed);

        // Another library's condition is met by our record when ours would be.
        let theirs = async |now: &str| {
            let request = json!({
                "Item": vector,
                "ConditionExpression": "attribute_not_exists(pk) OR lease_expires_at <= :now",
                "ExpressionAttributeValues": {":now": {"N": now}},
            });
            bench.call("PutItem", TABLE, request).await
        };
        assert!(!theirs("1058").await);
        assert!(theirs("1059").await);
    })
    .await;
}

#[tokio::test]
async fn one_holds_it_until_it_expires_or_is_released() {
    on_each_engine(async |bench| {
        let clock = FixedClock::at(1000);
        let leases = Leases::new(&bench.client).clock(clock.read());
        let mut first = leases.acquire("a", LENGTH).await.unwrap();
        assert!(
            matches!(leases.acquire("a", LENGTH).await, Err(LeaseError::Held { until }) if until == at(1030))
        );
        let other = leases.acquire("b", LENGTH).await.unwrap();
        other.release().await.unwrap();
        leases.acquire("b", LENGTH).await.unwrap().release().await.unwrap();

        clock.set(1029);
        assert!(first.is_current() && leases.acquire("a", LENGTH).await.unwrap_err().is_held());
        clock.set(1030);
        assert!(!first.is_current());
        // Expired, though nobody has it.
        assert!(first.refresh(LENGTH).await.unwrap_err().is_lost());
        let mut second = leases.acquire("a", LENGTH).await.unwrap();
        assert_ne!(first.token(), second.token());
        assert!(first.refresh(LENGTH).await.unwrap_err().is_lost());
        assert!(first.release().await.unwrap_err().is_lost());
        second.refresh(LENGTH).await.unwrap();
        second.release().await.unwrap();
    })
    .await;
}

#[derive(Debug, Table)]
#[table(name = "reports")]
struct Report {
    #[table(pk)]
    day: String,
    by: String,
}

#[tokio::test]
async fn a_holder_that_was_is_fenced_off() {
    on_each_engine(async |bench| {
        let client = &bench.client;
        CreateTables::of(theory::schema![Report]).send(client).await.unwrap();
        let clock = FixedClock::at(1000);
        let leases = Leases::new(client).clock(clock.read());
        let write = async |by: &str, lease: &theory_lambda::Lease| {
            let report = Report { day: "d".into(), by: by.into() };
            theory::transaction((report.put(), lease.check())).send(client).await
        };
        let first = leases.acquire("a", LENGTH).await.unwrap();
        write("first", &first).await.unwrap();

        // The first one is frozen with a clock that stands still, and another takes over.
        let moved = FixedClock::at(1031);
        let second = Leases::new(client).clock(moved.read()).acquire("a", LENGTH).await.unwrap();
        write("second", &second).await.unwrap();
        assert!(first.is_current());
        assert!(write("first", &first).await.is_err());
        assert_eq!(Report::get("d").send(client).await.unwrap().unwrap().by, "second");
    })
    .await;
}

/// In a table of another name everything goes there, the check of a transaction too.
#[tokio::test]
async fn a_table_of_ones_own() {
    on_each_engine(async |bench| {
        let client = &bench.client;
        CreateTables::of(theory::schema![Report]).send(client).await.unwrap();
        let leases = Leases::new(client).table(client.table_name("idempotency", None));
        let mut lease = leases.acquire("a", LENGTH).await.unwrap();
        assert_eq!(bench.get_json("idempotency", "a", "LOCK").await["lease_token"]["S"], lease.token());
        lease.refresh(LENGTH).await.unwrap();
        let report = Report { day: "d".into(), by: "me".into() };
        theory::transaction((report.put(), lease.check())).send(client).await.unwrap();
        lease.release().await.unwrap();
        assert!(bench.get_json("idempotency", "a", "LOCK").await.is_null());
    })
    .await;
}

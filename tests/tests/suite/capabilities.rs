//! The table of capabilities is complete and true.

use std::collections::HashSet;

use theory_tests::{Capability, TABLE, for_each_engine, probe};

#[test]
fn the_table_names_each_capability_once() {
    let named: HashSet<_> = TABLE.iter().map(|(capability, ..)| *capability).collect();
    assert_eq!(named.len(), TABLE.len(), "a capability is named twice");
    assert_eq!(named, Capability::ALL.iter().copied().collect(), "a capability is not in the table");
}

/// A test a capability, so that they run side by side: one of them waits for an engine to delete expired items.
macro_rules! probes {
    ($($test:ident: $capability:ident,)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                for_each_engine(async |sandbox| {
                    let expected = sandbox.supports(Capability::$capability);
                    let found = probe(&sandbox, Capability::$capability).await;
                    assert_eq!(found, expected, "correct the table in capabilities.rs");
                })
                .await;
            }
        )*

        #[test]
        fn every_capability_is_probed() {
            assert_eq!([$(Capability::$capability),*], *Capability::ALL);
        }
    };
}

probes! {
    multi_attribute_keys: MultiAttributeKeys,
    on_demand_maximum: OnDemandMaximum,
    tags: Tags,
    server_side_encryption: ServerSideEncryption,
    table_class: TableClass,
    warm_throughput: WarmThroughput,
    point_in_time_recovery: PointInTimeRecovery,
    streams_skip_unchanged: StreamsSkipUnchanged,
    time_to_live_identity: TimeToLiveIdentity,
    time_to_live_keeps_old: TimeToLiveKeepsOld,
    time_to_live_on_demand: TimeToLiveOnDemand,
    transaction_capacity: TransactionCapacity,
    old_item_of_upsert: OldItemOfUpsert,
    damaged_bodies: DamagedBodies,
    table_arns: TableArns,
    strict_types: StrictTypes,
}

//! Why a request was throttled, and by what.

use std::fmt;

/// Why DynamoDB throttled a request, and which table or index was the hot one.
///
/// From [`Error::throttling_reasons`](super::Error::throttling_reasons). It is also in the span of the operation, where a later attempt
/// succeeded too.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThrottlingReason {
    /// Resource, operation and limit, such as `TableWriteKeyRangeThroughputExceeded`.
    ///
    /// Of a cancelled transaction DynamoDB says less: it is the code of the part that was throttled, `ThrottlingError` or
    /// `ProvisionedThroughputExceeded`.
    pub reason: String,
    /// The ARN of the table or index; of a cancelled transaction the table of the part, as the request named it.
    pub resource: String,
}

/// The limit for whose sake DynamoDB throttles.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThrottlingLimit {
    /// The provisioned units of the table or index.
    Provisioned,
    /// The maximum that is set for an on-demand table or index.
    OnDemandMaximum,
    /// What one partition gives: a hot key.
    KeyRange,
    /// The quota of the account for a table or index.
    Account,
}

impl ThrottlingReason {
    /// The name of the table, out of its ARN.
    pub fn table(&self) -> &str {
        self.path().split('/').next().unwrap_or_default()
    }

    /// The name of the index, if it was one that was throttled, out of its ARN.
    pub fn index(&self) -> Option<&str> {
        let mut steps = self.path().split('/').skip(1);
        steps.next().filter(|step| *step == "index")?;
        steps.next()
    }

    /// Which limit it was; `None` where DynamoDB does not say, or has a new one.
    pub fn limit(&self) -> Option<ThrottlingLimit> {
        const LIMITS: [(&str, ThrottlingLimit); 4] = [
            ("ProvisionedThroughputExceeded", ThrottlingLimit::Provisioned),
            ("MaxOnDemandThroughputExceeded", ThrottlingLimit::OnDemandMaximum),
            ("KeyRangeThroughputExceeded", ThrottlingLimit::KeyRange),
            ("AccountLimitExceeded", ThrottlingLimit::Account),
        ];
        let (_, limit) = LIMITS.into_iter().find(|(suffix, _)| self.reason.ends_with(suffix))?;
        Some(limit)
    }

    /// What follows the kind of resource: the table, and the index behind it.
    fn path(&self) -> &str {
        self.resource.split_once(":table/").map_or(&*self.resource, |(_, path)| path)
    }
}

impl fmt::Display for ThrottlingReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.reason, &*self.resource) {
            (reason, "") => f.write_str(reason),
            (reason, resource) => write!(f, "{reason} of {resource}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_a_table_or_an_index_of_it() {
        use ThrottlingLimit as L;
        const ARN: &str = "arn:aws:dynamodb:us-east-1:1:table";
        for (reason, resource, table, index, limit) in [
            ("TableReadProvisionedThroughputExceeded", format!("{ARN}/t"), "t", None, Some(L::Provisioned)),
            (
                "IndexWriteKeyRangeThroughputExceeded",
                format!("{ARN}/t/index/i"),
                "t",
                Some("i"),
                Some(L::KeyRange),
            ),
            (
                "TableWriteMaxOnDemandThroughputExceeded",
                format!("{ARN}/t"),
                "t",
                None,
                Some(L::OnDemandMaximum),
            ),
            ("TableWriteAccountLimitExceeded", format!("{ARN}/t"), "t", None, Some(L::Account)),
            ("ThrottlingError", "t".to_owned(), "t", None, None),
            ("", String::new(), "", None, None),
            ("x", format!("{ARN}/t/stream/2026"), "t", None, None),
        ] {
            let found = ThrottlingReason { reason: reason.to_owned(), resource };
            assert_eq!((found.table(), found.index(), found.limit()), (table, index, limit), "{found}");
        }
    }
}

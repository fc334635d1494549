//! Types of which every value has the one just before it.

/// Has an exact predecessor, so that the range `a..b` is a key condition: `BETWEEN a AND` the value before `b`.
///
/// DynamoDB's `BETWEEN` includes both bounds, and a query has one sort-key condition: without a predecessor an excluded upper bound
/// together with a lower bound cannot be asked for.
#[diagnostic::on_unimplemented(
    message = "DynamoDB cannot exclude the upper bound of a range of `{Self}`",
    label = "`{Self}` has no exact predecessor",
    note = "use `a..=b`, which DynamoDB's BETWEEN includes on both sides, or `..b` alone"
)]
pub trait Predecessor: Sized + PartialOrd {
    /// The greatest value below this one; `None` for the least.
    fn predecessor(&self) -> Option<Self>;
}

macro_rules! integers {
    ($($integer:ty)+) => { $(
        impl Predecessor for $integer {
            fn predecessor(&self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )+ };
}

integers! { u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 usize isize }

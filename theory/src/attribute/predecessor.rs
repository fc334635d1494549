//! The greatest value below another: what `a..b` means as a key condition.

/// Has an exact predecessor, so that `a..b` on a sort key can be asked as `BETWEEN a AND (the value before b)`.
///
/// DynamoDB has no key condition that leaves out only the upper end. "Exact" is about the stored form: no value of this type lies
/// between a value and its predecessor, and both are stored in that order.
///
/// `#[derive(Attribute)]` on a newtype does not implement this trait, because its `PartialOrd` may be another one than the stored
/// order: implement it by forwarding to the field, or write `a..=b`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no exact predecessor, which a range that leaves out its upper end needs",
    label = "write `..=` instead of `..`",
    note = "DynamoDB's key conditions include both ends; integers, timestamps and dates can be stepped back by one"
)]
pub trait Predecessor: Sized + PartialOrd {
    /// The value before this one; `None` for the least.
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

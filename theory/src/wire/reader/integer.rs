//! The integers that a reader can return.

/// An integer type that [`Reader::integer`](super::Reader::integer) can return.
pub trait ReadInteger: Sized + TryFrom<i64> + sealed::Sealed {
    /// The values that the type holds, for an error.
    #[doc(hidden)]
    const EXPECTED: &'static str;

    /// The integer of that sign and magnitude, if the type holds it.
    #[doc(hidden)]
    fn from_magnitude(negative: bool, magnitude: u128) -> Option<Self>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! read_integer {
    ($($type:ty: $expected:literal),+ $(,)?) => {$(
        impl sealed::Sealed for $type {}

        impl ReadInteger for $type {
            const EXPECTED: &'static str = $expected;

            fn from_magnitude(negative: bool, magnitude: u128) -> Option<Self> {
                if negative {
                    // `i128::MIN` has no positive counterpart.
                    0i128.checked_sub_unsigned(magnitude)?.try_into().ok()
                } else {
                    magnitude.try_into().ok()
                }
            }
        }
    )+};
}

read_integer! {
    u8: "an integer from 0 to 255 (u8)",
    u16: "an integer from 0 to 65535 (u16)",
    u32: "an integer from 0 to 4294967295 (u32)",
    u64: "an integer from 0 to 18446744073709551615 (u64)",
    u128: "an integer of up to 38 digits, not negative (u128)",
    usize: "an integer that fits usize, not negative",
    i8: "an integer from -128 to 127 (i8)",
    i16: "an integer from -32768 to 32767 (i16)",
    i32: "an integer from -2147483648 to 2147483647 (i32)",
    i64: "an integer from -9223372036854775808 to 9223372036854775807 (i64)",
    i128: "an integer of up to 38 digits (i128)",
    isize: "an integer that fits isize",
}

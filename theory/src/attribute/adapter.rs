//! Storing a type in another way than its own: `#[table(with = …)]`.

use super::{Attribute, FromAttribute, Kind, kind};
use crate::wire::{DecodeError, Reader, Writer};
use std::fmt;
use std::marker::PhantomData;
use theory_schema::Type;

/// A way to store `T`.
///
/// Implement it on a type of your own, and name that type with `#[table(with = MyAdapter)]` on a field. The field keeps its Rust
/// type; the attribute has the adapter's stored form.
///
/// ```
/// use theory::attribute::{Adapter, kind};
/// use theory::schema::Type;
/// use theory::wire::{DecodeError, Reader, Writer};
/// use std::time::Duration;
///
/// /// Whole milliseconds, as a number.
/// struct Millis;
///
/// impl Adapter<Duration> for Millis {
///     type Kind = kind::Number;
///     const TYPE: &'static Type = &Type::Number;
///     fn encode(value: &Duration, out: &mut Writer) {
///         out.integer(value.as_millis());
///     }
///     fn decode(input: &mut Reader<'_>) -> Result<Duration, DecodeError> {
///         input.integer().map(Duration::from_millis)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot store a `{T}`",
    note = "implement `theory::attribute::Adapter<{T}>` for `{Self}`"
)]
pub trait Adapter<T> {
    /// The stored form, which decides the operators.
    type Kind: Kind;
    /// The stored form, as data.
    const TYPE: &'static Type;
    /// Writes the value.
    fn encode(value: &T, out: &mut Writer);
    /// Reads the value.
    ///
    /// # Errors
    ///
    /// Where the attribute has another type, or does not fit.
    fn decode(input: &mut Reader<'_>) -> Result<T, DecodeError>;
    /// Whether the attribute is left out of the item.
    fn is_absent(value: &T) -> bool {
        let _ = value;
        false
    }
    /// What a missing attribute reads as, where it reads as anything.
    fn absent() -> Option<T> {
        None
    }
}

/// A `T` that is stored through the adapter `A`: what the path of such a field leads to.
pub struct Adapted<T, A>(pub(crate) T, pub(crate) PhantomData<fn() -> A>);

impl<T, A> Adapted<T, A> {
    /// Wraps the value.
    pub const fn new(value: T) -> Self {
        Adapted(value, PhantomData)
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Clone, A> Clone for Adapted<T, A> {
    fn clone(&self) -> Self {
        Adapted::new(self.0.clone())
    }
}

impl<T: PartialEq, A> PartialEq for Adapted<T, A> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Eq, A> Eq for Adapted<T, A> {}

impl<T: fmt::Debug, A> fmt::Debug for Adapted<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T, A: Adapter<T>> Attribute for Adapted<T, A> {
    type Kind = A::Kind;
    const TYPE: &'static Type = A::TYPE;
    fn encode(&self, out: &mut Writer) {
        A::encode(&self.0, out);
    }
    fn is_absent(&self) -> bool {
        A::is_absent(&self.0)
    }
}

impl<T, A: Adapter<T>> FromAttribute for Adapted<T, A> {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        A::decode(input).map(Adapted::new)
    }
    fn absent() -> Option<Self> {
        A::absent().map(Adapted::new)
    }
}

/// `A` for what is there, and absence for `None`.
#[derive(Debug, Clone, Copy)]
pub struct Optional<A>(PhantomData<A>);

impl<T, A: Adapter<T>> Adapter<Option<T>> for Optional<A> {
    type Kind = A::Kind;
    const TYPE: &'static Type = &Type::Optional(A::TYPE);
    fn encode(value: &Option<T>, out: &mut Writer) {
        match value {
            Some(value) => A::encode(value, out),
            None => out.null(),
        }
    }
    fn decode(input: &mut Reader<'_>) -> Result<Option<T>, DecodeError> {
        if input.take_null()? { Ok(None) } else { A::decode(input).map(Some) }
    }
    fn is_absent(value: &Option<T>) -> bool {
        value.as_ref().is_none_or(A::is_absent)
    }
    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}

/// Reads a number also where an older writer stored it as a string: `#[table(lenient)]`. It is written as a number.
#[derive(Debug, Clone, Copy)]
pub struct Lenient;

impl<T: FromAttribute<Kind: kind::LenientNumber>> Adapter<T> for Lenient {
    type Kind = T::Kind;
    const TYPE: &'static Type = T::TYPE;
    fn encode(value: &T, out: &mut Writer) {
        value.encode(out);
    }
    fn decode(input: &mut Reader<'_>) -> Result<T, DecodeError> {
        input.number_or_string(T::decode)
    }
    fn is_absent(value: &T) -> bool {
        value.is_absent()
    }
    fn absent() -> Option<T> {
        T::absent()
    }
}

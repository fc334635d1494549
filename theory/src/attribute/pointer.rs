//! Types that stand for another: options, references and pointers are stored as what they hold.

use super::{Attribute, FromAttribute};
use crate::wire::{DecodeError, Reader, Writer};
use std::{borrow::Cow, rc::Rc, sync::Arc};
use theory_schema::Type;

/// `None` is absent in an item and in a document, and `NULL` where something must stand: in a list or a map.
impl<T: Attribute> Attribute for Option<T> {
    type Kind = T::Kind;
    const TYPE: &'static Type = &Type::Optional(T::TYPE);
    fn encode(&self, out: &mut Writer) {
        match self {
            Some(value) => value.encode(out),
            None => out.null(),
        }
    }
    fn is_absent(&self) -> bool {
        self.as_ref().is_none_or(Attribute::is_absent)
    }
}

impl<T: FromAttribute> FromAttribute for Option<T> {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if input.take_null()? { Ok(None) } else { T::decode(input).map(Some) }
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}

macro_rules! transparent {
    ($($pointer:ty: $($lifetime:lifetime)?;)*) => { $(
        impl<$($lifetime,)? T: Attribute + ?Sized> Attribute for $pointer {
            type Kind = T::Kind;
            const TYPE: &'static Type = T::TYPE;
            fn encode(&self, out: &mut Writer) {
                (**self).encode(out);
            }
            fn is_absent(&self) -> bool {
                (**self).is_absent()
            }
        }
    )* };
}

transparent! {
    &'a T: 'a;
    Box<T>:;
    Rc<T>:;
    Arc<T>:;
}

macro_rules! read_by_value {
    ($($pointer:ident)*) => { $(
        impl<T: FromAttribute> FromAttribute for $pointer<T> {
            fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                T::decode(input).map($pointer::new)
            }
            fn absent() -> Option<Self> {
                T::absent().map($pointer::new)
            }
        }
        impl FromAttribute for $pointer<str> {
            fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                input.string().map(Into::into)
            }
        }
        impl<T: FromAttribute> FromAttribute for $pointer<[T]> {
            fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                T::decode_vec(input).map(Into::into)
            }
        }
    )* };
}

read_by_value! { Box Rc Arc }

impl<T: Attribute + ToOwned + ?Sized> Attribute for Cow<'_, T> {
    type Kind = T::Kind;
    const TYPE: &'static Type = T::TYPE;
    fn encode(&self, out: &mut Writer) {
        (**self).encode(out);
    }
    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

/// Reads the owned form.
impl<T: Attribute + ToOwned<Owned: FromAttribute> + ?Sized> FromAttribute for Cow<'_, T> {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::Owned::decode(input).map(Cow::Owned)
    }
    fn absent() -> Option<Self> {
        T::Owned::absent().map(Cow::Owned)
    }
}

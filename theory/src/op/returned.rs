//! What a write returns of the item, at the type level.

use crate::table::FromItem;
use crate::wire::{DecodeError, Reader};
use std::marker::PhantomData;

/// What a write returns.
pub trait Return {
    /// The type of it.
    type Output: Send;
    #[doc(hidden)]
    const VALUES: Option<&'static str>;
    /// Reads the `Attributes` of the answer.
    #[doc(hidden)]
    fn read(input: &mut Reader<'_>) -> Result<Self::Output, DecodeError>;
    /// What an answer without `Attributes` means.
    #[doc(hidden)]
    fn absent() -> Option<Self::Output>;
}

/// Nothing of the item.
#[derive(Debug, Clone, Copy)]
pub enum Nothing {}

/// The item as it was before, `None` where there was none: `ALL_OLD`.
#[derive(Debug, Clone, Copy)]
pub struct Old<T>(PhantomData<fn() -> T>);

/// The item as it is afterwards: `ALL_NEW`.
#[derive(Debug, Clone, Copy)]
pub struct New<T>(PhantomData<fn() -> T>);

/// The attributes that an update wrote, as they are afterwards: `UPDATED_NEW`.
#[derive(Debug, Clone, Copy)]
pub struct UpdatedNew<T>(PhantomData<fn() -> T>);

/// The attributes that an update wrote, as they were before: `UPDATED_OLD`.
#[derive(Debug, Clone, Copy)]
pub struct UpdatedOld<T>(PhantomData<fn() -> T>);

impl Return for Nothing {
    type Output = ();
    const VALUES: Option<&'static str> = None;
    fn read(input: &mut Reader<'_>) -> Result<(), DecodeError> {
        input.skip()
    }
    fn absent() -> Option<()> {
        Some(())
    }
}

impl<T: FromItem + Send> Return for Old<T> {
    type Output = Option<T>;
    const VALUES: Option<&'static str> = Some("ALL_OLD");
    fn read(input: &mut Reader<'_>) -> Result<Option<T>, DecodeError> {
        T::from_item(input).map(Some)
    }
    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}

impl<T: FromItem + Send> Return for New<T> {
    type Output = T;
    const VALUES: Option<&'static str> = Some("ALL_NEW");
    fn read(input: &mut Reader<'_>) -> Result<T, DecodeError> {
        T::from_item(input)
    }
    fn absent() -> Option<T> {
        None
    }
}

impl<T: FromItem + Send> Return for UpdatedNew<T> {
    type Output = Option<T>;
    const VALUES: Option<&'static str> = Some("UPDATED_NEW");
    fn read(input: &mut Reader<'_>) -> Result<Option<T>, DecodeError> {
        T::from_item(input).map(Some)
    }
    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}

impl<T: FromItem + Send> Return for UpdatedOld<T> {
    type Output = Option<T>;
    const VALUES: Option<&'static str> = Some("UPDATED_OLD");
    fn read(input: &mut Reader<'_>) -> Result<Option<T>, DecodeError> {
        T::from_item(input).map(Some)
    }
    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}

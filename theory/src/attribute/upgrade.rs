//! Items of an older shape, mended before they are read: `#[table(upgrade = …)]`.

use crate::value::{Item, read_back};
use crate::wire::{DecodeError, Reader};

/// The hook, as generated code wraps it.
pub type Upgrade = fn(&mut Item) -> Result<(), DecodeError>;

/// What the function of `#[table(upgrade = …)]` returns: nothing, or a result whose error is a [`DecodeError`].
#[diagnostic::on_unimplemented(
    message = "an `upgrade` function cannot return `{Self}`",
    label = "neither `()` nor a `Result` of it",
    note = "write `fn(item: &mut theory::Item)`, or `fn(item: &mut theory::Item) -> Result<(), theory::wire::DecodeError>` if it can fail"
)]
pub trait UpgradeOutcome {
    /// Whether the item could be mended.
    #[doc(hidden)]
    fn into_result(self) -> Result<(), DecodeError>;
}

impl UpgradeOutcome for () {
    fn into_result(self) -> Result<(), DecodeError> {
        Ok(())
    }
}

impl UpgradeOutcome for Result<(), DecodeError> {
    fn into_result(self) -> Result<(), DecodeError> {
        self
    }
}

/// Reads an item after the hook has mended it.
#[cold]
#[inline(never)]
pub(super) fn decode_mended<T>(
    upgrade: Upgrade,
    input: &mut Reader<'_>,
    read: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut item: Item = super::document::decode_item(input)?;
    upgrade(&mut item)?;
    read_back(|out| super::document::encode_item(&item, out), read)
}

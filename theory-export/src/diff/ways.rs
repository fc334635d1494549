//! The ways from what is deployed to what is wanted: the steps that a kind of difference takes, each in its phase.
//!
//! Old and new code run beside each other while a deployment lasts, and items that exist were written by old code. Every way keeps these:
//!
//! - *Readers come before writers* where new code writes what old code cannot read: [`READ_FIRST`].
//! - *Writers come before the items that exist are filled in* where new code relies on what old code did not write. In the other order, an
//!   item that old code writes after it was passed by is never filled in: [`FILL_IN`]. Only then comes what relies on it.
//! - *An index is there before it is filled in.* It takes up items as they are written, so its deployment, which may take hours, need not
//!   be waited for by the writers; but what queries it comes after both the index is `ACTIVE` and the items are filled in: [`NEW_INDEX`].
//! - *What is queried goes last*: the code that does not need an index, before the index itself: [`NO_INDEX`].
//! - *What is made anew is written twice for a while*: [`ANEW`]. A copy alone would miss what is written after it, writing twice alone what was
//!   written before.
//! - *Nothing is destroyed in the deployment that stops its use*, for that may have to be taken back.

use super::plan::Phase;
use super::plan::Phase::{AddIndex, Backfill, Decide, Deploy, Destroy, Readers, Rely, Remove, Writers};

/// Phases, each with what is done in it.
pub(super) type Way<'a> = &'a [(Phase, &'a str)];

/// New code writes what old code cannot read.
pub(super) const READ_FIRST: Way<'static> = &[
    (Readers, "deploy code that reads both, and still writes the old"),
    (Writers, "deploy code that writes the new"),
];

/// New code relies on what items that exist do not have.
pub(super) const FILL_IN: Way<'static> = &[
    (Writers, "deploy code that writes it, and can still read items without it"),
    (Backfill, "fill it in where items that exist lack it"),
    (Rely, "deploy code that relies on it"),
];

/// New code cannot read what some items that exist hold.
pub(super) const CLEAR_OUT: Way<'static> = &[
    (Writers, "deploy code that no longer writes it, and can still read it"),
    (Backfill, "change the items that exist and hold it"),
    (Rely, "deploy code that cannot read it"),
];

/// Neither side reads what the other writes.
pub(super) const NEW_NAME: Way<'static> = &[
    (Writers, "deploy code that writes an attribute under a new name beside it, and reads the old one"),
    (Backfill, "fill in the new attribute of the items that exist"),
    (Rely, "deploy code that reads the new attribute alone"),
    (Remove, "deploy code that no longer writes the old one"),
];

/// Items that exist are not found under the key that new code gives them.
pub(super) const OTHER_KEY: Way<'static> = &[
    (Writers, "deploy code that writes each item under both keys, and reads it under the old one"),
    (Backfill, "write the items that exist under their new keys too"),
    (Rely, "deploy code that reads and writes them under the new keys alone"),
    (Remove, "delete the items under the old keys"),
];

/// A global index that is new, whose key every item has.
pub(super) const NEW_INDEX: Way<'static> =
    &[(AddIndex, "add it, and wait until it is ACTIVE"), (Rely, "deploy the code that queries it")];

/// A global index that is new, with key attributes that items that exist lack.
pub(super) const NEW_INDEX_TO_FILL: Way<'static> = &[
    (AddIndex, "add it, and wait until it is ACTIVE"),
    (Writers, "deploy code that writes its key"),
    (Backfill, "fill in its key in the items that exist: they appear in the index"),
    (Rely, "deploy the code that queries it"),
];

/// A global index that is gone.
pub(super) const NO_INDEX: Way<'static> =
    &[(Rely, "deploy code that does not query it"), (Remove, "remove it")];

/// A global index whose key or projection is another.
pub(super) const OTHER_INDEX: Way<'static> = &[
    (AddIndex, "add an index under a new name in its place, and wait until it is ACTIVE"),
    (Rely, "deploy code that queries the new index"),
    (Remove, "remove the old index"),
];

/// The same, where items that exist lack what the new key is made of.
pub(super) const OTHER_INDEX_TO_FILL: Way<'static> = &[
    (AddIndex, "add an index under a new name in its place, and wait until it is ACTIVE"),
    (Writers, "deploy code that writes the key of the new index"),
    (Backfill, "fill in that key in the items that exist"),
    (Rely, "deploy code that queries the new index"),
    (Remove, "remove the old index"),
];

/// A table that takes the place of another.
pub(super) const ANEW: Way<'static> = &[
    (Decide, "a new table takes its place, and the items are copied: is there no other way?"),
    (Deploy, "create the new table beside it, under another name"),
    (Writers, "deploy code that writes, and deletes, in both tables, and reads the old one"),
    (Backfill, "copy the items to the new table; what was written or deleted there meanwhile wins"),
    (Rely, "deploy code that reads the new table, and then code that no longer writes the old one"),
    (Destroy, "take a backup of the old table, and delete it"),
];

/// A policy, or what else is narrower than before.
pub(super) const NARROWER: Way<'static> = &[
    (Rely, "deploy the code that no longer needs it"),
    (Remove, "deploy the narrower policy when no old code runs"),
];

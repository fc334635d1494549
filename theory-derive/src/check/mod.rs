//! The third stage: what DynamoDB would refuse, and what would not mean anything.
//!
//! What only the compiler can know, such as whether a type may be a key, is asserted by the generated code on the field's span.

mod attribute;
mod exclusive;
mod field;
mod index;
mod key;
mod names;
mod unique;

pub(crate) use field::inside;
pub(crate) use index::VERBS;

use crate::errors::Errors;
use crate::model::{AttributeType, Entity, Projection};

/// Everything about an entity.
pub(crate) fn entity(entity: &Entity, errors: &Errors) {
    key::check(entity, errors);
    field::check(&entity.fields, &entity.ident, &entity.generics, errors);
    field::roles(&entity.fields, errors);
    names::table(entity, errors);
    names::attributes(&entity.fields, None, errors);
    names::constants(&entity.fields, errors);
    index::check(entity, errors);
    unique::check(entity, errors);
    upgrade(entity, errors);
}

/// Everything about a type that derives `Attribute`.
pub(crate) fn attribute(ty: &AttributeType, errors: &Errors) {
    attribute::check(ty, errors);
}

/// Everything about a projection that can be seen without its entity.
pub(crate) fn projection(projection: &Projection, errors: &Errors) {
    names::projection(projection, errors);
}

/// Only what is read can be mended.
fn upgrade(entity: &Entity, errors: &Errors) {
    if let Some(upgrade) = &entity.upgrade
        && entity.generics.lifetimes().next().is_some()
    {
        errors.push(
            upgrade,
            "`upgrade` mends items that are read, and a struct with lifetimes is only written: remove it, or own the fields",
        );
    }
}

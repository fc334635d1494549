//! The key of the table.

use super::field::{inside, text};
use crate::errors::Errors;
use crate::model::Entity;

pub(super) fn check(entity: &Entity, errors: &Errors) {
    match (&entity.partition[..], &entity.sort[..]) {
        ([], []) if entity.faulty_fields => {}
        ([], []) => errors.push(
            &entity.ident,
            "an entity has a partition key: put `#[table(pk)]` on the field that tells its items apart",
        ),
        ([], sort) => {
            for key in sort.iter().filter_map(|place| entity.fields.get(*place)?.keys.sk.as_ref()) {
                errors.push(
                    key,
                    "a sort key orders the items of a partition: put `#[table(pk)]` on another field, or make this one the `pk`",
                );
            }
        }
        _ => {}
    }
    one(entity, &entity.partition, "pk", "partition", errors);
    one(entity, &entity.sort, "sk", "sort", errors);
    for field in entity.key().filter_map(|place| entity.fields.get(place)) {
        if let Some(inner) = inside("Option", &field.ty) {
            let inner = text(inner);
            errors.push(
                &field.ty,
                format!("a key of the table is present in every item: write `{inner}`, or make this the key of an index"),
            );
        }
    }
}

/// A side of the table's key is one attribute.
fn one(entity: &Entity, places: &[usize], key: &str, side: &str, errors: &Errors) {
    let mut fields = places.iter().filter_map(|place| entity.fields.get(*place));
    let Some(first) = fields.next() else {
        return;
    };
    let first = first.plain();
    for second in fields {
        let on = if key == "pk" { &second.keys.pk } else { &second.keys.sk };
        let second = second.plain();
        errors.push(
            on,
            format!(
                "the {side} key of a table is one attribute, which is `{first}` already; the key of a global index may have several: `gsi({key} = ({first}, {second}), …)`"
            ),
        );
    }
}

//! Whether a cursor fits the query that it is to continue.

use theory_schema::{Entity, Index, Key, ScalarType, limits};

use super::{Cursor, Direction, InvalidCursor, InvalidCursorReason as Reason, Scalar, key_attributes};
use crate::wire::{Reader, number};

impl Cursor {
    /// Checks that the cursor belongs to a query of this index, direction and partition.
    ///
    /// `partition` holds the attributes that the query fixes by equality, with their encoded values (`{"S":"…"}`); for a scan it is
    /// empty. A cursor that does not tell its direction is taken for one of this direction.
    ///
    /// # Errors
    ///
    /// Anything else: another index or direction, a key attribute that is missing, too much, of another type, empty or too long, another
    /// partition. DynamoDB would refuse most of it too, but not all: a cursor of another partition must not depend on that.
    pub(crate) fn check(
        &self,
        entity: &Entity,
        index: Option<&Index>,
        descending: bool,
        partition: &[(&'static str, Vec<u8>)],
    ) -> Result<(), InvalidCursor> {
        if self.index.as_deref() != index.map(|index| index.name) {
            return Err(Reason::Index.into());
        }
        if self.sort.is_some_and(|sort| sort != Direction::new(descending)) {
            return Err(Reason::Direction.into());
        }
        for attribute in key_attributes(entity, index) {
            match self.key.get(attribute.name) {
                None => return Err(Reason::Missing(attribute.name).into()),
                Some(value) if !value.is(attribute.ty) => return Err(Reason::Type(attribute.name).into()),
                Some(_) => {}
            }
        }
        let is_key = |name: &String| key_attributes(entity, index).any(|attribute| attribute.name == *name);
        if !self.key.keys().all(is_key) {
            return Err(Reason::Foreign.into());
        }
        self.check_lengths(&entity.key)?;
        if let Some(index) = index {
            self.check_lengths(&index.key)?;
        }
        for (name, expected) in partition {
            if !self.key.get(*name).is_some_and(|value| value.equals(expected)) {
                return Err(Reason::Partition(name).into());
            }
        }
        Ok(())
    }

    fn check_lengths(&self, key: &Key) -> Result<(), InvalidCursor> {
        let sides = [(key.partition, limits::PARTITION_KEY_BYTES), (key.sort, limits::SORT_KEY_BYTES)];
        for (attributes, limit) in sides {
            for attribute in attributes {
                let length = match self.key.get(attribute.name) {
                    Some(Scalar::String(text)) => text.len(),
                    Some(Scalar::Binary(bytes)) => bytes.len(),
                    // A number always fits, and one that is missing was refused before.
                    Some(Scalar::Number(_)) | None => continue,
                };
                if !(1..=limit).contains(&length) {
                    return Err(Reason::Length(attribute.name).into());
                }
            }
        }
        Ok(())
    }
}

impl Scalar {
    /// Whether it has this type.
    pub(super) fn is(&self, ty: ScalarType) -> bool {
        matches!(
            (self, ty),
            (Scalar::String(_), ScalarType::String)
                | (Scalar::Number(_), ScalarType::Number)
                | (Scalar::Binary(_), ScalarType::Binary)
        )
    }

    /// Whether it is the same to DynamoDB as this encoded value: numbers count by value, not by text.
    fn equals(&self, json: &[u8]) -> bool {
        let other = Reader::new(json).and_then(|mut reader| {
            let value = Scalar::read(&mut reader)?;
            reader.end().map(|()| value)
        });
        match (self, other) {
            (Scalar::Number(a), Ok(Scalar::Number(b))) => {
                number::compare(a, &b).is_ok_and(std::cmp::Ordering::is_eq)
            }
            (value, Ok(other)) => *value == other,
            (_, Err(_)) => false,
        }
    }
}

//! Lists, maps and enum variants while they are being written.

use super::error::WriteError;
use super::ser::Serializer;
use super::ser_key;
use crate::wire::Writer;
use serde::ser::{self, Serialize};

type Result<T = ()> = std::result::Result<T, WriteError>;

/// A list that is open.
pub(super) struct List<'w> {
    out: &'w mut Writer,
}

impl<'w> List<'w> {
    pub(super) fn begin(out: &'w mut Writer) -> Self {
        out.begin_list();
        List { out }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        value.serialize(Serializer::new(self.out))?;
        self.out.end_member();
        Ok(())
    }

    fn close(self) -> &'w mut Writer {
        self.out.end_list();
        self.out
    }
}

/// A map that is open.
pub(super) struct Map<'w> {
    out: &'w mut Writer,
}

impl<'w> Map<'w> {
    pub(super) fn begin(out: &'w mut Writer) -> Self {
        out.begin_map();
        Map { out }
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result {
        self.out.name(name);
        self.value(value)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        value.serialize(Serializer::new(self.out))?;
        self.out.end_member();
        Ok(())
    }

    fn close(self) -> &'w mut Writer {
        self.out.end_map();
        self.out
    }
}

/// A map whose one member is named after a variant, and what that member holds.
pub(super) struct Variant<C> {
    content: C,
}

impl<C> Variant<C> {
    pub(super) fn begin<'w>(
        variant: &str,
        out: &'w mut Writer,
        content: impl FnOnce(&'w mut Writer) -> C,
    ) -> Self {
        out.begin_map();
        out.name(variant);
        Variant { content: content(out) }
    }
}

/// Closes the map around the variant's content.
fn close_variant(out: &mut Writer) {
    out.end_member();
    out.end_map();
}

macro_rules! lists {
    ($($interface:ident $element:ident;)*) => { $(
        impl ser::$interface for List<'_> {
            type Ok = ();
            type Error = WriteError;
            fn $element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
                self.element(value)
            }
            fn end(self) -> Result {
                self.close();
                Ok(())
            }
        }
    )* };
}

lists! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
}

impl ser::SerializeTupleVariant for Variant<List<'_>> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.content.element(value)
    }

    fn end(self) -> Result {
        close_variant(self.content.close());
        Ok(())
    }
}

impl ser::SerializeStruct for Map<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result {
        self.member(name, value)
    }

    fn end(self) -> Result {
        self.close();
        Ok(())
    }
}

impl ser::SerializeStructVariant for Variant<Map<'_>> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result {
        self.content.member(name, value)
    }

    fn end(self) -> Result {
        close_variant(self.content.close());
        Ok(())
    }
}

impl ser::SerializeMap for Map<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result {
        key.serialize(ser_key::Serializer::new(self.out))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.value(value)
    }

    fn end(self) -> Result {
        self.close();
        Ok(())
    }
}

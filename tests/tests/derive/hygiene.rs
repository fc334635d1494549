//! Names of the user's that could meet those of the generated code.
#![allow(clippy::redundant_pub_crate)]

use super::{from_item, item};

/// What stands in place of the prelude here.
#[allow(non_camel_case_types, non_upper_case_globals, dead_code, missing_docs, unused_qualifications)]
mod shadows {
    use ::std as my_std;

    pub(crate) struct Option;
    pub(crate) struct Result;
    pub(crate) struct Some;
    pub(crate) struct Ok;
    pub(crate) struct None;
    pub(crate) struct Err;
    pub(crate) struct Default;
    pub(crate) struct Vec;
    pub(crate) struct Box;
    pub(crate) struct t;
    pub(crate) struct core;
    pub(crate) const out: u8 = 0;
    pub(crate) const input: u8 = 0;
    pub(crate) const partial: u8 = 0;
    pub(crate) const value: u8 = 0;
    pub(crate) mod theory {}
    pub(crate) mod std {}

    #[derive(my_std::fmt::Debug, my_std::cmp::PartialEq, ::theory::Attribute)]
    pub(crate) enum State {
        Known { name: my_std::string::String, out: u8, input: u8, value: my_std::option::Option<u8> },
        Text,
    }

    #[derive(my_std::fmt::Debug, my_std::cmp::PartialEq, ::theory::Table)]
    #[table(name = "odd", gsi(name = "type", pk = r#type))]
    pub(crate) struct Odd {
        #[table(pk)]
        pub(crate) r#type: my_std::string::String,
        #[table(sk)]
        pub(crate) name: u8,
        pub(crate) out: u8,
        pub(crate) input: u8,
        pub(crate) partial: u8,
        pub(crate) value: State,
        pub(crate) get: u8,
        pub(crate) key: u8,
        pub(crate) query: my_std::option::Option<u8>,
        #[table(default)]
        pub(crate) __input: u8,
        pub(crate) schema: u8,
    }
}

use shadows::{Odd, State};

#[test]
fn names_do_not_meet() {
    let state = State::Known { name: "a".into(), out: 1, input: 2, value: None };
    let odd = Odd {
        r#type: "a".into(),
        name: 1,
        out: 2,
        input: 3,
        partial: 4,
        value: state,
        get: 5,
        key: 6,
        query: None,
        __input: 7,
        schema: 8,
    };
    assert_eq!(from_item(&item(&odd)), Ok(odd));
    assert_eq!(Odd::TYPE.name(), "type");
    assert_eq!(Odd::SCHEMA.name(), "schema");
    assert_eq!(<Odd as theory::Table>::SCHEMA.table, "odd");
    drop(Odd::get("a", 1));
    drop(Odd::r#type("a"));
}

/// The library under another name.
mod re_export {
    pub(super) mod inner {
        pub(crate) use theory::*;
    }

    #[derive(inner::Table)]
    #[table(name = "things", crate = inner, no_verbs)]
    pub(super) struct Thing {
        #[table(pk)]
        pub(super) id: String,
        pub(super) part: Part,
    }

    #[derive(inner::Attribute)]
    #[attribute(crate = inner)]
    pub(super) struct Part {
        pub(super) size: u8,
    }

    #[derive(inner::Projection)]
    #[projection(of = Thing, crate = inner)]
    pub(super) struct Row {
        pub(super) id: String,
    }

    impl Thing {
        /// The user's own, because `no_verbs` leaves the name free.
        pub(super) const fn get(&self) -> u8 {
            self.part.size
        }
    }
}

#[test]
fn the_library_may_be_elsewhere() {
    let thing = re_export::Thing { id: "a".into(), part: re_export::Part { size: 1 } };
    assert_eq!(thing.get(), 1);
    assert_eq!(from_item::<re_export::Row>(&item(&thing)).unwrap().id, "a");
}

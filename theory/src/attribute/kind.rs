//! The stored form of a type, at the type level: it decides which operators an attribute has.

/// How DynamoDB stores a type: one of [`kind`](self)'s markers.
pub trait Kind {
    /// The stored form of a `Vec` of it: a list, but for [`Byte`].
    type OfVec: Kind;
    /// The stored form of a newtype around it: the same, but for [`Byte`].
    type Single: Kind;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident => $of_vec:ident, $single:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $kind {}
        impl Kind for $kind {
            type OfVec = $of_vec;
            type Single = $single;
        }
    )* };
}

kinds! {
    /// `S`
    Text => List, Text;
    /// `N`
    Number => List, Number;
    /// `N` of a single `u8`; only a `Vec` of it is different: bytes.
    Byte => Binary, Number;
    /// `B`
    Binary => List, Binary;
    /// `BOOL`
    Boolean => List, Boolean;
    /// `SS`, `NS` or `BS`
    Set => List, Set;
    /// `L`
    List => List, List;
    /// `M`
    Map => List, Map;
    /// Known only at run time.
    Any => List, Any;
}

macro_rules! operators {
    ($($(#[$doc:meta])* $operator:ident: $($kind:ident)+, $message:literal;)*) => { $(
        $(#[$doc])*
        #[diagnostic::on_unimplemented(message = $message, label = "this attribute is stored as `{Self}`")]
        pub trait $operator: Kind {}
        $(
            #[diagnostic::do_not_recommend]
            impl $operator for $kind {}
        )+
    )* };
}

operators! {
    /// Has an order that DynamoDB compares by.
    Ordered: Text Number Byte Binary Any, "`lt`, `le`, `gt`, `ge` and `between` need a string, number or bytes attribute";
    /// Has a beginning.
    Prefixed: Text Binary Any, "`begins_with` needs a string or bytes attribute";
    /// Has a size.
    Sizeable: Text Binary Set List Map Any, "`size` needs a string, bytes, set, list or map attribute";
    /// `ADD` works on it.
    Addable: Number Byte Set Any, "`add` needs a number or a set attribute";
    /// `+` and `-` work on it.
    Numeric: Number Byte Any, "arithmetic needs a number attribute";
    /// `#[table(lenient)]` works on it.
    LenientNumber: Number Byte, "`lenient` reads numbers that were stored as strings: the field must be a number";
    /// A variant that keeps unknown text holds it.
    Textual: Text, "`other` keeps the name of an unknown variant: it must hold a string";
    /// `list_append` works on it.
    Appendable: List Any, "`append` and `prepend` need a list attribute";
    /// `DELETE` works on it.
    Deletable: Set Any, "`delete` takes elements out of a set attribute";
    /// May be part of a key.
    InKey: Text Number Byte Binary, "a key must be a string, a number or bytes";
    /// May be `unique`.
    Distinct: Text Number Byte Binary Boolean, "what is `unique` must be a string, a number, bytes or a boolean";
    /// May be in the key of a table that holds guards.
    InGuardedKey: Text, "a table with `unique` attributes has a key of strings, because the items that guard them have such keys";
    /// May be an element of a set.
    InSet: Text Number Byte Binary, "DynamoDB has sets of strings, of numbers and of bytes only";
}

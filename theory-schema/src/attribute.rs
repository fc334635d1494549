//! Stored types, and one attribute of an entity.

/// What DynamoDB stores for a Rust type.
///
/// The data is constant and nests by reference, so that a type's description is built by the compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// `S`
    String,
    /// `S`, one of these values.
    OneOf(&'static [&'static str]),
    /// `N`
    Number,
    /// `B`
    Binary,
    /// `BOOL`
    Boolean,
    /// `SS`
    StringSet,
    /// `NS`
    NumberSet,
    /// `BS`
    BinarySet,
    /// `L` of elements of one type.
    List(&'static Type),
    /// `L` with a type for each place.
    Tuple(&'static [&'static Type]),
    /// `M` from any name to values of one type.
    Map(&'static Type),
    /// `M` with known members.
    Document(&'static Document),
    /// `M` in one of several shapes, told apart by a tag.
    Union(&'static Union),
    /// A value, or nothing: absent, or `NULL`.
    Optional(&'static Type),
    /// Any value.
    Any,
    /// A document that contains itself; the name is the Rust type's.
    Recursive(&'static str),
}

impl Type {
    /// The key type, where the type may be part of a key.
    pub const fn scalar(&self) -> Option<ScalarType> {
        match self {
            Type::String | Type::OneOf(_) => Some(ScalarType::String),
            Type::Number => Some(ScalarType::Number),
            Type::Binary => Some(ScalarType::Binary),
            Type::Optional(inner) => inner.scalar(),
            _ => None,
        }
    }

    /// Whether an item may lack the attribute.
    pub const fn is_optional(&self) -> bool {
        matches!(self, Type::Optional(_) | Type::StringSet | Type::NumberSet | Type::BinarySet)
    }

    /// The type of the set that holds elements of this type.
    ///
    /// What DynamoDB has no set of gives a string set: the library's `SetElement` bound refuses such a type before.
    pub const fn set_of(element: &Type) -> Type {
        match element.scalar() {
            Some(ScalarType::Number) => Type::NumberSet,
            Some(ScalarType::Binary) => Type::BinarySet,
            _ => Type::StringSet,
        }
    }

    /// DynamoDB's descriptor: `S`, `N`, … or `*` for any.
    pub const fn descriptor(&self) -> &'static str {
        match self {
            Type::String | Type::OneOf(_) => "S",
            Type::Number => "N",
            Type::Binary => "B",
            Type::Boolean => "BOOL",
            Type::StringSet => "SS",
            Type::NumberSet => "NS",
            Type::BinarySet => "BS",
            Type::List(_) | Type::Tuple(_) => "L",
            Type::Map(_) | Type::Document(_) | Type::Union(_) | Type::Recursive(_) => "M",
            Type::Optional(inner) => inner.descriptor(),
            Type::Any => "*",
        }
    }
}

/// The types that a key attribute may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScalarType {
    /// `S`
    String,
    /// `N`
    Number,
    /// `B`
    Binary,
}

impl ScalarType {
    /// `S`, `N` or `B`.
    pub const fn descriptor(self) -> &'static str {
        match self {
            ScalarType::String => "S",
            ScalarType::Number => "N",
            ScalarType::Binary => "B",
        }
    }
}

/// The members of a nested document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document {
    /// The Rust type.
    pub name: &'static str,
    /// Its attributes, in the order of the struct.
    pub attributes: &'static [Attribute],
}

/// Documents of several shapes, told apart by the value of one attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Union {
    /// The Rust type.
    pub name: &'static str,
    /// The attribute that holds the variant's name.
    pub tag: &'static str,
    /// The value of the tag, and the shape that goes with it.
    pub variants: &'static [(&'static str, Type)],
}

/// What the library does with an attribute on its own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Nothing: it is the application's.
    Data,
    /// Counts the writes of an item, for optimistic locking.
    Version,
    /// When the item was created.
    CreatedAt,
    /// When the item was last written.
    UpdatedAt,
    /// When DynamoDB may delete the item.
    Ttl,
}

/// One attribute of an entity or of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribute {
    /// The name in DynamoDB.
    pub name: &'static str,
    /// The name of the Rust field.
    pub field: &'static str,
    /// What is stored.
    pub ty: &'static Type,
    /// What the library does with it.
    pub role: Role,
    /// Other names under which it is read.
    pub aliases: &'static [&'static str],
    /// Whether reading an item without it succeeds although its type is not optional.
    pub has_default: bool,
    /// Whether an empty string, list or map is left out.
    pub skip_empty: bool,
    /// Whether no update may write it.
    pub protected: bool,
}

impl Attribute {
    /// An attribute with the role [`Role::Data`] and nothing special.
    pub const fn new(name: &'static str, field: &'static str, ty: &'static Type) -> Self {
        Attribute {
            name,
            field,
            ty,
            role: Role::Data,
            aliases: &[],
            has_default: false,
            skip_empty: false,
            protected: false,
        }
    }

    /// The same attribute in another role.
    pub const fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// The same attribute, read under these names too.
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// The same attribute, with a default for items that lack it.
    pub const fn with_default(mut self) -> Self {
        self.has_default = true;
        self
    }

    /// The same attribute, left out where it is empty.
    pub const fn skip_empty(mut self) -> Self {
        self.skip_empty = true;
        self
    }

    /// The same attribute, which no update may write.
    pub const fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    /// Whether every item that the library wrote has the attribute.
    pub const fn is_required(&self) -> bool {
        !self.ty.is_optional() && !self.skip_empty
    }
}

//! Every key of every attribute, how it is written, and what to say of a key that is none.

use crate::names;
use proc_macro2::Ident;
use syn::Path;

/// Where keys may stand.
pub(super) struct Place {
    /// The attribute: `table`.
    pub(super) attribute: &'static str,
    /// As prose: `an entity's field`.
    what: &'static str,
    /// The keys, each as it is written.
    keys: &'static [(&'static str, &'static str)],
    /// Other places of the same attribute, where a key that is none here may belong.
    others: &'static [&'static Place],
}

impl Place {
    /// Says how the attribute is written.
    pub(super) fn explain(&self, problem: &str) -> String {
        let example = self.keys.first().map(|(_, form)| *form).unwrap_or_default();
        format!("`#[{}]` {problem}, such as `#[{}({example})]`", self.attribute, self.attribute)
    }

    /// Says how the key is written.
    pub(super) fn form(&self, key: &Ident) -> String {
        let form = self.keys.iter().find(|(name, _)| key == name).map(|(_, form)| *form);
        format!("write `{}`", form.unwrap_or_default())
    }

    /// What to say of a key that does not exist here.
    pub(super) fn unknown(&self, key: &Ident) -> Option<String> {
        if self.has(key) {
            return None;
        }
        if let Some(other) = self.others.iter().find(|other| other.has(key)) {
            return Some(format!("`{key}` is a key of {}, not of {}", other.what, self.what));
        }
        let known = self.keys.iter().map(|(name, _)| *name);
        let hint = names::nearest(&key.to_string(), known.clone())
            .map(|name| format!(", did you mean `{name}`?"))
            .unwrap_or_default();
        Some(format!("unknown key `{key}`{hint} ({} may have {})", self.what, names::list(known)))
    }

    /// What to say of an attribute that belongs to another derive.
    pub(super) fn misplaced(&self, attribute: &Path) -> Option<String> {
        let other = match self.attribute {
            "table" => "attribute",
            "attribute" => "table",
            _ => return None,
        };
        attribute.is_ident(other).then(|| {
            let derive = if other == "table" { "Table" } else { "Attribute" };
            format!("write `#[{}(…)]` here: `#[{other}(…)]` belongs to `derive({derive})`", self.attribute)
        })
    }

    fn has(&self, key: &Ident) -> bool {
        self.keys.iter().any(|(name, _)| key == name)
    }
}

/// `#[table(…)]` on the struct.
pub(super) static TABLE: Place = Place {
    attribute: "table",
    what: "the struct",
    keys: &[
        ("name", r#"name = "orders""#),
        ("gsi", r#"gsi(name = "by_status", pk = status, sk = placed_at)"#),
        ("lsi", r#"lsi(name = "by_date", sk = placed_at)"#),
        ("scan", "scan"),
        ("write_once", "write_once"),
        ("unique", r#"unique(name = "Order.number", fields(country, number))"#),
        ("rename_all", r#"rename_all = "camelCase""#),
        ("no_verbs", "no_verbs"),
        ("upgrade", "upgrade = path::to::function"),
        ("crate", "crate = path::to::theory"),
        ("pk", r#"pk = "CUSTOMER#{customer}""#),
        ("sk", r#"sk = "ORDER#{order_id}""#),
    ],
    others: &[&TABLE_FIELD, &GSI],
};

/// `gsi(…)`.
pub(super) static GSI: Place = Place {
    attribute: "table",
    what: "`gsi`",
    keys: &[
        ("name", r#"name = "by_status""#),
        ("pk", "pk = status` or `pk = (customer, status)"),
        ("sk", "sk = placed_at` or `sk = (placed_at, order_id)"),
        ("projection", "projection = all`, `projection = keys_only` or `projection = include(total, status)"),
        ("method", "method = by_status"),
    ],
    others: &[],
};

/// `unique(…)`.
pub(super) static UNIQUE: Place = Place {
    attribute: "table",
    what: "`unique`",
    keys: &[("name", r#"name = "Order.number""#), ("fields", "fields(country, number)")],
    others: &[],
};

/// `lsi(…)`.
pub(super) static LSI: Place = Place {
    attribute: "table",
    what: "`lsi`",
    keys: &[
        ("name", r#"name = "by_date""#),
        ("sk", "sk = placed_at"),
        ("projection", "projection = all`, `projection = keys_only` or `projection = include(total, status)"),
        ("method", "method = by_date"),
        ("pk", "sk = placed_at"),
    ],
    others: &[],
};

const RENAME: (&str, &str) = ("rename", r#"rename = "storedName""#);
const ALIAS: (&str, &str) = ("alias", r#"alias = "oldName""#);
const SKIP: (&str, &str) = ("skip", "skip");
const DEFAULT: (&str, &str) = ("default", "default` or `default = path::to::function");
const SKIP_EMPTY: (&str, &str) = ("skip_empty", "skip_empty");
const FLATTEN: (&str, &str) = ("flatten", "flatten");
const REST: (&str, &str) = ("rest", "rest");
const WITH: (&str, &str) = ("with", "with = path::to::Adapter");
const SERDE: (&str, &str) = ("serde", "serde");
const JSON: (&str, &str) = ("json", "json");
const LENIENT: (&str, &str) = ("lenient", "lenient");
const RECURSIVE: (&str, &str) = ("recursive", "recursive");

/// `#[table(…)]` on a field.
pub(super) static TABLE_FIELD: Place = Place {
    attribute: "table",
    what: "an entity's field",
    keys: &[
        ("pk", "pk"),
        ("sk", "sk"),
        RENAME,
        ALIAS,
        SKIP,
        DEFAULT,
        SKIP_EMPTY,
        FLATTEN,
        REST,
        WITH,
        SERDE,
        JSON,
        LENIENT,
        RECURSIVE,
        ("version", "version"),
        ("created_at", "created_at"),
        ("updated_at", "updated_at"),
        ("ttl", "ttl"),
        ("protected", "protected"),
        ("unique", r#"unique` or `unique = "User.email"#),
    ],
    others: &[&TABLE],
};

/// `#[attribute(…)]` on a struct.
pub(super) static DOCUMENT: Place = Place {
    attribute: "attribute",
    what: "the struct",
    keys: &[("rename_all", r#"rename_all = "camelCase""#), ("crate", "crate = path::to::theory")],
    others: &[&ENUM, &DOCUMENT_FIELD, &TABLE_FIELD],
};

/// `#[attribute(…)]` on a struct with one unnamed field.
pub(super) static NEWTYPE: Place = Place {
    attribute: "attribute",
    what: "a newtype",
    keys: &[("crate", "crate = path::to::theory")],
    others: &[&DOCUMENT, &ENUM],
};

/// `#[attribute(…)]` on an enum.
pub(super) static ENUM: Place = Place {
    attribute: "attribute",
    what: "the enum",
    keys: &[
        ("rename_all", r#"rename_all = "snake_case""#),
        ("rename_all_fields", r#"rename_all_fields = "camelCase""#),
        ("tag", r#"tag = "type""#),
        ("crate", "crate = path::to::theory"),
    ],
    others: &[&VARIANT],
};

/// `#[attribute(…)]` on a variant.
pub(super) static VARIANT: Place = Place {
    attribute: "attribute",
    what: "a variant",
    keys: &[RENAME, ALIAS, ("other", "other")],
    others: &[&ENUM, &DOCUMENT_FIELD],
};

/// `#[attribute(…)]` on a field of a document.
pub(super) static DOCUMENT_FIELD: Place = Place {
    attribute: "attribute",
    what: "a document's field",
    keys: &[RENAME, ALIAS, SKIP, DEFAULT, SKIP_EMPTY, FLATTEN, REST, WITH, SERDE, JSON, LENIENT, RECURSIVE],
    others: &[&DOCUMENT, &TABLE_FIELD],
};

/// `#[attribute(…)]` on the field of a newtype.
pub(super) static NEWTYPE_FIELD: Place = Place {
    attribute: "attribute",
    what: "a newtype's field",
    keys: &[WITH, SERDE, JSON, LENIENT],
    others: &[&DOCUMENT_FIELD],
};

/// `#[projection(…)]` on the struct.
pub(super) static PROJECTION: Place = Place {
    attribute: "projection",
    what: "the struct",
    keys: &[("of", "of = Order"), ("index", "index = by_status"), ("crate", "crate = path::to::theory")],
    others: &[&PROJECTION_FIELD],
};

/// `#[projection(…)]` on a field.
pub(super) static PROJECTION_FIELD: Place = Place {
    attribute: "projection",
    what: "a projection's field",
    keys: &[("from", "from = field_of_the_entity")],
    others: &[&PROJECTION],
};

//! Keys of a field that cannot stand together.

use crate::errors::Errors;
use crate::parse::FieldKeys;
use proc_macro2::Ident;

/// Of the keys of one field, none of the first may stand with one of the second.
struct Rule {
    keys: &'static [&'static str],
    against: &'static [&'static str],
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule { keys: &["pk"], against: &["sk"], why: "an attribute is on one side of the key" },
    Rule {
        keys: &["pk", "sk"],
        against: &["skip", "flatten", "rest"],
        why: "a key of the table is an attribute of its own in every item",
    },
    Rule {
        keys: &["pk", "sk"],
        against: &["default", "skip_empty"],
        why: "a key of the table is present in every item, and never empty",
    },
    Rule {
        keys: &["pk", "sk"],
        against: &["alias"],
        why: "DynamoDB stores a key under one name for the life of the table",
    },
    Rule {
        keys: &["pk", "sk"],
        against: &["with", "serde", "json", "lenient", "recursive"],
        why: "a key is stored as its type says; wrap the type in a newtype that derives `Attribute`",
    },
    Rule {
        keys: &["pk", "sk"],
        against: &["version", "created_at", "updated_at", "ttl"],
        why: "a key never changes and comes from the caller; an index may have this attribute in its key",
    },
    Rule {
        keys: &["skip"],
        against: &[
            "rename",
            "alias",
            "skip_empty",
            "flatten",
            "rest",
            "with",
            "serde",
            "json",
            "lenient",
            "recursive",
            "version",
            "created_at",
            "updated_at",
            "ttl",
        ],
        why: "a skipped field is neither written nor read",
    },
    Rule {
        keys: &["flatten"],
        against: &[
            "rename",
            "alias",
            "default",
            "skip_empty",
            "rest",
            "with",
            "serde",
            "json",
            "lenient",
            "recursive",
            "version",
            "created_at",
            "updated_at",
            "ttl",
        ],
        why: "a flattened field has no attribute of its own; the fields of its type may have such keys",
    },
    Rule {
        keys: &["rest"],
        against: &[
            "rename",
            "alias",
            "default",
            "skip_empty",
            "with",
            "serde",
            "json",
            "lenient",
            "recursive",
            "version",
            "created_at",
            "updated_at",
            "ttl",
        ],
        why: "this field holds the attributes that no other field names, each as it is",
    },
    Rule {
        keys: &["protected"],
        against: &["pk", "sk", "version", "created_at", "updated_at"],
        why: "no update can name it as it is",
    },
    Rule {
        keys: &["protected"],
        against: &["skip", "flatten", "rest"],
        why: "it is one attribute that is protected",
    },
    Rule {
        keys: &["unique"],
        against: &["skip", "flatten", "rest"],
        why: "it is one attribute whose values are unique",
    },
    Rule {
        keys: &["unique"],
        against: &["version", "created_at", "updated_at", "ttl"],
        why: "many items have the same one",
    },
    Rule {
        keys: &["unique"],
        against: &["default"],
        why: "every item without the attribute would read as the same value; make it an `Option`",
    },
    Rule {
        keys: &["unique"],
        against: &["serde", "json", "recursive"],
        why: "only a string, a number, bytes or a boolean is compared as it is stored",
    },
    Rule { keys: &["version"], against: &["created_at", "updated_at", "ttl"], why: "a field has one role" },
    Rule { keys: &["created_at"], against: &["updated_at", "ttl"], why: "a field has one role" },
    Rule { keys: &["updated_at"], against: &["ttl"], why: "a field has one role" },
    Rule {
        keys: &["version", "created_at", "updated_at", "ttl"],
        against: &["with", "serde", "json", "lenient", "recursive", "skip_empty"],
        why: "the library decides how it stores what it writes",
    },
    Rule {
        keys: &["with"],
        against: &["serde", "json", "lenient", "recursive"],
        why: "one adapter decides how a field is stored",
    },
    Rule {
        keys: &["serde"],
        against: &["json"],
        why: "`serde` stores the natural DynamoDB value, `json` a string of JSON; keep one",
    },
    Rule {
        keys: &["serde", "json"],
        against: &["lenient", "recursive"],
        why: "serde decides how this field is stored",
    },
    Rule { keys: &["lenient"], against: &["recursive"], why: "`lenient` is for numbers" },
    Rule {
        keys: &["skip_empty"],
        against: &["with", "serde", "json", "lenient"],
        why: "the adapter decides what is left out, by `Adapter::is_absent`",
    },
];

/// Reports every pair, on the key that the rule turns against.
pub(super) fn check(keys: &FieldKeys, errors: &Errors) {
    let find = |names: &'static [&'static str]| -> Vec<&Ident> {
        keys.given().filter(|key| names.iter().any(|name| *key == name)).collect()
    };
    for Rule { keys, against, why } in RULES {
        for key in find(keys) {
            for other in find(against) {
                errors.push(other, format!("`{key}` and `{other}` exclude each other: {why}"));
            }
        }
    }
}

//! The crates that are compiled.

use std::fmt::Write as _;

/// What the entities derive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Derives {
    /// `Debug`, `Clone` and `PartialEq`.
    Standard,
    /// And `Table`.
    Table,
    /// And serde's.
    Serde,
}

impl Derives {
    pub(crate) const ALL: [Derives; 3] = [Derives::Standard, Derives::Table, Derives::Serde];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Derives::Standard => "standard",
            Derives::Table => "table",
            Derives::Serde => "serde",
        }
    }

    fn derive(self) -> &'static str {
        match self {
            Derives::Standard => "Debug, Clone, PartialEq",
            Derives::Table => "Debug, Clone, PartialEq, theory::Table",
            Derives::Serde => "Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize",
        }
    }

    /// Functions that write and read the entity, so that a build has to make the code.
    fn using(self, entity: u32) -> String {
        match self {
            Derives::Standard => String::new(),
            Derives::Table => format!(
                "pub fn write{entity}(entity: &Entity{entity}) -> theory::op::Put<Entity{entity}> {{
    theory::Table::put(entity)
}}
pub fn read{entity}(input: &mut theory::wire::Reader<'_>) -> Result<Entity{entity}, theory::wire::DecodeError> {{
    theory::FromItem::from_item(input)
}}
"
            ),
            Derives::Serde => format!(
                "pub fn write{entity}(entity: &Entity{entity}) -> serde_dynamo::Result<Map> {{
    serde_dynamo::to_item(entity)
}}
pub fn read{entity}(map: Map) -> serde_dynamo::Result<Entity{entity}> {{
    serde_dynamo::from_item(map)
}}
"
            ),
        }
    }
}

/// The types of the fields, in turns.
const TYPES: [&str; 9] = [
    "String",
    "u64",
    "Option<String>",
    "bool",
    "f64",
    "Vec<String>",
    "Option<u32>",
    "std::collections::BTreeMap<String, String>",
    "i32",
];

/// A crate of `count` entities with 20 fields each.
pub(crate) fn source(derives: Derives, count: u32) -> String {
    let mut source = String::new();
    if derives == Derives::Serde {
        source.push_str(
            "type Map = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;\n",
        );
    }
    for entity in 0..count {
        let (table, partition, sort) = match derives {
            Derives::Table => {
                (format!("#[table(name = \"entities{entity}\")]\n"), "#[table(pk)] ", "#[table(sk)] ")
            }
            Derives::Standard | Derives::Serde => (String::new(), "", ""),
        };
        let fields = (2..20).fold(String::new(), |mut fields, field| {
            // Writing to a string cannot fail.
            let _ = writeln!(fields, "    pub field{field}: {},", TYPES[field % TYPES.len()]);
            fields
        });
        let _ = write!(
            source,
            "#[derive({derive})]
{table}pub struct Entity{entity} {{
    {partition}pub partition: String,
    {sort}pub sort: String,
{fields}}}
{using}",
            derive = derives.derive(),
            using = derives.using(entity),
        );
    }
    source
}

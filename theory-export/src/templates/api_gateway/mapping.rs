//! The request and response templates of each method.

use super::served::{Api, is_itself, servable};
use super::vtl;
use crate::contract::{Attribute, KeyTemplate, Operation, Role, Segment};
use std::fmt::Write as _;
use theory_schema::ScalarType;

impl Api<'_> {
    /// PutItem, where there is no such item.
    pub(super) fn create(&self) -> String {
        let mut text = String::from("#set($ok = true)\n");
        let accepted: Vec<_> = self.accepted.iter().collect();
        vtl::look_at_members(&accepted, "$", 0, &mut text);
        for field in self.in_keys().filter(|field| field.ty == ScalarType::String) {
            let name = &field.name;
            let _ = writeln!(
                text,
                "#set($k_{name} = '')#if($input.path(\"$\").containsKey('{name}'))#set($k_{name} = $input.path(\"$.{name}\"))\
                 #if(!$k_{name}.matches('{}'))#set($ok = false)#end#end",
                vtl::KEY_PATTERN
            );
        }
        text.push_str(vtl::NOW);
        let _ = write!(
            text,
            "#if($ok)\n{{\"TableName\": \"{}\",\n\"Item\": {{\n#set($c0 = '')\n",
            vtl::literal(&self.table.name)
        );
        for attribute in &self.entity.attributes {
            let value = match attribute.role {
                Role::Version => "{\"N\": \"0\"}",
                Role::CreatedAt | Role::UpdatedAt => "{\"S\": \"$now\"}",
                Role::Data | Role::Ttl => continue,
            };
            let _ = writeln!(text, "${{c0}}\"{}\": {value}#set($c0 = ',')", attribute.name);
        }
        for (name, template) in self.entity.keys.iter().filter(|(name, template)| !is_itself(template, name))
        {
            let given: Vec<_> = template
                .attributes()
                .map(|field| format!("$input.path(\"$\").containsKey('{field}')"))
                .collect();
            let value = format!("${{c0}}\"{name}\": {{\"S\": \"{}\"}}#set($c0 = ',')", filled(template));
            let _ = if given.is_empty() {
                writeln!(text, "{value}")
            } else {
                writeln!(text, "#if({}){value}#end", given.join(" && "))
            };
        }
        let stored = |attribute: &&&Attribute| self.entity.attribute(&attribute.name).is_some();
        let stored: Vec<_> = accepted.iter().filter(stored).copied().collect();
        vtl::write_members(&stored, "$", 0, &mut text);
        let partition = self.table.key.partition.first().map_or("", |attribute| &attribute.name);
        let _ = write!(
            text,
            "}},\n\"ConditionExpression\": \"attribute_not_exists(\\u0023k)\",\n\
             \"ExpressionAttributeNames\": {{\"\\u0023k\": \"{}\"}}}}\n{REFUSED}",
            vtl::literal(partition)
        );
        text
    }

    /// GetItem or DeleteItem.
    pub(super) fn by_key(&self, operation: Operation) -> String {
        let mut text = String::from("#set($ok = true)\n");
        for field in &self.path {
            let (name, pattern) = (&field.name, pattern(field.ty));
            let _ = writeln!(
                text,
                "#set($k_{name} = $input.params('{name}'))#if(!$k_{name}.matches('{pattern}'))#set($ok = false)#end"
            );
        }
        let _ =
            write!(text, "#if($ok)\n{{\"TableName\": \"{}\",\n\"Key\": {{", vtl::literal(&self.table.name));
        let keys = self.table.key.attributes().filter_map(|attribute| {
            let template = self.entity.keys.get(&attribute.name)?;
            Some(format!(
                "\"{}\": {{\"{}\": \"{}\"}}",
                attribute.name,
                attribute.ty.descriptor(),
                filled(template)
            ))
        });
        text.push_str(&keys.collect::<Vec<_>>().join(", "));
        let consistent = if operation == Operation::Get { ", \"ConsistentRead\": true" } else { "" };
        let _ = write!(text, "}}{consistent}}}\n{REFUSED}");
        text
    }

    /// The item as JSON, or that there is none.
    pub(super) fn answer(&self) -> String {
        let shown: Vec<_> = self
            .entity
            .attributes
            .iter()
            .filter(|attribute| servable(&attribute.shape, &attribute.name).is_ok())
            .collect();
        let mut text = String::from("#if($input.path(\"$\").containsKey('Item'))\n{#set($c0 = '')\n");
        vtl::read_members(&shown, "$.Item", 0, &mut text);
        text.push_str(
            "}\n#else#set($context.responseOverride.status = 404){\"message\": \"it is not there\"}\n#end\n",
        );
        text
    }
}

/// The end of a request template: DynamoDB refuses a request that names no table.
const REFUSED: &str = "#else\n{\"TableName\": \"\"}\n#end\n";

const fn pattern(ty: ScalarType) -> &'static str {
    match ty {
        ScalarType::Number => vtl::NUMBER_PATTERN,
        _ => vtl::KEY_PATTERN,
    }
}

/// The template with what was checked in its places.
fn filled(template: &KeyTemplate) -> String {
    let piece = |segment: &Segment| match segment {
        Segment::Literal(text) => vtl::literal(text),
        Segment::Attribute(name) => format!("${{k_{name}}}"),
    };
    template.segments().iter().map(piece).collect()
}

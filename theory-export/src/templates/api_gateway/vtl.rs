//! Mapping templates, in Velocity's language.
//!
//! Nothing of a request becomes text of the document that goes to DynamoDB but in these ways:
//!
//! - `$input.json`, unquoted, which writes one JSON value, whatever is in it. What it writes is looked at first, so that it is a value of the
//!   expected type;
//! - within quotes, what matched a pattern that has neither a quote nor a backslash in it: numbers, and what keys are made of.
//!
//! A request that fails a look becomes one for no table at all, which DynamoDB refuses. Literals of ours stand there with everything but
//! letters and digits as `\uXXXX`, which means nothing to Velocity.

use crate::contract::{Attribute, Shape, StoredType};
use std::fmt::Write as _;

/// What a piece of a key may be made of. Neither `#`, which separates pieces, nor what would have to be escaped.
pub(super) const KEY_PATTERN: &str = "[A-Za-z0-9._~:@+-]{1,255}";
/// A number that DynamoDB can hold, as JSON writes it.
pub(super) const NUMBER_PATTERN: &str = "-?[0-9]{1,38}([.][0-9]{1,37})?([eE][+-]?[0-9]{1,3})?";

/// Whether a name can stand in paths and templates as it is.
pub(super) fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Text of ours within a JSON string within a template.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | ' ') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// Looks at every member of a document of the request: `$ok` is false where one is not what it should be.
pub(super) fn look_at_members(attributes: &[&Attribute], path: &str, depth: usize, out: &mut String) {
    for attribute in attributes {
        let name = &attribute.name;
        let _ = write!(out, "#if($input.path(\"{path}\").containsKey('{name}'))");
        look_at(&attribute.shape, &format!("{path}.{name}"), depth, out);
        if attribute.required && !attribute.shape.optional {
            out.push_str("#else#set($ok = false)");
        }
        out.push_str("#end\n");
    }
}

fn look_at(shape: &Shape, path: &str, depth: usize, out: &mut String) {
    let begins = |out: &mut String, with: char| {
        let _ = write!(
            out,
            "#set($v = $input.json(\"{path}\"))#if(!$v.startsWith('{with}'))#set($ok = false)#end"
        );
    };
    let matches = |out: &mut String, pattern: &str| {
        let _ = write!(
            out,
            "#set($v = $input.json(\"{path}\"))#if(!$v.matches('{pattern}'))#set($ok = false)#end"
        );
    };
    match shape.ty {
        StoredType::N => matches(out, NUMBER_PATTERN),
        StoredType::Bool => matches(out, "true|false"),
        StoredType::SS | StoredType::BS | StoredType::NS | StoredType::L => {
            begins(out, '[');
            if shape.elements.is_empty() {
                let element = element_of(shape);
                let _ = write!(
                    out,
                    "#foreach($e{depth} in $input.path(\"{path}\"))#set($i{depth} = $foreach.index)"
                );
                look_at(&element, &format!("{path}[${{i{depth}}}]"), depth + 1, out);
                out.push_str("#end");
            }
            for (place, element) in shape.elements.iter().enumerate() {
                look_at(element, &format!("{path}[{place}]"), depth, out);
            }
        }
        StoredType::M => {
            begins(out, '{');
            look_at_members(&shape.attributes.iter().collect::<Vec<_>>(), path, depth, out);
        }
        _ => begins(out, '"'),
    }
}

/// What each element of a list or set is.
fn element_of(shape: &Shape) -> Shape {
    match (shape.ty, &shape.element) {
        (StoredType::SS, _) => Shape::of(StoredType::S),
        (StoredType::NS, _) => Shape::of(StoredType::N),
        (StoredType::BS, _) => Shape::of(StoredType::B),
        (_, Some(element)) => (**element).clone(),
        (_, None) => Shape::of(StoredType::Any),
    }
}

/// Members of a document of the request, as DynamoDB has them; each with a comma before it where `$cN` has one.
pub(super) fn write_members(attributes: &[&Attribute], path: &str, depth: usize, out: &mut String) {
    for attribute in attributes {
        let name = &attribute.name;
        // An empty set is none.
        let set = matches!(attribute.shape.ty, StoredType::SS | StoredType::NS | StoredType::BS);
        let unless = if set { format!(" && $input.json(\"{path}.{name}\") != '[]'") } else { String::new() };
        let _ = write!(
            out,
            "#if($input.path(\"{path}\").containsKey('{name}'){unless})${{c{depth}}}\"{name}\": "
        );
        write_value(&attribute.shape, &format!("{path}.{name}"), depth + 1, out);
        let _ = writeln!(out, "#set($c{depth} = ',')#end");
    }
}

fn write_value(shape: &Shape, path: &str, depth: usize, out: &mut String) {
    let ty = shape.ty.as_str();
    let _ = match shape.ty {
        StoredType::N => write!(out, "{{\"N\": \"$input.json(\"{path}\")\"}}"),
        StoredType::NS => write!(
            out,
            "{{\"NS\": [#foreach($e{depth} in $input.path(\"{path}\"))#set($i{depth} = $foreach.index)\
             \"$input.json(\"{path}[${{i{depth}}}]\")\"#if($foreach.hasNext),#end#end]}}"
        ),
        StoredType::L if shape.elements.is_empty() => {
            let _ = write!(
                out,
                "{{\"L\": [#foreach($e{depth} in $input.path(\"{path}\"))#set($i{depth} = $foreach.index)"
            );
            write_value(&element_of(shape), &format!("{path}[${{i{depth}}}]"), depth + 1, out);
            write!(out, "#if($foreach.hasNext),#end#end]}}")
        }
        StoredType::L => {
            out.push_str("{\"L\": [");
            for (place, element) in shape.elements.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                write_value(element, &format!("{path}[{place}]"), depth, out);
            }
            write!(out, "]}}")
        }
        StoredType::M => {
            let _ = write!(out, "#set($c{depth} = ''){{\"M\": {{");
            write_members(&shape.attributes.iter().collect::<Vec<_>>(), path, depth, out);
            write!(out, "}}}}")
        }
        _ => write!(out, "{{\"{ty}\": $input.json(\"{path}\")}}"),
    };
}

/// Members of an item, as JSON has them.
pub(super) fn read_members(attributes: &[&Attribute], path: &str, depth: usize, out: &mut String) {
    for attribute in attributes {
        let name = &attribute.name;
        let _ = write!(out, "#if($input.path(\"{path}\").containsKey('{name}'))${{c{depth}}}\"{name}\": ");
        read_value(&attribute.shape, &format!("{path}.{name}"), depth + 1, out);
        let _ = writeln!(out, "#set($c{depth} = ',')#end");
    }
}

/// A value of an item; `null` where it is stored as another type.
fn read_value(shape: &Shape, path: &str, depth: usize, out: &mut String) {
    let ty = shape.ty.as_str();
    let _ = write!(out, "#if($input.path(\"{path}\").containsKey('{ty}'))");
    let inner = format!("{path}.{ty}");
    let _ = match shape.ty {
        StoredType::N => write!(out, "$input.path(\"{inner}\")"),
        StoredType::NS => {
            write!(
                out,
                "[#foreach($e{depth} in $input.path(\"{inner}\"))$e{depth}#if($foreach.hasNext),#end#end]"
            )
        }
        StoredType::L if shape.elements.is_empty() => {
            let _ = write!(
                out,
                "[#foreach($e{depth} in $input.path(\"{inner}\"))#set($i{depth} = $foreach.index)"
            );
            read_value(&element_of(shape), &format!("{inner}[${{i{depth}}}]"), depth + 1, out);
            write!(out, "#if($foreach.hasNext),#end#end]")
        }
        StoredType::L => {
            out.push('[');
            for (place, element) in shape.elements.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { "," });
                read_value(element, &format!("{inner}[{place}]"), depth, out);
            }
            write!(out, "]")
        }
        StoredType::M => {
            let _ = write!(out, "#set($c{depth} = ''){{");
            read_members(&shape.attributes.iter().collect::<Vec<_>>(), &inner, depth, out);
            write!(out, "}}")
        }
        _ => write!(out, "$input.json(\"{inner}\")"),
    };
    out.push_str("#{else}null#end");
}

/// `$now`: when the request was made, as a timestamp is stored.
pub(super) const NOW: &str = "\
#set($months = {'Jan': '01', 'Feb': '02', 'Mar': '03', 'Apr': '04', 'May': '05', 'Jun': '06', 'Jul': '07', 'Aug': '08', 'Sep': '09', 'Oct': '10', 'Nov': '11', 'Dec': '12'})
#set($at = $context.requestTime)
#set($month = $months.get($at.substring(3, 6)))
#set($now = \"${at.substring(7, 11)}-${month}-${at.substring(0, 2)}T${at.substring(12, 20)}.000000000Z\")
";

/// What a failure of DynamoDB becomes; its message is not passed on.
pub(super) const FAILURE: &str = "\
#set($type = $input.path('$.__type'))
#if($type.endsWith('ConditionalCheckFailedException'))#set($context.responseOverride.status = 409){\"message\": \"it exists already\"}
#elseif($type.endsWith('ThroughputExceededException') || $type.endsWith('ThrottlingException') || $type.endsWith('RequestLimitExceeded'))#set($context.responseOverride.status = 429){\"message\": \"too many requests\"}
#elseif($type.endsWith('ValidationException') || $type.endsWith('SerializationException')){\"message\": \"not a valid request\"}
#else#set($context.responseOverride.status = 502){\"message\": \"not available\"}
#end
";

//! API Gateway in front of DynamoDB, without a function between them: one entity as a resource.
//!
//! A template of CloudFormation holds an OpenAPI document with its mapping templates, and a role for each method that may do exactly one
//! thing. Callers sign their requests; whoever wants another authorizer replaces the security scheme.

mod request;
mod vtl;

use super::cloudformation::{attribute, reference, substituted, written};
use super::names::{pascal, snake};
use super::node::{Map, Node};
use super::{Format, Options};
use crate::contract::{
    Attribute, Contract, Entity, KeyTemplate, Operation, Role, Segment, Shape, StoredType, Table,
};
use crate::error::ExportError;
use crate::target::Target;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use theory_schema::ScalarType;

/// This output, for the command line.
pub const TARGET: Target = Target {
    name: "api-gateway",
    about: "an API that creates, reads and deletes items of one entity without a function: CloudFormation with OpenAPI and mapping templates",
    formats: &[Format::Yaml, Format::Json],
    settings: &[
        ("entity", "which entity; the first that can be served without it"),
        ("stage", "the stage; `live` without it"),
    ],
    render,
};

/// The operations that become methods.
const SERVED: [Operation; 3] = [Operation::Create, Operation::Get, Operation::Delete];

/// The template.
///
/// Served are those of `create`, `get` and `delete` that the entity declares; what changes an item that exists has versions and conditions
/// to keep, and wants code.
///
/// # Errors
///
/// Where the entity declares none of them, holds what cannot be taken safely from a request, has unique values, or shares its table among
/// tenants: a mapping template does not know whose request it is.
pub fn render(contract: &Contract, options: &Options) -> Result<String, ExportError> {
    let format = options.format_of(TARGET.name, TARGET.formats)?;
    let tables = options.tables_of(contract)?;
    let entities: Vec<_> =
        tables.iter().flat_map(|table| table.entities.iter().map(move |entity| (*table, entity))).collect();
    let asked = options.settings.get("entity").or(options.entity.as_ref());
    let (table, entity) = match asked {
        Some(name) => entities.iter().find(|(_, entity)| entity.name == *name).copied().ok_or_else(|| {
            ExportError::NotFound {
                what: "entity",
                name: name.clone(),
                known: entities.iter().map(|(_, entity)| entity.name.clone()).collect(),
            }
        })?,
        None => {
            let served = entities.iter().find(|(table, entity)| Api::of(table, entity).is_ok());
            served.or(entities.first()).copied().ok_or_else(|| {
                ExportError::Unsupported(
                    "the contract has no entity, so that there is nothing to serve".into(),
                )
            })?
        }
    };
    let api = Api::of(table, entity)?;
    let stage = options.settings.get("stage").map_or("live", String::as_str);
    written(api.template(stage)?, format)
}

/// An entity that can be served.
struct Api<'a> {
    table: &'a Table,
    entity: &'a Entity,
    operations: Vec<Operation>,
    /// Fields of the table's key, in the order of its path.
    path: Vec<Field>,
    /// What a request may say of an item.
    accepted: Vec<Attribute>,
}

/// A piece of a key that a request gives.
#[derive(Clone, PartialEq)]
struct Field {
    name: String,
    ty: ScalarType,
}

impl<'a> Api<'a> {
    fn of(table: &'a Table, entity: &'a Entity) -> Result<Self, ExportError> {
        let mut faults = Vec::new();
        if table.tenant.is_some() {
            faults.push(
                "its table is shared among tenants, and a mapping template does not know whose request it is"
                    .to_owned(),
            );
        }
        if !entity.uniques.is_empty() {
            faults.push("its unique values are guarded by other items, which takes a transaction".to_owned());
        }
        let operations: Vec<_> =
            SERVED.into_iter().filter(|operation| entity.access.operations.contains(operation)).collect();
        if operations.is_empty() {
            faults.push(
                "it declares neither `create` nor `get` nor `delete`, and nothing else is served".to_owned(),
            );
        }
        let mut fields: Vec<Field> = Vec::new();
        let mut path = Vec::new();
        for (name, template) in &entity.keys {
            let of_template = fields_of(entity, name, template, &mut faults);
            if table.key.contains(name) {
                path.push((
                    table.key.attributes().position(|attribute| attribute.name == *name),
                    of_template.clone(),
                ));
            }
            fields.extend(of_template);
        }
        path.sort_by_key(|(place, _)| *place);
        let mut in_path: Vec<Field> = Vec::new();
        for field in path.into_iter().flat_map(|(_, fields)| fields) {
            if !in_path.contains(&field) {
                in_path.push(field);
            }
        }
        let mut accepted = Vec::new();
        for attribute in &entity.attributes {
            match attribute.role {
                Role::Data | Role::Ttl
                    if entity
                        .keys
                        .get(&attribute.name)
                        .is_some_and(|key| !is_itself(key, &attribute.name)) => {}
                Role::Data | Role::Ttl => match servable(&attribute.shape, &attribute.name) {
                    Ok(()) => accepted.push(attribute.clone()),
                    // What a request cannot give is left to code.
                    Err(_) if attribute.shape.optional => {}
                    Err(why) => faults.push(why),
                },
                Role::Version if attribute.shape.ty == StoredType::N => {}
                Role::CreatedAt | Role::UpdatedAt if attribute.shape.ty == StoredType::S => {}
                Role::Version | Role::CreatedAt | Role::UpdatedAt => {
                    faults.push(format!(
                        "`{}` is not stored as the library stores it",
                        attribute.name.escape_debug()
                    ));
                }
            }
        }
        // Fields that are stored in keys alone.
        for field in &fields {
            if !accepted.iter().any(|known| known.name == field.name)
                && !entity.attributes.iter().any(|known| known.name == field.name)
            {
                accepted.push(plain_attribute(&field.name));
            }
        }
        for name in accepted.iter().map(|attribute| &attribute.name).chain(entity.keys.keys()) {
            if !vtl::is_plain(name) {
                faults.push(format!("`{}` has characters that no name in a path has", name.escape_debug()));
            }
        }
        if faults.is_empty() {
            return Ok(Api { table, entity, operations, path: in_path, accepted });
        }
        let entity = entity.name.escape_debug();
        Err(ExportError::Invalid(
            faults.into_iter().map(|fault| format!("entity `{entity}`: {fault}")).collect(),
        ))
    }

    fn template(&self, stage: &str) -> Result<Node, ExportError> {
        let name = pascal(&self.entity.name);
        let mut resources = Map::new();
        for operation in &self.operations {
            let role = format!("{name}{}Role", pascal(operation.as_str()));
            resources.extend([(role, self.role(*operation))]);
        }
        let document = Node::from(self.document(&name));
        let body = document.to_compact_json()?;
        // Another document is another deployment: API Gateway shows a stage the one that it was made with.
        let digest = Sha256::digest(body.as_bytes()).iter().take(5).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02X}");
            text
        });
        let deployment = format!("{name}Deployment{digest}");
        let api = format!("{name}Api");
        let resource = |ty: &str, properties: Map| {
            Node::from(Map::new().with("Type", ty).with("Properties", properties))
        };
        resources.extend([
            (
                api.clone(),
                resource(
                    "AWS::ApiGateway::RestApi",
                    Map::new().with("Name", &self.entity.name).with("Body", document),
                ),
            ),
            (
                deployment.clone(),
                resource("AWS::ApiGateway::Deployment", Map::new().with("RestApiId", reference(&api))),
            ),
            (
                format!("{name}Stage"),
                resource(
                    "AWS::ApiGateway::Stage",
                    Map::new()
                        .with("RestApiId", reference(&api))
                        .with("DeploymentId", reference(&deployment))
                        .with("StageName", stage),
                ),
            ),
        ]);
        let url = Map::new().with("Description", format!("URL of the API of {}", self.entity.name)).with(
            "Value",
            substituted(format!(
                "https://${{{api}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/${{{name}Stage}}"
            )),
        );
        Ok(Map::new()
            .with("AWSTemplateFormatVersion", "2010-09-09")
            .with("Description", format!("Items of {} without a function", self.entity.name))
            .with("Resources", resources)
            .with("Outputs", Map::new().with(format!("{name}Url"), url))
            .into())
    }

    /// A role that API Gateway takes for one method, and that can do what the method does.
    fn role(&self, operation: Operation) -> Node {
        let trust = Map::new()
            .with("Effect", "Allow")
            .with("Principal", Map::new().with("Service", "apigateway.amazonaws.com"))
            .with("Action", "sts:AssumeRole");
        let arn = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/";
        let allowed = Map::new()
            .with("Effect", "Allow")
            .with("Action", operation.iam_action())
            .with("Resource", substituted(format!("{arn}{}", self.table.name)));
        let document =
            |statement: Map| Map::new().with("Version", "2012-10-17").with("Statement", vec![statement]);
        let policy = Map::new().with("PolicyName", "table").with("PolicyDocument", document(allowed));
        let properties =
            Map::new().with("AssumeRolePolicyDocument", document(trust)).with("Policies", vec![policy]);
        Map::new().with("Type", "AWS::IAM::Role").with("Properties", properties).into()
    }

    fn document(&self, name: &str) -> Map {
        let resource = format!("/{}", snake(&self.entity.name).replace('_', "-"));
        let item: String = self.path.iter().map(|field| format!("/{{{}}}", field.name)).collect();
        let item = format!("{resource}{item}");
        let mut paths: Vec<(String, Map)> = Vec::new();
        for operation in &self.operations {
            let (path, method) = match operation {
                Operation::Create => (&resource, "post"),
                Operation::Delete => (&item, "delete"),
                _ => (&item, "get"),
            };
            let written = Node::from(self.method(name, *operation));
            match paths.iter_mut().find(|(known, _)| known == path) {
                Some((_, methods)) => methods.extend([(method.to_owned(), written)]),
                None => paths.push((path.clone(), Map::new().with(method, written))),
            }
        }
        let accepted: Vec<_> = self.accepted.iter().collect();
        let in_keys = self.in_keys().map(|field| field.name).collect::<Vec<_>>();
        let schemas = Map::new().with(name, request::document(&accepted, &in_keys));
        let signed = Map::new()
            .with("type", "apiKey")
            .with("name", "Authorization")
            .with("in", "header")
            .with("x-amazon-apigateway-authtype", "awsSigv4");
        let all = Map::new().with("validateRequestBody", true).with("validateRequestParameters", true);
        Map::new()
            .with("openapi", "3.0.1")
            .with("info", Map::new().with("title", &self.entity.name).with("version", "1"))
            .with("x-amazon-apigateway-request-validators", Map::new().with("all", all))
            .with("x-amazon-apigateway-request-validator", "all")
            .with("paths", paths.into_iter().map(|(path, methods)| (path, methods.into())).collect::<Map>())
            .with(
                "components",
                Map::new().with("schemas", schemas).with("securitySchemes", Map::new().with("sigv4", signed)),
            )
    }

    fn method(&self, name: &str, operation: Operation) -> Map {
        let (action, done, described) = match operation {
            Operation::Create => ("PutItem", "201", "it was created"),
            Operation::Delete => ("DeleteItem", "204", "it is not there"),
            _ => ("GetItem", "200", "the item"),
        };
        let answers: &[(&str, &str)] = match operation {
            Operation::Create => &[("409", "it exists already")],
            Operation::Delete => &[],
            _ => &[("404", "it is not there")],
        };
        let failures =
            [("400", "not a valid request"), ("429", "too many requests"), ("502", "not available")];
        let done_so = [(done, described)];
        let all = done_so.iter().chain(answers).chain(&failures);
        let responses: Map = all
            .map(|(status, described)| {
                ((*status).to_owned(), Map::new().with("description", *described).into())
            })
            .collect();
        let parameters = self.path.iter().map(|field| {
            let schema = match field.ty {
                ScalarType::Number => Map::new().with("type", "number"),
                _ => Map::new().with("type", "string").with("pattern", format!("^{}$", vtl::KEY_PATTERN)),
            };
            Map::new()
                .with("name", &field.name)
                .with("in", "path")
                .with("required", true)
                .with("schema", schema)
        });
        let template = match operation {
            Operation::Create => self.create(),
            operation => self.by_key(operation),
        };
        let answer = match operation {
            Operation::Get => self.answer(),
            _ => String::new(),
        };
        let json = |text: String| Map::new().with("application/json", text);
        let mapped = |status: &str, text: String| {
            Map::new().with("statusCode", status).with("responseTemplates", json(text))
        };
        let integration = Map::new()
            .with("type", "aws")
            .with("httpMethod", "POST")
            .with(
                "uri",
                substituted(format!(
                    "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:dynamodb:action/{action}"
                )),
            )
            .with("credentials", attribute(&format!("{name}{}Role", pascal(operation.as_str())), "Arn"))
            // Another type of content would pass neither schema nor template.
            .with("passthroughBehavior", "never")
            .with("requestTemplates", json(template))
            .with(
                "responses",
                Map::new()
                    .with("default", mapped(done, answer))
                    .with("4\\d{2}", mapped("400", vtl::FAILURE.into()))
                    .with("5\\d{2}", mapped("502", "{\"message\": \"not available\"}".into())),
            );
        let map = Map::new().with("operationId", format!("{}{name}", operation.as_str()));
        let map = match operation {
            Operation::Create => {
                let schema = Map::new().with("$ref", format!("#/components/schemas/{name}"));
                let content = Map::new().with("application/json", Map::new().with("schema", schema));
                map.with("requestBody", Map::new().with("required", true).with("content", content))
            }
            _ => map.with_any("parameters", parameters.collect::<Node>()),
        };
        let sigv4 = Map::new().with("sigv4", Node::List(Vec::new()));
        map.with("responses", responses)
            .with("security", vec![sigv4])
            .with("x-amazon-apigateway-integration", integration)
    }

    /// Every field that a template puts into a key.
    fn in_keys(&self) -> impl Iterator<Item = Field> {
        let mut none = Vec::new();
        let all = self
            .entity
            .keys
            .iter()
            .flat_map(|(name, template)| fields_of(self.entity, name, template, &mut none));
        let mut fields: Vec<Field> = Vec::new();
        for field in all {
            if !fields.iter().any(|known| known.name == field.name) {
                fields.push(field);
            }
        }
        fields.into_iter()
    }

    /// PutItem, where there is no such item.
    fn create(&self) -> String {
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
    fn by_key(&self, operation: Operation) -> String {
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
    fn answer(&self) -> String {
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

/// Whether a key attribute is a field of its own.
fn is_itself(template: &KeyTemplate, name: &str) -> bool {
    template.is_attribute() && template.attributes().any(|field| field == name)
}

/// The template with what was checked in its places.
fn filled(template: &KeyTemplate) -> String {
    let piece = |segment: &Segment| match segment {
        Segment::Literal(text) => vtl::literal(text),
        Segment::Attribute(name) => format!("${{k_{name}}}"),
    };
    template.segments().iter().map(piece).collect()
}

/// The fields of a key attribute, each of which must be text unless it is the whole key.
fn fields_of(entity: &Entity, key: &str, template: &KeyTemplate, faults: &mut Vec<String>) -> Vec<Field> {
    let mut fields = Vec::new();
    for name in template.attributes() {
        let ty = match entity.attribute(name).map(|attribute| attribute.shape.ty) {
            None | Some(StoredType::S) => ScalarType::String,
            Some(StoredType::N) if template.is_attribute() => ScalarType::Number,
            Some(_) => {
                faults.push(format!(
                    "its key `{}` is made of `{}`, which is no text",
                    key.escape_debug(),
                    name.escape_debug()
                ));
                continue;
            }
        };
        fields.push(Field { name: name.into(), ty });
    }
    fields
}

fn plain_attribute(name: &str) -> Attribute {
    Attribute {
        name: name.into(),
        field: None,
        shape: Shape::of(StoredType::S),
        required: true,
        role: Role::Data,
        aliases: Vec::new(),
        has_default: false,
        skip_empty: false,
        extensions: crate::contract::Extensions::new(),
    }
}

/// Whether a request can give such a value, and an answer show it.
fn servable(shape: &Shape, name: &str) -> Result<(), String> {
    let whole = match shape.ty {
        StoredType::Any | StoredType::Null => false,
        StoredType::M => shape.variants.is_empty() && shape.element.is_none() && shape.document.is_some(),
        StoredType::L => shape.element.is_some() || !shape.elements.is_empty(),
        _ => true,
    };
    if !whole {
        return Err(format!("`{}` may hold what no template can check", name.escape_debug()));
    }
    for attribute in &shape.attributes {
        if !vtl::is_plain(&attribute.name) {
            return Err(format!(
                "`{}` has characters that no name in a path has",
                attribute.name.escape_debug()
            ));
        }
        servable(&attribute.shape, &attribute.name)?;
    }
    shape
        .element
        .iter()
        .map(|element| &**element)
        .chain(&shape.elements)
        .try_for_each(|element| servable(element, name))
}

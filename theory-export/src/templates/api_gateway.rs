//! API Gateway in front of DynamoDB, without a function between them: one entity as a resource.
//!
//! A template of CloudFormation holds an OpenAPI document with its mapping templates, and a role for each method that may do exactly one
//! thing. Callers sign their requests; whoever wants another authorizer replaces the security scheme.

mod mapping;
mod request;
mod served;
mod vtl;

use super::cloudformation::{attribute, reference, substituted, written};
use super::names::{pascal, snake};
use super::node::{Map, Node};
use super::{Format, Options};
use crate::contract::{Contract, Operation};
use crate::error::ExportError;
use crate::target::Target;
use served::Api;
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

impl Api<'_> {
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
}

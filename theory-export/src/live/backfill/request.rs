//! What is asked of DynamoDB for the items, and what is done when it is too much.

use super::fill::Change;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;
use std::time::Duration;
use theory::Value;
use theory::schema::Entity;

pub(super) type Attributes = HashMap<String, AttributeValue>;

/// The pauses before a throttled request is sent again, beyond those of the client: half a minute in all.
const PATIENCE: [Duration; 8] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(5),
    Duration::from_secs(5),
    Duration::from_secs(6),
    Duration::from_secs(7),
];

/// Sends a request until it is not throttled: a backfill takes what the table has left, and is in no hurry.
///
/// The last answer is given as it is, so that a table without any capacity ends it.
pub(super) async fn patiently<T, E: ProvideErrorMetadata, F: Future<Output = Result<T, E>>>(
    send: impl Fn() -> F,
) -> Result<T, E> {
    for pause in PATIENCE {
        match send().await {
            Err(error) if is_throttled(error.code()) => tokio::time::sleep(pause).await,
            answer => return answer,
        }
    }
    send().await
}

fn is_throttled(code: Option<&str>) -> bool {
    matches!(
        code,
        Some("ThrottlingException" | "ProvisionedThroughputExceededException" | "RequestLimitExceeded")
    )
}

/// An UpdateItem; names and values stand in it by placeholders only.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) update: String,
    pub(super) condition: String,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Attributes,
}

impl Request {
    pub(super) fn of(entity: &Entity, change: &Change) -> Self {
        let mut request = Request::default();
        let mut set = Vec::new();
        for (name, value) in &change.set {
            set.push(format!("{} = {}", request.name(name), request.value(value.clone())));
        }
        if let Some(version) = &change.version {
            let (name, one) = (request.name(version), request.value(Value::from(1)));
            set.push(format!("{name} = {name} + {one}"));
        }
        if !set.is_empty() {
            request.update = format!("SET {}", set.join(", "));
        }
        let remove: Vec<_> = change.remove.iter().map(|name| request.name(name)).collect();
        if !remove.is_empty() {
            request.update =
                format!("{} REMOVE {}", request.update, remove.join(", ")).trim_start().to_owned();
        }
        let mut holds = Vec::new();
        for key in entity.key.attributes().take(1) {
            holds.push(format!("attribute_exists({})", request.name(key.name)));
        }
        for (name, value) in &change.unchanged {
            let name = request.name(name);
            holds.push(match value {
                Some(value) => format!("{name} = {}", request.value(value.clone())),
                None => format!("attribute_not_exists({name})"),
            });
        }
        request.condition = holds.join(" AND ");
        request
    }

    /// Each name has one placeholder: DynamoDB refuses what is not used, not what is used twice.
    fn name(&mut self, name: &str) -> String {
        if let Some((placeholder, _)) = self.names.iter().find(|(_, known)| *known == name) {
            return placeholder.clone();
        }
        let placeholder = format!("#{}", self.names.len());
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: Value) -> String {
        let placeholder = format!(":{}", self.values.len());
        self.values.insert(placeholder.clone(), value.into());
        placeholder
    }
}

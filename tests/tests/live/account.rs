//! An account without an engine: it answers requests of the control plane as AWS documents them, with the statuses that engines skip.
//!
//! What engines lack (point-in-time recovery, policies, warm throughput) or do at once (the filling of an index) is tested on it. It refuses what
//! DynamoDB refuses: a change of a table that is not ACTIVE, two indexes at once.

use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, MutexGuard};

/// One table, and what was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// As `DescribeTable` gives it; `Null` where there is none.
    table: Value,
    ttl: Value,
    recovery: Value,
    tags: Map<String, Value>,
    policy: Option<String>,
    /// How many looks at the table it takes until what was begun is done.
    looks: u32,
    /// How often backups of a new table are refused: DynamoDB enables them when the table is there, and takes its time.
    early: u32,
    /// Requests that are no looks, in their order.
    sent: Vec<(String, Value)>,
}

/// How many looks a change takes.
const LOOKS: u32 = 3;
const ARN: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop";

impl Account {
    pub(crate) fn client(&self) -> aws_sdk_dynamodb::Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "test"))
            .http_client(self.clone())
            .build();
        aws_sdk_dynamodb::Client::from_conf(config)
    }

    /// One that refuses backups of its table so often.
    pub(crate) fn late_with_backups(times: u32) -> Self {
        Account(Arc::new(Mutex::new(State { early: times, ..State::default() })))
    }

    /// What was asked for since the last time, but for looks.
    pub(crate) fn take(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.lock().sent)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl HttpClient for Account {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Account {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).expect("every request is JSON");
        let answer = self.lock().answer(&operation, &body);
        let (status, answer) = match answer {
            Ok(answer) => (200, answer),
            Err(error) => {
                let kind = format!("com.amazonaws.dynamodb.v20120810#{error}");
                (400, json!({ "__type": kind, "message": operation }))
            }
        };
        let text = answer.to_string();
        let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(text));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl State {
    fn answer(&mut self, operation: &str, body: &Value) -> Result<Value, &'static str> {
        let is_look = ["Describe", "List", "Get"].iter().any(|word| operation.starts_with(word));
        if !is_look {
            self.sent.push((operation.to_owned(), body.clone()));
        }
        if self.table.is_null() && operation != "CreateTable" {
            return Err("ResourceNotFoundException");
        }
        match operation {
            "DescribeTable" => {
                self.look();
                return Ok(json!({ "Table": self.table }));
            }
            "CreateTable" => self.create(body),
            "UpdateTable" => self.update(body)?,
            "DescribeTimeToLive" => return Ok(json!({ "TimeToLiveDescription": self.ttl })),
            "UpdateTimeToLive" => {
                let asked = &body["TimeToLiveSpecification"];
                let status = if asked["Enabled"] == true { "ENABLED" } else { "DISABLED" };
                self.ttl = json!({ "TimeToLiveStatus": status, "AttributeName": asked["AttributeName"] });
            }
            "DescribeContinuousBackups" => {
                let recovery = match &self.recovery {
                    Value::Null => json!({ "PointInTimeRecoveryStatus": "DISABLED" }),
                    recovery => recovery.clone(),
                };
                let backups = json!({ "ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery });
                return Ok(json!({ "ContinuousBackupsDescription": backups }));
            }
            "UpdateContinuousBackups" if self.early > 0 => {
                self.early -= 1;
                return Err("ContinuousBackupsUnavailableException");
            }
            "UpdateContinuousBackups" => {
                let asked = &body["PointInTimeRecoverySpecification"];
                let status = if asked["PointInTimeRecoveryEnabled"] == true { "ENABLED" } else { "DISABLED" };
                self.recovery = json!({
                    "PointInTimeRecoveryStatus": status, "RecoveryPeriodInDays": asked["RecoveryPeriodInDays"] });
            }
            "ListTagsOfResource" => {
                let tags: Vec<_> =
                    self.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
                return Ok(json!({ "Tags": tags }));
            }
            "TagResource" => self.tag(&body["Tags"]),
            "GetResourcePolicy" => {
                let policy = self.policy.as_ref().ok_or("PolicyNotFoundException")?;
                return Ok(json!({ "Policy": policy, "RevisionId": "1" }));
            }
            "PutResourcePolicy" => self.policy = body["Policy"].as_str().map(str::to_owned),
            "DeleteResourcePolicy" => self.policy = None,
            _ => return Err("UnknownOperationException"),
        }
        Ok(json!({}))
    }

    fn tag(&mut self, tags: &Value) {
        for tag in tags.as_array().into_iter().flatten() {
            self.tags.insert(tag["Key"].as_str().unwrap().to_owned(), tag["Value"].clone());
        }
    }

    /// Time passes when somebody looks.
    fn look(&mut self) {
        self.looks = self.looks.saturating_sub(1);
        if self.looks > 0 {
            return;
        }
        self.table["TableStatus"] = json!("ACTIVE");
        if let Some(indexes) = self.table["GlobalSecondaryIndexes"].as_array_mut() {
            indexes.retain(|index| index["IndexStatus"] != "DELETING");
            indexes.iter_mut().for_each(|index| index["IndexStatus"] = json!("ACTIVE"));
        }
    }

    fn create(&mut self, body: &Value) {
        self.tag(&body["Tags"]);
        self.table = json!({ "TableArn": ARN, "TableStatus": "CREATING", "ItemCount": 0 });
        for member in ["TableName", "AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes"] {
            self.table[member] = body[member].clone();
        }
        let mut indexes = body["GlobalSecondaryIndexes"].clone();
        for index in indexes.as_array_mut().into_iter().flatten() {
            index["IndexStatus"] = json!("CREATING");
        }
        self.table["GlobalSecondaryIndexes"] = indexes;
        self.settings(body);
        self.looks = LOOKS;
    }

    fn update(&mut self, body: &Value) -> Result<(), &'static str> {
        if self.table["TableStatus"] != "ACTIVE" {
            return Err("ResourceInUseException");
        }
        let changes = body["GlobalSecondaryIndexUpdates"].as_array().cloned().unwrap_or_default();
        let made = changes.iter().filter(|change| change["Update"].is_null()).count();
        if made > 1 {
            return Err("LimitExceededException");
        }
        self.settings(body);
        if let Some(definitions) = body.get("AttributeDefinitions") {
            self.table["AttributeDefinitions"] = definitions.clone();
        }
        for change in &changes {
            let indexes = &mut self.table["GlobalSecondaryIndexes"];
            if indexes.is_null() {
                *indexes = json!([]);
            }
            let indexes = indexes.as_array_mut().unwrap();
            if let Some(create) = change.get("Create") {
                let mut index = create.clone();
                index["IndexStatus"] = json!("CREATING");
                indexes.push(index);
            }
            for (word, status) in [("Delete", "DELETING"), ("Update", "UPDATING")] {
                let Some(of) = change.get(word) else { continue };
                let index = indexes.iter_mut().find(|index| index["IndexName"] == of["IndexName"]);
                let index = index.ok_or("ResourceNotFoundException")?;
                index["IndexStatus"] = json!(status);
                for member in ["ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput"] {
                    if let Some(value) = of.get(member) {
                        index[member] = value.clone();
                    }
                }
            }
        }
        self.table["TableStatus"] = json!("UPDATING");
        self.looks = LOOKS;
        Ok(())
    }

    /// From what is asked for to what is described.
    fn settings(&mut self, body: &Value) {
        for (asked, described) in [
            ("DeletionProtectionEnabled", "DeletionProtectionEnabled"),
            ("ProvisionedThroughput", "ProvisionedThroughput"),
            ("OnDemandThroughput", "OnDemandThroughput"),
            ("WarmThroughput", "WarmThroughput"),
            ("StreamSpecification", "StreamSpecification"),
        ] {
            if let Some(value) = body.get(asked) {
                self.table[described] = value.clone();
            }
        }
        if let Some(mode) = body.get("BillingMode") {
            self.table["BillingModeSummary"] = json!({ "BillingMode": mode });
        }
        if let Some(class) = body.get("TableClass") {
            self.table["TableClassSummary"] = json!({ "TableClass": class });
        }
        if let Some(asked) = body.get("SSESpecification") {
            self.table["SSEDescription"] = match asked["Enabled"] == true {
                true => {
                    let managed = json!("arn:aws:kms:eu-central-1:123456789012:key/aws-managed");
                    let key = asked.get("KMSMasterKeyId").cloned().unwrap_or(managed);
                    json!({ "Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key })
                }
                false => Value::Null,
            };
        }
    }
}

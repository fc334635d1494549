//! What requests on one item have in common: the head that names the item, the conditions, and the way to DynamoDB and back.

use super::exactly_once::{self, Once};
use super::unique::{self, Before, Watch};
use super::{ConsumedCapacity, Response, Return};
use crate::client::{self, Call, Carrier, Client, Judge, Operation, Overrides};
use crate::error::{Error, ErrorKind};
use crate::expr::{Actions, Node, RenderError, Renderer, Test};
use crate::lifecycle::{self, Expected, Limit, Stamps, Touch, Ttl};
use crate::timestamp::Timestamp;
use crate::wire::stamp::Places;
use crate::wire::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind, Reader, Writer};
use std::borrow::Cow;
use std::sync::Arc;
use theory_schema::Entity;

/// A request on one item, without its types.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) operation: Operation,
    carrier: &'static Carrier,
    pub(crate) entity: &'static Entity,
    /// The beginning of the body, with the item or the key: `{"Key":{…},`.
    pub(crate) head: Result<Vec<u8>, EncodeError>,
    /// Where in the head is what the library writes.
    pub(crate) places: Places,
    /// What the library does in an update.
    pub(crate) touch: Option<Touch>,
    /// The version that the item must have.
    pub(crate) expected: Option<Arc<Expected>>,
    /// What is known of the item, for the sake of unique values.
    pub(crate) before: Before,
    /// That this is still so.
    pub(crate) watch: Option<Arc<Watch>>,
    /// An update makes the item where there is none.
    pub(crate) may_create: bool,
    /// The last version that its type can hold, where the update counts from the version that it meets.
    pub(crate) limit: Option<Arc<Limit>>,
    pub(crate) conditions: Vec<Test>,
    /// Why it must not be sent.
    pub(crate) refused: Option<Box<Refused>>,
    pub(crate) actions: Option<Actions>,
    /// How many of them, the last ones, are the library's.
    own_actions: usize,
    is_stamped: bool,
    /// `ALL_OLD`, …
    pub(crate) return_values: Option<&'static str>,
    pub(crate) return_old_on_failure: bool,
    pub(crate) is_consistent: bool,
    pub(crate) projection: Option<Cow<'static, [&'static str]>>,
    /// It is sent as a transaction of its own.
    pub(crate) once: Option<Once>,
    /// An item that has expired counts as none.
    pub(crate) live: Option<&'static Ttl>,
    pub(crate) overrides: Overrides,
}

/// What is wrong with a request, as it is about one attribute.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub(crate) attribute: String,
    pub(crate) why: &'static str,
}

impl Refused {
    pub(crate) fn error(&self, entity: &Entity) -> Error {
        Error::invalid_request(entity.name, self.why).with_attribute(self.attribute.clone())
    }
}

impl Parts {
    pub(crate) fn new(
        carrier: &'static Carrier,
        entity: &'static Entity,
        head: Result<Vec<u8>, EncodeError>,
    ) -> Self {
        Parts {
            operation: carrier.operation,
            carrier,
            entity,
            head,
            places: Places::default(),
            touch: None,
            expected: None,
            before: Before::default(),
            watch: None,
            may_create: false,
            limit: None,
            conditions: Vec::new(),
            refused: None,
            actions: None,
            own_actions: 0,
            is_stamped: false,
            return_values: None,
            return_old_on_failure: false,
            is_consistent: false,
            projection: None,
            once: None,
            live: None,
            overrides: Overrides::new(),
        }
    }

    /// Asks that the item has this version.
    pub(crate) fn expect(&mut self, expected: Option<Expected>) {
        if let Some(expected) = expected {
            self.conditions.push(expected.condition(self.entity));
            self.expected = Some(Arc::new(expected));
        }
    }

    /// Writes what the library writes, as of the moment at which the request is sent.
    pub(crate) fn stamp(&mut self, now: Timestamp) {
        self.is_stamped = true;
        if let Ok(head) = &mut self.head {
            lifecycle::fill(head, &self.places, now);
        }
        if let Some(touch) = self.touch {
            let actions = self.actions.get_or_insert_default();
            let callers = actions.0.len();
            touch.act(self.expected.as_deref(), now, actions);
            self.own_actions = actions.0.len() - callers;
            if self.expected.is_none()
                && let Some(limit) = Limit::of(touch.lifecycle)
            {
                self.conditions.push(limit.condition());
                self.limit = Some(Arc::new(limit));
            }
        }
    }

    /// As [`stamp`](Self::stamp), where there is anything to write; and what was written, as far as it is known before DynamoDB has done it:
    /// of an item that is written whole all of it, of an update the moment, and the version if one is expected.
    pub(crate) fn stamped(&mut self, now: impl FnOnce() -> Timestamp) -> Option<Stamps> {
        let mut moment = None;
        if self.has_stamps() && !self.is_stamped {
            let now = now();
            self.stamp(now);
            moment = Some(now);
        }
        if let Some(touch) = &self.touch {
            return Some(touch.stamps(self.expected.as_deref(), moment));
        }
        let head = self.head.as_ref().ok().filter(|_| self.places != Places::default())?;
        Some(Stamps::read(head, &self.places))
    }

    /// Puts another version into the item.
    pub(crate) fn set_version(&mut self, version: &Node) {
        let (Ok(head), Some(place)) = (&mut self.head, self.places.version) else { return };
        match version {
            Node::Value(json) if head.get(place.range()) == Some(json) => {}
            Node::Value(json) => {
                head.splice(place.range(), json.iter().copied());
                self.places.moved(place, json.len());
            }
            Node::Invalid(error) => self.head = Err(error.clone()),
            _ => {}
        }
    }

    /// Whether anything in it depends on when it is sent.
    fn has_stamps(&self) -> bool {
        self.touch.is_some() || self.places != Places::default()
    }

    /// The request, ready to be sent.
    pub(crate) fn into_call(mut self, client: &Client) -> Result<Call, Error> {
        if !self.is_stamped {
            self.stamped(|| client.now());
        }
        let Parts { operation, entity, .. } = self;
        let name = operation.name();
        let head = std::mem::replace(&mut self.head, Ok(Vec::new()))
            .map_err(|error| encode_error(entity, name, error))?;
        let table = client.table_name(entity.table, self.overrides.table_name()).into_owned();
        let mut out = Writer::append_to(head);
        self.write(&table, &mut out)?;
        if let Some(return_values) = self.return_values {
            member(&mut out, "\"ReturnValues\":", return_values);
        }
        if self.is_consistent {
            out.raw(b"\"ConsistentRead\":true,");
        }
        // A write reaches the indexes too, a read of one item only the table.
        out.raw(match operation {
            Operation::GetItem => b"\"ReturnConsumedCapacity\":\"TOTAL\"}".as_slice(),
            _ => b"\"ReturnConsumedCapacity\":\"INDEXES\"}",
        });
        let body = out.finish().map_err(|error| encode_error(entity, name, error))?;
        Ok(Call {
            carrier: self.carrier,
            entity: entity.name,
            table,
            index: None,
            body,
            idempotent: self.is_idempotent(),
            judge: self.judge(),
            overrides: self.overrides,
        })
    }

    /// Tells whose condition failed: that of the version, of what was read, or of the caller.
    fn judge(&self) -> Option<Judge> {
        let (expected, watch, limit) = (self.expected.clone(), self.watch.clone(), self.limit.clone());
        if expected.is_none() && watch.is_none() && limit.is_none() {
            return None;
        }
        Some(Box::new(move |error| {
            let error = expected.iter().fold(error, |error, expected| expected.judge(error));
            let error = watch.iter().fold(error, |error, watch| watch.judge(error));
            limit.iter().fold(error, |error, limit| limit.judge(error))
        }))
    }

    /// Whether sending it twice does the same as sending it once.
    ///
    /// With an expected version the second time does nothing, because the first has moved the version. Without one the library's own
    /// increment does not count: done twice, it moves the version further, which is all that a version is for. But what the caller copies
    /// from a field that the library writes is another value the second time.
    pub(crate) fn is_idempotent(&self) -> bool {
        let are_idempotent = |actions: &Actions| actions.are_idempotent_without(self.own_actions);
        self.expected.is_some() || self.actions.as_ref().is_none_or(are_idempotent)
    }

    /// Writes the members that follow the item or the key, alone as in a transaction.
    pub(crate) fn write(&self, table: &str, out: &mut Writer) -> Result<(), Error> {
        let render = |error| render_error(self.entity, self.operation.name(), error);
        if let Some(refused) = &self.refused {
            return Err(refused.error(self.entity).with_operation(self.operation.name()));
        }
        member(out, "\"TableName\":", table);
        let mut renderer = Renderer::new();
        if let Some(actions) = self.actions.as_ref().filter(|actions| !actions.0.is_empty()) {
            let expression = renderer.update(actions).map_err(render)?;
            member(out, "\"UpdateExpression\":", &expression);
        }
        if !self.conditions.is_empty() {
            let expression = renderer.condition(&self.conditions).map_err(render)?;
            member(out, "\"ConditionExpression\":", &expression);
            // With the item it can be told whether the version, or what was read, was in the way. It costs nothing.
            if self.return_old_on_failure
                || self.expected.is_some()
                || self.watch.is_some()
                || self.limit.is_some()
            {
                member(out, "\"ReturnValuesOnConditionCheckFailure\":", "ALL_OLD");
            }
        }
        if let Some(projection) = &self.projection {
            // An item that does not say when it expires would live.
            let ttl = self.live.into_iter().flat_map(Ttl::names).filter(|name| !projection.contains(name));
            let names = projection.iter().copied().chain(ttl);
            let expression = renderer.projection(names).map_err(render)?;
            member(out, "\"ProjectionExpression\":", &expression);
        }
        renderer.finish(out).map_err(render)
    }
}

/// A member of the request whose value is a plain string.
pub(crate) fn member(out: &mut Writer, name: &'static str, value: &str) {
    out.literal_name(name);
    out.json_string(value);
    out.end_member();
}

pub(crate) fn encode_error(entity: &'static Entity, operation: &'static str, error: EncodeError) -> Error {
    let kind = match error.kind() {
        EncodeErrorKind::ItemTooLarge { .. } => ErrorKind::ItemTooLarge,
        _ => ErrorKind::Encode,
    };
    Error::encode(entity.name, operation, error).with_kind(kind)
}

pub(crate) fn render_error(entity: &'static Entity, operation: &'static str, error: RenderError) -> Error {
    match error {
        RenderError::Refused(why) => Error::invalid_request(entity.name, why).with_operation(operation),
        RenderError::Encode(error) => encode_error(entity, operation, error),
    }
}

pub(crate) fn decode_error(entity: &'static Entity, operation: &'static str, error: DecodeError) -> Error {
    let is_missing = matches!(error.kind(), DecodeErrorKind::Missing);
    let attribute = error.attribute();
    let error = Error::decode(entity.name, operation, error.in_entity(entity.name));
    match attribute {
        Some(attribute) if is_missing => {
            error.with_kind(ErrorKind::MissingAttribute).with_attribute(attribute)
        }
        Some(attribute) => error.with_attribute(attribute),
        None => error,
    }
}

/// Sends a write, and reads what it returns of the item.
pub(crate) async fn write<R: Return>(parts: Parts, client: Client) -> Result<Response<R::Output>, Error> {
    if unique::is_touched(&parts) {
        // In a box, as below.
        return Box::pin(unique::send::<R>(parts, client)).await;
    }
    let (entity, operation) = (parts.entity, parts.operation);
    let sent = match parts.once {
        // In a box, so that the usual write's future does not grow by it.
        Some(_) => Box::pin(exactly_once::send(parts, client)).await?.map(|()| None),
        None => send(parts, client, "Attributes", |input| R::read(input).map(Some)).await?,
    };
    let Response { output, consumed_capacity, request_id, attempts, earlier_attempt_unknown } = sent;
    match output.or_else(R::absent) {
        Some(output) => {
            Ok(Response { output, consumed_capacity, request_id, attempts, earlier_attempt_unknown })
        }
        // DynamoDB has done the write, and has not kept its word about the answer.
        None => Err(decode_error(entity, operation.name(), DecodeError::missing("Attributes"))
            .with_attempts(attempts)
            .with_done()),
    }
}

/// Sends the request, and reads the member of the answer that holds the item, if it has any.
pub(crate) async fn send<T>(
    parts: Parts,
    client: Client,
    item: &'static str,
    read: impl FnOnce(&mut Reader<'_>) -> Result<Option<T>, DecodeError>,
) -> Result<Response<Option<T>>, Error> {
    let (entity, operation) = (parts.entity, parts.operation);
    let call = parts.into_call(&client)?;
    let answer = client::call(&client, call).await?;
    match read_answer(&answer.body, item, read) {
        Ok((output, consumed_capacity)) => {
            if !operation.is_write() {
                answer.record_items(usize::from(output.is_some()));
            }
            if let Some(capacity) = &consumed_capacity {
                answer.record_capacity(capacity.units());
            }
            Ok(Response {
                output,
                consumed_capacity,
                attempts: answer.attempts,
                earlier_attempt_unknown: answer.ambiguous_before,
                request_id: answer.request_id,
            })
        }
        Err(error) => {
            let mut error = decode_error(entity, operation.name(), error)
                .with_attempts(answer.attempts)
                .with_returned(answer.request_id.clone(), returned(&answer.body, item));
            if operation.is_write() {
                error = error.with_done();
            }
            answer.record_error(&error);
            Err(error)
        }
    }
}

/// The item in an answer that cannot be read as the type that was asked for.
fn returned(body: &[u8], item: &str) -> Option<Box<[u8]>> {
    let mut input = Reader::new(body).ok()?;
    let mut members = input.begin_object().ok()?;
    while let Some(name) = members.next(&mut input).ok()? {
        let raw = input.raw_value().ok()?;
        if name == item {
            return Some(raw.as_bytes().into());
        }
    }
    None
}

fn read_answer<T>(
    body: &[u8],
    item: &'static str,
    read: impl FnOnce(&mut Reader<'_>) -> Result<Option<T>, DecodeError>,
) -> Result<(Option<T>, Option<ConsumedCapacity>), DecodeError> {
    let mut input = Reader::new(body)?;
    let (mut output, mut capacity) = (None, None);
    let mut read = Some(read);
    let mut members = input.begin_object()?;
    while let Some(name) = members.next(&mut input)? {
        if input.take_json_null()? {
            continue;
        }
        if let Some(read) = read.take_if(|_| name == item) {
            output = read(&mut input)?;
        } else if name == "ConsumedCapacity" {
            capacity = Some(ConsumedCapacity::read(&mut input)?);
        } else {
            input.skip()?;
        }
    }
    input.end()?;
    Ok((output, capacity))
}

/// The functions that every request has: what it sets for itself, and the sending.
macro_rules! request {
    ($request:ident<$($p:ident),*> where [$($bounds:tt)*] => $output:ty) => {
        impl<$($p),*> $request<$($p),*> {
            /// Sends the request to this table, by name or ARN, whatever the entity and the client say.
            pub fn table(self, name_or_arn: impl Into<String>) -> Self {
                self.overrides(crate::client::Overrides::new().table(name_or_arn))
            }

            /// Settings for this request alone: timeouts, attempts, region, credentials, table.
            pub fn overrides(mut self, overrides: crate::client::Overrides) -> Self {
                self.parts.overrides = overrides.over(&self.parts.overrides);
                self
            }
        }

        impl<$($bounds)*> $request<$($p),*> {
            /// Sends the request.
            ///
            /// # Errors
            ///
            /// What is wrong with the request, DynamoDB's refusal, or what happened on the way; see [`ErrorKind`](crate::ErrorKind).
            pub fn send(
                self,
                client: &crate::Client,
            ) -> impl Future<Output = crate::error::Result<$output>> + Send + use<$($p),*> {
                let response = self.send_response(client);
                async move { Ok(response.await?.output) }
            }
        }
    };
}
pub(crate) use request;

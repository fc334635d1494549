//! Writing what has changed.

use super::baseline::{Baseline, Changes};
use super::{Loaded, Pending};
use crate::client::{Carrier, Client, Overrides};
use crate::error::Error;
use crate::expr::{Actions, Condition, Scope};
use crate::key::check_index_keys;
use crate::lifecycle::{Expected, Touch};
use crate::op::parts::{self, Parts};
use crate::op::put::Guard;
use crate::op::transaction::Part;
use crate::op::{Nothing, Response, TransactWrite};
use crate::table::Table;

/// Writes the attributes that have changed since the item was read: UpdateItem. Made by [`Loaded::save`].
///
/// It costs a write unit for each KB of the whole item, not of what changes. If nothing has changed, nothing is sent; in a
/// [`transaction`](crate::transaction) it is then a check that the item still is what was read, at the same cost as a write.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Save<'l, E> {
    loaded: &'l mut Loaded<E>,
    parts: Parts,
    /// What the caller has changed; the library adds its own when it is sent.
    actions: Actions,
    /// The caller asks more of the item than that it is the one that was read.
    has_condition: bool,
}

impl<'l, E: Table> Save<'l, E> {
    pub(super) fn new(loaded: &'l mut Loaded<E>) -> Self {
        let now = Baseline::of(&loaded.entity, false);
        let changes = loaded.baseline.changes(&now, E::SCHEMA);
        let changes =
            changes.and_then(|changes| check_index_keys(E::SCHEMA, &changes.actions).map(|()| changes));
        let (head, Changes { actions, refused }) = match changes {
            Ok(changes) => (loaded.baseline.key_head(E::SCHEMA), changes),
            Err(error) => (Err(error), Changes::default()),
        };
        let mut parts = Parts::new(Carrier::UPDATE_ITEM, E::SCHEMA, head);
        parts.refused = refused.map(Box::new);
        parts.before = loaded.baseline.before(E::SCHEMA);
        match &loaded.expected {
            Some(expected) => parts.expect(Some(expected.clone())),
            None => parts.conditions.extend(Guard::Exists.test(E::SCHEMA)),
        }
        let now = now.stored_as(loaded.baseline.stored_after(&actions));
        let next = || loaded.expected.as_ref().and_then(Expected::next_version);
        let version = (!actions.0.is_empty()).then(next).flatten();
        loaded.pending = Some(Pending { baseline: now, version });
        Save { loaded, parts, actions, has_condition: false }
    }

    /// Whether nothing has changed, so that nothing needs to be written.
    pub fn is_empty(&self) -> bool {
        self.parts.head.is_ok() && self.parts.refused.is_none() && self.actions.0.is_empty()
    }

    /// Sends the request, if there is anything to write, and notes what was written in the loaded entity.
    ///
    /// After an error the entity is as it was, and so is what it was read as: also after one that [is ambiguous](Error::is_ambiguous). A
    /// save that is said again after such a one may meet its own work, and then is a `VersionConflict`.
    ///
    /// # Errors
    ///
    /// `VersionConflict` where the item has another version than the one that was read; `ConditionFailed` where there is no version and no
    /// item; `InvalidRequest` before anything is sent, with the [attribute](Error::attribute), for a change of the key or of a protected
    /// attribute; what can happen to every request.
    pub fn send(self, client: &Client) -> impl Future<Output = Result<(), Error>> + Send + use<'l, E>
    where
        E: Send,
    {
        let response = self.send_response(client);
        async move { response.await.map(drop) }
    }

    /// Sends the request, and returns also what it consumed; `None` if nothing was sent.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_response(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Option<Response<()>>, Error>> + Send + use<'l, E>
    where
        E: Send,
    {
        let client = client.clone();
        async move {
            let is_nothing = self.is_empty() && !self.has_condition;
            let (mut parts, loaded) = self.into_parts();
            if is_nothing {
                return Ok(None);
            }
            let stamps = parts.stamped(|| client.now());
            let response = parts::write::<Nothing>(parts, client).await?;
            loaded.saved(stamps);
            Ok(Some(response))
        }
    }

    fn into_parts(self) -> (Parts, &'l mut Loaded<E>) {
        let Save { loaded, mut parts, actions, .. } = self;
        // What writes nothing of the caller's does not count as a write.
        if !actions.0.is_empty() {
            parts.actions = Some(actions);
            if !E::LIFECYCLE.is_none() {
                parts.touch = Some(Touch { lifecycle: E::LIFECYCLE, creates: false });
            }
        }
        (parts, loaded)
    }
}

impl<E> Save<'_, E> {
    /// Writes only if the item meets the condition as well. Several conditions must all be met.
    ///
    /// With a condition the request is sent also if nothing has changed: it then writes nothing, and fails where the condition does.
    pub fn condition<S: Scope>(mut self, condition: Condition<E, S>) -> Self {
        self.parts.conditions.push(condition.test);
        self.has_condition = true;
        self
    }

    /// If a condition fails, the error carries the item that made it fail: [`Error::old_item`].
    pub fn return_old_on_failure(mut self) -> Self {
        self.parts.return_old_on_failure = true;
        self
    }

    /// Sends the request to this table, by name or ARN, whatever the entity and the client say: the one from which the item was read.
    pub fn table(self, name_or_arn: impl Into<String>) -> Self {
        self.overrides(Overrides::new().table(name_or_arn))
    }

    /// Settings for this request alone: timeouts, attempts, region, credentials, table.
    pub fn overrides(mut self, overrides: Overrides) -> Self {
        self.parts.overrides = overrides.over(&self.parts.overrides);
        self
    }
}

impl<E: Table> TransactWrite for Save<'_, E> {
    fn push_onto(self, parts: &mut Vec<Part>) {
        let (save, _) = self.into_parts();
        parts.push(if save.actions.is_some() { Part::update(save) } else { Part::check(save) });
    }
}

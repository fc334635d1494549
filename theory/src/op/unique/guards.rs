//! The guards that a transaction writes beside the items whose values they guard.

use super::values::Value;
use crate::client::{Carrier, Client, Operation};
use crate::error::{CancellationReason, Error, ErrorKind};
use crate::expr::{Comparator, Node, PathNode, Test};
use crate::op::parts::Parts;
use crate::op::transaction::Part;
use crate::timestamp::Timestamp;
use crate::wire::{EncodeError, Writer};
use theory_schema::unique::{GUARD_OWNER, GUARD_SORT_KEY};
use theory_schema::{Entity, Role, Unique};

/// Those of one transaction, each item once.
#[derive(Debug, Default)]
pub(crate) struct Guards(Vec<Guard>);

#[derive(Debug)]
struct Guard {
    /// The place of the write on whose account it is written.
    part: usize,
    unique: &'static Unique,
    /// A request on the guard without head and conditions: for its entity, and its table.
    template: Parts,
    table: String,
    key: String,
    /// Who may hold it now.
    owners: Vec<String>,
    becomes: Becomes,
}

#[derive(Debug)]
enum Becomes {
    /// The value is this item's.
    Taken { by: String, ttl: Option<Value> },
    /// The value is free.
    Free,
    /// It is another item's, whose claim came when this one's had expired. It stays.
    Others,
}

/// A write on an item, as its guards see it.
pub(super) struct Claimant<'a> {
    /// Its place in the transaction.
    pub(super) part: usize,
    pub(super) parts: &'a Parts,
    pub(super) owner: &'a str,
    pub(super) ttl: Option<&'a Value>,
}

impl Guards {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The claimant's item no longer has the value.
    pub(super) fn free(&mut self, unique: &'static Unique, key: String, by: &Claimant<'_>, client: &Client) {
        self.at(unique, key, by, client);
    }

    /// The claimant's item has the value. Another part of the transaction may free it, but not claim it too.
    pub(super) fn take(
        &mut self,
        unique: &'static Unique,
        key: String,
        by: &Claimant<'_>,
        client: &Client,
    ) -> Result<(), Error> {
        let guard = self.at(unique, key, by, client);
        if let Becomes::Taken { .. } = guard.becomes {
            let why = "two writes of the transaction have the same value";
            return Err(Error::new(ErrorKind::UniqueViolation, by.parts.entity.name)
                .with_operation(Operation::TransactWriteItems.name())
                .with_constraint(unique.name)
                .with_detail(why));
        }
        guard.part = by.part;
        guard.becomes = Becomes::Taken { by: by.owner.to_owned(), ttl: by.ttl.cloned() };
        Ok(())
    }

    fn at(&mut self, unique: &'static Unique, key: String, by: &Claimant<'_>, client: &Client) -> &mut Guard {
        let overrides = by.parts.overrides.clone();
        let table = client.table_name(by.parts.entity.table, overrides.table_name()).into_owned();
        let known = self.0.iter().position(|guard| guard.key == key && guard.table == table);
        let place = known.unwrap_or_else(|| {
            let mut template = Parts::new(Carrier::TRANSACT_WRITE_ITEMS, by.parts.entity, Ok(Vec::new()));
            template.overrides = overrides;
            let (owners, becomes) = (Vec::new(), Becomes::Free);
            self.0.push(Guard { part: by.part, unique, template, table, key, owners, becomes });
            self.0.len() - 1
        });
        let guard = &mut self.0[place];
        guard.owners.push(by.owner.to_owned());
        guard
    }

    /// The writes of the guards, as parts of the transaction.
    pub(crate) fn parts(&self, now: Timestamp) -> Vec<Part> {
        self.0.iter().map(|guard| guard.part(now)).collect()
    }

    /// Whether the transaction was cancelled for nothing else than guards which it would have freed, and which are others' by now. From
    /// then on it leaves them alone.
    pub(crate) fn disown(&mut self, error: &Error, parts: usize) -> bool {
        let reasons = error.cancellation_reasons();
        let at_fault = |reason: &CancellationReason| reason.kind().is_some();
        let Some(own) = reasons.get(..parts) else { return false };
        let Some(of_guards) = reasons.get(parts..).filter(|of_guards| of_guards.len() == self.0.len()) else {
            return false;
        };
        let lost = |(guard, reason): (&Guard, &CancellationReason)| {
            !at_fault(reason)
                || matches!(guard.becomes, Becomes::Free) && reason.kind() == Some(ErrorKind::ConditionFailed)
        };
        if error.is_ambiguous()
            || own.iter().any(at_fault)
            || !of_guards.iter().any(at_fault)
            || !self.0.iter().zip(of_guards).all(lost)
        {
            return false;
        }
        for (guard, _) in self.0.iter_mut().zip(of_guards).filter(|(_, reason)| at_fault(reason)) {
            guard.becomes = Becomes::Others;
        }
        true
    }

    /// Gives the reasons of the guards to the parts on whose account they are written: the caller's reasons alone are left.
    pub(crate) fn fold(&self, error: &mut Error, parts: usize) {
        let Some(reasons) = error.cancellation_reasons_mut() else { return };
        if reasons.len() <= parts {
            return;
        }
        let of_guards = reasons.split_off(parts);
        for (guard, reason) in self.0.iter().zip(of_guards) {
            let Some(part) = reasons.get_mut(guard.part).filter(|part| part.kind().is_none()) else {
                continue;
            };
            match (reason.kind(), &guard.becomes) {
                (None, _) => {}
                (Some(ErrorKind::ConditionFailed), Becomes::Taken { .. }) => part.violate(guard.unique.name),
                // It has changed hands between two attempts: another attempt sees whose it is.
                (Some(ErrorKind::ConditionFailed), _) => part.code = Some("TransactionConflict".to_owned()),
                _ => part.code = reason.code,
            }
        }
    }
}

impl Guard {
    fn part(&self, now: Timestamp) -> Part {
        let mut parts = self.template.clone();
        let entity = parts.entity;
        parts.conditions.push(Test::only(self.conditions(entity, now), Test::Any));
        let (opening, taken, part): (_, _, fn(Parts) -> Part) = match &self.becomes {
            Becomes::Taken { by, ttl } => ("{\"Item\":", Some((by, ttl.as_ref())), Part::put),
            Becomes::Free => ("{\"Key\":", None, Part::delete),
            Becomes::Others => ("{\"Key\":", None, Part::check),
        };
        parts.head = self.head(entity, opening, taken);
        part(parts)
    }

    fn head(
        &self,
        entity: &Entity,
        opening: &str,
        taken: Option<(&String, Option<&Value>)>,
    ) -> Result<Vec<u8>, EncodeError> {
        let mut out = Writer::new();
        out.raw(opening.as_bytes());
        out.begin_object();
        let strings = [&*self.key, GUARD_SORT_KEY];
        for (attribute, text) in entity.key.attributes().zip(strings) {
            out.name(attribute.name);
            out.string(text);
            out.end_member();
        }
        if let Some((owner, ttl)) = taken {
            out.name(GUARD_OWNER);
            out.string(owner);
            out.end_member();
            if let Some(ttl) = ttl {
                out.name(ttl.attribute);
                out.raw(&ttl.json);
                out.end_member();
            }
        }
        out.end_object();
        out.end_member();
        out.finish()
    }

    /// What must be true of the guard as it is: any of these.
    fn conditions(&self, entity: &Entity, now: Timestamp) -> Vec<Test> {
        let path = PathNode::attribute;
        let is_owner = |owner: &String| {
            let mut out = Writer::new();
            out.string(owner);
            let owner = out.finish().map_or_else(Node::Invalid, Node::Value);
            Test::Compare(Node::Path(path(GUARD_OWNER)), Comparator::Eq, owner)
        };
        let mut owners = self.owners.iter().map(is_owner);
        let mut any: Vec<Test> =
            entity.key.partition.first().map(|key| Test::NotExists(path(key.name))).into_iter().collect();
        match &self.becomes {
            Becomes::Free => any.extend(owners),
            Becomes::Others => any.extend(owners.next().map(|_| {
                let owners = self.owners.iter().map(|owner| Test::Not(Box::new(is_owner(owner))));
                Test::only(owners.collect(), Test::All)
            })),
            Becomes::Taken { .. } => {
                any.extend(owners);
                if let Some(ttl) = entity.role(Role::Ttl) {
                    let mut out = Writer::new();
                    out.integer(now.unix_seconds());
                    let now = out.finish().map_or_else(Node::Invalid, Node::Value);
                    any.push(Test::Compare(Node::Path(path(ttl.name)), Comparator::Le, now));
                }
            }
        }
        any
    }
}

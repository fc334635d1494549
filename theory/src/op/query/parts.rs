//! What a query holds, without its types: what is read, and the condition on the key.

use crate::client::{Carrier, Operation, Overrides};
use crate::cursor::{Cursor, InvalidCursor};
use crate::expr::{Comparator, Node, Operand, PathNode, RenderError, Test};
use crate::key::key_condition_value;
use crate::lifecycle::Ttl;
use crate::op::sort::Sort;
use crate::wire::KeySide;
use theory_schema::{Entity, Index, KeyAttribute, limits};

/// A query without its types.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) entity: &'static Entity,
    pub(crate) index: Option<&'static Index>,
    pub(crate) is_scan: bool,
    /// What is wrong with it; the first mistake counts.
    pub(crate) problem: Option<RenderError>,
    pub(crate) partition: Vec<(&'static str, Vec<u8>)>,
    pub(crate) sort: Vec<Test>,
    /// No item can meet the conditions.
    pub(crate) is_empty: bool,
    pub(crate) filter: Vec<Test>,
    /// Only items that have not expired.
    pub(crate) live: Option<&'static Ttl>,
    pub(crate) projection: Option<&'static [&'static str]>,
    pub(crate) all_attributes: bool,
    pub(crate) is_descending: bool,
    pub(crate) is_consistent: bool,
    pub(crate) page_size: Option<u32>,
    pub(crate) take: Option<usize>,
    pub(crate) start: Option<Cursor>,
    pub(crate) read_ahead: bool,
    pub(crate) overrides: Overrides,
}

/// The limits of a key condition's values. An index takes what its own key may hold.
fn side(limit: usize, index: Option<&'static Index>) -> KeySide {
    KeySide { limit: limit as u32, index: index.map(|index| index.name) }
}

impl Parts {
    pub(super) fn new(entity: &'static Entity, index: Option<&'static Index>) -> Self {
        Parts {
            entity,
            index,
            is_scan: false,
            problem: None,
            partition: Vec::new(),
            sort: Vec::new(),
            is_empty: false,
            filter: Vec::new(),
            live: None,
            projection: None,
            all_attributes: false,
            is_descending: false,
            is_consistent: false,
            page_size: None,
            take: None,
            start: None,
            read_ahead: false,
            overrides: Overrides::new(),
        }
    }

    /// The key of what is read.
    pub(crate) fn key(&self) -> &'static theory_schema::Key {
        self.index.map_or(&self.entity.key, |index| &index.key)
    }

    fn refuse(&mut self, problem: RenderError) {
        self.problem.get_or_insert(problem);
    }

    fn value(&mut self, attribute: &KeyAttribute, value: Node, limit: usize) -> Option<Vec<u8>> {
        match key_condition_value(attribute, value, side(limit, self.index)) {
            Ok(json) => Some(json),
            Err(error) => {
                self.refuse(RenderError::Encode(error));
                None
            }
        }
    }

    pub(super) fn partition(&mut self, values: impl Iterator<Item = Operand>) {
        for (attribute, Operand(value)) in self.key().partition.iter().zip(values) {
            if let Some(json) = self.value(attribute, value, limits::PARTITION_KEY_BYTES) {
                self.partition.push((attribute.name, json));
            }
        }
    }

    pub(super) fn sort(&mut self, sort: Sort) {
        let Some(attribute) = self.key().sort.get(self.sort.len()) else { return };
        let path = PathNode::attribute(attribute.name);
        let mut value = |value| self.value(attribute, value, limits::SORT_KEY_BYTES).map(Node::Value);
        let test = match sort {
            Sort::Compare(comparator, operand) => {
                value(operand).map(|value| Test::Compare(Node::Path(path), comparator, value))
            }
            Sort::Between(low, high) => match (value(low), value(high)) {
                (Some(low), Some(high)) => Some(Test::Between(Node::Path(path), low, high)),
                _ => None,
            },
            Sort::BeginsWith(prefix) => value(prefix).map(|prefix| Test::BeginsWith(path, prefix)),
            Sort::Anything => None,
            Sort::Nothing => {
                self.is_empty = true;
                None
            }
        };
        self.sort.extend(test);
    }

    /// The condition on the key: every partition attribute, and what is asked of the sort key.
    pub(crate) fn key_condition(&self) -> Vec<Test> {
        let equal = |(name, json): &(&'static str, Vec<u8>)| {
            Test::Compare(Node::Path(PathNode::attribute(name)), Comparator::Eq, Node::Value(json.clone()))
        };
        self.partition.iter().map(equal).chain(self.sort.iter().cloned()).collect()
    }

    pub(crate) fn operation(&self) -> Operation {
        if self.is_scan { Operation::Scan } else { Operation::Query }
    }

    pub(crate) fn carrier(&self) -> &'static Carrier {
        if self.is_scan { Carrier::SCAN } else { Carrier::QUERY }
    }

    /// Whether what is read has the attribute.
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.index.is_none_or(|index| index.projects(&self.entity.key, name))
    }

    pub(crate) fn check_cursor(&self, cursor: &Cursor) -> Result<(), InvalidCursor> {
        cursor.check(self.entity, self.index, self.is_descending, &self.partition)
    }

    /// The same, to be counted. DynamoDB takes one thing to select: the count, or attributes.
    pub(super) fn for_count(self) -> Self {
        Parts { projection: None, all_attributes: false, ..self }
    }
}

//! What a request consumed.

use crate::wire::{DecodeError, Reader};
use std::collections::BTreeMap;

/// Capacity units that a request consumed, as DynamoDB counted them.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ConsumedCapacity {
    /// All units: of the table and of its indexes.
    pub total: CapacityUnits,
    /// The table's part, where DynamoDB told.
    pub table: Option<CapacityUnits>,
    /// The parts of secondary indexes, by name.
    pub indexes: BTreeMap<String, CapacityUnits>,
}

/// Capacity units of one table or index.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct CapacityUnits {
    /// Read and write units together.
    pub units: f64,
    /// Read units, where DynamoDB told them apart.
    pub read: Option<f64>,
    /// Write units, where DynamoDB told them apart.
    pub write: Option<f64>,
}

impl ConsumedCapacity {
    /// All units together.
    pub fn units(&self) -> f64 {
        self.total.units
    }

    /// Adds what another request consumed.
    pub fn add(&mut self, other: &ConsumedCapacity) {
        self.total.add(&other.total);
        if let Some(table) = &other.table {
            self.table.get_or_insert_default().add(table);
        }
        for (index, units) in &other.indexes {
            self.indexes.entry(index.clone()).or_default().add(units);
        }
    }

    pub(crate) fn read(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut capacity = ConsumedCapacity::default();
        let mut members = input.begin_object()?;
        while let Some(name) = members.next(input)? {
            match &*name {
                "Table" => capacity.table = Some(CapacityUnits::read(input)?),
                "LocalSecondaryIndexes" | "GlobalSecondaryIndexes" => {
                    let mut indexes = input.begin_object()?;
                    while let Some(index) = indexes.next(input)? {
                        capacity.indexes.insert(index.into_owned(), CapacityUnits::read(input)?);
                    }
                }
                name => capacity.total.read_member(name, input)?,
            }
        }
        Ok(capacity)
    }
}

impl CapacityUnits {
    fn add(&mut self, other: &CapacityUnits) {
        let sum = |a: &mut Option<f64>, b: Option<f64>| {
            if let Some(b) = b {
                *a = Some(a.unwrap_or_default() + b);
            }
        };
        self.units += other.units;
        sum(&mut self.read, other.read);
        sum(&mut self.write, other.write);
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut units = CapacityUnits::default();
        let mut members = input.begin_object()?;
        while let Some(name) = members.next(input)? {
            units.read_member(&name, input)?;
        }
        Ok(units)
    }

    fn read_member(&mut self, name: &str, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        let number = |input: &mut Reader<'_>| -> Result<Option<f64>, DecodeError> {
            if input.take_json_null()? { Ok(None) } else { Ok(input.json_number()?.parse().ok()) }
        };
        match name {
            "CapacityUnits" => self.units = number(input)?.unwrap_or_default(),
            "ReadCapacityUnits" => self.read = number(input)?,
            "WriteCapacityUnits" => self.write = number(input)?,
            _ => input.skip()?,
        }
        Ok(())
    }
}

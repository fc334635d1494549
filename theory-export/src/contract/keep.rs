//! Members of other tools, carried from a committed file to the one that replaces it.

use super::{Attribute, Contract, Extensions, Shape};

impl Contract {
    /// Takes over the members that begin with `x-` from the same places of another contract.
    ///
    /// Places are found by name: what has been renamed or removed loses them.
    pub fn keep_extensions(&mut self, from: &Contract) {
        keep(&mut self.extensions, &from.extensions);
        for (name, profile) in &mut self.profiles {
            if let Some(from) = from.profiles.get(name) {
                keep(&mut profile.extensions, &from.extensions);
            }
        }
        for table in &mut self.tables {
            let Some(from) = from.tables.iter().find(|from| from.name == table.name) else { continue };
            keep(&mut table.extensions, &from.extensions);
            for index in &mut table.indexes {
                if let Some(from) = from.index(&index.name) {
                    keep(&mut index.extensions, &from.extensions);
                }
            }
            for consumer in &mut table.consumers {
                if let Some(from) = from.consumers.iter().find(|from| from.function == consumer.function) {
                    keep(&mut consumer.extensions, &from.extensions);
                }
            }
            for replica in &mut table.replicas {
                if let Some(from) = from.replicas.iter().find(|from| from.region == replica.region) {
                    keep(&mut replica.extensions, &from.extensions);
                }
            }
            for entity in &mut table.entities {
                if let Some(from) = from.entity(&entity.name) {
                    keep(&mut entity.extensions, &from.extensions);
                    attributes(&mut entity.attributes, &from.attributes);
                }
            }
        }
    }
}

fn keep(extensions: &mut Extensions, from: &Extensions) {
    for (name, value) in from {
        extensions.entry(name.clone()).or_insert_with(|| value.clone());
    }
}

fn attributes(now: &mut [Attribute], before: &[Attribute]) {
    for attribute in now {
        if let Some(from) = before.iter().find(|from| from.name == attribute.name) {
            keep(&mut attribute.extensions, &from.extensions);
            shape(&mut attribute.shape, &from.shape);
        }
    }
}

fn shape(now: &mut Shape, before: &Shape) {
    attributes(&mut now.attributes, &before.attributes);
    if let (Some(now), Some(before)) = (&mut now.element, &before.element) {
        shape(now, before);
    }
    for (now, before) in now.elements.iter_mut().zip(&before.elements) {
        shape(now, before);
    }
    for (tag, now) in &mut now.variants {
        if let Some(before) = before.variants.get(tag) {
            shape(now, before);
        }
    }
}

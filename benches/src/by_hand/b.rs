//! Item b.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    as_map, as_number, as_string, list, number, string, take_bool, take_bytes, take_list, take_map,
    take_number, take_string,
};
use crate::items::{Address, Event, Line, Map, Order, Status};

pub(crate) fn order_to_map(order: &Order) -> Map {
    let mut map = Map::with_capacity(25);
    map.insert("customer".into(), string(&order.customer));
    map.insert("order_id".into(), string(&order.order_id));
    map.insert("status".into(), string(status_to_str(order.status)));
    map.insert("currency".into(), string(&order.currency));
    map.insert("email".into(), string(&order.email));
    if let Some(phone) = &order.phone {
        map.insert("phone".into(), string(phone));
    }
    map.insert("note".into(), string(&order.note));
    map.insert("placed_at".into(), number(order.placed_at));
    map.insert("changed_at".into(), number(order.changed_at));
    map.insert("revision".into(), number(order.revision));
    map.insert("total".into(), number(order.total));
    map.insert("tax".into(), number(order.tax));
    if let Some(discount) = order.discount {
        map.insert("discount".into(), number(discount));
    }
    map.insert("gift".into(), AttributeValue::Bool(order.gift));
    map.insert("priority".into(), number(order.priority));
    if !order.tags.is_empty() {
        map.insert("tags".into(), AttributeValue::Ss(order.tags.iter().cloned().collect()));
    }
    if !order.coupons.is_empty() {
        map.insert("coupons".into(), AttributeValue::Ss(order.coupons.iter().cloned().collect()));
    }
    if !order.warehouses.is_empty() {
        map.insert(
            "warehouses".into(),
            AttributeValue::Ns(order.warehouses.iter().map(u32::to_string).collect()),
        );
    }
    map.insert("signature".into(), AttributeValue::B(Blob::new(order.signature.as_slice())));
    map.insert("billing".into(), AttributeValue::M(address_to_map(&order.billing)));
    map.insert("shipping".into(), AttributeValue::M(address_to_map(&order.shipping)));
    map.insert("lines".into(), list(&order.lines, line_to_value));
    map.insert("history".into(), list(&order.history, event_to_value));
    let labels = order.labels.iter().map(|(name, value)| (name.clone(), string(value))).collect();
    map.insert("labels".into(), AttributeValue::M(labels));
    map.insert("weights".into(), list(&order.weights, |weight| number(weight)));
    map
}

pub(crate) fn order_from_map(mut map: Map) -> Option<Order> {
    let map = &mut map;
    Some(Order {
        customer: take_string(map, "customer")?,
        order_id: take_string(map, "order_id")?,
        status: status_from_str(map.remove("status")?.as_s().ok()?)?,
        currency: take_string(map, "currency")?,
        email: take_string(map, "email")?,
        phone: map.remove("phone").map(|phone| as_string(phone).ok_or(())).transpose().ok()?,
        note: take_string(map, "note")?,
        placed_at: take_number(map, "placed_at")?,
        changed_at: take_number(map, "changed_at")?,
        revision: take_number(map, "revision")?,
        total: take_number(map, "total")?,
        tax: take_number(map, "tax")?,
        discount: map.remove("discount").map(|discount| as_number(&discount).ok_or(())).transpose().ok()?,
        gift: take_bool(map, "gift")?,
        priority: take_number(map, "priority")?,
        tags: take_strings(map, "tags")?,
        coupons: take_strings(map, "coupons")?,
        warehouses: match map.remove("warehouses") {
            Some(AttributeValue::Ns(set)) => set.iter().map(|n| n.parse().ok()).collect::<Option<_>>()?,
            Some(_) => return None,
            None => BTreeSet::new(),
        },
        signature: take_bytes(map, "signature")?,
        billing: address_from_map(take_map(map, "billing")?)?,
        shipping: address_from_map(take_map(map, "shipping")?)?,
        lines: take_list(map, "lines", line_from_value)?,
        history: take_list(map, "history", event_from_value)?,
        labels: take_map(map, "labels")?
            .into_iter()
            .map(|(name, value)| Some((name, as_string(value)?)))
            .collect::<Option<_>>()?,
        weights: take_list(map, "weights", |weight| as_number(&weight))?,
    })
}

fn take_strings(map: &mut Map, name: &str) -> Option<BTreeSet<String>> {
    match map.remove(name) {
        Some(AttributeValue::Ss(set)) => Some(set.into_iter().collect()),
        Some(_) => None,
        None => Some(BTreeSet::new()),
    }
}

fn status_to_str(status: Status) -> &'static str {
    match status {
        Status::Open => "open",
        Status::Paid => "paid",
        Status::Shipped => "shipped",
    }
}

fn status_from_str(status: &str) -> Option<Status> {
    match status {
        "open" => Some(Status::Open),
        "paid" => Some(Status::Paid),
        "shipped" => Some(Status::Shipped),
        _ => None,
    }
}

fn address_to_map(address: &Address) -> Map {
    let mut map = Map::with_capacity(6);
    map.insert("name".into(), string(&address.name));
    map.insert("street".into(), string(&address.street));
    map.insert("postcode".into(), string(&address.postcode));
    map.insert("city".into(), string(&address.city));
    map.insert("country".into(), string(&address.country));
    map.insert("lorry".into(), AttributeValue::Bool(address.lorry));
    map
}

fn address_from_map(mut map: Map) -> Option<Address> {
    let map = &mut map;
    Some(Address {
        name: take_string(map, "name")?,
        street: take_string(map, "street")?,
        postcode: take_string(map, "postcode")?,
        city: take_string(map, "city")?,
        country: take_string(map, "country")?,
        lorry: take_bool(map, "lorry")?,
    })
}

fn line_to_value(line: &Line) -> AttributeValue {
    let mut map = Map::with_capacity(4);
    map.insert("sku".into(), string(&line.sku));
    map.insert("title".into(), string(&line.title));
    map.insert("quantity".into(), number(line.quantity));
    map.insert("price".into(), number(line.price));
    AttributeValue::M(map)
}

fn line_from_value(value: AttributeValue) -> Option<Line> {
    let map = &mut as_map(value)?;
    Some(Line {
        sku: take_string(map, "sku")?,
        title: take_string(map, "title")?,
        quantity: take_number(map, "quantity")?,
        price: take_number(map, "price")?,
    })
}

fn event_to_value(event: &Event) -> AttributeValue {
    let mut map = Map::with_capacity(3);
    map.insert("at".into(), number(event.at));
    map.insert("actor".into(), string(&event.actor));
    map.insert("action".into(), string(&event.action));
    AttributeValue::M(map)
}

fn event_from_value(value: AttributeValue) -> Option<Event> {
    let map = &mut as_map(value)?;
    Some(Event {
        at: take_number(map, "at")?,
        actor: take_string(map, "actor")?,
        action: take_string(map, "action")?,
    })
}

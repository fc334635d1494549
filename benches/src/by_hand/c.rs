//! Item c.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{as_map, list, number, string, take_bool, take_list, take_number, take_string};
use crate::items::{Catalogue, Map, Product};

pub(crate) fn catalogue_to_map(catalogue: &Catalogue) -> Map {
    let mut map = Map::with_capacity(3);
    map.insert("shop".into(), string(&catalogue.shop));
    map.insert("page".into(), string(&catalogue.page));
    map.insert("products".into(), list(&catalogue.products, product_to_value));
    map
}

pub(crate) fn catalogue_from_map(mut map: Map) -> Option<Catalogue> {
    let map = &mut map;
    Some(Catalogue {
        shop: take_string(map, "shop")?,
        page: take_string(map, "page")?,
        products: take_list(map, "products", product_from_value)?,
    })
}

fn product_to_value(product: &Product) -> AttributeValue {
    let mut map = Map::with_capacity(8);
    map.insert("sku".into(), string(&product.sku));
    map.insert("title".into(), string(&product.title));
    map.insert("description".into(), string(&product.description));
    map.insert("category".into(), string(&product.category));
    map.insert("price".into(), number(product.price));
    map.insert("stock".into(), number(product.stock));
    map.insert("sold".into(), number(product.sold));
    map.insert("listed".into(), AttributeValue::Bool(product.listed));
    AttributeValue::M(map)
}

fn product_from_value(value: AttributeValue) -> Option<Product> {
    let map = &mut as_map(value)?;
    Some(Product {
        sku: take_string(map, "sku")?,
        title: take_string(map, "title")?,
        description: take_string(map, "description")?,
        category: take_string(map, "category")?,
        price: take_number(map, "price")?,
        stock: take_number(map, "stock")?,
        sold: take_number(map, "sold")?,
        listed: take_bool(map, "listed")?,
    })
}

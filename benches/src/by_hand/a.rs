//! Item a.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{number, string, take_bool, take_number, take_string};
use crate::items::{Map, User};

pub(crate) fn user_to_map(user: &User) -> Map {
    let mut map = Map::with_capacity(8);
    map.insert("tenant".into(), string(&user.tenant));
    map.insert("user_id".into(), string(&user.user_id));
    map.insert("display_name".into(), string(&user.display_name));
    map.insert("email".into(), string(&user.email));
    map.insert("created_at".into(), number(user.created_at));
    map.insert("logins".into(), number(user.logins));
    map.insert("score".into(), number(user.score));
    map.insert("active".into(), AttributeValue::Bool(user.active));
    map
}

pub(crate) fn user_from_map(mut map: Map) -> Option<User> {
    let map = &mut map;
    Some(User {
        tenant: take_string(map, "tenant")?,
        user_id: take_string(map, "user_id")?,
        display_name: take_string(map, "display_name")?,
        email: take_string(map, "email")?,
        created_at: take_number(map, "created_at")?,
        logins: take_number(map, "logins")?,
        score: take_number(map, "score")?,
        active: take_bool(map, "active")?,
    })
}

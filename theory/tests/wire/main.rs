//! DynamoDB JSON, as written and read: any layout, the SDK as a reference, and damage.

mod damage;
mod layout;
mod sdk;
mod strategies;
#[path = "../../../fuzz/src/value.rs"]
mod value;
#[path = "../../../fuzz/src/wire_reader.rs"]
mod wire_reader;
mod writing;

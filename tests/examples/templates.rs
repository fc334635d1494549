//! What `scripts/check-templates.sh` compares with templates that others have deployed.
//!
//! ```sh
//! templates shop cloudformation --format json   # any command of theory_export::cli, over the entities of the shop
//! templates shop apply --yes                    # … as its contract has them, at the endpoint that the environment names
//! templates bare cloudformation --format json   # … over the same entities, of which nothing is said but their types
//! templates bare create                         # the client makes their tables
//! templates carts api-gateway --format json     # … over the entity that the API serves
//! templates carts read                          # the model reads every item of it, and tells what it understood as JSON
//! ```

#[path = "../../examples/shop_schema/schema.rs"]
#[allow(dead_code, reason = "the entities are described, and no item is made")]
mod shop;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::error::Error;
use std::ffi::OsString;
use std::io::{stderr, stdin, stdout};
use std::process::ExitCode;
use theory::client::CreateTables;
use theory::value::Number;
use theory::{Attribute, Client, Table, Timestamp};
use theory_export::Schema;
use theory_export::cli::{Io, run};
use theory_export::contract::Operation;

/// What the API serves: text, numbers, flags, sets, lists and documents, filled by whoever calls it.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "carts", rename_all = "camelCase", scan)]
struct Cart {
    #[table(pk)]
    cart_id: String,
    customer: String,
    count: Number,
    note: Option<String>,
    gift: Option<bool>,
    tags: BTreeSet<String>,
    lines: Vec<Line>,
    #[table(version)]
    version: u64,
    #[table(created_at)]
    created_at: Timestamp,
    #[table(updated_at)]
    updated_at: Timestamp,
    #[table(ttl)]
    expires: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Attribute)]
struct Line {
    sku: String,
    quantity: Number,
}

impl Cart {
    /// As whoever sent it would write it, and with what the API has stamped.
    fn told(&self) -> Value {
        let number = |number: &Number| number.as_str().to_owned();
        let line = |line: &Line| json!({ "sku": line.sku, "quantity": number(&line.quantity) });
        json!({
            "cartId": self.cart_id,
            "customer": self.customer,
            "count": number(&self.count),
            "note": self.note,
            "gift": self.gift,
            "tags": self.tags,
            "lines": self.lines.iter().map(line).collect::<Vec<_>>(),
            "version": self.version,
            "createdAt": self.created_at.to_string(),
            "updatedAt": self.updated_at.to_string(),
            "expires": self.expires.map(|expires| expires.to_string()),
        })
    }
}

const SHOP: &[&theory::schema::Entity] =
    theory::schema![shop::Customer, shop::Order, shop::Cart, shop::Coupon];

fn carts() -> Schema {
    let served = [Operation::Get, Operation::Create, Operation::Delete];
    Schema::new(theory::schema![Cart]).entity("Cart", |entity| entity.only(served))
}

async fn create() -> Result<(), Box<dyn Error>> {
    CreateTables::of(SHOP).send(&Client::from_env().await).await?;
    Ok(())
}

async fn read() -> Result<(), Box<dyn Error>> {
    let carts: Vec<Cart> = Cart::scan().all(&Client::from_env().await).await?;
    println!("{}", Value::from(carts.iter().map(Cart::told).collect::<Vec<_>>()));
    Ok(())
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let args: Vec<OsString> = std::env::args_os().collect();
    let words: Vec<_> = args.iter().skip(1).filter_map(|arg| arg.to_str()).collect();
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let schema = match &*words {
        ["bare", "create"] => return runtime()?.block_on(create()).map(|()| ExitCode::SUCCESS),
        ["carts", "read"] => return runtime()?.block_on(read()).map(|()| ExitCode::SUCCESS),
        ["bare", ..] => Schema::new(SHOP),
        ["shop", ..] => shop::schema(),
        ["carts", ..] => carts(),
        _ => return Err("the first argument is `bare`, `shop` or `carts`".into()),
    };
    let (mut stdin, mut stdout, mut stderr) = (stdin(), stdout(), stderr());
    let mut io = Io {
        stdin: &mut stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
        colour: false,
        error_colour: false,
        error_terminal: false,
    };
    Ok(ExitCode::from(run(Some(&schema), args.into_iter().skip(1), &mut io)))
}

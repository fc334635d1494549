//! The gate of the export: a thousand tables of five indexes each, every output, in less than a second of CPU each; the same bytes again.
//!
//! ```sh
//! cargo run --release -p theory-benches --bin export
//! ```
//!
//! An IAM policy has a length, and an API serves one entity: of both, a thousand are made, one for each table.
//!
//! A second is CPU time of this process, so that a busy machine does not fail it. The exit code is 1 where an output takes longer, or gives
//! other bytes when it is made again.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use theory_export::contract::entity::Shape;
use theory_export::contract::{
    Access, Attribute, Entity, Extensions, Index, IndexKind, Key, KeyAttribute, KeyTemplate, Operation,
    Projection, Role, StoredType, Table,
};
use theory_export::diff::Diff;
use theory_export::target::targets;
use theory_export::{Contract, Options};
use theory_schema::ScalarType;

const TABLES: usize = 1_000;
const INDEXES: usize = 5;
const LIMIT: Duration = Duration::from_secs(1);
const REFUSED: &str = "refused: ";

fn main() -> ExitCode {
    let contract = Contract::new((0..TABLES).map(table).collect(), BTreeMap::new());
    let text = contract.to_json();
    println!("{TABLES} tables with {INDEXES} indexes each, a contract of {} KB\n", text.len() / 1024);
    let mut results = vec![
        measure("contract", || contract.to_json()),
        measure("contract, sealed anew", || {
            Contract::new(contract.tables.clone(), BTreeMap::new()).to_json()
        }),
        measure("contract, read", || {
            Contract::from_json(&text).map(|read| read.to_json()).unwrap_or_default()
        }),
        measure("diff with itself", || {
            Diff::between(&contract, &contract).map(|diff| format!("{diff:?}")).unwrap_or_default()
        }),
    ];
    for target in targets() {
        let render = |options: &Options| {
            (target.render)(&contract, options).unwrap_or_else(|error| format!("{REFUSED}{error}\n"))
        };
        results.push(match target.name {
            "iam" => measure("iam, of each table", || {
                let of = |table: &Table| Options { tables: vec![table.name.clone()], ..Options::default() };
                contract.tables.iter().map(|table| render(&of(table))).collect()
            }),
            "api-gateway" => measure("api-gateway, of each", || {
                let of =
                    |entity: &Entity| Options { entity: Some(entity.name.clone()), ..Options::default() };
                let entities = contract.tables.iter().flat_map(|table| &table.entities);
                entities.map(|entity| render(&of(entity))).collect()
            }),
            // CloudFormation takes 200 outputs, of which each table has two.
            name @ ("cloudformation" | "sam") => measure(&format!("{name}, in parts"), || {
                let names = |tables: &[Table]| tables.iter().map(|table| table.name.clone()).collect();
                let of = |tables| Options { tables: names(tables), ..Options::default() };
                contract.tables.chunks(100).map(|tables| render(&of(tables))).collect()
            }),
            name => measure(name, || render(&Options::default())),
        });
    }
    if results.into_iter().all(|is_good| is_good) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Makes an output twice, and says what it took.
fn measure(what: &str, make: impl Fn() -> String) -> bool {
    let begin = cpu();
    let output = make();
    let took = cpu().saturating_sub(begin);
    let (is_fast, is_same) = (took < LIMIT, output == make());
    // The first that is refused tells why.
    let refused = output.find(REFUSED).and_then(|at| output.get(at..)).and_then(|text| text.lines().next());
    let verdict = match (refused, is_fast, is_same) {
        (Some(why), _, _) => format!("  {why}"),
        (None, true, true) => String::new(),
        (None, false, _) => "  TOO SLOW".into(),
        (None, _, false) => "  OTHER BYTES".into(),
    };
    println!("{what:24} {:7.1} ms CPU {:8} KB{verdict}", took.as_secs_f64() * 1000.0, output.len() / 1024);
    refused.is_none() && is_fast && is_same
}

fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default())
}

fn table(number: usize) -> Table {
    let text = |name: &str| KeyAttribute { name: name.into(), ty: ScalarType::String };
    let mut table =
        Table::new(format!("table-{number:04}"), Key { partition: vec![text("pk")], sort: vec![text("sk")] });
    let names: Vec<String> = (0..INDEXES).map(|index| format!("attribute{index}")).collect();
    table.indexes = (0..INDEXES)
        .map(|index| Index {
            name: format!("by_attribute{index}"),
            kind: IndexKind::Global,
            key: Key { partition: vec![text(&format!("attribute{index}"))], sort: vec![text("sk")] },
            projection: Projection::All,
            billing: None,
            warm_throughput: None,
            extensions: Extensions::new(),
        })
        .collect();
    let attributes = ["pk", "sk"].into_iter().chain(names.iter().map(String::as_str));
    let keys = attributes.clone().map(|name| (name.to_owned(), KeyTemplate::attribute(name)));
    table.entities = vec![Entity {
        name: format!("Entity{number:04}"),
        keys: keys.collect(),
        indexes: table.indexes.iter().map(|index| index.name.clone()).collect(),
        attributes: attributes.map(attribute).collect(),
        access: Access {
            operations: [Operation::Get, Operation::Create, Operation::Delete, Operation::Query]
                .into_iter()
                .collect(),
            indexes: table
                .indexes
                .iter()
                .map(|index| (index.name.clone(), [Operation::Query].into()))
                .collect(),
            attributes: Default::default(),
        },
        uniques: Default::default(),
        extensions: Extensions::new(),
    }];
    table
}

fn attribute(name: &str) -> Attribute {
    Attribute {
        name: name.into(),
        field: None,
        shape: Shape::of(StoredType::S),
        required: true,
        role: Role::Data,
        aliases: Vec::new(),
        has_default: false,
        skip_empty: false,
        extensions: Extensions::new(),
    }
}

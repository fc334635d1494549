//! The compiled program, as a user runs it: what it prints where, and with which exit code it ends.

use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use std::process::{Child, Command, Output, Stdio};
use theory_testing::{EmbeddedDynamoDb, EmbeddedServer};

/// An engine, and the program that is pointed at it.
struct Shop {
    engine: EmbeddedDynamoDb,
    server: EmbeddedServer,
}

/// What a run left.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Shop {
    fn new() -> Self {
        let engine = EmbeddedDynamoDb::new();
        let server = engine.serve().expect("there is a port");
        Shop { engine, server }
    }

    fn command(&self, command: &str, args: &[&str]) -> Command {
        let mut program = program();
        program.arg(command).args(["--endpoint", self.server.url()]).args(args);
        program
    }

    fn run(&self, command: &str, args: &[&str]) -> Ran {
        ran(self.command(command, args).output().expect("it starts"))
    }

    fn start(&self, command: &str, args: &[&str]) -> Child {
        let mut program = self.command(command, args);
        program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    }

    /// Orders as they were written before there was a month.
    async fn put_old(&self, table: &str, count: u32) {
        let client = self.engine.sdk_client();
        for number in 0..count {
            client
                .put_item()
                .table_name(table)
                .item("customer", S(format!("c{}", number % 7)))
                .item("order_id", S(number.to_string()))
                .item("placed_at", S(format!("2026-0{}-01T00:00:00.000000000Z", 1 + number % 3)))
                .item("cents", N("100".into()))
                .send()
                .await
                .expect("an order is put");
        }
    }

    async fn in_march(&self, table: &str) -> i32 {
        let query = self.engine.sdk_client().query().table_name(table).index_name("by_month");
        let query = query.key_condition_expression("#m = :m").expression_attribute_names("#m", "month");
        let found = query.expression_attribute_values(":m", S("2026-03".into())).send().await;
        found.expect("the index is there").count
    }
}

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_schema"));
    // What the machine has for AWS is not the test's.
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"] {
        program.env_remove(name);
    }
    program.stdin(Stdio::null());
    program
}

fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).expect("what is printed is UTF-8");
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_dry_run_to_the_end() {
    let shop = Shop::new();
    let applied = shop.run("apply", &["--yes"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
    shop.put_old("orders", 60).await;

    let listed = shop.run("backfill", &[]);
    assert_eq!((listed.code, &*listed.out, &*listed.err), (Some(0), "order-month  (Order)\n", ""));

    // Something is left to do, and nothing was done.
    let dry = shop.run("backfill", &["order-month", "--dry-run"]);
    let said = "60 items read, 60 would be written, 0 complete before, 0 failed; 32 of 32 segments done\n";
    assert_eq!((dry.code, &*dry.out, &*dry.err), (Some(1), said, ""), "progress is for terminals");
    assert_eq!(shop.in_march("orders").await, 0);

    let without = shop.run("backfill", &["order-month"]);
    assert_eq!((without.code, &*without.out), (Some(3), ""), "{without:?}");
    assert!(without.err.starts_with("error: there is no table `leases` for the checkpoints"), "{without:?}");
    assert!(without.err.contains("--create-lease-table"), "{without:?}");

    let stopped = shop.run("backfill", &["order-month", "--create-lease-table", "--time-limit", "0"]);
    let said = "0 items read, 0 written, 0 complete before, 0 failed; 0 of 32 segments done\n";
    assert_eq!((stopped.code, &*stopped.out, &*stopped.err), (Some(1), said, ""));

    let done = shop.run("backfill", &["order-month", "--write-units", "1000", "--read-units", "1000"]);
    let said = "60 items read, 60 written, 0 complete before, 0 failed; 32 of 32 segments done\n";
    assert_eq!((done.code, &*done.out, &*done.err), (Some(0), said, ""));
    assert_eq!(shop.in_march("orders").await, 20);
    let status = shop.run("backfill", &["order-month", "--status"]);
    assert_eq!((status.code, &*status.out, &*status.err), (Some(0), said, ""));

    let dry = shop.run("backfill", &["order-month", "--dry-run", "--segments", "4", "--page-size", "3"]);
    let said = "60 items read, 0 would be written, 60 complete before, 0 failed; 4 of 4 segments done\n";
    assert_eq!((dry.code, &*dry.out), (Some(0), said));

    // A new time has nothing to write, but reads all again.
    let again = shop.run("backfill", &["order-month", "--restart", "--segments", "4", "--consistent-read"]);
    let said = "60 items read, 0 written, 60 complete before, 0 failed; 4 of 4 segments done\n";
    assert_eq!((again.code, &*again.out), (Some(0), said));
    let checked = shop.run("check", &["--live"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_share_the_work_of_each_profile() {
    let shop = Shop::new();
    for profile in ["dev", "prod"] {
        let table = format!("{profile}-orders");
        assert_eq!(shop.run("apply", &["--yes", "--profile", profile]).code, Some(0));
        shop.put_old(&table, 90).await;
        let begun = ["order-month", "--profile", profile, "--lease-table", "backfills"];
        let status = shop.run("backfill", &[&begun[..], &["--status", "--create-lease-table"]].concat());
        // A look creates no table; and what is done in one set-up is not done in the other.
        match profile {
            "dev" => assert_eq!((status.code, &*status.out), (Some(3), ""), "{status:?}"),
            _ => assert_eq!((status.code, &*status.out), (Some(1), "not begun\n"), "{status:?}"),
        }
        let first =
            shop.run("backfill", &[&begun[..], &["--create-lease-table", "--time-limit", "0"]].concat());
        assert_eq!(first.code, Some(1), "{first:?}");
        let all: Vec<_> = (0..3).map(|_| shop.start("backfill", &begun)).collect();
        for one in all {
            let one = ran(one.wait_with_output().expect("it ends"));
            let said = "90 items read, 90 written, 0 complete before, 0 failed; 32 of 32 segments done\n";
            assert_eq!((one.code, &*one.out, &*one.err), (Some(0), said, ""));
        }
        assert_eq!(shop.in_march(&table).await, 30);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_filled_in_is_told_by_the_exit_code() {
    let shop = Shop::new();
    assert_eq!(shop.run("apply", &["--yes"]).code, Some(0));
    shop.put_old("orders", 5).await;
    let put = shop.engine.sdk_client().put_item().table_name("orders");
    let put = put.item("customer", S("c".into())).item("order_id", S("x".into()));
    put.item("placed_at", S("never".into())).item("cents", N("1".into())).send().await.unwrap();
    let ran = shop.run("backfill", &["order-month", "--create-lease-table"]);
    let said = "6 items read, 5 written, 0 complete before, 1 failed; 32 of 32 segments done\n";
    assert_eq!((ran.code, &*ran.out), (Some(1), said), "{ran:?}");
    assert!(ran.err.starts_with("not filled in: customer = \"c\", order_id = \"x\": "), "{ran:?}");
}

#[test]
fn a_plan_that_goes_to_a_file_is_shown_to_whoever_must_agree() {
    let shop = Shop::new();
    let file = std::env::temp_dir().join(format!("plan-{}.txt", std::process::id()));
    let path = file.to_str().expect("a path of text");
    let asked = shop.run("apply", &["-o", path]);
    let plan = std::fs::read_to_string(&file).expect("it was written");
    std::fs::remove_file(&file).expect("it was there");
    assert!(plan.starts_with("1. orders: create the table"), "{plan}");
    assert_eq!((asked.code, &*asked.out), (Some(1), ""), "{asked:?}");
    assert!(asked.err.starts_with(&plan) && asked.err.contains("apply this plan?"), "{asked:?}");
}

#[test]
fn help_and_mistakes() {
    let run = |args: &[&str]| ran(program().args(args).output().expect("it starts"));
    let help = run(&["backfill", "--help"]);
    assert_eq!((help.code, &*help.err), (Some(0), ""));
    for part in
        ["Examples:", "schema backfill order-month --dry-run", "Exit codes:", "--write-units", "--status"]
    {
        assert!(help.out.contains(part), "{part} in {}", help.out);
    }
    assert!(!help.out.contains('\u{1b}'), "colours only on a terminal");
    let unknown = run(&["backfill", "order-mont"]);
    assert_eq!(
        (unknown.code, &*unknown.err),
        (Some(3), "error: no backfill `order-mont`; known: order-month\n")
    );
    for wrong in [
        &["backfill", "order-month", "--dry-run", "--restart"][..],
        &["backfill", "order-month", "--write-units", "many"],
        &["backfill", "order-month", "--write-units", "0"],
        &["backfill", "order-month", "--read-units=-1"],
        &["backfill", "order-month", "--read-units", "NaN"],
        &["backfill", "order-month", "--segments"],
    ] {
        let wrong = run(wrong);
        assert_eq!((wrong.code, &*wrong.out), (Some(2), ""), "{wrong:?}");
    }
    // Nobody listens there.
    let silent = run(&["backfill", "order-month", "--endpoint", "http://127.0.0.1:1", "--dry-run"]);
    assert_eq!((silent.code, &*silent.out), (Some(3), ""), "{silent:?}");
    assert!(silent.err.starts_with("error: DescribeTable of `orders` failed: "), "{silent:?}");
}

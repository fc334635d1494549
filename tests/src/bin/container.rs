//! Runs a command with DynamoDB Local in a container beside it, at the URL in `THEORY_DYNAMODB_LOCAL_URL`:
//!
//! `cargo run -p theory-tests --features containers --bin container -- cargo test --workspace`
//!
//! Where Docker cannot be used it says that it skipped the command, and succeeds.

use std::process::{Command, ExitCode};

use testcontainers::core::{IntoContainerPort as _, WaitFor};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{GenericImage, ImageExt as _, TestcontainersError};

/// AWS's image, newer than what a package registry carries.
const IMAGE: (&str, &str) = ("amazon/dynamodb-local", "latest");
const PORT: u16 = 8000;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: container COMMAND…");
        return ExitCode::from(2);
    };

    let image = GenericImage::new(IMAGE.0, IMAGE.1)
        .with_exposed_port(PORT.tcp())
        .with_wait_for(WaitFor::message_on_stdout("CorsParams"))
        .with_cmd(["-jar", "DynamoDBLocal.jar", "-inMemory"]);
    let container = match image.start().await {
        Ok(container) => container,
        Err(error @ TestcontainersError::Client(_)) => {
            println!("skipped: Docker cannot be used ({error})");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("DynamoDB Local did not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let url = match (container.get_host().await, container.get_host_port_ipv4(PORT).await) {
        (Ok(host), Ok(port)) => format!("http://{host}:{port}"),
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("DynamoDB Local cannot be reached: {error}");
            return ExitCode::FAILURE;
        }
    };

    // Its version is not known, so the tests find out what it can do.
    let status = Command::new(program)
        .args(arguments)
        .env("THEORY_DYNAMODB_LOCAL_URL", url)
        .env_remove("THEORY_DYNAMODB_LOCAL_VERSION")
        .status();
    // Removed here rather than when dropped: the exit code below ends the runtime.
    let removed = container.rm().await;
    match (status, removed) {
        (Ok(status), Ok(())) if status.success() => ExitCode::SUCCESS,
        (Err(error), _) => {
            eprintln!("the command did not start: {error}");
            ExitCode::FAILURE
        }
        (_, Err(error)) => {
            eprintln!("the container was not removed: {error}");
            ExitCode::FAILURE
        }
        (Ok(_), Ok(())) => ExitCode::FAILURE,
    }
}

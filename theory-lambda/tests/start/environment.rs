//! What the variables say, as the requests show it.

use crate::https::variables;
use crate::process::{Script, run};

fn offline() -> Script {
    Script { offline: true, requests: 1, ..Script::default() }
}

/// Where a request goes with these variables besides Lambda's own.
fn url(more: &[(&str, &str)]) -> String {
    let mut variables = variables("");
    variables.extend(more);
    let outcome = run(&offline(), &variables);
    assert_eq!(outcome.error, None, "{more:?}");
    assert_eq!(outcome.items, [Ok("o-1".to_owned())], "{more:?}");
    outcome.requests[0].0.trim_end_matches('/').to_owned()
}

#[test]
fn the_endpoint() {
    let regional = "https://dynamodb.eu-north-1.amazonaws.com";
    let both = [("AWS_ENDPOINT_URL_DYNAMODB", "http://one:1"), ("AWS_ENDPOINT_URL", "http://all:2")];
    for (more, expected) in [
        (&[][..], regional),
        (&both[..], "http://one:1"),
        (&both[1..], "http://all:2"),
        (&[both[0], ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")], regional),
        (&[("AWS_REGION", ""), both[1]], "http://all:2"),
        (&[("AWS_REGION", "")], "https://dynamodb.us-east-1.amazonaws.com"),
        (&[("AWS_USE_DUALSTACK_ENDPOINT", "true")], "https://dynamodb.eu-north-1.api.aws"),
        (
            &[("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_REGION", "us-west-2")],
            "https://dynamodb-fips.us-west-2.amazonaws.com",
        ),
        (&[("AWS_ACCOUNT_ID", "123456789012")], "https://123456789012.ddb.eu-north-1.amazonaws.com"),
        (&[("AWS_ACCOUNT_ID", "123456789012"), ("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")], regional),
    ] {
        assert_eq!(url(more), expected, "{more:?}");
    }
}

#[test]
fn region_and_credentials() {
    let mut outcome = run(&offline(), &variables(""));
    let (_, headers) = outcome.requests.remove(0);
    assert!(headers["authorization"].contains("Credential=ASIAEXAMPLE/"), "{headers:?}");
    assert!(headers["authorization"].contains("/eu-north-1/dynamodb/"), "{headers:?}");
    assert_eq!(headers["x-amz-security-token"], "token");
}

#[test]
fn what_is_missing_is_named() {
    let all = variables("");
    let without = |missing: &str| -> Vec<_> {
        all.iter().copied().filter(|(name, _)| !name.starts_with(missing)).collect()
    };
    let region: Vec<_> = all.iter().copied().filter(|(name, _)| !name.ends_with("REGION")).collect();
    let mut wrong = all.clone();
    wrong.push(("AWS_USE_FIPS_ENDPOINT", "perhaps"));
    let mut nowhere = all.clone();
    nowhere.push(("AWS_ENDPOINT_URL", "not a url"));
    let cases = [
        (wrong, "Variable", "AWS_USE_FIPS_ENDPOINT"),
        (nowhere, "Endpoint", "endpoint"),
        #[cfg(not(feature = "provider-chain"))]
        (region, "Region", "AWS_REGION"),
        #[cfg(not(feature = "provider-chain"))]
        (without("AWS_SECRET"), "Credentials", "AWS_SECRET_ACCESS_KEY"),
    ];
    #[cfg(feature = "provider-chain")]
    let _ = (region, without);
    for (variables, kind, text) in cases {
        let (found, message) = run(&offline(), &variables).error.expect(kind);
        assert_eq!(found, kind);
        assert!(message.contains(text), "{message}");
    }
}

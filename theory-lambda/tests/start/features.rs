//! What the features add, each in a run of its own.

#![cfg(any(feature = "aws-lc", feature = "native-roots", feature = "provider-chain"))]

use std::fs;

use crate::https::{endpoint, found, variables};
use crate::process::{Script, run};

#[cfg(feature = "aws-lc")]
#[test]
fn aws_lc_shakes_hands() {
    let endpoint = endpoint();
    let script = Script {
        trust: Some(endpoint.authority().to_owned()),
        aws_lc: true,
        requests: 2,
        ..Script::default()
    };
    let outcome = run(&script, &variables(endpoint.url()));
    assert_eq!(found(&outcome), 2);
    assert_eq!(endpoint.handshakes(1), 1);
    assert!(!outcome.installed);
}

#[cfg(feature = "native-roots")]
#[test]
fn native_roots_are_the_systems() {
    let endpoint = endpoint();
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle.pem");
    fs::write(&bundle, endpoint.authority()).unwrap();
    let script = Script { native: true, requests: 1, ..Script::default() };
    let mut variables = variables(endpoint.url());
    variables.push(("SSL_CERT_FILE", bundle.to_str().unwrap()));
    assert_eq!(found(&run(&script, &variables)), 1);
    assert_eq!(endpoint.handshakes(1), 1);

    fs::write(&bundle, "").unwrap();
    assert_eq!(run(&script, &variables).error.unwrap().0, "Tls", "a system that trusts nobody");
}

#[cfg(feature = "provider-chain")]
#[test]
fn a_profile_is_found_where_the_variables_are_absent() {
    let endpoint = endpoint();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let config = file(
        "config",
        &format!(
            "[default]\nregion = eu-west-3\n\n[profile other]\nregion = eu-west-2\nservices = here\n\n\
             [services here]\ndynamodb =\n  endpoint_url = {}\n",
            endpoint.url()
        ),
    );
    let credentials = file(
        "credentials",
        "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = secret\n\
         [other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = secret\n",
    );
    let files = [("AWS_CONFIG_FILE", &*config), ("AWS_SHARED_CREDENTIALS_FILE", &*credentials)];
    let authorization = |script: &Script, more: &[(&str, &str)]| {
        let variables = [&files[..], more].concat();
        let mut outcome = run(&Script { offline: true, requests: 1, ..script.clone() }, &variables);
        assert_eq!(found(&outcome), 1);
        let (url, mut headers) = outcome.requests.remove(0);
        (url.trim_end_matches('/').to_owned(), headers.remove("authorization").unwrap())
    };

    let (url, by) = authorization(&Script::default(), &[]);
    assert_eq!(url, "https://dynamodb.eu-west-3.amazonaws.com");
    assert!(by.contains("Credential=AKIADEFAULT/") && by.contains("/eu-west-3/"), "{by}");

    // Lambda's variables come first, unless the chain is asked for, in which they come first as well.
    for script in [Script::default(), Script { provider_chain: true, ..Script::default() }] {
        let (url, by) = authorization(&script, &variables(""));
        assert_eq!(url, "https://dynamodb.eu-north-1.amazonaws.com");
        assert!(by.contains("Credential=ASIAEXAMPLE/"), "{by}");
    }

    // Half of them: the rest is looked for.
    let (_, by) = authorization(&Script::default(), &[("AWS_REGION", "eu-south-1")]);
    assert!(by.contains("Credential=AKIADEFAULT/") && by.contains("/eu-south-1/"), "{by}");

    // A profile's endpoint is connected to beforehand, by TLS.
    let script = Script { trust: Some(endpoint.authority().to_owned()), requests: 1, ..Script::default() };
    let variables = [&files[..], &[("AWS_PROFILE", "other")]].concat();
    assert_eq!(found(&run(&script, &variables)), 1);
    assert_eq!(endpoint.handshakes(1), 1);
}

#[cfg(feature = "provider-chain")]
#[test]
fn a_blank_region_is_none_for_the_chain_too() {
    for provider_chain in [false, true] {
        let script = Script { offline: true, provider_chain, ..Script::default() };
        let variables = [&variables("")[..], &[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", " ")]].concat();
        assert_eq!(run(&script, &variables).error.unwrap().0, "Region", "{provider_chain}");
    }
}

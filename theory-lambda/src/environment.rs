//! What Lambda's environment says: region, credentials, endpoint.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::Region;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryMode};
use aws_types::endpoint_config::AccountIdEndpointMode;

use crate::error::{InitError, InitErrorKind};

/// The settings of the SDK that are read from variables.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    pub(crate) region: Option<Region>,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) endpoint_url: Option<String>,
    pub(crate) use_fips: Option<bool>,
    pub(crate) use_dual_stack: Option<bool>,
    pub(crate) account_id_mode: Option<AccountIdEndpointMode>,
    pub(crate) retry: Option<RetryConfig>,
}

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_process() -> Result<Self, InitError> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// A blank variable is one that is not set, as everywhere in AWS.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, InitError> {
        let text = |name: &str| {
            variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let flag = |name: &'static str| match text(name) {
            None => Ok(None),
            Some(value) if value.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(value) if value.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(invalid(name, "neither true nor false")),
        };

        let is_ignored = flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.unwrap_or(false);
        let endpoint_url = if is_ignored {
            None
        } else {
            text("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| text("AWS_ENDPOINT_URL"))
        };
        let account_id_mode = match text("AWS_ACCOUNT_ID_ENDPOINT_MODE") {
            None => None,
            Some(mode) => {
                let mode = mode.to_ascii_lowercase().parse();
                Some(mode.map_err(|_| invalid("AWS_ACCOUNT_ID_ENDPOINT_MODE", "not a mode"))?)
            }
        };
        Ok(Self {
            region: text("AWS_REGION").or_else(|| text("AWS_DEFAULT_REGION")).map(Region::new),
            credentials: credentials(&text),
            endpoint_url,
            use_fips: flag("AWS_USE_FIPS_ENDPOINT")?,
            use_dual_stack: flag("AWS_USE_DUALSTACK_ENDPOINT")?,
            account_id_mode,
            retry: retry(&text)?,
        })
    }
}

fn credentials(text: &impl Fn(&str) -> Option<String>) -> Option<Credentials> {
    let mut credentials = Credentials::builder()
        .access_key_id(text("AWS_ACCESS_KEY_ID")?)
        .secret_access_key(text("AWS_SECRET_ACCESS_KEY")?)
        .provider_name("EnvironmentVariable");
    credentials.set_session_token(text("AWS_SESSION_TOKEN"));
    credentials.set_account_id(text("AWS_ACCOUNT_ID").map(Into::into));
    Some(credentials.build())
}

fn retry(text: &impl Fn(&str) -> Option<String>) -> Result<Option<RetryConfig>, InitError> {
    let mode = match text("AWS_RETRY_MODE") {
        None => None,
        Some(mode) => Some(mode.parse().map_err(|_| invalid("AWS_RETRY_MODE", "not a mode"))?),
    };
    let attempts = match text("AWS_MAX_ATTEMPTS") {
        None => None,
        Some(attempts) => match attempts.parse() {
            Ok(attempts @ 1..) => Some(attempts),
            _ => return Err(invalid("AWS_MAX_ATTEMPTS", "not a number of attempts")),
        },
    };
    if mode.is_none() && attempts.is_none() {
        return Ok(None);
    }
    let retry = match mode {
        Some(RetryMode::Adaptive) => RetryConfig::adaptive(),
        _ => RetryConfig::standard(),
    };
    Ok(Some(match attempts {
        Some(attempts) => retry.with_max_attempts(attempts),
        None => retry,
    }))
}

fn invalid(variable: &'static str, what: &str) -> InitError {
    InitError::new(InitErrorKind::Variable, format!("{variable} is {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, InitError> {
        Environment::read(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn endpoint(variables: &[(&str, &str)]) -> Option<String> {
        read(variables).expect("readable").endpoint_url
    }

    #[test]
    fn as_lambda_sets_it() {
        let read = read(&[
            ("AWS_REGION", "eu-central-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "token"),
        ])
        .expect("readable");
        assert_eq!(read.region.expect("a region").as_ref(), "eu-central-1");
        let credentials = read.credentials.expect("credentials");
        assert_eq!(credentials.access_key_id(), "id");
        assert_eq!(credentials.secret_access_key(), "secret");
        assert_eq!(credentials.session_token(), Some("token"));
        assert!(credentials.account_id().is_none() && read.endpoint_url.is_none() && read.retry.is_none());
    }

    #[test]
    fn half_of_the_credentials_are_none() {
        assert!(read(&[("AWS_ACCESS_KEY_ID", "id")]).expect("readable").credentials.is_none());
        let blank = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", " ")];
        assert!(read(&blank).expect("readable").credentials.is_none());
    }

    #[test]
    fn the_service_comes_before_all_services() {
        let both = [("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_DYNAMODB", "http://one")];
        assert_eq!(endpoint(&both).as_deref(), Some("http://one"));
        assert_eq!(endpoint(&both[..1]).as_deref(), Some("http://all"));
        let ignored = [both[0], both[1], ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE")];
        assert_eq!(endpoint(&ignored), None);
    }

    #[test]
    fn what_cannot_be_understood_is_not_ignored() {
        for (name, value) in [
            ("AWS_USE_FIPS_ENDPOINT", "yes"),
            ("AWS_USE_DUALSTACK_ENDPOINT", "1"),
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "on"),
            ("AWS_ACCOUNT_ID_ENDPOINT_MODE", "sometimes"),
            ("AWS_MAX_ATTEMPTS", "0"),
            ("AWS_MAX_ATTEMPTS", "many"),
            ("AWS_RETRY_MODE", "furious"),
        ] {
            let error = read(&[(name, value)]).expect_err(name);
            assert_eq!(error.kind(), InitErrorKind::Variable);
            assert!(error.to_string().contains(name), "{error}");
        }
        let read = read(&[("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_MAX_ATTEMPTS", "7")]).expect("readable");
        assert_eq!((read.use_fips, read.retry.map(|retry| retry.max_attempts())), (Some(true), Some(7)));
    }
}

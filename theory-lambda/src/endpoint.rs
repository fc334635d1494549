//! The endpoint, resolved once.
//!
//! The SDK's resolver remembers its last answer only for the very same question, and the name of the table is part of
//! the question. But the answer depends on the table only if an ARN names it, because that can carry the account whose
//! endpoint is to be used.

use aws_sdk_dynamodb::config::endpoint::{
    DefaultResolver, Endpoint, EndpointFuture, Params, ResolveEndpoint,
};
use aws_smithy_runtime_api::box_error::BoxError;

/// The endpoint of requests that name their tables by name.
#[derive(Debug)]
pub(crate) struct ResolvedOnce {
    params: Params,
    endpoint: Endpoint,
    /// For all others.
    resolver: DefaultResolver,
}

impl ResolvedOnce {
    pub(crate) async fn resolve(params: Params) -> Result<Self, BoxError> {
        let resolver = DefaultResolver::new();
        let endpoint = ResolveEndpoint::resolve_endpoint(&resolver, &params).await?;
        Ok(Self { params, endpoint, resolver })
    }

    pub(crate) fn url(&self) -> &str {
        self.endpoint.url()
    }

    /// Whether the question differs from ours in nothing but the names of tables.
    ///
    /// Both are compared whole, because newer versions of the SDK ask for more than what we know of.
    fn answers(&self, asked: &Params) -> bool {
        let is_arn = |name: &str| name.starts_with("arn:");
        if asked.resource_arn().is_some_and(is_arn)
            || asked.resource_arn_list().unwrap_or_default().iter().any(|name| is_arn(name))
        {
            return false;
        }
        let known = &self.params;
        Params::builder()
            .set_region(known.region().map(str::to_owned))
            .set_endpoint(known.endpoint().map(str::to_owned))
            .set_use_fips(known.use_fips())
            .set_use_dual_stack(known.use_dual_stack())
            .set_account_id(known.account_id().map(str::to_owned))
            .set_account_id_endpoint_mode(known.account_id_endpoint_mode().map(str::to_owned))
            .set_resource_arn(asked.resource_arn().map(str::to_owned))
            .set_resource_arn_list(asked.resource_arn_list().map(<[String]>::to_vec))
            .build()
            .is_ok_and(|same| same == *asked)
    }
}

impl ResolveEndpoint for ResolvedOnce {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        if self.answers(params) {
            EndpointFuture::ready(Ok(self.endpoint.clone()))
        } else {
            ResolveEndpoint::resolve_endpoint(&self.resolver, params)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> aws_sdk_dynamodb::config::endpoint::ParamsBuilder {
        Params::builder().region("eu-west-1").account_id_endpoint_mode("preferred")
    }

    async fn resolved(params: aws_sdk_dynamodb::config::endpoint::ParamsBuilder) -> ResolvedOnce {
        ResolvedOnce::resolve(params.build().expect("complete")).await.expect("an endpoint")
    }

    #[tokio::test]
    async fn it_answers_as_the_resolver_does() {
        let once = resolved(params()).await;
        assert_eq!(once.url(), "https://dynamodb.eu-west-1.amazonaws.com");
        let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/t";
        for (asked, is_known) in [
            (params().resource_arn("orders"), true),
            (params().resource_arn("other"), true),
            (params().resource_arn_list(vec!["a".into(), "b".into()]), true),
            (params().resource_arn(arn), false),
            (params().resource_arn_list(vec!["a".into(), arn.into()]), false),
            (params().account_id("123456789012"), false),
            (params().region("eu-west-2"), false),
            (params().use_fips(true), false),
            (params().use_dual_stack(true), false),
            (params().endpoint("http://127.0.0.1:1"), false),
            (params().account_id_endpoint_mode("disabled").resource_arn(arn), false),
        ] {
            let asked = asked.build().expect("complete");
            assert_eq!(once.answers(&asked), is_known, "{asked:?}");
            let expected = ResolveEndpoint::resolve_endpoint(&DefaultResolver::new(), &asked).await;
            let answer = once.resolve_endpoint(&asked).await;
            assert_eq!(answer.expect("an endpoint"), expected.expect("an endpoint"), "{asked:?}");
        }
    }

    #[tokio::test]
    async fn an_account_has_an_endpoint_of_its_own() {
        let once = resolved(params().account_id("123456789012")).await;
        assert_eq!(once.url(), "https://123456789012.ddb.eu-west-1.amazonaws.com");
    }
}

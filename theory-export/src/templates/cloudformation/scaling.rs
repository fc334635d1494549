//! Application Auto Scaling of provisioned capacity.

use super::{LONG_NAME, reference, substituted};
use crate::contract::Table;
use crate::templates::names::{Scope, fitted, pascal};
use crate::templates::node::{Map, Node};
use crate::templates::parts::{Scaling, scalings};

/// For each capacity that follows the use a target and its policy.
pub(super) fn resources(logical: &str, table: &Table, scope: &mut Scope) -> Vec<(String, Node)> {
    scalings(table).iter().flat_map(|scaling| pair(logical, scaling, scope)).collect()
}

fn pair(logical: &str, scaling: &Scaling<'_>, scope: &mut Scope) -> [(String, Node); 2] {
    let (resource, name) = match scaling.index {
        Some(index) => (format!("table/${{{logical}}}/index/{}", index.name), pascal(&index.name)),
        None => (format!("table/${{{logical}}}"), String::new()),
    };
    let direction = scaling.direction.as_str();
    let target = scope.give(fitted(format!("{logical}{name}{direction}Scaling"), LONG_NAME), "");
    let policy = scope.give(format!("{target}Policy"), "");
    let target_resource = Map::new().with("Type", "AWS::ApplicationAutoScaling::ScalableTarget").with(
        "Properties",
        Map::new()
            .with("ServiceNamespace", "dynamodb")
            .with("ResourceId", substituted(resource))
            .with("ScalableDimension", scaling.dimension())
            .with("MinCapacity", scaling.min)
            .with("MaxCapacity", scaling.max),
    );
    let tracking = Map::new()
        .with("PredefinedMetricSpecification", Map::new().with("PredefinedMetricType", scaling.metric()))
        .with("TargetValue", u64::from(scaling.target_percent));
    let policy_resource = Map::new().with("Type", "AWS::ApplicationAutoScaling::ScalingPolicy").with(
        "Properties",
        Map::new()
            .with("PolicyName", policy.as_str())
            .with("PolicyType", "TargetTrackingScaling")
            .with("ScalingTargetId", reference(&target))
            .with("TargetTrackingScalingPolicyConfiguration", tracking),
    );
    [(target, target_resource.into()), (policy, policy_resource.into())]
}

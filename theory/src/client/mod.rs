//! Everything that awaits DynamoDB.

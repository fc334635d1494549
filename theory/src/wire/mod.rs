//! DynamoDB JSON: reading and writing, without I/O.

//! The kit itself: that rules choose the requests they say, and that each fault is what DynamoDB, or the network, does.

mod batches;
mod budget;
mod deadlines;
mod loaded;
mod rules;
mod shapes;
mod spawned;
mod told;

//! Both sides of the wire: Aliyun's own examples, the simulator's checks, and the client against
//! the simulator and against servers that misbehave.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod client;
mod email;
mod gateway;
mod inbox;
mod signatures;
mod wire;

//! Aliyun's SMS service (短信服务), from both sides of the wire.
//!
//! [`Client`] sends messages: `SendSms` of Dysmsapi 2017-05-25, signed with signature version
//! 1.0 (HMAC-SHA1), over a `reqwest` client that you give. What Aliyun answers is an
//! [`Error`] with a closed [`Code`] and a [`Kind`] that says whose business it is. Nothing is
//! retried: `SendSms` is not idempotent, so a second try can be a second message.
//!
//! The feature `simulator` brings [`simulator`], a router that plays Aliyun: same parameters,
//! same signature check, same errors, and an inbox to read instead of a telephone.
//!
//! No phone number, code or secret stands in what this crate's types print.
//!
//! ```
//! # #[cfg(feature = "simulator")]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use moongate_aliyun_sms::simulator::{Account, Simulator};
//! use moongate_aliyun_sms::{Client, Config, SendSms};
//!
//! // Somebody has to answer. In production, leave this out and `endpoint` as it is.
//! let account = Account::default();
//! let simulator = Simulator::new(account.clone());
//! let inbox = simulator.inbox();
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let endpoint = format!("http://{}/", listener.local_addr()?).parse()?;
//! tokio::spawn(axum::serve(listener, simulator.router()).into_future());
//!
//! let mut config = Config::new(&account.access_key_id, account.access_key_secret.clone());
//! config.endpoint = endpoint;
//! let client = Client::new(config, moongate_aliyun_sms::http_client()?);
//!
//! let message = SendSms::new("13800138000", "月亮门", "SMS_200000002").param("code", "246810");
//! let sent = client.send_sms(&message).await?;
//! assert!(sent.biz_id.is_some());
//! assert_eq!(inbox.messages()[0].code.as_deref(), Some("246810"));
//! # Ok(())
//! # }
//! # #[cfg(feature = "simulator")]
//! # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
//! ```

mod client;
mod code;
mod error;
mod origin;
mod scrub;
mod secret;
pub mod signing;
#[cfg(feature = "simulator")]
pub mod simulator;

pub use client::{Client, Config, SendSms, SendSmsResponse, http_client};
pub use code::{Code, Kind};
pub use error::{Error, Refusal};
pub use origin::Stamp;
pub use secret::AccessKeySecret;

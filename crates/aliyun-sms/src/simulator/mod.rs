//! Plays Aliyun: the same endpoint, the same checks, the same errors, and an inbox.
//!
//! [`Simulator::router`] answers, below wherever it is mounted:
//! - `/`, GET and POST: the API. `SendSms` of Dysmsapi 2017-05-25 with signature version 1.0,
//!   parameters in query, form or both. A browser that comes without parameters is led to the
//!   inbox.
//! - `/inbox`: a page that shows new messages by itself, in English or Simplified Chinese.
//! - `/inbox.json`: the same for programs, newest first; `?phone=` takes any spelling, `?email=` an
//!   address. `POST` there puts an e-mail into the inbox, from this machine alone: whoever serves
//!   the router says who calls, by [`Router::into_make_service_with_connect_info`] with
//!   [`SocketAddr`](std::net::SocketAddr); without, every `POST` is refused.
//!
//! It sends nothing to anybody, keeps everything in memory, and bounds what it keeps. Anyone who
//! reaches it reads the inbox: bind it to loopback.
//!
//! It does not (yet) check ACS3 signatures, play other actions, or limit how often a number gets
//! a message.

mod account;
mod answer;
mod email;
mod gateway;
mod inbox;
mod nonces;
mod page;
mod phone;
mod phrases;
mod send_sms;

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use axum::Router;
use axum::routing::get;

pub use account::{Account, AccountError, Template};
pub use inbox::{CAPACITY, Delivery, Email, Inbox, Message, Sms};

use crate::origin;
use nonces::Nonces;

/// The other side of the wire. Clones share inbox and nonces.
#[derive(Clone)]
pub struct Simulator {
    account: Arc<Account>,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    ids: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
    nonces: Arc<Mutex<Nonces>>,
    inbox: Inbox,
    /// Tells this start from an earlier one, so that an open page notices.
    instance: String,
}

impl Simulator {
    /// A simulator that plays `account`, with the system's clock and random ids.
    pub fn new(account: Account) -> Self {
        Self {
            account: Arc::new(account),
            clock: Arc::new(origin::now),
            ids: Arc::new(origin::random),
            nonces: Arc::default(),
            inbox: Inbox::new(),
            instance: origin::hex(&origin::random()[..4]),
        }
    }

    /// The same simulator by another clock.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            clock: Arc::new(clock),
            ..self
        }
    }

    /// The same simulator with another source of ids: each `RequestId` and each `BizId` is made
    /// of the sixteen bytes of one call.
    #[must_use]
    pub fn with_ids(self, ids: impl Fn() -> [u8; 16] + Send + Sync + 'static) -> Self {
        Self {
            ids: Arc::new(ids),
            ..self
        }
    }

    /// The account that it plays.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// A handle to the inbox.
    pub fn inbox(&self) -> Inbox {
        self.inbox.clone()
    }

    /// The routes.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", get(gateway::gateway).post(gateway::gateway))
            .route("/inbox", get(page::inbox))
            .route("/inbox.json", get(page::inbox_json).post(email::receive))
            .route("/inbox.css", get(page::inbox_css))
            .route("/inbox.js", get(page::inbox_js))
            .with_state(self.clone())
    }

    fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Upper-case UUID (version 4), as Aliyun's `RequestId`.
    fn request_id(&self) -> String {
        let mut bytes = (self.ids)();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let groups = [
            &bytes[..4],
            &bytes[4..6],
            &bytes[6..8],
            &bytes[8..10],
            &bytes[10..],
        ];
        groups.map(origin::hex).join("-").to_uppercase()
    }

    /// Eighteen digits, `^`, an index, as Aliyun's `BizId`.
    fn biz_id(&self) -> String {
        const LEAST: u128 = 100_000_000_000_000_000;
        let number = LEAST + u128::from_be_bytes((self.ids)()) % (9 * LEAST);
        format!("{number}^0")
    }
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulator")
            .field("account", &self.account)
            .field("inbox", &self.inbox)
            .finish_non_exhaustive()
    }
}

//! The whole of Moongate in tests. It has no tests of its own: they are in `tests/it`.
//!
//! - [`TestApp`] is the server in process: the router that the program serves, on a SQLite file in
//!   a temporary folder, with a clock that is set, entropy that repeats and messages that are
//!   recorded. [`Visitor`] is a browser for it: cookies, and the headers of forms and links.
//! - [`LiveApp`] is the server, the Aliyun simulator and Bookstore on ports of this machine, by the
//!   real clock. [`Browser`] is Chromium, for it.
//!
//! Both hold what the repository's own `config/resources` declare. Whatever fails in here panics:
//! in a test, that is the report.

#![expect(
    clippy::unwrap_used,
    reason = "support of tests: a panic is the report"
)]

mod app;
mod axe;
mod chromium;
mod fuzz;
mod live;
mod log;
mod manager;
mod page;
mod phone_numbers;
mod post;
mod relying_party;
mod screen;
mod server;
mod tenant;
mod visitor;
mod webdriver;

pub use app::TestApp;
pub use chromium::{Browser, BrowserOptions, Scripts};
pub use fuzz::{fuzz_authorization_request, fuzz_token_request};
pub use live::LiveApp;
pub use log::Log;
pub use manager::Manager;
pub use page::Page;
pub use phone_numbers::fresh_number;
pub use relying_party::{RelyingParty, claims};
pub use screen::{Role, eventually};
pub use tenant::{BOOKSTORE_ID, BOOKSTORE_SECRET, BOOKSTORE_URL, MANAGEMENT_ID, MANAGEMENT_SECRET};
pub use visitor::Visitor;

//! Bookstore, the sample application of the walkthrough: a small shop whose visitors sign in
//! with Moongate. It shows what an application has to do for that, and that it is little:
//! [`router`] is all of it. It sells nothing and keeps nothing.

mod assets;
mod books;
mod pages;
mod routes;
mod settings;
mod words;

pub use routes::{router, router_with};
pub use settings::{Settings, SettingsError};

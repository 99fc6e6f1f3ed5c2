//! OpenID Connect sign-in for axum applications, from nothing to a protected route in ten
//! lines. It works with Moongate, with Logto, and with any OpenID provider.
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use moongate_client::{Client, Options, User};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::new(Options::from_env()?.scope("phone"))?;
//!     let app = Router::new()
//!         .route("/", get(|user: User| async move { format!("Hello {}", user.display_name()) }))
//!         .merge(client.routes())
//!         .layer(client.layer());
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//!     Ok(axum::serve(listener, app).await?)
//! }
//! ```
//!
//! Before you run it:
//!
//! 1. `cargo add moongate-client axum` and `cargo add tokio --features full`.
//! 2. Create a "Traditional web" application at the provider. Register
//!    `http://localhost:3000/Callback` as redirect URI and
//!    `http://localhost:3000/SignedOutCallback` as post sign-out redirect URI.
//! 3. Set `MOONGATE_APP_ENDPOINT`, `MOONGATE_APP_ID`, `MOONGATE_APP_SECRET` and
//!    `MOONGATE_APP_BASE_URL=http://localhost:3000`.
//!
//! What you get:
//!
//! - **Routes** ([`Client::routes`]): `/SignIn` starts (`?return_to=/path` comes back there;
//!   `first_screen`, `identifier`, `login_hint` and `ui_locales` are passed on), `/Callback`
//!   finishes, `/SignOut` signs out here and at the provider, `/SignedOutCallback` comes back.
//! - **Extractors** ([`User`], `Option<User>`, [`AccessToken`], [`AccessTokens`]): a page is
//!   redirected to sign in and returns to where it was, a program gets 401, htmx `HX-Redirect`.
//! - **Views**: [`authorize_view`] shows one thing to who is signed in and another to who isn't.
//! - **The protocol done right**: code flow with PKCE, state, nonce and issuer check, each
//!   attempt in a cookie of its own so that several tabs work at once; verified ID tokens;
//!   tokens renewed once however many requests need it; revocation and logout.
//! - **A provider that may be down**: the application starts without it; `/SignIn` says so
//!   then, and works once it is back. A session outlives an outage.
//!
//! Sessions live in memory unless [`ClientBuilder::session_store`] names another
//! `tower-sessions` store. They are this crate's own; for a session of the application's, add
//! `tower_sessions::SessionManagerLayer` under another cookie name.

mod attempt;
mod client;
mod clock;
mod cookie;
mod error;
mod layer;
mod memory;
mod options;
mod pages;
mod provider;
mod respond;
mod return_to;
mod routes;
mod session;
mod transport;
mod user;

pub use client::{Client, ClientBuilder};
pub use error::{Error, IdTokenFault};
pub use layer::{ClientLayer, ClientService};
pub use options::{Options, Secret};
pub use transport::{Transport, TransportError, TransportFuture, in_process};
pub use user::{AccessToken, AccessTokens, Rejection, User};

/// Shows `authorized` to who is signed in and `not_authorized` to who isn't: the counterpart of
/// Blazor's `AuthorizeView`, for any kind of markup.
///
/// ```
/// use moongate_client::{User, authorize_view};
///
/// fn greeting(user: Option<&User>) -> String {
///     authorize_view(
///         user,
///         |user| format!("Hello {}", user.display_name()),
///         || "Hello, whoever you are".to_owned(),
///     )
/// }
/// # assert_eq!(greeting(None), "Hello, whoever you are");
/// ```
pub fn authorize_view<'u, View>(
    user: Option<&'u User>,
    authorized: impl FnOnce(&'u User) -> View,
    not_authorized: impl FnOnce() -> View,
) -> View {
    match user {
        Some(user) => authorized(user),
        None => not_authorized(),
    }
}

//! The layer that tells each request which session it belongs to, and adds to each answer the
//! cookies that came up on the way. It reads nothing from the store by itself: a request that
//! asks nothing about the user costs nothing.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll};

use axum::extract::Request;
use axum::http::header::{HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use tower::{Layer, Service};
use tower_sessions::session::Id;

use crate::client::Client;
use crate::cookie;
use crate::error::Error;
use crate::session::{SESSION_LIFETIME, SignedIn};

/// Puts the client's session around an application's routes; made by `Client::layer`.
#[derive(Debug, Clone)]
pub struct ClientLayer {
    client: Client,
}

impl ClientLayer {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }
}

impl<S> Layer<S> for ClientLayer {
    type Service = ClientService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ClientService {
            inner,
            client: self.client.clone(),
        }
    }
}

/// A service with the client's session around it; made by [`ClientLayer`].
#[derive(Debug, Clone)]
pub struct ClientService<S> {
    inner: S,
    client: Client,
}

impl<S> Service<Request> for ClientService<S>
where
    S: Service<Request, Error = Infallible> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(task)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let scope = Arc::new(Scope::new(self.client.clone(), &request));
        request.extensions_mut().insert(Arc::clone(&scope));
        // The service that was polled ready is the one to call; its clone may not be ready.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        Box::pin(async move {
            let mut response = inner.call(request).await?.into_response();
            for value in scope.take_cookies() {
                response.headers_mut().append(SET_COOKIE, value);
            }
            Ok(response)
        })
    }
}

/// What the layer knows about one request.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) client: Client,
    /// The path and query under which the application was reached, as the layer saw them.
    pub(crate) path: String,
    session_id: Option<Id>,
    /// The session, once somebody asked.
    current: tokio::sync::OnceCell<Option<Arc<SignedIn>>>,
    cookies: Mutex<Vec<HeaderValue>>,
}

impl Scope {
    fn new(client: Client, request: &Request) -> Self {
        let sent = cookie::value(request.headers(), client.cookies().session_name());
        let session_id = sent.and_then(|value| value.parse().ok());
        let scope = Self {
            path: request
                .uri()
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .to_owned(),
            session_id,
            current: tokio::sync::OnceCell::new(),
            cookies: Mutex::default(),
            client,
        };
        if sent.is_some() && session_id.is_none() {
            scope.forget_session();
        }
        scope
    }

    /// The request's scope.
    ///
    /// # Errors
    /// [`Error::LayerMissing`] if the layer is not around the route.
    pub(crate) fn of(parts: &Parts) -> Result<Arc<Self>, Error> {
        parts
            .extensions
            .get::<Arc<Self>>()
            .cloned()
            .ok_or(Error::LayerMissing)
    }

    /// The id in the session cookie, whether or not there is such a session.
    pub(crate) fn session_id(&self) -> Option<Id> {
        self.session_id
    }

    /// Who is signed in; looked up once for each request.
    ///
    /// # Errors
    /// [`Error::SessionStore`].
    pub(crate) async fn current(&self) -> Result<Option<Arc<SignedIn>>, Error> {
        let Some(id) = self.session_id else {
            return Ok(None);
        };
        let current = self
            .current
            .get_or_try_init(|| async {
                let session = self.client.sessions().current(id).await?;
                if session.is_none() {
                    self.forget_session();
                }
                Ok(session.map(Arc::new))
            })
            .await?;
        Ok(current.clone())
    }

    /// Gives the browser the cookie of a new session.
    pub(crate) fn remember_session(&self, id: Id) {
        let jar = self.client.cookies();
        self.set_cookie(jar.set(jar.session_name(), &id.to_string(), SESSION_LIFETIME));
    }

    /// Takes the session's cookie away from the browser.
    pub(crate) fn forget_session(&self) {
        let jar = self.client.cookies();
        self.set_cookie(jar.remove(jar.session_name()));
    }

    /// Adds a `Set-Cookie` to the answer.
    pub(crate) fn set_cookie(&self, value: HeaderValue) {
        self.cookies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(value);
    }

    fn take_cookies(&self) -> Vec<HeaderValue> {
        std::mem::take(&mut *self.cookies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

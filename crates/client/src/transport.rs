//! How the client reaches the provider. The default goes over the network with reqwest; any
//! other transport can be put in its place, for example one that calls a router in the same
//! process. Time and size are limited here for all of them; redirects are never followed, since
//! a provider's redirect could point a token request at another machine.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response, StatusCode};
use tower::ServiceExt as _;

use crate::error::Error;

/// How long one call to the provider may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How large an answer of the provider may be, in bytes.
const MAX_RESPONSE: usize = 1024 * 1024;

/// The future that a [`Transport`] returns.
pub type TransportFuture =
    Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, TransportError>> + Send>>;

/// The call failed before an answer was there. Holds no detail on purpose: a transport's own
/// error may quote the URL or the body, which hold codes and tokens. A transport that wants its
/// reason in the log writes it there itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, thiserror::Error)]
#[error("the call failed")]
#[non_exhaustive]
pub struct TransportError;

impl TransportError {
    /// The call failed.
    pub fn new() -> Self {
        Self
    }
}

/// Sends one HTTP request to the provider. It must not follow redirects.
///
/// Closures of the shape `Fn(http::Request<Vec<u8>>) -> impl Future` are transports too.
pub trait Transport: Send + Sync + 'static {
    /// Sends the request and gives the answer, whatever its status.
    ///
    /// The returned future fails with [`TransportError`] when there is no answer.
    fn send(&self, request: Request<Vec<u8>>) -> TransportFuture;
}

impl<F, Answer> Transport for F
where
    F: Fn(Request<Vec<u8>>) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Result<Response<Vec<u8>>, TransportError>> + Send + 'static,
{
    fn send(&self, request: Request<Vec<u8>>) -> TransportFuture {
        Box::pin(self(request))
    }
}

/// The transport over the network.
pub(crate) struct Network(reqwest::Client);

impl Network {
    /// A client with its own connection pool.
    ///
    /// # Errors
    /// [`Error::ProviderUnavailable`] if TLS can't be set up on this machine.
    pub(crate) fn new() -> Result<Self, Error> {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .user_agent(concat!("moongate-client/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
            .map_err(|_| Error::ProviderUnavailable)
    }
}

impl Transport for Network {
    fn send(&self, request: Request<Vec<u8>>) -> TransportFuture {
        let client = self.0.clone();
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|_| TransportError)?;
            let mut answer = client.execute(request).await.map_err(|_| TransportError)?;
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await.map_err(|_| TransportError)? {
                if body.len() + chunk.len() > MAX_RESPONSE {
                    return Err(TransportError);
                }
                body.extend_from_slice(&chunk);
            }
            let mut response = Response::new(body);
            *response.status_mut() = answer.status();
            *response.headers_mut() = std::mem::take(answer.headers_mut());
            Ok(response)
        })
    }
}

/// A transport that hands each request to a router in this process: the provider and the
/// application share one program, or one test.
pub fn in_process(router: Router) -> impl Transport {
    move |request: Request<Vec<u8>>| {
        let router = router.clone();
        async move {
            let (mut parts, body) = request.into_parts();
            // On the wire the authority travels as `Host` and the URI is a bare path.
            if let Some(authority) = parts.uri.authority()
                && let Ok(host) = authority.as_str().parse()
            {
                parts.headers.insert(http::header::HOST, host);
            }
            if let Some(path) = parts.uri.path_and_query() {
                parts.uri = path.clone().into();
            }
            let answer = router
                .oneshot(Request::from_parts(parts, Body::from(body)))
                .await
                .map_err(|never| match never {})?;
            let (parts, body) = answer.into_parts();
            let body = axum::body::to_bytes(body, MAX_RESPONSE)
                .await
                .map_err(|_| TransportError)?;
            Ok(Response::from_parts(parts, body.into()))
        }
    }
}

/// A transport with the limits of this module around it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Outbound(Arc<dyn Transport>);

impl Outbound {
    /// Puts the limits around a transport.
    pub(crate) fn new(transport: impl Transport) -> Self {
        Self(Arc::new(transport))
    }

    /// Sends a request; the future owns all that it needs.
    pub(crate) fn send(&self, request: Request<Vec<u8>>) -> TransportFuture {
        let answer = self.0.send(request);
        Box::pin(async move {
            let response = tokio::time::timeout(TIMEOUT, answer)
                .await
                .map_err(|_elapsed| TransportError)??;
            if response.body().len() > MAX_RESPONSE {
                return Err(TransportError);
            }
            Ok(response)
        })
    }

    /// Fetches a JSON document.
    ///
    /// # Errors
    /// [`Error::ProviderUnavailable`] if there is no answer, or one with status 429 or 5xx;
    /// [`Error::InvalidProvider`] for another status than 200.
    pub(crate) async fn get_json(&self, url: &str, bearer: Option<&str>) -> Result<Vec<u8>, Error> {
        let unusable = Error::InvalidProvider {
            reason: "a document could not be fetched",
        };
        let mut request = Request::builder()
            .uri(url)
            .header(http::header::ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.header(http::header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Vec::new()).map_err(|_| unusable.clone())?;
        let answer = self
            .send(request)
            .await
            .map_err(|_| Error::ProviderUnavailable)?;
        match answer.status() {
            StatusCode::OK => Ok(answer.into_body()),
            status if is_trouble(status) => Err(Error::ProviderUnavailable),
            _ => Err(unusable),
        }
    }
}

/// Whether a status says that the provider is in trouble or has had enough for now, rather
/// than anything about the request.
pub(crate) fn is_trouble(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

impl fmt::Debug for Outbound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Outbound")
    }
}

//! Calls to addresses that a client or an administrator gave: logout tokens, key sets.
//!
//! One client and one guard for all of them, since such an address may be a way into our own
//! network. It refuses anything but https, and every address that is not public: after the look-up
//! of a name, so that no name can hide one, and for addresses in numbers. It follows no redirect,
//! uses no proxy, and gives up after five seconds or a mebibyte.

mod address;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moongate_core::{Outbound, OutboundError, OutboundResponse};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, RequestBuilder, redirect};
use url::{Host, Url};

use address::is_public;

/// How long a call may take, from the look-up of the name to the last byte.
const WHOLE_TIME: Duration = Duration::from_secs(5);

/// The longest body that is read.
const LONGEST_BODY: usize = 1024 * 1024;

/// Where calls may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses, by https.
    PublicHttps,
    /// Anywhere, also by http: for development alone.
    Anywhere,
}

/// The outside world behind the guard.
pub struct GuardedOutbound {
    client: Client,
    reach: Reach,
}

impl GuardedOutbound {
    /// A client that goes as far as `reach`.
    ///
    /// # Errors
    /// No root certificates, or no TLS.
    pub fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        Self::with_time(reach, WHOLE_TIME)
    }

    fn with_time(reach: Reach, time: Duration) -> Result<Self, reqwest::Error> {
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(time)
            .timeout(time);
        if reach == Reach::PublicHttps {
            builder = builder
                .https_only(true)
                .dns_resolver(Arc::new(PublicAddresses));
        }
        Ok(Self {
            client: builder.build()?,
            reach,
        })
    }

    fn checked(&self, url: &str) -> Result<Url, OutboundError> {
        let url = Url::parse(url).map_err(|_| OutboundError::Forbidden("it is no URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundError::Forbidden("it carries credentials"));
        }
        if self.reach == Reach::Anywhere {
            return Ok(url);
        }
        if url.scheme() != "https" {
            return Err(OutboundError::Forbidden("it is not https"));
        }
        // A name is looked at once it is looked up; an address in numbers never is.
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        if address.is_some_and(|address| !is_public(address)) {
            return Err(NotPublic::ERROR);
        }
        Ok(url)
    }

    async fn answer(request: RequestBuilder) -> Result<OutboundResponse, OutboundError> {
        let mut response = request.send().await.map_err(|error| why(&error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(OutboundError::Failed("the answer is longer than 1 MiB"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(OutboundResponse { status, body })
    }
}

#[async_trait]
impl Outbound for GuardedOutbound {
    async fn get(&self, url: &str) -> Result<OutboundResponse, OutboundError> {
        Self::answer(self.client.get(self.checked(url)?)).await
    }

    async fn post_form(
        &self,
        url: &str,
        fields: &[(&str, &str)],
    ) -> Result<OutboundResponse, OutboundError> {
        Self::answer(self.client.post(self.checked(url)?).form(fields)).await
    }
}

/// The system's resolver, without the addresses that are not public. The connection is made to
/// what is left, so that a second look-up can't lead elsewhere.
struct PublicAddresses;

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// A name that leads to no public address.
#[derive(Debug)]
struct NotPublic;

impl NotPublic {
    const ERROR: OutboundError = OutboundError::Forbidden("it leads into a private network");
}

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no public address")
    }
}

impl Error for NotPublic {}

/// What went wrong, without the address that the client's own error names.
fn why(error: &reqwest::Error) -> OutboundError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(found) = cause {
        if found.is::<NotPublic>() {
            return NotPublic::ERROR;
        }
        cause = found.source();
    }
    OutboundError::Failed(if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "the address can't be reached"
    } else {
        "the answer is broken"
    })
}

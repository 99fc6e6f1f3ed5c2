//! What every page route knows of this deployment: how it is reached, and how a page is answered.
//!
//! The only place that decides between fragment and document, and between `HX-Redirect` and 303.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use moongate_core::{InteractionId, Region};
use moongate_oidc::{AuthorizationResponse, Browser};
use moongate_web::pages::FormPost;
use moongate_web::{Chrome, Language, View, document, fragment};
use url::{Host, Url, form_urlencoded};

use crate::cookies::Cookies;
use crate::look::{Look, NewestLook};
use crate::request_id::RequestId;
use crate::settings::{Settings, Transport};

const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
const HX_HISTORY_RESTORE: HeaderName = HeaderName::from_static("hx-history-restore-request");
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// Queries past this are not made; addresses of 8 KiB pass every server and proxy.
const LONGEST_QUERY: usize = 7 * 1024;

/// This deployment, as page routes see it.
#[derive(Clone)]
pub(crate) struct Site(Arc<Inner>);

struct Inner {
    origin: String,
    base_path: String,
    transport: Transport,
    shows_discovery: bool,
    default_region: Option<Region>,
    cookies: Cookies,
    look: NewestLook,
}

/// What the browser says of itself.
pub(crate) struct Visitor {
    pub(crate) browser: Browser,
    pub(crate) language: Language,
    /// Whether the reader chose that language, so that nothing else changes it.
    chose_language: bool,
    /// The one that the browser likes best.
    accepted_language: Option<Language>,
    /// The country that a phone field begins with.
    pub(crate) region: Region,
    request_id: Option<String>,
    /// What the browser calls itself.
    pub(crate) user_agent: Option<String>,
    pub(crate) current_path: String,
    /// Proofs of single interactions, by their identifiers.
    proofs: HashMap<String, String>,
    wants_fragment: bool,
    pub(crate) is_htmx: bool,
    /// How pages look for this visitor.
    pub(crate) look: Arc<Look>,
}

impl Visitor {
    /// What this browser has to prove that an interaction is its own.
    pub(crate) fn proof(&self, id: &InteractionId) -> Option<String> {
        let own = self.proofs.get(id.as_str());
        own.or(self.browser.interactions.as_ref()).cloned()
    }

    /// Speaks, unless the reader chose a language: the one that the application asked for, else
    /// the browser's if that counts, else `fallback`.
    pub(crate) fn prefer(&mut self, ui_locales: Option<&str>, fallback: &str, auto_detect: bool) {
        if self.chose_language {
            return;
        }
        let wanted = ui_locales.and_then(Language::from_tags);
        let accepted = self.accepted_language.filter(|_| auto_detect);
        if let Some(language) = wanted.or(accepted).or_else(|| Language::from_tag(fallback)) {
            self.language = language;
        }
    }
}

impl Site {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self(Arc::new(Inner {
            origin: settings.origin(),
            base_path: settings.base_path(),
            transport: settings.transport,
            shows_discovery: settings.transport == Transport::LoopbackHttp,
            default_region: settings.default_region,
            cookies: Cookies::new(settings.transport),
            look: NewestLook::default(),
        }))
    }

    /// The endpoint's origin, as browsers write it in `Origin`.
    pub(crate) fn origin(&self) -> &str {
        &self.0.origin
    }

    pub(crate) fn cookies(&self) -> Cookies {
        self.0.cookies
    }

    /// Whether the front page names the discovery document: on a developer's machine.
    pub(crate) fn shows_discovery(&self) -> bool {
        self.0.shows_discovery
    }

    /// Whether browsers say of each request where it comes from (`Sec-Fetch-Site`): by https and on
    /// loopback. Elsewhere a form of a page with `no-referrer` has the origin `null`, and would be
    /// taken for another site's.
    pub(crate) fn has_fetch_metadata(&self) -> bool {
        self.0.transport != Transport::InsecureHttp
    }

    /// A path of ours under the deployment's base path.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.0.base_path)
    }

    /// Reads what the browser sent. `ui_locales` is what the application asked for;
    /// `current_path` is where the language switch comes back to.
    pub(crate) fn visitor(
        &self,
        headers: &HeaderMap,
        ui_locales: Option<&str>,
        current_path: impl Into<String>,
    ) -> Visitor {
        let has = |name: &HeaderName| headers.get(name).is_some_and(|value| value == "true");
        let accepted = headers.get(header::ACCEPT_LANGUAGE);
        let accepted = accepted
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let chosen = self.cookies().language(headers);
        let chosen = chosen.and_then(|tag| Language::from_tag(&tag));
        let accepted_language = Language::from_accept_language(accepted);
        let language = chosen
            .or_else(|| ui_locales.and_then(Language::from_tags))
            .or(accepted_language)
            .unwrap_or(Language::En);
        let is_htmx = has(&HX_REQUEST);
        Visitor {
            browser: self.cookies().browser(headers),
            proofs: self.cookies().interactions(headers),
            language,
            chose_language: chosen.is_some(),
            accepted_language,
            region: self.0.default_region.unwrap_or_else(|| match language {
                // By the language of the page, as Logto does.
                Language::ZhCn => Region::CHINA,
                Language::En => accepted_region(accepted).unwrap_or(Region::UNITED_STATES),
            }),
            request_id: headers
                .get(RequestId::HEADER)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            user_agent: headers
                .get(header::USER_AGENT)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            current_path: current_path.into(),
            wants_fragment: is_htmx && !has(&HX_HISTORY_RESTORE),
            is_htmx,
            look: self.0.look.get(),
        }
    }

    /// How pages look by the newest settings that this process has seen.
    pub(crate) fn look(&self) -> &NewestLook {
        &self.0.look
    }

    /// What surrounds every page for this visitor.
    pub(crate) fn chrome(&self, visitor: &Visitor) -> Chrome {
        Chrome {
            base_path: self.0.base_path.clone(),
            warns_of_http: self.0.transport == Transport::InsecureHttp,
            request_id: visitor.request_id.clone(),
            theme: visitor.look.theme.clone(),
            support: visitor.look.support.clone(),
            phrases: visitor.look.words(visitor.language),
            ..Chrome::new(visitor.language, visitor.current_path.clone())
        }
    }

    /// Answers with a page. `redirect_uri` is where a form on it may end up.
    pub(crate) fn page(
        &self,
        visitor: &Visitor,
        status: StatusCode,
        view: &dyn View,
        redirect_uri: Option<&str>,
    ) -> Response {
        let chrome = self.chrome(visitor);
        let markup = if visitor.wants_fragment {
            fragment(view, &chrome)
        } else {
            document(view, &chrome)
        };
        let mut response = Response::new(Body::from(markup.into_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, "text/html; charset=utf-8");
        set(header::CONTENT_LANGUAGE, visitor.language.tag());
        set(header::VARY, "Accept-Language, Cookie, HX-Request");
        set(header::CACHE_CONTROL, "no-store");
        set(header::REFERRER_POLICY, "same-origin");
        set(
            header::CONTENT_SECURITY_POLICY,
            &content_security_policy(redirect_uri, &visitor.look),
        );
        response
    }

    /// Sends the browser to another page of ours or to an application.
    pub(crate) fn go(&self, visitor: &Visitor, location: &str) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let name = if visitor.is_htmx && !self.is_page(location) {
            // htmx would follow a 303 by script, which can't leave this origin.
            *response.status_mut() = StatusCode::OK;
            HX_REDIRECT
        } else {
            header::LOCATION
        };
        match HeaderValue::from_str(location) {
            Ok(location) => response.headers_mut().insert(name, location),
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        no_trace(response.headers_mut());
        response
    }

    /// Has the browser load a page of ours as a whole, also where a script asked.
    pub(crate) fn reload(&self, visitor: &Visitor, location: &str) -> Response {
        if !visitor.is_htmx {
            return self.go(visitor, location);
        }
        let mut response = StatusCode::OK.into_response();
        if let Ok(location) = HeaderValue::from_str(location) {
            response.headers_mut().insert(HX_REDIRECT, location);
        }
        no_trace(response.headers_mut());
        response
    }

    /// A form that came without a session, perhaps because it came from another site: our cookies
    /// are `SameSite=Lax`, so they travel with the same request by GET. `None` if the request has
    /// its session, or is too long for an address.
    pub(crate) fn again_by_get(
        &self,
        visitor: &Visitor,
        path: &str,
        form: &str,
    ) -> Option<Response> {
        let fits = form.len() <= LONGEST_QUERY;
        (visitor.browser.session.is_none() && fits).then(|| {
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form_urlencoded::parse(form.as_bytes()))
                .finish();
            self.go(visitor, &self.path(&format!("{path}?{query}")))
        })
    }

    /// Whether a location shows a page of ours, with no further redirect.
    fn is_page(&self, location: &str) -> bool {
        let path = location.strip_prefix(&self.0.base_path);
        path.is_some_and(|path| {
            path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/oidc/")
        })
    }

    /// Delivers an answer to an application's redirect URI.
    pub(crate) fn answer(&self, visitor: &Visitor, answer: &AuthorizationResponse) -> Response {
        if let Some(location) = answer.location() {
            return self.go(visitor, &location);
        }
        let parameters = answer.parameters.iter();
        let parameters: Vec<_> = parameters
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let view = FormPost {
            app_name: &answer.application,
            redirect_uri: &answer.redirect_uri,
            parameters: &parameters,
        };
        let mut response = self.page(visitor, StatusCode::OK, &view, Some(&answer.redirect_uri));
        no_trace(response.headers_mut());
        response
    }
}

/// The region subtag of the first language tag, such as `GB` of `en-GB` (RFC 5646 §2.2.4).
fn accepted_region(accepted: &str) -> Option<Region> {
    let first = accepted.split([',', ';']).next()?;
    first.split('-').skip(1).find_map(Region::parse)
}

/// An answer with a code or token in it is neither stored nor named to the next site.
fn no_trace(headers: &mut HeaderMap) {
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Our own scripts and styles alone; forms may lead to us, and by our redirect to the application
/// or to where the tenant wants lost sign-ins to go.
fn content_security_policy(redirect_uri: Option<&str>, look: &Look) -> String {
    let lost = look.unknown_session_redirect_url.as_deref();
    let targets = [redirect_uri, lost].into_iter().flatten();
    let target: String = targets.filter_map(form_target).collect();
    let image_sources = &look.image_sources;
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:{image_sources}; base-uri 'none'; frame-ancestors 'none'; form-action 'self'{target}"
    )
}

/// The origin of a web address, the scheme of any other, as a CSP source.
fn form_target(redirect_uri: &str) -> Option<String> {
    let url = Url::parse(redirect_uri).ok()?;
    let origin = url.origin();
    // A content security policy can't name an IPv6 address.
    let is_named = origin.is_tuple() && !matches!(url.host(), Some(Host::Ipv6(_)));
    let source = if is_named {
        origin.ascii_serialization()
    } else {
        format!("{}:", url.scheme())
    };
    Some(format!(" {source}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_lead_to_this_application_alone() {
        let plain = Look::default();
        let policy = |uri| content_security_policy(Some(uri), &plain);
        assert!(
            policy("https://shop.example:8443/cb?x=1")
                .ends_with("form-action 'self' https://shop.example:8443")
        );
        assert!(policy("com.example.app:/cb").ends_with("form-action 'self' com.example.app:"));
        assert!(content_security_policy(None, &plain).ends_with("form-action 'self'"));
        let mut look = Look::default();
        look.unknown_session_redirect_url = Some("https://lost.example/x".into());
        assert!(
            content_security_policy(Some("com.example.app:/cb"), &look)
                .ends_with("form-action 'self' com.example.app: https://lost.example")
        );
    }
}

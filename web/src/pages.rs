//! Every page, one file each. A field carries a decision that the server has made.

mod code;
mod consent;
mod device;
mod error_page;
mod form_post;
mod home;
mod phone;
mod sign_out_confirm;
mod signed_out;
mod unknown_session;

pub use code::{Code, CodeState};
pub use consent::Consent;
pub use device::{Device, DeviceConfirm, DeviceDone};
pub use error_page::{Detail, ErrorPage, Fault};
pub use form_post::FormPost;
pub use home::Home;
pub use phone::{Phone, Screen, Terms};
pub use sign_out_confirm::SignOutConfirm;
pub use signed_out::SignedOut;
pub use unknown_session::UnknownSession;

use maud::{Markup, html};

use crate::{
    Chrome,
    phrases::{Phrase, name},
};

/// The way back to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayBack {
    /// The app's name.
    pub app_name: String,
    /// Where it is: an absolute http or https URL. Another scheme shows no link.
    pub url: String,
}

impl WayBack {
    fn link(way_back: Option<&Self>, chrome: &Chrome) -> Markup {
        // The link is an app's own text: `javascript:` and the like never become a link.
        let way_back = way_back.filter(|to| {
            ["https://", "http://"].iter().any(|scheme| {
                to.url
                    .get(..scheme.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
            })
        });
        html! {
            @if let Some(WayBack { app_name, url }) = way_back {
                p.actions {
                    a.primary href=(url) {
                        // A flex box would drop the space before the name.
                        span { (chrome.words().weave(Phrase::WayBack, &[("app", name(app_name))])) }
                    }
                }
            }
        }
    }
}

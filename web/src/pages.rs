//! Every page, one file each. A field carries a decision that the server has made.

mod account;
mod account_edit;
mod code;
mod consent;
mod continuation;
mod device;
mod error_page;
mod form_post;
mod home;
mod identify;
mod new_password;
mod password;
mod preview;
mod setup;
mod sign_out_confirm;
mod signed_out;
mod unknown_session;

pub use account::{
    Account, AccountChange, AccountNotice, AccountSession, AccountValue, PasswordValue,
};
pub use account_edit::{AccountEdit, AccountEditValue, StepUp};
pub use code::{Channel, Code, CodePurpose, CodeState};
pub use consent::Consent;
pub use continuation::{AgreeToTerms, Continue, Lacking, Standing};
pub use device::{Device, DeviceConfirm, DeviceDone};
pub use error_page::{Detail, ErrorPage, Fault};
pub use form_post::FormPost;
pub use home::Home;
pub use identify::{Identify, IdentifyNotice, NextStep, Screen};
pub use new_password::{AccountPassword, NewPassword, NewPasswordPurpose};
pub use password::Password;
pub use preview::{
    Preview, PreviewChoice, PreviewFinding, PreviewPage, PreviewScheme, PreviewWeight, PreviewWidth,
};
pub use setup::{Setup, SetupForm};
pub use sign_out_confirm::SignOutConfirm;
pub use signed_out::SignedOut;
pub use unknown_session::UnknownSession;

use maud::{Markup, html};

use crate::{
    Chrome, components,
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
        let way_back = way_back.filter(|to| components::is_web_address(&to.url));
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

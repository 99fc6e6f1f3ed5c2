//! `/account`: the overview.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use moongate_core::{EmailAddress, Recipient, StoreError, UnixMillis, User};
use moongate_experience::{AccountSession, SignInExperience, SignInIdentifier, Ways};
use moongate_web::pages::{
    Account, AccountChange, AccountNotice, AccountSession as ShownSession, AccountValue,
    PasswordValue,
};
use moongate_web::{Language, Moment, Problem};
use time::OffsetDateTime;

use super::user_agent::{browser, system};
use super::{AccountPages, Here, PATH, Saved, errors, status};

pub(super) async fn show(
    State(state): State<AccountPages>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match state.here(PATH, &query.unwrap_or_default(), &headers).await {
        Err(response) => response,
        Ok(here) => state.overview(&here, None).await,
    }
}

/// A session in the reader's words.
struct Told {
    id: String,
    is_this: bool,
    browser: Option<String>,
    system: Option<&'static str>,
    signed_in_at: String,
    applications: Vec<String>,
}

impl Told {
    fn new(of: AccountSession, language: Language) -> Self {
        let user_agent = of.session.user_agent.as_deref().unwrap_or_default();
        Self {
            browser: browser(user_agent),
            system: system(user_agent),
            signed_in_at: moment(of.session.created_at)
                .map_or_else(String::new, |moment| moment.words(language)),
            id: of.session.id.to_string(),
            is_this: of.is_present,
            applications: of.applications,
        }
    }
}

impl AccountPages {
    /// The overview, with what did not go well.
    pub(super) async fn overview(&self, here: &Here, alert: Option<Problem>) -> Response {
        let sessions = self.experience.account_sessions(&here.session_cookie).await;
        let sessions = match sessions {
            Ok(sessions) => sessions,
            Err(error) => {
                return match self.failed(here, error, None).await {
                    Err(response) => response,
                    // The session ended in this very moment.
                    Ok(_) => self.sign_in(&here.visitor),
                };
            }
        };
        let allowed = match self.allowed(here).await {
            Ok(allowed) => allowed,
            Err(error) => return errors::store(&self.site, &here.visitor, &error),
        };
        let language = here.visitor.language;
        let told: Vec<_> = sessions
            .into_iter()
            .map(|session| Told::new(session, language))
            .collect();
        let apps: Vec<Vec<&str>> = told
            .iter()
            .map(|session| session.applications.iter().map(String::as_str).collect())
            .collect();
        let sessions: Vec<_> = told
            .iter()
            .zip(&apps)
            .map(|(session, apps)| ShownSession {
                id: &session.id,
                is_this: session.is_this,
                browser: session.browser.as_deref(),
                system: session.system,
                signed_in_at: &session.signed_in_at,
                apps,
            })
            .collect();
        let user = &here.account.user;
        let email = user.primary_email.clone().map(EmailAddress::from_stored);
        let email = email.map(|email| Recipient::Email(email).masked());
        let phone = user
            .primary_phone
            .as_ref()
            .map(moongate_core::Phone::masked);
        let value = |shown, allows| AccountValue { shown, allows };
        let notice = Saved::parse(here.field("saved")).filter(|_| alert.is_none());
        let view = Account {
            name: value(
                user.name.as_deref(),
                if user.name.is_some() {
                    AccountChange::EditAndRemove
                } else {
                    AccountChange::Edit
                },
            ),
            username: value(user.username.as_deref(), allowed.username),
            email: value(email.as_deref(), allowed.email),
            phone: value(phone.as_deref(), allowed.phone),
            password: password_value(user, &here.account.settings),
            sessions: &sessions,
            notice: notice.map(|saved| match saved {
                Saved::Value => AccountNotice::Saved,
                Saved::Removed => AccountNotice::Removed,
                Saved::Password => AccountNotice::PasswordChanged,
                Saved::Session => AccountNotice::SessionEnded,
                Saved::OtherSessions => AccountNotice::OtherSessionsEnded,
            }),
            alert,
        };
        self.site.page(&here.visitor, status(alert), &view, None)
    }

    async fn allowed(&self, here: &Here) -> Result<Allowed, StoreError> {
        let account = &here.account;
        let mut allowed = Allowed {
            username: AccountChange::Nothing,
            email: AccountChange::Nothing,
            phone: AccountChange::Nothing,
        };
        if self.may_choose(account, SignInIdentifier::Username).await? {
            allowed.username = AccountChange::Edit;
        }
        for (kind, change) in [
            (SignInIdentifier::Email, &mut allowed.email),
            (SignInIdentifier::Phone, &mut allowed.phone),
        ] {
            if self.may_choose(account, kind).await? {
                *change = if can_do_without(&account.user, kind, &account.settings) {
                    AccountChange::EditAndRemove
                } else {
                    AccountChange::Edit
                };
            }
        }
        Ok(allowed)
    }
}

/// What may be done with identifiers.
struct Allowed {
    username: AccountChange,
    email: AccountChange,
    phone: AccountChange,
}

/// Whether somebody still could sign in without that identifier.
fn can_do_without(user: &User, kind: SignInIdentifier, settings: &SignInExperience) -> bool {
    let mut without = user.clone();
    match kind {
        SignInIdentifier::Username => without.username = None,
        SignInIdentifier::Email => without.primary_email = None,
        SignInIdentifier::Phone => without.primary_phone = None,
    }
    !Ways::of(&without, settings).is_empty()
}

fn password_value(user: &User, settings: &SignInExperience) -> PasswordValue {
    match (settings.has_passwords(), user.password_hash.is_some()) {
        (false, _) => PasswordValue::Hidden,
        (true, false) => PasswordValue::Unset,
        (true, true) => PasswordValue::Set,
    }
}

/// A time on the calendar; none for times that no calendar has.
fn moment(at: UnixMillis) -> Option<Moment> {
    let at = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).ok()?;
    Some(Moment {
        year: at.year(),
        month: at.month().into(),
        day: at.day(),
        hour: at.hour(),
        minute: at.minute(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_stands_on_the_calendar() {
        let moment = moment(UnixMillis(1_795_813_512_345)).unwrap();
        assert_eq!(moment.words(Language::En), "27 Nov 2026, 21:05 UTC");
    }
}

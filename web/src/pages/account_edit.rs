//! The page that changes one value of the account, and the one that asks for proof before it.

use maud::{Markup, html};

use super::Channel;
use crate::{
    Chrome, FieldProblem, IdentifierField, Problem, View, components,
    fields::{self, Filling},
    phrases::{Phrase, name},
};

/// Asks for one value of the account, posted to the address of its row.
pub struct AccountEdit<'a> {
    /// Which, and the field.
    pub value: AccountEditValue<'a>,
    /// What is wrong beside the field.
    pub alert: Option<Problem>,
}

/// The value that is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountEditValue<'a> {
    /// The name: the field `name`, posted to `/account/name`.
    Name {
        /// What was typed, or the present one.
        value: &'a str,
        /// What is wrong with it.
        error: Option<FieldProblem>,
    },
    /// The user name: the field `identifier`, posted to `/account/username`.
    Username(IdentifierField<'a>),
    /// The e-mail address, which a code is sent to: `identifier`, to `/account/email`.
    Email(IdentifierField<'a>),
    /// The phone number, which a code is sent to: `identifier` and `region`, to `/account/phone`.
    Phone(IdentifierField<'a>),
}

/// Asks the user to prove who they are before something changes: by the password, the field
/// `password` posted to `/account/step-up/password`, or by a code, the field `channel`, `sms` or
/// `email`, posted to `/account/step-up/code`.
pub struct StepUp<'a> {
    /// The account, as password managers know it.
    pub identifier: &'a str,
    /// Whether it has a password to prove it by.
    pub asks_password: bool,
    /// Where a code may be sent: the channel, and the address, masked.
    pub codes: &'a [(Channel, &'a str)],
    /// What is wrong with the password.
    pub error: Option<FieldProblem>,
    /// What is wrong beside it.
    pub alert: Option<Problem>,
}

impl AccountEditValue<'_> {
    fn path(&self) -> &'static str {
        match self {
            Self::Name { .. } => "/account/name",
            Self::Username(_) => "/account/username",
            Self::Email(_) => "/account/email",
            Self::Phone(_) => "/account/phone",
        }
    }

    fn heading(&self) -> Phrase {
        match self {
            Self::Name { .. } => Phrase::EditName,
            Self::Username(_) => Phrase::EditUsername,
            Self::Email(_) => Phrase::EditEmail,
            Self::Phone(_) => Phrase::EditPhone,
        }
    }

    fn lead(&self) -> Option<Phrase> {
        match self {
            Self::Name { .. } | Self::Username(_) => None,
            Self::Email(_) => Some(Phrase::EmailLead),
            Self::Phone(_) => Some(Phrase::PhoneLead),
        }
    }

    fn field(&self, chrome: &Chrome) -> Markup {
        match self {
            Self::Name { value, error } => {
                let error = error.map(|error| error.plain_words(chrome.words()));
                html! {
                    div.field {
                        label for="name" { (chrome.text(Phrase::AccountName)) }
                        input #name type="text" name="name" value=(value) autocomplete="name"
                            maxlength="128" autofocus dir="auto"
                            aria-invalid=[error.as_ref().map(|_| "true")]
                            aria-describedby=[error.as_ref().map(|_| "name-error")];
                    }
                    (components::field_error("name-error", error.as_deref()))
                }
            }
            Self::Username(field) => field.render(chrome, Filling::Account, true),
            Self::Email(field) | Self::Phone(field) => field.render(chrome, Filling::Person, true),
        }
    }
}

impl View for AccountEdit<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(self.value.heading())
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        let button = match self.value.lead() {
            Some(_) => Phrase::ActionContinue,
            None => Phrase::ActionSave,
        };
        let fields = html! {
            (self.value.field(chrome))
            (components::primary(&chrome.text(button)))
        };
        html! {
            h1 tabindex="-1" { (chrome.text(self.value.heading())) }
            @if let Some(lead) = self.value.lead() { p.lead { (chrome.text(lead)) } }
            (components::alert(chrome, self.alert))
            (components::swapping_form(chrome, self.value.path(), None, None, &fields))
            div.actions { (components::back_to_account(chrome)) }
        }
    }
}

impl StepUp<'_> {
    fn password(&self, chrome: &Chrome) -> Markup {
        let fields = html! {
            (fields::shown_identifier(chrome, self.identifier))
            (fields::present_password(
                chrome, "password", Phrase::PasswordLabel, self.error, true,
            ))
            (components::primary(&chrome.text(Phrase::ActionContinue)))
        };
        components::swapping_form(chrome, "/account/step-up/password", None, None, &fields)
    }

    fn codes(&self, chrome: &Chrome) -> Markup {
        let class = if self.asks_password {
            "secondary"
        } else {
            "primary"
        };
        let buttons = html! {
            @for (channel, masked) in self.codes {
                @let (value, keep) = match channel {
                    // A number is short, and hard to read in two pieces.
                    Channel::Sms => ("sms", Some("keep")),
                    Channel::Email => ("email", None),
                };
                @let recipient = html! { span class=[keep] { (name(masked)) } };
                button class=(class) type="submit" name="channel" value=(value) {
                    // A flex box would drop the space before the address.
                    span { (chrome.words().weave(Phrase::StepUpCode, &[("recipient", recipient)])) }
                }
            }
        };
        components::swapping_form(chrome, "/account/step-up/code", None, None, &buttons)
    }
}

impl View for StepUp<'_> {
    fn title(&self, chrome: &Chrome) -> String {
        chrome.text(Phrase::StepUpTitle)
    }

    fn body(&self, chrome: &Chrome) -> Markup {
        html! {
            h1 tabindex="-1" { (chrome.text(Phrase::StepUpTitle)) }
            p.lead { (chrome.text(Phrase::StepUpLead)) }
            (components::alert(chrome, self.alert))
            @if self.asks_password { (self.password(chrome)) }
            @if !self.codes.is_empty() { (self.codes(chrome)) }
            div.actions { (components::back_to_account(chrome)) }
        }
    }
}

//! A message as it goes over the wire. lettre encodes every header (RFC 2047), so that no text
//! can begin another one; date, identifier and boundaries are its own too.

use lettre::message::header::{ContentType, HeaderValue, MessageId};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use moongate_core::VerificationMessage;

use super::SmtpConfig;
use super::template::{self, Filled};
use crate::email::Email;

/// The e-mail for `message` to `to`.
///
/// # Errors
/// lettre's: a header or an address that it can't write.
pub(super) fn compose(
    config: &SmtpConfig,
    to: Mailbox,
    message: &VerificationMessage,
) -> Result<Message, lettre::error::Error> {
    let mut mail = written(config, to, message)?;
    // lettre puts this machine's name behind its random part, which is nobody's business.
    let headers = mail.headers_mut();
    if let Some(random) = headers.get_raw("Message-ID").and_then(random_part) {
        let id = format!("{random}@{}>", config.from.email.domain());
        headers.set(MessageId::from(id));
    }
    Ok(mail)
}

/// What stands before the `@`, with the `<` in front.
fn random_part(id: &str) -> Option<String> {
    id.split_once('@').map(|(random, _)| random.to_owned())
}

fn written(
    config: &SmtpConfig,
    to: Mailbox,
    message: &VerificationMessage,
) -> Result<Message, lettre::error::Error> {
    let mut builder = Message::builder()
        .from(config.from.clone())
        .to(to)
        .message_id(None);
    if let Some(reply_to) = &config.reply_to {
        builder = builder.reply_to(reply_to.clone());
    }
    for (name, value) in &config.custom_headers {
        builder = builder.raw_header(HeaderValue::new(name.clone(), value.clone()));
    }
    let template = template::choose(&config.templates, message.usage);
    match template.map(|template| template.fill(message)) {
        Some(Filled::Text { subject, text }) => {
            builder.subject(subject).singlepart(SinglePart::plain(text))
        }
        Some(Filled::Html { subject, html }) => {
            builder.subject(subject).singlepart(SinglePart::html(html))
        }
        None => {
            let email = Email::built_in(message);
            let text = SinglePart::builder()
                .header(ContentType::TEXT_PLAIN)
                .body(email.text);
            let html = SinglePart::builder()
                .header(ContentType::TEXT_HTML)
                .body(email.html);
            let both = MultiPart::alternative().singlepart(text).singlepart(html);
            builder.subject(email.subject).multipart(both)
        }
    }
}

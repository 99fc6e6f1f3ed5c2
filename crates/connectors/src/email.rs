//! What an e-mail with a verification code says where no template says otherwise: our own texts,
//! in English and Simplified Chinese. No link stands in them: who gets used to links in such
//! e-mails follows the next forged one.

use moongate_core::VerificationMessage;

mod phrases;
#[cfg(test)]
mod tests;

/// Longest name of an application in a text, characters.
const LONGEST_NAME: usize = 80;

/// An e-mail, but for sender and recipient.
pub(crate) struct Email {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Email {
    /// The e-mail for a message, in the language of the page that asked, or in English.
    pub(crate) fn built_in(message: &VerificationMessage) -> Self {
        let phrases = phrases::choose(&message.language);
        let application = application_name(&message.application);
        let named = |phrase: &str| phrase.replace("{application}", &application);
        let words = phrases.words(message.usage);
        let (subject, lead) = (named(words.subject), named(words.lead));
        let code = message.code.expose();
        let text = format!(
            "{lead}\n\n{code}\n\n{}\n{}\n\n{}\n",
            phrases.lifetime, phrases.keep, phrases.ignore
        );
        let html = format!(
            "<!DOCTYPE html>\n\
             <html lang=\"{language}\">\n\
             <head>\n\
             <meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{subject}</title>\n\
             </head>\n\
             <body style=\"margin:0;padding:24px;background:#f5f2ea;color:#23302b;\
             font:16px/1.6 sans-serif\">\n\
             <div style=\"max-width:480px;margin:0 auto;padding:24px;background:#fffdf8;\
             border:1px solid #e3dccb;border-radius:12px\">\n\
             <p style=\"margin:0\">{lead}</p>\n\
             <p style=\"margin:16px 0;font:bold 32px/1.3 monospace;letter-spacing:6px;\
             color:#2f5d50\">{code}</p>\n\
             <p style=\"margin:0\">{lifetime}<br>{keep}</p>\n\
             <p style=\"margin:16px 0 0;color:#66706a;font-size:14px\">{ignore}</p>\n\
             </div>\n\
             </body>\n\
             </html>\n",
            language = phrases.language,
            subject = escape(&subject),
            lead = escape(&lead),
            code = escape(code),
            lifetime = escape(phrases.lifetime),
            keep = escape(phrases.keep),
            ignore = escape(phrases.ignore),
        );
        Self {
            subject,
            text,
            html,
        }
    }
}

/// The name of an application as one short line: an administrator of an application wrote it, and
/// it is to look like nothing else in a text.
pub(crate) fn application_name(name: &str) -> String {
    let spaced = name.replace(|char: char| char.is_control() || char.is_whitespace(), " ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(LONGEST_NAME).collect();
    if line.is_empty() {
        "Moongate".to_owned()
    } else {
        line
    }
}

/// Text as HTML, fit for elements and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(char),
        }
    }
    escaped
}

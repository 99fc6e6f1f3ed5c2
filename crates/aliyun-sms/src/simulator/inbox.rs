//! The inbox: what would have reached somebody's telephone or mailbox.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tokio::sync::watch;

use super::phone;

/// The inbox keeps this many messages, the newest.
pub const CAPACITY: usize = 1_000;

const RFC_3339: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A message in the inbox. In JSON, as `/inbox.json` shows it, it is one flat object that names its
/// `channel`, `sms` or `email`; see [`Delivery`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// When it came. In JSON: RFC 3339, UTC, milliseconds.
    pub received_at: SystemTime,
    /// Of a text message: as a telephone shows it, sign name in 【】, then the filled template. Of
    /// an e-mail: its plain text.
    pub text: String,
    /// The code in it, if there is one.
    pub code: Option<String>,
    /// How it came, and what only messages that came so have.
    pub delivery: Delivery,
}

/// How a message came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// To a telephone, through `SendSms`.
    Sms(Sms),
    /// To a mailbox, through `POST /inbox.json`. Its JSON also has the keys of a text message, all
    /// `null`: who reads those of every row finds them.
    Email(Email),
}

/// What only a text message has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sms {
    /// To whom, with `+` and digits.
    pub phone: String,
    /// In whose name.
    pub sign_name: String,
    /// By which template.
    pub template_code: String,
    /// What filled the template; its variable `code` is [`Message::code`].
    pub template_param: BTreeMap<String, String>,
    /// Aliyun's id of the message.
    pub biz_id: String,
    /// The sender's own id.
    pub out_id: Option<String>,
}

/// What only an e-mail has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Email {
    /// To which address, as it was sent.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// Its body as HTML, if it has one. Nothing here renders it.
    pub html: Option<String>,
}

impl Message {
    /// What a text message has; nothing of an e-mail.
    pub fn sms(&self) -> Option<&Sms> {
        match &self.delivery {
            Delivery::Sms(sms) => Some(sms),
            Delivery::Email(_) => None,
        }
    }

    /// What an e-mail has; nothing of a text message.
    pub fn email(&self) -> Option<&Email> {
        match &self.delivery {
            Delivery::Email(email) => Some(email),
            Delivery::Sms(_) => None,
        }
    }

    /// [`Message::received_at`] as JSON has it.
    pub(super) fn received_at_text(&self) -> String {
        OffsetDateTime::from(self.received_at)
            .format(RFC_3339)
            .expect("every component of the format is a component of a UTC date")
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The keys of a text message, in an e-mail.
        #[derive(Default, Serialize)]
        struct NoSms {
            phone: Option<()>,
            sign_name: Option<()>,
            template_code: Option<()>,
            template_param: Option<()>,
            biz_id: Option<()>,
            out_id: Option<()>,
        }
        #[derive(Serialize)]
        #[serde(tag = "channel", rename_all = "lowercase")]
        enum Row<'a> {
            Sms {
                received_at: String,
                #[serde(flatten)]
                sms: &'a Sms,
                text: &'a str,
                code: Option<&'a str>,
            },
            Email {
                received_at: String,
                #[serde(flatten)]
                email: &'a Email,
                text: &'a str,
                code: Option<&'a str>,
                #[serde(flatten)]
                no_sms: NoSms,
            },
        }
        let received_at = self.received_at_text();
        let text = &self.text;
        let code = self.code.as_deref();
        match &self.delivery {
            Delivery::Sms(sms) => Row::Sms {
                received_at,
                sms,
                text,
                code,
            },
            Delivery::Email(email) => Row::Email {
                received_at,
                email,
                text,
                code,
                no_sms: NoSms::default(),
            },
        }
        .serialize(serializer)
    }
}

/// A handle to the simulator's inbox, to read messages in the same process. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    newest_first: Arc<Mutex<VecDeque<Arc<Message>>>>,
    revision: watch::Sender<u64>,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self {
            newest_first: Arc::default(),
            revision: watch::Sender::new(0),
        }
    }

    /// All messages, newest first; at most [`CAPACITY`].
    pub fn messages(&self) -> Vec<Arc<Message>> {
        self.lock().iter().cloned().collect()
    }

    /// The messages to one number, in any spelling, newest first.
    pub fn messages_to(&self, phone: &str) -> Vec<Arc<Message>> {
        let Some(phone) = phone::any_spelling(phone) else {
            return Vec::new();
        };
        self.those_where(|message| message.sms().is_some_and(|sms| sms.phone == phone))
    }

    /// The e-mails to one address, whatever its case, newest first.
    pub fn emails_to(&self, address: &str) -> Vec<Arc<Message>> {
        let address = address.trim().to_lowercase();
        let is_for = |email: &Email| email.to.to_lowercase() == address;
        self.those_where(|message| message.email().is_some_and(is_for))
    }

    fn those_where(&self, is_wanted: impl Fn(&Message) -> bool) -> Vec<Arc<Message>> {
        let messages = self.lock();
        let wanted = messages.iter().filter(|message| is_wanted(message));
        wanted.cloned().collect()
    }

    /// Waits until at least `count` messages to one number are there, and gives all of them,
    /// newest first. For tests of a program that sends in the background; it waits for ever if
    /// nothing comes, so put a deadline around it.
    pub async fn wait_for(&self, phone: &str, count: usize) -> Vec<Arc<Message>> {
        self.wait_until(count, || self.messages_to(phone)).await
    }

    /// The same of e-mails to one address.
    pub async fn wait_for_email(&self, address: &str, count: usize) -> Vec<Arc<Message>> {
        self.wait_until(count, || self.emails_to(address)).await
    }

    async fn wait_until(
        &self,
        count: usize,
        look: impl Fn() -> Vec<Arc<Message>>,
    ) -> Vec<Arc<Message>> {
        let mut changes = self.revision.subscribe();
        loop {
            changes.borrow_and_update();
            let messages = look();
            if messages.len() >= count {
                return messages;
            }
            changes.changed().await.expect("the sender lives in `self`");
        }
    }

    /// How many messages ever came.
    pub(super) fn revision(&self) -> u64 {
        *self.revision.borrow()
    }

    pub(super) fn receive(&self, message: Message) {
        let mut messages = self.lock();
        messages.truncate(CAPACITY - 1);
        messages.push_front(Arc::new(message));
        drop(messages);
        self.revision.send_modify(|revision| *revision += 1);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Message>>> {
        // Nothing that can panic happens under the lock.
        self.newest_first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox")
            .field("messages", &self.lock().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn message(phone: &str, second: u64) -> Message {
        Message {
            received_at: UNIX_EPOCH + Duration::from_secs(second),
            text: "【月亮门】".to_owned(),
            code: None,
            delivery: Delivery::Sms(Sms {
                phone: phone.to_owned(),
                sign_name: "月亮门".to_owned(),
                template_code: "SMS_1".to_owned(),
                template_param: BTreeMap::new(),
                biz_id: second.to_string(),
                out_id: None,
            }),
        }
    }

    fn email(to: &str) -> Message {
        Message {
            received_at: UNIX_EPOCH,
            text: "246810".to_owned(),
            code: Some("246810".to_owned()),
            delivery: Delivery::Email(Email {
                to: to.to_owned(),
                subject: "Sign in".to_owned(),
                html: None,
            }),
        }
    }

    fn biz_id(message: &Message) -> &str {
        &message.sms().unwrap().biz_id
    }

    #[test]
    fn the_inbox_keeps_the_newest_thousand() {
        let inbox = Inbox::new();
        for second in 0..1_003 {
            inbox.receive(message("+8613800138000", second));
        }
        let messages = inbox.messages();
        assert_eq!(messages.len(), CAPACITY);
        assert_eq!(biz_id(&messages[0]), "1002");
        assert_eq!(biz_id(&messages[CAPACITY - 1]), "3");
        assert_eq!(inbox.revision(), 1_003);
    }

    #[test]
    fn a_number_finds_only_its_own() {
        let inbox = Inbox::new();
        inbox.receive(message("+8613800138000", 1));
        inbox.receive(message("+85261234567", 2));
        assert_eq!(biz_id(&inbox.messages_to("138 0013 8000")[0]), "1");
        assert_eq!(inbox.messages_to("85261234567").len(), 1);
        assert!(inbox.messages_to("13900139000").is_empty());
        assert!(inbox.messages_to("nobody").is_empty());
    }

    #[test]
    fn an_address_finds_only_its_own() {
        let inbox = Inbox::new();
        inbox.receive(email("alice@example.com"));
        inbox.receive(message("+8613800138000", 1));
        assert_eq!(inbox.emails_to(" Alice@Example.com ").len(), 1);
        assert!(inbox.emails_to("bob@example.com").is_empty());
        assert!(inbox.emails_to("").is_empty());
        assert!(inbox.messages_to("").is_empty());
    }

    #[test]
    fn an_email_has_the_keys_of_a_text_message_too() {
        let json = serde_json::to_value(email("alice@example.com")).unwrap();
        let expected = serde_json::json!({
            "channel": "email", "received_at": "1970-01-01T00:00:00.000Z",
            "to": "alice@example.com", "subject": "Sign in", "text": "246810", "html": null,
            "code": "246810", "phone": null, "sign_name": null, "template_code": null,
            "template_param": null, "biz_id": null, "out_id": null,
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn no_key_is_left_out_of_the_json() {
        let json = serde_json::to_value(message("+8613800138000", 0)).unwrap();
        let expected = serde_json::json!({
            "channel": "sms", "received_at": "1970-01-01T00:00:00.000Z",
            "phone": "+8613800138000", "sign_name": "月亮门", "template_code": "SMS_1",
            "template_param": {}, "text": "【月亮门】", "code": null, "biz_id": "0", "out_id": null,
        });
        assert_eq!(json, expected);
    }

    #[tokio::test]
    async fn waiting_for_an_email_ends_when_it_comes() {
        let inbox = Inbox::new();
        let waiting = inbox.clone();
        let task =
            tokio::spawn(async move { waiting.wait_for_email("alice@example.com", 1).await });
        inbox.receive(message("+85261234567", 2));
        inbox.receive(email("alice@example.com"));
        assert_eq!(task.await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn waiting_ends_when_the_message_comes() {
        let inbox = Inbox::new();
        inbox.receive(message("+8613800138000", 1));
        let waiting = inbox.clone();
        let task = tokio::spawn(async move { waiting.wait_for("13800138000", 2).await });
        inbox.receive(message("+85261234567", 2));
        inbox.receive(message("+8613800138000", 3));
        assert_eq!(biz_id(&task.await.unwrap()[0]), "3");
    }
}

//! The inbox: what would have reached somebody's telephone.

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

/// How a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Channel {
    /// To a telephone, through `SendSms`.
    Sms,
}

/// A message in the inbox; serialised as `/inbox.json` shows it, with every key present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// How it came.
    pub channel: Channel,
    /// When it came. In JSON: RFC 3339, UTC, milliseconds.
    #[serde(serialize_with = "rfc_3339")]
    pub received_at: SystemTime,
    /// To whom, with `+` and digits.
    pub phone: String,
    /// In whose name.
    pub sign_name: String,
    /// By which template.
    pub template_code: String,
    /// What filled the template.
    pub template_param: BTreeMap<String, String>,
    /// The text as a telephone shows it: sign name in 【】, then the filled template.
    pub text: String,
    /// The value of the variable `code`, if the template has one.
    pub code: Option<String>,
    /// Aliyun's id of the message.
    pub biz_id: String,
    /// The sender's own id.
    pub out_id: Option<String>,
}

impl Message {
    /// [`Message::received_at`] as JSON has it.
    pub(super) fn received_at_text(&self) -> String {
        OffsetDateTime::from(self.received_at)
            .format(RFC_3339)
            .expect("every component of the format is a component of a UTC date")
    }
}

fn rfc_3339<S: Serializer>(at: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    OffsetDateTime::from(*at)
        .format(RFC_3339)
        .map_err(serde::ser::Error::custom)?
        .serialize(serializer)
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
        let messages = self.lock();
        messages
            .iter()
            .filter(|message| message.phone == phone)
            .cloned()
            .collect()
    }

    /// Waits until at least `count` messages to one number are there, and gives all of them,
    /// newest first. For tests of a program that sends in the background; it waits for ever if
    /// nothing comes, so put a deadline around it.
    pub async fn wait_for(&self, phone: &str, count: usize) -> Vec<Arc<Message>> {
        let mut changes = self.revision.subscribe();
        loop {
            changes.borrow_and_update();
            let messages = self.messages_to(phone);
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
            channel: Channel::Sms,
            received_at: UNIX_EPOCH + Duration::from_secs(second),
            phone: phone.to_owned(),
            sign_name: "月亮门".to_owned(),
            template_code: "SMS_1".to_owned(),
            template_param: BTreeMap::new(),
            text: "【月亮门】".to_owned(),
            code: None,
            biz_id: second.to_string(),
            out_id: None,
        }
    }

    #[test]
    fn the_inbox_keeps_the_newest_thousand() {
        let inbox = Inbox::new();
        for second in 0..1_003 {
            inbox.receive(message("+8613800138000", second));
        }
        let messages = inbox.messages();
        assert_eq!(messages.len(), CAPACITY);
        assert_eq!(messages[0].biz_id, "1002");
        assert_eq!(messages[CAPACITY - 1].biz_id, "3");
        assert_eq!(inbox.revision(), 1_003);
    }

    #[test]
    fn a_number_finds_only_its_own() {
        let inbox = Inbox::new();
        inbox.receive(message("+8613800138000", 1));
        inbox.receive(message("+85261234567", 2));
        assert_eq!(inbox.messages_to("138 0013 8000")[0].biz_id, "1");
        assert_eq!(inbox.messages_to("85261234567").len(), 1);
        assert!(inbox.messages_to("13900139000").is_empty());
        assert!(inbox.messages_to("nobody").is_empty());
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
    async fn waiting_ends_when_the_message_comes() {
        let inbox = Inbox::new();
        inbox.receive(message("+8613800138000", 1));
        let waiting = inbox.clone();
        let task = tokio::spawn(async move { waiting.wait_for("13800138000", 2).await });
        inbox.receive(message("+85261234567", 2));
        inbox.receive(message("+8613800138000", 3));
        assert_eq!(task.await.unwrap()[0].biz_id, "3");
    }
}

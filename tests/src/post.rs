//! The way of messages out of the server in process: they are kept, may be held up on the way, and
//! fail when told to.

use async_trait::async_trait;
use moongate_core::testing::RecordingSender;
use moongate_core::{MessageSender, SendError, VerificationMessage};
use tokio::sync::watch;

/// Takes messages and keeps them.
pub(crate) struct Post {
    pub(crate) recorded: RecordingSender,
    is_held: watch::Sender<bool>,
    /// How many were handed in, and how many of those are through.
    count: watch::Sender<(usize, usize)>,
}

impl Post {
    pub(crate) fn new() -> Self {
        Self {
            recorded: RecordingSender::default(),
            is_held: watch::Sender::new(false),
            count: watch::Sender::new((0, 0)),
        }
    }

    /// Holds up every message, those on the way included, until it is let go.
    pub(crate) fn hold(&self, is_held: bool) {
        self.is_held.send_replace(is_held);
    }

    /// Waits until so many messages were ever handed in.
    pub(crate) async fn handed_in(&self, count: usize) {
        let mut counts = self.count.subscribe();
        let found = counts.wait_for(|(handed_in, _)| *handed_in >= count).await;
        drop(found.expect("the other end is in `self`"));
    }

    /// Waits until so many messages ever came through, sent or failed.
    pub(crate) async fn through(&self, count: usize) {
        let mut counts = self.count.subscribe();
        let found = counts.wait_for(|(_, through)| *through >= count).await;
        drop(found.expect("the other end is in `self`"));
    }
}

#[async_trait]
impl MessageSender for Post {
    async fn send(&self, message: VerificationMessage) -> Result<(), SendError> {
        self.count.send_modify(|(handed_in, _)| *handed_in += 1);
        let mut is_held = self.is_held.subscribe();
        let go = is_held.wait_for(|held| !held).await;
        drop(go.expect("the other end is in `self`"));
        let sent = self.recorded.send(message).await;
        self.count.send_modify(|(_, through)| *through += 1);
        sent
    }
}

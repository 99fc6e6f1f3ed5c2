//! Sending codes: who gets one, how often, and what happens when it fails.

use moongate_core::testing::phone;
use moongate_core::{ErrorCode, SendError, Usage};
use moongate_experience::{
    CodeProof, CodeRequest, Delivery, FlowError, InteractionEvent, InteractionRef, SignInMode, Step,
};

use crate::ground::{Ground, NUMBER, OTHER_NUMBER, signed_in, to_phone};

async fn pending(ground: &Ground, reference: &InteractionRef) -> CodeProof {
    ground.flow(reference).await.pending_code().unwrap().clone()
}

#[tokio::test]
async fn an_unknown_number_gets_a_registration_code_and_a_known_one_a_sign_in_code() {
    let ground = Ground::new().await;
    ground.sign_in("one").await;
    ground.sign_in("two").await;
    let usages: Vec<_> = ground.sender.sent().iter().map(|sent| sent.usage).collect();
    assert_eq!(usages, [Usage::Register, Usage::SignIn]);
}

#[tokio::test]
async fn a_second_click_sends_nothing_more() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    ground.send(&reference, "+86 138 0013 8000").await.unwrap();
    assert_eq!(ground.sender.sent().len(), 1);
}

#[tokio::test]
async fn another_browser_must_wait_a_minute_however_the_number_is_spelled() {
    let ground = Ground::new().await;
    let first = ground.start("one").await;
    ground.send(&first, NUMBER).await.unwrap();
    ground.advance(20);
    let second = ground.start("two").await;
    for spelling in [NUMBER, "+8613800138000", "１３８００１３８０００"] {
        let refused = ground.send(&second, spelling).await;
        let Err(FlowError::RateLimited { retry_after }) = refused else {
            panic!("expected to wait");
        };
        assert_eq!(retry_after.as_secs(), 40);
    }
    ground.advance(40);
    ground.send(&second, NUMBER).await.unwrap();
}

#[tokio::test]
async fn the_fifth_message_in_an_hour_is_refused() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.send(&reference, NUMBER).await.unwrap();
    for _ in 0..3 {
        ground.advance(60);
        ground.resend(&reference).await.unwrap();
    }
    ground.advance(60);
    let refused = ground.resend(&reference).await;
    let Err(FlowError::RateLimited { retry_after }) = refused else {
        panic!("expected to wait");
    };
    assert_eq!(retry_after.as_secs(), 3600 - 240);
}

#[tokio::test]
async fn parallel_requests_do_not_exceed_the_limit() {
    let ground = Ground::new().await;
    let mut references = Vec::new();
    for browser in 0..8 {
        references.push(ground.start(&browser.to_string()).await);
    }
    let sends: Vec<_> = references
        .into_iter()
        .map(|reference| {
            let experience = ground.experience.clone();
            tokio::spawn(async move {
                let request = CodeRequest {
                    recipient: Some(to_phone(NUMBER)),
                    event: InteractionEvent::SignIn,
                    begins: true,
                    language: "en".into(),
                };
                experience.send_code(reference, request).await.is_ok()
            })
        })
        .collect();
    let mut sent = 0;
    for send in sends {
        sent += usize::from(send.await.unwrap());
    }
    assert_eq!((sent, ground.sender.sent().len()), (1, 1));
}

#[tokio::test]
async fn a_failure_is_told_kept_and_may_be_tried_again_at_once() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.sender.fail_with(Some(SendError::Failed));
    let failed = ground.send(&reference, NUMBER).await;
    assert!(matches!(failed, Err(FlowError::Send(SendError::Failed))));
    let kept = pending(&ground, &reference).await;
    assert_eq!(kept.delivery, Delivery::Failed);
    assert_eq!(kept.recipient, to_phone(NUMBER));
    ground.sender.fail_with(None);
    ground.resend(&reference).await.unwrap();
    signed_in(ground.enter(&reference, &ground.last_code()).await);
}

#[tokio::test]
async fn a_number_that_the_provider_refuses_may_be_corrected_at_once() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.sender.fail_with(Some(SendError::BadAddress));
    let refused = ground.send(&reference, OTHER_NUMBER).await;
    assert!(matches!(
        refused,
        Err(FlowError::Send(SendError::BadAddress))
    ));
    ground.sender.fail_with(None);
    ground.send(&reference, NUMBER).await.unwrap();
    signed_in(ground.enter(&reference, &ground.last_code()).await);
}

#[tokio::test]
async fn where_the_provider_was_asked_too_often_nobody_asks_again_at_once() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.sender.fail_with(Some(SendError::RateLimited));
    let refused = ground.send(&reference, NUMBER).await;
    assert!(matches!(
        refused,
        Err(FlowError::Send(SendError::RateLimited))
    ));
    let kept = pending(&ground, &reference).await;
    assert_eq!(kept.delivery, Delivery::Failed);
    assert_eq!(kept.resend_at.since(ground.now()).as_secs(), 60);
    ground.sender.fail_with(None);
    let early = ground.resend(&reference).await.err().unwrap();
    assert_eq!(early.retry_after().unwrap().as_secs(), 60);
    ground.advance(60);
    ground.resend(&reference).await.unwrap();
    signed_in(ground.enter(&reference, &ground.last_code()).await);
}

#[tokio::test]
async fn with_registration_off_the_answer_does_not_wait_and_a_stranger_gets_nothing() {
    let ground = Ground::new().await;
    ground.sign_in("one").await;
    ground.set_mode(SignInMode::SignIn).await;
    let mut kept = Vec::new();
    for number in [NUMBER, OTHER_NUMBER] {
        let reference = ground.start(number).await;
        let request = CodeRequest {
            recipient: Some(to_phone(number)),
            event: InteractionEvent::SignIn,
            begins: true,
            language: "en".into(),
        };
        let sent = ground.experience.send_code(reference.clone(), request);
        let sent = sent.await.unwrap();
        assert_eq!(sent.background.is_some(), number == NUMBER);
        assert_eq!((sent.verification_id.len(), sent.replaces), (21, false));
        if let Some(background) = sent.background {
            background.await;
        }
        kept.push(pending(&ground, &reference).await);
    }
    assert_eq!(ground.sender.last_code(&phone(OTHER_NUMBER)), None);
    let [known, stranger] = [&kept[0], &kept[1]];
    assert_eq!(
        (known.delivery == Delivery::Failed, known.resend_at),
        (stranger.delivery == Delivery::Failed, stranger.resend_at)
    );
}

#[tokio::test]
async fn another_browser_can_do_nothing_with_an_interaction() {
    let ground = Ground::new().await;
    let mut reference = ground.start("browser").await;
    reference.browser_cookie = "thief".into();
    let refused = ground.send(&reference, NUMBER).await;
    assert!(matches!(refused, Err(FlowError::InteractionNotFound)));
    assert!(ground.sender.sent().is_empty());
}

#[tokio::test]
async fn an_hour_later_the_interaction_is_gone() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.advance(3600);
    let refused = ground.send(&reference, NUMBER).await;
    assert!(matches!(refused, Err(FlowError::InteractionNotFound)));
}

#[tokio::test]
async fn a_number_that_failed_is_still_asked_for_its_code() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    ground.sender.fail_with(Some(SendError::NoConnector));
    let failed = ground.send(&reference, NUMBER).await.err().unwrap();
    assert_eq!(failed.code(), ErrorCode::ConnectorNotFound);
    let found = ground.experience.whereabouts(&reference).await.unwrap();
    assert!(matches!(found.step, Step::EnterCode(code) if code.delivery == Delivery::Failed));
}

#[tokio::test]
async fn without_a_number_there_is_nothing_to_send_again() {
    let ground = Ground::new().await;
    let reference = ground.start("browser").await;
    let refused = ground.resend(&reference).await.err().unwrap();
    assert_eq!(refused.code(), ErrorCode::VerificationCodeNotFound);
}

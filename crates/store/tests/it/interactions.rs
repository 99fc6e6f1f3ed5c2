//! Interactions and their verification codes.

use moongate_core::{
    ApplicationId, Authentication, Channel, CodeHolder, Interaction, InteractionId,
    InteractionState, SessionId, StoreError, UserId, VerificationCode, VerificationCodeId,
    VerificationPurpose,
};

use crate::bench::{Bench, on_both, write};
use crate::samples::{NOW, application, at, furnish, holder, interaction, verification_code};

on_both!(
    an_interaction_comes_back_as_it_was,
    an_identifier_is_given_once,
    an_update_writes_the_state_alone,
    the_latest_open_interaction_of_a_browser_is_found,
    a_code_comes_back_as_it_was,
    a_new_code_takes_the_place_of_the_old,
    codes_of_two_interactions_do_not_meet,
    codes_of_other_purposes_channels_and_holders_do_not_meet,
    attempts_are_counted_up_to_the_limit,
    a_code_is_consumed_once,
    parallel_replacements_leave_one_code,
    of_parallel_steps_one_is_taken,
);

const SIGN_IN: VerificationPurpose = VerificationPurpose::SignIn;

fn alice() -> Authentication {
    Authentication {
        session_id: SessionId::from("session"),
        user_id: UserId::from("alice"),
    }
}

async fn an_interaction_comes_back_as_it_was(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let states = [
        InteractionState::Started {
            flow: serde_json::json!({ "event": "Register", "书": [null, 1] }),
        },
        InteractionState::Authenticated(alice()),
        InteractionState::Finished {
            authentication: alice(),
            at: NOW,
        },
        InteractionState::Cancelled,
    ];
    for (index, state) in states.into_iter().enumerate() {
        let mut expected = Interaction {
            state,
            ..interaction(&format!("i{index}"))
        };
        // What JSON escapes, and what PostgreSQL's TEXT refuses as it stands.
        expected.request.state = Some("\"quote\" \\ \0 \u{1F319} 月亮门".to_owned());
        let stored = expected.clone();
        write(&*store, |tx| {
            Box::pin(async move { tx.insert_interaction(&stored).await })
        })
        .await;
        let mut reader = store.read().await.unwrap();
        let found = reader.interaction(&expected.id).await.unwrap();
        assert_eq!(found, Some(expected));
    }
    let mut reader = store.read().await.unwrap();
    let unknown = InteractionId::from("unknown");
    assert_eq!(reader.interaction(&unknown).await.unwrap(), None);
}

async fn an_identifier_is_given_once(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let refused: Result<(), StoreError> = store
        .write(|tx| {
            Box::pin(async move { tx.insert_interaction(&interaction("interaction")).await })
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Duplicate(_))));
}

async fn an_update_writes_the_state_alone(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            let changed = Interaction {
                browser_hash: [0; 32],
                expires_at: at(1),
                state: InteractionState::Cancelled,
                ..interaction("interaction")
            };
            tx.update_interaction(&changed).await
        })
    })
    .await;
    let expected = Interaction {
        state: InteractionState::Cancelled,
        ..interaction("interaction")
    };
    let mut reader = store.read().await.unwrap();
    let found = reader.interaction(&expected.id).await.unwrap();
    assert_eq!(found, Some(expected));
}

async fn the_latest_open_interaction_of_a_browser_is_found(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let began = |id: &str, seconds: i64, state: InteractionState| Interaction {
        created_at: at(NOW.0 + seconds * 1000),
        state,
        ..interaction(id)
    };
    let finished = InteractionState::Finished {
        authentication: alice(),
        at: NOW,
    };
    let others = [
        began("signed-in", 1, InteractionState::Authenticated(alice())),
        Interaction {
            application_id: "circle".into(),
            ..began("circle", 2, InteractionState::Consented(alice()))
        },
        Interaction {
            expires_at: at(NOW.0 + 1),
            ..began("short", 3, InteractionState::Authenticated(alice()))
        },
        began("finished", 4, finished),
        began("cancelled", 5, InteractionState::Cancelled),
        Interaction {
            browser_hash: [8; 32],
            ..began("elsewhere", 6, InteractionState::Authenticated(alice()))
        },
    ];
    write(&*store, |tx| {
        Box::pin(async move {
            tx.put_application(&application("circle")).await?;
            for other in &others {
                tx.insert_interaction(other).await?;
            }
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    for (browser, application, after, expected) in [
        (7, None, 1, Some("circle")),
        (7, None, 0, Some("short")),
        (7, Some("shop"), 1, Some("signed-in")),
        (7, Some("circle"), 1, Some("circle")),
        (7, Some("unknown"), 1, None),
        (7, None, 3_600_000, None),
        (8, None, 1, Some("elsewhere")),
        (9, None, 1, None),
    ] {
        let application = application.map(ApplicationId::from);
        let (browser_hash, now) = ([browser; 32], at(NOW.0 + after));
        let found = reader.latest_interaction(&browser_hash, application.as_ref(), now);
        let found = found.await.unwrap();
        let id = found.as_ref().map(|found| found.id.as_str());
        assert_eq!(id, expected, "{browser} {application:?} {after}");
    }
}

async fn a_code_comes_back_as_it_was(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let expected = VerificationCode {
        attempts: 3,
        consumed_at: Some(NOW),
        ..verification_code("code", "interaction")
    };
    let stored = expected.clone();
    let mut reader = store.read().await.unwrap();
    let none = reader
        .verification_code(&expected.holder, SIGN_IN, Channel::Sms)
        .await;
    assert_eq!(none.unwrap(), None);
    write(&*store, |tx| {
        Box::pin(async move { tx.replace_verification_code(&stored).await })
    })
    .await;
    let found = reader
        .verification_code(&expected.holder, SIGN_IN, Channel::Sms)
        .await;
    assert_eq!(found.unwrap().as_ref(), Some(&expected));
}

async fn a_new_code_takes_the_place_of_the_old(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let expected = VerificationCode {
        mac: [4; 32],
        created_at: at(NOW.0 + 1),
        ..verification_code("new", "interaction")
    };
    let stored = expected.clone();
    let old = VerificationCodeId::from("old");
    let (tries, consumed) = write(&*store, |tx| {
        Box::pin(async move {
            tx.replace_verification_code(&verification_code("old", "interaction"))
                .await?;
            tx.count_attempt(&old, 10).await?;
            tx.replace_verification_code(&stored).await?;
            Ok((
                tx.count_attempt(&old, 10).await?,
                tx.consume_verification_code(&old, NOW).await?,
            ))
        })
    })
    .await;
    assert_eq!((tries, consumed), (None, false));
    let mut reader = store.read().await.unwrap();
    let found = reader
        .verification_code(&expected.holder, SIGN_IN, Channel::Sms)
        .await;
    assert_eq!(found.unwrap().as_ref(), Some(&expected));
}

async fn codes_of_two_interactions_do_not_meet(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    write(&*store, |tx| {
        Box::pin(async move {
            tx.insert_interaction(&interaction("second")).await?;
            tx.replace_verification_code(&verification_code("a", "interaction"))
                .await?;
            tx.replace_verification_code(&verification_code("b", "second"))
                .await
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    for (code, interaction) in [("a", "interaction"), ("b", "second")] {
        let found = reader
            .verification_code(&holder(interaction), SIGN_IN, Channel::Sms)
            .await;
        assert_eq!(found.unwrap(), Some(verification_code(code, interaction)));
    }
}

async fn codes_of_other_purposes_channels_and_holders_do_not_meet(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let code = || verification_code("a", "interaction");
    let codes = [
        code(),
        VerificationCode {
            id: "b".into(),
            channel: Channel::Email,
            ..code()
        },
        VerificationCode {
            id: "c".into(),
            purpose: VerificationPurpose::ForgotPassword,
            ..code()
        },
        VerificationCode {
            id: "d".into(),
            holder: CodeHolder::Session("interaction".into()),
            ..code()
        },
    ];
    let stored = codes.clone();
    write(&*store, |tx| {
        Box::pin(async move {
            for code in &stored {
                tx.replace_verification_code(code).await?;
            }
            Ok(())
        })
    })
    .await;
    let mut reader = store.read().await.unwrap();
    for code in codes {
        let found = reader.verification_code(&code.holder, code.purpose, code.channel);
        assert_eq!(found.await.unwrap(), Some(code));
    }
}

async fn attempts_are_counted_up_to_the_limit(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let counted = write(&*store, |tx| {
        Box::pin(async move {
            let code = verification_code("code", "interaction");
            tx.replace_verification_code(&code).await?;
            let mut counted = Vec::new();
            for _ in 0..4 {
                counted.push(tx.count_attempt(&code.id, 3).await?);
            }
            Ok(counted)
        })
    })
    .await;
    assert_eq!(counted, [Some(1), Some(2), Some(3), None]);
}

async fn a_code_is_consumed_once(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let consumed = write(&*store, |tx| {
        Box::pin(async move {
            let code = verification_code("code", "interaction");
            tx.replace_verification_code(&code).await?;
            Ok([
                tx.consume_verification_code(&code.id, NOW).await?,
                tx.consume_verification_code(&code.id, at(NOW.0 + 1))
                    .await?,
            ])
        })
    })
    .await;
    assert_eq!(consumed, [true, false]);
    let mut reader = store.read().await.unwrap();
    let holder = holder("interaction");
    let found = reader
        .verification_code(&holder, SIGN_IN, Channel::Sms)
        .await;
    assert_eq!(found.unwrap().unwrap().consumed_at, Some(NOW));
}

async fn parallel_replacements_leave_one_code(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for racer in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            write(&*store, move |tx| {
                Box::pin(async move {
                    let code = verification_code(&format!("c{racer}"), "interaction");
                    tx.replace_verification_code(&code).await
                })
            })
            .await;
        });
    }
    tasks.join_all().await;
    let consumed = write(&*store, |tx| {
        Box::pin(async move {
            let mut consumed = 0;
            for racer in 0..16 {
                let id = VerificationCodeId::from(format!("c{racer}"));
                consumed += i32::from(tx.consume_verification_code(&id, NOW).await?);
            }
            Ok(consumed)
        })
    })
    .await;
    assert_eq!(consumed, 1);
}

/// Sixteen units each read the interaction and take the one step that it allows.
async fn of_parallel_steps_one_is_taken(bench: Bench) {
    let store = bench.store().await;
    furnish(&*store).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            write(&*store, |tx| {
                Box::pin(async move {
                    let id = InteractionId::from("interaction");
                    let found = tx.interaction(&id).await?.unwrap();
                    let Ok(next) = found.authenticated(alice(), NOW) else {
                        return Ok(false);
                    };
                    tx.update_interaction(&next).await?;
                    Ok(true)
                })
            })
            .await
        });
    }
    let taken = tasks.join_all().await;
    assert_eq!(taken.into_iter().filter(|taken| *taken).count(), 1);
}

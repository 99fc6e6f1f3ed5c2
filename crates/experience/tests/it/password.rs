//! Signing in by password: who gets in, and what everybody else is told.

use moongate_core::{ErrorCode, PasswordHash, Secret, User};
use moongate_experience::{
    Browser, Identifier, InteractionEvent, Progress, SignIn, SignInExperience, SignInIdentifier,
    Step, import_password_hash,
};

use crate::ground::{
    Ground, NUMBER, OTHER_PASSWORD, PASSWORD, email, signed_in, to_phone, username,
};
use crate::settings::{everything, method};

#[tokio::test]
async fn a_right_password_opens_a_session_by_each_identifier() {
    let ground = Ground::with(&everything()).await;
    let alice = ground.add_alice().await;
    for identifier in [
        username("alice"),
        Identifier::Email(email("Alice@Mail.example")),
        to_phone(NUMBER).into(),
    ] {
        let reference = ground.start("browser").await;
        let entered = signed_in(ground.log_in(&reference, identifier, PASSWORD).await);
        let session = ground.session(&entered.session_cookie.unwrap()).await;
        let session = session.unwrap();
        assert_eq!(
            (&session.user_id, &session.amr[..]),
            (&alice.id, &["pwd".to_owned()][..])
        );
        let user = ground.user(&alice.id).await.unwrap();
        assert_eq!(user.last_sign_in_at, Some(ground.now()));
        assert_eq!(user.updated_at, alice.updated_at);
    }
}

#[tokio::test]
async fn wrong_unknown_and_without_a_password_are_the_same_and_cost_the_same() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let bob = |user| User {
        username: Some("bob".into()),
        is_suspended: true,
        ..user
    };
    ground.add_user(bob).await;
    let reference = ground.start("browser").await;
    for name in ["alice", "bob", "nobody", "no such name ✗"] {
        let before = ground.passwords.verifications();
        let refused = ground.log_in(&reference, username(name), "not it").await;
        let refused = refused.unwrap_err();
        assert_eq!(
            refused.code(),
            ErrorCode::SessionInvalidCredentials,
            "{name}"
        );
        assert_eq!(refused.retry_after(), None, "{name}");
        assert_eq!(ground.passwords.verifications(), before + 1, "{name}");
    }
    let found = ground.experience.whereabouts(&reference).await.unwrap();
    // Whoever it is may try again, or begin anew.
    assert_eq!(found.step, Step::EnterPassword(username("no such name ✗")));
}

#[tokio::test]
async fn suspension_is_told_to_the_owner_alone() {
    let ground = Ground::with(&everything()).await;
    let alice = ground.add_alice().await;
    let suspend = |user| User {
        is_suspended: true,
        ..user
    };
    ground.change(&alice.id, suspend).await;
    let reference = ground.start("browser").await;
    for (password, code) in [
        ("not it", ErrorCode::SessionInvalidCredentials),
        (PASSWORD, ErrorCode::UserSuspended),
    ] {
        let refused = ground.log_in(&reference, username("alice"), password).await;
        assert_eq!(refused.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn a_method_that_is_off_does_not_open() {
    let settings = SignInExperience {
        sign_in: SignIn {
            methods: vec![method(SignInIdentifier::Phone, false, true)],
        },
        ..everything()
    };
    let ground = Ground::with(&settings).await;
    ground.add_alice().await;
    for identifier in [username("alice"), to_phone(NUMBER).into()] {
        let reference = ground.start("browser").await;
        let refused = ground.log_in(&reference, identifier, PASSWORD).await;
        let code = refused.unwrap_err().code();
        assert_eq!(code, ErrorCode::UserSignInMethodNotEnabled);
    }
}

/// The password's hash as another system made it.
fn outdated() -> PasswordHash {
    let output = "00108191b427f2962629a445268d5dc00b11186266d92a6e46b37ae024d5b161";
    let digest = format!(r#"["pbkdf2", ["salt", 2, 32, "sha256", "@"], "{output}"]"#);
    import_password_hash("Legacy", &digest).unwrap()
}

#[tokio::test]
async fn an_outdated_hash_is_made_anew_at_sign_in() {
    let ground = Ground::with(&everything()).await;
    let alice = ground.add_alice().await;
    let old = outdated();
    let with_old = |user| User {
        password_hash: Some(old.clone()),
        ..user
    };
    ground.change(&alice.id, with_old).await;
    let reference = ground.start("browser").await;
    signed_in(ground.log_in(&reference, username("alice"), PASSWORD).await);
    let hash = ground.user(&alice.id).await.unwrap().password_hash;
    assert_ne!(hash, Some(old));
    let again = ground.start("browser").await;
    signed_in(ground.log_in(&again, username("alice"), PASSWORD).await);
    assert_eq!(ground.user(&alice.id).await.unwrap().password_hash, hash);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_sign_in_at_once_with_an_outdated_hash_get_in() {
    let ground = Ground::with(&everything()).await;
    let alice = ground.add_alice().await;
    let old = outdated();
    let with_old = |user| User {
        password_hash: Some(old),
        ..user
    };
    ground.change(&alice.id, with_old).await;
    let mut tries = Vec::new();
    for browser in 0..6 {
        let reference = ground.start(&browser.to_string()).await;
        let experience = ground.experience.clone();
        tries.push(tokio::spawn(async move {
            let password = Secret::new(PASSWORD);
            let browser = Browser::default();
            let name = username("alice");
            let entered = experience.sign_in_with_password(reference, name, password, browser);
            signed_in(entered.await).session_cookie.unwrap()
        }));
    }
    for one in tries {
        assert!(ground.session(&one.await.unwrap()).await.is_some());
    }
}

#[tokio::test]
async fn a_double_click_leaves_one_session_that_the_second_answer_opens() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    let mut cookies = Vec::new();
    for _ in 0..2 {
        let entered = ground.log_in(&reference, username("alice"), PASSWORD).await;
        cookies.push(signed_in(entered).session_cookie.unwrap());
    }
    assert!(ground.session(&cookies[0]).await.is_none());
    assert!(ground.session(&cookies[1]).await.is_some());
    let guess = ground.log_in(&reference, username("alice"), "not it").await;
    assert_eq!(
        guess.unwrap_err().code(),
        ErrorCode::SessionInvalidCredentials
    );
    ground.advance(61);
    let late = signed_in(ground.log_in(&reference, username("alice"), PASSWORD).await);
    assert_eq!(late.session_cookie, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn clicks_at_once_all_lead_on_and_leave_one_session() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let reference = ground.start("browser").await;
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let (experience, reference) = (ground.experience.clone(), reference.clone());
            tokio::spawn(async move {
                let password = Secret::new(PASSWORD);
                let browser = Browser::default();
                let name = username("alice");
                let entered = experience.sign_in_with_password(reference, name, password, browser);
                signed_in(entered.await).session_cookie
            })
        })
        .collect();
    let mut cookies = Vec::new();
    for one in tries {
        cookies.extend(one.await.unwrap());
    }
    let mut live = 0;
    for cookie in cookies {
        live += usize::from(ground.session(&cookie).await.is_some());
    }
    assert_eq!(live, 1);
}

#[tokio::test]
async fn somebody_elses_password_moves_no_session() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let hash = ground.hash(OTHER_PASSWORD).await;
    let bob = |user| User {
        username: Some("bob".into()),
        password_hash: Some(hash),
        ..user
    };
    ground.add_user(bob).await;
    let reference = ground.start("browser").await;
    let first = signed_in(ground.log_in(&reference, username("alice"), PASSWORD).await);
    let entered = ground
        .log_in(&reference, username("bob"), OTHER_PASSWORD)
        .await;
    assert_eq!(signed_in(entered).session_cookie, None);
    let kept = ground.session(&first.session_cookie.unwrap()).await;
    assert!(kept.is_some());
}

#[tokio::test]
async fn a_session_of_the_browser_dies_with_each_sign_in() {
    let ground = Ground::with(&everything()).await;
    ground.add_alice().await;
    let mut present = Some("planted by somebody".to_owned());
    for _ in 0..2 {
        let reference = ground.start("browser").await;
        let browser = Browser {
            session_cookie: present.clone(),
            user_agent: None,
        };
        let password = Secret::new(PASSWORD);
        let experience = &ground.experience;
        let name = username("alice");
        let entered = experience.sign_in_with_password(reference, name, password, browser);
        let new = signed_in(entered.await).session_cookie;
        assert!(new.is_some() && new != present);
        assert!(ground.session(&present.unwrap()).await.is_none());
        present = new;
    }
}

#[tokio::test]
async fn the_apis_steps_end_the_same() {
    let ground = Ground::with(&everything()).await;
    let alice = ground.add_alice().await;
    let reference = ground.start("browser").await;
    let experience = &ground.experience;
    let verify = |password: &str| {
        let secret = Secret::new(password);
        experience.verify_password(reference.clone(), username("alice"), secret)
    };
    let early = verify(PASSWORD).await.unwrap_err();
    assert_eq!(early.code(), ErrorCode::SessionInteractionNotFound);
    ground.begin(&reference, InteractionEvent::SignIn).await;
    let wrong = verify("not it").await.unwrap_err();
    assert_eq!(wrong.code(), ErrorCode::SessionInvalidCredentials);
    let record = verify(PASSWORD).await.unwrap();
    assert!(ground.flow(&reference).await.record(&record).is_some());
    let identified = experience.identify(reference.clone(), Some(record)).await;
    identified.unwrap();
    assert_eq!(ground.flow(&reference).await.user_id, Some(alice.id));
    let done = experience
        .submit(reference.clone(), Browser::default())
        .await;
    assert!(matches!(done, Ok(Progress::SignedIn(_))));
}

//! Verification, and what happens when many come at once.

use std::sync::mpsc;

use moongate_core::testing::SeededEntropy;

use super::*;
use crate::password::import_password_hash;

fn entropy() -> SeededEntropy {
    SeededEntropy::new(7)
}

fn pool() -> PasswordPool {
    PasswordPool::with_limits(HashParameters::FAST, 1, 1, MAX_WAIT)
}

async fn hash(pool: &PasswordPool, password: &str) -> PasswordHash {
    let password = Secret::new(password);
    pool.hash(&password, &entropy()).await.unwrap()
}

async fn verify(
    pool: &PasswordPool,
    password: &str,
    hash: Option<&PasswordHash>,
) -> Result<Verification, PoolError> {
    pool.verify(&Secret::new(password), hash).await
}

#[tokio::test]
async fn the_password_is_right_and_every_other_wrong() {
    let pool = pool();
    let hash = hash(&pool, "moonlit path").await;
    assert_eq!(
        verify(&pool, "moonlit path", Some(&hash)).await,
        Ok(Verification::Right)
    );
    assert_eq!(
        verify(&pool, "Moonlit path", Some(&hash)).await,
        Ok(Verification::Wrong)
    );
    assert_eq!(
        verify(&pool, "", Some(&hash)).await,
        Ok(Verification::Wrong)
    );
    assert_eq!(pool.verifications(), 3);
}

#[tokio::test]
async fn each_hash_has_a_salt_of_its_own() {
    let pool = pool();
    let entropy = entropy();
    let password = Secret::new("moonlit path");
    let first = pool.hash(&password, &entropy).await.unwrap();
    let second = pool.hash(&password, &entropy).await.unwrap();
    assert!(first.expose().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    assert!(first != second);
}

#[tokio::test]
async fn an_unknown_user_costs_a_verification_and_is_wrong() {
    let pool = pool();
    assert_eq!(
        verify(&pool, "moonlit path", None).await,
        Ok(Verification::Wrong)
    );
    assert_eq!(verify(&pool, "", None).await, Ok(Verification::Wrong));
    assert_eq!(pool.verifications(), 2);
}

#[test]
fn the_dummy_costs_what_a_hash_of_the_pool_costs() {
    for parameters in [HashParameters::STANDARD, HashParameters::HARDENED] {
        let stored = StoredHash::parse(dummy(parameters).expose()).unwrap();
        assert!(stored.is_made_with(&parameters.params()));
    }
}

#[tokio::test]
async fn a_hash_of_other_parameters_or_kinds_is_right_but_outdated() {
    let pool = pool();
    let other = PasswordPool::with_limits(
        HashParameters {
            memory_kib: 16,
            passes: 1,
        },
        1,
        1,
        MAX_WAIT,
    );
    // The first has more memory than the pool's own areas.
    let larger = hash(&other, "moonlit path").await;
    let argon2i = import_password_hash(
        "Argon2i",
        "$argon2i$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$uaDm3faaWX+75OJV0cQ7rV4nkN1d21eGujRpVjH+l1k",
    );
    let bcrypt = import_password_hash(
        "Bcrypt",
        "$2b$04$b52iYJ0d.73G3i2YBMEMXeNMISQ/12UuAX.w2iB3QWHxGUOT4SpAO",
    );
    for (hash, password) in [
        (larger, "moonlit path"),
        (argon2i.unwrap(), "correct horse battery"),
        (bcrypt.unwrap(), "correct horse battery"),
    ] {
        let outdated = Ok(Verification::RightButOutdated);
        assert_eq!(verify(&pool, password, Some(&hash)).await, outdated);
        assert_eq!(
            verify(&pool, "another", Some(&hash)).await,
            Ok(Verification::Wrong)
        );
    }
}

#[tokio::test]
async fn the_73rd_character_counts_once_bcrypt_is_left_behind() {
    let pool = pool();
    let digest = "$2b$04$nUTcGVpeCMHU/l/gPX8PTOIDu4/lWYF.WK1L7GQLWAvTFrqBryIEm";
    let imported = import_password_hash("Bcrypt", digest).unwrap();
    let password = "a".repeat(73);
    let outdated = Ok(Verification::RightButOutdated);
    assert_eq!(verify(&pool, &password, Some(&imported)).await, outdated);
    let anew = hash(&pool, &password).await;
    assert_eq!(
        verify(&pool, &password, Some(&anew)).await,
        Ok(Verification::Right)
    );
    let other = "a".repeat(72) + "b";
    assert_eq!(
        verify(&pool, &other, Some(&anew)).await,
        Ok(Verification::Wrong)
    );
}

#[tokio::test]
async fn composed_and_decomposed_spellings_sign_in_alike() {
    let pool = pool();
    let (composed, decomposed) = ("Caf\u{e9} mit Sahne", "Cafe\u{301} mit Sahne");
    for set in [composed, decomposed] {
        let hash = hash(&pool, set).await;
        for typed in [composed, decomposed] {
            assert_eq!(
                verify(&pool, typed, Some(&hash)).await,
                Ok(Verification::Right)
            );
        }
    }
}

#[tokio::test]
async fn an_imported_hash_of_a_decomposed_spelling_still_verifies() {
    let pool = pool();
    let digest =
        "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHQ$oIKmvtsf6anhe2dNRZ7zJe6mkqCumzpmJSxwfbcL760";
    let hash = import_password_hash("PBKDF2", digest).unwrap();
    let outdated = Ok(Verification::RightButOutdated);
    assert_eq!(
        verify(&pool, "Cafe\u{301} mit Sahne", Some(&hash)).await,
        outdated
    );
}

#[tokio::test]
async fn an_endless_input_is_wrong_at_the_price_of_any_other() {
    let pool = pool();
    let longest = "a".repeat(MAX_INPUT_BYTES);
    let hash = hash(&pool, &longest).await;
    assert_eq!(
        verify(&pool, &longest, Some(&hash)).await,
        Ok(Verification::Right)
    );
    let longer = longest + "a";
    assert_eq!(
        verify(&pool, &longer, Some(&hash)).await,
        Ok(Verification::Wrong)
    );
    assert_eq!(pool.verifications(), 2);
}

#[tokio::test]
async fn a_broken_row_is_corrupt() {
    let pool = pool();
    for text in ["", "$argon2id$", "5f4dcc3b5aa765d61d8327deb882cf99"] {
        let hash = PasswordHash::new(text);
        assert_eq!(
            verify(&pool, "moonlit path", Some(&hash)).await,
            Err(PoolError::Corrupt)
        );
    }
}

#[tokio::test]
async fn a_full_queue_is_busy_at_once_and_served_once_it_empties() {
    let pool = pool();
    let area = pool.area(0).await.unwrap();
    let waiting = verify(&pool, "moonlit path", None);
    let surplus = async {
        let answer = verify(&pool, "moonlit path", None).await;
        drop(area);
        answer
    };
    let (waited, surplus) = tokio::join!(biased; waiting, surplus);
    assert_eq!(
        surplus,
        Err(PoolError::Busy {
            retry_after: MAX_WAIT
        })
    );
    assert_eq!(waited, Ok(Verification::Wrong));
    assert_eq!(pool.verifications(), 1);
}

#[tokio::test]
async fn who_waits_too_long_is_told_to_come_back() {
    let pool = PasswordPool::with_limits(HashParameters::FAST, 1, 1, Duration::ZERO);
    let area = pool.area(0).await.unwrap();
    let busy = Err(PoolError::Busy {
        retry_after: Duration::ZERO,
    });
    assert_eq!(verify(&pool, "moonlit path", None).await, busy);
    drop(area);
    assert_eq!(
        verify(&pool, "moonlit path", None).await,
        Ok(Verification::Wrong)
    );
}

#[tokio::test]
async fn an_outsize_hash_that_waits_keeps_no_area_from_the_others() {
    let pool = PasswordPool::with_limits(HashParameters::FAST, 2, 1, MAX_WAIT);
    let first = pool.area(1000).await.unwrap();
    let other = async {
        let other = verify(&pool, "moonlit path", None).await;
        drop(first);
        other
    };
    let (second, other) = tokio::join!(biased; pool.area(1000), other);
    assert_eq!(other, Ok(Verification::Wrong));
    assert!(second.is_ok());
}

#[tokio::test]
async fn work_keeps_no_async_task_waiting() {
    // There is one async thread here: work that ran on it would wait for ever.
    let pool = pool();
    let (light_task, gate) = mpsc::channel();
    let work = pool.compute(0, move |_| gate.recv());
    let (worked, sent) = tokio::join!(work, async { light_task.send("went on") });
    assert_eq!(worked, Ok(Ok("went on")));
    assert_eq!(sent, Ok(()));
}

#[tokio::test]
async fn an_area_survives_a_panic_in_its_work() {
    let pool = pool();
    let panics = {
        let pool = pool.clone();
        task::spawn(async move { pool.compute(0, |_| panic!("in a test")).await })
    };
    assert!(panics.await.unwrap_err().is_panic());
    assert_eq!(
        verify(&pool, "moonlit path", None).await,
        Ok(Verification::Wrong)
    );
}

//! Settings by settings: whoever comes ends signed in, refused with a reason, or at the beginning,
//! and which of them follows from the settings.

use std::sync::Arc;

use moongate_core::{PasswordHash, Recipient, Secret, User};
use moongate_experience::{
    Browser, ForgotPasswordMethod, Identifier, InteractionEvent, InteractionRef, Limits, LockOuts,
    Progress, SendLimits, SignInExperience, SignInIdentifier, Step,
};

use crate::combinations::{COUNT, combination, is_allowed, is_complete, registers};
use crate::ground::{Ground, PASSWORD};
use crate::person::{End, Person, REFUSALS};

/// What somebody tries first.
#[derive(Debug, Clone, Copy)]
enum Try {
    Password(SignInIdentifier),
    Code(SignInIdentifier, InteractionEvent),
    Name,
}

const TRIES: [Try; 10] = {
    use InteractionEvent::{ForgotPassword, Register, SignIn};
    use SignInIdentifier::{Email, Phone, Username};
    [
        Try::Password(Username),
        Try::Password(Email),
        Try::Password(Phone),
        Try::Code(Email, SignIn),
        Try::Code(Phone, SignIn),
        Try::Code(Email, Register),
        Try::Code(Phone, Register),
        Try::Code(Email, ForgotPassword),
        Try::Code(Phone, ForgotPassword),
        Try::Name,
    ]
};

/// Who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Nobody has seen them before.
    New,
    /// Their account has everything.
    Known,
    /// Their account has the one identifier that they try with, and a password.
    Bare,
}

const WHO: [Who; 3] = [Who::New, Who::Known, Who::Bare];

/// What has to come of it.
#[derive(Debug, PartialEq, Eq)]
enum Want {
    SignedIn,
    Reset,
    Refused,
}

fn want(settings: &SignInExperience, who: Who, first: Try) -> Want {
    let mode = settings.sign_in_mode;
    let makes = |kind| {
        if mode.allows_register() && registers(settings, kind) {
            Want::SignedIn
        } else {
            Want::Refused
        }
    };
    let opens = |is_on: bool| {
        if mode.allows_sign_in() && is_on {
            Want::SignedIn
        } else {
            Want::Refused
        }
    };
    let is_known = who != Who::New;
    match first {
        Try::Password(kind) => {
            opens(is_known && settings.method(kind).is_some_and(|it| it.password))
        }
        Try::Code(kind, InteractionEvent::ForgotPassword) => {
            let method = match kind {
                SignInIdentifier::Phone => ForgotPasswordMethod::PhoneVerificationCode,
                _ => ForgotPasswordMethod::EmailVerificationCode,
            };
            if is_known && settings.recovers_by(method) {
                Want::Reset
            } else {
                Want::Refused
            }
        }
        Try::Code(kind, _) if is_known => {
            opens(settings.method(kind).is_some_and(|it| it.verification_code))
        }
        Try::Code(kind, _) => makes(kind),
        Try::Name if is_known => Want::Refused,
        Try::Name => makes(SignInIdentifier::Username),
    }
}

struct Case<'g> {
    ground: &'g Ground,
    settings: &'g SignInExperience,
    hash: &'g PasswordHash,
}

impl Case<'_> {
    async fn add(&self, who: Who, first: Try, person: &Person) -> Option<User> {
        let kind = match first {
            Try::Password(kind) | Try::Code(kind, _) => kind,
            Try::Name => SignInIdentifier::Username,
        };
        let has = |it| who == Who::Known || kind == it;
        let phone = match &person.phone {
            Recipient::Phone(phone) => Some(phone.clone()),
            Recipient::Email(_) => None,
        };
        if who == Who::New {
            return None;
        }
        let filled = |user| User {
            username: has(SignInIdentifier::Username).then(|| person.name.clone()),
            primary_email: has(SignInIdentifier::Email).then(|| person.email.as_str().to_owned()),
            primary_phone: phone.filter(|_| has(SignInIdentifier::Phone)),
            password_hash: Some(self.hash.clone()),
            ..user
        };
        Some(self.ground.add_user(filled).await)
    }

    async fn begin(&self, reference: &InteractionRef, first: Try, person: &Person) -> End {
        let experience = &self.ground.experience;
        let recipient = |kind| match kind {
            SignInIdentifier::Phone => person.phone.clone(),
            _ => person.email.clone(),
        };
        let led = match first {
            Try::Password(kind) => {
                let identifier = match kind {
                    SignInIdentifier::Username => Identifier::Username(person.name.clone()),
                    kind => recipient(kind).into(),
                };
                let password = Secret::new(PASSWORD);
                experience
                    .sign_in_with_password(
                        reference.clone(),
                        identifier,
                        password,
                        Browser::default(),
                    )
                    .await
            }
            Try::Code(kind, event) => {
                let sent = self
                    .ground
                    .ask(reference, recipient(kind), event, true)
                    .await;
                match sent {
                    Ok(_) => {
                        let found = experience.whereabouts(reference).await.unwrap();
                        assert!(matches!(found.step, Step::EnterCode(_)));
                        Ok(Progress::Next(found.step))
                    }
                    Err(error) => Err(error),
                }
            }
            Try::Name => {
                let (name, browser) = (person.name.clone(), Browser::default());
                experience
                    .give_username(reference.clone(), name, true, browser)
                    .await
            }
        };
        person.walk(self.ground, reference, led).await
    }

    async fn check(&self, who: Who, first: Try) {
        let person = Person::next();
        let account = self.add(who, first, &person).await;
        let reference = self.ground.start("browser").await;
        let end = self.begin(&reference, first, &person).await;
        let want = want(self.settings, who, first);
        let told = format!("{who:?} {first:?} {:?}", self.settings);
        match end {
            End::SignedIn(signed_in) => {
                assert_eq!(want, Want::SignedIn, "{told}");
                let session = self
                    .ground
                    .session(&signed_in.session_cookie.unwrap())
                    .await;
                let session = session.unwrap();
                let user = self.ground.user(&session.user_id).await.unwrap();
                assert!(is_complete(self.settings, &user), "{told}");
                if let Some(account) = account {
                    assert_eq!(user.id, account.id, "{told}");
                }
                return;
            }
            End::Reset => assert_eq!(want, Want::Reset, "{told}"),
            End::Refused(code) => {
                assert_eq!(want, Want::Refused, "{code:?} {told}");
                assert!(REFUSALS.contains(&code), "{code:?} {told}");
            }
            End::Beginning => panic!("left without a reason: {told}"),
        }
        // Whoever is not in yet can begin again.
        self.ground
            .begin(&reference, InteractionEvent::SignIn)
            .await;
        let found = self
            .ground
            .experience
            .whereabouts(&reference)
            .await
            .unwrap();
        assert_eq!(found.step, Step::Begin, "{told}");
    }
}

/// Of those that the rules allow, every so-manieth: a prime, so that no setting goes in step with it.
const STRIDE: usize = 479;

/// There are 161,280 combinations; the rules allow 48,780; 102 of them are walked through, each by
/// ten people.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_is_led_to_an_end() {
    let allowed: Vec<usize> = (0..COUNT)
        .filter(|number| is_allowed(&combination(*number)))
        .collect();
    let sample: Vec<usize> = allowed.iter().copied().step_by(STRIDE).collect();
    assert_eq!((COUNT, allowed.len(), sample.len()), (161_280, 48_780, 102));
    let chunks = sample.chunks(20).map(<[usize]>::to_vec);
    let walks: Vec<_> = chunks.map(|chunk| tokio::spawn(walk(chunk))).collect();
    for walk in walks {
        walk.await.unwrap();
    }
}

async fn walk(numbers: Vec<usize>) {
    let limits = Limits {
        sends: SendLimits::off(),
        lock_outs: LockOuts::On,
    };
    let ground = Ground::with_limits(&SignInExperience::fresh(), limits).await;
    let ground = Arc::new(ground);
    let hash = ground.hash(PASSWORD).await;
    for number in numbers {
        let settings = combination(number);
        ground.set(&settings).await;
        let case = Case {
            ground: &ground,
            settings: &settings,
            hash: &hash,
        };
        for (index, first) in TRIES.into_iter().enumerate() {
            case.check(WHO[(number + index) % WHO.len()], first).await;
        }
    }
}

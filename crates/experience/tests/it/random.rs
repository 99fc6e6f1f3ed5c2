//! Random steps, of pages and of the API, mixed in two interactions of one browser: nobody gets
//! into an account without a proof, nothing is overwritten, and everybody finds a way on.

use std::cell::Cell;
use std::collections::HashSet;

use moongate_core::{ErrorCode, Phone, Recipient, Secret, User, UserId};
use moongate_experience::{
    Browser, FlowError, Identifier, InteractionEvent, InteractionRef, Limits, LockOuts,
    ProfileAddition, Progress, SendLimits, SignInExperience, SignInIdentifier, Step,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::combinations::{COUNT, combination, is_allowed, is_complete};
use crate::ground::{
    ADDRESS, Ground, NUMBER, OTHER_NUMBER, OTHER_PASSWORD, PASSWORD, other_than, to_email,
    to_phone, username,
};
use crate::person::{End, Person};
use crate::settings::registering;

const EVENTS: [InteractionEvent; 3] = [
    InteractionEvent::SignIn,
    InteractionEvent::Register,
    InteractionEvent::ForgotPassword,
];

/// One step. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Op {
    Begin(usize),
    SetEvent(usize),
    Send {
        to: usize,
        event: usize,
        begins: bool,
    },
    Enter {
        is_right: bool,
    },
    Verify {
        record: usize,
        is_right: bool,
    },
    LogIn {
        who: usize,
        is_right: bool,
    },
    VerifyPassword {
        who: usize,
        is_right: bool,
    },
    NewIdentity(usize),
    Identify(usize),
    AddName(usize),
    AddPassword,
    AddVerified {
        record: usize,
        kind: usize,
    },
    ChooseNew,
    GiveName {
        name: usize,
        begins: bool,
    },
    GivePassword,
    Agree,
    GoOn,
    Submit,
    /// Does what is asked for.
    Follow(usize),
    Wait(u64),
    Suspend,
}

fn op() -> impl Strategy<Value = Op> {
    let index = 0..8_usize;
    prop_oneof![
        1 => index.clone().prop_map(Op::Begin),
        1 => index.clone().prop_map(Op::SetEvent),
        4 => (index.clone(), index.clone(), any::<bool>())
            .prop_map(|(to, event, begins)| Op::Send { to, event, begins }),
        4 => prop::bool::weighted(0.9).prop_map(|is_right| Op::Enter { is_right }),
        4 => (index.clone(), prop::bool::weighted(0.9))
            .prop_map(|(record, is_right)| Op::Verify { record, is_right }),
        1 => (index.clone(), any::<bool>()).prop_map(|(who, is_right)| Op::LogIn { who, is_right }),
        1 => (index.clone(), any::<bool>())
            .prop_map(|(who, is_right)| Op::VerifyPassword { who, is_right }),
        1 => index.clone().prop_map(Op::NewIdentity),
        4 => index.clone().prop_map(Op::Identify),
        2 => index.clone().prop_map(Op::AddName),
        1 => Just(Op::AddPassword),
        2 => (index.clone(), index.clone())
            .prop_map(|(record, kind)| Op::AddVerified { record, kind }),
        1 => Just(Op::ChooseNew),
        2 => (index.clone(), any::<bool>()).prop_map(|(name, begins)| Op::GiveName { name, begins }),
        2 => Just(Op::GivePassword),
        1 => Just(Op::Agree),
        2 => Just(Op::GoOn),
        1 => Just(Op::Submit),
        30 => index.prop_map(Op::Follow),
        1 => (1..700_u64).prop_map(Op::Wait),
        1 => Just(Op::Suspend),
    ]
}

/// What was proved in an interaction since it was begun last.
#[derive(Default)]
struct Proved {
    recipients: HashSet<String>,
    users: HashSet<UserId>,
}

struct World {
    ground: Ground,
    settings: SignInExperience,
    alice: User,
    bob: User,
    references: Vec<InteractionRef>,
    proved: Vec<Proved>,
    ends: Ends,
}

/// How many got to which end, so that walks that lead nowhere are noticed.
#[derive(Debug, Default, Clone, Copy)]
struct Ends {
    signed_in: u32,
    reset: u32,
    refused: u32,
}

impl World {
    async fn new(settings: SignInExperience) -> Self {
        let limits = Limits {
            sends: SendLimits::off(),
            lock_outs: LockOuts::On,
        };
        let ground = Ground::with_limits(&settings, limits).await;
        let alice = ground.add_alice().await;
        let bob = |user| User {
            primary_phone: Some(moongate_core::testing::phone(OTHER_NUMBER)),
            ..user
        };
        let bob = ground.add_user(bob).await;
        let references = vec![ground.start("browser").await, ground.start("browser").await];
        Self {
            ground,
            settings,
            alice,
            bob,
            references,
            proved: vec![Proved::default(), Proved::default()],
            ends: Ends::default(),
        }
    }

    fn recipient(index: usize) -> Recipient {
        match index % 5 {
            0 => to_phone(NUMBER),
            1 => to_phone(OTHER_NUMBER),
            2 => to_phone("13700137000"),
            3 => to_email(ADDRESS),
            _ => to_email("carol@mail.example"),
        }
    }

    fn whose(index: usize) -> Identifier {
        match index % 5 {
            0 => username("alice"),
            1 => to_email(ADDRESS).into(),
            2 => to_phone(NUMBER).into(),
            3 => to_phone(OTHER_NUMBER).into(),
            _ => username("nobody"),
        }
    }

    fn name(index: usize) -> String {
        ["alice", "carol", "dave", "no!"][index % 4].into()
    }

    /// The right code for a recipient, if one went out, or another one.
    fn code(&mut self, at: usize, recipient: &Recipient, is_right: bool) -> String {
        let sent = self.ground.sender.last_code_to(recipient);
        let sent = sent.unwrap_or_else(|| "000000".into());
        if !is_right {
            return other_than(&sent);
        }
        self.proved[at]
            .recipients
            .insert(recipient.as_str().to_owned());
        sent
    }

    async fn record(&self, at: usize, index: usize) -> Option<(String, Identifier)> {
        let found = self
            .ground
            .experience
            .whereabouts(&self.references[at])
            .await;
        let flow = found.unwrap().flow?;
        let record = flow.records.get(index % flow.records.len().max(1))?;
        Some((record.id.clone(), record.identifier()))
    }

    fn password(&mut self, at: usize, is_right: bool) -> Secret {
        if !is_right {
            return Secret::new("not it");
        }
        // Whoever knows it knows Alice's.
        self.proved[at].users.insert(self.alice.id.clone());
        Secret::new(PASSWORD)
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of step")]
    async fn take(&mut self, at: usize, op: Op) -> Result<Option<Progress>, FlowError> {
        let experience = self.ground.experience.clone();
        let own = self.references[at].clone();
        let browser = Browser::default();
        match op {
            Op::Begin(event) => {
                self.proved[at] = Proved::default();
                experience.begin(own, EVENTS[event % 3]).await?;
            }
            Op::SetEvent(event) => experience.set_event(own, EVENTS[event % 3]).await?,
            Op::Send { to, event, begins } => {
                let to = Self::recipient(to);
                self.ground.ask(&own, to, EVENTS[event % 3], begins).await?;
                if begins {
                    self.proved[at] = Proved::default();
                }
            }
            Op::Enter { is_right } => {
                let flow = experience.whereabouts(&own).await?.flow;
                let pending = flow.as_ref().and_then(|flow| flow.pending_code());
                let recipient = pending.map(|code| code.recipient.clone());
                let code = match recipient {
                    Some(recipient) => self.code(at, &recipient, is_right),
                    None => "123456".into(),
                };
                return experience.enter_code(own, &code, browser).await.map(Some);
            }
            Op::Verify { record, is_right } => {
                let Some((id, identifier)) = self.record(at, record).await else {
                    return Ok(None);
                };
                let recipient = identifier.recipient();
                let recipient = recipient.unwrap_or_else(|| to_phone(NUMBER));
                let code = self.code(at, &recipient, is_right);
                experience.verify_code(own, id, recipient, &code).await?;
            }
            Op::LogIn { who, is_right } => {
                let password = self.password(at, is_right);
                let entered =
                    experience.sign_in_with_password(own, Self::whose(who), password, browser);
                return entered.await.map(Some);
            }
            Op::VerifyPassword { who, is_right } => {
                let password = self.password(at, is_right);
                experience
                    .verify_password(own, Self::whose(who), password)
                    .await?;
            }
            Op::NewIdentity(name) => {
                let password = Secret::new(OTHER_PASSWORD);
                experience
                    .new_password_identity(own, Self::name(name), password)
                    .await?;
            }
            Op::Identify(record) => {
                let record = self.record(at, record).await.map(|(id, _)| id);
                experience.identify(own, record).await?;
            }
            Op::AddName(name) => {
                let addition = ProfileAddition::Username(Self::name(name));
                experience.add_to_profile(own, addition).await?;
            }
            Op::AddPassword => {
                let addition = ProfileAddition::Password(Secret::new(OTHER_PASSWORD));
                experience.add_to_profile(own, addition).await?;
            }
            Op::AddVerified { record, kind } => {
                let Some((id, _)) = self.record(at, record).await else {
                    return Ok(None);
                };
                let addition = ProfileAddition::Verified {
                    kind: SignInIdentifier::ALL[kind % 3],
                    verification_id: id,
                };
                experience.add_to_profile(own, addition).await?;
            }
            Op::ChooseNew => {
                let password = Secret::new(OTHER_PASSWORD);
                experience.choose_new_password(own, password).await?;
            }
            Op::GiveName { name, begins } => {
                let given = experience.give_username(own, Self::name(name), begins, browser);
                return given.await.map(Some);
            }
            Op::GivePassword => {
                let given = experience.give_password(own, Secret::new(OTHER_PASSWORD), browser);
                return given.await.map(Some);
            }
            Op::Agree => return experience.agree_to_terms(own, browser).await.map(Some),
            Op::GoOn => return experience.go_on(own, browser).await.map(Some),
            Op::Submit => return experience.submit(own, browser).await.map(Some),
            Op::Follow(choice) => {
                let step = experience.whereabouts(&own).await?.step;
                if let Step::EnterCode(code) = &step {
                    let code = self.code(at, &code.recipient, true);
                    return experience.enter_code(own, &code, browser).await.map(Some);
                }
                if step == Step::Begin {
                    let event = choice / 3;
                    let (to, begins) = (choice, true);
                    let first = Op::Send { to, event, begins };
                    return Box::pin(self.take(at, first)).await;
                }
                let followed = Person::next().take(&self.ground, &own, step).await;
                return followed.map(Some);
            }
            Op::Wait(seconds) => self.ground.advance(seconds),
            Op::Suspend => {
                let suspend = |user: User| User {
                    is_suspended: !user.is_suspended,
                    ..user
                };
                self.ground.change(&self.bob.id, suspend).await;
            }
        }
        Ok(None)
    }

    /// Whether so much was proved that somebody may be this user.
    fn is_proved(&self, at: usize, user: &User) -> bool {
        let proved = &self.proved[at];
        let phone = user.primary_phone.as_ref().map(Phone::digits);
        let names = [phone, user.primary_email.as_deref()];
        let mut names = names.into_iter().flatten();
        proved.users.contains(&user.id) || names.any(|name| proved.recipients.contains(name))
    }

    async fn check(&mut self, at: usize, outcome: Result<Option<Progress>, FlowError>) {
        let is_reset = matches!(outcome, Ok(Some(Progress::PasswordReset)));
        match outcome {
            Ok(Some(Progress::SignedIn(signed_in))) => {
                self.ends.signed_in += 1;
                if let Some(cookie) = signed_in.session_cookie {
                    self.check_session(at, &cookie).await;
                }
                self.references[at] = self.ground.start("browser").await;
                self.proved[at] = Proved::default();
            }
            Ok(Some(Progress::PasswordReset)) => self.ends.reset += 1,
            Ok(_) => {}
            Err(FlowError::Store(error)) => panic!("{error}"),
            Err(_) => self.ends.refused += 1,
        }
        for known in [&mut self.alice, &mut self.bob] {
            let user = self.ground.user(&known.id).await.unwrap();
            check_kept(known.username.as_ref(), user.username.as_ref());
            check_kept(known.primary_email.as_ref(), user.primary_email.as_ref());
            check_kept(known.primary_phone.as_ref(), user.primary_phone.as_ref());
            if !is_reset {
                check_kept(known.password_hash.as_ref(), user.password_hash.as_ref());
            }
            *known = user;
        }
    }

    async fn check_session(&self, at: usize, cookie: &str) {
        let session = self.ground.session(cookie).await.unwrap();
        let user = self.ground.user(&session.user_id).await.unwrap();
        assert!(!user.is_suspended);
        let is_known = [&self.alice.id, &self.bob.id].contains(&&user.id);
        assert!(
            !is_known || self.is_proved(at, &user),
            "nobody proved to be {user:?}"
        );
        assert!(is_complete(&self.settings, &user), "{user:?}");
    }

    /// From wherever the interaction stands, a person goes on to an end, or begins again.
    async fn finish(&self, at: usize) {
        let own = &self.references[at];
        let experience = &self.ground.experience;
        let Ok(found) = experience.whereabouts(own).await else {
            return;
        };
        if found.flow.is_none() {
            return;
        }
        let asked = found.step.clone();
        let person = Person::next();
        let first = match found.step {
            // Goes on by itself.
            Step::Finish => experience.go_on(own.clone(), Browser::default()).await,
            step => Ok(Progress::Next(step)),
        };
        match (person.walk(&self.ground, own, first).await, asked) {
            (End::SignedIn(_) | End::Reset, _) => return,
            // The beginning, or a code that nobody got, that is over, or of somebody refused.
            // Or a password that this person does not know.
            (_, Step::Begin | Step::EnterCode(_) | Step::EnterPassword(_)) => {}
            (End::Refused(code), asked) => assert!(
                [
                    ErrorCode::AuthForbidden,
                    ErrorCode::UserSuspended,
                    ErrorCode::UserSamePassword,
                    ErrorCode::UserUsernameAlreadyInUse,
                    ErrorCode::UserEmailAlreadyInUse,
                    ErrorCode::UserPhoneAlreadyInUse,
                    ErrorCode::UserUsernameExistsInProfile,
                    ErrorCode::UserEmailExistsInProfile,
                    ErrorCode::UserPhoneExistsInProfile,
                    ErrorCode::UserPasswordExistsInProfile,
                ]
                .contains(&code),
                "{code:?} where {asked:?} is asked for"
            ),
            (End::Beginning, asked) => panic!("left without a reason where {asked:?}"),
        }
        self.ground.begin(own, InteractionEvent::SignIn).await;
        let found = experience.whereabouts(own).await.unwrap();
        assert_eq!(found.step, Step::Begin);
    }
}

/// What an account has, it keeps.
fn check_kept<T: PartialEq + std::fmt::Debug>(before: Option<&T>, after: Option<&T>) {
    if before.is_some() {
        assert_eq!(before, after, "an identifier was replaced");
    }
}

async fn run(settings: SignInExperience, steps: Vec<(usize, Op)>) -> Ends {
    let mut world = World::new(settings).await;
    for (at, op) in steps {
        let outcome = world.take(at, op).await;
        world.check(at, outcome).await;
    }
    for at in 0..2 {
        world.finish(at).await;
    }
    world.ends
}

/// 32 walks of up to 40 steps, with settings drawn from those that the rules allow, and with two
/// that lead far.
#[test]
fn no_walk_gets_in_without_a_proof_or_stuck() {
    let config = Config {
        cases: 32,
        failure_persistence: None,
        max_shrink_iters: 200,
        rng_seed: RngSeed::Fixed(20),
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let any = (0..COUNT).prop_map(combination);
    let settings = prop_oneof![
        1 => any.prop_filter("the rules refuse it", is_allowed),
        1 => Just(registering(&SignInIdentifier::ALL, true, &[])),
        1 => Just(registering(&[SignInIdentifier::Phone], false, &[])),
    ];
    let steps = prop::collection::vec((0..2_usize, op()), 1..40);
    let total = Cell::new(Ends::default());
    let walked = runner.run(&(settings, steps), |(settings, steps)| {
        let ends = runtime.block_on(run(settings, steps));
        let sum = total.get();
        total.set(Ends {
            signed_in: sum.signed_in + ends.signed_in,
            reset: sum.reset + ends.reset,
            refused: sum.refused + ends.refused,
        });
        Ok(())
    });
    if let Err(error) = walked {
        panic!("{error}");
    }
    let total = total.get();
    assert!(total.signed_in > 20 && total.reset > 1, "{total:?}");
}

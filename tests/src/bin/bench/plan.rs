//! What is measured, in which order, how often.
//!
//! A round measures everything once, so that whatever else the machine does meanwhile hits all
//! alike; the table shows the median of the rounds. Codes and tokens that are used up are made anew
//! in each round, by requests of which the first is a measurement as well.

use std::net::SocketAddr;

use serde_json::Value;
use url::Url;

use crate::load::{self, Done, Requests};
use crate::tenant::{SPA, Tenant, WEB};
use crate::{limits, requests};

/// How often everything is measured.
pub(crate) const ROUNDS: usize = 5;

/// Requests of a kind that needs neither signature nor database.
const MANY: usize = 16_000;
/// Requests of a kind that needs one of them.
const SOME: usize = 4_000;
/// Requests of a kind that writes.
const FEW: usize = 1_500;

/// What a measurement is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// It is one itself.
    Itself,
    /// Answering fixed bytes.
    Bytes,
    /// Signing a token.
    Sign,
}

/// A kind of request, and its rate in each round.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) limit: Limit,
    pub(crate) rates: Vec<f64>,
}

impl Measured {
    /// The median rate.
    pub(crate) fn median(&self) -> f64 {
        let mut rates = self.rates.clone();
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    }
}

/// The name of the limit of fixed bytes.
pub(crate) const BYTES: &str = "limit: fixed bytes";
/// The name of the limit of signing.
pub(crate) const SIGN: &str = "limit: signing a token";

/// A benchmark under way.
pub(crate) struct Plan {
    moongate: SocketAddr,
    session: String,
    /// A token answer with a JWT.
    pub(crate) signed_answer: Value,
    /// The discovery document.
    pub(crate) discovery: Vec<u8>,
    /// Refresh tokens of the public client.
    refresh_tokens: Vec<String>,
    pub(crate) measured: Vec<Measured>,
}

impl Plan {
    /// Gets what the limits are made from, and the first refresh tokens.
    pub(crate) async fn new(moongate: SocketAddr, tenant: &Tenant) -> Self {
        let mut plan = Self {
            moongate,
            session: tenant.session.clone(),
            signed_answer: Value::Null,
            discovery: Vec::new(),
            refresh_tokens: Vec::new(),
            measured: Vec::new(),
        };
        let one = |request| Requests::Each(vec![request]);
        let token = one(requests::client_credentials());
        plan.signed_answer = load::run(moongate, &token, 200).await.answers[0].json();
        let discovery = one(requests::get(DISCOVERY, ""));
        let mut answer = load::run(moongate, &discovery, 200).await.answers;
        plan.discovery = answer.remove(0).body;
        let codes = plan.codes(SPA).await;
        let exchange = exchange(SPA, &codes.answers);
        let tokens = load::run(moongate, &exchange, 200).await;
        plan.refresh_tokens = members(&tokens, "refresh_token");
        plan
    }

    /// Measures everything once.
    pub(crate) async fn round(&mut self, limits: SocketAddr) {
        let bytes = Requests::Same(requests::get(limits::BYTES, ""), MANY);
        self.measure(BYTES, Limit::Itself, limits, &bytes).await;
        let discovery = Requests::Same(requests::get(DISCOVERY, ""), MANY);
        self.measure("discovery", Limit::Bytes, self.moongate, &discovery)
            .await;
        let jwks = Requests::Same(requests::get("/oidc/jwks", ""), MANY);
        self.measure("key set", Limit::Bytes, self.moongate, &jwks)
            .await;

        let sign = Requests::Same(requests::sign(), SOME);
        self.measure(SIGN, Limit::Itself, limits, &sign).await;
        let machine = Requests::Same(requests::client_credentials(), SOME);
        let name = "token by client credentials";
        self.measure(name, Limit::Sign, self.moongate, &machine)
            .await;

        let codes = self.codes(WEB).await;
        let exchange = exchange(WEB, &codes.answers);
        let name = "authorization of who is signed in";
        self.note(name, Limit::Bytes, codes.rate);
        let name = "token by authorization code";
        let tokens = self
            .measure(name, Limit::Sign, self.moongate, &exchange)
            .await;

        let refresh = self.refresh_tokens.iter();
        let refresh = Requests::Each(refresh.map(|token| requests::refresh(token)).collect());
        let name = "token by refresh token, rotated";
        let refreshed = self
            .measure(name, Limit::Sign, self.moongate, &refresh)
            .await;
        self.refresh_tokens = members(&refreshed, "refresh_token");

        let access_tokens = members(&tokens, "access_token");
        let of_each = |request: fn(&str) -> Vec<u8>| {
            let tokens = access_tokens.iter().cycle().take(SOME);
            Requests::Each(tokens.map(|token| request(token)).collect())
        };
        let userinfo = of_each(requests::userinfo);
        self.measure("userinfo", Limit::Bytes, self.moongate, &userinfo)
            .await;
        let introspection = of_each(requests::introspection);
        self.measure("introspection", Limit::Bytes, self.moongate, &introspection)
            .await;
    }

    /// Authorizes a client many times: the answers lead to it with codes.
    async fn codes(&self, client_id: &str) -> Done {
        let request = requests::authorize(client_id, &self.session);
        let requests = Requests::Each(vec![request; FEW]);
        load::run(self.moongate, &requests, 303).await
    }

    async fn measure(
        &mut self,
        name: &'static str,
        limit: Limit,
        address: SocketAddr,
        requests: &Requests,
    ) -> Done {
        let done = load::run(address, requests, 200).await;
        self.note(name, limit, done.rate);
        done
    }

    fn note(&mut self, name: &'static str, limit: Limit, rate: f64) {
        match self.measured.iter_mut().find(|known| known.name == name) {
            Some(known) => known.rates.push(rate),
            None => self.measured.push(Measured {
                name,
                limit,
                rates: vec![rate],
            }),
        }
    }
}

const DISCOVERY: &str = "/oidc/.well-known/openid-configuration";

/// Requests that exchange the codes that answers lead to a client with.
fn exchange(client_id: &str, answers: &[load::Answer]) -> Requests {
    let codes = answers.iter().map(|answer| {
        let location = Url::parse(answer.header("location")).expect("an address");
        let mut pairs = location.query_pairs();
        let code = pairs.find(|(name, _)| name == "code").expect("a code");
        requests::authorization_code(client_id, &code.1)
    });
    Requests::Each(codes.collect())
}

/// A member of each answer.
fn members(done: &Done, name: &str) -> Vec<String> {
    let answers = done.answers.iter().map(load::Answer::json);
    let members = answers.map(|json| json[name].as_str().expect(name).to_owned());
    members.collect()
}

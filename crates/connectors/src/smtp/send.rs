//! One e-mail by SMTP (RFC 5321), step by step, so that a refusal says whose business it is: a
//! recipient that is refused is the person's, all else the administrator's.

use std::fmt;
use std::time::Duration;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use moongate_core::{ConnectorId, EmailAddress, SendError, VerificationMessage};

use super::compose::compose;
use super::{Security, SmtpConfig, mail_address};
use crate::sender::{PROVIDER_TIME, innermost};

/// How long the server may take to answer a farewell, which nobody waits for.
const FAREWELL_TIME: Duration = Duration::from_secs(1);

/// Sends `message` to `address`.
pub(crate) async fn send(
    connector: &ConnectorId,
    config: &SmtpConfig,
    address: &EmailAddress,
    message: &VerificationMessage,
) -> Result<(), SendError> {
    let Some(to) = mail_address(address.local_part(), address.domain()) else {
        tracing::warn!(%connector, "no message sent: mail can't carry such an address");
        return Err(SendError::BadAddress);
    };
    let mail = compose(config, Mailbox::new(None, to.clone()), message).map_err(|_| {
        // What lettre says may quote an address.
        tracing::warn!(%connector, "no message sent: the e-mail can't be written");
        SendError::Failed
    })?;
    let conversation = async {
        let mut connection = open(config).await?;
        let outcome = hand_over(&mut connection, &config.from.email, to, &mail.formatted()).await;
        // Politeness, in the background: what was said is said.
        tokio::spawn(async move {
            let _ = tokio::time::timeout(FAREWELL_TIME, connection.quit()).await;
        });
        outcome
    };
    match tokio::time::timeout(PROVIDER_TIME, conversation).await {
        Ok(Ok(())) => {
            tracing::debug!(%connector, "the mail server took the message");
            Ok(())
        }
        Ok(Err(failure)) => Err(failed(connector, &failure)),
        Err(_) => {
            tracing::warn!(%connector, "no message sent: the mail server did not answer in time");
            Err(SendError::Failed)
        }
    }
}

/// How far a conversation came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Connect,
    Encrypt,
    LogIn,
    Sender,
    Recipient,
    Content,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connect",
            Self::Encrypt => "encrypt",
            Self::LogIn => "log in",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Content => "content",
        })
    }
}

/// Why no message was sent.
enum Failure {
    /// At that step.
    At(Step, Error),
    /// The address has letters that the server can't handle (RFC 6531).
    NoUnicode,
}

fn at(step: Step) -> impl Fn(Error) -> Failure {
    move |error| Failure::At(step, error)
}

async fn open(config: &SmtpConfig) -> Result<AsyncSmtpConnection, Failure> {
    let hello = config
        .hello_name
        .clone()
        .map_or_else(ClientId::default, ClientId::Domain);
    let connect = |tls| {
        AsyncSmtpConnection::connect_tokio1(
            (config.host.as_str(), config.port),
            None,
            &hello,
            tls,
            config.local_address,
        )
    };
    let connection = match config.security {
        Security::Implicit => {
            let tls = tls_parameters(config).map_err(at(Step::Encrypt))?;
            connect(Some(tls)).await.map_err(at(Step::Connect))?
        }
        Security::StartTls => {
            let tls = tls_parameters(config).map_err(at(Step::Encrypt))?;
            let mut connection = connect(None).await.map_err(at(Step::Connect))?;
            let upgraded = connection.starttls(tls, &hello).await;
            upgraded.map_err(at(Step::Encrypt))?;
            connection
        }
        Security::Loopback => connect(None).await.map_err(at(Step::Connect))?,
    };
    log_in(config, connection).await
}

async fn log_in(
    config: &SmtpConfig,
    mut connection: AsyncSmtpConnection,
) -> Result<AsyncSmtpConnection, Failure> {
    if let Some(login) = &config.login {
        let password = login.password.expose().to_owned();
        let credentials = Credentials::new(login.user.clone(), password);
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        let answer = connection.auth(&mechanisms, &credentials).await;
        answer.map_err(at(Step::LogIn))?;
    }
    Ok(connection)
}

fn tls_parameters(config: &SmtpConfig) -> Result<TlsParameters, Error> {
    let name = config.server_name.as_ref().unwrap_or(&config.host);
    let mut tls = TlsParameters::builder(name.clone());
    for root in &config.roots {
        tls = tls.add_root_certificate(root.clone());
    }
    tls.build()
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    to: Address,
    mail: &[u8],
) -> Result<(), Failure> {
    let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    let info = connection.server_info();
    let mut parameters = Vec::new();
    if !is_ascii(from) || !is_ascii(&to) {
        if !info.supports_feature(Extension::SmtpUtfEight) {
            return Err(Failure::NoUnicode);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    // Only such an address is written with letters beyond ASCII; the rest of a message is encoded.
    if !mail.is_ascii() {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(Some(from.clone()), parameters);
    let answer = connection.command(sender).await;
    answer.map_err(at(Step::Sender))?;
    let answer = connection.command(Rcpt::new(to, Vec::new())).await;
    answer.map_err(at(Step::Recipient))?;
    let answer = connection.command(Data).await;
    answer.map_err(at(Step::Content))?;
    let answer = connection.message(mail).await;
    answer.map_err(at(Step::Content))?;
    Ok(())
}

/// Writes the one line of the log, and says what a use case needs to know. Of what the server
/// said only the codes: the text around them likes to repeat the address.
fn failed(connector: &ConnectorId, failure: &Failure) -> SendError {
    let Failure::At(step, error) = failure else {
        tracing::warn!(
            %connector,
            "no message sent: the mail server takes no address with letters beyond ASCII"
        );
        return SendError::BadAddress;
    };
    let code = error.status().map(|code| code.to_string());
    let has_answer = code.is_some() || error.is_response();
    let cause = (!has_answer).then(|| innermost(error)).flatten();
    tracing::warn!(
        %connector,
        %step,
        code = code.as_deref(),
        enhanced_code = code.as_ref().and_then(|_| enhanced_code(error)),
        cause = cause.map(tracing::field::display),
        "no message sent: the mail server did not take it"
    );
    match code.as_deref() {
        // "Authentication required" (RFC 4954 §6) is not the recipient's fault.
        Some("530") => SendError::Failed,
        Some(_) if *step == Step::Recipient && error.is_permanent() => SendError::BadAddress,
        Some("450" | "451" | "452") => SendError::RateLimited,
        _ => SendError::Failed,
    }
}

/// The code of RFC 3463 at the beginning of the server's text, such as `5.1.1`.
fn enhanced_code(error: &Error) -> Option<String> {
    let text = std::error::Error::source(error)?.to_string();
    let word = text.split_whitespace().next()?;
    let numbers: Vec<&str> = word.split('.').collect();
    let is_number = |number: &&str| {
        (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    (numbers.len() == 3 && numbers.iter().all(is_number)).then(|| word.to_owned())
}

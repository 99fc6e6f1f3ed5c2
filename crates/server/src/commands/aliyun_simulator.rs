//! `moongate aliyun-simulator`: the stand-in for Aliyun's SMS service, alone.

use std::net::SocketAddr;

use moongate_aliyun_sms::simulator::{Account, Simulator};
use tokio::net::TcpListener;

use super::{CommandError, asked_to_stop};
use crate::app::StartError;
use crate::cli::{AliyunSimulator, Exit};
use crate::logging;
use crate::settings::LogFormat;

pub(crate) async fn aliyun_simulator(options: &AliyunSimulator) -> Result<Exit, CommandError> {
    logging::start(LogFormat::Text);
    let account = match &options.account {
        None => Account::default(),
        Some(path) => {
            let named = |error: &dyn std::error::Error| format!("{}: {error}", path.display());
            let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
            Account::from_toml(&text).map_err(|error| named(&error))?
        }
    };
    let listener =
        TcpListener::bind(options.listen)
            .await
            .map_err(|source| StartError::Listen {
                address: options.listen,
                source,
            })?;
    println!("Aliyun SMS simulator on http://{}", listener.local_addr()?);
    println!("Inbox: http://{}/inbox", listener.local_addr()?);
    println!("AccessKey ID: {}", account.access_key_id);
    // With the caller's address: e-mails are taken from this machine alone.
    let service = Simulator::new(account)
        .router()
        .into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(asked_to_stop())
        .await?;
    Ok(Exit::Done)
}

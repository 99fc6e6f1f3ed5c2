//! Plays Aliyun on 127.0.0.1:3010, or the address in the first argument, and sends one message
//! there.
//!
//! Run it with `cargo run -p moongate-aliyun-sms --features simulator --example simulator`, then
//! open <http://127.0.0.1:3010/inbox>. Ctrl-C ends it.

use std::error::Error;
use std::net::SocketAddr;

use moongate_aliyun_sms::simulator::{Account, Simulator};
use moongate_aliyun_sms::{Client, Config, SendSms, http_client};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let account = Account::default();
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:3010")).await?;
    let address = listener.local_addr()?;
    let mut config = Config::new(&account.access_key_id, account.access_key_secret.clone());
    config.endpoint = format!("http://{address}/").parse()?;

    let simulator = Simulator::new(account);
    // With the caller's address, so that e-mails from this machine are taken.
    let service = simulator
        .router()
        .into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(axum::serve(listener, service).into_future());

    let client = Client::new(config, http_client()?);
    let message = SendSms::new("13800138000", "月亮门", "SMS_200000002").param("code", "246810");
    let sent = client.send_sms(&message).await?;
    println!("accepted as {}", sent.biz_id.unwrap_or_default());
    println!("read it at http://{address}/inbox");

    serving.await??;
    Ok(())
}

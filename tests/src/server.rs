//! A server on a port of this machine, in a thread and runtime of its own: to stop it is to cut
//! every connection, as when a process is killed.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;

use axum::Router;
use tokio::sync::oneshot;

/// A free port of the loopback address, kept until a server takes it over.
pub(crate) fn free_port() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves what `make` gives; `make` runs in the server's own runtime. Returns once it listens.
    pub(crate) async fn start<Made>(
        listener: TcpListener,
        make: impl FnOnce() -> Made + Send + 'static,
    ) -> Self
    where
        Made: Future<Output = (Router, KeepAlive)>,
    {
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, is_ready) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                listener.set_nonblocking(true).unwrap();
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let (router, _kept) = make().await;
                // Nobody listens if the test was dropped in between.
                let _ = ready.send(());
                // The simulator's inbox takes e-mail from this machine alone.
                let service = router.into_make_service_with_connect_info::<SocketAddr>();
                tokio::select! {
                    served = async { axum::serve(listener, service).await } => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        is_ready.await.expect("the server started");
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// What lives as long as a server does.
pub(crate) type KeepAlive = Box<dyn std::any::Any>;

impl Drop for Server {
    fn drop(&mut self) {
        // To let go of the sender is the signal.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Its panic was printed where it happened; a second one here would abort the test.
            let _ = thread.join();
        }
    }
}

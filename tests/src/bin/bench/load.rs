//! The generator: a fixed number of requests over a fixed number of connections that are kept open.
//! It does as little as it can, since it shares the machine with what it measures.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How many connections are open at once.
pub(crate) const CONNECTIONS: usize = 32;

/// The time by this machine's clock: what is measured here is real.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark is about the time that really passes"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The requests of one run, ready to be sent.
pub(crate) enum Requests {
    /// The same one so many times.
    Same(Vec<u8>, usize),
    /// Each once.
    Each(Vec<Vec<u8>>),
}

impl Requests {
    fn len(&self) -> usize {
        match self {
            Self::Same(_, count) => *count,
            Self::Each(list) => list.len(),
        }
    }

    fn get(&self, index: usize) -> &[u8] {
        match self {
            Self::Same(request, _) => request,
            Self::Each(list) => &list[index],
        }
    }
}

/// An answer: its head, from the status line on, and its body.
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header's value; its name in lower case, as the server writes it.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut lines = self.head.split("\r\n");
        let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_default()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// What a run took, and its answers in the order of the requests.
pub(crate) struct Done {
    /// Requests a second.
    pub(crate) rate: f64,
    pub(crate) answers: Vec<Answer>,
}

/// Sends all requests; each has to be answered with that status.
pub(crate) async fn run(address: SocketAddr, requests: &Requests, status: u16) -> Done {
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await);
    }
    let stopwatch = Stopwatch::start();
    let runs = connections
        .iter_mut()
        .enumerate()
        .map(|(first, connection)| connection.send(requests, first, status));
    let answers = futures_util::future::join_all(runs).await;
    let elapsed = stopwatch.elapsed().as_secs_f64();
    let mut answers: Vec<(usize, Answer)> = answers.into_iter().flatten().collect();
    answers.sort_unstable_by_key(|(index, _)| *index);
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let count = requests.len() as f64;
    Done {
        rate: count / elapsed,
        answers: answers.into_iter().map(|(_, answer)| answer).collect(),
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        }
    }

    /// Sends every request from `first` on that is this connection's.
    async fn send(
        &mut self,
        requests: &Requests,
        first: usize,
        status: u16,
    ) -> Vec<(usize, Answer)> {
        let expected = format!("HTTP/1.1 {status} ");
        let mut answers = Vec::new();
        for index in (first..requests.len()).step_by(CONNECTIONS) {
            let request = requests.get(index);
            self.stream.write_all(request).await.expect("a request");
            let answer = self.answer().await;
            assert!(
                answer.head.starts_with(&expected),
                "expected {status}: {}\n{}",
                answer.head,
                String::from_utf8_lossy(&answer.body)
            );
            // What is the same for all is of no further use.
            if matches!(requests, Requests::Each(_)) || index == 0 {
                answers.push((index, answer));
            }
        }
        answers
    }

    /// Reads one answer whose length is named, as all of the server's are.
    async fn answer(&mut self) -> Answer {
        self.buffer.clear();
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|it| it == b"\r\n\r\n") {
                break end;
            }
            self.read().await;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let mut answer = Answer {
            head,
            body: Vec::new(),
        };
        let length: usize = answer.header("content-length").parse().unwrap_or(0);
        while self.buffer.len() < end + 4 + length {
            self.read().await;
        }
        answer.body = self.buffer[end + 4..].to_vec();
        answer
    }

    async fn read(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await;
        assert!(read.expect("an answer") > 0, "the server hung up");
    }
}

//! The pool of work areas in which passwords are hashed and verified.
//!
//! Argon2 needs tens of megabytes for each computation. Allocating them anew each time makes
//! glibc's heap grow without end, and unlimited computations starve everything else; so there are
//! as many areas as cores, made once and handed on, and whoever has one may compute. Those who
//! would wait too long are told to come back instead.

use std::mem;
use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use argon2::{Block, Params};
use moongate_core::{Entropy, PasswordHash, Secret, Stream};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::{task, time};
use unicode_normalization::UnicodeNormalization as _;

use super::hash::{SALT_BYTES, StoredHash, make};

/// How many requests may wait for an area.
const QUEUE: usize = 64;
/// How long one of them waits.
const MAX_WAIT: Duration = Duration::from_secs(3);
/// A longer input is nobody's password.
const MAX_INPUT_BYTES: usize = 4096;

/// What Argon2id costs: one of three presets, all of one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashParameters {
    memory_kib: u32,
    passes: u32,
}

impl HashParameters {
    /// 19 MiB, two passes: OWASP's minimum, about 40 ms.
    pub const STANDARD: Self = Self {
        memory_kib: 19_456,
        passes: 2,
    };
    /// 32 MiB, three passes: about twice the time.
    pub const HARDENED: Self = Self {
        memory_kib: 32_768,
        passes: 3,
    };
    /// Next to nothing, for tests alone: such hashes protect nobody.
    pub const FAST: Self = Self {
        memory_kib: 8,
        passes: 1,
    };

    fn params(self) -> Params {
        Params::new(self.memory_kib, self.passes, 1, None)
            .expect("each preset is within Argon2's limits")
    }
}

/// What came of comparing a password with a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It is the password.
    Right,
    /// It is the password, but its hash is of another algorithm or other parameters than the
    /// pool's: hash it anew and store that.
    RightButOutdated,
    /// It is not; or there is no such user.
    Wrong,
}

/// Why a password could be neither hashed nor verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// Too many others are at it.
    #[error("too many passwords are being verified")]
    Busy {
        /// When trying again makes sense.
        retry_after: Duration,
    },
    /// The stored hash can't be read.
    #[error("a stored password hash is malformed")]
    Corrupt,
}

/// Hashes and verifies passwords, with bounded memory and off the async workers. Clones share it.
#[derive(Clone)]
pub struct PasswordPool(Arc<Shared>);

struct Shared {
    params: Params,
    /// What a password is compared with if there is no user.
    dummy: PasswordHash,
    max_wait: Duration,
    /// One for each who has an area or may wait for one.
    places: Arc<Semaphore>,
    /// One for each area.
    turns: Arc<Semaphore>,
    /// One: for an imported hash that needs more memory than an area has.
    outsize: Arc<Semaphore>,
    areas: Mutex<Vec<Vec<Block>>>,
    verifications: AtomicU64,
}

/// An area, and the right to compute in it. Whoever drops it hands both on.
struct Area {
    blocks: Vec<Block>,
    pool: Arc<Shared>,
    // Dropped after `blocks` went back, so that the next one finds them.
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Area {
    /// Does the work with so many blocks. What doesn't fit into an area gets memory of its own.
    fn run<T>(mut self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        if blocks > self.pool.params.block_count() {
            return work(&mut vec![Block::new(); blocks]);
        }
        if blocks > self.blocks.len() {
            let size = self.pool.params.block_count();
            self.blocks.resize(size, Block::new());
        }
        work(&mut self.blocks)
    }
}

impl Drop for Area {
    fn drop(&mut self) {
        let blocks = mem::take(&mut self.blocks);
        let mut areas = lock(&self.pool.areas);
        areas.push(blocks);
    }
}

impl PasswordPool {
    /// A pool that hashes with these parameters, with an area for each core. Areas take memory
    /// when they are first needed, and keep it.
    pub fn new(parameters: HashParameters) -> Self {
        let areas = thread::available_parallelism().map_or(1, usize::from);
        Self::with_limits(parameters, areas, QUEUE, MAX_WAIT)
    }

    fn with_limits(
        parameters: HashParameters,
        areas: usize,
        queue: usize,
        max_wait: Duration,
    ) -> Self {
        let params = parameters.params();
        Self(Arc::new(Shared {
            dummy: dummy(parameters),
            params,
            max_wait,
            places: Arc::new(Semaphore::new(areas + queue)),
            turns: Arc::new(Semaphore::new(areas)),
            outsize: Arc::new(Semaphore::new(1)),
            areas: Mutex::new(vec![Vec::new(); areas]),
            verifications: AtomicU64::new(0),
        }))
    }

    /// The hash of a new password, with a salt of its own.
    ///
    /// # Errors
    /// [`PoolError::Busy`].
    pub async fn hash(
        &self,
        password: &Secret,
        entropy: &dyn Entropy,
    ) -> Result<PasswordHash, PoolError> {
        let mut salt = [0; SALT_BYTES];
        // A salt is like a nonce: it need not be secret, only never come again.
        entropy.fill(Stream::Seal, &mut salt);
        let password = Secret::new(normalised(password.expose()));
        let pool = Arc::clone(&self.0);
        let blocks = pool.params.block_count();
        self.compute(blocks, move |area| {
            make(password.expose().as_bytes(), &salt, &pool.params, area)
                .expect("presets, salts and passwords are within Argon2's limits")
        })
        .await
    }

    /// Compares a password with a user's hash. `None` says that there is no such user, or that
    /// they have no password: it takes the time of a hash by the pool's own parameters and
    /// answers [`Verification::Wrong`].
    ///
    /// # Errors
    /// [`PoolError::Busy`], and [`PoolError::Corrupt`] for a hash that nothing here has written.
    pub async fn verify(
        &self,
        password: &Secret,
        hash: Option<&PasswordHash>,
    ) -> Result<Verification, PoolError> {
        let too_long = password.expose().len() > MAX_INPUT_BYTES;
        let known = hash.filter(|_| !too_long);
        let text = known.unwrap_or(&self.0.dummy).expose();
        let stored = StoredHash::parse(text).map_err(|_| PoolError::Corrupt)?;
        let candidates = if too_long {
            vec![Secret::default()]
        } else {
            candidates(password)
        };
        let is_known = known.is_some();
        let pool = Arc::clone(&self.0);
        let blocks = stored.blocks();
        self.compute(blocks, move |area| {
            pool.verifications.fetch_add(1, Ordering::Relaxed);
            let mut is_right = false;
            for candidate in &candidates {
                let matches = stored.matches(candidate.expose().as_bytes(), area);
                is_right |= matches.map_err(|_| PoolError::Corrupt)?;
            }
            let is_current = stored.is_made_with(&pool.params);
            Ok(match (is_right && is_known, is_current) {
                (false, _) => Verification::Wrong,
                (true, true) => Verification::Right,
                (true, false) => Verification::RightButOutdated,
            })
        })
        .await?
    }

    /// How many verifications were begun, those for unknown users included.
    pub fn verifications(&self) -> u64 {
        self.0.verifications.load(Ordering::Relaxed)
    }

    /// Does work that needs so many blocks, on a thread where it keeps nobody waiting. If the
    /// caller goes away meanwhile, the area stays taken until the work is done.
    async fn compute<T: Send + 'static>(
        &self,
        blocks: usize,
        work: impl FnOnce(&mut [Block]) -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let area = self.area(blocks).await?;
        match task::spawn_blocking(move || area.run(blocks, work)).await {
            Ok(done) => Ok(done),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => panic::resume_unwind(panic),
                // The process is being shut down.
                Err(_) => Err(self.busy()),
            },
        }
    }

    async fn area(&self, blocks: usize) -> Result<Area, PoolError> {
        let pool = Arc::clone(&self.0);
        let place = Arc::clone(&pool.places).try_acquire_owned();
        let mut permits = vec![place.map_err(|_| self.busy())?];
        let turn = async {
            // In this order: whoever waits for the outsize one keeps no area from the others.
            if blocks > pool.params.block_count() {
                permits.push(Arc::clone(&pool.outsize).acquire_owned().await?);
            }
            permits.push(Arc::clone(&pool.turns).acquire_owned().await?);
            Ok::<_, AcquireError>(())
        };
        match time::timeout(pool.max_wait, turn).await {
            Ok(Ok(())) => {}
            _ => return Err(self.busy()),
        }
        let blocks = lock(&pool.areas).pop().unwrap_or_default();
        Ok(Area {
            blocks,
            pool,
            _permits: permits,
        })
    }

    fn busy(&self) -> PoolError {
        PoolError::Busy {
            retry_after: self.0.max_wait,
        }
    }
}

fn lock(areas: &Mutex<Vec<Vec<Block>>>) -> MutexGuard<'_, Vec<Vec<Block>>> {
    areas.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A text that costs as much to compare with as any that these parameters make.
fn dummy(parameters: HashParameters) -> PasswordHash {
    let (m, t) = (parameters.memory_kib, parameters.passes);
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    PasswordHash::new(format!("$argon2id$v=19$m={m},t={t},p=1${salt}${output}"))
}

/// NFC: one spelling of what looks the same, as keyboards differ in theirs.
fn normalised(password: &str) -> String {
    password.nfc().collect()
}

/// The spellings that may have been hashed: ours, and as it was typed, since other systems did
/// not normalise what they hashed.
fn candidates(password: &Secret) -> Vec<Secret> {
    let own = Secret::new(normalised(password.expose()));
    if own == *password {
        return vec![own];
    }
    vec![own, password.clone()]
}

#[cfg(test)]
mod tests;

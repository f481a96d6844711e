//! A run that sends: it says what to send and is told what came of it. Whoever carries it out has the network.

use super::batch::BatchId;
use super::week::ErasureToken;

/// Where batches go, below the server's address.
const BATCHES: &str = "v1/batches";
/// Where erasures go.
const ERASURES: &str = "v1/erasures";

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// The token of a week whose rows are to be erased. These go first.
    Erasure(ErasureToken),
    /// A sealed batch.
    Batch(BatchId, Vec<u8>),
}

/// What the run wants done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// POST these bytes to this path, under this id.
    Post {
        /// Below the server's address.
        path: &'static str,
        /// The header `Idempotency-Key`: the same at every try.
        id: [u8; 16],
        /// The body.
        body: Vec<u8>,
    },
    /// Nothing more: end the run.
    Done,
}

/// What the server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It has it now (HTTP 202), or had it before (200).
    Taken,
    /// It will never take it (HTTP 422): trying again is no use.
    Refused,
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Batches that the server has.
    pub batches: Vec<BatchId>,
    /// Batches that it will never take.
    pub refused: Vec<BatchId>,
    /// Weeks whose rows the server erases.
    pub erasures: Vec<ErasureToken>,
    /// What is left to send.
    pub left: usize,
}

/// A run that sends what waits, one after the other. What was taken is not sent again, whatever becomes of the rest.
#[derive(Debug)]
pub struct Upload {
    outgoing: std::vec::IntoIter<Outgoing>,
    current: Option<Outgoing>,
    delivered: Delivered,
    is_over: bool,
}

impl Upload {
    /// A run with what waits, in this order.
    #[must_use]
    pub fn new(outgoing: Vec<Outgoing>) -> Self {
        let mut outgoing = outgoing.into_iter();
        let current = outgoing.next();
        Self { outgoing, current, delivered: Delivered::default(), is_over: false }
    }

    /// What to do now; the same until it is answered.
    #[must_use]
    pub fn step(&self) -> Step {
        match &self.current {
            Some(Outgoing::Erasure(token)) if !self.is_over => {
                Step::Post { path: ERASURES, id: token.request_id(), body: token.bytes().to_vec() }
            }
            Some(Outgoing::Batch(id, body)) if !self.is_over => {
                Step::Post { path: BATCHES, id: *id.bytes(), body: body.clone() }
            }
            _ => Step::Done,
        }
    }

    /// The server answered the step.
    pub fn answered(&mut self, reply: Reply) {
        if self.is_over {
            return;
        }
        match (self.current.take(), reply) {
            (Some(Outgoing::Batch(id, _)), Reply::Taken) => self.delivered.batches.push(id),
            (Some(Outgoing::Batch(id, _)), Reply::Refused) => self.delivered.refused.push(id),
            // Of an erasure, a refusal is none: the server cannot say that it will never erase.
            (Some(Outgoing::Erasure(token)), Reply::Taken) => self.delivered.erasures.push(token),
            (Some(Outgoing::Erasure(_)), Reply::Refused) => self.delivered.left += 1,
            (None, _) => {}
        }
        self.current = self.outgoing.next();
    }

    /// The step could not be carried out: the run is over, and what is left waits for another.
    pub fn failed(&mut self) {
        self.is_over = true;
    }

    /// What came of it, for [`Engine::end_upload`](crate::Engine::end_upload).
    #[must_use]
    pub fn delivered(self) -> Delivered {
        let left = usize::from(self.current.is_some()) + self.outgoing.len();
        Delivered { left: self.delivered.left + left, ..self.delivered }
    }
}

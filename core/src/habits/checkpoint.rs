//! Habits as bytes and back, bit for bit.

use super::{Habits, ItemIndex};

/// The first byte of every checkpoint; a later format has another one, and its reader still reads this.
const FORMAT: u8 = 1;

impl Habits {
    /// The habits as bytes: a format byte, then postcard.
    #[must_use]
    pub fn to_checkpoint(&self) -> Vec<u8> {
        postcard::to_extend(self, vec![FORMAT]).expect("writing to memory does not fail")
    }

    /// The habits of bytes that [`Self::to_checkpoint`] wrote; `None` if they are not of this format, in which case the
    /// log has to be read again.
    #[must_use]
    pub fn from_checkpoint(bytes: &[u8]) -> Option<Self> {
        match bytes.split_first()? {
            (&FORMAT, rest) => postcard::from_bytes(rest).ok(),
            _ => None,
        }
    }

    /// Whether every number points at what is there and every table has its rows, so that nothing panics later: asked of
    /// bytes that came from elsewhere. That they say something true is not asked.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let rows = self.items.rows();
        let is_known = |index: ItemIndex| self.items.holds(index);
        self.items.is_sound()
            && self.counts.is_sound(rows, &is_known)
            && self.transitions.is_sound(rows, &is_known)
            && self.hours.has_rows(rows)
            && self.notifications.has_rows(rows)
            && self.sessions.is_sound(&is_known)
            && self.learning.is_sound()
    }
}

//! Questions can be too much to answer.

/// There is too much to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pcre) struct Exhausted;

/// What may be done before a question is given up.
#[derive(Debug, Clone)]
pub(in crate::pcre) struct Budget(pub(in crate::pcre) usize);

impl Budget {
    pub(in crate::pcre) fn spend(&mut self, work: usize) -> Result<(), Exhausted> {
        self.0 = self.0.checked_sub(work).ok_or(Exhausted)?;
        Ok(())
    }
}

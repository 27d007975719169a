//! What day it is.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::date::Date;

const SECONDS_OF_A_DAY: u64 = 86_400;

/// The day of the machine's clock, in UTC; none if the clock is nonsense.
pub(super) fn today() -> Option<Date> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(Date::of_unix_days(since.as_secs() / SECONDS_OF_A_DAY))
}

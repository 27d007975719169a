//! What stays the same while a request is run.

use super::Request;
use crate::config::http::Server;

/// A request, and the server that answers it.
#[derive(Clone, Copy)]
pub(super) struct Scene<'c, 'r> {
    pub(super) server: Server<'c>,
    pub(super) request: &'r Request,
}

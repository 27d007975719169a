//! Expressions with everything resolved that depends on flags: what each piece matches is a set of bytes.

mod bytes;
mod piece;
mod sets;

pub use bytes::ByteSet;
pub(super) use bytes::plainness;
pub(super) use piece::{Piece, Place, lower};

//! What a configuration wants from the machine that it runs on: files, ports, sockets.

pub(super) mod economy;
pub mod exposed;
pub mod load;
pub mod local_path;
pub mod ports;
pub mod referenced;
pub mod sockets;

//! The parts of nginx that have servers of their own.

use super::context::Context;

/// A part of nginx with servers, and with variables, zones and logs of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// `http`.
    Http,
    /// `stream`.
    Stream,
    /// `mail`, which has no variables.
    Mail,
}

impl Family {
    /// The name of its block.
    pub const fn block(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Stream => "stream",
            Self::Mail => "mail",
        }
    }

    /// The part that a context belongs to; none for those outside of all, and for bodies that http and stream share.
    pub const fn of(context: Context) -> Option<Self> {
        Some(match context {
            Context::Http
            | Context::Server
            | Context::Location
            | Context::IfInServer
            | Context::IfInLocation
            | Context::LimitExcept
            | Context::Upstream
            | Context::MapBody
            | Context::GeoBody
            | Context::TypesBody
            | Context::CharsetMapBody
            | Context::MatchBody
            | Context::OidcProvider
            | Context::AcmeIssuer
            | Context::OtelExporter => Self::Http,
            Context::Stream
            | Context::StreamServer
            | Context::StreamUpstream
            | Context::StreamMapBody
            | Context::StreamGeoBody
            | Context::StreamMatchBody => Self::Stream,
            Context::Mail | Context::MailServer => Self::Mail,
            Context::Main
            | Context::Events
            | Context::SplitClientsBody
            | Context::Mgmt
            | Context::Rtmp
            | Context::RtmpServer
            | Context::RtmpApplication
            | Context::RtmpRecorder => return None,
        })
    }
}

//! The places in a configuration where a directive can stand.

/// One place where directives can stand: the top of a file, or the body of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Outside of all blocks.
    Main,
    /// `events` in main.
    Events,
    /// `http` in main.
    Http,
    /// `server` in http.
    Server,
    /// `location` in a server or in a location.
    Location,
    /// `if` in server.
    IfInServer,
    /// `if` in location.
    IfInLocation,
    /// `limit_except` in location.
    LimitExcept,
    /// `upstream` in http.
    Upstream,
    /// `stream` in main.
    Stream,
    /// `server` in stream.
    StreamServer,
    /// `upstream` in stream.
    StreamUpstream,
    /// `mail` in main.
    Mail,
    /// `server` in mail.
    MailServer,
    /// `map` in http.
    MapBody,
    /// `map` in stream.
    StreamMapBody,
    /// `geo` in http.
    GeoBody,
    /// `geo` in stream.
    StreamGeoBody,
    /// `types` in http, server or location.
    TypesBody,
    /// `split_clients` in http or stream.
    SplitClientsBody,
    /// `charset_map` in http.
    CharsetMapBody,
    /// `match` in http (health checks of NGINX Plus).
    MatchBody,
    /// `match` in stream (health checks of NGINX Plus).
    StreamMatchBody,
    /// `mgmt` in main (NGINX Plus).
    Mgmt,
    /// `oidc_provider` in http (NGINX Plus).
    OidcProvider,
    /// `acme_issuer` in http.
    AcmeIssuer,
    /// `otel_exporter` in http.
    OtelExporter,
    /// `rtmp` in main.
    Rtmp,
    /// `server` in rtmp.
    RtmpServer,
    /// `application` in a server of rtmp.
    RtmpApplication,
    /// `recorder` in an application of rtmp.
    RtmpRecorder,
}

/// Every context, in the order of the enum, with the word for it in messages.
const NAMES: [(Context, &str); 31] = [
    (Context::Main, "main"),
    (Context::Events, "events"),
    (Context::Http, "http"),
    (Context::Server, "server"),
    (Context::Location, "location"),
    (Context::IfInServer, "if in server"),
    (Context::IfInLocation, "if in location"),
    (Context::LimitExcept, "limit_except"),
    (Context::Upstream, "upstream"),
    (Context::Stream, "stream"),
    (Context::StreamServer, "server in stream"),
    (Context::StreamUpstream, "upstream in stream"),
    (Context::Mail, "mail"),
    (Context::MailServer, "server in mail"),
    (Context::MapBody, "map"),
    (Context::StreamMapBody, "map in stream"),
    (Context::GeoBody, "geo"),
    (Context::StreamGeoBody, "geo in stream"),
    (Context::TypesBody, "types"),
    (Context::SplitClientsBody, "split_clients"),
    (Context::CharsetMapBody, "charset_map"),
    (Context::MatchBody, "match"),
    (Context::StreamMatchBody, "match in stream"),
    (Context::Mgmt, "mgmt"),
    (Context::OidcProvider, "oidc_provider"),
    (Context::AcmeIssuer, "acme_issuer"),
    (Context::OtelExporter, "otel_exporter"),
    (Context::Rtmp, "rtmp"),
    (Context::RtmpServer, "server in rtmp"),
    (Context::RtmpApplication, "application"),
    (Context::RtmpRecorder, "recorder"),
];

impl Context {
    /// The word for this context in messages: "http", "if in location".
    pub const fn name(self) -> &'static str {
        NAMES[self as usize].1
    }

    /// Whether the lines in this body are entries (keys and values) rather than directives, so that an unknown
    /// first word is no mistake.
    pub const fn holds_entries(self) -> bool {
        ContextSet::ENTRIES.contains(self)
    }

    /// The context inside the body of the block directive `directive_name` that stands in `parent`.
    ///
    /// `None` means not known (misplaced, or a block of some add-on): nothing can be said about what is inside.
    pub fn of_body(parent: Self, directive_name: &str) -> Option<Self> {
        Some(match (parent, directive_name) {
            (Self::Main, "events") => Self::Events,
            (Self::Main, "http") => Self::Http,
            (Self::Main, "stream") => Self::Stream,
            // `imap` was the name of `mail` until 1.9.1.
            (Self::Main, "mail" | "imap") => Self::Mail,
            (Self::Main, "mgmt") => Self::Mgmt,
            (Self::Main, "rtmp") => Self::Rtmp,

            (Self::Http, "server") => Self::Server,
            (Self::Http, "upstream") => Self::Upstream,
            (Self::Http, "map") => Self::MapBody,
            (Self::Http, "geo") => Self::GeoBody,
            (Self::Http, "match") => Self::MatchBody,
            (Self::Http, "charset_map") => Self::CharsetMapBody,
            (Self::Http, "oidc_provider") => Self::OidcProvider,
            (Self::Http, "acme_issuer") => Self::AcmeIssuer,
            (Self::Http, "otel_exporter") => Self::OtelExporter,
            (Self::Http | Self::Stream, "split_clients") => Self::SplitClientsBody,
            (Self::Http | Self::Server | Self::Location, "types") => Self::TypesBody,
            (Self::Server | Self::Location, "location") => Self::Location,
            (Self::Server, "if") => Self::IfInServer,
            (Self::Location, "if") => Self::IfInLocation,
            (Self::Location, "limit_except") => Self::LimitExcept,

            (Self::Stream, "server") => Self::StreamServer,
            (Self::Stream, "upstream") => Self::StreamUpstream,
            (Self::Stream, "map") => Self::StreamMapBody,
            (Self::Stream, "geo") => Self::StreamGeoBody,
            (Self::Stream, "match") => Self::StreamMatchBody,

            (Self::Mail, "server") => Self::MailServer,

            (Self::Rtmp, "server") => Self::RtmpServer,
            (Self::RtmpServer, "application") => Self::RtmpApplication,
            (Self::RtmpApplication, "recorder") => Self::RtmpRecorder,
            _ => return None,
        })
    }
}

/// A set of contexts, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ContextSet(u64);

impl ContextSet {
    /// The levels of the http configuration between which values are inherited.
    pub const HTTP: Self = Self::of(&[
        Context::Http,
        Context::Server,
        Context::Location,
        Context::IfInServer,
        Context::IfInLocation,
        Context::LimitExcept,
    ]);

    /// The bodies that hold entries; see [`Context::holds_entries`].
    pub const ENTRIES: Self = Self::of(&[
        Context::MapBody,
        Context::StreamMapBody,
        Context::GeoBody,
        Context::StreamGeoBody,
        Context::TypesBody,
        Context::SplitClientsBody,
        Context::CharsetMapBody,
    ]);

    /// Every context that holds directives: where `include` is allowed. The bodies with entries have an
    /// `include` of their own, or none.
    pub const ANY: Self = Self(((1 << NAMES.len()) - 1) & !Self::ENTRIES.0);

    /// The set of these contexts.
    pub const fn of(contexts: &[Context]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        // A plain loop: iterators do not work in a const function.
        while index < contexts.len() {
            bits |= 1 << contexts[index] as u64;
            index += 1;
        }
        Self(bits)
    }

    /// Whether `context` is in the set.
    pub const fn contains(self, context: Context) -> bool {
        self.0 & (1 << context as u64) != 0
    }

    /// Whether the set has no context.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The contexts that are in both sets.
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The contexts that are in one of the sets.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The contexts of the set, outer ones first.
    pub fn iter(self) -> impl Iterator<Item = Context> {
        NAMES.into_iter().map(|(context, _)| context).filter(move |context| self.contains(*context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_enum() {
        for (index, (context, _)) in NAMES.iter().enumerate() {
            assert_eq!(*context as usize, index);
        }
        assert_eq!(Context::RtmpRecorder as usize + 1, NAMES.len());
        assert_eq!(Context::IfInLocation.name(), "if in location");
    }

    #[test]
    fn the_parent_decides_what_a_body_is() {
        assert_eq!(Context::of_body(Context::Main, "http"), Some(Context::Http));
        assert_eq!(Context::of_body(Context::Http, "server"), Some(Context::Server));
        assert_eq!(Context::of_body(Context::Stream, "server"), Some(Context::StreamServer));
        assert_eq!(Context::of_body(Context::Mail, "server"), Some(Context::MailServer));
        assert_eq!(Context::of_body(Context::Location, "location"), Some(Context::Location));
        assert_eq!(Context::of_body(Context::Server, "if"), Some(Context::IfInServer));
        assert_eq!(Context::of_body(Context::IfInServer, "if"), None);
        assert_eq!(Context::of_body(Context::Upstream, "server"), None);
    }

    #[test]
    fn sets() {
        let set = ContextSet::of(&[Context::Server, Context::Http]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Context::Http, Context::Server]);
        assert!(set.contains(Context::Server) && !set.contains(Context::Location));
        assert!(set.intersection(ContextSet::ENTRIES).is_empty());
        assert!(ContextSet::ANY.contains(Context::RtmpRecorder) && !ContextSet::ANY.contains(Context::MapBody));
        assert!(Context::TypesBody.holds_entries() && !Context::MatchBody.holds_entries());
    }
}

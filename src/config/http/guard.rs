//! Who is let in: the lists of addresses in force at a level, and what else may keep strangers out.

use foldhash::HashMap;

use crate::config::Directive;
use crate::config::http::ending::is_error;
use crate::config::http::location::Location;
use crate::config::http::simulate::REQUEST_LUA;
use crate::config::http::{Server, Socket};
use crate::nginx::network::{Address, Network, network};

/// Directives that ask visitors who they are; `off` asks nobody.
const QUESTIONS: &[&str] = &[
    "auth_basic",
    "auth_request",
    "auth_jwt",
    "auth_oidc",
    "auth_digest",
    "auth_pam",
    "auth_ldap",
    "auth_gss",
    "ssl_verify_client",
    "secure_link",
    "js_access",
];

/// Networks that nobody on the internet comes from: the private ones of IPv4 and IPv6, and those of one link.
const PRIVATE: &[&str] = &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"];

/// Whom a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    All,
    Unix,
    From(Network),
}

fn who(rule: Directive<'_>) -> Option<Who> {
    match rule.arg(0)? {
        "all" => Some(Who::All),
        "unix:" => Some(Who::Unix),
        text => network(text).map(|found| Who::From(Network { has_low_bits: false, ..found })),
    }
}

/// `deny` lines, ready to be asked whom they turn away.
#[derive(Debug, Default)]
struct Denied<'c>(HashMap<Who, Directive<'c>>);

impl<'c> Denied<'c> {
    fn add(&mut self, rule: Directive<'c>) {
        if let Some(who) = who(rule) {
            self.0.entry(who).or_insert(rule);
        }
    }

    /// The line that turns all of these away.
    fn by(&self, rule: Directive<'_>) -> Option<Directive<'c>> {
        let who = who(rule)?;
        let wider =
            |network: Network| (0..=network.bits).find_map(|bits| self.0.get(&Who::From(network.widened(bits)?)));
        let own = if let Who::From(network) = who { wider(network) } else { self.0.get(&who) };
        own.or_else(|| self.0.get(&Who::All)).copied()
    }
}

impl<'c> Directive<'c> {
    /// The `allow` and `deny` lines of this level alone, in their order.
    pub fn own_access_list(self) -> Vec<Self> {
        let mut rules: Vec<Self> = self.own("allow").chain(self.own("deny")).collect();
        rules.sort_by_key(|rule| rule.order());
        rules
    }

    /// The level whose `allow` and `deny` lines hold here: one with any of either replaces all that it would inherit.
    pub fn access_level(self) -> Option<Self> {
        std::iter::once(self).chain(self.ancestors()).find(|level| level.has("allow") || level.has("deny"))
    }

    /// Is it a line that lets everyone in?
    pub fn allows_everyone(self) -> bool {
        self.is("allow") && self.arg(0).is_some_and(|from| matches!(from, "all" | "0.0.0.0/0" | "::/0"))
    }

    /// The own `allow` lines that nobody gets to, each with the earlier `deny` that turns its addresses away.
    pub fn dead_allows(self) -> Vec<(Self, Self)> {
        let mut denied = Denied::default();
        let mut dead = Vec::new();
        for rule in self.own_access_list() {
            match rule.is("deny") {
                true => denied.add(rule),
                false => dead.extend(denied.by(rule).map(|deny| (rule, deny))),
            }
        }
        dead
    }

    /// The first of the `deny` lines of the levels around whose addresses get in here, because this level has `deny` lines
    /// of its own. At most `count` of them.
    pub fn lost_denies(self, count: usize) -> Vec<Self> {
        let mut denied = Denied::default();
        self.own("deny").for_each(|rule| denied.add(rule));
        let is_open = self.own("allow").any(Self::allows_everyone);
        let is_known = self.own("allow").chain(self.own("deny")).all(|rule| who(rule).is_some());
        let outer = self.parent().and_then(Self::access_level);
        // Who turns everyone away, or lets everyone in, has thought of everyone.
        match outer.filter(|_| self.has("deny") && is_known && !is_open && !denied.0.contains_key(&Who::All)) {
            Some(outer) => {
                let is_lost = |rule: &Self| who(*rule).is_some() && denied.by(*rule).is_none();
                outer.own("deny").filter(is_lost).take(count).collect()
            }
            None => Vec::new(),
        }
    }

    /// Is a visitor of this level asked who they are, as far as is known?
    pub fn asks_who(self) -> bool {
        let is_on = |line: Self| !matches!(line.arg(0), Some("off" | "optional" | "optional_no_ca"));
        QUESTIONS.iter().any(|name| self.value(name).is_some_and(is_on))
    }

    /// May something keep strangers away from this level: addresses, a password, a condition, code, something unknown?
    pub fn may_keep_strangers_out(self) -> bool {
        let around = || std::iter::once(self).chain(self.ancestors());
        let refuses = |block: Self| block.own("return").any(is_error);
        let is_conditional = |level: Self| level.own("if").any(refuses) || level.is("if");
        let has_code = |level: Self| REQUEST_LUA.iter().any(|name| level.has(name));
        let is_internal = Location::new(self).is_some_and(|location| location.is_internal());
        let has_list =
            self.access_level().is_some_and(|l| l.has("deny") || l.own("allow").any(|a| !a.allows_everyone()));
        is_internal
            || has_list
            || self.asks_who()
            || around().any(|l| l.is_opaque() || is_conditional(l) || has_code(l))
    }
}

impl Socket {
    /// Is it an address that only neighbours can reach: this machine, or a private network?
    pub fn is_private(&self) -> bool {
        let address = self.address.trim_matches(['[', ']']);
        let holds = |range: &&str| network(range).is_some_and(|range| contains(range, address));
        self.is_internal() || PRIVATE.iter().any(holds)
    }
}

fn contains(range: Network, address: &str) -> bool {
    let Some(found) = network(address) else { return false };
    let is_same_kind =
        matches!((range.address, found.address), (Address::V4(_), Address::V4(_)) | (Address::V6(_), Address::V6(_)));
    is_same_kind && found.widened(range.bits).is_some_and(|wide| wide.address == range.address)
}

impl Server<'_> {
    /// May anyone on the internet reach it, as far as its addresses tell?
    pub fn is_public(self) -> bool {
        self.listens().iter().any(|listen| !listen.socket.is_private())
    }
}

#[cfg(test)]
mod tests {
    use super::Socket;
    use crate::config::testing::read;

    #[test]
    fn a_deny_turns_away_what_it_covers() {
        let text =
            "server { deny 10.0.0.0/8; allow 10.1.2.3; allow 192.0.2.1; deny ::/0; allow 2001:db8::/32; allow unix:; }";
        let config = read(text);
        let dead = config.servers().next().expect("there is a server").directive().dead_allows();
        let dead: Vec<_> = dead.iter().filter_map(|(allow, deny)| Some((allow.arg(0)?, deny.arg(0)?))).collect();
        assert_eq!(dead, [("10.1.2.3", "10.0.0.0/8"), ("2001:db8::/32", "::/0")]);
    }

    #[test]
    fn neighbours_alone_reach_private_addresses() {
        let private = ["10.0.0.1:80", "192.168.3.4:8080", "[fd00::1]:80", "127.0.0.1:80", "unix:/run/x"];
        assert!(private.iter().all(|text| Socket::parse(text).is_private()));
        assert!(["80", "172.32.0.1:80", "[2001:db8::1]:80", "[::]:80"].iter().all(|t| !Socket::parse(t).is_private()));
    }
}

//! How the certificates of a configuration are validated: what its own comments say, and what the project around it does.

use crate::config::Config;
use crate::project::{AcmeFlow, Evidence, Project};
use crate::source::Span;

/// What certbot's nginx plugin writes behind the lines that it adds.
const MANAGED: &str = "managed by Certbot";

impl Config {
    /// The folders that ACME clients write challenges to; none if certificates are validated in another way.
    pub fn webroots<'p>(&self, project: &'p Project) -> Vec<(&'p str, Span)> {
        let is_webroot = |flow: &Evidence<AcmeFlow>| matches!(flow.fact, AcmeFlow::Webroot(_));
        let is_sure = self.managed_by_certbot().is_none() && project.acme_flows.iter().all(is_webroot);
        let folders = project.acme_flows.iter().filter(|_| is_sure).filter_map(|flow| match &flow.fact {
            AcmeFlow::Webroot(Some(folder)) => Some((folder.as_str(), flow.span)),
            _ => None,
        });
        folders.collect()
    }

    /// How the certificates of this configuration are validated: the strongest evidence, and where it is.
    pub fn acme_flow(&self, project: &Project) -> Option<Evidence<AcmeFlow>> {
        let managed = self.managed_by_certbot().map(|span| Evidence { fact: AcmeFlow::Plugin, span });
        managed.or_else(|| project.acme_flows.first().cloned())
    }

    /// A comment that certbot's nginx plugin leaves behind.
    fn managed_by_certbot(&self) -> Option<Span> {
        self.sources().iter().find_map(|source| {
            let bytes = self.library().sources().get(*source).bytes();
            memchr::memmem::find(bytes, MANAGED.as_bytes())?;
            let comments = self.library().tree(*source).comments().iter();
            let is_mark = |(start, end): &&(u32, u32)| {
                std::str::from_utf8(&bytes[*start as usize..*end as usize])
                    .is_ok_and(|text| text.match_indices(MANAGED).any(|(at, _)| text[..at].trim_end().ends_with('#')))
            };
            comments.clone().find(is_mark).map(|(start, end)| Span::new(*source, *start, *end))
        })
    }
}

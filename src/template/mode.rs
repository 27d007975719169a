//! How a template is rendered.

use super::Environment;
use super::envsubst::Selection;
use super::image::Entrypoint;

/// How a template is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// `envsubst` alone: every name is replaced.
    All,
    /// `envsubst LIST`: the names in the list are.
    List(String),
    /// The entrypoint of the nginx image: what the environment defines is.
    Image,
    /// Nobody knows: what has a known value is.
    Known,
}

impl Mode {
    /// Its name, as `--mode` has it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::List(_) => "list",
            Self::Image => "image",
            Self::Known => "known",
        }
    }

    /// Which names are replaced; none if that cannot be told.
    pub fn selection(&self, environment: &Environment) -> Option<Selection> {
        match self {
            Self::All => Some(Selection::All),
            Self::List(list) => Some(Selection::of_list(list.as_bytes())),
            Self::Image => Entrypoint::of(environment).selection(environment.names()),
            Self::Known => Some(Selection::Listed(environment.names().map(str::to_owned).collect())),
        }
    }
}

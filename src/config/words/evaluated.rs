//! The variables that directives use and define.

use crate::config::Directive;
use crate::nginx::condition::{self, Condition};
use crate::nginx::context::Context;
use crate::nginx::directives::Origin;
use crate::nginx::evaluated::{self, COMPILED_LATE};
use crate::nginx::family::Family;
use crate::nginx::script::{self, Compiler, Script};
use crate::nginx::version::Version;

/// A text with variables in an argument.
#[derive(Debug)]
pub struct Evaluated<'c> {
    /// The number of the argument.
    pub argument: usize,
    /// Where the text begins in it.
    pub start: usize,
    /// What the text asks for; places are counted from `start`.
    pub script: Script<'c>,
    /// Who compiles it.
    pub compiler: Compiler,
}

/// A variable by its name alone, outside of any text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'c> {
    /// The number of the argument.
    pub argument: usize,
    /// Where the word begins in it; before the dollar.
    pub start: usize,
    /// The word, with the dollar.
    pub text: &'c str,
}

impl<'c> Named<'c> {
    /// What nginx takes for the name: all behind the dollar. None if there is none.
    pub fn name(self) -> Option<&'c str> {
        self.text.strip_prefix('$').filter(|name| !name.is_empty())
    }
}

impl<'c> Directive<'c> {
    /// The part of nginx that it belongs to; none if that is not known.
    pub fn family(self) -> Option<Family> {
        match self.context()? {
            Context::SplitClientsBody => self.parent()?.family(),
            context => Family::of(context),
        }
    }

    fn family_with_variables(self) -> Option<Family> {
        self.family().filter(|family| *family != Family::Mail)
    }

    /// The texts with variables among its arguments, as a release of nginx compiles them: those that it certainly looks at.
    /// Where no argument has a dollar, there are none.
    pub fn evaluated(self, release: Version) -> Vec<Evaluated<'c>> {
        if !self.has_dollar() {
            return Vec::new();
        }
        let Some(family) = self.family_with_variables() else { return Vec::new() };
        if matches!(self.context(), Some(Context::MapBody | Context::StreamMapBody)) {
            let is_entry = self.args().len() == 1 && self.name() != "include";
            return if is_entry { vec![self.text(0, 0, usize::MAX, Compiler::Text)] } else { Vec::new() };
        }
        let definitions = self.definitions(release);
        let takes = |count| definitions.iter().all(|definition| definition.arity_in(release).takes(count));
        let has_variables = definitions.iter().all(|definition| definition.variables_in(release) == Some(true));
        if definitions.is_empty() || !has_variables || !takes(self.args().len()) || !self.is_compiled() {
            return Vec::new();
        }
        let args: Vec<&str> = self.args().collect();
        let parts = evaluated::parts(self.name(), family, &args).into_iter();
        parts.map(|part| self.text(part.argument, part.start, part.end, part.compiler)).collect()
    }

    fn text(self, argument: usize, start: usize, end: usize, compiler: Compiler) -> Evaluated<'c> {
        let value = self.arg(argument).unwrap_or_default();
        let text = value.get(start..end.min(value.len())).unwrap_or_default();
        Evaluated { argument, start, script: script::scan(text, compiler), compiler }
    }

    /// Does nginx come to compile its value? Some it looks at only when a server or a location takes them over.
    fn is_compiled(self) -> bool {
        let is_late = COMPILED_LATE.contains(&self.name()) && self.context() == Some(Context::Http);
        !is_late
            || self
                .parent()
                .is_some_and(|http| http.own("server").any(|server| !server.is_opaque() && !server.has(self.name())))
    }

    /// The variable that it defines.
    pub fn defined_variable(self) -> Option<Named<'c>> {
        let argument = evaluated::target(self.name(), self.args().len())?;
        self.family_with_variables()?;
        Some(Named { argument, start: 0, text: self.arg(argument)? })
    }

    /// The variable that it uses by its name alone.
    pub fn operand(self, release: Version) -> Option<Named<'c>> {
        let operand = match self.name() {
            "if" => match condition::parse(&self.args().collect::<Vec<_>>()).ok()? {
                Condition::Variable(part) | Condition::Equals(part, _) | Condition::Matches(part, _) => {
                    Named { argument: part.argument, start: part.start, text: part.text }
                }
                Condition::File(_) => return None,
            },
            name => {
                let text = self.arg(0).filter(|first| evaluated::is_operand(name, self.args().len(), first))?;
                Named { argument: 0, start: 0, text }
            }
        };
        self.family_with_variables()?;
        self.definitions(release).iter().any(|definition| definition.origin == Origin::Oss).then_some(operand)
    }
}

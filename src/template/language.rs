//! Template languages other than envsubst's.

/// A template language other than envsubst's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Jinja2 and its like (Twig, Nunjucks): `{{ }}`, `{% %}`, `{# #}`.
    Jinja,
    /// `{{ }}`, `{% %}`, blocks with other words than Jinja's.
    Liquid,
    /// `{{ }}` with the words of Go: consul-template, Helm, confd, sigil, tempio.
    Go,
    /// `{{ }}`, `{{#x}}`, `{{{ }}}`: Mustache and Handlebars.
    Mustache,
    /// `<% %>`: ERB, EJS, EPP.
    Erb,
    /// `[% %]`.
    Toolkit,
    /// Lines that begin with `>`, `$(…)`, `${{…}}`: templates in Lua, as Kong has them.
    Lua,
    /// `${a.b}`, `__NAME__`, `%NAME%`, `@NAME@`: what a script of the project replaces.
    Own,
    /// Macros that look like any other word.
    M4,
}

impl Language {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jinja => "Jinja2",
            Self::Liquid => "Liquid",
            Self::Go => "Go",
            Self::Mustache => "Mustache",
            Self::Erb => "ERB",
            Self::Toolkit => "Template Toolkit",
            Self::Lua => "Lua",
            Self::Own => "project-specific",
            Self::M4 => "m4",
        }
    }

    /// Can its tags be told from the text around them?
    pub fn has_tags(self) -> bool {
        self != Self::M4
    }
}

//! All tests of the project in one binary; each module is one kind of test.

mod automata;
mod cli;
mod containers;
mod corpus;
mod costs;
mod differential;
mod envsubst;
mod formats;
mod fix_oracle;
#[cfg(unix)]
mod fixes;
mod hostile;
mod hostile_files;
mod hostile_inputs;
mod integrations;
mod oracle;
mod pages;
mod pcre;
mod properties;
mod settings;
mod reliability;
mod support;
mod suppress;
mod syntax;
mod templates;
mod terminal;
mod tidy;
mod verdicts;

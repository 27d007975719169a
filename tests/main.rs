//! All tests of the project in one binary; each module is one kind of test.

mod cli;
mod containers;
mod corpus;
mod differential;
mod envsubst;
mod hostile_files;
mod integrations;
mod oracle;
mod pages;
mod pcre;
mod properties;
mod reliability;
mod support;
mod syntax;
mod templates;
mod tidy;
mod verdicts;

//! All tests of the project in one binary; each module is one kind of test.

mod pages;
mod support;

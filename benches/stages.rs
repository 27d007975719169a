//! What each stage does in a second: `cargo bench`, or `cargo bench -- check` for one of them. The configurations are made
//! here, in three sizes; a stage whose bytes per second fall from one size to the next does not grow linearly.

mod site;

use std::path::PathBuf;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nginspect::check::{self, Rule, Settings};
use nginspect::config::{self, Config, Entry, Library, Outer};
use nginspect::diagnostic::{Category, Diagnostic};
use nginspect::nginx::context::Context;
use nginspect::output::{Report, json};
use nginspect::project::Project;
use nginspect::rules::RULES;
use nginspect::syntax::{Dialect, Lexer, parse};
use site::Site;

/// How many servers the configurations have.
const SIZES: [usize; 3] = [20, 200, 2_000];

fn stages(criterion: &mut Criterion) {
    for servers in SIZES {
        let site = Site::new(servers);
        let main = site.all_in_one();
        let config = read(&site);
        let bytes = Throughput::Bytes(main.len() as u64);
        let mut bench = |stage: &str, run: &mut dyn FnMut() -> usize| {
            let mut group = criterion.benchmark_group(stage);
            group.throughput(bytes.clone()).sample_size(10);
            group.bench_function(BenchmarkId::from_parameter(servers), |bencher| bencher.iter(&mut *run));
            group.finish();
        };
        bench("lex", &mut || Lexer::new(&main).count());
        bench("parse", &mut || parse(&main, Dialect::default()).nodes().len());
        bench("read", &mut || read(&site).directives().count());
        for category in Category::ALL {
            let rules = family(*category);
            bench(&format!("check {}", category.as_str()), &mut || findings(&config, &rules).len());
        }
        let found = findings(&config, &family(Category::Security));
        bench("render", &mut || json::render(&report(&config, &found)).len());
    }
}

/// Everything from files to the configuration, includes spliced in.
fn read(site: &Site) -> Config {
    let entry = Entry {
        paths: vec![PathBuf::from("nginx.conf")],
        context: Some(Context::Main),
        outer: Outer::Nothing,
        place: None,
    };
    let mut library = Library::default();
    let found = config::load_includes(&mut library, site, &entry);
    config::build(Arc::new(library), site, &entry, &found)
}

fn family(category: Category) -> Vec<Rule> {
    let rules = RULES.iter().filter(|rule| rule.parsed_page().category == category);
    rules.map(|rule| Rule { id: rule.id, page: rule.page, check: rule.check }).collect()
}

fn findings(config: &Config, rules: &[Rule]) -> Vec<Diagnostic> {
    check::check(config, &Project::default(), &Settings::default(), rules).diagnostics
}

fn report<'a>(config: &'a Config, diagnostics: &'a [Diagnostic]) -> Report<'a> {
    let sources = config.library().sources();
    Report {
        sources,
        diagnostics,
        silenced: &[],
        errors: &[],
        inclusions: &[],
        files: 1,
        notes: &[],
        page_of: |_| None,
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);

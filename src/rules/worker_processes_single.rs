use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule =
    Rule { id: "worker-processes-single", page: include_str!("../../rules/worker-processes-single.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    let root = config.root();
    let is_off = |name: &str| root.own(name).any(|line| line.arg(0) == Some("off"));
    // Streams of RTMP stay in the worker that they came to; masks of processors are counted out by hand.
    let is_meant = config.all("rtmp").next().is_some() || root.has("worker_cpu_affinity") || is_off("master_process");
    let has_servers = config.servers().next().is_some();
    if !config.is_whole() || !has_servers || is_meant || check.project.limited_processors.is_some() {
        return;
    }
    match root.own("worker_processes").next() {
        None => unset(check, root),
        Some(line) if line.arg(0) == Some("1") => {
            let finding = check.report(line, "one worker uses one processor, however many there are");
            finding.help("write `worker_processes auto;`");
            if let Some(span) = line.arg_span(0) {
                finding.fix("one worker for each processor", Safety::Safe, vec![Edit::replace(span, "auto")]);
            }
        }
        Some(_) => {}
    }
}

fn unset<'c>(check: &mut Check<'c>, root: Directive<'c>) {
    let Some(first) = root.children().find(|line| line.is("events") || line.is("http")) else { return };
    let (place, text) = first.insertion_before(&["worker_processes auto;".to_owned()]);
    let finding = check.report(first, "`worker_processes` is not set: one worker uses one processor");
    finding.help("write `worker_processes auto;` in front of it");
    finding.fix("one worker for each processor", Safety::Safe, vec![Edit::insert(place, text)]);
}

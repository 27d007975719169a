//! The sizes of buffers that nginx compares with each other when a block ends.

use std::collections::BTreeSet;

use crate::config::{Config, Directive, Outer};
use crate::nginx::context::Context;
use crate::nginx::measure::{number, size};

/// The modules that read answers into buffers of this kind.
const MODULES: &[&str] = &["proxy", "fastcgi", "uwsgi", "scgi"];
/// A page of memory: the default size of a buffer.
const PAGE: u64 = 4096;
/// The default size of the memory that a connection begins with.
const POOL: u64 = 512;

/// Two sizes that do not fit together.
#[derive(Debug)]
pub struct BufferClash<'c> {
    /// The block in which they hold.
    pub level: Directive<'c>,
    /// The directives that have a part in it, the one to change first in front.
    pub causes: Vec<Directive<'c>>,
    /// What is wrong.
    pub what: String,
}

/// A number that holds at a level.
#[derive(Debug, Clone, Copy)]
struct Setting<'c> {
    by: Option<Directive<'c>>,
    count: u64,
    bytes: u64,
}

impl Config {
    /// The sizes that nginx refuses together, each pair once.
    pub fn buffer_clashes(&self) -> Vec<BufferClash<'_>> {
        let mut found = Vec::new();
        for module in MODULES {
            let names = ["buffers", "buffer_size", "busy_buffers_size", "temp_file_write_size", "max_temp_file_size"];
            let names = names.map(|name| format!("{module}_{name}"));
            let levels = self.levels_to_judge(&names.each_ref().map(String::as_str));
            found.extend(levels.into_iter().filter_map(|level| level.answer_buffers(&names)));
        }
        let levels = self.levels_to_judge(&["large_client_header_buffers", "connection_pool_size"]);
        found.extend(levels.into_iter().filter_map(Directive::header_buffers));
        let mut seen = BTreeSet::new();
        found.retain(|clash| seen.insert(clash.causes.iter().map(|cause| cause.order()).collect::<Vec<_>>()));
        found
    }

    /// The servers and what is in them, where one of these directives is set, directly or for all servers.
    fn levels_to_judge(&self, names: &[&str]) -> Vec<Directive<'_>> {
        let levels = names.iter().flat_map(|name| self.all(name)).filter_map(Directive::parent);
        let judged = levels.flat_map(|level| match level.inside() {
            // nginx looks at servers only: what stands around them counts where it arrives.
            Some(Context::Http) => level.own("server").collect(),
            Some(Context::Server | Context::Location | Context::IfInLocation | Context::LimitExcept) => vec![level],
            _ => Vec::new(),
        });
        let mut levels: Vec<Directive<'_>> = judged.collect();
        levels.sort_by_key(|level| level.order());
        levels.dedup();
        levels
    }
}

impl<'c> Directive<'c> {
    /// What holds at this level; the default, if nothing is set. None if that cannot be known.
    fn size_setting(self, name: &str, (count, bytes): (u64, u64)) -> Option<Setting<'c>> {
        let Some(by) = self.certain_value(name)? else {
            let is_known = self.config().outer() == Outer::Nothing;
            return is_known.then_some(Setting { by: None, count, bytes });
        };
        let last = by.args().len().checked_sub(1)?;
        if (0..=last).any(|index| by.arg_is_open(index)) {
            return None;
        }
        let count = if last == 1 { number(by.arg(0)?)? } else { count };
        Some(Setting { by: Some(by), count, bytes: size(by.arg(last)?)? })
    }

    fn answer_buffers(self, names: &[String; 5]) -> Option<BufferClash<'c>> {
        let [buffers_name, one_name, busy_name, write_name, file_name] = names;
        let buffers = self.size_setting(buffers_name, (8, PAGE))?;
        let one = self.size_setting(one_name, (1, PAGE))?;
        let clash = |settings: &[Setting<'c>], what: String| {
            let causes = settings.iter().filter_map(|setting| setting.by).collect();
            Some(BufferClash { level: self, causes, what })
        };
        if buffers.count < 2 {
            return clash(&[buffers], format!("`{buffers_name}` are at least 2"));
        }
        let largest = one.bytes.max(buffers.bytes);
        let all_but_one = (buffers.count - 1).saturating_mul(buffers.bytes);
        let busy = self.size_setting(busy_name, (1, largest.saturating_mul(2)))?;
        if busy.bytes < largest {
            let what = format!("`{busy_name}` is {}, less than one buffer of {}", shown(busy.bytes), shown(largest));
            return clash(&[busy, one, buffers], what);
        }
        if busy.bytes > all_but_one {
            let (busy_size, limit) = (shown(busy.bytes), shown(all_but_one));
            let what = format!("`{busy_name}` is {busy_size}, all `{buffers_name}` but one are {limit}");
            return clash(&[busy, buffers, one], what);
        }
        let write = self.size_setting(write_name, (1, largest.saturating_mul(2)))?;
        if write.bytes < largest {
            let what = format!("`{write_name}` is {}, less than one buffer of {}", shown(write.bytes), shown(largest));
            return clash(&[write, one, buffers], what);
        }
        let file = self.size_setting(file_name, (1, 1 << 30))?;
        if file.bytes != 0 && file.bytes < largest {
            let what = format!("`{file_name}` is {}, less than one buffer of {}", shown(file.bytes), shown(largest));
            return clash(&[file, one, buffers], what);
        }
        None
    }

    fn header_buffers(self) -> Option<BufferClash<'c>> {
        if self.inside() != Some(Context::Server) {
            return None;
        }
        let headers = self.size_setting("large_client_header_buffers", (4, 8192))?;
        let pool = self.size_setting("connection_pool_size", (1, POOL))?;
        let what = || {
            let (header_size, pool_size) = (shown(headers.bytes), shown(pool.bytes));
            format!(
                "`large_client_header_buffers` are {header_size}, less than the `connection_pool_size` of {pool_size}"
            )
        };
        let causes = [headers, pool].iter().filter_map(|setting| setting.by).collect();
        (headers.bytes < pool.bytes).then(|| BufferClash { level: self, causes, what: what() })
    }
}

/// `64k`, or bytes.
fn shown(bytes: u64) -> String {
    match bytes {
        0 => "0".to_owned(),
        _ if bytes.is_multiple_of(1 << 20) => format!("{}m", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{}k", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

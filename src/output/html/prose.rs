//! What rules say, with what stands between backticks as code.

use maud::{Markup, html};

use super::super::sanitize;

pub(super) fn prose(text: &str) -> Markup {
    let text = sanitize::line(text);
    let pieces: Vec<&str> = text.split('`').collect();
    let is_paired = pieces.len() % 2 == 1;
    html! {
        @if is_paired {
            @for (index, piece) in pieces.iter().enumerate() {
                @if index % 2 == 1 { code { (piece) } } @else { (piece) }
            }
        } @else { (text) }
    }
}

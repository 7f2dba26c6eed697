//! Takes the quotes from a page's attributes that need none.
//!
//! What Tera writes into an attribute is known only on the page. So where a template would need no
//! quotes, its minified text has a mark before them, and the finished page is searched for marks.

use memchr::memchr;

use crate::html;

/// The mark: a character that no text of a site holds.
pub(crate) const MARK: char = crate::text::NO_TEXT;

const BYTE: u8 = MARK as u8;

/// Takes the marks out of a page, with the quotes behind them where the value needs none, and with
/// an empty value altogether (HTML Standard 13.1.2.3).
pub(crate) fn unquote(page: &mut Vec<u8>) {
    let Some(mut at) = memchr(BYTE, page) else { return };
    let mut written = at;
    loop {
        // Here is a mark; what stands before `written` is done.
        let start = at + 2;
        let quote = page.get(at + 1).copied().filter(|it| matches!(it, b'"' | b'\''));
        let value = quote.and_then(|quote| memchr(quote, page.get(start..)?));
        let mut next = at + 1;
        if let Some(length) = value {
            let end = start + length;
            let alone = matches!(page.get(end + 1), Some(b' ' | b'>' | b'\n'));
            let value = &page[start..end];
            if alone && !html::needs_quotes(value) {
                if value.is_empty() && written > 0 && page[written - 1] == b'=' {
                    written -= 1;
                }
                page.copy_within(start..end, written);
                written += length;
                next = end + 1;
            }
        }
        at = memchr(BYTE, &page[next..]).map_or(page.len(), |found| next + found);
        page.copy_within(next..at, written);
        written += at - next;
        if at == page.len() {
            page.truncate(written);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_go_where_none_are_needed() {
        let done = |html: &str| {
            let mut page = html.replace('~', "\x0e").into_bytes();
            unquote(&mut page);
            String::from_utf8(page).unwrap()
        };
        assert_eq!(done("<a href=~\"/x/\" b=\"c\" d=~\"\">e</a>"), "<a href=/x/ b=\"c\" d>e</a>");
        assert_eq!(done("~\"a\"><p b=~\"c d\" e=~\"f&quot;\">"), "a><p b=\"c d\" e=f&quot;>");
        assert_eq!(done("<a b=~\"c\"d>~~\"x\" ~"), "<a b=\"c\"d>x ");
        assert_eq!(done("<a b=~\"c"), "<a b=\"c");
        assert_eq!(done("plain"), "plain");
    }
}

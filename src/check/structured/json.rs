//! JSON with the place of each value.

use std::borrow::Cow;
use std::ops::Range;

/// A value and its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Json<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) at: Range<usize>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Null,
    Boolean,
    Number,
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<Member<'a>>),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) key_at: Range<usize>,
    pub(crate) value: Json<'a>,
}

/// What is wrong with a JSON text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) at: usize,
    pub(crate) what: &'static str,
}

/// A name without the address of the vocabulary.
pub(crate) fn short(name: &str) -> &str {
    let prefixes = ["schema:", "https://schema.org/", "http://schema.org/"];
    prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
}

/// The most lists and objects inside each other.
const DEEPEST: usize = 64;

/// Reads a JSON text (RFC 8259).
pub(crate) fn parse(text: &str) -> Result<Json<'_>, Wrong> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, depth: 0 };
    let value = reader.value()?;
    reader.space();
    match reader.at < text.len() {
        true => Err(reader.wrong("nothing may follow the end of the data")),
        false => Ok(value),
    }
}

impl<'a> Json<'a> {
    /// Gives a member of an object.
    pub(crate) fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.members().iter().find(|it| short(&it.key) == key).map(|it| &it.value)
    }

    pub(crate) fn members(&self) -> &[Member<'a>] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Gives the items of a list, or the value itself as the only one.
    pub(crate) fn items(&self) -> &[Json<'a>] {
        match &self.value {
            Value::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn wrong(&self, what: &'static str) -> Wrong {
        Wrong { at: self.at, what }
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self) -> Result<Json<'a>, Wrong> {
        self.space();
        let start = self.at;
        let value = match self.bytes.get(start) {
            None => return Err(self.wrong("a value is missing")),
            Some(b'"') => Value::Text(self.string()?),
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => self.word()?,
        };
        Ok(Json { value, at: start..self.at })
    }

    fn nested(
        &mut self,
        read: impl Fn(&mut Self) -> Result<Value<'a>, Wrong>,
    ) -> Result<Value<'a>, Wrong> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong("there are too many lists and objects inside each other"));
        }
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value<'a>, Wrong> {
        let mut members = Vec::with_capacity(8);
        if self.eat(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let start = self.at;
            if self.bytes.get(start) != Some(&b'"') {
                return Err(self.wrong(match self.bytes.get(start) {
                    Some(b'}') => "there is a comma before the `}`",
                    _ => "a name in double quotes is needed here",
                }));
            }
            let key = self.string()?;
            let key_at = start..self.at;
            if !self.eat(b':') {
                return Err(self.wrong("a `:` is needed after the name"));
            }
            members.push(Member { key, key_at, value: self.value()? });
            if self.eat(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.eat(b',') {
                return Err(self.wrong("a `,` or `}` is needed here"));
            }
        }
    }

    fn list(&mut self) -> Result<Value<'a>, Wrong> {
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Value::List(items));
        }
        loop {
            self.space();
            if self.bytes.get(self.at) == Some(&b']') {
                return Err(self.wrong("there is a comma before the `]`"));
            }
            items.push(self.value()?);
            if self.eat(b']') {
                return Ok(Value::List(items));
            }
            if !self.eat(b',') {
                return Err(self.wrong("a `,` or `]` is needed here"));
            }
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Wrong> {
        self.at += 1;
        let mut start = self.at;
        let mut whole: Option<String> = None;
        loop {
            self.plain();
            match self.bytes.get(self.at) {
                None => return Err(self.wrong("a text has no closing `\"`")),
                Some(b'"') => {
                    let piece = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(match whole {
                        None => Cow::Borrowed(piece),
                        Some(text) => Cow::Owned(text + piece),
                    });
                }
                Some(0..=0x1f) => {
                    return Err(self.wrong("a line end within a text is written `\\n`"));
                }
                Some(b'\\') => {
                    let text = whole.get_or_insert_default();
                    text.push_str(&self.text[start..self.at]);
                    let char = self.escape()?;
                    whole.get_or_insert_default().push(char);
                    start = self.at;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// Passes what of a text means itself.
    fn plain(&mut self) {
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
        let rest = &rest[..end];
        let wrong = rest.iter().fold(false, |wrong, byte| wrong | (*byte < 0x20));
        let first = if wrong { rest.iter().position(|byte| *byte < 0x20) } else { None };
        self.at += first.unwrap_or(end);
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        let char = match self.bytes.get(self.at + 1) {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
            Some(b'u') => return self.unicode(),
            _ => return Err(self.wrong("a `\\` in a text is written `\\\\`")),
        };
        self.at += 2;
        Ok(char)
    }

    fn unicode(&mut self) -> Result<char, Wrong> {
        let four = |at: usize| {
            let digits = self.text.get(at..at + 4)?;
            let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if all { u32::from_str_radix(digits, 16).ok() } else { None }
        };
        let error = self.wrong("`\\u` needs four digits");
        let first = four(self.at + 2).ok_or_else(|| error.clone())?;
        if let Some(char) = char::from_u32(first) {
            self.at += 6;
            return Ok(char);
        }
        let rest = self.bytes[self.at..].get(6..8).is_some_and(|it| it == b"\\u");
        let second = rest.then(|| four(self.at + 8)).flatten().unwrap_or(0);
        let pair = char::decode_utf16([first as u16, second as u16]).next();
        let char = pair.and_then(Result::ok).ok_or(error)?;
        self.at += 12;
        Ok(char)
    }

    fn number(&mut self) -> Result<Value<'a>, Wrong> {
        let start = self.at;
        let part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        while self.bytes.get(self.at).is_some_and(part) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        match serde_json::from_str::<serde_json::Number>(text) {
            Ok(_) => Ok(Value::Number),
            Err(_) => Err(Wrong { at: start, what: "this is no number that JSON has" }),
        }
    }

    fn word(&mut self) -> Result<Value<'a>, Wrong> {
        for (word, value) in
            [("true", Value::Boolean), ("false", Value::Boolean), ("null", Value::Null)]
        {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.wrong("a text is written in double quotes"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_json_is_what_serde_says(text in r#"[\[\]{}",:\\u0-9a-fntrue. -]{0,24}"#) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            // Numbers that no computer holds are JSON too.
            let huge = theirs.as_ref().is_err_and(|it| it.to_string().contains("out of range"));
            prop_assert!(huge || parse(&text).is_ok() == theirs.is_ok(), "{text} {theirs:?}");
        }
    }

    #[test]
    fn texts_are_decoded() {
        let text = r#"{"a\u00e9": ["\ud83d\ude00\n", 1.5e3]}"#;
        let json = parse(text).unwrap();
        assert_eq!(json.members()[0].key, "aé");
        assert_eq!(json.members()[0].value.items()[0].text(), Some("😀\n"));
        assert_eq!(&text[json.members()[0].key_at.clone()], r#""a\u00e9""#);
        let wrong = |text| parse(text).map(drop).unwrap_err();
        assert_eq!(wrong(r#"{"a": 1,}"#).what, "there is a comma before the `}`");
        assert_eq!(
            wrong(r#"{"a": 'x'}"#),
            Wrong { at: 6, what: "a text is written in double quotes" }
        );
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}

//! Reads the name and the arguments of a directive from its line.

use std::ops::Range;

use crate::markdown::ArgumentValue;

/// A directive's name and arguments, with their places in the line.
pub(crate) struct Call {
    pub(crate) name: Range<usize>,
    pub(crate) args: Vec<(String, ArgumentValue, Range<usize>)>,
}

/// What is wrong with a line, and where.
pub(crate) type Problem = (String, Range<usize>);

/// Reads `name{key="value" flag}` from a byte of a line on; the line has no line end.
pub(crate) fn read(line: &str, start: usize) -> Result<Call, Problem> {
    let mut reader = Reader { line, at: start };
    let name = reader.name();
    if name.is_empty() {
        let message = match reader.rest().chars().next() {
            Some('{') => "this directive has no name".to_owned(),
            _ => "a directive's name has small letters, digits and hyphens".to_owned(),
        };
        return Err((message, start..line.len()));
    }
    let args = match reader.peek() {
        Some('{') => reader.arguments()?,
        _ => Vec::new(),
    };
    let after = reader.at + reader.rest().len() - reader.rest().trim_start().len();
    match reader.rest().trim() {
        "" => Ok(Call { name, args }),
        rest if rest.starts_with('[') => {
            let message = "a directive takes its text as an argument, in braces".to_owned();
            Err((message, after..line.len()))
        }
        rest if rest.starts_with('{') => {
            Err(("the braces follow the name without a space".to_owned(), after..line.len()))
        }
        _ => Err(("nothing may follow a directive on its line".to_owned(), after..line.len())),
    }
}

struct Reader<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take_while(&mut self, fine: impl Fn(char) -> bool) -> Range<usize> {
        let rest = self.rest();
        let length = rest.find(|char| !fine(char)).unwrap_or(rest.len());
        self.at += length;
        self.at - length..self.at
    }

    fn name(&mut self) -> Range<usize> {
        let start = self.peek().is_some_and(|char| char.is_ascii_lowercase());
        let fine = |char: char| {
            char.is_ascii_lowercase() || char.is_ascii_digit() || matches!(char, '-' | '_')
        };
        match start {
            true => self.take_while(fine),
            false => self.at..self.at,
        }
    }

    fn arguments(&mut self) -> Result<Vec<(String, ArgumentValue, Range<usize>)>, Problem> {
        let open = self.at;
        self.at += 1;
        let mut args: Vec<(String, ArgumentValue, Range<usize>)> = Vec::new();
        loop {
            self.take_while(char::is_whitespace);
            let start = self.at;
            match self.peek() {
                None => {
                    let message = "the braces are not closed on this line".to_owned();
                    return Err((message, open..self.line.len()));
                }
                Some('}') => {
                    self.at += 1;
                    return Ok(args);
                }
                Some(',') => {
                    let message = "arguments are separated by spaces, without commas".to_owned();
                    return Err((message, start..start + 1));
                }
                Some('“' | '”' | '„' | '’' | '‘') => return Err(self.curly()),
                Some(_) => {
                    let argument = self.argument(start)?;
                    if args.iter().any(|(name, ..)| *name == argument.0) {
                        let message = format!("the argument `{}` is given twice", argument.0);
                        return Err((message, argument.2));
                    }
                    args.push(argument);
                }
            }
        }
    }

    fn argument(&mut self, start: usize) -> Result<(String, ArgumentValue, Range<usize>), Problem> {
        let name = self.name();
        if name.is_empty() {
            self.take_while(|char| !char.is_whitespace() && char != '}');
            let message = "an argument is written `key=\"value\"`".to_owned();
            return Err((message, start..self.at));
        }
        let name = self.line[name].to_owned();
        if self.peek() != Some('=') {
            return Ok((name, ArgumentValue::Flag, start..self.at));
        }
        self.at += 1;
        let value = match self.peek() {
            Some(quote @ ('"' | '\'')) => ArgumentValue::Text(self.quoted(quote)?),
            Some('“' | '”' | '„' | '’' | '‘') => return Err(self.curly()),
            _ => {
                let word =
                    self.take_while(|char| !char.is_whitespace() && !"},\"'=".contains(char));
                if word.is_empty() {
                    return Err((format!("`{name}` has no value"), start..self.at));
                }
                ArgumentValue::Word(self.line[word].to_owned())
            }
        };
        Ok((name, value, start..self.at))
    }

    fn quoted(&mut self, quote: char) -> Result<String, Problem> {
        let open = self.at;
        let mut text = String::new();
        let mut chars = self.line[open + 1..].char_indices();
        while let Some((at, char)) = chars.next() {
            match char {
                '\\' => match chars.next() {
                    Some((_, escaped @ ('"' | '\'' | '\\'))) => text.push(escaped),
                    Some((_, other)) => text.extend(['\\', other]),
                    None => text.push('\\'),
                },
                char if char == quote => {
                    self.at = open + 1 + at + 1;
                    return Ok(text);
                }
                char => text.push(char),
            }
        }
        Err(("the quotes are not closed on this line".to_owned(), open..self.line.len()))
    }

    fn curly(&self) -> Problem {
        let length = self.peek().map_or(0, char::len_utf8);
        ("use straight quotes: \"…\"".to_owned(), self.at..self.at + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(line: &str) -> String {
        match read(line, 0) {
            Ok(call) => {
                let args: Vec<String> =
                    call.args.iter().map(|(name, value, _)| format!("{name}={value:?}")).collect();
                format!("{} {}", &line[call.name], args.join(" "))
            }
            Err((message, range)) => format!("{message}: {:?}", &line[range]),
        }
    }

    #[test]
    fn arguments_are_read() {
        assert_eq!(say("faq"), "faq ");
        assert_eq!(
            say(r#"a{k="v \"x\"" n=3 open q='it'}  "#),
            r#"a k=Text("v \"x\"") n=Word("3") open=Flag q=Text("it")"#
        );
        assert_eq!(say("a{k=\"v\""), "the braces are not closed on this line: \"{k=\\\"v\\\"\"");
        assert_eq!(say("a{k=“v”}"), "use straight quotes: \"…\": \"“\"");
        assert_eq!(
            say("a{k=1, j=2}").split(':').next(),
            Some("arguments are separated by spaces, without commas")
        );
        assert_eq!(say("a{k=1 k=2}"), "the argument `k` is given twice: \"k=2\"");
        assert_eq!(say("a{#id}"), "an argument is written `key=\"value\"`: \"#id\"");
        assert_eq!(say("a now"), "nothing may follow a directive on its line: \"now\"");
        assert_eq!(say("Faq"), "a directive's name has small letters, digits and hyphens: \"Faq\"");
    }
}

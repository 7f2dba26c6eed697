//! What Tera's shorter messages mean, and what to do: for those who know another language of templates.

/// Gives a message in Galen's words, with what to do about it; `rest` is the template from the place on.
pub(super) fn worded(message: &str, rest: &str) -> (String, Option<String>) {
    let as_is = |help: &str| (message.to_owned(), Some(help.to_owned()));
    let said = |words: &str, help: &str| (words.to_owned(), Some(help.to_owned()));
    let quoted = || message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("unexpected character") {
        return match rest.as_bytes() {
            [b'&', b'&', ..] => said("`&&` is no word of templates", "write `and`"),
            [b'|', b'|', ..] => said("`||` is no word of templates", "write `or`"),
            [b'!', ..] => said("`!` is no word of templates", "write `not`"),
            [b'?', ..] => said(
                "`… ? … : …` is no word of templates",
                "write `a if test else b`, or `{% if test %}a{% else %}b{% endif %}`",
            ),
            _ => as_is(
                "in `{{ … }}` and `{% … %}` stand names, texts in quotes, numbers and filters",
            ),
        };
    }
    if message.starts_with("found `=`") {
        return said("a single `=` compares nothing", "write `==`");
    }
    if message.starts_with("found `.` but expected one of") {
        return said(
            "a name cannot start with a dot here",
            "write the whole name, such as `page.title`",
        );
    }
    if message.starts_with("found `.` but expected") {
        return said(
            "a field cannot be taken from a function directly",
            "give the answer a name first: `{% set it = data(name=\"site\") %}{{ it.title }}`",
        );
    }
    if message.starts_with("found identifier but expected") {
        return as_is(
            "a comma is missing, or a text in quotes has the same quotes inside: write `'a \"b\" c'`",
        );
    }
    if message.starts_with("unexpected end of input") {
        return said(
            "the template ends while something is open",
            "look for a missing `{% endblock %}`, `{% endif %}`, `{% endfor %}`, `%}` or `}}` above",
        );
    }
    if message.starts_with("unknown tag") {
        let word: String =
            rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        let words = format!("`{{% {word} %}}` cannot stand here");
        return match word.starts_with("end") {
            true => said(
                &words,
                "something above has no end: `{% if %}` needs `{% endif %}`, `{% for %}` needs `{% endfor %}`",
            ),
            false => said(
                &words,
                "there is `if`, `for`, `set`, `block`, `extends`, `include`, `component`, `filter` and `raw`",
            ),
        };
    }
    if message.starts_with("iteration not possible on type `none`") {
        return said(
            "there is nothing to go through: the value is `null`",
            "put `{% if … %}` around it, as the field need not be given",
        );
    }
    if message.starts_with("iteration not possible on type `undefined`") {
        return said(
            "there is nothing to go through: no such name is known",
            "correct the name after `in`",
        );
    }
    if message.starts_with("iteration not possible") {
        return as_is("`for` goes through lists: `{% for tag in page.tags %}`");
    }
    if message.starts_with("unknown argument(s)") {
        let known = message.split("are: ").nth(1).unwrap_or_default();
        let words = format!("the component has no argument `{}`", quoted());
        return said(&words, &format!("it has {}", known.replace(", ", " and ")));
    }
    if message.starts_with("argument `") && message.ends_with("missing") {
        let words = format!("the component needs the argument `{}`", quoted());
        return said(&words, &format!("write it into the call: `{}=\"…\"`", quoted()));
    }
    if message.starts_with("this content would be ignored") {
        return said(
            "this would be on no page: it stands outside of the blocks",
            "a template that `extends` another only fills its blocks: move this into one",
        );
    }
    if message.contains("is not defined in any parent template") {
        let words = format!(
            "no template above this one has a block `{}`, so its content would be on no page",
            quoted()
        );
        return (words, None);
    }
    (message.to_owned(), None)
}

#[cfg(test)]
mod tests {
    use crate::render::tera_words::worded;

    #[test]
    fn messages_say_what_to_do() {
        assert_eq!(worded("unexpected character", "&& b").1.as_deref(), Some("write `and`"));
        assert_eq!(worded("unknown tag", "endblock %}").0, "`{% endblock %}` cannot stand here");
        assert_eq!(worded("something else", ""), ("something else".to_owned(), None));
    }
}

//! Settings of VS Code: one key put into a file whose every other byte stays.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::export::{FOLDER, File};

/// The extensions that complete and check: YAML by JSON Schema, and entries by `galen lsp`, which
/// the second starts by its settings alone (docs/editors.md).
const EXTENSIONS: [&str; 2] = ["redhat.vscode-yaml", "zsol.vscode-glspc"];

/// Settings that are written where there are none of that name: somebody who has others wants
/// others. VS Code proposes nothing in Markdown by itself, and words of the text where it does.
const ONCE: [(&str, &str); 4] = [
    ("glspc.server.command", r#""galen""#),
    ("glspc.server.commandArguments", r#"["lsp"]"#),
    ("glspc.server.languageId", r#"["markdown"]"#),
    (
        "[markdown]",
        r#"{"editor.quickSuggestions": {"other": "on", "strings": "on"}, "editor.wordBasedSuggestions": "off"}"#,
    ),
];

/// A file that Galen cannot change without harm: comments, or not an object. What should be in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The lines to add.
    pub lines: String,
}

/// Gives `.vscode/settings.json` with the schemas of YAML files in it, and with what starts
/// `galen lsp`.
///
/// # Errors
/// When the file is not plain JSON: VS Code allows comments there, and they would be lost.
pub fn settings(existing: &str, files: &[File]) -> Result<String, ByHand> {
    let ours = files.iter().map(|it| (format!("./{}", it.path), json!(it.describes).to_string()));
    let ours: Vec<(String, String)> = ours.collect();
    let by_hand = || {
        let once = ONCE.map(|(key, value)| format!("\"{key}\": {value},\n")).concat();
        ByHand { lines: format!("{once}\"yaml.schemas\": {}", object(&ours, "", "  ")) }
    };
    let mut text = existing.to_owned();
    let taken = read(existing).ok_or_else(by_hand)?;
    let taken: Vec<&str> = taken.iter().map(|(key, _)| key.as_str()).collect();
    // A server of somebody else's keeps all its settings.
    let server = taken.iter().any(|key| key.starts_with("glspc.server."));
    for (key, value) in ONCE {
        if !(taken.contains(&key) || server && key.starts_with("glspc.")) {
            let pairs = read(&text).ok_or_else(by_hand)?;
            text = put(&text, &pairs, key, value);
        }
    }
    let pairs = read(&text).ok_or_else(by_hand)?;
    let step = indent(&text);
    let mut all: Vec<(String, String)> = Vec::new();
    if let Some((_, raw)) = pairs.iter().find(|(key, _)| key == "yaml.schemas") {
        let inner = read(raw.get()).ok_or_else(by_hand)?;
        // Schemas of collections that are no more go; everyone else's stay.
        let foreign = inner.iter().filter(|(key, _)| !key.starts_with(&format!("./{FOLDER}/")));
        all.extend(foreign.map(|(key, raw)| (key.clone(), raw.get().to_owned())));
    }
    all.extend(ours.iter().cloned());
    Ok(put(&text, &pairs, "yaml.schemas", &object(&all, &step, &step)))
}

/// Gives `.vscode/extensions.json` with the extensions among the recommended, but for those that
/// somebody wrote to be unwanted.
///
/// # Errors
/// When the file is not plain JSON.
pub fn extensions(existing: &str) -> Result<String, ByHand> {
    let by_hand = || ByHand { lines: format!("\"recommendations\": {}", json!(EXTENSIONS)) };
    let pairs = read(existing).ok_or_else(by_hand)?;
    let (mut wanted, mut known): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (key, raw) in &pairs {
        if key == "recommendations" || key == "unwantedRecommendations" {
            let names: Vec<String> = serde_json::from_str(raw.get()).map_err(|_| by_hand())?;
            known.extend(names.iter().map(|it| it.to_lowercase()));
            if key == "recommendations" {
                wanted = names;
            }
        }
    }
    let missing = EXTENSIONS.iter().filter(|it| !known.iter().any(|name| name == **it));
    let before = wanted.len();
    wanted.extend(missing.map(|it| (*it).to_owned()));
    if wanted.len() == before {
        return Ok(existing.to_owned());
    }
    let step = indent(existing);
    let items: Vec<String> = wanted.iter().map(|it| format!("{step}{step}{}", json!(it))).collect();
    let list = format!("[\n{}\n{step}]", items.join(",\n"));
    Ok(put(existing, &pairs, "recommendations", &list))
}

/// An object's keys in their order, each with its value as it is written.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// Reads an object; `None` for anything but plain JSON. An empty file is an empty object.
fn read(text: &str) -> Option<Vec<(String, &RawValue)>> {
    match text.trim().is_empty() {
        true => Some(Vec::new()),
        false => serde_json::from_str::<Pairs>(text).ok().map(|pairs| pairs.0),
    }
}

/// Puts a value under a key; what stands elsewhere keeps every byte.
fn put(text: &str, pairs: &[(String, &RawValue)], key: &str, value: &str) -> String {
    if let Some((_, raw)) = pairs.iter().find(|(it, _)| it == key) {
        let same = |a: &str, b: &str| {
            let parse = |it| serde_json::from_str::<Value>(it).ok();
            parse(a) == parse(b)
        };
        if same(raw.get(), value) {
            return text.to_owned();
        }
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        let end = start + raw.get().len();
        return format!("{}{value}{}", &text[..start], &text[end..]);
    }
    let step = indent(text);
    let Some(close) = text.rfind('}') else { return format!("{{\n{step}\"{key}\": {value}\n}}\n") };
    let before = text[..close].trim_end();
    let comma = if pairs.is_empty() { "" } else { "," };
    format!("{before}{comma}\n{step}\"{key}\": {value}\n{}", &text[close..])
}

/// Writes an object whose values are JSON already.
fn object(pairs: &[(String, String)], outer: &str, step: &str) -> String {
    let line = |(key, value): &(String, String)| format!("{outer}{step}{}: {value}", json!(key));
    let lines: Vec<String> = pairs.iter().map(line).collect();
    format!("{{\n{}\n{outer}}}", lines.join(",\n"))
}

/// The indentation that a file uses: that of its first indented line.
fn indent(text: &str) -> String {
    let blank = |line: &str| line.len() - line.trim_start().len();
    let first = text.lines().find(|line| blank(line) > 0 && !line.trim().is_empty());
    first.map_or_else(|| "  ".to_owned(), |line| line[..blank(line)].to_owned())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::text::RelPath;

    fn files() -> Vec<File> {
        let path = RelPath::new("content/.schema/forms.json").unwrap();
        vec![File { path, describes: "content/forms/**/*.yml".to_owned(), text: String::new() }]
    }

    #[test]
    fn the_settings_of_others_keep_every_byte() {
        expect![[r#"
            {
              "glspc.server.command": "galen",
              "glspc.server.commandArguments": ["lsp"],
              "glspc.server.languageId": ["markdown"],
              "[markdown]": {"editor.quickSuggestions": {"other": "on", "strings": "on"}, "editor.wordBasedSuggestions": "off"},
              "yaml.schemas": {
                "./content/.schema/forms.json": "content/forms/**/*.yml"
              }
            }
        "#]]
        .assert_eq(&settings("", &files()).unwrap());
        let theirs = "{\n\t\"editor.rulers\": [80,100],\n\t\"z\": {\"b\":1, \"a\":2}\n}\n";
        let once = settings(theirs, &files()).unwrap();
        expect![[r#"
            {
            	"editor.rulers": [80,100],
            	"z": {"b":1, "a":2},
            	"glspc.server.command": "galen",
            	"glspc.server.commandArguments": ["lsp"],
            	"glspc.server.languageId": ["markdown"],
            	"[markdown]": {"editor.quickSuggestions": {"other": "on", "strings": "on"}, "editor.wordBasedSuggestions": "off"},
            	"yaml.schemas": {
            		"./content/.schema/forms.json": "content/forms/**/*.yml"
            	}
            }
        "#]]
        .assert_eq(&once);
        assert_eq!(settings(&once, &files()).unwrap(), once);
    }

    #[test]
    fn schemas_of_others_stay_and_old_ones_go() {
        let theirs = r#"{"yaml.schemas": {"./mine.json": ["a.yml"], "./content/.schema/gone.json": "x"}, "b": 1}"#;
        expect![[r#"
            {"yaml.schemas": {
                "./mine.json": ["a.yml"],
                "./content/.schema/forms.json": "content/forms/**/*.yml"
              }, "b": 1,
              "glspc.server.command": "galen",
              "glspc.server.commandArguments": ["lsp"],
              "glspc.server.languageId": ["markdown"],
              "[markdown]": {"editor.quickSuggestions": {"other": "on", "strings": "on"}, "editor.wordBasedSuggestions": "off"}
            }"#]]
        .assert_eq(&settings(theirs, &files()).unwrap());
    }

    #[test]
    fn another_server_keeps_its_settings() {
        let theirs = r#"{"glspc.server.command": "mine", "[markdown]": {}, "yaml.schemas": {}}"#;
        let found = settings(theirs, &files()).unwrap();
        assert!(found.starts_with(r#"{"glspc.server.command": "mine", "[markdown]": {}, "#));
        assert!(!found.contains("galen\""), "{found}");
    }

    #[test]
    fn comments_are_not_lost() {
        let error = settings("{\n  // mine\n  \"a\": 1\n}\n", &files()).unwrap_err();
        expect![[r#"
            "glspc.server.command": "galen",
            "glspc.server.commandArguments": ["lsp"],
            "glspc.server.languageId": ["markdown"],
            "[markdown]": {"editor.quickSuggestions": {"other": "on", "strings": "on"}, "editor.wordBasedSuggestions": "off"},
            "yaml.schemas": {
              "./content/.schema/forms.json": "content/forms/**/*.yml"
            }"#]]
        .assert_eq(&error.lines);
        assert!(extensions("[]").is_err());
    }

    #[test]
    fn an_unwanted_extension_is_not_recommended() {
        let unwanted =
            r#"{"unwantedRecommendations": ["redhat.vscode-yaml", "Zsol.vscode-glspc"]}"#;
        assert_eq!(extensions(unwanted).unwrap(), unwanted);
        expect![[r#"
            {
              "recommendations": [
                "a.b",
                "redhat.vscode-yaml",
                "zsol.vscode-glspc"
              ]
            }"#]]
        .assert_eq(&extensions("{\n  \"recommendations\": [\"a.b\"]\n}").unwrap());
    }
}

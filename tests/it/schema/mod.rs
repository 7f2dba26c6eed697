//! The content model as JSON Schema: an independent validator must agree with Galen.

pub(crate) mod draw;

use std::collections::{BTreeMap, BTreeSet};

use galen::content::front_matter;
use galen::content::schema::{Kind, Schema};
use galen::diag::{Diagnostics, Severity, SourceId};
use galen::export::{self, Audience};
use galen::vfs::{self, Disk};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{SiteTest, repository};
use draw::Draw;

/// The codes of rules that JSON Schema can express.
const EXPRESSIBLE: [&str; 5] = [
    "a11y/alt-missing",
    "front-matter/missing-field",
    "front-matter/rule",
    "front-matter/unknown-key",
    "front-matter/wrong-type",
];

/// A content model with one collection, and one entry of it.
struct Case {
    model: Value,
    entry: Value,
}

impl Case {
    fn drawn(bytes: &[u8]) -> Self {
        let mut draw = Draw::new(bytes);
        let (fields, extra) = draw.model();
        let entry = draw.entry(&fields, extra);
        let galen = json!({"route": null, "extra": if extra { "allow" } else { "deny" }});
        let model = json!({"collections": [
            {"name": "things", "label": "Things", "folder": "content/things", "extension": "yml",
             "format": "yaml", "galen": galen, "fields": fields},
            {"name": "pages", "folder": "content/pages", "fields": [{"name": "title"}]},
        ]});
        Self { model, entry }
    }

    fn site(&self) -> String {
        let yaml = |value| serde_yaml::to_string(value).unwrap();
        format!(
            "-- content/schema.yml --\n{}\n-- content/things/a.yml --\n{}\n",
            yaml(&self.model),
            yaml(&self.entry)
        )
    }

    /// What Galen finds wrong with the entry, of what JSON Schema can express.
    fn galen(&self) -> BTreeSet<String> {
        let site = SiteTest::new(&self.site()).build();
        let said = site.said();
        assert!(!said.contains("error[schema/"), "{said}\n{}", self.site());
        let errors = site.built.diagnostics.iter().filter(|it| it.severity == Severity::Error);
        let codes = errors.map(|it| it.code.as_str().to_owned());
        codes.filter(|code| EXPRESSIBLE.contains(&code.as_str())).collect()
    }

    fn schema(&self) -> Value {
        let schema = read(&self.site());
        let collection = schema.collection("things").unwrap();
        export::json_schema(&schema, collection, Audience::Editors)
    }

    /// What differs between Galen and the validator; `None` when they agree.
    fn disagreement(&self) -> Option<String> {
        let (found, schema) = (self.galen(), self.schema());
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}: {schema}"));
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&self.entry)
            .map(|it| format!("{it} at {}", it.instance_path()))
            .collect();
        (found.is_empty() != errors.is_empty()).then(|| {
            let said = SiteTest::new(&self.site()).build().said();
            format!("validator: {errors:#?}\nGalen: {said}\n{}\n{schema:#}", self.site())
        })
    }
}

fn read(site: &str) -> Schema {
    let files = vfs::Memory::new();
    for (path, text) in crate::support::sections(site) {
        files.set(&crate::support::rel(&path), text);
    }
    let mut found = Diagnostics::new();
    let tree = vfs::scan(&files, &mut found);
    galen::content::model::read(&tree, &mut found).unwrap()
}

fn sample() -> (vfs::Tree, Schema) {
    let mut found = Diagnostics::new();
    let tree = vfs::scan(&Disk::new(repository()), &mut found);
    let schema = galen::content::model::read(&tree, &mut found).unwrap();
    (tree, schema)
}

fn validator(schema: &Value) -> Validator {
    jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{error}: {schema}"));
    jsonschema::validator_for(schema).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_validator_judges_as_galen_does(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let case = Case::drawn(&bytes);
        if let Some(words) = case.disagreement() {
            prop_assert!(false, "{}", words);
        }
    }
}

/// The law above says nothing where every case is refused, or for the same reason.
#[test]
fn the_generated_cases_are_of_all_kinds() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut seed = 1_u64;
    for _ in 0..300 {
        let mut next = || {
            // Numerical Recipes' generator: any would do.
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as u8
        };
        let bytes: Vec<u8> = (0..300).map(|_| next()).collect();
        let case = Case::drawn(&bytes);
        if let Some(words) = case.disagreement() {
            panic!("{words}");
        }
        let found = case.galen();
        if found.is_empty() {
            *counts.entry("accepted".to_owned()).or_default() += 1;
        }
        for code in found {
            *counts.entry(code).or_default() += 1;
        }
    }
    println!("{counts:?}");
    assert!(counts["accepted"] > 60, "{counts:?}");
    for code in EXPRESSIBLE {
        assert!(counts.get(code).is_some_and(|it| *it >= 5), "{code}: {counts:?}");
    }
}

/// The sample's entries as a reader of YAML 1.2 sees them.
#[test]
fn the_sample_content_is_accepted() {
    let (tree, schema) = sample();
    let mut seen = 0;
    for collection in &schema.collections {
        let judge = validator(&export::json_schema(&schema, collection, Audience::Editors));
        validator(&export::json_schema(&schema, collection, Audience::Public));
        match &collection.kind {
            Kind::Folder { folder, front_matter, .. } => {
                for source in tree.below(folder) {
                    let text = String::from_utf8(source.bytes().unwrap().to_vec()).unwrap();
                    let text = text.as_str();
                    let yaml = match front_matter {
                        true => {
                            let split = front_matter::split(text, &SourceId::new("a")).unwrap();
                            &text[split.front_matter]
                        }
                        false => text,
                    };
                    accepts(&judge, source.path.as_str(), yaml);
                    seen += 1;
                }
            }
            Kind::Files(files) => {
                for file in files {
                    let one = validator(&export::settings_schema(&schema, file, Audience::Editors));
                    let text =
                        String::from_utf8(tree.get(&file.file).unwrap().bytes().unwrap().to_vec())
                            .unwrap();
                    let text = text.as_str();
                    accepts(&one, &file.file, text);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen >= 30, "{seen}");
}

fn accepts(judge: &Validator, file: &str, yaml: &str) {
    let value: Value = serde_saphyr::from_str(yaml).unwrap();
    let errors: Vec<String> =
        judge.iter_errors(&value).map(|it| format!("{it} at {}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{file}: {errors:#?}");
}

#[test]
fn what_is_private_is_not_in_the_public_schema() {
    let (_, schema) = sample();
    let team = schema.collection("team").unwrap();
    let public = export::json_schema(&schema, team, Audience::Public);
    assert!(!public.to_string().contains("\"user\""), "{public:#}");
    let editors = export::json_schema(&schema, team, Audience::Editors);
    assert_eq!(editors["properties"]["user"]["writeOnly"], true);
}

/// Changed the content model? `cargo run -- schema --write` writes them anew.
#[test]
fn the_samples_own_schemas_are_up_to_date() {
    let (_, schema) = sample();
    for file in export::schemas(&schema) {
        let there =
            std::fs::read_to_string(repository().join(file.path.as_str())).unwrap_or_default();
        assert!(there == file.text, "{}: run `cargo run -- schema --write`", file.path);
    }
    let there = std::fs::read_to_string(repository().join(".vscode/galen.code-snippets"));
    assert!(
        there.unwrap_or_default() == export::snippets(&schema),
        "run `cargo run -- schema --write`"
    );
}

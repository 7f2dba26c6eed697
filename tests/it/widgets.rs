//! The widgets with values of their own shape: what templates get of them.

use expect_test::expect;

use crate::support::SiteTest;

const MODEL: &str = include_str!("support/places.txt");

const TEMPLATE: &str = "-- themes/t/theme.yaml --
name: t
-- themes/t/templates/404.html --
-- themes/t/templates/place.html --
{{ page.key }} {{ page.short }} {{ page.colour }} {{ page.glass }}
{{ page.snippet.language }}: {{ page.snippet.text }} / {{ page.script }}
{% for name, url in page.links %}{{ name }}={{ url }} {% endfor %}
{{ page.reference }} {{ page.point.type }} {{ page.point.coordinates[1] }} {{ page.area.coordinates[0] | length }}
";

#[test]
fn every_widget_has_a_value_in_templates() {
    let entry = "-- content/places/a.md --
---
title: A
key: place-7c9e6679-7425-40de-944b-e07fc1f90ae7
short: pspgm6luevan5fcl4b74d6ik44
colour: \"#0b5d5e\"
glass: rgba(11, 93, 94, 0.5)
snippet: {text: let a = 1;, language: rust}
script: a < b
links:
  NHS: https://www.nhs.uk/
  Number: 010
reference: place-a
point: '{\"type\":\"Point\",\"coordinates\":[-0.14,51.52]}'
area: '{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}'
---
";
    SiteTest::new(&format!("{MODEL}{TEMPLATE}{entry}"))
        .build()
        .fine()
        .file("places/a/index.html", expect![[r#"
            place-7c9e6679-7425-40de-944b-e07fc1f90ae7 pspgm6luevan5fcl4b74d6ik44 #0b5d5e rgba(11, 93, 94, 0.5)
            rust: let a = 1; / a &lt; b
            NHS=https://www.nhs.uk/ Number=010 
            place-a Point 51.52 4
        "#]]);
}

#[test]
fn a_whole_number_may_be_written_as_programs_do() {
    let site = "-- content/schema.yml --
collections:
  - name: places
    folder: content/places
    galen: {route: \"/places/{{slug}}/\", template: place.html}
    fields: [{name: title}, {name: rooms, widget: number, value_type: int}]
-- themes/t/theme.yaml --
name: t
-- themes/t/templates/404.html --
-- themes/t/templates/place.html --
{{ page.rooms }}
-- content/places/a.md --
---
title: A
rooms: 5.0
---
";
    SiteTest::new(site).build().fine().file(
        "places/a/index.html",
        expect![[r#"
        5
    "#]],
    );
}

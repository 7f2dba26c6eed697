//! Golden sites: whole sites and every byte of what they become.
//!
//! `tests/sites/<name>/site` is built and compared with `tests/sites/<name>/expected`;
//! `UPDATE_EXPECT=1 cargo test` writes the latter. The repository is a site too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use expect_test::expect;
use galen::build::{self, Built, Request};
use galen::diag::text;
use galen::render::Collected;
use galen::vfs::Disk;

use crate::support::{files_below, repository, updating};

/// A site as it is built, with its files by their paths.
/// Builds a site on which nothing is found.
pub(crate) fn built(root: &Path) -> (Built, BTreeMap<String, Vec<u8>>) {
    let request = Request { clock: Some("2026-11-23T12:00".to_owned()), ..Request::default() };
    let sink = Collected::new();
    let built = build::build(&Disk::new(root), &request, &sink, &|_| ());
    let said = text::print(&built.diagnostics, &|source| built.tree.text(source), false);
    assert!(said.is_empty(), "{}: {said}", root.display());
    let files = sink.files().into_iter().map(|(file, bytes)| (file.to_string(), bytes));
    (built, files.collect())
}

#[test]
fn every_golden_site_is_built_as_expected() {
    for site in fs::read_dir(repository().join("tests/sites")).unwrap() {
        let site = site.unwrap().path();
        let (_, made) = built(&site.join("site"));
        let expected = site.join("expected");
        if updating() {
            let _ = fs::remove_dir_all(&expected);
            for (file, bytes) in &made {
                let path = expected.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
        let wanted: BTreeMap<String, Vec<u8>> = files_below(&expected)
            .into_iter()
            .map(|(name, path)| (name, fs::read(path).unwrap()))
            .collect();
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&made), names(&wanted), "{}", site.display());
        for (file, bytes) in &made {
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(show(bytes), show(&wanted[file]), "{}: {file}", site.display());
        }
    }
}

#[test]
fn the_sample_clinic_is_built_without_a_word() {
    let (built, files) = built(&repository());
    let pages: Vec<&str> =
        files.keys().map(String::as_str).filter(|file| file.ends_with(".html")).collect();
    expect![[r#"
        404.html
        about/index.html
        accessibility/index.html
        book/index.html
        clinics/index.html
        clinics/larkfield-lane/index.html
        clinics/riverside/index.html
        complaints/index.html
        contact/index.html
        guides/fue-recovery-day-by-day/index.html
        guides/hair-loss-in-women/index.html
        guides/hair-transplant-and-scalp-micropigmentation/index.html
        guides/index.html
        guides/medicines-for-hair-loss/index.html
        guides/norwood-scale-explained/index.html
        guides/page/2/index.html
        guides/preparing-for-your-consultation/index.html
        guides/prp-what-is-known/index.html
        guides/scalp-micropigmentation-aftercare/index.html
        guides/topics/aftercare/index.html
        guides/topics/costs/index.html
        guides/topics/fue/index.html
        guides/topics/fut/index.html
        guides/topics/hair-loss/index.html
        guides/topics/medication/index.html
        guides/topics/prp/index.html
        guides/topics/smp/index.html
        guides/what-a-hair-transplant-costs/index.html
        how-we-review-guides/index.html
        index.html
        privacy/index.html
        scalp-tattoo.html
        team/amara-osei/index.html
        team/daniel-whitcombe/index.html
        team/index.html
        team/priya-nair/index.html
        team/tom-ashdown/index.html
        thank-you/index.html
        treatments/fue-hair-transplant/index.html
        treatments/fut-hair-transplant/index.html
        treatments/index.html
        treatments/prp-scalp-injections/index.html
        treatments/scalp-micropigmentation/index.html"#]]
    .assert_eq(&pages.join("\n"));
    let left: Vec<String> = built.left_out.iter().map(|it| it.id.to_string()).collect();
    expect![[r#"
        guides/beard-transplants
        guides/hair-care-in-summer
        guides/opening-offer"#]]
    .assert_eq(&left.join("\n"));
}

const ENDPOINT: &str = "endpoint: /api/forms";

/// A copy of the sample site, with settings under `forms:`.
pub(crate) fn sample_with(forms: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for folder in ["content", "themes"] {
        for (name, path) in files_below(&repository().join(folder)) {
            let to = copy.path().join(folder).join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(path, to).unwrap();
        }
    }
    let config = fs::read_to_string(repository().join("galen.yaml")).unwrap();
    fs::write(copy.path().join("galen.yaml"), format!("{config}\nforms:\n  {forms}\n")).unwrap();
    copy
}

/// A page of a site with the form.
fn page_with_form(root: &Path) -> String {
    let file = "guides/hair-transplant-and-scalp-micropigmentation/index.html";
    let (_, mut files) = built(root);
    String::from_utf8(files.remove(file).unwrap()).unwrap()
}

#[test]
fn the_form_asks_for_photographs_only_where_its_definition_does() {
    let copy = sample_with(ENDPOINT);
    let page = page_with_form(copy.path());
    assert!(!page.contains("enctype") && !page.contains("type=file"), "off unless asked for");
    let form = copy.path().join("content/forms/consultation.yml");
    let text = fs::read_to_string(&form).unwrap();
    for (more, shown, multiple) in [
        ("", "One photograph, JPEG, PNG or WebP, at most 8 MB. ", ""),
        (", max_files: 2, hint: In daylight.", "In daylight. Up to 2 photographs, ", " multiple"),
    ] {
        let photo = format!("  - {{name: before, label: A photograph, type: photo{more}}}\n");
        let at = "  - name: consent\n";
        fs::write(&form, text.replace(at, &format!("{photo}{at}"))).unwrap();
        let page = page_with_form(copy.path());
        let start = "<form action=/api/forms/consultation method=post enctype=multipart/form-data";
        assert!(page.contains(start), "{page}");
        let hint = page.split("id=ask-before-hint>").nth(1).unwrap();
        assert!(hint.starts_with(shown), "{hint}");
        let input = hint.split("<input type=file ").nth(1).unwrap();
        let input = &input[..input.find('>').unwrap()];
        let expected = format!(
            "id=ask-before name=before accept=image/jpeg,image/png,image/webp data-megabytes=8{multiple} aria-describedby=ask-before-hint"
        );
        assert_eq!(input, expected);
    }
    // Where nothing can be sent, nothing is asked for that one would have to send.
    fs::copy(repository().join("galen.yaml"), copy.path().join("galen.yaml")).unwrap();
    assert!(!page_with_form(copy.path()).contains("type=file"));
}

#[test]
fn the_form_shows_a_button_only_where_it_leads_somewhere() {
    let without = page_with_form(&repository());
    assert!(!without.contains("type=submit") && !without.contains("<form action"));
    assert!(without.contains("href=tel:+442079460100>"));
    let drawings = without.matches("src=/media/stages/").count();
    assert_eq!(drawings, 13, "the thirteen stages");
    let with = page_with_form(sample_with(ENDPOINT).path());
    assert!(with.contains("<form action=/api/forms/consultation method=post"));
    assert!(with.contains("type=submit"));
    let box_ = with.split("<input type=checkbox id=ask-consent ").nth(1).unwrap();
    let box_ = &box_[..box_.find('>').unwrap()];
    assert!(box_.contains("required") && !box_.contains("checked"), "{box_}");
}

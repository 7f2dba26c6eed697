//! Which file belongs to which collection.

use crate::content::RULES;
use crate::content::model;
use crate::content::schema::{Collection, Kind, Schema};
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::text::near;
use crate::vfs::{Source, Tree};

/// A file in the content folder that belongs to no collection.
pub(crate) const UNCLAIMED: Code = Code::new("schema/unclaimed-file");

/// Which file belongs to which collection, sorted by path; files that belong to none are
/// reported.
pub fn claim<'a>(
    tree: &'a Tree,
    schema: &'a Schema,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'a Collection, &'a Source)> {
    let mut claimed = Vec::new();
    for source in tree.below("content") {
        let path = &source.path;
        if path.as_str() == model::FILE || path.below(&schema.media_folder).is_some() {
            continue;
        }
        let owner = schema.collections.iter().find(|it| match &it.kind {
            Kind::Folder { folder, .. } => path.below(folder).is_some(),
            Kind::Files(files) => files.iter().any(|file| file.file == path.as_str()),
        });
        match owner {
            Some(collection) => match &collection.kind {
                Kind::Folder { extension, .. } if path.extension() == *extension => {
                    claimed.push((collection, source));
                }
                Kind::Folder { extension, .. } => {
                    let media = &schema.media_folder;
                    diagnostics.push(wrong_ending(source, &collection.label, (extension, media)));
                }
                Kind::Files(_) => (),
            },
            None if path.as_str() == RULES => (),
            None => diagnostics.push(unclaimed(&path.source(), schema)),
        }
    }
    claimed
}

fn wrong_ending(source: &Source, label: &str, (extension, media): (&str, &str)) -> Diagnostic {
    let message = format!("this file is left out: the files of {label} end in `.{extension}`");
    let name = source.path.name();
    let stem = name.split('.').next().unwrap_or_default();
    let help = match &*source.path.extension() {
        "avif" | "gif" | "heic" | "jpeg" | "jpg" | "pdf" | "png" | "svg" | "webp" => {
            format!("move it into `{media}`, where pictures and documents are")
        }
        "doc" | "docx" | "odt" | "pages" | "rtf" => {
            format!("copy its text into a new file that ends in `.{extension}`")
        }
        _ => format!("rename it to `{stem}.{extension}`, or move it out of the folder"),
    };
    Diagnostic::warning(UNCLAIMED, message).at(Span::file(&source.path.source())).help(help)
}

fn unclaimed(source: &SourceId, schema: &Schema) -> Diagnostic {
    let own = source.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
    let folders = schema.collections.iter().filter_map(|it| match &it.kind {
        Kind::Folder { folder, .. } => Some(folder.as_str()),
        Kind::Files(_) => None,
    });
    let hint =
        near::nearest(own, folders.clone()).map(|it| format!("did you mean the folder `{it}`?"));
    Diagnostic::warning(UNCLAIMED, "this file is left out: it is in no collection's folder")
        .at(Span::file(source))
        .maybe_help(hint)
        .help(format!("move it into {}", near::any_of(folders.chain([&*schema.media_folder]))))
}

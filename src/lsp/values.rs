//! The values that a field may have, as far as they can be listed.

use crate::content::schema::{Field, Widget};
use crate::content::{Entry, Status};
use crate::lsp::site::Model;
use crate::text::RelPath;

/// One value.
pub(crate) struct Choice {
    /// As it is compared, without quotes.
    pub(crate) text: String,
    /// What it is.
    pub(crate) detail: Option<String>,
    /// Whether it is no text, and so is written without quotes.
    pub(crate) plain: bool,
}

/// Lists the values of a field in the file at a path.
pub(crate) fn of(model: &Model, field: &Field, path: &RelPath) -> Vec<Choice> {
    let plain = |text: &str, detail: Option<&str>| Choice {
        text: text.to_owned(),
        detail: detail.map(str::to_owned),
        plain: true,
    };
    match &field.widget {
        Widget::Boolean => vec![plain("true", None), plain("false", None)],
        Widget::Select { options, .. } => {
            let one = |(value, label): &(String, String)| Choice {
                text: value.clone(),
                detail: (value != label).then(|| label.clone()),
                plain: false,
            };
            options.iter().map(one).collect()
        }
        Widget::DateTime { .. } => vec![plain(&model.today().to_string(), Some("today"))],
        Widget::Relation { .. } => related(model, field, path),
        Widget::Image => media(model, true),
        Widget::File => media(model, false),
        _ => Vec::new(),
    }
}

fn related(model: &Model, field: &Field, path: &RelPath) -> Vec<Choice> {
    let Widget::Relation { collection, value_field, filters, .. } = &field.widget else {
        return Vec::new();
    };
    let Some((world, _)) = &model.world else { return Vec::new() };
    let title = model.schema.collection(collection).map_or("title", |it| &it.identifier);
    let own = path.source();
    let fits = |entry: &&Entry| {
        let has = |name: &str| entry.fields.get(name).text().unwrap_or_default();
        let chosen = filters.iter().all(|(name, allowed)| allowed.contains(&has(name)));
        chosen && !(field.rules.not_self && entry.source == own)
    };
    let one = |entry: &Entry| {
        let text = match value_field {
            None => entry.id.slug.to_string(),
            Some(name) => entry.fields.get(name).text()?,
        };
        let mut detail = entry.fields.get(title).text().unwrap_or_default();
        detail.push_str(match entry.status {
            Status::Published => "",
            Status::Draft => " (draft)",
            Status::Scheduled(_) => " (not published yet)",
            Status::Expired(_) => " (no longer published)",
            Status::Overdue(_) => " (off the site: its review is overdue)",
        });
        Some(Choice { text, detail: Some(detail), plain: false })
    };
    world.site.catalog.of(collection).filter(fits).filter_map(one).collect()
}

fn media(model: &Model, pictures: bool) -> Vec<Choice> {
    const PICTURES: [&str; 7] = ["avif", "gif", "jpeg", "jpg", "png", "svg", "webp"];
    let Some((world, _)) = &model.world else { return Vec::new() };
    let (folder, public) = (&model.schema.media_folder, &model.schema.public_folder);
    let fits = |path: &RelPath| !pictures || PICTURES.contains(&path.extension().as_str());
    let files = world.site.tree.below(folder).filter(|it| fits(&it.path));
    let one = |path: &RelPath| {
        let text = format!("{}/{}", public.trim_end_matches('/'), path.below(folder)?);
        Some(Choice { text, detail: None, plain: false })
    };
    files.filter_map(|it| one(&it.path)).collect()
}

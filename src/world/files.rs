//! Files of the site and of the theme: addresses of assets, addresses and sizes of pictures.

use tera::Value;

use crate::text::near;
use crate::world::{Answer, World, map, refuse};

impl World {
    pub(crate) fn asset(&self, path: &str) -> Answer {
        match self.site.assets.get(path) {
            Some(asset) => Answer::Value(self.href(asset.url.as_str()).into()),
            None => self.unknown("asset", path, self.site.assets.keys()),
        }
    }

    pub(crate) fn image(&self, address: &str) -> Answer {
        let schema = &self.site.schema;
        let folder = schema.public_folder.trim_end_matches('/');
        let inner = address.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
        let file = inner.map(|inner| format!("{}/{inner}", schema.media_folder));
        match file.as_deref().and_then(|file| self.site.media.get(file)) {
            Some(size) => Answer::Value(picture(self.href(address), *size)),
            None => self.no_picture(address),
        }
    }

    fn no_picture(&self, address: &str) -> Answer {
        let schema = &self.site.schema;
        let folder = schema.public_folder.trim_end_matches('/');
        let media = self.site.tree.below(&schema.media_folder);
        let known: Vec<String> = media
            .filter_map(|it| it.path.below(&schema.media_folder))
            .map(|inner| format!("{folder}/{inner}"))
            .collect();
        let hint = near::did_you_mean(address, known.iter().map(String::as_str))
            .unwrap_or_else(|| format!("put the file into `{}`", schema.media_folder));
        refuse(format!("there is no picture `{address}`"), Some(hint))
    }

    pub(crate) fn theme_image(&self, path: &str) -> Answer {
        match self.site.assets.get(path) {
            Some(asset) => Answer::Value(picture(self.href(asset.url.as_str()), asset.size)),
            None => self.unknown("asset", path, self.site.assets.keys()),
        }
    }
}

/// A picture's value for templates.
fn picture(url: String, size: Option<(u32, u32)>) -> Value {
    let (width, height) = size.unzip();
    map([("url", Value::from(url)), ("width", width.into()), ("height", height.into())])
}

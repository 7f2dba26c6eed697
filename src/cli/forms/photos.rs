//! Photographs of enquiries written into files.

use std::fs;
use std::path::Path;

use crate::cli::forms::open::Opener;
use crate::cli::forms::read::write_new;
use crate::cli::forms::{Failed, Office, words};
use crate::store::{Photo, Store, Summary};

impl Office<'_> {
    /// Writes the photographs of enquiries as new files of their owner alone into a folder, which is made where there is none,
    /// and gives how many. What is read is noted before. No file is written where one of them is there already.
    pub(super) fn photos(
        &self,
        store: &mut Store,
        opener: &mut Opener,
        enquiries: &[&Summary],
        folder: &Path,
    ) -> Result<u64, Failed> {
        let mut count = 0;
        for summary in enquiries {
            for (question, number) in store.photo_names(&summary.id).map_err(words)? {
                let path = folder.join(name(&summary.id, &question, number));
                if path.symlink_metadata().is_ok() {
                    return Err(format!(
                        "`{}` is there already, so no photograph was written; name a new folder",
                        path.display()
                    ));
                }
                count += 1;
            }
        }
        if count == 0 {
            return Ok(0);
        }
        let (form, id) = match enquiries {
            [one] => (Some(one.form.as_str()), Some(one.id.as_str())),
            _ => (None, None),
        };
        self.note(store, "photos", form, id, count)?;
        make(folder)?;
        let mut written = 0;
        for summary in enquiries {
            let Some(key) = store.data_key(&summary.data_key).map_err(words)? else { continue };
            for photo in store.photos(&summary.id).map_err(words)? {
                let picture = opener.photo(summary, &key, &photo)?;
                let Photo { question, number, .. } = &photo;
                write_new(&folder.join(name(&summary.id, question, *number)), &picture)?;
                written += 1;
            }
        }
        Ok(written)
    }
}

/// Names the file of a photograph. What stands in a database is not trusted with paths.
fn name(id: &str, question: &str, number: u32) -> String {
    let plain = |text: &str| -> String {
        let fine = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
        text.chars().map(|it| if fine(it) { it } else { '_' }).collect()
    };
    format!("{}-{}-{number}.jpg", plain(id), plain(question))
}

/// Makes a folder for its owner alone; one that is there stays as it is.
fn make(folder: &Path) -> Result<(), Failed> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| format!("`{}` cannot be made: {error}", folder.display()))
}

/// How many photographs, in words.
pub(super) fn counted(number: u64) -> String {
    if number == 1 { "1 photograph".to_owned() } else { format!("{number} photographs") }
}

/// What is said of photographs that were written.
pub(super) fn written(number: u64, folder: &Path) -> String {
    match number {
        0 => "there are no photographs".to_owned(),
        number => format!(
            "{} written to {}; delete the folder when it is no longer needed",
            counted(number),
            folder.display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        assert_eq!(name("ABCD-EFGH-JKMN", "before", 2), "ABCD-EFGH-JKMN-before-2.jpg");
        assert_eq!(name("../a", "b/..\\c\0d", 1), "___a-b____c_d-1.jpg");
    }
}

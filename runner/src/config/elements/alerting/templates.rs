//! `templates = "folder"` of `[email]`: the files in it, read like the configuration itself.

use std::fs;
use std::path::Path;

use toml::Spanned;

use crate::config::collector::Remark;
use crate::config::elements::Context;

/// Files in the folder; more are not templates of mail.
const FILES_MAX: usize = 50;

/// Largest file, bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// Name and text of every template, by name; after a problem that was noted, none.
pub(super) fn read(folder: &Spanned<&str>, context: &mut Context<'_, '_>) -> Vec<(String, String)> {
    let path = context.source.resolve(folder.get_ref());
    match read_folder(&path) {
        Ok(templates) => templates,
        Err(why) => {
            let remark = Remark::new(format!("the templates in {} cannot be read: {why}", path.display()))
                .with_hint("a folder with files such as `alert.txt`, relative to this file; leave `templates` out for the built-in ones");
            context.problems.error(&folder.span(), remark);
            Vec::new()
        }
    }
}

fn read_folder(path: &Path) -> Result<Vec<(String, String)>, String> {
    let entries = fs::read_dir(path).map_err(|error| error.to_string())?;
    let mut templates = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| error.to_string())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What editors and version control leave there.
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        if templates.len() == FILES_MAX {
            return Err(format!("there are more than {FILES_MAX} files"));
        }
        let metadata = fs::metadata(entry.path()).map_err(|error| format!("{name}: {error}"))?;
        if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
            return Err(format!(
                "{name} is not a file of at most {} KiB",
                FILE_BYTES_MAX / 1024
            ));
        }
        let text = fs::read_to_string(entry.path()).map_err(|error| format!("{name}: {error}"))?;
        templates.push((name, text));
    }
    templates.sort();
    Ok(templates)
}

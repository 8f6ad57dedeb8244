//! From what a person names to layers: a file, FILE#LAYER, or a folder walked in order.

use std::path::{Path, PathBuf};

use super::ogr::{self, Format};
use super::shp;
use super::source::{SourceLayer, file_name};
use crate::domain::{Failure, Finding, Severity, SourceRef};
use crate::msg;
use crate::text::Text;

/// Folders nested deeper are not searched.
const MAX_DEPTH: u32 = 16;
/// What a search in a folder takes up; drawings and `.json` only when named.
const SEARCHED: [&str; 7] = ["shp", "tab", "mif", "gpkg", "geojson", "fgb", "gdb"];

const NOT_FOUND: Text = Text::new("không tìm thấy tệp hoặc thư mục", "no such file or folder");
const NOTHING: Text = Text::new(
    "thư mục không có tệp bản đồ nào đọc được (SHP, TAB, MIF, GPKG, GeoJSON, FGB, GDB)",
    "the folder holds no map file that can be read (SHP, TAB, MIF, GPKG, GeoJSON, FGB, GDB)",
);
const KINDS: Text = Text::new(
    "Đọc được: SHP, TAB, MIF, GPKG, GeoJSON, FGB, GDB, DGN V7, DXF.",
    "Readable are SHP, TAB, MIF, GPKG, GeoJSON, FGB, GDB, DGN V7, DXF.",
);

/// Opens a file, one layer of it, or all files of known kinds in a folder and its sub-folders,
/// sorted by path. `layer` wins over a `FILE#LAYER` in the path.
///
/// In a folder, files that hold no polygons are left out and named by a SOURCE_SKIPPED finding on the
/// first layer; a file that cannot be read fails the whole call, so that nothing is left out unseen.
pub fn open(path: &Path, layer: Option<&str>) -> Result<Vec<SourceLayer>, Failure> {
    let (path, in_path) = split_layer(path);
    let layer = layer.or(in_path.as_deref());
    if !path.exists() {
        return Err(Failure::new("SOURCE_NOT_FOUND", NOT_FOUND).file(&path));
    }
    if path.is_dir() && extension(&path) != "gdb" {
        open_folder(&path, layer)
    } else {
        open_file(&path, layer)
    }
}

/// `map.gpkg#thua` when there is no file of that very name.
fn split_layer(path: &Path) -> (PathBuf, Option<String>) {
    let text = path.to_string_lossy();
    match text.rsplit_once('#') {
        Some((file, layer)) if !path.exists() && Path::new(file).exists() => {
            (file.into(), Some(layer.to_owned()))
        }
        _ => (path.to_owned(), None),
    }
}

pub(super) fn extension(path: &Path) -> String {
    path.extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase()
}

fn open_file(path: &Path, layer: Option<&str>) -> Result<Vec<SourceLayer>, Failure> {
    match extension(path).as_str() {
        // Whichever file of the set was picked.
        "shp" | "shx" | "dbf" | "prj" | "cpg" => Ok(vec![shp::open(&companion(path, "shp"))?]),
        "mid" => ogr::open(&companion(path, "mif"), Format::MapInfo, layer),
        other => match Format::of(other) {
            Some(format) => ogr::open(path, format, layer),
            None => Err(Failure::new(
                "SOURCE_KIND",
                msg!(
                    "không đọc được loại tệp “.{other}”",
                    "files of kind “.{other}” cannot be read"
                ),
            )
            .file(path)
            .remedy(KINDS)),
        },
    }
}

/// The file that stands for the whole set, whichever of it was picked. `SOURCE_NOT_FOUND`.
pub(super) fn whole(path: &Path) -> Result<PathBuf, Failure> {
    if !path.exists() {
        return Err(Failure::new("SOURCE_NOT_FOUND", NOT_FOUND).file(path));
    }
    Ok(match extension(path).as_str() {
        "shp" | "shx" | "dbf" | "prj" | "cpg" => companion(path, "shp"),
        "mid" => companion(path, "mif"),
        _ => path.to_owned(),
    })
}

/// The file of the same stem with this extension in either case.
fn companion(path: &Path, wanted: &str) -> PathBuf {
    if extension(path) == wanted {
        return path.to_owned();
    }
    let upper = path.with_extension(wanted.to_uppercase());
    if upper.exists() {
        upper
    } else {
        path.with_extension(wanted)
    }
}

fn open_folder(folder: &Path, layer: Option<&str>) -> Result<Vec<SourceLayer>, Failure> {
    let mut files = Vec::new();
    find(folder, 0, &mut files)?;
    let (mut layers, mut skipped) = (Vec::new(), Vec::new());
    for file in &files {
        match open_file(file, layer) {
            Ok(opened) => layers.extend(opened),
            Err(f) if matches!(f.code(), "SHP_SHAPE_TYPE" | "SOURCE_NO_POLYGONS") => skipped.push(file),
            Err(f) if f.code() == "SOURCE_NO_LAYER" && layer.is_some() => skipped.push(file),
            Err(failure) => return Err(failure),
        }
    }
    let Some(first) = layers.first_mut() else {
        return Err(Failure::new("SOURCE_NOTHING", NOTHING).file(folder));
    };
    first.findings.extend(skipped.into_iter().map(|file| {
        let mut finding = Finding::new("SOURCE_SKIPPED", Severity::Info);
        finding.source = Some(SourceRef {
            file: file_name(file),
            record: None,
            field: None,
        });
        finding
    }));
    Ok(layers)
}

/// Links to folders are not followed: they may lead in circles.
fn find(folder: &Path, depth: u32, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |e: std::io::Error| {
        Failure::new(
            "SOURCE_UNREADABLE",
            msg!("không đọc được thư mục: {e}", "the folder cannot be read: {e}"),
        )
        .file(folder)
    };
    let entry = |e: std::io::Result<std::fs::DirEntry>| e.and_then(|e| Ok((e.path(), e.file_type()?)));
    let entries = std::fs::read_dir(folder).and_then(|all| all.map(entry).collect::<Result<Vec<_>, _>>());
    let mut entries = entries.map_err(unreadable)?;
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind) in entries {
        let extension = extension(&path);
        let known = SEARCHED.contains(&extension.as_str());
        if kind.is_dir() && extension != "gdb" {
            if depth < MAX_DEPTH {
                find(&path, depth + 1, found)?;
            }
        } else if known && !(extension == "tab" && is_raster(&path)) {
            found.push(path);
        }
    }
    Ok(())
}

/// A `.tab` may also register a scanned sheet.
fn is_raster(tab: &Path) -> bool {
    use std::io::Read;
    let mut head = Vec::new();
    let read = std::fs::File::open(tab).and_then(|f| f.take(16 << 10).read_to_end(&mut head));
    read.is_ok()
        && String::from_utf8_lossy(&head)
            .to_uppercase()
            .contains("TYPE \"RASTER\"")
}

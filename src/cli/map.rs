//! `map P OUT.png`: the map as a picture.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::json;

use super::args;
use super::district::reading;
use super::out::{Done, Out};
use crate::domain::{Act, BBox, Failure};
use crate::msg;
use crate::project::Project;
use crate::readiness::{Group, day};
use crate::render::{ColourBy, Picture, Style, Theme, picture, png};
use crate::store::files;
use crate::text::format;
use crate::validate;

/// Largest side of the picture, pixels.
const MAX_SIDE: u32 = 20_000;

pub fn run(a: &args::Map, act: &Act, out: &Out) -> Result<Done, Failure> {
    if a.width == 0 || a.height == 0 || a.width > MAX_SIDE || a.height > MAX_SIDE {
        return Err(Failure::new(
            "USAGE",
            msg!(
                "Kích thước ảnh phải từ 1 đến {MAX_SIDE} điểm ảnh.",
                "A picture is 1 to {MAX_SIDE} pixels wide and high."
            ),
        ));
    }
    let project = reading(&a.project, out)?;
    let what = Picture {
        width: a.width,
        height: a.height,
        pixels_per_point: 1.0,
        title: project.name().to_owned(),
        notes: notes(&project, act, out),
        bbox: a.commune.as_deref().map(|c| extent(&project, c)).transpose()?,
        scale: None,
        style: style(a, &project, act, out)?,
    };
    let bytes = png(picture(project.coverage(), &what))?;
    files::write_whole(&a.png, &bytes)?;
    let path = a.png.display().to_string();
    out.result(
        &json!({"path": path, "width": a.width, "height": a.height, "bytes": bytes.len()}),
        || path.clone(),
    );
    Ok(Done::Clean)
}

fn notes(project: &Project, act: &Act, out: &Out) -> Vec<String> {
    let (epsg, n) = (
        project.epsg(),
        format::count(project.coverage().len() as u64, out.lang),
    );
    let date = format::date_time(act.at);
    vec![
        msg!(
            "VN-2000, EPSG:{epsg} · {n} thửa · {date}",
            "VN-2000, EPSG:{epsg} · {n} parcels · {date}"
        )
        .get(out.lang)
        .to_owned(),
    ]
}

fn style(a: &args::Map, project: &Project, act: &Act, out: &Out) -> Result<Style, Failure> {
    let names: BTreeMap<String, String> = project
        .communes()?
        .into_iter()
        .filter_map(|c| Some((c.code, c.name?)))
        .collect();
    Ok(Style {
        colour_by: match a.colour.as_str() {
            "sheet" => ColourBy::Sheet,
            "status" => ColourBy::Status,
            "readiness" => ColourBy::Readiness,
            "plain" => ColourBy::Plain,
            _ => ColourBy::LandUse,
        },
        theme: if a.theme == "dark" {
            Theme::Dark
        } else {
            Theme::Light
        },
        lang: out.lang,
        communes: Arc::new(names),
        groups: match a.colour.as_str() {
            "readiness" => groups(project, act, out)?,
            _ => Arc::default(),
        },
        ..Style::default()
    })
}

/// The group of every parcel.
fn groups(project: &Project, act: &Act, out: &Out) -> Result<Arc<HashMap<i64, Group>>, Failure> {
    let progress = out.progress();
    let mut found = project.check(&validate::Options::default(), &progress)?;
    // What was accepted does not stand against a parcel.
    found.retain(|f| !project.accepts(f));
    let readiness = project.readiness(&found, Some(day(act.at)), &progress)?;
    Ok(Arc::new(readiness.groups()))
}

fn extent(project: &Project, commune: &str) -> Result<BBox, Failure> {
    let of = project.coverage().iter().filter(|p| &*p.commune == commune);
    let bbox = of.fold(BBox::EMPTY, |b, p| b.union(p.bbox));
    if bbox.is_empty() {
        return Err(Failure::new(
            "NO_COMMUNE",
            msg!(
                "Xã {commune} không có thửa nào.",
                "Commune {commune} has no parcel."
            ),
        ));
    }
    Ok(bbox)
}
